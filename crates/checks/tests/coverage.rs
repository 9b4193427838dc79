//! docs/coverage.md names every check, and checks that there are.

#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};

/// Things that scanners look for, by domain of the table.
const ROWS: [(&str, usize); 9] =
    [("1", 52), ("2", 30), ("3", 19), ("4", 8), ("5", 10), ("6", 10), ("7", 23), ("12", 10), ("16", 18)];

fn page() -> String {
    std::fs::read_to_string(seawall_rig::workspace_root().join("docs/coverage.md")).unwrap()
}

#[test]
fn every_row_has_a_check_or_a_reason() {
    let page = page();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let rows = page
        .lines()
        .filter_map(|line| line.strip_prefix("| "))
        .filter(|row| row.starts_with(char::is_numeric));
    for row in rows {
        let [number, what, checks, why] = row.trim_end_matches('|').split(" | ").collect::<Vec<_>>()[..]
        else {
            panic!("not four cells: {row}")
        };
        assert!(!what.is_empty(), "{row}");
        assert!(checks.trim().is_empty() != why.trim().is_empty(), "a check or a reason, not both: {row}");
        *counts.entry(number.split_once('.').unwrap().0).or_default() += 1;
    }
    assert_eq!(counts, BTreeMap::from(ROWS));
}

#[test]
fn it_names_the_checks_that_there_are() {
    let page = page();
    let links = page.split("](checks/").skip(1).map(|rest| rest.split_once(".md)").unwrap().0);
    let named: BTreeSet<&str> = links.collect();
    let domains = ["SW1", "SW2", "SW3", "SW4", "SW5", "SW6", "SW9"];
    let metas = seawall_checks::all().into_iter().map(|check| &check.meta);
    let there: BTreeSet<String> = metas
        .filter(|meta| domains.iter().any(|domain| meta.id.starts_with(domain)))
        .map(|meta| format!("{}-{}", meta.id, meta.name))
        .collect();
    let there: BTreeSet<&str> = there.iter().map(String::as_str).collect();
    assert_eq!(named, there);
}
