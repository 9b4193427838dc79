//! What logs have of somebody.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use seawall_audit::{Ask, Asker, Event, Outcome, read};
use seawall_inventory::KubernetesVersion;
use seawall_rbac::{Need, Subject};
use seawall_report::plain;

use crate::console::Console;

/// So many different requests are kept: a role of a millionth of them no API server takes.
const MOST: usize = 1_000_000;
/// So many lines that are no events are told one by one.
const TOLD: usize = 5;

/// What logs have of somebody.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// What he needs, and when it was last needed, as logs have it.
    pub needs: BTreeMap<Need, String>,
    /// What he was refused.
    pub refused: BTreeMap<Need, String>,
    /// What he did and everybody may.
    pub everybodys: BTreeMap<Need, String>,
    /// The first thing that only a rule of everything would allow, and how many there are.
    pub wild: Option<(String, usize)>,
    /// Of the first and the last event of his.
    pub from: String,
    /// Of the last event of his.
    pub to: String,
    /// Lines that are no events.
    pub problems: usize,
}

impl Seen {
    /// Reads logs, and says what in them is no event.
    ///
    /// # Errors
    /// A log cannot be read; they have more different requests than are kept.
    pub(super) fn read(
        logs: &[PathBuf],
        who: &Subject,
        version: KubernetesVersion,
        console: &Console,
    ) -> Result<Self> {
        let mut seen = Self::default();
        for path in logs {
            let called = plain(&path.to_string_lossy()).into_owned();
            let mut problems = seen.problems;
            let on_problem = |problem: seawall_audit::Problem| {
                problems += 1;
                if problems <= TOLD {
                    console.problem(format_args!("{called}:{}: the line {}", problem.line, problem.trouble));
                }
            };
            let log = open(path).with_context(|| format!("cannot read {called}"))?;
            read(log, |_, event| seen.add(&event, who, version), on_problem)
                .with_context(|| format!("cannot read {called} any further"))?;
            seen.problems = problems;
            if seen.needs.len() + seen.refused.len() > MOST {
                bail!("the logs have more than {MOST} different requests: ask about a part of them");
            }
        }
        if seen.problems > TOLD {
            console.problem(format_args!("and {} more lines that are no events", seen.problems - TOLD));
        }
        Ok(seen)
    }

    /// Whether there is nothing of him.
    pub(super) fn is_empty(&self) -> bool {
        self.from.is_empty() && self.needs.is_empty() && self.refused.is_empty() && self.everybodys.is_empty()
    }

    fn add(&mut self, event: &Event, who: &Subject, version: KubernetesVersion) {
        let is_user = who.is(&event.user);
        let is_impersonated = event.impersonation.as_ref().is_some_and(|other| who.is(&other.user));
        if !(is_user || is_impersonated) || event.outcome == Outcome::Undecided {
            return;
        }
        let is_refused = event.outcome == Outcome::Refused;
        for Ask { asker, need } in event.asks(version) {
            let is_his = match asker {
                // Where he was refused, he may have been refused to be somebody else.
                Asker::User => is_user,
                Asker::Impersonated => is_impersonated,
            };
            let all = if is_refused { &mut self.refused } else { &mut self.needs };
            match need {
                _ if !is_his || all.len() > MOST => {}
                None => self.wild.get_or_insert_with(|| (event.uri.clone(), 0)).1 += 1,
                Some(need) => {
                    let last = all.entry(need).or_default();
                    if *last < event.at {
                        last.clone_from(&event.at);
                    }
                }
            }
        }
        if !event.at.is_empty() {
            if self.from.is_empty() || event.at < self.from {
                self.from.clone_from(&event.at);
            }
            if event.at > self.to {
                self.to.clone_from(&event.at);
            }
        }
    }

    /// Counts what he was refused among what he needs.
    pub(super) fn allow_refused(&mut self) {
        for (need, last) in std::mem::take(&mut self.refused) {
            self.needs.entry(need).or_insert(last);
        }
    }

    /// Leaves out what everybody may; what he was allowed as well as refused he needs.
    pub(super) fn leave_out(&mut self, may: impl Fn(&Need) -> bool) {
        self.everybodys = self.needs.extract_if(.., |need, _| may(need)).collect();
        let Self { needs, everybodys, refused, .. } = self;
        refused.retain(|need, _| !needs.contains_key(need) && !everybodys.contains_key(need));
    }
}

fn open(path: &Path) -> io::Result<Box<dyn BufRead>> {
    Ok(match path.to_str() {
        Some("-") => Box::new(io::stdin().lock()),
        _ => Box::new(BufReader::with_capacity(1 << 20, File::open(path)?)),
    })
}
