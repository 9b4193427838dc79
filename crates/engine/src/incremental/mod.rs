//! Keeps what is found current while a cluster changes: only what a change touches is judged again.
//!
//! Of every subject it is known what its checks asked for ([`Recorder`]). A change touches the object that it is about and the
//! subjects that asked for something of its kind, place or name; all else stands.

mod classes;
mod parts;
mod readers;
mod standing;

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::OnceLock;

use foldhash::{HashMap, HashSet};
use rayon::prelude::*;
use seawall_finding::{Fingerprint, Severity, Sharing};
use seawall_inventory::{Change, Object, ObjectRef, Read, Recorder, Snapshot, View};
use seawall_rbac::{GROUP, Rights};

use crate::baseline::Baseline;
use crate::config::Config;
use crate::date::Date;
use crate::evaluate::{Access, Runner, Tally, by_danger, put_in_order, unread};
use crate::fold::{Folded, Place as Told};
use crate::plan::Plan;
use crate::report::{Counts, Report, Reported, Status, Unknown};
use crate::suppress::{SuppressOptions, suppress_few};
use classes::Classes;
use parts::{Moved, Parts};
use readers::Readers;
use standing::{Standing, Verdicts};

/// What is judged by itself: an object, or by a check of the whole Snapshot all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Subject(u32);

/// How what is found is judged and what of it counts.
#[derive(Clone, Debug)]
pub struct Judging<'a> {
    /// The checks.
    pub plan: &'a Plan,
    /// The configuration, which may suppress.
    pub config: &'a Config,
    /// What else is to be known of suppressions.
    pub suppressing: SuppressOptions<'a>,
    /// What was found before.
    pub baseline: Option<&'a Baseline>,
}

/// What is found in a Snapshot that changes: at any time what [`crate::evaluate()`] and [`crate::suppress()`] find in it.
#[derive(Debug)]
pub struct Incremental<'a> {
    judging: Judging<'a>,
    known: HashSet<Fingerprint>,
    snapshot: Snapshot,
    /// Who holds what, until a role or a binding changes.
    rights: OnceLock<Rights>,
    /// By number of the object; nothing for those that are told with a workload.
    objects: Vec<Standing>,
    /// By number of the workload.
    folded: Vec<Standing>,
    /// What is found on objects that are told with a workload, by their numbers: before it is folded and suppressed.
    unfolded: HashMap<usize, Standing>,
    parts: Parts,
    /// By position of the check in the plan; nothing for checks of single objects.
    whole: Vec<Standing>,
    readers: Readers,
    classes: Classes,
    counts: Vec<Counts>,
    sharing: Sharing,
}

/// What became of a finding that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It is there now.
    Opened,
    /// It is gone, or is suppressed now.
    Closed,
    /// It was there, with this severity, and now says something else.
    Changed(Severity),
}

/// What a change did to a finding.
#[derive(Clone, Debug)]
pub struct Event {
    /// What became of it.
    pub turn: Turn,
    /// The object that it is about, which may be gone.
    pub object: ObjectRef,
    /// The finding: what it says now; for one that is closed what it said.
    pub reported: Reported,
}

impl<'a> Incremental<'a> {
    /// Judges the whole of `snapshot`.
    pub fn new(snapshot: Snapshot, judging: Judging<'a>) -> Self {
        let checks = judging.plan.checks.len();
        let mut new = Self {
            parts: Parts::of(&snapshot),
            folded: Vec::new(),
            unfolded: HashMap::default(),
            known: judging.baseline.into_iter().flat_map(Baseline::fingerprints).collect(),
            judging,
            snapshot,
            rights: OnceLock::new(),
            objects: Vec::new(),
            whole: (0..checks).map(|_| Standing::default()).collect(),
            readers: Readers::default(),
            classes: Classes::default(),
            counts: vec![Counts::default(); checks],
            sharing: Sharing::default(),
        };
        new.judge(new.all(), &HashMap::default(), Moved::default());
        new
    }

    /// Everything that is known of the cluster.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// For who changes what is no object: files that objects to come are from.
    pub fn snapshot_mut(&mut self) -> &mut Snapshot {
        &mut self.snapshot
    }

    /// Applies changes together. Returns what became of findings: most dangerous first, then by check and fingerprint.
    pub fn apply(&mut self, changes: Vec<Change>) -> Vec<Event> {
        let changed = self.snapshot.apply(changes);
        let moved = self.parts.update(&changed, &self.snapshot);
        let mut touched: Vec<Subject> = moved.objects.iter().map(|number| Subject::object(*number)).collect();
        let mut gone = HashMap::default();
        for changed in changed {
            touched.push(Subject::object(changed.object));
            let now = self.snapshot.objects.get(changed.object).filter(|now| !now.is_vacant());
            for object in changed.before.iter().chain(now) {
                if object.group() == GROUP {
                    self.rights.take();
                }
                self.readers.concerned(object, &self.snapshot, &mut touched);
            }
            gone.extend(changed.before.map(|before| (changed.object, before.reference())));
        }
        self.judge(touched, &gone, moved)
    }

    /// Judges everything again: by `today`, as suppressions expire, and by lists that have become readable.
    pub fn again(&mut self, today: Date) -> Vec<Event> {
        self.judging.suppressing.today = today;
        self.rights.take();
        self.judge(self.all(), &HashMap::default(), Moved::default())
    }

    /// What stands now, as [`crate::evaluate()`] and [`crate::suppress()`] would report it, without problems and what is subsumed.
    pub fn report(&self) -> Report {
        let standing = || self.objects.iter().chain(&self.folded).chain(&self.whole);
        let mut findings: Vec<Reported> =
            standing().flat_map(|standing| &standing.findings).cloned().collect();
        let mut unknowns: Vec<Unknown> =
            standing().flat_map(|standing| &standing.unknowns).cloned().collect();
        let plan = self.judging.plan;
        let (unseen, of_unseen) = unread(&self.snapshot, plan);
        unknowns.extend(unseen);
        put_in_order(&mut findings, &mut unknowns);
        for reported in &mut findings {
            self.baselined(reported);
        }
        let mut counts = self.counts.clone();
        counts.iter_mut().zip(of_unseen).for_each(|(sum, counts)| *sum += counts);
        let counts = plan.checks.iter().map(|check| check.meta.id).zip(counts).collect();
        Report { findings, subsumed: Vec::new(), unknowns, problems: Vec::new(), counts }
    }

    fn all(&self) -> Vec<Subject> {
        let objects = (0..self.snapshot.objects.len()).map(Subject::object);
        let checks = self.judging.plan.checks.iter().enumerate().filter(|(_, check)| check.is_of_all());
        objects.chain(checks.map(|(position, _)| Subject::whole(position))).collect()
    }

    /// Judges subjects again. Of objects that are not what they were, `gone` says what they were called.
    fn judge(
        &mut self,
        mut subjects: Vec<Subject>,
        gone: &HashMap<usize, ObjectRef>,
        moved: Moved,
    ) -> Vec<Event> {
        subjects.sort_unstable();
        subjects.dedup();
        let (assumed, policy) = (OnceLock::new(), OnceLock::new());
        let access = Access { assumed: &assumed, policy: &policy, rights: &self.rights };
        let judge = |subject: Subject| (subject, self.judged(subject, access));
        let mut judged: Vec<(Subject, Judged)> = if subjects.len() < WORTH_THREADS {
            subjects.into_iter().map(judge).collect()
        } else {
            subjects.into_par_iter().map(judge).collect()
        };
        let (reads, wholes) = self.fold(&mut judged, moved.wholes);
        // The configuration is looked at once for all.
        let lengths: Vec<usize> = judged.iter().map(|(_, judged)| judged.findings.len()).collect();
        let mut findings: Vec<Reported> = Vec::with_capacity(lengths.iter().sum());
        judged.iter_mut().for_each(|(_, judged)| findings.append(&mut judged.findings));
        findings.iter_mut().for_each(|reported| self.sharing.share(&mut reported.finding));
        suppress_few(&mut findings, &self.snapshot, self.judging.config, &self.judging.suppressing);
        let mut findings = findings.into_iter();
        for ((_, judged), length) in judged.iter_mut().zip(lengths) {
            judged.findings = findings.by_ref().take(length).collect();
        }

        self.objects.resize_with(self.snapshot.objects.len(), Standing::default);
        let mut affected = HashSet::default();
        for (subject, judged) in &judged {
            let before = self.standing(*subject).map_or(&[][..], |standing| &standing.findings);
            if !before.iter().map(told).eq(judged.findings.iter().map(told)) {
                affected.extend(before.iter().chain(&judged.findings).map(|reported| reported.fingerprint));
            }
        }
        let before: Vec<Reported> = affected.iter().flat_map(|class| self.told_apart(*class)).collect();
        for (subject, judged) in judged {
            self.put(subject, judged);
        }
        for (number, reads) in reads {
            let Some(standing) = self.unfolded.get_mut(&number) else { continue };
            let before = std::mem::take(&mut standing.reads);
            standing.reads = self.readers.note(Subject::object(number), &before, reads);
        }
        self.parts.forget(&wholes);
        let after = affected.iter().flat_map(|class| self.told_apart(*class)).collect();
        let mut events = turns(before, after);
        for event in &mut events {
            let finding = &event.reported.finding;
            if let Some(part_of) = finding.part_of() {
                event.object = part_of.workload.clone();
                continue;
            }
            let object = self.snapshot.objects.get(finding.object).map(Object::reference);
            let before = gone.get(&finding.object).filter(|_| event.turn == Turn::Closed).cloned();
            event.object = before.or(object).unwrap_or_default();
        }
        events.sort_by(|a, b| {
            let key =
                |event: &Event| (Reverse(event.reported.finding.severity), event.reported.finding.check.id);
            let then = |event: &Event| (event.reported.fingerprint, event.turn == Turn::Opened);
            key(a).cmp(&key(b)).then_with(|| a.object.cmp(&b.object)).then_with(|| then(a).cmp(&then(b)))
        });
        events
    }

    /// Puts what is found on parts of workloads aside, and what is found in these workloads, with those of `wholes`, in its place.
    /// Returns what the parts asked for, and all these workloads.
    ///
    /// A workload is folded anew from what is known of all its parts: it takes time in their number.
    fn fold(
        &mut self,
        judged: &mut Vec<(Subject, Judged)>,
        mut wholes: BTreeSet<usize>,
    ) -> (Vec<(usize, BTreeSet<Read>)>, BTreeSet<usize>) {
        let mut reads = Vec::new();
        for (subject, judged) in &mut *judged {
            let Place::Object(number) = subject.place() else { continue };
            let Told::Part(whole) = self.parts.folding.place(number) else {
                // It was one before, perhaps.
                if let Some(before) = self.unfolded.remove(&number) {
                    self.readers.note(*subject, &before.reads, BTreeSet::new());
                }
                continue;
            };
            wholes.insert(whole);
            let Judged { findings, unknowns, verdicts, reads: asked } = std::mem::take(judged);
            let standing = self.unfolded.entry(number).or_default();
            standing.findings = findings.into();
            standing.unknowns = unknowns.into();
            standing.verdicts = verdicts;
            reads.push((number, asked));
        }
        for whole in &wholes {
            let mut counts = vec![Counts::default(); self.judging.plan.checks.len()];
            let mut folded = Folded::default();
            let Some(of) = self.parts.folding.whole(*whole, &self.snapshot) else { continue };
            for number in self.parts.members(*whole) {
                let Some(standing) = self.unfolded.get(&number) else { continue };
                let Standing { findings, unknowns, verdicts, .. } = standing;
                folded.add(
                    number,
                    findings.iter().cloned(),
                    unknowns.iter().cloned(),
                    verdicts.decided(),
                    of,
                );
            }
            let (findings, unknowns) = folded.finish(of, &mut counts);
            let verdicts = Verdicts::of(&counts);
            let folded = Judged { findings, unknowns, verdicts, reads: BTreeSet::new() };
            judged.push((Subject::folded(*whole), folded));
        }
        (reads, wholes)
    }

    fn judged<'s>(&'s self, subject: Subject, access: Access<'s>) -> Judged {
        let recorder = Recorder::default();
        let view = View::recorded(&self.snapshot, &recorder);
        let folding = &self.parts.folding;
        let run = Runner { snapshot: &self.snapshot, plan: self.judging.plan, folding, access };
        let tally = match subject.place() {
            Place::Object(number) if folding.place(number) == Told::Past => return Judged::default(),
            Place::Object(number) => run.on_object(view, run.nothing(), number),
            Place::Whole(position) => run.on_snapshot(view, run.nothing(), position),
            Place::Folded(_) => return Judged::default(),
        };
        let Tally { mut findings, unknowns, counts, .. } = tally;
        run.set_severities(&mut findings);
        Judged { findings, unknowns, verdicts: Verdicts::of(&counts), reads: recorder.take() }
    }

    fn standing(&self, subject: Subject) -> Option<&Standing> {
        match subject.place() {
            Place::Object(number) => self.objects.get(number),
            Place::Folded(number) => self.folded.get(number),
            Place::Whole(position) => self.whole.get(position),
        }
    }

    /// Puts what is found in a subject in the place of what was found before.
    fn put(&mut self, subject: Subject, judged: Judged) {
        let place = match subject.place() {
            Place::Object(number) => self.objects.get_mut(number),
            Place::Folded(number) => {
                if self.folded.len() <= number {
                    self.folded.resize_with(number + 1, Standing::default);
                }
                self.folded.get_mut(number)
            }
            Place::Whole(position) => self.whole.get_mut(position),
        };
        let Some(place) = place else { return };
        let before = std::mem::take(place);
        for reported in &before.findings {
            self.classes.leave(reported.fingerprint, subject);
        }
        for reported in &judged.findings {
            self.classes.enter(reported.fingerprint, subject);
        }
        before.verdicts.each(&mut self.counts, |count| *count = count.saturating_sub(1));
        judged.verdicts.each(&mut self.counts, |count| *count += 1);
        *place = Standing {
            findings: judged.findings.into(),
            unknowns: judged.unknowns.into(),
            verdicts: judged.verdicts,
            reads: self.readers.note(subject, &before.reads, judged.reads),
        };
    }

    /// The findings of one fingerprint, told apart as [`seawall_finding::tell_apart`] does it for all.
    fn told_apart(&self, class: Fingerprint) -> Vec<Reported> {
        let standing = self.classes.members(class).filter_map(|subject| self.standing(subject));
        let findings = standing.flat_map(|standing| &standing.findings);
        let mut findings: Vec<Reported> =
            findings.filter(|reported| reported.fingerprint == class).cloned().collect();
        findings.sort_by(by_danger);
        for (count, reported) in (0..).zip(&mut findings) {
            reported.fingerprint = class.nth(count);
            self.baselined(reported);
        }
        findings
    }

    fn baselined(&self, reported: &mut Reported) {
        if reported.status == Status::Active && self.known.contains(&reported.fingerprint) {
            reported.status = Status::Baselined;
        }
    }
}

/// From so many subjects on they are judged in several threads.
const WORTH_THREADS: usize = 64;

/// What is found in one subject.
#[derive(Default)]
struct Judged {
    findings: Vec<Reported>,
    unknowns: Vec<Unknown>,
    verdicts: Verdicts,
    reads: BTreeSet<Read>,
}

/// What is told of a finding, and what its place among equal ones depends on.
fn told(reported: &Reported) -> impl PartialEq + use<'_> {
    let Reported { finding, fingerprint, status } = reported;
    (fingerprint, status, finding.object, finding.severity, &finding.path, &finding.message)
}

/// What became of findings, in any order. The objects are yet to be named.
fn turns(before: Vec<Reported>, after: Vec<Reported>) -> Vec<Event> {
    let counts = |reported: &Reported| reported.status == Status::Active;
    let mut before: HashMap<Fingerprint, Reported> =
        before.into_iter().filter(counts).map(|reported| (reported.fingerprint, reported)).collect();
    let mut events = Vec::new();
    let mut tell = |turn, reported| events.push(Event { turn, object: ObjectRef::default(), reported });
    for reported in after.into_iter().filter(counts) {
        match before.remove(&reported.fingerprint) {
            None => tell(Turn::Opened, reported),
            Some(before) => {
                let (was, is) = (&before.finding, &reported.finding);
                if was.severity != is.severity || was.message != is.message {
                    tell(Turn::Changed(was.severity), reported);
                }
            }
        }
    }
    before.into_values().for_each(|reported| tell(Turn::Closed, reported));
    events
}

/// Where a [`Subject`] stands.
enum Place {
    Object(usize),
    Folded(usize),
    Whole(usize),
}

impl Subject {
    /// From here on they are workloads with their parts.
    const FOLDED: u32 = 1 << 30;
    /// From here on they are checks of the whole Snapshot.
    const WHOLE: u32 = 1 << 31;

    fn object(number: usize) -> Self {
        Self(u32::try_from(number).map_or(Self::FOLDED - 1, |number| number.min(Self::FOLDED - 1)))
    }

    fn folded(number: usize) -> Self {
        let last = Self::WHOLE - 1;
        Self(u32::try_from(number).map_or(last, |number| number.saturating_add(Self::FOLDED).min(last)))
    }

    fn whole(position: usize) -> Self {
        Self(u32::try_from(position).map_or(u32::MAX, |position| position.saturating_add(Self::WHOLE)))
    }

    fn place(self) -> Place {
        if let Some(position) = self.0.checked_sub(Self::WHOLE) {
            return Place::Whole(position as usize);
        }
        match self.0.checked_sub(Self::FOLDED) {
            Some(number) => Place::Folded(number as usize),
            None => Place::Object(self.0 as usize),
        }
    }
}
