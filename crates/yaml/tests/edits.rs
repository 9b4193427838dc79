//! Edits of random documents: the new text means the edited object, and the rest of the text is as it was.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

mod support;

use seawall_yaml::{
    Document, Edit, EditError, EditValue, Limits, Located, Node, Path, Span, Stream, Style, Value, apply,
    parse,
};
use serde_json::Value as Json;
use support::generate::{Random, tame_mapping};

#[test]
fn random_edits_change_what_they_should_and_nothing_else() {
    let (mut made, mut refused) = (0, 0);
    for seed in 0..20_000 {
        let text = tame_mapping(seed);
        let stream = read(&text);
        let Some(document) = stream.documents.first() else {
            panic!("seed {seed} is no document: {text}\n{:?}", stream.problems)
        };
        let before = json(document.root());
        let mut random = Random::seeded(seed ^ 0x5EA);
        let edit = random_edit(document.root(), &mut random);
        match apply(&stream.text, document, std::slice::from_ref(&edit)) {
            Ok(edited) => {
                made += 1;
                let after = json(read(&edited).documents.first().unwrap().root());
                let expected = model(before, &edit);
                assert_eq!(after, expected, "seed {seed} {edit:?}\n{text}\n-----\n{edited}");
                check_untouched(document, &edited, &edit);
            }
            Err(EditError::Type { .. } | EditError::Missing(_)) => {}
            Err(error) => {
                refused += 1;
                assert!(refused < 20, "seed {seed} {edit:?}: {error}\n{text}");
            }
        }
    }
    assert!(made > 15_000, "only {made} edits were made");
}

fn read(text: &str) -> Stream {
    parse(text.as_bytes(), &Limits::default())
}

/// All outside of the lines of what is changed is byte for byte as before; what is added changes nothing at all.
fn check_untouched(document: &Document, edited: &str, edit: &Edit) {
    let before = document.text();
    let touched = touched(document, edit);
    let kept = match touched {
        Some(span) => {
            let (head, tail) =
                (before.get(..span.start as usize).unwrap(), before.get(span.end as usize..).unwrap());
            edited.starts_with(head) && edited.ends_with(tail) && edited.len() >= head.len() + tail.len()
        }
        None => {
            let head = before.bytes().zip(edited.bytes()).take_while(|(old, new)| old == new).count();
            let tail =
                before.bytes().rev().zip(edited.bytes().rev()).take_while(|(old, new)| old == new).count();
            head + tail >= before.len()
        }
    };
    assert!(kept, "{edit:?} touched more than {touched:?}\n{before}\n-----\n{edited}");
    if before.contains("\r\n") {
        assert_eq!(edited.matches('\n').count(), edited.matches("\r\n").count(), "{edit:?}\n{edited:?}");
    }
}

fn span_start(located: &Located<'_>) -> u32 {
    located.key_span.unwrap_or(located.node.span()).start
}

/// The lines that an edit may change; none if it only adds.
fn touched(document: &Document, edit: &Edit) -> Option<Span> {
    let (Edit::Set { path, .. } | Edit::Remove { path } | Edit::Insert { path, .. }) = edit;
    let located = document.locate(path);
    let mut span = located.node.span();
    let mut key = located.key_span;
    match edit {
        Edit::Remove { .. } => {
            // The last one leaves an empty collection.
            let parent = document.locate(path.parent().unwrap());
            if parent.node.entries().count() + parent.node.items().count() == 1 {
                (span, key) = (parent.node.span(), parent.key_span);
            } else if parent.node.written_entries().count() != parent.node.entries().count()
                || parent.node.style() == Style::Flow
                || parent.node.span().start == span_start(&located)
            {
                // Duplicates elsewhere, a comma, or the next one moving up behind the dash.
                (span, key) = (parent.node.span(), parent.key_span);
            }
        }
        Edit::Set { .. } if located.exact => {}
        _ if located.node.is_map() || located.node.is_seq() => {
            let is_empty = located.node.entries().next().is_none() && located.node.items().next().is_none();
            if !is_empty {
                return None;
            }
        }
        _ => {}
    }
    let text = document.text();
    let dash = || text.get(..span.start as usize).unwrap().rfind('-').unwrap_or(0);
    let start = match key {
        Some(key) => key.start,
        // An item may stand on a line after its dash.
        None => span.start.min(u32::try_from(dash()).unwrap()),
    };
    let line_start = text.get(..start as usize).unwrap().rfind('\n').map_or(0, |at| at + 1);
    let end = span.end as usize;
    let ends_line = end > 0 && text.as_bytes().get(end - 1) == Some(&b'\n');
    let line_end = if ends_line {
        end
    } else {
        text.get(end..).unwrap().find('\n').map_or(text.len(), |at| end + at + 1)
    };
    Some(Span::new(u32::try_from(line_start).unwrap(), u32::try_from(line_end).unwrap()))
}

fn random_edit(root: Node<'_>, random: &mut Random) -> Edit {
    let mut path = Path::root();
    let mut node = root;
    loop {
        match node.value() {
            Value::Map(entries) => {
                let entries: Vec<_> = entries.collect();
                if entries.is_empty() || random.chance(15) {
                    let value = random_value(random, 0);
                    let path = path.key("added");
                    let path = if random.chance(30) { path.key("below").index(0) } else { path };
                    return Edit::Set { path, value };
                }
                let (key, _, value) = entries[random.below(entries.len())];
                path = path.key(key);
                node = value;
            }
            Value::Seq(items) => {
                let items: Vec<_> = items.collect();
                if items.is_empty() || random.chance(30) {
                    let index = random.below(items.len() + 1);
                    return Edit::Insert { path, index, value: random_value(random, 0) };
                }
                let index = random.below(items.len());
                path = path.index(index);
                node = items[index];
            }
            _ => break,
        }
        if random.chance(25) {
            break;
        }
    }
    match random.below(3) {
        0 => Edit::Remove { path },
        _ => Edit::Set { path, value: random_value(random, 0) },
    }
}

fn random_value(random: &mut Random, depth: usize) -> EditValue {
    match random.below(if depth > 2 { 7 } else { 11 }) {
        0 => EditValue::Null,
        1 => EditValue::Bool(random.chance(50)),
        2 => EditValue::Int(random.number().cast_signed() >> random.below(64)),
        3 => EditValue::Float([0.5, -1e300, 1e-7, 2.0, 123_456.75][random.below(5)]),
        4..7 => EditValue::from(random.pick(&[
            "",
            "a",
            "yes",
            "1",
            "a: b",
            "x # y",
            " lead",
            "trail ",
            "two\nlines\n",
            "tab\t",
            "'",
            "\"",
            "\\",
            "é",
            "- a",
            "null",
            "~",
            "{a}",
            "[b",
            "*c",
            "&d",
            "!e",
            "%f",
            "@g",
            "`h",
            "|",
            ">",
            "12:30",
            "0x1F",
            "a, b",
            "a:",
            "---",
            "...",
            "\u{1}",
            "\u{85}",
            "\u{2028}",
            "\u{feff}",
            "\u{1F600}",
            "\r\n",
            "<<",
            "a\u{a0}b",
            "/bin/sh",
            "nginx:1.25",
        ])),
        7 | 8 => EditValue::Seq((0..random.below(3)).map(|_| random_value(random, depth + 1)).collect()),
        _ => EditValue::Map(
            (0..random.below(3))
                .map(|index| (format!("n{index}").into(), random_value(random, depth + 1)))
                .collect(),
        ),
    }
}

fn json(node: Node<'_>) -> Json {
    serde_json::from_str(&support::canonical(node).replace("2e0", "2")).unwrap()
}

fn to_json(value: &EditValue) -> Json {
    match value {
        EditValue::Null => Json::Null,
        EditValue::Bool(value) => (*value).into(),
        EditValue::Int(value) => (*value).into(),
        // `2.0` is an integer in YAML.
        EditValue::Float(value) if *value == 2.0 => 2.into(),
        EditValue::Float(value) => (*value).into(),
        EditValue::Str(value) => value.as_str().into(),
        EditValue::Seq(items) => items.iter().map(to_json).collect(),
        EditValue::Map(entries) => {
            Json::Object(entries.iter().map(|(key, value)| (key.to_string(), to_json(value))).collect())
        }
    }
}

/// The edited object, by other means than the product's.
fn model(mut root: Json, edit: &Edit) -> Json {
    match edit {
        Edit::Set { path, value } => *at(&mut root, path) = to_json(value),
        Edit::Insert { path, index, value } => match at(&mut root, path) {
            Json::Array(items) => items.insert(*index, to_json(value)),
            other => *other = Json::Array(vec![to_json(value)]),
        },
        Edit::Remove { path } => {
            let parent = path.parent().unwrap();
            match (at(&mut root, parent), path.last().unwrap()) {
                (Json::Object(entries), seawall_yaml::Segment::Key(key)) => {
                    drop(entries.remove(key.as_str()))
                }
                (Json::Array(items), seawall_yaml::Segment::Index(index)) => drop(items.remove(*index)),
                _ => panic!(),
            }
        }
    }
    root
}

fn at<'j>(root: &'j mut Json, path: &Path) -> &'j mut Json {
    path.segments().iter().fold(root, |node, segment| match segment {
        seawall_yaml::Segment::Key(key) => {
            if node.is_null() {
                *node = Json::Object(serde_json::Map::new());
            }
            node.as_object_mut().unwrap().entry(key.as_str()).or_insert(Json::Null)
        }
        seawall_yaml::Segment::Index(index) => {
            if node.is_null() {
                *node = Json::Array(Vec::new());
            }
            let items = node.as_array_mut().unwrap();
            if *index == items.len() {
                items.push(Json::Null);
            }
            items.get_mut(*index).unwrap()
        }
    })
}
