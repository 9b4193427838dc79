//! Any bytes, as a folder: `cargo +nightly fuzz run source fuzz/corpus/source fuzz/seeds/source`.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/source/tests/source/hostile.rs"]
mod hostile;

fuzz_target!(|input: &[u8]| hostile::try_tree(input));
