//! Who reaches whom, by what is one on the map.

use std::collections::{BTreeMap, HashMap};

use super::By;
use seawall_netpol::{Family, Map, Party, Ports, Verdict, World, is_public};

/// What is one on a map: by endpoint the number of its name.
pub(in crate::command::reach) struct Grouping {
    /// In the order of names.
    pub names: Vec<String>,
    of: Vec<usize>,
}

/// What passes between them.
pub(in crate::command::reach) struct Rows {
    names: Vec<String>,
    /// Of pairs between which something passes, or may.
    pairs: BTreeMap<(usize, usize), Ports>,
}

/// What everybody of some reaches of everybody of others.
pub(in crate::command::reach) struct Line {
    pub from: Vec<usize>,
    pub to: Vec<usize>,
    pub ports: Ports,
}

/// What the internet is called.
const INTERNET: &str = "the internet";

impl Grouping {
    pub(in crate::command::reach) fn of(world: &World<'_>, by: By) -> Self {
        match by {
            By::Workload => Self::workloads(world),
            By::Namespace => Self::namespaces(world),
        }
    }

    /// Workloads.
    pub(in crate::command::reach) fn workloads(world: &World<'_>) -> Self {
        Self::by(world, |endpoint| endpoint.workload.to_string())
    }

    fn namespaces(world: &World<'_>) -> Self {
        Self::by(world, |endpoint| {
            format!("namespace {}", world.namespace(endpoint.namespace).unwrap_or_default())
        })
    }

    fn by(world: &World<'_>, name: impl Fn(&seawall_netpol::Endpoint<'_>) -> String) -> Self {
        let called: Vec<String> = world.endpoints().iter().map(name).collect();
        let mut numbers: BTreeMap<&str, usize> = called.iter().map(|name| (name.as_str(), 0)).collect();
        (0..).zip(numbers.values_mut()).for_each(|(next, number)| *number = next);
        let of = called.iter().map(|name| numbers.get(name.as_str()).copied().unwrap_or_default()).collect();
        Self { names: numbers.keys().map(|name| (*name).to_owned()).collect(), of }
    }
}

impl Rows {
    pub(in crate::command::reach) fn of(world: &World<'_>, family: Family, grouping: Grouping) -> Self {
        let Grouping { mut names, of } = grouping;
        let internet = names.len();
        names.push(INTERNET.to_owned());
        let mut map = Map::new(world, family);
        // By party those whose pods are in it.
        let groups = |party: &Party| -> Vec<usize> {
            if party.addresses.is_some_and(|(first, _)| is_public(&first)) {
                return vec![internet];
            }
            let mut found: Vec<usize> =
                party.endpoints.iter().filter_map(|endpoint| of.get(*endpoint as usize).copied()).collect();
            found.sort_unstable();
            found.dedup();
            found
        };
        let groups: Vec<Vec<usize>> = map.parties().iter().map(groups).collect();
        let of_parties = |parties: &[u32]| -> Vec<usize> {
            let all = parties.iter().filter_map(|party| groups.get(*party as usize));
            let mut found: Vec<usize> = all.flatten().copied().collect();
            found.sort_unstable();
            found.dedup();
            found
        };
        let mut pairs: BTreeMap<(usize, usize), Ports> = BTreeMap::new();
        let mut add = |from: usize, to: usize, ports: &Ports| match pairs.get_mut(&(from, to)) {
            Some(known) => *known = known.or(ports),
            None => drop(pairs.insert((from, to), ports.clone())),
        };
        map.each_block(|from, to, ports| {
            if ports.best() == Verdict::Deny {
                return;
            }
            let (from, to) = (of_parties(from), of_parties(to));
            // What comes from outside is told by the ways that lead in.
            if from != [internet] {
                pairs_of(&from, &to).for_each(|(from, to)| add(from, to, ports));
            }
        });
        for entry in world.entries(family) {
            let Some(to) = of.get(entry.endpoint) else { continue };
            if entry.verdict != Verdict::Deny {
                add(internet, *to, &Ports::some(entry.protocol, &(entry.port..=entry.port), entry.verdict));
            }
        }
        Self { names, pairs }
    }

    /// All pairs between which something passes, or may, by the numbers of their names.
    pub(in crate::command::reach) fn pairs(&self) -> impl Iterator<Item = (usize, usize, &Ports)> {
        self.pairs.iter().map(|((from, to), ports)| (*from, *to, ports))
    }

    /// The names, in their order.
    pub(in crate::command::reach) fn names(&self) -> &[String] {
        &self.names
    }

    /// What passes from one to another.
    pub(in crate::command::reach) fn ports(&self, from: usize, to: usize) -> Option<&Ports> {
        self.pairs.get(&(from, to))
    }

    /// What passes between those of two names.
    pub(in crate::command::reach) fn between(&self, from: &str, to: &str) -> Option<&Ports> {
        // The internet stands behind all names.
        let (_, names) = self.names.split_last()?;
        let number = |name: &str| match name {
            INTERNET => Some(names.len()),
            _ => names.binary_search_by(|known| known.as_str().cmp(name)).ok(),
        };
        self.ports(number(from)?, number(to)?)
    }

    pub(in crate::command::reach) fn name(&self, number: usize) -> &str {
        self.names.get(number).map(String::as_str).unwrap_or_default()
    }

    /// Whether something may pass, and it is not known whether.
    pub(in crate::command::reach) fn has_unknowns(&self) -> bool {
        self.pairs.values().any(|ports| ports.any(|verdict| verdict == Verdict::Unknown))
    }

    /// The pairs in as few lines as they can be told: who reaches the same stands in one.
    pub(in crate::command::reach) fn lines(&self) -> Vec<Line> {
        let mut of: BTreeMap<usize, Vec<(&Ports, Vec<usize>)>> = BTreeMap::new();
        for ((from, to), ports) in &self.pairs {
            let row = of.entry(*from).or_default();
            match row.iter_mut().find(|(known, _)| *known == ports) {
                Some((_, receivers)) => receivers.push(*to),
                None => row.push((ports, vec![*to])),
            }
        }
        let mut lines: Vec<Line> = Vec::new();
        let mut known: HashMap<(&Ports, Vec<usize>), usize> = HashMap::new();
        for (from, (ports, to)) in
            of.into_iter().flat_map(|(from, row)| row.into_iter().map(move |to| (from, to)))
        {
            let at = *known.entry((ports, to.clone())).or_insert(lines.len());
            match lines.get_mut(at) {
                Some(line) => line.from.push(from),
                None => lines.push(Line { from: vec![from], to, ports: ports.clone() }),
            }
        }
        lines
    }

    /// Names in a few words.
    pub(in crate::command::reach) fn names_of(&self, numbers: &[usize], most: usize) -> String {
        let pods = self.names.len() - 1;
        let is_of_pods = |number: &&usize| **number < pods;
        if pods > 1 && numbers.iter().filter(is_of_pods).count() == pods {
            return if numbers.len() > pods {
                "everybody, the internet".to_owned()
            } else {
                "everybody".to_owned()
            };
        }
        let shown: Vec<&str> = numbers.iter().take(most).map(|number| self.name(*number)).collect();
        match numbers.len().checked_sub(most).filter(|more| *more > 0) {
            Some(more) => format!("{} and {more} more", shown.join(", ")),
            None => shown.join(", "),
        }
    }
}

fn pairs_of<'n>(from: &'n [usize], to: &'n [usize]) -> impl Iterator<Item = (usize, usize)> {
    from.iter().flat_map(move |from| to.iter().map(move |to| (*from, *to)))
}
