//! Runs a plan over a Snapshot.

use std::borrow::Cow;
use std::cmp::{Ordering, Reverse};
use std::ops::AddAssign;
use std::sync::OnceLock;

use foldhash::{HashMap, HashMapExt};
use rayon::prelude::*;
use seawall_checks::{Check, Outcome, RightsSource, Run, Subject};
use seawall_finding::{Finding, Fingerprint, Sharing, Verdict, tell_apart};
use seawall_inventory::{Gap, Kind, Missing, Object, ObjectRef, Recorder, Snapshot, View};
use seawall_rbac::{Policy, Rights, default_roles};
use smol_str::SmolStr;

use crate::fold::{Decided, Folded, Folding, Place};
use crate::plan::Plan;
use crate::report::{Counts, Report, Reported, Status, Unknown};
use crate::subsume::subsume;

/// Runs `plan` over `snapshot`, in as many threads as the current rayon pool has. The result is the same whatever their number.
///
/// Findings are in order: most dangerous first, then by check, then by object and place.
///
/// What a check said after it asked for objects that could not be read is dropped: it rests on what was not seen, and so the
/// verdict is unknown. A check whose own subjects could not be read has an unknown for all of them.
pub fn evaluate(snapshot: &Snapshot, plan: &Plan) -> Report {
    let folding = Folding::of(snapshot);
    let (assumed, policy, rights) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
    let access = Access { assumed: &assumed, policy: &policy, rights: &rights };
    let run = Runner { snapshot, plan, folding: &folding, access };
    let objects = (0..snapshot.objects.len())
        .into_par_iter()
        .fold(|| run.nothing(), |tally, object| run.on_place(run.view(&Recorder::of_gaps()), tally, object))
        .reduce(|| run.nothing(), |tally, other| run.merge(tally, other));
    let whole = (0..plan.checks.len())
        .into_par_iter()
        .fold(|| run.nothing(), |tally, check| run.on_snapshot(run.view(&Recorder::of_gaps()), tally, check))
        .reduce(|| run.nothing(), |tally, other| run.merge(tally, other));
    let (unknowns, counts) = unread(snapshot, plan);
    let unread = Tally { unknowns, counts, ..run.nothing() };
    run.report(run.merge(run.merge(objects, whole), unread))
}

#[derive(Clone, Copy)]
pub(crate) struct Runner<'p> {
    pub snapshot: &'p Snapshot,
    pub plan: &'p Plan,
    pub folding: &'p Folding,
    pub access: Access<'p>,
}

/// Who may do what: made when the first check asks for it.
#[derive(Clone, Copy)]
pub(crate) struct Access<'p> {
    /// The roles that an API server makes: of files nobody says them.
    pub assumed: &'p OnceLock<Vec<Object>>,
    pub policy: &'p OnceLock<Policy<'p>>,
    /// What of it stands without the Snapshot.
    pub rights: &'p OnceLock<Rights>,
}

/// What a part of a run found. Counts are by position in the plan.
pub(crate) struct Tally {
    sharing: Sharing,
    /// With the checks' own severities, and fingerprints that are not told apart yet.
    pub findings: Vec<Reported>,
    subsumed: Vec<Finding>,
    pub unknowns: Vec<Unknown>,
    pub counts: Vec<Counts>,
    /// What is found on parts of workloads, by the numbers of these; not among the above.
    folded: HashMap<usize, Folded>,
}

/// What a check said.
enum Said<'s> {
    /// Of what it saw.
    Seen(Outcome),
    /// Nothing that holds: it asked for what was not read.
    Unseen(usize, &'s Gap),
}

impl<'p> Runner<'p> {
    fn policy(&self) -> &'p Policy<'p> {
        let assumed = || {
            if self.snapshot.coverage.live { Vec::new() } else { default_roles(self.plan.settings.version) }
        };
        let Access { assumed: roles, policy, .. } = self.access;
        policy.get_or_init(|| Policy::assuming(self.snapshot, roles.get_or_init(assumed)))
    }

    pub(crate) fn nothing(&self) -> Tally {
        let counts = vec![Counts::default(); self.plan.checks.len()];
        Tally {
            sharing: Sharing::default(),
            findings: Vec::new(),
            subsumed: Vec::new(),
            unknowns: Vec::new(),
            counts,
            folded: HashMap::new(),
        }
    }

    /// All checks of single objects, on one, told by itself or with its workload.
    fn on_place(&self, view: View<'_>, mut tally: Tally, index: usize) -> Tally {
        let whole = match self.folding.place(index) {
            Place::Alone => return self.on_object(view, tally, index),
            Place::Past => return tally,
            Place::Part(whole) => whole,
        };
        let Tally { mut findings, subsumed, unknowns, counts, .. } =
            self.on_object(view, self.nothing(), index);
        findings.iter_mut().for_each(|reported| tally.sharing.share(&mut reported.finding));
        tally.subsumed.extend(subsumed);
        if let Some(of) = self.folding.whole(whole, self.snapshot) {
            let folded = tally.folded.entry(whole).or_default();
            folded.add(index, findings, unknowns, counts.iter().map(Decided::of), of);
        }
        tally
    }

    fn merge(&self, mut tally: Tally, other: Tally) -> Tally {
        tally.findings.extend(other.findings);
        tally.subsumed.extend(other.subsumed);
        tally.unknowns.extend(other.unknowns);
        tally.counts.iter_mut().zip(other.counts).for_each(|(sum, counts)| *sum += counts);
        for (whole, folded) in other.folded {
            if let Some(of) = self.folding.whole(whole, self.snapshot) {
                tally.folded.entry(whole).or_default().merge(folded, of);
            }
        }
        tally
    }

    /// The Snapshot as checks see it; `recorder` is told when there is something that was not read.
    fn view<'v>(&'v self, recorder: &'v Recorder) -> View<'v> {
        if self.snapshot.coverage.gaps.is_empty() {
            self.snapshot.into()
        } else {
            View::recorded(self.snapshot, recorder)
        }
    }

    /// All checks of single objects, on one.
    pub(crate) fn on_object(&self, view: View<'_>, mut tally: Tally, index: usize) -> Tally {
        let rights = || self.policy().rights(self.plan.settings.version);
        let rights = RightsSource::new(self.access.rights, &rights);
        let Some(subject) = Subject::new(view, index) else { return tally };
        let subject = subject.with_rights(rights);
        // Does not allocate as long as nothing is found.
        let mut findings = Vec::new();
        for (check, counts) in self.plan.checks.iter().zip(&mut tally.counts) {
            if check.is_of_all() {
                continue;
            }
            let outcome = check.on_object(&subject, &self.plan.settings);
            let said = self.said(view, outcome);
            findings.extend(count(check, Some(index), said, counts, &mut tally.unknowns));
        }
        if !findings.is_empty() {
            findings.iter_mut().for_each(|finding| tally.sharing.share(finding));
            let (findings, subsumed) = subsume(findings, self.plan.pss.is_some());
            tally.subsumed.extend(subsumed);
            self.report_all(findings, &mut tally.findings);
        }
        tally
    }

    /// The check at `position`, on all objects together, if it is such a check.
    pub(crate) fn on_snapshot(&self, view: View<'_>, mut tally: Tally, position: usize) -> Tally {
        let Some(check) = self.plan.checks.get(position).filter(|check| check.is_of_all()) else {
            return tally;
        };
        let Some(counts) = tally.counts.get_mut(position) else { return tally };
        let rights = || self.policy().rights(self.plan.settings.version);
        let rights = RightsSource::new(self.access.rights, &rights);
        let outcome = match check.run {
            Run::Access(_) => check.on_access(self.policy(), rights, view, &self.plan.settings),
            _ => check.on_snapshot(view, &self.plan.settings),
        };
        let findings = match (check.run, outcome.verdict == Verdict::Fail, self.gap(view)) {
            // What is found holds, and there may be more: it counts as one verdict, that of the findings.
            (Run::Access(_), true, gap) => {
                let more = gap.map(|(number, gap)| (gap.reason.clone(), Some(number)));
                let more = more.or(outcome.besides.as_ref().map(|reason| (SmolStr::new(reason), None)));
                let unknown =
                    more.map(|(reason, gap)| Unknown { check: check.meta.id, object: None, reason, gap });
                tally.unknowns.extend(unknown);
                count(check, None, Said::Seen(outcome), counts, &mut tally.unknowns)
            }
            (_, _, Some((number, gap))) => {
                count(check, None, Said::Unseen(number, gap), counts, &mut tally.unknowns)
            }
            (_, _, None) => count(check, None, Said::Seen(outcome), counts, &mut tally.unknowns),
        };
        self.report_all(findings, &mut tally.findings);
        tally
    }

    /// The gap that a check fell into.
    fn gap(&self, view: View<'_>) -> Option<(usize, &Gap)> {
        view.take_gap().and_then(|gap| Some((gap, self.snapshot.coverage.gaps.get(gap)?)))
    }

    /// What a check said, or into which gap it fell on the way.
    fn said(&self, view: View<'_>, outcome: Outcome) -> Said<'_> {
        self.gap(view).map_or(Said::Seen(outcome), |(number, gap)| Said::Unseen(number, gap))
    }

    /// Gives findings their identity; the name of an object is worked out once for those in a row.
    fn report_all(&self, findings: Vec<Finding>, reported: &mut Vec<Reported>) {
        let mut named: Option<(usize, ObjectRef)> = None;
        reported.extend(findings.into_iter().map(|finding| {
            let object = self.snapshot.objects.get(finding.object);
            let (_, name) = named
                .take()
                .filter(|(index, _)| *index == finding.object)
                .unwrap_or_else(|| (finding.object, self.folding.identity(finding.object, self.snapshot)));
            let fingerprint = Fingerprint::of(&finding, object, &name);
            named = Some((finding.object, name));
            Reported { finding, fingerprint, status: Status::Active }
        }));
    }

    /// Sets the severities of the configuration.
    pub(crate) fn set_severities(&self, findings: &mut [Reported]) {
        if self.plan.severities.is_empty() {
            return;
        }
        for Reported { finding, .. } in findings {
            if let Some(severity) = self.plan.severities.get(finding.check.id) {
                finding.severity = *severity;
            }
        }
    }

    fn report(&self, mut tally: Tally) -> Report {
        for (whole, folded) in std::mem::take(&mut tally.folded) {
            let Some(of) = self.folding.whole(whole, self.snapshot) else { continue };
            let (findings, unknowns) = folded.finish(of, &mut tally.counts);
            tally.findings.extend(findings);
            tally.unknowns.extend(unknowns);
        }
        self.set_severities(&mut tally.findings);
        put_in_order(&mut tally.findings, &mut tally.unknowns);
        let counts = self.plan.checks.iter().map(|check| check.meta.id).zip(tally.counts);
        Report {
            findings: tally.findings,
            subsumed: tally.subsumed,
            unknowns: tally.unknowns,
            problems: Vec::new(),
            counts: counts.collect(),
        }
    }
}

/// Puts everything in order, and tells findings of one fingerprint apart.
pub(crate) fn put_in_order(findings: &mut [Reported], unknowns: &mut [Unknown]) {
    // In place: a large cluster has a million findings.
    findings.par_sort_unstable_by(by_danger);
    unknowns.sort_by(|a, b| (a.check, a.object, &a.reason).cmp(&(b.check, b.object, &b.reason)));
    tell_apart(findings.iter_mut().map(|reported| &mut reported.fingerprint));
}

/// The order of findings. Those that compare as equal say the same of the same place.
pub(crate) fn by_danger(
    Reported { finding: a, .. }: &Reported,
    Reported { finding: b, .. }: &Reported,
) -> Ordering {
    let key = |finding: &Finding| (Reverse(finding.severity), finding.check.id, finding.object);
    key(a).cmp(&key(b)).then_with(|| a.path.cmp(&b.path)).then_with(|| a.message.cmp(&b.message))
}

/// The unknowns of checks whose subjects could not be read, and how many they are, by position in the plan. Other namespaces than the
/// chosen ones are not meant.
pub(crate) fn unread(snapshot: &Snapshot, plan: &Plan) -> (Vec<Unknown>, Vec<Counts>) {
    let (mut unknowns, mut sums) = (Vec::new(), vec![Counts::default(); plan.checks.len()]);
    let gaps = snapshot.coverage.gaps.iter().enumerate();
    for (number, gap) in gaps.filter(|(_, gap)| !matches!(gap.missing, Missing::Outside(_))) {
        for (check, counts) in plan.checks.iter().zip(&mut sums) {
            if Kind::ALL.iter().any(|kind| check.judges(kind) && gap.has(kind)) {
                count(check, None, Said::Unseen(number, gap), counts, &mut unknowns);
            }
        }
    }
    (unknowns, sums)
}

fn count(
    check: &Check,
    object: Option<usize>,
    said: Said<'_>,
    counts: &mut Counts,
    unknowns: &mut Vec<Unknown>,
) -> Vec<Finding> {
    let mut unknown = |reason, gap| {
        counts.unknown += 1;
        unknowns.push(Unknown { check: check.meta.id, object, reason, gap });
    };
    let outcome = match said {
        Said::Seen(outcome) => outcome,
        Said::Unseen(number, gap) => {
            unknown(gap.reason.clone(), Some(number));
            return Vec::new();
        }
    };
    match outcome.verdict {
        Verdict::Unknown(Cow::Borrowed(reason)) => unknown(SmolStr::new_static(reason), None),
        Verdict::Unknown(Cow::Owned(reason)) => unknown(reason.into(), None),
        Verdict::Pass => counts.passed += 1,
        Verdict::Fail => counts.failed += 1,
        Verdict::NotApplicable => counts.not_applicable += 1,
    }
    outcome.findings
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.not_applicable += other.not_applicable;
        self.unknown += other.unknown;
    }
}
