//! How a difference is written.

use seawall_inventory::Snapshot;
use seawall_report::{markdown_code as code, plain};
use serde_json::{Value, json};

use super::super::answer::Reason;
use super::super::chain::Words;
use super::super::write::json;
use super::rights::{Gain, Right};
use crate::table::{Table, cut};
use crate::text::Text;

/// What is longer is cut.
const WIDEST: usize = 60;
/// Places are not cut, as far as that can be had: a terminal breaks the line.
const WIDE: usize = 250;

/// What a change does.
pub(super) struct Difference<'w> {
    pub gained: Vec<Gain<'w>>,
    pub lost: Vec<Gain<'w>>,
    /// Why there may be more that is gained.
    pub unknowns: Vec<Reason<'w>>,
    /// Why there may be more that is lost.
    pub unknowns_before: Vec<Reason<'w>>,
    pub base: &'w Snapshot,
    pub head: &'w Snapshot,
}

impl Difference<'_> {
    fn sentence(&self) -> String {
        match (self.gained.len(), self.lost.len()) {
            (0, 0) => "no right is gained or lost".to_owned(),
            (gained, lost) => format!("{gained} gained, {lost} lost"),
        }
    }

    /// For people.
    pub(super) fn terminal(&self) -> String {
        let mut text = Text::default();
        if !(self.gained.is_empty() && self.lost.is_empty()) {
            let heading = ["", "SUBJECT", "WHERE", "MAY", "BY"].map(str::to_owned);
            let mut table = Table::of(heading.into());
            for (word, gains) in [("gained", &self.gained), ("lost", &self.lost)] {
                gains.iter().for_each(|gain| table.add(row(word, gain)));
            }
            text.table(&table.render(WIDE));
        }
        text.gap();
        text.heading(&self.sentence());
        text.reasons(&self.unknowns, self.head);
        text.reasons(&self.unknowns_before, self.base);
        text.done()
    }

    /// For a pull request.
    pub(super) fn markdown(&self) -> String {
        let mut page = format!("### Rights: {}\n", self.sentence());
        if !(self.gained.is_empty() && self.lost.is_empty()) {
            page.push_str("\n| | Who | Where | May | By |\n|---|---|---|---|---|\n");
        }
        for (word, gains) in [("gained", &self.gained), ("lost", &self.lost)] {
            for gain in gains {
                let (may, by, place) = told(gain);
                let by =
                    if place.is_empty() { code(&by) } else { format!("{}, {}", code(&by), code(&place)) };
                page.push_str(&format!(
                    "| {word} | {} | {} | {} | {by} |\n",
                    code(&gain.subject.to_string()),
                    gain.namespace.as_ref().map_or("everywhere".to_owned(), |namespace| code(namespace)),
                    code(&may),
                ));
            }
        }
        for reason in self.unknowns.iter().chain(&self.unknowns_before) {
            page.push_str(&format!("\n> Not known: {}\n", code(&reason.message)));
        }
        page
    }

    /// For programs.
    pub(super) fn json(&self) -> serde_json::Result<String> {
        let gains = |gains: &[Gain<'_>], snapshot: &Snapshot| -> Vec<Value> {
            gains.iter().map(|gain| of_gain(gain, snapshot)).collect()
        };
        let reasons = |reasons: &[Reason<'_>], snapshot: &Snapshot| -> Vec<Value> {
            reasons.iter().map(|reason| json::reason(reason, snapshot)).collect()
        };
        let whole = json!({
            "formatVersion": json::FORMAT,
            "gained": gains(&self.gained, self.head),
            "lost": gains(&self.lost, self.base),
            "unknowns": reasons(&self.unknowns, self.head),
            "unknownsBefore": reasons(&self.unknowns_before, self.base),
        });
        json::written(&whole)
    }
}

fn of_gain(gain: &Gain<'_>, snapshot: &Snapshot) -> Value {
    let (rule, role, by) = match &gain.right {
        Right::Known(rule, chain) => (json::policy_rule(rule), Value::Null, json::chain(chain, snapshot)),
        Right::OfRole(role, _) => (Value::Null, json!(role), Value::Null),
    };
    json!({
        "subject": json::subject(&gain.subject),
        "namespace": gain.namespace.as_ref().map(|namespace| namespace.as_str()),
        "rule": rule,
        "role": role,
        "by": by,
    })
}

fn row(word: &str, gain: &Gain<'_>) -> Vec<String> {
    let (may, by, place) = told(gain);
    let everywhere = || "everywhere".to_owned();
    let place_of = gain.namespace.as_ref().map_or_else(everywhere, ToString::to_string);
    let by = if place.is_empty() { by } else { format!("{by}, {place}") };
    let mut row = vec![word.to_owned()];
    row.extend([gain.subject.to_string(), place_of, may].map(|cell| cut(&plain(&cell), WIDEST)));
    row.push(plain(&by).into_owned());
    row
}

/// What somebody may, by which binding, and where the rule stands.
fn told(gain: &Gain<'_>) -> (String, String, String) {
    match &gain.right {
        Right::Known(rule, chain) => {
            (Words(rule).to_string(), chain.binding.name.clone(), chain.rule.place())
        }
        Right::OfRole(role, binding) => (format!("whatever {role} allows"), binding.clone(), String::new()),
    }
}
