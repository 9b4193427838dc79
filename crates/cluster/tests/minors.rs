//! Clusters of other minor versions of Kubernetes, which serve other resources, are read as well.

#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use seawall_cluster::{Target, read};
use seawall_inventory::{Provenance, Snapshot, is_read};
use seawall_rig::{ApiServer, Setup, Version};
use seawall_yaml::Limits;

#[test]
fn the_newest() {
    all_is_read_of(Version::Newest, "v1.37.1");
}

fn all_is_read_of(version: Version, said: &str) {
    let server = ApiServer::start_with(Setup { version, ..Setup::default() }).unwrap();
    let told = server.kubectl(&["get", "--raw", "/version"], "").unwrap();
    assert!(told.contains(&format!("\"gitVersion\": \"{said}\"")), "{told}");
    server.kubectl(&["apply", "-f", "-"], include_str!("objects.yaml")).unwrap();

    let target = Target { kubeconfig: Some(server.kubeconfig("admin").unwrap()), ..Target::default() };
    let snapshot = read(&target, &AtomicBool::new(false), &|_, _| {}).unwrap();
    assert!(snapshot.coverage.is_complete(), "{:?}", snapshot.problems);

    let resources = server.kubectl(&["api-resources", "--verbs=list", "--output=name"], "").unwrap();
    let resources: Vec<&str> = resources.lines().collect();
    let dump = server.kubectl(&["get", &resources.join(","), "-A", "--output=json"], "").unwrap();
    let path = PathBuf::from("dump.json");
    let dump = seawall_inventory::read(path, dump.as_bytes(), Provenance::Verbatim, &Limits::default());
    let dump = Snapshot::assemble(vec![dump], Vec::new(), Vec::new(), Vec::new());
    assert_eq!(names(&snapshot), names(&dump));
    for kind in ["CronJob", "DaemonSet", "Deployment", "LimitRange", "Secret", "StorageClass"] {
        assert!(names(&snapshot).iter().any(|(_, known, ..)| known == kind), "{kind}");
    }
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
