//! How least roles are written.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use seawall_rbac::{LeastRoles, Manifest, Need, Subject};
use seawall_report::plain;
use serde_json::{Value, json};

use super::super::who::Asker;
use super::super::write::json;
use super::seen::Seen;
use crate::console::Console;

/// Requests that are told by name; the others are counted.
const TOLD: usize = 3;

/// The least roles of somebody.
pub(super) struct Least<'l> {
    pub asker: &'l Asker,
    pub subject: &'l Subject,
    /// Name of the roles, and of their bindings.
    pub name: &'l str,
    pub roles: &'l LeastRoles,
    pub seen: &'l Seen,
}

/// The name of roles for somebody: names of roles are parts of paths (`ValidateRBACName` of k8s.io/kubernetes
/// pkg/apis/rbac/validation).
pub(super) fn name(subject: &Subject) -> String {
    let (Subject::Group(name) | Subject::User(name) | Subject::ServiceAccount(_, name)) = subject;
    format!("{}-least", name.replace(['/', '%'], "-"))
}

impl Least<'_> {
    /// For `kubectl apply`.
    pub(super) fn yaml(&self) -> String {
        let Self { asker, seen, .. } = self;
        let mut head = format!("# The least roles of {}, for {}", asker.called, requests(seen.needs.len()));
        if !seen.from.is_empty() {
            head.push_str(&format!("\n# from {} to {}", seen.from, seen.to));
        }
        // A comment ends with its line.
        let head = head.split('\n').map(|line| line.replace(char::is_control, " ")).collect::<Vec<_>>();
        let mut text = format!("{}.\n", head.join("\n"));
        let subjects = [self.subject.clone()];
        for (number, (namespace, rules)) in self.roles.iter().enumerate() {
            if number > 0 {
                text.push_str("---\n");
            }
            text.push_str(&Manifest { name: self.name, namespace, rules, subjects: &subjects }.yaml());
        }
        text
    }

    /// Says what is not in the roles, and what to know of them.
    pub(super) fn say(&self, console: &Console) {
        let Seen { needs, refused, everybodys, wild, .. } = self.seen;
        if self.seen.is_empty() {
            let called = plain(&self.asker.called);
            console.warning(format_args!(
                "the log has nothing of {called}: by this name nobody asked for anything"
            ));
        } else if needs.is_empty() {
            console.note("no role is needed");
        }
        if !everybodys.is_empty() {
            let (what, how_many) = told(everybodys);
            console.note(format_args!("left out, as everybody may do it: {how_many}: {what}"));
        }
        if !refused.is_empty() {
            let (what, how_many) = told(refused);
            console.note(format_args!("left out, as it was refused (--include-refused): {how_many}: {what}"));
        }
        if let Some((first, number)) = wild {
            let (first, how_many) = (plain(first), requests(*number));
            console.note(format_args!(
                "left out, as only a rule of everything would allow it: {how_many}: {first}"
            ));
        }
    }

    /// For programs.
    pub(super) fn json(&self) -> Result<String> {
        let Seen { needs, refused, everybodys, from, to, .. } = self.seen;
        let roles: Vec<Value> = self
            .roles
            .iter()
            .map(|(namespace, rules)| {
                json!({
                    "kind": if namespace.is_empty() { "ClusterRole" } else { "Role" },
                    "namespace": namespace.as_str(),
                    "name": self.name,
                    "rules": rules.iter().map(json::policy_rule).collect::<Vec<_>>(),
                })
            })
            .collect();
        let time = |time: &String| (!time.is_empty()).then(|| time.clone());
        let whole = json!({
            "formatVersion": json::FORMAT,
            "subject": json::subject(self.subject),
            "from": time(from),
            "to": time(to),
            "roles": roles,
            "requests": of_needs(needs),
            "ofEverybody": of_needs(everybodys),
            "refused": of_needs(refused),
        });
        json::written(&whole).context("cannot write JSON")
    }
}

fn of_needs(needs: &BTreeMap<Need, String>) -> Vec<Value> {
    let of = |(need, last): (&Need, &String)| {
        let last = (!last.is_empty()).then_some(last);
        json!({ "question": json::question(&need.attributes()), "last": last })
    };
    needs.iter().map(of).collect()
}

/// The first of some requests, and how many there are.
fn told(needs: &BTreeMap<Need, String>) -> (String, String) {
    let first: Vec<String> =
        needs.keys().take(TOLD).map(|need| plain(&need.to_string()).into_owned()).collect();
    let more = if needs.len() > TOLD { ", …" } else { "" };
    (format!("{}{more}", first.join("; ")), requests(needs.len()))
}

fn requests(number: usize) -> String {
    if number == 1 { "1 request".to_owned() } else { format!("{number} different requests") }
}
