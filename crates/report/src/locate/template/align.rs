//! Which item of a template each item of a rendered list comes from.

/// An item of the template, with what is known of how it is rendered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub(super) part: usize,
    /// It stands in a `range`, and may be rendered many times.
    pub(super) repeats: bool,
}

/// What it costs to render an item again that stands in no `range`, or one that stands before the last one: a `range` over several
/// items does the latter.
const AGAIN: i32 = 3;

/// For each of `rendered` items the number of its candidate, so that they agree best as a whole and keep their order where they can.
/// `score` says how well a rendered item and a candidate agree. Costs `rendered` × `candidates`.
pub(super) fn align(
    rendered: usize,
    candidates: &[Candidate],
    mut score: impl FnMut(usize, usize) -> i32,
) -> Vec<(usize, i32)> {
    // Best sums of assignments of the items so far that end with each candidate, as in Viterbi's algorithm.
    let mut sums = vec![0; candidates.len()];
    let mut steps: Vec<Vec<(usize, i32)>> = Vec::with_capacity(rendered);
    for item in 0..rendered {
        let before =
            if item == 0 { vec![(0, None); candidates.len()] } else { predecessors(&sums, candidates) };
        let mut row = Vec::with_capacity(candidates.len());
        for (number, (sum, from)) in before.into_iter().enumerate() {
            let agreed = score(item, number);
            row.push((from.unwrap_or(number), agreed));
            if let Some(slot) = sums.get_mut(number) {
                *slot = sum + agreed;
            }
        }
        steps.push(row);
    }
    let mut at = first_best(&sums).map_or(0, |(number, _)| number);
    let mut found = Vec::with_capacity(rendered);
    for row in steps.iter().rev() {
        let Some((from, agreed)) = row.get(at) else { break };
        found.push((at, *agreed));
        at = *from;
    }
    found.reverse();
    found
}

/// For each candidate, the best sum of what may precede it, and which candidate that ends with.
fn predecessors(sums: &[i32], candidates: &[Candidate]) -> Vec<(i32, Option<usize>)> {
    let mut behind: Vec<Option<(usize, i32)>> = vec![None; sums.len()];
    let mut best: Option<(usize, i32)> = None;
    for (number, sum) in sums.iter().enumerate().rev() {
        if let Some(slot) = behind.get_mut(number) {
            *slot = best;
        }
        if best.is_none_or(|(_, most)| *sum > most) {
            best = Some((number, *sum));
        }
    }
    let mut before: Option<(usize, i32)> = None;
    sums.iter()
        .zip(candidates)
        .zip(behind)
        .enumerate()
        .map(|(number, ((sum, candidate), behind))| {
            let again = sum - if candidate.repeats { 0 } else { AGAIN };
            let mut choice = (number, again);
            for (from, sum) in before.into_iter().chain(behind.map(|(from, sum)| (from, sum - AGAIN))) {
                if sum > choice.1 {
                    choice = (from, sum);
                }
            }
            if before.is_none_or(|(_, most)| *sum > most) {
                before = Some((number, *sum));
            }
            (choice.1, Some(choice.0))
        })
        .collect()
}

fn first_best(sums: &[i32]) -> Option<(usize, i32)> {
    let mut best: Option<(usize, i32)> = None;
    for (number, sum) in sums.iter().enumerate() {
        if best.is_none_or(|(_, most)| *sum > most) {
            best = Some((number, *sum));
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::{Candidate, align};

    /// Rendered items and candidates as words: equal ones agree, `*` agrees a little with anything, `+` behind a word repeats.
    fn aligned(rendered: &str, candidates: &str) -> Vec<usize> {
        let rendered: Vec<&str> = rendered.split(' ').collect();
        let words: Vec<&str> = candidates.split(' ').map(|word| word.trim_end_matches('+')).collect();
        let parts: Vec<Candidate> = candidates
            .split(' ')
            .enumerate()
            .map(|(part, word)| Candidate { part, repeats: word.ends_with('+') })
            .collect();
        let score = |item: usize, number: usize| match (rendered[item], words[number]) {
            (a, b) if a == b => 4,
            (_, "*") => 1,
            _ => -6,
        };
        align(rendered.len(), &parts, score).into_iter().map(|(number, _)| number).collect()
    }

    #[test]
    fn items_keep_their_order_where_they_can() {
        let table: &[(&str, &str, &[usize])] = &[
            ("a b c", "a b c", &[0, 1, 2]),
            ("a c", "a b c", &[0, 2]),
            ("x y", "* *", &[0, 1]),
            ("x y z", "*+", &[0, 0, 0]),
            ("x y c z", "*+ c *", &[0, 0, 1, 2]),
            ("b a", "a b", &[1, 0]),
            ("a b a b", "a+ b+", &[0, 1, 0, 1]),
            ("x a", "* a", &[0, 1]),
            ("a", "a a", &[0]),
        ];
        for (rendered, candidates, expected) in table {
            assert_eq!(aligned(rendered, candidates), *expected, "{rendered} from {candidates}");
        }
    }
}
