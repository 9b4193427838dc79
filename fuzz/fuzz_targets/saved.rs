//! Any bytes, as a saved Snapshot, packed and unpacked: `cargo +nightly fuzz run saved fuzz/corpus/saved fuzz/seeds/saved`.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/source/tests/source/try_saved.rs"]
mod try_saved;

fuzz_target!(|input: &[u8]| try_saved::try_saved(input));
