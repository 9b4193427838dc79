//! Hostile values in every field of every example: no check panics, and none passes an object that Kubernetes refuses.

#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

mod text;

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use seawall_engine::{Config, Plan, Selection, evaluate, plan};
use seawall_finding::Profile;
use seawall_yaml::{Document, Edit, EditValue, Limits, Node, Path, Value, parse};
use text::snapshot;

/// Of the values below, how many each field gets. Which ones is drawn by its place, so that a run can be repeated.
const EACH: u64 = 3;
/// One field in so many gets a long string, too.
const LONG: u64 = 32;

#[test]
fn no_value_of_any_field_makes_a_check_panic_or_pass() {
    let selection = Selection { profile: Some(Profile::All), ..Selection::default() };
    let plan = plan(&Config::default(), &selection, &seawall_checks::all()).unwrap();
    let short = short_values();
    let long = long_values();
    let mut tried = 0;
    for check in seawall_checks::all() {
        let examples = ["bad", "good"].into_iter().flat_map(|mark| check.meta.examples(mark));
        for (number, example) in examples.enumerate() {
            let stream = parse(example.as_bytes(), &Limits::default());
            let alone = stream.documents.len() == 1;
            for document in &stream.documents {
                let mut paths = Vec::new();
                collect(document.root(), &Path::root(), &mut paths);
                for path in paths.iter().skip(1) {
                    let draw =
                        |round: u64| drawn(&(check.meta.id, number, document.index, path.to_string(), round));
                    for round in 0..EACH {
                        let value = &short[draw(round) as usize % short.len()];
                        hold(&plan, &stream.text, document, path, value, alone);
                        tried += 1;
                    }
                    if draw(EACH) % LONG == 0 {
                        let value = &long[draw(EACH + 1) as usize % long.len()];
                        hold(&plan, &stream.text, document, path, value, alone);
                        tried += 1;
                    }
                }
            }
        }
    }
    assert!(tried > 5_000, "only {tried} values were tried");
}

fn hold(plan: &Plan, text: &str, document: &Document, path: &Path, value: &EditValue, alone: bool) {
    let edit = Edit::Set { path: path.clone(), value: value.clone() };
    // What cannot be edited, a place behind an alias, is no field of its own.
    let Ok(text) = seawall_yaml::apply(text, document, &[edit]) else { return };
    let snapshot = snapshot(&text);
    let report = evaluate(&snapshot, plan);
    if alone && snapshot.objects.iter().any(|object| object.malformed) {
        let passed = report.counts.iter().find(|(_, counts)| counts.passed > 0);
        assert!(passed.is_none(), "{passed:?} although the object is refused:\n{:.2000}", text);
    }
}

fn short_values() -> Vec<EditValue> {
    let strings = [
        "",
        " ",
        "0",
        "-1",
        "NaN",
        "1e999999999",
        "99999999999999999999Gi",
        "../../../../etc/shadow",
        "${X}$(Y){{ .Z }}<w>%v",
        "a:b:c@d/e//f:",
        "@sha256:",
        "::::::::",
        "===,,,===",
        "sh -c 'a | b > $(c `d`)",
        "\u{202e}gnp.exe\u{200b}",
        "\u{1F1E9}\u{1F1EA}e\u{301}\u{0}",
        "ſKİıß",
        "true",
        "*",
        "Always",
    ];
    let numbers = [0, -1, 1, i64::from(u16::MAX) + 1, i64::from(i32::MAX) + 1, i64::MAX, i64::MIN];
    let texts = strings.into_iter().map(|text| EditValue::Str(text.into()));
    let integers = numbers.into_iter().map(EditValue::Int);
    let strange = [
        EditValue::Null,
        EditValue::Bool(true),
        EditValue::Bool(false),
        EditValue::Seq(Vec::new()),
        EditValue::Map(Vec::new()),
        EditValue::Seq(vec![EditValue::Null, EditValue::Seq(Vec::new()), EditValue::Int(1)]),
        EditValue::Map(vec![("".into(), EditValue::Null), ("\u{0}".into(), EditValue::Map(Vec::new()))]),
    ];
    texts.chain(integers).chain(strange).collect()
}

/// What takes long when work does not grow linearly.
fn long_values() -> Vec<EditValue> {
    const LENGTH: usize = 1 << 20;
    let text = |unit: &str| EditValue::Str(unit.repeat(LENGTH / unit.len()).into());
    let mut values: Vec<EditValue> =
        ["a", "a/", "a:", "-", "=", " a", "$(", "|", "\u{1F600}", "a.", "@", "\n"]
            .into_iter()
            .map(text)
            .collect();
    values.push(EditValue::Seq(vec![EditValue::Str("a".into()); 10_000]));
    values.push(EditValue::Map((0..10_000).map(|n| (format!("k{n}").into(), EditValue::Int(n))).collect()));
    values
}

fn drawn(place: &impl std::hash::Hash) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(place)
}

fn collect(node: Node<'_>, path: &Path, paths: &mut Vec<Path>) {
    paths.push(path.clone());
    match node.value() {
        Value::Map(entries) => entries.for_each(|(key, _, value)| collect(value, &path.key(key), paths)),
        Value::Seq(items) => {
            items.enumerate().for_each(|(index, item)| collect(item, &path.index(index), paths));
        }
        _ => {}
    }
}
