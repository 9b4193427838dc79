//! What selects pods: Services and disruption budgets, by one of their requirements.

use foldhash::HashSet;
use smol_str::SmolStr;

use super::{Space, range, sorted};
use crate::body::Body;
use crate::object::Object;
use crate::selector::{LabelSelector, Operator, Requirement, Selector};

/// An object that selects pods of its namespace.
#[derive(PartialEq)]
pub(crate) struct Selects {
    /// Its number.
    pub object: u32,
    /// Where it stands.
    space: Space,
    /// The pods that it selects.
    pub selector: Selector,
}

#[derive(Default)]
pub(super) struct Selecting {
    all: Box<[Selects]>,
    /// Sorted.
    entries: Box<[Entry]>,
}

/// Under which labels a selector is found: hashes of a key and a value. A value of 0 is any, a key of 0 no label at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    space: Space,
    key: u32,
    value: u32,
    number: u32,
}

/// The requirement that the fewest labels meet, as far as its form tells.
pub(super) struct Key<'r> {
    pub label: &'r str,
    /// `None`: any value.
    pub values: Option<&'r [SmolStr]>,
}

impl<'r> Key<'r> {
    /// `None` when labels that are not there meet all of them.
    pub(super) fn of(requirements: &'r [Requirement]) -> Option<Self> {
        let exact = requirements.iter().filter(|one| one.operator() == Operator::In);
        if let Some(one) = exact.min_by_key(|one| one.values().len()) {
            return Some(Self { label: one.key(), values: Some(one.values()) });
        }
        let there =
            |one: &&Requirement| matches!(one.operator(), Operator::Exists | Operator::Gt | Operator::Lt);
        requirements.iter().find(there).map(|one| Self { label: one.key(), values: None })
    }
}

impl Selects {
    /// What an object selects; `None` when it selects nothing. A selector that the API server refuses selects nothing.
    pub(super) fn of(object: &Object, number: u32, space: Space) -> Option<Self> {
        let selector = match &object.body {
            // Without a selector its endpoints are somebody else's matter (core/v1 `ServiceSpec`).
            Body::Service(service) if service.selector.is_empty() || service.type_ == "ExternalName" => {
                return None;
            }
            Body::Service(service) => {
                let labels =
                    LabelSelector { match_labels: service.selector.clone(), ..LabelSelector::default() };
                Selector::of(Some(&labels))
            }
            Body::DisruptionBudget(budget) => {
                let selector = Selector::of(budget.selector.as_ref());
                // In v1 an empty selector selects all, before it selected none (k8s.io/api policy/v1beta1
                // `PodDisruptionBudgetSpec`; k8s.io/kubernetes pkg/apis/policy/v1beta1/conversion.go).
                selector.map(|one| {
                    if one.is_everything() && object.version() == "v1beta1" { Selector::NOTHING } else { one }
                })
            }
            _ => return None,
        };
        let selector = selector.ok().filter(|selector| selector.requirements().is_some())?;
        Some(Self { object: number, space, selector })
    }
}

impl Selecting {
    /// `all` in the order of objects.
    pub(super) fn new(all: Vec<Selects>, hash: impl Fn(&str) -> u32) -> Self {
        let mut entries = Vec::new();
        for (number, selects) in all.iter().enumerate() {
            let number = super::narrow(number);
            let at = |key, value| Entry { space: selects.space, key, value, number };
            match Key::of(selects.selector.requirements().unwrap_or_default()) {
                None => entries.push(at(0, 0)),
                Some(Key { label, values: None }) => entries.push(at(hash(label), 0)),
                Some(Key { label, values: Some(values) }) => {
                    entries.extend(values.iter().map(|value| at(hash(label), hash(value))));
                }
            }
        }
        let mut entries = sorted(entries).into_vec();
        entries.dedup();
        Self { all: all.into(), entries: entries.into() }
    }

    /// Takes out what the objects of `gone` select, and puts in `come`. Selectors change rarely: then all are sorted again.
    pub(super) fn change(&mut self, gone: &[Selects], come: Vec<Selects>, hash: impl Fn(&str) -> u32) {
        if *gone == *come {
            return;
        }
        let left: HashSet<u32> = gone.iter().map(|selects| selects.object).collect();
        let mut all = std::mem::take(&mut self.all).into_vec();
        all.retain(|selects| !left.contains(&selects.object));
        all.extend(come);
        all.sort_by_key(|selects| selects.object);
        *self = Self::new(all, hash);
    }

    /// What may select a pod with these labels.
    pub(super) fn candidates(
        &self,
        space: Option<Space>,
        labels: impl Iterator<Item = (u32, u32)>,
    ) -> impl Iterator<Item = &Selects> {
        let none = self.none_at(space);
        let found = labels
            .flat_map(|(key, value)| [(key, value), (key, 0)])
            .filter(move |_| !none)
            .chain([(0, 0)])
            .flat_map(move |(key, value)| {
                let wanted = (space, key, value);
                range(&self.entries, move |entry| (Some(entry.space), entry.key, entry.value).cmp(&wanted))
            });
        found.filter_map(|entry| self.all.get(entry.number as usize))
    }

    /// Whether nothing selects pods there: then their labels need not be looked up.
    fn none_at(&self, space: Option<Space>) -> bool {
        range(&self.entries, |entry| Some(entry.space).cmp(&space)).is_empty()
    }
}
