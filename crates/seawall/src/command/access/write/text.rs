//! Parts of answers, for people.

use std::fmt::Write;

use seawall_inventory::Snapshot;
use seawall_rbac::Dangling;
use seawall_report::places;
use seawall_yaml::Path;
use unicode_width::UnicodeWidthStr;

use super::super::answer::Reason;
use super::super::chain::{Chain, name};
use super::{lines, of_dangling, safe};
use crate::text::{Text, WARNING};

// Writing to a text does not fail.
impl Text {
    /// Chains, each a paragraph, with their places side by side.
    pub(in crate::command::access) fn chains(&mut self, chains: impl Iterator<Item = Vec<(String, String)>>) {
        let chains: Vec<_> = chains.collect();
        let width = chains.iter().flatten().map(|(what, _)| safe(what).width()).max().unwrap_or_default();
        for chain in chains {
            self.gap();
            chain.iter().for_each(|(what, at)| self.placed(what, at, width));
        }
    }

    /// Subjects, each with its chains; those without need none.
    pub(in crate::command::access) fn held<'c, 'w: 'c>(
        &mut self,
        subjects: impl Iterator<Item = (String, &'c [Chain<'w>])>,
    ) {
        let held = |(subject, chains): (String, &[Chain<'w>])| {
            let lines = chains.iter().flat_map(|chain| {
                let [binding, _, role, rule] = lines(chain);
                [(format!("  by     {}", binding.0), chain.subject.place()), role, rule]
            });
            (subject, lines.collect::<Vec<_>>())
        };
        let subjects: Vec<_> = subjects.filter(|(_, chains)| !chains.is_empty()).map(held).collect();
        let all = subjects.iter().flat_map(|(_, lines)| lines);
        let width = all.map(|(what, _)| safe(what).width()).max().unwrap_or_default();
        for (subject, lines) in &subjects {
            self.gap();
            self.line(subject);
            lines.iter().for_each(|(what, at)| self.placed(what, at, width));
        }
    }

    /// What is not known, and what to do.
    pub(in crate::command::access) fn reasons(&mut self, reasons: &[Reason<'_>], snapshot: &Snapshot) {
        if reasons.is_empty() {
            return;
        }
        self.gap();
        for reason in reasons {
            self.not_known(&reason.message, place(reason, snapshot).as_deref(), &reason.help);
        }
    }

    /// Bindings of roles that do not exist.
    pub(in crate::command::access) fn dangling(&mut self, dangling: &[Dangling<'_>], snapshot: &Snapshot) {
        if dangling.is_empty() {
            return;
        }
        self.gap();
        for one in dangling {
            let _ = writeln!(self, "{WARNING}dangling:{WARNING:#} {}", safe(&of_dangling(one, snapshot)));
        }
    }
}

/// Where the object stands that a reason is about.
fn place(reason: &Reason<'_>, snapshot: &Snapshot) -> Option<String> {
    let object = reason.object?;
    let at = places(snapshot, &[(object, Path::root())]).pop()?;
    Some(if at.live { name(snapshot, object).to_string() } else { at.line() })
}
