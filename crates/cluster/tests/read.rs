//! A real API server is read: as kubectl reads it, by GET alone, and with a name for each thing that may not be read.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop at the first surprise")]

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use seawall_cluster::{ClusterError, Scope, Target, read, read_several};
use seawall_inventory::{Object, Provenance, Snapshot, is_read};
use seawall_rig::{ApiServer, AuditEvent};
use seawall_yaml::Limits;

const OBJECTS: &str = include_str!("objects.yaml");

/// More than two chunks of a list.
const MANY: usize = 1_100;

fn read_as(server: &ApiServer, user: &str, scope: Scope) -> Snapshot {
    let target = Target { kubeconfig: Some(server.kubeconfig(user).unwrap()), scope, ..Target::default() };
    read(&target, &AtomicBool::new(false), &|_, _| {}).unwrap()
}

/// What is known of an object, without where it was read from.
fn known(object: &Object) -> String {
    let Object { api_version, kind, metadata, pods, body, ignores, malformed, .. } = object;
    let ignores: Vec<_> = ignores.iter().map(|ignore| (&ignore.path, &ignore.reason)).collect();
    format!("{api_version} {kind} {metadata:?} {pods:?} {body:?} {ignores:?} {malformed}")
}

fn all_known(snapshot: &Snapshot) -> BTreeSet<String> {
    let objects = snapshot.objects.iter();
    objects.filter(|object| is_read(object.group(), &object.kind)).map(known).collect()
}

/// Everything that kubectl can get, read as a file.
fn dump(server: &ApiServer) -> Snapshot {
    let resources = server.kubectl(&["api-resources", "--verbs=list", "-o", "name"], "").unwrap();
    let resources: Vec<&str> = resources.lines().collect();
    let dump = server.kubectl(&["get", &resources.join(","), "-A", "-o", "json"], "").unwrap();
    let path = PathBuf::from("dump.json");
    let reading = seawall_inventory::read(path, dump.as_bytes(), Provenance::Verbatim, &Limits::default());
    Snapshot::assemble(vec![reading], Vec::new(), Vec::new(), Vec::new())
}

fn requests(server: &ApiServer, user: &str) -> Vec<AuditEvent> {
    server.audit().unwrap().into_iter().filter(|event| event.user == user).collect()
}

#[test]
fn a_cluster_is_what_kubectl_gets_of_it_and_nothing_but_reading_is_done() {
    let server = ApiServer::start_for(&[("reader", &["system:masters"])]).unwrap();
    server.kubectl(&["apply", "-f", "-"], OBJECTS).unwrap();
    let snapshot = read_as(&server, "reader", Scope::default());
    assert!(snapshot.coverage.is_complete(), "{:?}", snapshot.problems);
    assert_eq!(all_known(&snapshot), all_known(&dump(&server)));
    for kind in
        ["Deployment", "CronJob", "DaemonSet", "Pod", "Secret", "ConfigMap", "LimitRange", "StorageClass"]
    {
        assert!(snapshot.objects.iter().any(|object| object.kind == kind), "{kind}");
    }

    let kept = format!("{snapshot:?}");
    assert!(!kept.contains("PLANTED"), "a value is kept");

    let requests = requests(&server, "reader");
    let other: Vec<_> = requests.iter().filter(|event| !matches!(&*event.verb, "get" | "list")).collect();
    assert!(other.is_empty(), "{other:?}");
    assert!(requests.iter().any(|event| event.resource.as_deref() == Some("secrets")));
}

#[test]
fn a_namespace_alone_and_without_secrets() {
    let server = ApiServer::start_for(&[("reader", &["system:masters"])]).unwrap();
    server.kubectl(&["apply", "-f", "-"], OBJECTS).unwrap();
    let scope = Scope { namespaces: vec!["shop".to_owned()], no_secrets: true, kinds: None };
    let snapshot = read_as(&server, "reader", scope);
    assert!(!snapshot.coverage.is_complete() && snapshot.problems.is_empty(), "{:?}", snapshot.problems);
    let whole = dump(&server);
    let expected: BTreeSet<String> = whole
        .objects
        .iter()
        .filter(|object| match &*object.kind {
            "Namespace" => object.metadata.name == "shop",
            "Secret" => false,
            _ => object.metadata.namespace == "shop",
        })
        .filter(|object| is_read(object.group(), &object.kind))
        .map(known)
        .collect();
    assert!(!expected.is_empty());
    assert!(expected.iter().any(|object| object.starts_with("v1 Namespace ")), "{expected:?}");
    assert_eq!(all_known(&snapshot), expected);
    let asked: Vec<AuditEvent> = requests(&server, "reader");
    let outside = asked.iter().filter(|event| {
        event.resource.is_some()
            && (event.namespace.as_deref() != Some("shop") || event.resource.as_deref() == Some("secrets"))
    });
    assert_eq!(outside.count(), 0);

    // Of a namespace that is not there nothing is.
    let scope = Scope { namespaces: vec!["nowhere".to_owned()], ..Scope::default() };
    let snapshot = read_as(&server, "reader", scope);
    assert!(snapshot.objects.is_empty() && snapshot.problems.is_empty(), "{:?}", snapshot.problems);
}

#[test]
fn a_cluster_that_there_is_no_way_to_is_one_of_which_nothing_is_known() {
    let server = ApiServer::start_for(&[("reader", &["system:masters"])]).unwrap();
    let kubeconfig = Some(server.kubeconfig("reader").unwrap());
    let there = Target { kubeconfig, ..Target::default() };
    let nowhere = Target { context: Some("nowhere".to_owned()), ..there.clone() };
    let done = AtomicUsize::new(0);
    let count = || {
        done.fetch_add(1, Ordering::Relaxed);
    };
    let never = AtomicBool::new(false);
    let snapshots = read_several(&[nowhere.clone(), there.clone()], &never, &count).unwrap();
    let [gone, read] = snapshots.as_slice() else { panic!("{snapshots:?}") };
    assert_eq!(done.into_inner(), 2);
    assert!(read.coverage.is_complete() && !read.objects.is_empty(), "{:?}", read.problems);
    let [problem] = gone.problems.as_slice() else { panic!("{:?}", gone.problems) };
    assert!(problem.code == "cluster-silent" && problem.message.contains("nowhere"), "{problem:?}");
    let [gap] = gone.coverage.gaps.as_slice() else { panic!("{:?}", gone.coverage) };
    assert!(gone.coverage.live && gap.group.is_none() && gap.problem == Some(0), "{gap:?}");

    let scope = Scope { namespaces: vec!["a/b".to_owned()], ..Scope::default() };
    let wrong = Target { scope, ..there };
    let error = read_several(&[nowhere, wrong], &never, &|| {}).unwrap_err();
    assert!(matches!(error, ClusterError::Namespace(_)), "{error}");
}

#[test]
fn each_list_that_is_refused_is_named_and_the_rest_is_read() {
    let server = ApiServer::start_for(&[("guest", &[])]).unwrap();
    server.kubectl(&["apply", "-f", "-"], OBJECTS).unwrap();
    let rights = ["create", "clusterrole", "pods-only", "--verb=list", "--resource=pods"];
    server.kubectl(&rights, "").unwrap();
    let bind = ["create", "clusterrolebinding", "guest", "--clusterrole=pods-only", "--user=guest"];
    server.kubectl(&bind, "").unwrap();
    let snapshot = read_as(&server, "guest", Scope::default());
    assert!(!snapshot.coverage.is_complete());
    let kinds: BTreeSet<&str> = snapshot.objects.iter().map(|object| object.kind.as_str()).collect();
    assert_eq!(kinds, BTreeSet::from(["Pod"]));
    let refused: BTreeSet<String> = requests(&server, "guest")
        .into_iter()
        .filter(|event| event.code == Some(403))
        .filter_map(|event| event.resource)
        .collect();
    assert!(refused.contains("secrets") && !refused.contains("pods"), "{refused:?}");
    for resource in &refused {
        let named = |problem: &seawall_inventory::Problem| {
            problem.code == "list-refused" && problem.message.starts_with(resource)
        };
        assert!(snapshot.problems.iter().any(named), "{resource}: {:?}", snapshot.problems);
    }
}

#[test]
fn long_lists_come_in_chunks() {
    let server = ApiServer::start_for(&[("reader", &["system:masters"])]).unwrap();
    let account = |number| {
        format!(
            "{{\"apiVersion\":\"v1\",\"kind\":\"ServiceAccount\",\"metadata\":{{\"namespace\":\"default\",\"name\":\"a{number}\"}}}}"
        )
    };
    let items: Vec<String> = (0..MANY).map(account).collect();
    let list = format!("{{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{}]}}", items.join(","));
    server.kubectl(&["create", "-f", "-"], list).unwrap();
    let snapshot = read_as(&server, "reader", Scope::default());
    let names: BTreeSet<&str> = snapshot
        .objects
        .iter()
        .filter(|object| object.kind == "ServiceAccount")
        .map(|object| object.metadata.name.as_str())
        .collect();
    assert_eq!(names.len(), MANY);
    let pages = requests(&server, "reader")
        .into_iter()
        .filter(|event| event.resource.as_deref() == Some("serviceaccounts") && event.verb == "list");
    assert_eq!(pages.count(), 3);
}

#[test]
fn what_is_not_there_does_not_answer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kubeconfig");
    let missing = Target { kubeconfig: Some(path.clone()), ..Target::default() };
    let failed = read(&missing, &AtomicBool::new(false), &|_, _| {}).unwrap_err();
    assert!(matches!(failed, ClusterError::Kubeconfig(_)), "{failed}");
    // Port 9 of loopback (discard) is closed.
    let text = "apiVersion: v1\nkind: Config\ncurrent-context: a\ncontexts: [{name: a, context: {cluster: a, user: a}}]\n\
        clusters: [{name: a, cluster: {server: 'https://127.0.0.1:9'}}]\nusers: [{name: a, user: {token: t}}]\n";
    std::fs::write(&path, text).unwrap();
    let snapshot = read(&missing, &AtomicBool::new(false), &|_, _| {}).unwrap();
    let problems: Vec<&str> = snapshot.problems.iter().map(|problem| problem.code).collect();
    assert!(problems == ["cluster-silent"] && !snapshot.coverage.is_complete(), "{:?}", snapshot.problems);
}
