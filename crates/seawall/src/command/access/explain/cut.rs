//! The fewest parts that have to go so that no chain is left.
//!
//! Each chain holds as long as its subject is in its binding and its rule in its role. Chains are the edges of a graph with these two
//! kinds of vertices: its smallest cover is as large as its largest matching (König), and is found from that.

use std::collections::{BTreeMap, BTreeSet};

use super::super::chain::Chain;

/// Something that would have to go, by the number of a chain that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::command::access) enum Removal {
    /// The subject, from its binding.
    Subject(usize),
    /// The rule, from its role.
    Rule(usize),
}

/// An object and a number in it.
type Vertex = (*const seawall_inventory::Object, usize);

/// The fewest parts without which none of the chains is left.
pub(in crate::command::access) fn fewest(chains: &[Chain<'_>]) -> Vec<Removal> {
    let subject = |chain: &Chain<'_>| (std::ptr::from_ref(chain.grant.binding), chain.grant.subject);
    let rule = |chain: &Chain<'_>| (std::ptr::from_ref(chain.grant.rule.role), chain.grant.rule.index);
    let edges: Vec<(Vertex, Vertex)> = chains.iter().map(|chain| (subject(chain), rule(chain))).collect();
    let (lefts, rights) =
        (numbered(edges.iter().map(|edge| edge.0)), numbered(edges.iter().map(|edge| edge.1)));
    let number =
        |of: &BTreeMap<Vertex, (usize, usize)>, vertex| of.get(vertex).map_or(0, |(number, _)| *number);
    let edges: Vec<(usize, usize)> =
        edges.iter().map(|(left, right)| (number(&lefts, left), number(&rights, right))).collect();
    let (cut_lefts, cut_rights) = cover(lefts.len(), &edges);
    let first = |of: &BTreeMap<Vertex, (usize, usize)>, wanted: &BTreeSet<usize>| -> Vec<usize> {
        let mut chains: Vec<usize> =
            of.values().filter(|(number, _)| wanted.contains(number)).map(|(_, chain)| *chain).collect();
        chains.sort_unstable();
        chains
    };
    let subjects = first(&lefts, &cut_lefts).into_iter().map(Removal::Subject);
    let rules = first(&rights, &cut_rights).into_iter().map(Removal::Rule);
    subjects.chain(rules).collect()
}

/// Vertices by number, in the order of chains, and the first chain of each.
fn numbered(vertices: impl Iterator<Item = Vertex>) -> BTreeMap<Vertex, (usize, usize)> {
    let mut numbers = BTreeMap::new();
    for (chain, vertex) in vertices.enumerate() {
        let next = numbers.len();
        numbers.entry(vertex).or_insert((next, chain));
    }
    numbers
}

/// A smallest set of vertices, left and right ones, that every edge has one of. Left ones come first where either would do: to take a
/// subject out of a binding takes nothing from others.
fn cover(lefts: usize, edges: &[(usize, usize)]) -> (BTreeSet<usize>, BTreeSet<usize>) {
    let mut of_right: BTreeMap<usize, usize> = BTreeMap::new();
    for left in 0..lefts {
        augment(left, edges, &mut of_right, &mut BTreeSet::new());
    }
    // What is reached from right vertices that are not matched, by alternating paths.
    let matched: BTreeMap<usize, usize> = of_right.iter().map(|(right, left)| (*left, *right)).collect();
    let mut rights: BTreeSet<usize> =
        edges.iter().map(|(_, right)| *right).filter(|right| !of_right.contains_key(right)).collect();
    let mut reached = BTreeSet::new();
    let mut open: Vec<usize> = rights.iter().copied().collect();
    while let Some(right) = open.pop() {
        for (left, _) in edges.iter().filter(|(_, other)| *other == right) {
            if reached.insert(*left)
                && let Some(next) = matched.get(left)
                && rights.insert(*next)
            {
                open.push(*next);
            }
        }
    }
    let kept = |right: &usize| !rights.contains(right);
    let cut_rights: BTreeSet<usize> = of_right.keys().copied().filter(kept).collect();
    // Of components without a free vertex either side is a cover.
    let swapped = cut_rights.iter().filter_map(|right| of_right.get(right).copied());
    let all_lefts: BTreeSet<usize> = reached.iter().copied().chain(swapped).collect();
    let covers_all = edges.iter().all(|(left, _)| all_lefts.contains(left));
    if covers_all { (all_lefts, BTreeSet::new()) } else { (reached, cut_rights) }
}

/// Finds a partner for a left vertex, moving others to theirs.
fn augment(
    left: usize,
    edges: &[(usize, usize)],
    of_right: &mut BTreeMap<usize, usize>,
    seen: &mut BTreeSet<usize>,
) -> bool {
    for (_, right) in edges.iter().filter(|(own, _)| *own == left) {
        if !seen.insert(*right) {
            continue;
        }
        let holder = of_right.get(right).copied();
        if holder.is_none_or(|holder| augment(holder, edges, of_right, seen)) {
            of_right.insert(*right, left);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::cover;

    /// Held against all subsets of the vertices.
    #[test]
    fn a_cover_covers_and_is_the_smallest() {
        let graphs: &[&[(usize, usize)]] = &[
            &[(0, 0)],
            &[(0, 0), (1, 0), (2, 0)],
            &[(0, 0), (0, 1), (0, 2)],
            &[(0, 0), (1, 1), (2, 2)],
            &[(0, 0), (0, 1), (1, 0), (2, 0), (3, 3)],
            &[(0, 0), (0, 1), (1, 1), (1, 2), (2, 2), (2, 0)],
            &[(0, 1), (1, 1), (2, 1), (2, 0), (2, 2), (3, 2)],
        ];
        for edges in graphs {
            let lefts = edges.iter().map(|edge| edge.0 + 1).max().unwrap();
            let rights = edges.iter().map(|edge| edge.1 + 1).max().unwrap();
            let (cut_lefts, cut_rights) = cover(lefts, edges);
            let covers = |has: &dyn Fn(usize) -> bool| {
                edges.iter().all(|(left, right)| has(*left) || has(lefts + right))
            };
            let has = |vertex: usize| {
                if vertex < lefts {
                    cut_lefts.contains(&vertex)
                } else {
                    cut_rights.contains(&(vertex - lefts))
                }
            };
            assert!(covers(&has), "{edges:?}: {cut_lefts:?} {cut_rights:?}");
            let smallest = (0_u32..1 << (lefts + rights))
                .filter(|set| covers(&|vertex| set & (1 << vertex) != 0))
                .map(u32::count_ones)
                .min();
            assert_eq!(smallest, Some((cut_lefts.len() + cut_rights.len()) as u32), "{edges:?}");
        }
    }
}
