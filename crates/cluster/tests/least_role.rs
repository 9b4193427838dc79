//! The least role: with it a real API server shows everything that checks read, and with any resource less something is missing.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop at the first surprise")]

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use seawall_cluster::{Grant, Scope, Target, read, role};
use seawall_inventory::{Kind, Missing, Snapshot};
use seawall_rbac::Subject;
use seawall_rig::ApiServer;

/// How long the API server may take to know a role.
const PATIENCE: Duration = Duration::from_secs(30);

/// Groups that an API server serves by itself.
const BUILT_IN: &[&str] = &[
    "",
    "admissionregistration.k8s.io",
    "apps",
    "autoscaling",
    "batch",
    "discovery.k8s.io",
    "networking.k8s.io",
    "node.k8s.io",
    "policy",
    "rbac.authorization.k8s.io",
    "resource.k8s.io",
    "scheduling.k8s.io",
    "storage.k8s.io",
];

fn in_clusters() -> impl Iterator<Item = &'static Kind> {
    Kind::ALL.iter().filter(|kind| !kind.plural.is_empty())
}

fn grant(user: &str, namespace: Option<&str>) -> Grant {
    Grant {
        name: user.to_owned(),
        namespace: namespace.map(str::to_owned),
        no_secrets: false,
        watch: false,
        subjects: vec![Subject::User(user.into())],
    }
}

fn read_as(server: &ApiServer, user: &str, scope: Scope) -> Snapshot {
    let target = Target {
        kubeconfig: Some(server.kubeconfig("admin").unwrap()),
        impersonate: Some(user.to_owned()),
        scope,
        ..Target::default()
    };
    read(&target, &AtomicBool::new(false), &|_, _| {}).unwrap()
}

/// Definitions of all kinds that the API server does not serve by itself.
fn definitions() -> String {
    let one = |kind: &Kind| {
        let (name, plural) = if kind.kind == "*" { ("Any", "anys") } else { (kind.kind, kind.plural) };
        let scope = if kind.is_cluster_scoped() { "Cluster" } else { "Namespaced" };
        let group = kind.group;
        format!(
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: {plural}.{group}\n  \
             annotations: {{api-approved.kubernetes.io: unapproved}}\nspec:\n  \
             group: {group}\n  scope: {scope}\n  names: {{plural: {plural}, kind: {name}}}\n  versions:\n  \
             - {{name: v1, served: true, storage: true, schema: {{openAPIV3Schema: {{type: object, \
             x-kubernetes-preserve-unknown-fields: true}}}}}}\n"
        )
    };
    in_clusters().filter(|kind| !BUILT_IN.contains(&kind.group)).map(one).collect::<Vec<_>>().join("---\n")
}

#[test]
fn with_the_least_role_nothing_is_missing_and_with_any_resource_less_something_is() {
    let server = ApiServer::start().unwrap();
    server.kubectl(&["apply", "-f", "-"], definitions()).unwrap();
    server.wait_for_definitions().unwrap();

    let mut roles = vec![role(Kind::ALL, &grant("all", None))];
    let without: Vec<(String, &Kind)> =
        in_clusters().enumerate().map(|(number, kind)| (format!("without-{number}"), kind)).collect();
    for (user, left_out) in &without {
        roles.push(role(Kind::ALL.iter().filter(|kind| kind != left_out), &grant(user, None)));
    }
    server.kubectl(&["apply", "-f", "-"], roles.join("---\n")).unwrap();

    let start = Instant::now();
    loop {
        let snapshot = read_as(&server, "all", Scope::default());
        if snapshot.coverage.is_complete() {
            assert!(snapshot.problems.is_empty(), "{:?}", snapshot.problems);
            break;
        }
        assert!(start.elapsed() < PATIENCE, "{:?}", snapshot.coverage);
        std::thread::sleep(Duration::from_millis(100));
    }
    for (user, kind) in &without {
        let start = Instant::now();
        loop {
            let snapshot = read_as(&server, user, Scope::default());
            let gaps = &snapshot.coverage.gaps;
            if let [gap] = gaps.as_slice()
                && gap.has(kind)
                && gap.problem.is_some_and(|problem| snapshot.problems[problem].code == "list-refused")
            {
                break;
            }
            assert!(start.elapsed() < PATIENCE, "{kind:?}: {gaps:?}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

#[test]
fn with_the_role_of_a_namespace_nothing_of_it_is_missing_and_with_any_rule_less_something_is() {
    let server = ApiServer::start().unwrap();
    server.kubectl(&["apply", "-f", "-"], definitions()).unwrap();
    server.wait_for_definitions().unwrap();
    server.kubectl(&["create", "namespace", "shop"], "").unwrap();
    let shop = || Scope { namespaces: vec!["shop".to_owned()], ..Scope::default() };

    let mut roles = vec![role(Kind::ALL, &grant("all", Some("shop")))];
    let of_it = |kind: &&Kind| !kind.is_cluster_scoped() || kind.is("", "Namespace");
    let without: Vec<(String, &Kind)> = in_clusters()
        .filter(of_it)
        .enumerate()
        .map(|(number, kind)| (format!("without-{number}"), kind))
        .collect();
    for (user, left_out) in &without {
        roles.push(role(Kind::ALL.iter().filter(|kind| kind != left_out), &grant(user, Some("shop"))));
    }
    assert!(roles.iter().all(|role| !role.contains("ClusterRole")));
    server.kubectl(&["apply", "-f", "-"], roles.join("---\n")).unwrap();

    let start = Instant::now();
    loop {
        let snapshot = read_as(&server, "all", shop());
        let gaps = &snapshot.coverage.gaps;
        if let [gap] = gaps.as_slice()
            && gap.problem.is_none()
            && gap.missing == Missing::Outside(vec!["shop".into()])
        {
            assert!(snapshot.problems.is_empty(), "{:?}", snapshot.problems);
            assert!(snapshot.objects.iter().any(|object| object.kind == "Namespace"));
            break;
        }
        assert!(start.elapsed() < PATIENCE, "{gaps:?}");
        std::thread::sleep(Duration::from_millis(100));
    }
    for (user, kind) in &without {
        let start = Instant::now();
        loop {
            let snapshot = read_as(&server, user, shop());
            let refused: Vec<_> = snapshot.coverage.gaps.iter().filter(|gap| gap.problem.is_some()).collect();
            if let [gap] = refused.as_slice()
                && gap.has(kind)
                && gap.missing == Missing::Within(vec!["shop".into()])
                && gap.problem.is_some_and(|problem| snapshot.problems[problem].code == "list-refused")
            {
                break;
            }
            assert!(start.elapsed() < PATIENCE, "{kind:?}: {refused:?}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

#[test]
fn resources_are_called_what_the_api_server_calls_them() {
    let server = ApiServer::start().unwrap();
    let table = server.kubectl(&["api-resources", "--no-headers"], "").unwrap();
    let mut served = BTreeSet::new();
    for line in table.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [plural, .., api_version, namespaced, kind] = words.as_slice() else { continue };
        let group = api_version.split_once('/').map_or("", |(group, _)| group);
        let Some(known) = Kind::ALL.iter().find(|known| known.is(group, kind)) else { continue };
        assert_eq!(known.plural, *plural, "{known:?}");
        assert_eq!(known.is_cluster_scoped(), *namespaced == "false", "{known:?}");
        served.insert(known);
    }
    let missing: Vec<&Kind> =
        in_clusters().filter(|kind| BUILT_IN.contains(&kind.group) && !served.contains(kind)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn kinds_that_no_chosen_check_reads_are_not_listed() {
    let server = ApiServer::start().unwrap();
    let kinds: Vec<&'static Kind> = Kind::ALL.iter().filter(|kind| kind.is("", "Secret")).collect();
    let target = Target {
        kubeconfig: Some(server.kubeconfig("admin").unwrap()),
        scope: Scope { kinds: Some(kinds), ..Scope::default() },
        ..Target::default()
    };
    let before = server.audit().unwrap().len();
    let snapshot = read(&target, &AtomicBool::new(false), &|_, _| {}).unwrap();
    let listed: BTreeSet<String> = server
        .audit()
        .unwrap()
        .into_iter()
        .skip(before)
        .filter(|event| event.user == "admin" && event.verb == "list")
        .filter_map(|event| event.resource)
        .collect();
    assert_eq!(listed, BTreeSet::from(["secrets".to_owned()]));
    assert!(snapshot.problems.is_empty() && !snapshot.coverage.is_complete());
    let has = |group: &str, name: &str| {
        let kind = Kind::ALL.iter().find(|kind| kind.is(group, name)).unwrap();
        snapshot.coverage.gaps.iter().any(|gap| gap.has(kind) && gap.problem.is_none())
    };
    assert!(!has("", "Secret") && has("", "ConfigMap") && has("apps", "Deployment"));
}
