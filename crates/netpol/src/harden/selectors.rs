//! Selectors of pods by the labels of their workloads, and whom each of them means.

use foldhash::{HashMap, HashMapExt, HashSet};
use smol_str::SmolStr;

use super::{Labels, Need, Other, labels};
use crate::world::World;

/// Selectors, by number.
pub(super) struct Selectors {
    /// The namespace and the labels of each.
    all: Vec<(usize, Labels)>,
    numbers: HashMap<(usize, Labels), u32>,
    /// By endpoint the one of its workload.
    own: HashMap<usize, u32>,
    /// By endpoint all that mean it.
    meaning: HashMap<usize, Vec<u32>>,
}

impl Selectors {
    /// Those of all pods that something is needed of.
    pub fn of(world: &World<'_>, needs: &[Need]) -> Self {
        let mut found =
            Self { all: Vec::new(), numbers: HashMap::new(), own: HashMap::new(), meaning: HashMap::new() };
        for need in needs {
            found.enter(world, need.own);
            if let Other::Pods(other) = need.other {
                found.enter(world, other);
            }
            if need.is_common
                && let Some(own) = world.endpoint(need.own)
            {
                found.number((own.namespace, Labels::new()));
            }
        }
        found.understand(world);
        found
    }

    fn enter(&mut self, world: &World<'_>, endpoint: usize) {
        if self.own.contains_key(&endpoint) {
            return;
        }
        let Some(own) = world.endpoint(endpoint) else { return };
        let number = self.number((own.namespace, labels(&own.workload_labels(world.snapshot()))));
        self.own.insert(endpoint, number);
    }

    fn number(&mut self, selector: (usize, Labels)) -> u32 {
        if let Some(number) = self.numbers.get(&selector) {
            return *number;
        }
        let number = self.all.len() as u32;
        self.all.push(selector.clone());
        self.numbers.insert(selector, number);
        number
    }

    /// Works out who is meant by which. Each selector waits at the rarest of its labels, so that of pods few are asked.
    fn understand(&mut self, world: &World<'_>) {
        let mut common: HashMap<(usize, &SmolStr, &SmolStr), usize> = HashMap::new();
        for (namespace, labels) in &self.all {
            for (key, value) in labels {
                *common.entry((*namespace, key, value)).or_default() += 1;
            }
        }
        let mut waiting: HashMap<(usize, &str, &str), Vec<u32>> = HashMap::new();
        let mut everything: HashMap<usize, u32> = HashMap::new();
        for (number, (namespace, labels)) in (0..).zip(&self.all) {
            let rarest = labels.iter().min_by_key(|(key, value)| common.get(&(*namespace, key, value)));
            match rarest {
                Some((key, value)) => {
                    waiting.entry((*namespace, key.as_str(), value.as_str())).or_default().push(number);
                }
                None => drop(everything.insert(*namespace, number)),
            }
        }
        for endpoint in self.own.keys() {
            let Some(pods) = world.endpoint(*endpoint) else { continue };
            let at = |(key, value)| waiting.get(&(pods.namespace, key, value));
            let candidates = pods.labels().iter().filter_map(at).flatten();
            let is_meant = |number: &&u32| {
                let labels = self.all.get(**number as usize).map(|(_, labels)| labels.as_slice());
                labels.unwrap_or_default().iter().all(|(key, value)| pods.labels().get(key) == Some(value))
            };
            let found = candidates.filter(is_meant).chain(everything.get(&pods.namespace));
            let found: HashSet<u32> = found.copied().collect();
            let mut found: Vec<u32> = found.into_iter().collect();
            found.sort_unstable();
            self.meaning.insert(*endpoint, found);
        }
    }

    /// That of the workload of pods.
    pub fn own(&self, endpoint: usize) -> Option<u32> {
        self.own.get(&endpoint).copied()
    }

    /// That of all pods of a namespace, where something needs it.
    pub fn everybody(&self, namespace: usize) -> Option<u32> {
        self.numbers.get(&(namespace, Labels::new())).copied()
    }

    /// All that mean pods.
    pub fn meaning(&self, endpoint: usize) -> &[u32] {
        self.meaning.get(&endpoint).map(Vec::as_slice).unwrap_or_default()
    }

    /// The namespace and the labels of one.
    pub fn get(&self, number: u32) -> Option<(usize, &Labels)> {
        self.all.get(number as usize).map(|(namespace, labels)| (*namespace, labels))
    }
}
