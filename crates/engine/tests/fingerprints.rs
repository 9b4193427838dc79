//! Which changes of a text a fingerprint survives, and what it tells apart.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests")]

mod catalogue;
mod manifest;

use std::collections::BTreeSet;

use catalogue::CATALOGUE;
use manifest::{Layout, layout, snapshot, workload, workloads};
use proptest::prelude::*;
use seawall_engine::{Plan, evaluate};
use seawall_finding::Fingerprint;

fn fingerprints(files: &[(&str, &str)]) -> Vec<Fingerprint> {
    let snapshot = snapshot(files);
    assert_eq!(snapshot.problems, []);
    let plan = Plan { checks: CATALOGUE.to_vec(), ..Plan::default() };
    evaluate(&snapshot, &plan).findings.iter().map(|reported| reported.fingerprint).collect()
}

fn set(files: &[(&str, &str)]) -> BTreeSet<Fingerprint> {
    fingerprints(files).into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn the_layout_of_a_text_does_not_matter(workload in workload(), layout in layout()) {
        let before = set(&[("a.yaml", &workload.text())]);
        let after = set(&[("b/renamed.yaml", &workload.written(&layout))]);
        prop_assert_eq!(before, after, "{}\n{}", workload.text(), workload.written(&layout));
    }

    #[test]
    fn findings_of_a_report_have_fingerprints_of_their_own(workloads in workloads()) {
        let text: Vec<String> = workloads.iter().map(manifest::Workload::text).collect();
        let found = fingerprints(&[("a.yaml", &text.join("---\n"))]);
        let distinct: BTreeSet<_> = found.iter().collect();
        prop_assert_eq!(distinct.len(), found.len());
    }

    #[test]
    fn files_can_be_split_merged_and_renamed(workloads in workloads(), layout in layout()) {
        let texts: Vec<String> = workloads.iter().map(|workload| workload.written(&layout)).collect();
        let whole = set(&[("all.yaml", &texts.join("---\n"))]);
        let paths: Vec<String> = (0..texts.len()).map(|number| format!("{}.yaml", 100 - number)).collect();
        let files: Vec<(&str, &str)> =
            paths.iter().map(String::as_str).zip(texts.iter().map(String::as_str)).collect();
        prop_assert_eq!(whole, set(&files));
    }

    #[test]
    fn another_kind_name_or_namespace_is_another_finding(workload in workload()) {
        let layout = Layout::default();
        let before = set(&[("a.yaml", &workload.written(&layout))]);
        for other in [
            manifest::Workload { kind: if workload.kind == "Pod" { "Deployment" } else { "Pod" }, ..workload.clone() },
            manifest::Workload { name: "other".to_owned(), ..workload.clone() },
            manifest::Workload { namespace: "other".to_owned(), ..workload.clone() },
        ] {
            let after = set(&[("a.yaml", &other.written(&layout))]);
            prop_assert!(before.is_disjoint(&after));
            prop_assert_eq!(before.len(), after.len());
        }
    }

    #[test]
    fn a_weakness_that_goes_takes_its_own_fingerprint_along(workload in workload()) {
        let safe = manifest::Workload { host_pid: false, ..workload.clone() };
        let weak = manifest::Workload { host_pid: true, ..workload };
        let (safe, weak) = (set(&[("a.yaml", &safe.text())]), set(&[("a.yaml", &weak.text())]));
        prop_assert!(safe.is_subset(&weak));
        prop_assert_eq!(weak.len() - safe.len(), 1);
    }
}

const OVERLAY: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {hostPID: true, containers: []}\n";

#[test]
fn one_object_in_two_overlays_has_two_findings() {
    let both = fingerprints(&[("overlays/dev/pod.yaml", OVERLAY), ("overlays/prod/pod.yaml", OVERLAY)]);
    assert_eq!(both.len(), 2);
    assert_ne!(both[0], both[1]);
    // One of them alone is the one it was, whichever is left.
    let one = fingerprints(&[("overlays/prod/pod.yaml", OVERLAY)]);
    assert_eq!(one, both[..1]);
}

#[test]
fn the_version_of_an_api_does_not_matter_and_its_group_does() {
    let job = |api: &str, kind: &str| {
        let template = "{template: {spec: {hostPID: true, containers: []}}}";
        let spec = if kind == "CronJob" {
            format!("{{jobTemplate: {{spec: {template}}}}}")
        } else {
            template.to_owned()
        };
        format!("apiVersion: {api}\nkind: {kind}\nmetadata: {{name: a}}\nspec: {spec}\n")
    };
    let of = |api: &str, kind: &str| set(&[("a.yaml", &job(api, kind))]);
    assert_eq!(of("batch/v1", "CronJob"), of("batch/v1beta1", "CronJob"));
    assert!(of("apps/v1", "Deployment").is_disjoint(&of("extensions/v1beta1", "Deployment")));
}

/// What baselines of users hold must not change: these values were worked out from the description of the scheme, by
/// another SHA-256.
#[test]
fn the_scheme_is_stable() {
    let found = fingerprints(&[("a.yaml", OVERLAY), ("b.yaml", OVERLAY)]);
    let written: Vec<String> = found.iter().map(Fingerprint::to_string).collect();
    assert_eq!(written, ["1d93df609920059a1540cf89553602c6", "147b709417f6a2044aeb0de4c977022a"]);
}

#[test]
fn fingerprints_are_read_as_they_are_written() {
    for fingerprint in fingerprints(&[("a.yaml", OVERLAY)]) {
        assert_eq!(fingerprint.to_string().parse(), Ok(fingerprint));
    }
    let long = "0".repeat(33);
    for text in [
        "",
        "0",
        "0123456789abcdef0123456789abcdeg",
        "0123456789ABCDEF0123456789ABCDEF",
        &long,
        "éééééééééééééééé",
    ] {
        assert!(text.parse::<Fingerprint>().is_err(), "{text}");
    }
}
