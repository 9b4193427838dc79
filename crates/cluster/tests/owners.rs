//! Pods that an operator makes are told with the resource that somebody wrote: owners of kinds that no check reads are followed
//! upward in a real API server, as far as they may be listed.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop at the first surprise")]

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use seawall_cluster::{Grant, Scope, Target, read, role};
use seawall_engine::{Config, Selection, evaluate, plan};
use seawall_finding::Profile;
use seawall_inventory::saved::About;
use seawall_inventory::{Kind, Snapshot};
use seawall_rbac::Subject;
use seawall_rig::ApiServer;
use seawall_source::saved;
use serde_json::{Value, json};

const DEFINITIONS: &str = include_str!("operator.yaml");

/// How long the API server may take to serve a new kind, or to know a role.
const PATIENCE: Duration = Duration::from_secs(60);

/// An API server that serves the kinds of the operator.
fn server() -> ApiServer {
    let server = ApiServer::start_for(&[("reader", &["system:masters"]), ("guest", &[])]).unwrap();
    server.kubectl(&["apply", "-f", "-"], DEFINITIONS).unwrap();
    server.wait_for_definitions().unwrap();
    server.kubectl(&["create", "namespace", "shop"], "").unwrap();
    server
}

const DATABASE: (&str, &str) = ("db.example/v1", "Database");
const SET: (&str, &str) = ("core.db.example/v1", "PodSet");
const REPLICA_SET: (&str, &str) = ("apps/v1", "ReplicaSet");
const DEPLOYMENT: (&str, &str) = ("apps/v1", "Deployment");
const POD: (&str, &str) = ("v1", "Pod");

/// Creates an object, with its controller if it has one, and returns what owns by it.
fn create(server: &ApiServer, (api_version, kind): (&str, &str), name: &str, owner: Option<&Value>) -> Value {
    let pod = json!({"containers": [
        {"name": "c", "image": "registry.example/a:1", "securityContext": {"privileged": true}}]});
    let labels = json!({"app": name});
    let spec = match kind {
        "Pod" => pod,
        "ReplicaSet" | "Deployment" => json!({"selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod}}),
        _ => json!({}),
    };
    let object = json!({"apiVersion": api_version, "kind": kind, "spec": spec, "metadata": {
        "name": name, "namespace": "shop", "labels": labels, "annotations": {"note": "PLANTED-note"},
        "ownerReferences": owner.into_iter().collect::<Vec<_>>()}});
    let made = server.kubectl(&["create", "-o", "json", "-f", "-"], object.to_string()).unwrap();
    let made: Value = serde_json::from_str(&made).unwrap();
    json!({"apiVersion": api_version, "kind": kind, "name": name, "uid": made["metadata"]["uid"], "controller": true})
}

/// Two sets of one database with a pod each, a ReplicaSet of another one with its pod, and a Deployment that people know.
fn operate(server: &ApiServer) {
    let big = create(server, DATABASE, "big", None);
    for set in ["big-a", "big-b"] {
        let owner = create(server, SET, set, Some(&big));
        create(server, POD, &format!("{set}-0"), Some(&owner));
    }
    create(server, SET, "idle", None);
    let small = create(server, DATABASE, "small", None);
    let replicas = create(server, REPLICA_SET, "small-7f", Some(&small));
    create(server, POD, "small-7f-x", Some(&replicas));
    create(server, DEPLOYMENT, "proxy", Some(&small));
}

fn read_as(server: &ApiServer, user: &str) -> Snapshot {
    let kubeconfig = Some(server.kubeconfig(user).unwrap());
    let scope = Scope { namespaces: vec!["shop".to_owned()], ..Scope::default() };
    let target = Target { kubeconfig, scope, ..Target::default() };
    read(&target, &AtomicBool::new(false), &|_, _| {}).unwrap()
}

/// What privileged containers are told of, and in how many pods.
fn told(snapshot: &Snapshot) -> BTreeMap<String, String> {
    let selection = Selection { profile: Some(Profile::All), ..Selection::default() };
    let plan = plan(&Config::default(), &selection, &seawall_checks::all()).unwrap();
    let mut findings = evaluate(snapshot, &plan).findings;
    findings.retain(|reported| reported.finding.check.id == "SW1001");
    let count = findings.len();
    let told: BTreeMap<String, String> = findings
        .into_iter()
        .map(|reported| {
            let part = reported.finding.part_of();
            let pods = part.map_or_else(String::new, |part| format!("{} of {}", part.pods, part.of));
            (reported.subject(snapshot).to_string(), pods)
        })
        .collect();
    assert_eq!(told.len(), count, "told twice: {told:?}");
    told
}

/// What is told once it is `expected`: an API server needs a moment to serve what it has defined, and to know a role.
fn until(server: &ApiServer, user: &str, expected: &[(&str, &str)]) -> Snapshot {
    let expected: BTreeMap<String, String> =
        expected.iter().map(|(name, pods)| ((*name).to_owned(), (*pods).to_owned())).collect();
    let end = Instant::now() + PATIENCE;
    loop {
        let snapshot = read_as(server, user);
        if told(&snapshot) == expected && snapshot.problems.is_empty() {
            return snapshot;
        }
        assert!(Instant::now() < end, "{:?} {:?}", told(&snapshot), snapshot.problems);
    }
}

/// What a user may list: what checks read, and these.
fn allow(server: &ApiServer, user: &str, besides: &str) {
    let grant = Grant {
        name: user.to_owned(),
        namespace: Some("shop".to_owned()),
        no_secrets: false,
        watch: false,
        subjects: vec![Subject::User(user.into())],
    };
    server.kubectl(&["apply", "-f", "-"], role(Kind::ALL, &grant)).unwrap();
    if !besides.is_empty() {
        let rights = ["-n", "shop", "create", "role", "besides", "--verb=list", "--resource", besides];
        server.kubectl(&rights, "").unwrap();
        let user = format!("--user={user}");
        let bind = ["-n", "shop", "create", "rolebinding", "besides", "--role=besides", &user];
        server.kubectl(&bind, "").unwrap();
    }
}

const WITH_THE_TOP: [(&str, &str); 3] =
    [("Database shop/big", "2 of 2"), ("Database shop/small", "1 of 1"), ("Deployment shop/proxy", "")];

#[test]
fn what_operators_make_is_told_once_with_what_somebody_wrote() {
    let server = server();
    operate(&server);
    let snapshot = until(&server, "reader", &WITH_THE_TOP);
    // They are there for what they own, and for nothing else: no check judges them, and nothing more of them is kept.
    let mut owners: Vec<String> = Vec::new();
    for object in snapshot.objects.iter().filter(|object| snapshot.only_owns(object)) {
        owners.push(object.reference().to_string());
        assert!(!format!("{object:?}").contains("PLANTED"), "{object:?}");
    }
    owners.sort();
    assert_eq!(
        owners,
        ["Database shop/big", "Database shop/small", "PodSet shop/big-a", "PodSet shop/big-b"]
    );
    assert_eq!(snapshot.subjects(), snapshot.objects.len() - owners.len());
    let requests = server.audit().unwrap();
    let mut others =
        requests.iter().filter(|event| event.user == "reader" && !matches!(&*event.verb, "get" | "list"));
    assert_eq!(others.next(), None);

    // A saved Snapshot knows them too.
    let mut bytes = Vec::new();
    saved::write(&snapshot, &About::default(), &mut bytes).unwrap();
    let again = saved::read("saved.swz".as_ref(), &bytes).unwrap().into_snapshot();
    assert_eq!(again.subjects(), snapshot.subjects());
    assert_eq!(told(&again), told(&snapshot));
}

#[test]
fn what_may_not_be_listed_is_told_with_the_last_owner_that_is_named() {
    let server = server();
    operate(&server);
    allow(&server, "guest", "podsets.core.db.example");
    // Their references name the database, which is all that is needed; that nothing is above it is not known.
    let snapshot = until(&server, "guest", &WITH_THE_TOP);
    assert_eq!(snapshot.skipped.len(), 1, "{:?}", snapshot.skipped);
    assert!(snapshot.skipped[0].path.ends_with("db.example/v1/databases"), "{:?}", snapshot.skipped);

    server.kubectl(&["-n", "shop", "delete", "rolebinding", "besides"], "").unwrap();
    let [_, small, proxy] = WITH_THE_TOP;
    let without = [("PodSet shop/big-a", "1 of 1"), ("PodSet shop/big-b", "1 of 1"), small, proxy];
    let snapshot = until(&server, "guest", &without);
    assert_eq!(snapshot.skipped.len(), 2, "{:?}", snapshot.skipped);
    // What no check needs is no gap.
    let everywhere = snapshot.coverage.gaps.iter().filter(|gap| gap.problem.is_some());
    assert_eq!(everywhere.count(), 0, "{:?}", snapshot.coverage);
}

#[test]
fn owners_in_a_circle_end_where_they_are_entered() {
    let server = server();
    let first = create(&server, DATABASE, "first", None);
    let second = create(&server, SET, "second", Some(&first));
    let patch = json!({"metadata": {"ownerReferences": [second]}}).to_string();
    server
        .kubectl(&["-n", "shop", "patch", "databases.db.example", "first", "--type=merge", "-p", &patch], "")
        .unwrap();
    create(&server, POD, "a", Some(&first));
    create(&server, POD, "b", Some(&second));
    let replicas = create(&server, REPLICA_SET, "c", Some(&first));
    create(&server, POD, "c-x", Some(&replicas));
    until(&server, "reader", &[("Database shop/first", "2 of 2"), ("PodSet shop/second", "1 of 1")]);
}
