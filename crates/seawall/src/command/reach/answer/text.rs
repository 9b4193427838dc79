//! Answers for people.

use seawall_inventory::selector::LabelSelector;
use seawall_netpol::{Action, Deciding, Direction, Side, Verdict};
use seawall_yaml::Path;

use super::super::entries;
use super::super::missing::missing;
use super::super::rule::{Part, field, parts, rules};
use super::{Answer, Way};
use crate::text::Text;

/// Ranges of addresses that are shown.
const MOST_RANGES: usize = 4;

impl Answer<'_, '_> {
    /// The answer in a sentence.
    pub(in crate::command::reach) fn sentence(&self) -> String {
        let (from, to) = (&self.from.name, &self.to.name);
        match self.verdict {
            Verdict::Allow => format!("yes: {from} reaches {to}: {}", self.ports()),
            Verdict::Deny if self.meant.is_empty() => format!("no: {from} does not reach {to}"),
            Verdict::Deny => {
                let ports: Vec<String> =
                    self.meant.iter().map(|(port, _)| format!("{} {}", port.protocol, port.number)).collect();
                format!("no: {from} does not reach {to} on {}", ports.join(", "))
            }
            open => format!("{open}: whether {from} reaches {to}: {}", self.ports()),
        }
    }

    /// The answer, and what says so.
    pub(in crate::command::reach) fn terminal(&self, text: &mut Text) {
        text.heading(&self.sentence());
        for (port, verdict) in &self.meant {
            if let Some(by) = &port.by {
                text.line(&format!("  {by} leads to {} {}: {verdict}", port.protocol, port.number));
            }
        }
        for (direction, spot, side) in self.sides() {
            if let Some(side) = side {
                self.side(direction, &spot.name, side, text);
            }
        }
        self.mesh_lines(text);
        match &self.way {
            Way::Direct(_) => {}
            Way::Out(parts, _) if parts.len() < 2 => {}
            Way::Out(parts, _) => {
                text.paragraph("by address");
                for part in parts {
                    text.line(&format!("  {}: {}", ranges(&part.ranges), part.ports));
                }
            }
            Way::In(found) if found.is_empty() => {
                text.paragraph(
                    "nothing leads there from outside: no Service, Ingress, Gateway or port of a node",
                );
            }
            Way::In(found) => entries::lines(self.world, found, text),
        }
    }

    /// What the policies about one end say.
    fn side(&self, direction: Direction, spot: &str, side: &Side, text: &mut Text) {
        text.paragraph(&format!("{} of {spot}: {}", rules(direction), side.ports));
        let snapshot = self.world.snapshot();
        if side.isolating.is_empty() && side.deciding.is_empty() {
            let free = match self.world.enforcer().enforces {
                false => "nobody enforces policies",
                true if side.doubts.is_empty() && side.ports.uniform() == Some(Verdict::Allow) => {
                    "no policy isolates it"
                }
                true => "no policy that was read isolates it",
            };
            return text.line(&format!("  {free}"));
        }
        let (first, last): (Vec<&Deciding>, Vec<&Deciding>) =
            side.deciding.iter().partition(|deciding| deciding.comes_first());
        let of_cluster = |deciding: &[&Deciding]| -> Vec<(usize, Path)> {
            deciding.iter().map(|one| (one.policy, field(direction, one.rule))).collect()
        };
        let decided = |wanted: &[&Deciding]| -> Vec<(String, String)> {
            let found = parts(snapshot, &of_cluster(wanted));
            let lines = found.iter().zip(wanted).map(|(part, one)| {
                (format!("{} {}: {}", by(one.action), part.title(), one.ports), part.place())
            });
            lines.collect()
        };
        let isolating: Vec<(usize, Path)> =
            side.isolating.iter().map(|(policy, _)| (*policy, Path::root())).collect();
        let isolating = parts(snapshot, &isolating);
        let isolated = isolating.iter().zip(&side.isolating).map(|(part, (_, verdict))| {
            let doubt = if *verdict == Verdict::Allow { String::new() } else { format!(" ({verdict})") };
            (format!("isolated by  {}{doubt}", part.title()), part.place())
        });
        let allowing: Vec<(usize, Path)> =
            side.allowing.iter().map(|rule| (rule.policy, field(direction, rule.rule))).collect();
        let allowing = parts(snapshot, &allowing);
        let allowed = allowing
            .iter()
            .zip(&side.allowing)
            .map(|(part, rule)| (format!("allowed by   {}: {}", part.title(), rule.ports), part.place()));
        let lines: Vec<_> =
            decided(&first).into_iter().chain(isolated).chain(allowed).chain(decided(&last)).collect();
        text.placed_together(&lines);
        let is_shut = match self.meant.as_slice() {
            [] => side.ports.best() == Verdict::Deny,
            meant => meant.iter().all(|(port, _)| side.ports.at(port.protocol, port.number) == Verdict::Deny),
        };
        if !is_shut {
            return;
        }
        if let Some(denying) = first.iter().find(|one| self.is_denied_by(one)) {
            let denying = parts(snapshot, &of_cluster(&[*denying]));
            let names = denying
                .iter()
                .map(|part| format!("  no NetworkPolicy can allow it: {} comes first", part.name));
            return names.for_each(|line| text.line(&line));
        }
        // In which of its tiers a rule would have to stand is for who knows them to say.
        if isolating.iter().any(|part| part.object.body.calico_policy().is_some()) {
            return;
        }
        let Some(rule) = missing(self, direction) else { return };
        // One that is about these pods alone is about nobody else.
        let is_about_some = |part: &&Part<'_>| {
            let policy = part.object.body.network_policy();
            let selector = policy.and_then(|policy| policy.pod_selector.as_ref());
            selector.is_some_and(|selector| *selector != LabelSelector::default())
        };
        match isolating.iter().find(is_about_some) {
            Some(own) => text.line(&format!("  what would allow it, in {}:", own.name)),
            None => text.line(&format!("  what would allow it, in a NetworkPolicy about {spot}:")),
        }
        rule.lines().for_each(|line| text.line(&format!("    {line}")));
    }

    /// Whether a rule denies something of what is asked.
    fn is_denied_by(&self, deciding: &Deciding) -> bool {
        let is_meant = match self.meant.as_slice() {
            [] => true,
            meant => {
                meant.iter().any(|(port, _)| deciding.ports.at(port.protocol, port.number) == Verdict::Allow)
            }
        };
        deciding.action == Action::Deny && is_meant
    }
}

/// What a rule did, in words of one width.
fn by(action: Action) -> &'static str {
    match action {
        Action::Accept => "accepted by ",
        Action::Deny => "denied by   ",
        Action::Pass => "passed on by",
    }
}

/// Ranges in a few words.
pub(in crate::command::reach) fn ranges(ranges: &[seawall_netpol::Addresses]) -> String {
    let shown = ranges.iter().take(MOST_RANGES).map(|(first, last)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    });
    let shown: Vec<String> = shown.collect();
    match ranges.len().checked_sub(MOST_RANGES).filter(|more| *more > 0) {
        Some(more) => format!("{} and {more} more ranges", shown.join(", ")),
        None => shown.join(", "),
    }
}
