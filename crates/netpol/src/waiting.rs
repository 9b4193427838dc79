//! Policies of a namespace by the labels that they ask for, so that of pods few are asked.

use foldhash::{HashMap, HashMapExt};
use seawall_inventory::selector::{Operator, Requirement};
use smol_str::SmolStr;

use crate::endpoint::Endpoint;
use crate::policy::Policy;

/// Policies up to which all are asked.
const FEW: usize = 4;

/// Numbers of policies, each at one label that it asks for.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    by_label: HashMap<SmolStr, HashMap<SmolStr, Vec<usize>>>,
    /// Those that ask for none.
    others: Vec<usize>,
}

impl Waiting {
    pub fn of(policies: &[Policy]) -> Self {
        let mut found = Self::default();
        if policies.len() <= FEW {
            found.others = (0..policies.len()).collect();
            return found;
        }
        let asked = |policy: &'_ Policy| -> Vec<Requirement> {
            let all = policy.pods.requirements().unwrap_or_default().iter();
            all.filter(|one| one.operator() == Operator::In).cloned().collect()
        };
        let mut common: HashMap<(SmolStr, Vec<SmolStr>), usize> = HashMap::new();
        let key = |one: &Requirement| (SmolStr::new(one.key()), one.values().to_vec());
        for one in policies.iter().flat_map(asked) {
            *common.entry(key(&one)).or_default() += 1;
        }
        for (number, policy) in policies.iter().enumerate() {
            // The rarest tells the most.
            let Some(one) = asked(policy).into_iter().min_by_key(|one| common.get(&key(one)).copied()) else {
                found.others.push(number);
                continue;
            };
            let values = found.by_label.entry(SmolStr::new(one.key())).or_default();
            for value in one.values() {
                values.entry(value.clone()).or_default().push(number);
            }
        }
        found
    }

    /// Those that may be about pods, in order.
    pub fn about(&self, endpoint: &Endpoint<'_>) -> Vec<usize> {
        let mut found = self.others.clone();
        if self.by_label.is_empty() {
            return found;
        }
        let labels = endpoint.labels().iter();
        let own = labels.filter_map(|(key, value)| self.by_label.get(key)?.get(value));
        found.extend(own.flatten());
        // Whatever the value is that they get.
        let later = endpoint.later().filter_map(|key| self.by_label.get(key));
        found.extend(later.flat_map(HashMap::values).flatten());
        found.sort_unstable();
        found.dedup();
        found
    }
}
