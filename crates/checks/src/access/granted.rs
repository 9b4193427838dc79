//! What a binding lets somebody do that amounts to more than it seems.

use std::collections::{BTreeMap, BTreeSet};

use seawall_finding::Severity;
use seawall_rbac::power::EVERYTHING;
use seawall_rbac::{ANONYMOUS, Doubt, Grant, Holding, Policy, Power, Subject, group};
use seawall_yaml::Path;

use crate::needs::KindWord;
use crate::out::Out;

/// What all decisions rest on.
pub(super) const ROLES: [KindWord; 4] = [
    "ClusterRole.rbac.authorization.k8s.io",
    "ClusterRoleBinding.rbac.authorization.k8s.io",
    "Role.rbac.authorization.k8s.io",
    "RoleBinding.rbac.authorization.k8s.io",
];

/// Subjects that are told by name; the others are counted.
const NAMED: usize = 10;

/// Whoever is somebody, or nobody at all.
const ANYBODY: [&str; 4] = [group::UNAUTHENTICATED, group::AUTHENTICATED, group::SERVICE_ACCOUNTS, ANONYMOUS];

/// How bad it is to hold a power.
pub(super) struct Danger {
    /// In the whole cluster.
    pub everywhere: Severity,
    /// In one namespace.
    pub in_namespace: Severity,
}

/// A binding, by its number, and the namespace that its power is of.
type Place = (usize, Option<String>);

/// What is told of a binding.
struct Told<'a> {
    power: &'a Power,
    danger: &'a Danger,
    holders: Vec<Holding<'a>>,
}

/// Reports each binding that gives somebody one of these powers, worst first; who holds one that comes before is not told for
/// those behind it. What an API server binds when it starts is no finding, as long as it says what it did then.
pub(super) fn report(policy: &Policy<'_>, powers: &[(&Power, Danger)], out: &mut Out<'_>) {
    if policy.is_empty() {
        return out.not_applicable();
    }
    let mut doubts: Vec<Doubt> = Vec::new();
    let mut told: BTreeMap<Place, Told<'_>> = BTreeMap::new();
    for (power, danger) in powers {
        let (held, more) = policy.holders_of(power, out.version());
        doubts.extend(more);
        for holding in held {
            let Some(grant) = holding.grants.first().copied() else { continue };
            // Who can do everything can do this, and is told for that.
            let is_told = power.name != EVERYTHING.name && policy.gives_everything(&holding);
            if is_told || policy.is_made_at_start(grant.number, out.version()) {
                continue;
            }
            let place = holding.namespace.as_ref().map(ToString::to_string);
            let told = told.entry((grant.number, place));
            let Told { power: known, holders, .. } =
                told.or_insert_with(|| Told { power, danger, holders: Vec::new() });
            if known.name == power.name && !holders.iter().any(|other| other.subject == holding.subject) {
                holders.push(holding);
            }
        }
    }
    for ((number, place), Told { power, danger, mut holders }) in told {
        holders.sort_by(|a, b| a.subject.cmp(&b.subject));
        let everywhere = match place.as_deref() {
            None if power.namespaced && power.only.is_none() => " in all namespaces".to_owned(),
            None => String::new(),
            Some(namespace) => format!(" in namespace `{namespace}`"),
        };
        let message = format!("{} can {}{everywhere}", names(&holders), power.can);
        let anybody = holders.iter().any(|holding| is_anybody(&holding.subject));
        let severity = match &place {
            _ if anybody => danger.everywhere.max(Severity::High),
            None => danger.everywhere,
            Some(namespace) if namespace == "kube-system" => danger.everywhere,
            Some(_) => danger.in_namespace,
        };
        let story = holders.first().map(story).unwrap_or_default();
        let mut finding =
            out.fail_on(number, Path::root().key("roleRef"), message).severity(severity).derived(story);
        if let Some(place) = &place {
            finding = finding.keyed(place);
        }
        let paths = holders.iter().filter_map(|holding| holding.grants.first()).take(NAMED);
        for grant in paths {
            let path = Path::root().key("subjects").index(grant.subject);
            finding = finding.related(path, "to whom it is granted");
        }
    }
    // In the order of words: numbers of objects are others when a cluster has been followed.
    let reasons: BTreeSet<String> = doubts.iter().map(|doubt| doubt.describe(policy.snapshot())).collect();
    if let Some(first) = reasons.first() {
        let others = reasons.len() - 1;
        let more = if others == 0 { String::new() } else { format!("; and {others} more like it") };
        out.unknown(format!("{first}{more}"));
    }
}

fn is_anybody(subject: &Subject) -> bool {
    match subject {
        Subject::Group(name) | Subject::User(name) => ANYBODY.contains(&name.as_str()),
        Subject::ServiceAccount(..) => false,
    }
}

fn names(holders: &[Holding<'_>]) -> String {
    let named: Vec<String> =
        holders.iter().take(NAMED).map(|holding| format!("`{}`", holding.subject)).collect();
    let others = holders.len() - named.len();
    let more = if others == 0 { String::new() } else { format!(" and {others} more") };
    match named.split_last() {
        Some((last, before)) if !before.is_empty() && others == 0 => {
            format!("{} and {last}", before.join(", "))
        }
        _ => format!("{}{more}", named.join(", ")),
    }
}

/// By what somebody holds it.
fn story(holding: &Holding<'_>) -> String {
    holding.grants.iter().map(by).collect::<Vec<_>>().join("; ")
}

fn by(grant: &Grant<'_>) -> String {
    let rule = grant.rule;
    let list =
        |texts: &[smol_str::SmolStr]| texts.iter().map(|text| text.as_str()).collect::<Vec<_>>().join(", ");
    let on = if rule.rule.resources.is_empty() { &rule.rule.non_resource_urls } else { &rule.rule.resources };
    let role = format!("{} {}", rule.role.kind, rule.role.metadata.name);
    format!("rules[{}] of {role} allows {} on {}", rule.index, list(&rule.rule.verbs), list(on))
}
