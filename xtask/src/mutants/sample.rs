//! Which mutants are tested.

use std::collections::HashMap;

use anyhow::{Context, Result};
use serde_json::Value;

/// A mutant that could be made.
pub(super) struct Mutant {
    /// As cargo-mutants writes it: `FILE:LINE:COLUMN: WHAT`.
    name: String,
    /// What it is without the place in the file, which changes with everything above it.
    what: String,
}

/// The mutants of `cargo mutants --list --json`, in its order.
pub(super) fn mutants(listed: &[u8]) -> Result<Vec<Mutant>> {
    let listed: Vec<Value> =
        serde_json::from_slice(listed).context("the list of cargo-mutants is not understood")?;
    let mut seen: HashMap<String, usize> = HashMap::new();
    listed
        .iter()
        .map(|mutant| {
            let name = mutant.get("name").and_then(Value::as_str).context("a mutant without a name")?;
            let (place, what) = name.split_once(": ").context("a mutant without a place")?;
            let file = place.split(':').next().unwrap_or_default();
            let what = format!("{file}: {what}");
            let number = seen.entry(what.clone()).and_modify(|number| *number += 1).or_default();
            Ok(Mutant { name: name.to_owned(), what: format!("{what} #{number}") })
        })
        .collect()
}

/// The names of `count` mutants. Each is drawn by what it is, so that mutants elsewhere, which come and go with the code, change
/// little in the sample.
pub(super) fn draw(all: &[Mutant], count: usize, seed: u64) -> Vec<String> {
    let mut order: Vec<(u64, &Mutant)> =
        all.iter().map(|mutant| (drawn(&mutant.what, seed), mutant)).collect();
    order.sort_by_key(|(drawn, mutant)| (*drawn, &mutant.name));
    order.into_iter().take(count).map(|(_, mutant)| mutant.name.clone()).collect()
}

/// A regular expression that matches this name alone.
pub(super) fn exactly(name: &str) -> String {
    let mut pattern = String::from("^");
    for character in name.chars() {
        // As `regex::escape` of the regex crate: a backslash gives other signs (`\\<`) a meaning.
        if r"\.+*?()|[]{}^$#&-~".contains(character) {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('$');
    pattern
}

/// FNV-1a (Fowler, Noll, Vo), finished as SplitMix64 (Steele, Lea, Flood 2014): the same on every platform, in every version of Rust.
fn drawn(text: &str, seed: u64) -> u64 {
    let start = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0xcbf2_9ce4_8422_2325;
    let hash =
        text.bytes().fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

#[cfg(test)]
mod tests {
    use super::{draw, exactly, mutants};

    fn listed(names: &[String]) -> Vec<u8> {
        let mutants: Vec<_> = names.iter().map(|name| serde_json::json!({ "name": name })).collect();
        serde_json::to_vec(&mutants).unwrap()
    }

    #[test]
    fn the_sample_depends_on_the_seed_and_not_on_what_stands_above() {
        let names = |above: usize| -> Vec<String> {
            (0..200).map(|n| format!("a.rs:{}:5: replace && with || in f{}", n + above, n % 20)).collect()
        };
        let places = |sample: Vec<String>, above: usize| -> Vec<usize> {
            sample
                .iter()
                .map(|name| name.split(':').nth(1).unwrap().parse::<usize>().unwrap() - above)
                .collect()
        };
        let before = mutants(&listed(&names(0))).unwrap();
        let after = mutants(&listed(&names(7))).unwrap();
        let sample = places(draw(&before, 20, 1), 0);
        assert_eq!(sample.len(), 20);
        assert_eq!(sample, places(draw(&after, 20, 1), 7));
        assert_ne!(sample, places(draw(&before, 20, 2), 0));
        assert_eq!(draw(&before, 1_000, 1).len(), 200);
    }

    #[test]
    fn every_sign_of_a_name_stands_for_itself() {
        assert_eq!(exactly("a.rs:1:2: f() -> b"), r"^a\.rs:1:2: f\(\) \-> b$");
    }
}
