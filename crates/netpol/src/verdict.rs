//! Whether traffic passes, as far as that can be said.

use std::fmt;

/// Whether traffic passes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// No.
    #[default]
    Deny,
    /// It depends on what whoever enforces policies makes of something that the API does not specify.
    Ambiguous,
    /// It depends on what was not read.
    Unknown,
    /// Yes.
    Allow,
}

impl Verdict {
    /// Whether one of two ways passes.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// Whether two doors are both open.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Deny, _) | (_, Self::Deny) => Self::Deny,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Ambiguous, _) | (_, Self::Ambiguous) => Self::Ambiguous,
            (Self::Allow, Self::Allow) => Self::Allow,
        }
    }

    /// The opposite: what is not known stays so.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::Deny => Self::Allow,
            Self::Allow => Self::Deny,
            open => open,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Deny => "denied",
            Self::Ambiguous => "ambiguous",
            Self::Unknown => "unknown",
            Self::Allow => "allowed",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict::{self, Allow, Ambiguous, Deny, Unknown};

    const ALL: [Verdict; 4] = [Deny, Ambiguous, Unknown, Allow];

    /// The laws of De Morgan hold, and nothing is made certain of what is not.
    #[test]
    fn verdicts_combine_as_truths_do() {
        for a in ALL {
            for b in ALL {
                assert_eq!(a.or(b), b.or(a));
                assert_eq!(a.and(b), b.and(a));
                assert_eq!(a.and(b).negated(), a.negated().or(b.negated()));
                for c in ALL {
                    assert_eq!(a.or(b).or(c), a.or(b.or(c)));
                    assert_eq!(a.and(b).and(c), a.and(b.and(c)));
                }
            }
            assert_eq!(a.and(Allow), a);
            assert_eq!(a.or(Deny), a);
        }
    }
}
