//! Seeded random documents: a grammar of awkward YAML and JSON, and mutations of what it gives.
#![allow(dead_code, reason = "each test uses a part")]
#![allow(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "tests stop at the first surprise"
)]

mod flow;
mod grammar;
mod mutation;
mod words;

pub use seawall_rig::Random;

use grammar::Generator;
use mutation::{encode, mutate};

/// A document or stream, mutated in some of the cases.
pub fn stream(seed: u64) -> Vec<u8> {
    let mut generator = Generator::new(seed);
    generator.tame = generator.random.chance(40);
    if generator.random.chance(12) {
        generator.json(0);
        if generator.random.chance(40) {
            let between = generator.random.pick(&[
                "\n",
                "",
                " ",
                "\n---\n",
                "---\n",
                ",",
                "\nx: y\n---\n",
                "\n\n--- #\n",
            ]);
            generator.out.push_str(between);
            generator.json(0);
        }
    } else {
        generator.documents();
    }
    let mut text = std::mem::take(&mut generator.out);
    if generator.random.chance(45) {
        for _ in 0..=generator.random.below(3) {
            mutate(&mut text, &mut generator.random);
        }
    }
    encode(text, &mut generator.random)
}

/// A tame document whose root is a mapping.
pub fn tame_mapping(seed: u64) -> String {
    let mut generator = Generator::new(seed);
    generator.tame = true;
    if generator.random.chance(10) {
        generator.json_object(0);
        return generator.out;
    }
    if generator.random.chance(10) {
        generator.flow_mapping(0);
        generator.out.push('\n');
    } else {
        generator.block_mapping(0, 0, false);
    }
    let mut text = generator.out;
    if generator.random.chance(15) {
        text = text.replace('\n', "\r\n");
    }
    if generator.random.chance(15) {
        text.truncate(text.trim_end().len());
    }
    text
}
