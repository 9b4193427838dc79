//! Calico's own code takes the same selectors, and means the same by them.

use std::collections::BTreeMap;

use seawall_netpol::CalicoSelector;
use seawall_rig::{Random, calico_selectors, fresh_seed};
use serde_json::json;

/// Selectors that it is asked about.
const SELECTORS: usize = 40_000;

const KEYS: [&str; 6] = ["app", "tier", "a.b/c-d_e", "in", "has", "contains"];
const VALUES: [&str; 6] = ["x", "y", "xy", "", "yx x", "ü"];

fn space(random: &mut Random) -> &'static str {
    random.pick(&["", "", " ", "  ", "\t"])
}

fn text(random: &mut Random) -> String {
    let quote = random.pick(&["'", "\""]);
    format!("{quote}{}{quote}", random.pick(&VALUES))
}

fn selector(random: &mut Random, depth: usize) -> String {
    let (key, before, behind) = (random.pick(&KEYS), space(random), space(random));
    match random.below(if depth > 4 { 7 } else { 11 }) {
        0 => format!("{key}{before}=={behind}{}", text(random)),
        1 => format!("{key}{before}!={behind}{}", text(random)),
        2 => {
            let operator = random.pick(&["contains", "starts with", "ends  with", "startswith"]);
            format!("{key} {before}{operator}{behind}{}", text(random))
        }
        3 => {
            let values: Vec<String> = (0..random.below(4)).map(|_| text(random)).collect();
            let operator = random.pick(&["in", "not in", "notin", "not \tin"]);
            let comma = random.pick(&["", "", ","]);
            format!("{key} {operator}{before}{{{}{comma}}}", values.join(&format!("{before},{behind}")))
        }
        4 => format!("has({before}{key}{behind})"),
        5 => format!("{}({before})", random.pick(&["all", "all", "global"])),
        6 => format!("!{before}{}", selector(random, depth + 1)),
        7 => format!("({before}{}{behind})", selector(random, depth + 1)),
        8 => format!("{}{before}&&{behind}{}", selector(random, depth + 1), selector(random, depth + 1)),
        _ => format!("{}{before}||{behind}{}", selector(random, depth + 1), selector(random, depth + 1)),
    }
}

/// A text that was one, with letters taken out, put in or set in the place of others.
fn spoilt(random: &mut Random, text: &str) -> String {
    const LETTERS: [char; 22] = [
        '(', ')', '{', '}', '\'', '"', '!', '=', '&', '|', ',', ' ', '\n', 'a', 'i', 'n', '.', '$', 'é',
        '\u{b}', '-', '0',
    ];
    let mut letters: Vec<char> = text.chars().collect();
    for _ in 0..1 + random.below(3) {
        let at = random.below(letters.len().max(1)).min(letters.len());
        match random.below(3) {
            0 if at < letters.len() => drop(letters.remove(at)),
            1 if at < letters.len() => letters[at] = random.pick(&LETTERS),
            _ => letters.insert(at, random.pick(&LETTERS)),
        }
    }
    letters.into_iter().collect()
}

#[test]
fn calico_says_the_same_of_its_selectors() {
    let seed = fresh_seed();
    let mut random = Random::seeded(seed);
    let asked: Vec<(String, Vec<BTreeMap<&str, &str>>)> = (0..SELECTORS)
        .map(|number| {
            let text = match number {
                0 => String::new(),
                1 => " \t ".to_owned(),
                2 => format!("{} == 'x'", "k".repeat(512)),
                3 => format!("{} == 'x'", "k".repeat(513)),
                4 => format!("{}in {{'x'}}", "k".repeat(512)),
                5 => format!("has({})", "k".repeat(513)),
                6 => format!("{}all(){}", "(".repeat(64), ")".repeat(64)),
                _ => selector(&mut random, 0),
            };
            let text = if number > 6 && number % 3 == 0 { spoilt(&mut random, &text) } else { text };
            let labels = (0..4).map(|_| {
                let keys = KEYS.into_iter().filter(|_| random.chance(60)).collect::<Vec<_>>();
                keys.into_iter().map(|key| (key, random.pick(&VALUES))).collect()
            });
            let labels = labels.collect();
            (text, labels)
        })
        .collect();
    let questions: Vec<_> =
        asked.iter().map(|(text, labels)| json!({"selector": text, "labels": labels})).collect();
    let answers = calico_selectors(&questions).unwrap();
    let (mut taken, mut meant) = (0, 0);
    for ((text, labels), answer) in asked.iter().zip(answers) {
        let own = CalicoSelector::parse(text);
        assert_eq!(own.is_some(), answer["taken"] == true, "SEAWALL_SEED={seed}: {text:?}: {own:?}");
        let Some(own) = own else { continue };
        taken += 1;
        for (labels, theirs) in labels.iter().zip(answer["meant"].as_array().unwrap()) {
            let is_meant = own.means(|key| labels.get(key).copied());
            assert_eq!(json!(is_meant), *theirs, "SEAWALL_SEED={seed}: {text:?} of {labels:?}: {own:?}");
            meant += usize::from(is_meant);
        }
    }
    let refused = SELECTORS - taken;
    assert!(refused > SELECTORS / 10, "{refused} were refused: nothing is tried");
    assert!((taken..taken * 3).contains(&meant), "{meant} of {taken} times 4 were meant: nothing is tried");
}

#[test]
fn parentheses_are_not_followed_without_end() {
    for depth in [65, 100_000] {
        let text = format!("{}all(){}", "(".repeat(depth), ")".repeat(depth));
        assert_eq!(CalicoSelector::parse(&text), None);
    }
    let long = format!("{}all()", "!".repeat(100_001));
    assert!(CalicoSelector::parse(&long).is_some_and(|own| !own.means(|_| None)));
    let long = vec!["has(a)"; 100_000].join(" || ");
    assert!(CalicoSelector::parse(&long).is_some_and(|own| !own.means(|_| None)));
}
