//! Every subject of a binding, with the answer for each.

use std::collections::BTreeMap;

use seawall_rbac::Subject;
use serde_json::{Value, json};

use super::super::answer::{Answer, Authorizers, Reason, Verdict};
use super::super::bound::subjects;
use super::super::chain::{chains, name};
use super::super::what::What;
use super::super::who::Asker;
use super::super::write::json;
use super::holders::{COLUMNS, row};
use crate::args::ask::World;
use crate::csv::Csv;
use crate::table::{Table, cut};
use crate::text::Text;
use seawall_report::plain;

/// Names of subjects are shorter, and what is longer is cut.
const WIDEST: usize = 60;

/// Every subject of a binding, with the answer for each.
pub(super) struct Subjects<'w> {
    world: &'w World,
    what: &'w What,
    answers: BTreeMap<Subject, Answer<'w>>,
}

impl<'w> Subjects<'w> {
    pub(super) fn of(authorizers: &Authorizers<'w>, world: &'w World, what: &'w What) -> Self {
        let mut answers = BTreeMap::new();
        for subject in subjects(&world.snapshot) {
            let asker = Asker::of_subject(&subject);
            answers.entry(subject).or_insert_with(|| authorizers.decide(&asker.user, &what.attributes()));
        }
        Self { world, what, answers }
    }

    pub(super) fn is_known(&self) -> bool {
        !self.answers.values().any(|answer| matches!(answer.verdict, Verdict::Unknown(_)))
    }

    pub(super) fn terminal(&self, width: usize) -> String {
        let mut text = Text::default();
        let of = |wanted: &str| self.answers.values().filter(|answer| word(answer) == wanted).count();
        text.heading(&format!(
            "{} may {}, {} may not, of {} it is not known",
            of("allowed"),
            self.what.describe(),
            of("denied"),
            of("unknown")
        ));
        text.gap();
        let mut table = Table::new(["ANSWER", "SUBJECT", "BY"]);
        for (subject, answer) in &self.answers {
            let by = answer.grants.first().map(|grant| name(&self.world.snapshot, grant.binding).to_string());
            let by = by.unwrap_or_default();
            table.row([word(answer), &cut(&plain(&subject.to_string()), WIDEST), &plain(&by)]);
        }
        text.table(&table.render(width));
        text.reasons(&self.reasons(), &self.world.snapshot);
        text.done()
    }

    /// What is not known of some of them, each once.
    fn reasons(&self) -> Vec<Reason<'w>> {
        let mut reasons: BTreeMap<String, Reason<'w>> = BTreeMap::new();
        for answer in self.answers.values() {
            if let Verdict::Unknown(own) = &answer.verdict {
                for reason in own {
                    reasons.entry(reason.message.clone()).or_insert_with(|| reason.clone());
                }
            }
        }
        reasons.into_values().collect()
    }

    pub(super) fn json(&self) -> serde_json::Result<String> {
        let snapshot = &self.world.snapshot;
        let subjects: Vec<Value> = self
            .answers
            .iter()
            .map(|(subject, answer)| {
                let grants = chains(snapshot, &answer.grants);
                json!({
                    "subject": json::subject(subject),
                    "answer": word(answer),
                    "grants": grants.iter().map(|chain| json::chain(chain, snapshot)).collect::<Vec<_>>(),
                })
            })
            .collect();
        let reasons = self.reasons();
        let whole = json!({
            "formatVersion": json::FORMAT,
            "question": json::question(&self.what.attributes()),
            "subjects": subjects,
            "unknowns": reasons.iter().map(|reason| json::reason(reason, snapshot)).collect::<Vec<_>>(),
        });
        json::written(&whole)
    }

    pub(super) fn csv(&self) -> String {
        let mut csv = Csv::new(COLUMNS);
        for (subject, answer) in &self.answers {
            let chain = chains(&self.world.snapshot, answer.grants.get(..1).unwrap_or_default()).pop();
            csv.row(row(subject, word(answer), chain.as_ref()));
        }
        csv.done()
    }
}

fn word(answer: &Answer<'_>) -> &'static str {
    match answer.verdict {
        Verdict::Allowed(_) => "allowed",
        Verdict::Denied => "denied",
        Verdict::Unknown(_) => "unknown",
    }
}
