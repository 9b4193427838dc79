//! Random documents mean to this reader what they mean to kubectl.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop at the first surprise")]

mod support;

use seawall_rig::{Oracle, kubectl_oracle};
use support::{difference, generate};

/// More can be asked for by `SEAWALL_RANDOM_DOCUMENTS`.
const DOCUMENTS: u64 = 20_000;
const BATCH: u64 = 1_000;

#[test]
fn random_documents_mean_what_kubectl_makes_of_them() {
    let count = std::env::var("SEAWALL_RANDOM_DOCUMENTS").map_or(DOCUMENTS, |count| count.parse().unwrap());
    let mut oracle = kubectl_oracle().unwrap();
    let (mut valid, mut invalid) = (0, 0);
    for start in (0..count).step_by(usize::try_from(BATCH).unwrap()) {
        let inputs: Vec<Vec<u8>> = (start..count.min(start + BATCH)).map(generate::stream).collect();
        let answers = oracle.ask(&inputs).unwrap();
        for ((input, answer), seed) in inputs.iter().zip(&answers).zip(start..) {
            if answer.error.is_some() {
                invalid += 1;
            } else {
                valid += 1;
            }
            if support::incomparable(input, answer).is_none() && difference(input, answer).is_some() {
                let minimal = shrink(input.clone(), &mut oracle);
                let answer = oracle.ask(std::slice::from_ref(&minimal)).unwrap().remove(0);
                let now = difference(&minimal, &answer).or_else(|| difference(input, &answer));
                panic!(
                    "seed {seed}, reduced:\n{}",
                    now.unwrap_or_else(|| format!("gone: {:?}", String::from_utf8_lossy(&minimal)))
                );
            }
        }
    }
    // The generator reaches both sides.
    assert!(valid > count / 5 && invalid > count / 5, "{valid} valid and {invalid} invalid documents");
}

/// Takes away what is not needed for the disagreement.
fn shrink(mut input: Vec<u8>, oracle: &mut Oracle) -> Vec<u8> {
    loop {
        let mut candidates = Vec::new();
        let mut size = input.len() / 2;
        while size > 0 {
            for start in (0..input.len()).step_by(size.div_ceil(2)) {
                let end = (start + size).min(input.len());
                candidates.push([input.get(..start).unwrap(), input.get(end..).unwrap()].concat());
            }
            size /= 2;
        }
        let answers = oracle.ask(&candidates).unwrap();
        let smaller = candidates.into_iter().zip(&answers).find(|(candidate, answer)| {
            candidate.len() < input.len()
                && support::incomparable(candidate, answer).is_none()
                && difference(candidate, answer).is_some()
        });
        match smaller {
            Some((candidate, _)) => input = candidate,
            None => return input,
        }
    }
}
