//! Several clusters in one report.

use seawall_inventory::{FileId, Place, Problem, Provenance, Snapshot};

use crate::evaluate::by_danger;
use crate::report::Report;

/// Puts Snapshots and what was found in each behind one another, as one. Each was judged by itself: objects of one say nothing
/// about those of another, and fingerprints stay what they are in each.
///
/// What comes out is to be reported. It is not indexed, and never complete.
pub fn side_by_side(parts: Vec<(Snapshot, Report)>) -> (Snapshot, Report) {
    let (mut whole, mut report) = (Snapshot::default(), Report::default());
    for (snapshot, found) in parts {
        let before = Before::of(&whole);
        whole.coverage.live |= snapshot.coverage.live;
        // Not sorted: what could not be decided names gaps by number.
        whole.coverage.gaps.extend(snapshot.coverage.gaps.into_iter().map(|mut gap| {
            gap.problem = gap.problem.map(|problem| problem + before.problems);
            gap
        }));
        whole.files.extend(snapshot.files.into_iter().map(|mut file| {
            if let Provenance::Rendered { unit, .. } = &mut file.provenance {
                unit.0 = unit.0.saturating_add(before.units);
            }
            file
        }));
        whole.units.extend(snapshot.units);
        whole.objects.extend(snapshot.objects.into_iter().map(|mut object| {
            object.origin.file = before.file(object.origin.file);
            object
        }));
        whole.problems.extend(snapshot.problems.into_iter().map(|problem| before.problem(problem)));
        whole.skipped.extend(snapshot.skipped);
        whole.documents += snapshot.documents;

        report.findings.extend(found.findings.into_iter().map(|mut reported| {
            reported.finding.object += before.objects;
            reported
        }));
        report.subsumed.extend(found.subsumed.into_iter().map(|mut finding| {
            finding.object += before.objects;
            finding
        }));
        report.unknowns.extend(found.unknowns.into_iter().map(|mut unknown| {
            unknown.object = unknown.object.map(|object| object + before.objects);
            unknown.gap = unknown.gap.map(|gap| gap + before.gaps);
            unknown
        }));
        report.problems.extend(found.problems.into_iter().map(|problem| before.problem(problem)));
        for (check, counts) in found.counts {
            *report.counts.entry(check).or_default() += counts;
        }
    }
    report.findings.sort_by(by_danger);
    report.unknowns.sort_by(|a, b| (a.check, a.object, &a.reason).cmp(&(b.check, b.object, &b.reason)));
    (whole, report)
}

/// How much stands before a part.
struct Before {
    files: u32,
    units: u32,
    objects: usize,
    problems: usize,
    gaps: usize,
}

impl Before {
    fn of(whole: &Snapshot) -> Self {
        let number = |length| u32::try_from(length).unwrap_or(u32::MAX);
        Self {
            files: number(whole.files.len()),
            units: number(whole.units.len()),
            objects: whole.objects.len(),
            problems: whole.problems.len(),
            gaps: whole.coverage.gaps.len(),
        }
    }

    fn file(&self, file: FileId) -> FileId {
        FileId(file.0.saturating_add(self.files))
    }

    fn problem(&self, mut problem: Problem) -> Problem {
        if let Place::Span { file, .. } = &mut problem.place {
            *file = self.file(*file);
        }
        problem
    }
}
