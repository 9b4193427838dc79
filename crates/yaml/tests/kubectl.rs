//! Awkward inputs mean to this reader what they mean to kubectl: tables in `tests/kubectl`.

#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

mod support;

use seawall_rig::kubectl_oracle;
use support::difference;

const VALUES: &str = include_str!("kubectl/values.txt");
const KEYS: &str = include_str!("kubectl/keys.txt");
const DOCUMENTS: &str = include_str!("kubectl/documents.txt");
const JSON: &str = include_str!("kubectl/json.txt");
const DIFFERENCES: &str = include_str!("kubectl/differences.txt");

/// A title and an input.
type Case = (String, Vec<u8>);

#[test]
fn values() {
    agree(&lines(VALUES, |value| format!("v: {value}\n")), 200);
}

#[test]
fn keys() {
    agree(&lines(KEYS, |key| format!("{key}: v\n")), 60);
}

#[test]
fn documents() {
    agree(&blocks(DOCUMENTS), 180);
}

#[test]
fn json() {
    agree(&blocks(JSON), 45);
}

#[test]
fn the_list_of_differences_is_true() {
    let cases = blocks(DIFFERENCES);
    let inputs: Vec<&[u8]> = cases.iter().map(|(_, input)| input.as_slice()).collect();
    let answers = kubectl_oracle().unwrap().ask(&inputs).unwrap();
    for ((title, input), answer) in cases.iter().zip(&answers) {
        assert!(difference(input, answer).is_some(), "no difference any more: {title}");
    }
}

fn agree(cases: &[Case], at_least: usize) {
    assert!(cases.len() >= at_least, "only {} cases", cases.len());
    let inputs: Vec<&[u8]> = cases.iter().map(|(_, input)| input.as_slice()).collect();
    let answers = kubectl_oracle().unwrap().ask(&inputs).unwrap();
    let differences: Vec<String> = cases
        .iter()
        .zip(&answers)
        .filter_map(|((title, input), answer)| Some(format!("{title}\n{}\n", difference(input, answer)?)))
        .collect();
    assert!(differences.is_empty(), "{} differences\n{}", differences.len(), differences.join("\n"));
}

fn lines(table: &str, document: impl Fn(&str) -> String) -> Vec<Case> {
    table.lines().map(|line| (line.to_owned(), encode(&document(line), line))).collect()
}

fn blocks(table: &str) -> Vec<Case> {
    let mut cases: Vec<(String, String)> = Vec::new();
    for line in table.split_inclusive('\n') {
        match line.strip_prefix("=== ") {
            Some(title) => cases.push((title.trim_end().to_owned(), String::new())),
            None => cases.last_mut().unwrap().1.push_str(line),
        }
    }
    cases.into_iter().map(|(title, text)| (title.clone(), encode(&text, &title))).collect()
}

fn encode(text: &str, title: &str) -> Vec<u8> {
    let mut text = text.replace("<NOEOL>\n", "");
    let characters = [
        ("<CR>", "\r"),
        ("<TAB>", "\t"),
        ("<BOM>", "\u{feff}"),
        ("<NEL>", "\u{85}"),
        ("<LS>", "\u{2028}"),
        ("<PS>", "\u{2029}"),
        ("<NUL>", "\0"),
        ("<DEL>", "\u{7f}"),
    ];
    for (name, character) in characters {
        text = text.replace(name, character);
    }
    if title.ends_with("[utf-16le]") {
        return [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    }
    if title.ends_with("[utf-16be]") {
        return [0xFE, 0xFF].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
    }
    text.split("<FF>").map(str::as_bytes).collect::<Vec<_>>().join(&0xFF)
}
