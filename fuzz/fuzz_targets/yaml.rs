//! Any bytes, as a manifest: `cargo +nightly fuzz run yaml fuzz/corpus/yaml fuzz/seeds/yaml`.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/yaml/tests/support/exercise.rs"]
mod exercise;

fuzz_target!(|input: &[u8]| exercise::exercise(input));
