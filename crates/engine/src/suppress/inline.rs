//! Suppressions written beside what they cover.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use seawall_finding::Finding;
use seawall_inventory::{FileId, Ignore, IgnoreForm, Place, Problem, Provenance, Snapshot, Weight};
use seawall_yaml::{Path, Span};
use smol_str::SmolStr;

use super::SuppressOptions;
use crate::date::Date;
use crate::report::Suppression;
use crate::selector::{find_check, unknown_check_help};

/// The suppressions of all objects that hold, and what is wrong with the others.
pub(super) struct InlineIgnores {
    /// By object, check and covered path: all that suppress the same, by their number in `claims`.
    by_place: HashMap<usize, HashMap<(&'static str, Path), Vec<usize>>>,
    claims: Vec<Claim>,
    problems: Vec<Problem>,
}

/// What one suppression says about one check.
struct Claim {
    check: &'static str,
    /// The check as written.
    word: SmolStr,
    suppression: Suppression,
    place: Place,
    identity: Identity,
    /// Whether it stands in a part of a workload, which has it from there.
    is_copy: bool,
    used: bool,
}

/// What makes two claims one: a comment that covers several places, or one of a template that is rendered several times, is
/// used when one of them is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Identity {
    Written(FileId, Span, &'static str),
    Rendered(std::path::PathBuf, IgnoreForm, &'static str, String, Option<SmolStr>),
}

impl InlineIgnores {
    /// Those of some objects, by their numbers in order.
    pub(super) fn of(
        objects: impl IntoIterator<Item = usize>,
        snapshot: &Snapshot,
        options: &SuppressOptions<'_>,
        refused: bool,
    ) -> Self {
        let mut found = Self { by_place: HashMap::new(), claims: Vec::new(), problems: Vec::new() };
        let mut seen = HashSet::new();
        for number in objects {
            let Some(object) = snapshot.objects.get(number) else { continue };
            let is_copy = !object.ignores.is_empty() && snapshot.workload_of(number).is_some();
            for ignore in &object.ignores {
                let file = object.origin.file;
                // What is wrong with a comment is said once, wherever it applies.
                let first = !is_copy && seen.insert((file, ignore.span));
                let place = Place::Span { file, span: ignore.span };
                let problems = found.add((number, is_copy), ignore, place, snapshot, options, refused);
                if first {
                    found.problems.extend(problems);
                }
            }
        }
        found
    }

    fn add(
        &mut self,
        object: (usize, bool),
        ignore: &Ignore,
        place: Place,
        snapshot: &Snapshot,
        options: &SuppressOptions<'_>,
        refused: bool,
    ) -> Vec<Problem> {
        if refused {
            let help = "suppress in the configuration, or allow suppressions in the input";
            return vec![warning("ignore-refused", &place, "this suppression in the input is refused", help)];
        }
        let mut problems = Vec::new();
        if ignore.reason.is_empty() {
            let help = "say why behind it; without a reason it does not count";
            problems.push(warning("ignore-without-reason", &place, "this suppression gives no reason", help));
        }
        match ignore.expires.as_ref().map(|date| (date, date.parse::<Date>())) {
            Some((_, Err(error))) => {
                let help = "write the last day on which it holds; until then it does not count";
                problems.push(warning("ignore-date", &place, error.to_string(), help));
            }
            Some((date, Ok(day))) if day < options.today => problems.push(expired(&place, date)),
            _ => {}
        }
        let holds = problems.is_empty();
        for word in &ignore.checks {
            match find_check(word, options.catalogue) {
                Some(check) if holds => {
                    self.claim(object, ignore, (word, check.meta.id), place.clone(), snapshot);
                }
                Some(_) => {}
                None => problems.push(warning(
                    "unknown-check",
                    &place,
                    format!("no check is called `{word}`"),
                    unknown_check_help(word, options.catalogue),
                )),
            }
        }
        problems
    }

    fn claim(
        &mut self,
        (object, is_copy): (usize, bool),
        ignore: &Ignore,
        (word, check): (&SmolStr, &'static str),
        place: Place,
        snapshot: &Snapshot,
    ) {
        let claim = Claim {
            check,
            word: word.clone(),
            suppression: Suppression {
                form: Some(ignore.form),
                reason: ignore.reason.clone(),
                expires: ignore.expires.clone(),
            },
            identity: identity(object, ignore, check, snapshot),
            place,
            is_copy,
            used: false,
        };
        let at = self.by_place.entry(object).or_default().entry((check, ignore.path.clone())).or_default();
        at.push(self.claims.len());
        self.claims.push(claim);
    }

    /// The suppression that covers `finding`: the nearest one above its path, or above what it is about; or one of the whole
    /// workload that its object is a part of.
    pub(super) fn covering(&mut self, finding: &Finding) -> Option<Suppression> {
        let workload = finding.part_of().and_then(|part_of| self.by_place.get(&part_of.object?));
        let own = self.by_place.get(&finding.object);
        if own.is_none() && workload.is_none() {
            return None;
        }
        let root = Path::root();
        let above = finding.path.ancestors().chain(finding.anchor.ancestors());
        let places = above.map(|path| (own, path)).chain([(workload, &root)]);
        let mut covering = None;
        for (by_path, path) in places {
            let claims = by_path.and_then(|by_path| by_path.get(&(finding.check.id, path.clone())));
            for claim in claims.into_iter().flatten() {
                let Some(claim) = self.claims.get_mut(*claim) else { continue };
                if claim.used && covering.is_some() {
                    // The others at this place have been marked with it.
                    break;
                }
                claim.used = true;
                covering.get_or_insert_with(|| claim.suppression.clone());
            }
        }
        covering
    }

    /// What is wrong with suppressions, those of checks that `ran` and cover nothing included, in the order of the input.
    pub(super) fn problems(self, ran: impl Fn(&str) -> bool) -> Vec<Problem> {
        let used: HashSet<&Identity> =
            self.claims.iter().filter(|claim| claim.used).map(|claim| &claim.identity).collect();
        // What pods have from the template of their workload may cover what only they have.
        let said_by = |claim: &Claim| (claim.check, claim.suppression.reason.clone());
        let by_copies: HashSet<_> =
            self.claims.iter().filter(|claim| claim.is_copy && claim.used).map(said_by).collect();
        let mut said = HashSet::new();
        let unused = self.claims.iter().filter(|claim| {
            let is_used = used.contains(&claim.identity) || by_copies.contains(&said_by(claim));
            ran(claim.check) && !claim.is_copy && !is_used && said.insert(&claim.identity)
        });
        let mut problems = self.problems;
        problems.extend(unused.map(|claim| {
            let message = format!("`{}` suppresses nothing here", claim.word);
            warning("ignore-unused", &claim.place, message, "remove it, or put it where the finding is")
        }));
        problems.sort_by_key(|problem| match &problem.place {
            Place::Span { file, span } => (*file, *span),
            _ => (FileId(u32::MAX), Span::default()),
        });
        problems
    }
}

fn identity(object: usize, ignore: &Ignore, check: &'static str, snapshot: &Snapshot) -> Identity {
    let file = snapshot.objects.get(object).map_or(FileId(u32::MAX), |object| object.origin.file);
    match snapshot.file(file) {
        Some(source) if matches!(source.provenance, Provenance::Rendered { .. }) => Identity::Rendered(
            source.path.clone(),
            ignore.form,
            check,
            ignore.reason.clone(),
            ignore.expires.clone(),
        ),
        _ => Identity::Written(file, ignore.span, check),
    }
}

pub(super) fn expired(place: &Place, date: impl std::fmt::Display) -> Problem {
    let help = "mend what it covers, or say anew until when it is accepted; the findings count again";
    warning("ignore-expired", place, format!("this suppression held until {date}"), help)
}

pub(super) fn warning(
    code: &'static str,
    place: &Place,
    message: impl Into<String>,
    help: impl Into<String>,
) -> Problem {
    Problem {
        code,
        weight: Weight::Warning,
        place: place.clone(),
        message: message.into(),
        help: help.into(),
    }
}
