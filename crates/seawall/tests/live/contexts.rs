//! Several clusters in one report.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{seawall, server, stderr, stdout};

/// The lists of a report's findings, and their fingerprints.
fn findings(report: &Value) -> Vec<(String, String)> {
    let found = report["findings"].as_array().unwrap().iter().map(|finding| {
        let path = finding["location"]["path"].as_str().unwrap_or_else(|| panic!("{finding}"));
        (path.to_owned(), finding["fingerprint"].to_string())
    });
    found.collect()
}

#[test]
fn clusters_stand_side_by_side_and_one_that_is_gone_stops_no_other() {
    let (server, kubeconfig) = server();
    server.kubectl(&["apply", "-f", "-"], include_str!("../../../cluster/tests/objects.yaml")).unwrap();
    // Three names for clusters: two are one, the third is not there (port 9 of loopback is closed).
    let mut config: Value = serde_json::from_slice(&std::fs::read(&kubeconfig).unwrap()).unwrap();
    let (cluster, user) = (config["clusters"][0]["name"].clone(), config["users"][0]["name"].clone());
    let context =
        |name: &str, cluster: &Value| json!({"name": name, "context": {"cluster": cluster, "user": user}});
    config["contexts"] = json!([
        context("prod", &cluster),
        context("gone", &json!("gone")),
        context("test", &cluster),
        context("wrong", &json!("none")),
    ]);
    let clusters = config["clusters"].as_array_mut().unwrap();
    clusters.push(json!({"name": "gone", "cluster": {"server": "https://127.0.0.1:9"}}));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    std::fs::write(&path, config.to_string()).unwrap();
    let run = |arguments: &[&str]| seawall(folder.path(), &path, arguments);
    let report = |arguments: &[&str]| -> (Value, Option<i32>) {
        let output = run(arguments);
        let text = stdout(&output);
        (
            serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}{}", stderr(&output))),
            output.status.code(),
        )
    };

    let scan = ["scan", "--cluster", "-o", "json", "--fail-on", "never", "--no-config", "--context"];
    let (prod, code) = report(&[&scan[..], &["prod"]].concat());
    assert_eq!(code, Some(0));
    let one = findings(&prod);
    assert!(one.len() > 10 && one.iter().all(|(path, _)| path.starts_with("prod/")), "{one:?}");

    let (both, code) = report(&[&scan[..], &["prod,test"]].concat());
    let of = |name: &str, found: &[(String, String)]| -> Vec<(String, String)> {
        let own = found.iter().filter_map(|(path, fingerprint)| {
            Some((path.strip_prefix(name)?.to_owned(), fingerprint.clone()))
        });
        own.collect()
    };
    let found = findings(&both);
    assert_eq!((of("prod", &found), code), (of("prod", &one), Some(0)));
    assert_eq!(of("test", &found), of("prod", &one));
    assert_eq!(found.len(), 2 * one.len());

    let mut all = scan[..scan.len() - 1].to_vec();
    all.push("--all-contexts");
    let (all, code) = report(&all);
    assert_eq!(findings(&all), found);
    let problems: BTreeSet<&str> = all["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| problem["location"]["path"].as_str().unwrap_or_else(|| panic!("{problem}")))
        .collect();
    assert_eq!((problems, code), (BTreeSet::from(["gone", "wrong"]), Some(4)));
    // Of either nothing is known, so that each check is undecided there.
    let undecided: Vec<&Value> =
        all["problems"].as_array().unwrap().iter().map(|problem| &problem["undecided"]).collect();
    assert!(undecided[0].as_array().is_some_and(|checks| checks.len() > 10), "{undecided:?}");
    assert_eq!(undecided[0], undecided[1]);
}
