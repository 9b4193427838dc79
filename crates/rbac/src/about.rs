//! Roughly what rules are about, in one word: most roles have nothing to do with most questions, and their rules need not be read.

use crate::policy::RuleContent;
use crate::symbol::{Symbol, Symbols};

/// A set of resources and paths that may have more in it than was put in, and never less.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct About(u64);

impl About {
    pub const ANYTHING: Self = Self(u64::MAX);
    pub const PATHS: Self = Self(1);
    /// What is about all resources, and so is asked for with each.
    pub const ALL_RESOURCES: Self = Self(1 << 1);

    /// A resource as a rule says it: `pods`, `pods/log`, `*/log`.
    pub fn resource(resource: Symbol) -> Self {
        Self(1 << (2 + resource.number() % 62))
    }

    /// What a rule is about; `all` is the symbol of `*`.
    pub fn rule(rule: &RuleContent, symbols: &Symbols, all: Option<Symbol>) -> Self {
        let resources = symbols.list(rule.resources).iter().map(|resource| match Some(*resource) == all {
            true => Self::ALL_RESOURCES,
            false => Self::resource(*resource),
        });
        let paths = (!symbols.list(rule.urls).is_empty()).then_some(Self::PATHS);
        resources.chain(paths).fold(Self::default(), Self::or)
    }

    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether something may be in both.
    pub fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}
