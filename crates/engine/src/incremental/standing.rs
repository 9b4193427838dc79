//! What stands of one subject.

use crate::fold::Decided;
use crate::report::{Counts, Reported, Unknown};

/// What was found in one subject, and what its checks asked for.
#[derive(Debug, Default)]
pub(super) struct Standing {
    /// With fingerprints that are not told apart.
    pub findings: Box<[Reported]>,
    pub unknowns: Box<[Unknown]>,
    pub verdicts: Verdicts,
    /// Numbers that [`super::readers::Readers`] gave to what was asked for.
    pub reads: Box<[u32]>,
}

/// Verdicts by position in the plan, four bits each: a large cluster has a hundred thousand objects.
#[derive(Debug, Default)]
pub(super) struct Verdicts(Box<[u8]>);

const PASSED: u8 = 1;
const FAILED: u8 = 2;
const NOT_APPLICABLE: u8 = 3;
const UNKNOWN: u8 = 4;

impl Verdicts {
    /// Those of one subject, of which each check has counted one verdict at most.
    pub(super) fn of(counts: &[Counts]) -> Self {
        let code = |counts: &Counts| match counts {
            Counts { passed: 1.., .. } => PASSED,
            Counts { failed: 1.., .. } => FAILED,
            Counts { not_applicable: 1.., .. } => NOT_APPLICABLE,
            Counts { unknown: 1.., .. } => UNKNOWN,
            _ => 0,
        };
        let (pairs, rest) = counts.as_chunks::<2>();
        let pairs = pairs.iter().map(|[low, high]| code(low) | code(high) << 4);
        Self(pairs.chain(rest.iter().map(code)).collect())
    }

    /// What each check came to.
    pub(super) fn decided(&self) -> impl Iterator<Item = Decided> {
        self.0.iter().flat_map(|byte| [byte & 0xf, byte >> 4]).map(|code| match code {
            PASSED => Decided::Passed,
            FAILED => Decided::Failed,
            NOT_APPLICABLE => Decided::NotApplicable,
            UNKNOWN => Decided::Unknown,
            _ => Decided::Nothing,
        })
    }

    /// Calls `with` for each count that they add to, by position in the plan.
    pub(super) fn each(&self, counts: &mut [Counts], with: impl Fn(&mut usize)) {
        let codes = self.0.iter().flat_map(|byte| [byte & 0xf, byte >> 4]);
        for (counts, code) in counts.iter_mut().zip(codes) {
            match code {
                PASSED => with(&mut counts.passed),
                FAILED => with(&mut counts.failed),
                NOT_APPLICABLE => with(&mut counts.not_applicable),
                UNKNOWN => with(&mut counts.unknown),
                _ => {}
            }
        }
    }
}
