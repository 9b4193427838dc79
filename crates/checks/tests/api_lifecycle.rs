//! What Kubernetes' own API types say about when they are served, deprecated and removed, against what the checks of API versions
//! find, for every kind and every version of Kubernetes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop at the first surprise")]

mod text;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use seawall_checks::{Check, Settings, Subject};
use seawall_finding::Verdict;
use seawall_inventory::{KubernetesVersion, Snapshot};
use text::snapshot;

/// Kinds that are sent to the API server and not stored: they stand in no manifest.
const NOT_STORED: &[&str] = &[
    "APIGroupDiscovery",
    "AdmissionReview",
    "DeploymentRollback",
    "LocalSubjectAccessReview",
    "Scale",
    "SelfSubjectAccessReview",
    "SelfSubjectReview",
    "SelfSubjectRulesReview",
    "SubjectAccessReview",
    "TokenRequest",
    "TokenReview",
];

/// What `zz_generated.prerelease-lifecycle.go` says of a kind.
#[derive(Debug, Default)]
struct Lifecycle {
    introduced: Option<u16>,
    deprecated: Option<u16>,
    removed: Option<u16>,
}

#[test]
fn the_checks_say_what_the_types_of_kubernetes_say() {
    let kinds = lifecycles(&seawall_rig::kubernetes_api_source().unwrap());
    assert!(kinds.len() > 120, "only {} kinds with a life cycle", kinds.len());
    let checks = ["removed-api", "deprecated-api"]
        .map(|name| seawall_checks::all().into_iter().find(|check| check.meta.name == name).unwrap());
    let mut wrong = Vec::new();
    for ((api_version, kind), lifecycle) in &kinds {
        let text = format!("apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: a}}\n");
        let snapshot = snapshot(&text);
        for minor in 0..=KubernetesVersion::LATEST.as_minor() {
            let is = |since: Option<u16>| since.is_some_and(|since| since <= minor);
            let served = lifecycle.introduced.is_none_or(|since| since <= minor) && !is(lifecycle.removed);
            let expected = [!served, served && is(lifecycle.deprecated)];
            let found = checks.map(|check| fails(check, &snapshot, minor));
            if found != expected {
                wrong.push(format!("{api_version} {kind} in 1.{minor}: {found:?} for {lifecycle:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "[removed, deprecated] of\n{}", wrong.join("\n"));
}

fn fails(check: &'static Check, snapshot: &Snapshot, minor: u16) -> bool {
    let settings = Settings { version: KubernetesVersion::minor(minor), ..Settings::default() };
    check.on_object(&Subject::new(snapshot, 0).unwrap(), &settings).verdict == Verdict::Fail
}

/// Every kind of every group and version below `api`, by `apiVersion` and kind.
fn lifecycles(api: &Path) -> BTreeMap<(String, String), Lifecycle> {
    let mut kinds = BTreeMap::new();
    for file in seawall_rig::files_below(api, &["go"]).unwrap() {
        if !file.ends_with("zz_generated.prerelease-lifecycle.go") {
            continue;
        }
        let folder = file.parent().unwrap();
        let version = folder.file_name().unwrap().to_str().unwrap();
        let api_version = format!("{}/{version}", group(folder));
        read_lifecycles(&fs::read_to_string(&file).unwrap(), &api_version, &mut kinds);
    }
    // The group `policy` has an Eviction that is only sent, `lifecycle.k8s.io` one that is stored.
    kinds.retain(|(api_version, kind), lifecycle| {
        let is_core = api_version.starts_with('/');
        assert!(!is_core || lifecycle.deprecated.is_none(), "the core group has no rows in the table");
        let is_list = kind.ends_with("List");
        let is_sent = NOT_STORED.contains(&kind.as_str())
            || (kind == "Eviction" && api_version.starts_with("policy/"))
            || kind == "JobTemplate";
        !is_core && !is_list && !is_sent
    });
    kinds
}

/// The name of the group, from `register.go`.
fn group(folder: &Path) -> String {
    let text = fs::read_to_string(folder.join("register.go")).unwrap();
    let line = text.lines().find(|line| line.contains("GroupName = \"")).unwrap();
    line.split('"').nth(1).unwrap().to_owned()
}

/// Functions of the form `func (in *KIND) APILifecycleWHAT() (major, minor int) {` and the line `return 1, MINOR` below.
fn read_lifecycles(text: &str, api_version: &str, kinds: &mut BTreeMap<(String, String), Lifecycle>) {
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some((kind, what)) = line
            .strip_prefix("func (in *")
            .and_then(|rest| rest.strip_suffix("() (major, minor int) {"))
            .and_then(|rest| rest.split_once(") APILifecycle"))
        else {
            continue;
        };
        let body = lines.next().unwrap().trim();
        let minor =
            body.strip_prefix("return 1, ").unwrap_or_else(|| panic!("{line}\n{body}")).parse().unwrap();
        let lifecycle = kinds.entry((api_version.to_owned(), kind.to_owned())).or_default();
        let field = match what {
            "Introduced" => &mut lifecycle.introduced,
            "Deprecated" => &mut lifecycle.deprecated,
            "Removed" => &mut lifecycle.removed,
            _ => panic!("{line}"),
        };
        *field = Some(minor);
    }
}
