//! What the fuzzer starts from, and what it has found before, is replayed.

#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

#[path = "support/exercise.rs"]
mod exercise;
#[path = "support/generate/mod.rs"]
mod generate;

use std::path::Path;

#[test]
fn seeds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds/yaml");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        exercise::exercise(&std::fs::read(entry.unwrap().path()).unwrap());
        count += 1;
    }
    assert!(count >= 20, "only {count} seeds");
}

#[test]
fn random_documents() {
    for seed in 0..5_000 {
        exercise::exercise(&generate::stream(seed));
    }
}
