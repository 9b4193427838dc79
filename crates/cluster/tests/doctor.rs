//! Whether a cluster can be scanned: what is said before is what a scan meets, and nothing is changed by asking.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop at the first surprise")]

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use seawall_cluster::doctor::{Answer, Detail, Diagnosis, Intent, Question, State, examine};
use seawall_cluster::{Grant, Scope, Target, read, role};
use seawall_inventory::{Kind, KubernetesVersion};
use seawall_rbac::Subject;
use seawall_rig::ApiServer;

/// How long the API server may take to know a role.
const PATIENCE: Duration = Duration::from_secs(30);

static NEVER: AtomicBool = AtomicBool::new(false);

fn target(server: &ApiServer, user: &str, scope: Scope) -> Target {
    Target { kubeconfig: Some(server.kubeconfig(user).unwrap()), scope, ..Target::default() }
}

fn asked(target: &Target, watch: bool) -> Diagnosis {
    examine(target, Intent { watch, judged_by: KubernetesVersion::LATEST }, &NEVER).unwrap()
}

fn answer(diagnosis: &Diagnosis, question: Question) -> &Answer {
    diagnosis.answers.iter().find(|answer| answer.question == question).unwrap()
}

/// What may not be done, each as `list secrets`.
fn refused(diagnosis: &Diagnosis) -> BTreeSet<String> {
    let details = answer(diagnosis, Question::Permissions).details.iter().map(|detail| match detail {
        Detail::Refused { verb, resource, .. } => format!("{verb} {resource}"),
        other => format!("{other:?}"),
    });
    details.collect()
}

/// Asks until it is like this.
fn until(target: &Target, watch: bool, is_so: impl Fn(&Diagnosis) -> bool) -> Diagnosis {
    let started = Instant::now();
    loop {
        let diagnosis = asked(target, watch);
        if is_so(&diagnosis) {
            return diagnosis;
        }
        assert!(started.elapsed() < PATIENCE, "{diagnosis:?}");
    }
}

const NODES: &str = r#"
apiVersion: v1
kind: Node
metadata: {name: old, labels: {eks.amazonaws.com/nodegroup: a}}
status: {nodeInfo: {kubeletVersion: v1.32.9-eks-1, architecture: '', bootID: '', containerRuntimeVersion: '', kernelVersion: '',
  kubeProxyVersion: '', machineID: '', operatingSystem: '', osImage: '', systemUUID: ''}}
---
apiVersion: v1
kind: Node
metadata: {name: good, labels: {eks.amazonaws.com/nodegroup: a}}
status: {nodeInfo: {kubeletVersion: v1.34.1-eks-1, architecture: '', bootID: '', containerRuntimeVersion: '', kernelVersion: '',
  kubeProxyVersion: '', machineID: '', operatingSystem: '', osImage: '', systemUUID: ''}}
"#;

#[test]
fn who_may_everything_is_told_so_and_nothing_but_reading_and_reviews_is_done() {
    let server = ApiServer::start_for(&[("reader", &["system:masters"])]).unwrap();
    let reader = target(&server, "reader", Scope::default());
    let diagnosis = asked(&reader, true);
    assert!(diagnosis.is_well(), "{diagnosis:?}");
    let states: Vec<State> = diagnosis.answers.iter().map(|answer| answer.state).collect();
    let mut expected = [State::Ok; 8];
    expected[7] = State::Unknown;
    assert_eq!(states, expected, "{diagnosis:?}");
    assert_eq!(diagnosis.server, server.url());
    let identity = answer(&diagnosis, Question::Identity);
    let groups = ["system:masters", "system:authenticated"].map(|name| Detail::Group(name.to_owned()));
    assert_eq!(identity.message, "`reader`");
    assert!(groups.iter().all(|group| identity.details.contains(group)), "{identity:?}");
    assert!(answer(&diagnosis, Question::Version).message.starts_with("v1.36."), "{diagnosis:?}");
    assert_eq!(answer(&diagnosis, Question::Kubelets).message, "there are no nodes");

    server.kubectl(&["create", "-f", "-"], NODES).unwrap();
    let diagnosis = asked(&reader, false);
    let kubelets = answer(&diagnosis, Question::Kubelets);
    assert_eq!(kubelets.state, State::Warning, "{kubelets:?}");
    let old = Detail::Kubelet { node: "old".into(), version: "v1.32.9-eks-1".into() };
    assert_eq!(kubelets.details, [old]);
    assert_eq!(answer(&diagnosis, Question::Distribution).message, "Amazon EKS");
    assert!(diagnosis.is_well());

    let requests: Vec<_> =
        server.audit().unwrap().into_iter().filter(|event| event.user == "reader").collect();
    let reviews = ["selfsubjectreviews", "selfsubjectaccessreviews"];
    for event in &requests {
        let about = event.resource.as_deref().unwrap_or_default();
        let allowed = match &*event.verb {
            "get" | "list" => true,
            "create" => reviews.contains(&about),
            _ => false,
        };
        assert!(allowed, "{event:?}");
    }
    for review in reviews {
        assert!(requests.iter().any(|event| event.resource.as_deref() == Some(review)), "{review}");
    }
}

#[test]
fn what_a_scan_would_be_refused_is_named_before_and_the_role_mends_it() {
    let server = ApiServer::start_for(&[("guest", &[])]).unwrap();
    let pods = ["create", "clusterrole", "pods-only", "--verb=list", "--resource=pods"];
    server.kubectl(&pods, "").unwrap();
    let bind = ["create", "clusterrolebinding", "guest", "--clusterrole=pods-only", "--user=guest"];
    server.kubectl(&bind, "").unwrap();
    let guest = target(&server, "guest", Scope::default());
    let diagnosis = until(&guest, false, |diagnosis| !refused(diagnosis).contains("list pods"));
    assert!(!diagnosis.is_well());
    // Nodes are not asked for by who may not list them.
    assert_eq!(answer(&diagnosis, Question::Kubelets).message, "nodes may not be listed");
    let lists =
        server.audit().unwrap().into_iter().filter(|event| event.user == "guest" && event.verb == "list");
    assert_eq!(lists.count(), 0);
    let scanned = read(&guest, &NEVER, &|_, _| {}).unwrap();
    let met = scanned.problems.iter().map(|problem| {
        let resource = problem.message.strip_suffix(" may not be listed").unwrap_or(&problem.message);
        format!("list {resource}")
    });
    assert_eq!(refused(&diagnosis), met.collect());
    assert!(refused(&diagnosis).contains("list deployments.apps"));
    let help = &answer(&diagnosis, Question::Permissions).help;
    assert!(help.contains("`seawall cluster rbac --user guest`"), "{help}");

    let role = |watch: bool| {
        let subjects = vec![Subject::User("guest".into())];
        role(Kind::ALL, &Grant { name: "scanner".into(), namespace: None, no_secrets: true, watch, subjects })
    };
    server.kubectl(&["apply", "-f", "-"], role(false)).unwrap();
    let scope = || Scope { no_secrets: true, ..Scope::default() };
    let without_secrets = target(&server, "guest", scope());
    until(&without_secrets, false, Diagnosis::is_well);
    assert_eq!(refused(&asked(&guest, false)), BTreeSet::from(["list secrets".to_owned()]));
    let to_watch = refused(&asked(&without_secrets, true));
    assert!(
        to_watch.contains("watch pods") && to_watch.iter().all(|right| right.starts_with("watch ")),
        "{to_watch:?}"
    );
    server.kubectl(&["apply", "-f", "-"], role(true)).unwrap();
    until(&without_secrets, true, Diagnosis::is_well);
}

#[test]
fn of_a_namespace_its_role_is_enough() {
    let server = ApiServer::start_for(&[("guest", &[])]).unwrap();
    server.kubectl(&["create", "namespace", "shop"], "").unwrap();
    let grant = Grant {
        name: "scanner".into(),
        namespace: Some("shop".into()),
        no_secrets: false,
        watch: true,
        subjects: vec![Subject::User("guest".into())],
    };
    let shop = target(&server, "guest", Scope { namespaces: vec!["shop".into()], ..Scope::default() });
    let diagnosis = asked(&shop, false);
    assert!(refused(&diagnosis).contains("get namespaces"), "{diagnosis:?}");
    assert!(
        answer(&diagnosis, Question::Permissions).help.contains("rbac --user guest -n shop`"),
        "{diagnosis:?}"
    );
    let whole = role(Kind::ALL, &grant);
    server.kubectl(&["apply", "-f", "-"], &whole).unwrap();
    let diagnosis = until(&shop, true, Diagnosis::is_well);
    assert_eq!(answer(&diagnosis, Question::Kubelets).state, State::Unknown);
    let less = whole.replace("resourceNames:\n  - shop\n", "resourceNames:\n  - other\n");
    server.kubectl(&["apply", "-f", "-"], &less).unwrap();
    let diagnosis = until(&shop, true, |diagnosis| !diagnosis.is_well());
    assert_eq!(refused(&diagnosis), BTreeSet::from(["get namespaces".to_owned()]));
    // Nothing outside of it was asked for.
    let outside = server.audit().unwrap().into_iter().filter(|event| {
        event.user == "guest"
            && event.verb != "create"
            && event.resource.is_some()
            && event.namespace.as_deref() != Some("shop")
    });
    assert_eq!(outside.count(), 0);
}
