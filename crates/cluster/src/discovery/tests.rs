use std::time::{Duration, Instant};

use seawall_inventory::Kind;
use seawall_rig::ApiServer;

use super::*;
use crate::read::connect;
use crate::target::Target;

/// What is known of groups that are described like this.
fn served(groups: &[String]) -> Served {
    let mut served = Served::default();
    let list = format!(r#"{{"kind":"APIGroupDiscoveryList","items":[{}]}}"#, groups.join(","));
    for group in aggregated::groups(list.as_bytes()).unwrap() {
        served.add(group, &Scope::default());
    }
    served
}

/// What is taken of a group that is described like this.
fn taken(group: &str) -> (Vec<String>, Vec<String>, usize) {
    let served = served(&[group.to_owned()]);
    let paths = served.resources.iter().map(|resource| resource.path(Some("n"))).collect();
    (paths, served.silent.into_iter().map(|silent| silent.version).collect(), served.misnamed)
}

fn group(name: &str, version: &str, plural: &str, kind: &str) -> String {
    format!(
        r#"{{"metadata":{{"name":"{name}"}},"versions":[{{"version":"{version}","resources":[{{"resource":"{plural}",
           "responseKind":{{"kind":"{kind}"}},"scope":"Namespaced","verbs":["list"]}}]}}]}}"#
    )
}

#[test]
fn names_that_are_none_are_counted_and_not_asked_for() {
    let path = |path: &str| (vec![path.to_owned()], Vec::new(), 0);
    assert_eq!(taken(&group("", "v1", "pods", "Pod")), path("/api/v1/namespaces/n/pods"));
    assert_eq!(taken(&group("", "v1", "namespaces", "Namespace")), path("/api/v1/namespaces/n"));
    assert_eq!(
        taken(&group("apps", "v1", "deployments", "Deployment")),
        path("/apis/apps/v1/namespaces/n/deployments")
    );
    for (name, version, plural) in [
        ("apps", "v1", "../../api/v1/secrets"),
        ("apps", "v1/x", "deployments"),
        ("apps", "..", "deployments"),
        ("apps", "v1", "deployments?watch=1"),
        ("apps", "v1", ""),
    ] {
        assert_eq!(taken(&group(name, version, plural, "Deployment")), (vec![], vec![], 1), "{plural}");
    }
    let evil = group("constraints.gatekeeper.sh", "v1", "a%2fb", "Any");
    assert_eq!(taken(&evil), (vec![], vec![], 1));
    assert_eq!(taken(&group("metrics.k8s.io", "v1", "../x", "Any")), (vec![], vec![], 0));
}

#[test]
fn what_no_check_reads_is_known_for_what_it_may_own() {
    let served = served(&[
        group("kafka.strimzi.io", "v1beta2", "kafkas", "Kafka"),
        group("kafka.strimzi.io", "v1beta2", "../../api", "Evil"),
        group("apps", "v1", "deployments", "Deployment"),
    ]);
    let of_kind = |group: &str, kind: &str| {
        served.others.of_kind(&(group.into(), kind.into())).map(|found| found.path(None))
    };
    let kafkas = "/apis/kafka.strimzi.io/v1beta2/kafkas".to_owned();
    assert_eq!(of_kind("kafka.strimzi.io", "Kafka"), Some(kafkas));
    assert_eq!(of_kind("kafka.strimzi.io", "Evil"), None);
    assert_eq!(of_kind("apps", "Deployment"), None);
    assert_eq!(served.misnamed, 0);
}

#[test]
fn what_is_null_is_empty() {
    let text = r#"{"metadata":{"name":"apps"},"versions":[{"version":"v1","freshness":"Current","resources":[
        {"resource":"scales","responseKind":null,"scope":"Namespaced","verbs":null}]},{"version":"v2","resources":null}]}"#;
    assert_eq!(taken(text), (vec![], vec![], 0));
}

#[test]
fn an_extension_that_was_never_heard_of_is_silent() {
    let stale = |group: &str| {
        format!(r#"{{"metadata":{{"name":"{group}"}},"versions":[{{"version":"v1","freshness":"Stale"}}]}}"#)
    };
    let silent = vec!["apps.openshift.io/v1".to_owned()];
    assert_eq!(taken(&stale("apps.openshift.io")), (vec![], silent, 0));
    // No check reads anything of it.
    assert_eq!(taken(&stale("metrics.k8s.io")), (vec![], vec![], 0));
}

/// A definition of two versions with subresources, of which the first one is not the preferred one.
const DEFINITION: &str = "
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: scaledobjects.keda.sh}
spec:
  group: keda.sh
  scope: Namespaced
  names: {plural: scaledobjects, singular: scaledobject, kind: ScaledObject}
  versions:
  - name: v1alpha1
    served: true
    storage: true
    schema: &any {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
    subresources: &both {status: {}, scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}}
  - {name: v1, served: true, storage: false, schema: *any, subresources: *both}
";

/// Two extensions of which nothing is heard. Checks read something of the group of one.
const SILENT: &str = "
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1.apps.openshift.io}
spec:
  group: apps.openshift.io
  version: v1
  groupPriorityMinimum: 1000
  versionPriority: 10
  insecureSkipTLSVerify: true
  service: {namespace: default, name: gone}
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1beta1.metrics.k8s.io}
spec:
  group: metrics.k8s.io
  version: v1beta1
  groupPriorityMinimum: 1000
  versionPriority: 10
  insecureSkipTLSVerify: true
  service: {namespace: default, name: gone}
";

/// One API server gives both forms, so that they can be compared. Which of them an old one gives, and that it is understood, is
/// shown by `tests/minors.rs`.
#[test]
fn both_forms_say_the_same() {
    let server = ApiServer::start().unwrap();
    server.kubectl(&["create", "-f", "-"], DEFINITION).unwrap();
    server.wait_for_definitions().unwrap();
    let target = Target { kubeconfig: Some(server.kubeconfig("admin").unwrap()), ..Target::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let reader = runtime.block_on(async {
        let (config, _) = target.config().await.unwrap();
        connect(config, &target).await.unwrap().unwrap()
    });
    // What is new is told a moment later, in either form.
    let agreed = |scope: &Scope, is_told: &dyn Fn(&Served) -> bool| {
        let end = Instant::now() + Duration::from_secs(120);
        loop {
            let ask = |accept| runtime.block_on(served_in(accept, &reader, scope)).unwrap();
            let both = [ACCEPT, by_version::ACCEPT].map(ask);
            if told(&both[0]) == told(&both[1]) && is_told(&both[0]) {
                return both;
            }
            assert!(Instant::now() < end, "{both:#?}");
        }
    };
    let names = |served: &Served, name: &str| served.resources.iter().any(|known| known.name() == name);

    let [all, _] = agreed(&Scope::default(), &|served| names(served, "scaledobjects.keda.sh"));
    assert!(names(&all, "pods") && names(&all, "nodes") && names(&all, "deployments.apps"), "{all:?}");
    let scaled = all.resources.iter().find(|known| known.kind == "ScaledObject").unwrap();
    assert_eq!(scaled.version, "v1");
    let namespace = Scope { namespaces: vec!["default".to_owned()], ..Scope::default() };
    let [within, _] = agreed(&namespace, &|served| names(served, "pods"));
    assert!(!names(&within, "nodes"), "{within:?}");
    let kinds = Kind::ALL.iter().filter(|kind| kind.group == "apps").collect();
    let [few, _] = agreed(&Scope { kinds: Some(kinds), ..Scope::default() }, &|_| true);
    assert_eq!(few.resources.len(), 4, "{few:?}");

    server.kubectl(&["create", "-f", "-"], SILENT).unwrap();
    let [one, other] = agreed(&Scope::default(), &|served| !served.silent.is_empty());
    let silent = |served: Served| {
        let silent = served.silent.into_iter().map(|Silent { version, why }| (version, why));
        silent.collect::<Vec<_>>()
    };
    let version = || "apps.openshift.io/v1".to_owned();
    let why = "the server that extends the API by it does not answer".to_owned();
    assert_eq!(silent(one), [(version(), why)]);
    assert_eq!(silent(other), [(version(), "Service Unavailable".to_owned())]);
}

/// What is known, but for the words in which it is not.
fn told(served: &Served) -> Vec<String> {
    let Served { resources, silent, misnamed, failure, .. } = served;
    assert!(failure.is_none() && *misnamed == 0, "{served:?}");
    let resources = resources.iter().map(|resource| format!("{} {}", resource.path(None), resource.kind));
    resources.chain(silent.iter().map(|silent| silent.version.clone())).collect()
}
