use serde_json::Value;

use crate::format::Format;
use crate::testing::{Story, WEB, corpus};

fn sarif(story: &str) -> Value {
    let told = corpus().into_iter().find(|(name, _)| *name == story).unwrap().1;
    serde_json::from_str(&told.render(Format::Sarif)).unwrap()
}

#[test]
fn a_result_has_what_github_reads() {
    let log = sarif("one workload");
    let run = &log["runs"][0];
    let result = &run["results"][0];
    assert_eq!(result["ruleId"], "SW1901");
    assert_eq!(result["level"], "error");
    let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
    assert_eq!(rule["id"], "SW1901");
    assert_eq!(rule["properties"]["security-severity"], "9.5");
    assert_eq!(rule["helpUri"], "https://seawall.dev/checks/SW1901");
    assert!(rule["help"]["markdown"].as_str().unwrap().contains("\n## How to fix\nRemove it."));
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "deploy/web.yaml");
    let region = serde_json::json!({ "startLine": 15, "startColumn": 11, "endLine": 15, "endColumn": 27 });
    assert_eq!(place["region"], region);
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    assert_eq!(result["partialFingerprints"]["seawall/v1"].as_str().unwrap().len(), 32);
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
}

#[test]
fn what_does_not_count_is_suppressed_with_its_justification() {
    let log = sarif("what does not count");
    let kinds: Vec<&Value> = log["runs"][0]["results"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|result| result["suppressions"].as_array().unwrap())
        .map(|suppression| &suppression["kind"])
        .collect();
    assert_eq!(kinds, ["inSource", "inSource", "external", "external"]);
    let first = &log["runs"][0]["results"][0];
    assert_eq!(first["suppressions"], serde_json::json!([]), "what counts comes first");
    assert_eq!(first["baselineState"], "new");
}

#[test]
fn problems_and_undecided_verdicts_are_notifications() {
    let log = sarif("problems of every kind");
    let invocation = &log["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let ids: Vec<&Value> = invocation["toolExecutionNotifications"]
        .as_array()
        .unwrap()
        .iter()
        .map(|notification| &notification["descriptor"]["id"])
        .collect();
    assert_eq!(ids, ["unreadable", "unknown-key", "unused-ignore", "unknown-check", "unplaced"]);
    let undecided = sarif("what does not count");
    let notifications =
        undecided["runs"][0]["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    assert_eq!(notifications.len(), 2);
}

#[test]
fn what_exceeds_githubs_limit_is_left_out_from_the_end_and_said() {
    let told = Story::default().file("web.yaml", WEB).tell();
    let mut written = Vec::new();
    super::write_most(&told.view(), 2, &mut written).unwrap();
    let log: Value = serde_json::from_slice(&written).unwrap();
    let run = &log["runs"][0];
    let ids: Vec<&Value> =
        run["results"].as_array().unwrap().iter().map(|result| &result["ruleId"]).collect();
    assert_eq!(ids, ["SW1901", "SW1903"]);
    assert_eq!(run["tool"]["driver"]["rules"].as_array().unwrap().len(), 2);
    let notification = &run["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!(notification["descriptor"]["id"], "results-left-out");
    assert!(notification["message"]["text"].as_str().unwrap().starts_with("3 results are left out"));
}
