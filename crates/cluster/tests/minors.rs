//! Clusters of other minor versions of Kubernetes, which serve other resources in other ways, are read as well.

#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use seawall_cluster::{Target, read};
use seawall_engine::{Config, Selection, evaluate, plan};
use seawall_finding::Profile;
use seawall_inventory::{ObjectRef, Provenance, Snapshot, is_read};
use seawall_rig::{ApiServer, AuditEvent, Setup, Version};
use seawall_yaml::Limits;

const OBJECTS: &str = include_str!("objects.yaml");

/// What is found in the cluster alone or in the file alone, and why.
const DIFFERENCES: &[(&str, &str)] = &[
    ("SW4004 Secret shop/db", "`kubectl apply` makes the annotation"),
    (
        "SW4005 Secret shop/db",
        "whoever reads the file can read it; that a cluster has values is what Secrets are for",
    ),
    (
        "SW6013 Deployment shop/web",
        "`replicas: 1` is the default; in a file, none leaves the number to an autoscaler",
    ),
    ("SW6032 PodDisruptionBudget shop/web", "the same default"),
    ("SW6033 PodDisruptionBudget shop/web", "told with SW6032 where that is told"),
];

/// It knows no aggregated discovery: each version of a group is asked for, of groups that checks read.
#[test]
fn the_oldest() {
    let server = all_is_read_of(Version::Oldest, "v1.26.13");
    let asked: BTreeSet<String> = requests(&server).into_iter().map(|event| event.request_uri).collect();
    for path in ["/api", "/api/v1", "/apis", "/apis/apps/v1", "/apis/autoscaling/v1", "/apis/autoscaling/v2"]
    {
        assert!(asked.contains(path), "{path}: {asked:?}");
    }
    assert!(!asked.iter().any(|path| path.contains("authentication.k8s.io")), "{asked:?}");
}

#[test]
fn that_of_all_other_tests() {
    all_is_read_of(Version::Current, "v1.36.3");
}

#[test]
fn the_newest() {
    let server = all_is_read_of(Version::Newest, "v1.37.1");
    let discovery = requests(&server).into_iter().filter(|event| event.resource.is_none());
    let asked: Vec<String> = discovery.map(|event| event.request_uri).collect();
    assert_eq!(asked, ["/api", "/apis"]);
}

fn all_is_read_of(version: Version, said: &str) -> ApiServer {
    let users: &[(&str, &[&str])] = &[("reader", &["system:masters"])];
    let server = ApiServer::start_with(Setup { version, users, ..Setup::default() }).unwrap();
    let told = server.kubectl(&["get", "--raw", "/version"], "").unwrap();
    assert!(told.contains(&format!("\"gitVersion\": \"{said}\"")), "{told}");
    server.kubectl(&["apply", "-f", "-"], OBJECTS).unwrap();

    let target = Target { kubeconfig: Some(server.kubeconfig("reader").unwrap()), ..Target::default() };
    let snapshot = read(&target, &AtomicBool::new(false), &|_, _| {}).unwrap();
    assert!(snapshot.problems.is_empty() && snapshot.coverage.is_complete(), "{:?}", snapshot.problems);

    let resources = server.kubectl(&["api-resources", "--verbs=list", "--output=name"], "").unwrap();
    let resources: Vec<&str> = resources.lines().collect();
    let dump = server.kubectl(&["get", &resources.join(","), "-A", "--output=json"], "").unwrap();
    let dump = file("dump.json", &dump);
    assert_eq!(names(&snapshot), names(&dump));
    for kind in ["CronJob", "DaemonSet", "Deployment", "LimitRange", "Secret", "StorageClass"] {
        assert!(names(&snapshot).iter().any(|(_, known, ..)| known == kind), "{kind}");
    }

    let written = file("objects.yaml", OBJECTS);
    let (live, files) = (findings(&snapshot, &written), findings(&written, &written));
    assert!(live.len() > 40, "{live:#?}");
    let differ: Vec<&String> = live.symmetric_difference(&files).collect();
    let expected: Vec<&str> = DIFFERENCES.iter().map(|(what, _)| *what).collect();
    assert_eq!(differ, expected);
    server
}

fn file(name: &str, text: &str) -> Snapshot {
    let path = PathBuf::from(name);
    let reading = seawall_inventory::read(path, text.as_bytes(), Provenance::Verbatim, &Limits::default());
    Snapshot::assemble(vec![reading], Vec::new(), Vec::new(), Vec::new())
}

/// The objects that checks can read.
fn names(snapshot: &Snapshot) -> BTreeSet<(String, String, String, String)> {
    let objects = snapshot.objects.iter().filter(|object| is_read(object.group(), &object.kind));
    let named = objects.map(|object| {
        let metadata = &object.metadata;
        [&object.api_version, &object.kind, &metadata.namespace, &metadata.name]
            .map(ToString::to_string)
            .into()
    });
    named.collect()
}

/// What is found in `snapshot` about the objects of `written`: check and object.
fn findings(snapshot: &Snapshot, written: &Snapshot) -> BTreeSet<String> {
    let flags = Selection { profile: Some(Profile::All), ..Selection::default() };
    let plan = plan(&Config::default(), &flags, &seawall_checks::all()).unwrap();
    let about: BTreeSet<ObjectRef> =
        written.objects.iter().map(|object| written.identity(object.reference())).collect();
    let mut found = BTreeSet::new();
    for reported in evaluate(snapshot, &plan).findings {
        let object = snapshot.identity(reported.subject(snapshot));
        if about.contains(&object) {
            found.insert(format!("{} {object}", reported.finding.check.id));
        }
    }
    found
}

fn requests(server: &ApiServer) -> Vec<AuditEvent> {
    server.audit().unwrap().into_iter().filter(|event| event.user == "reader").collect()
}
