//! Pods that really run are told with what made them: the finding of the file and that of its pods are one.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop at the first surprise")]

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use seawall_cluster::{Target, read};
use seawall_engine::{Config, Reported, Selection, evaluate, plan};
use seawall_finding::{Fingerprint, Profile, stable_path};
use seawall_inventory::{Provenance, Snapshot};
use seawall_rig::{Cluster, Image, NodeTest, PROBE_IMAGE, Tool, run_node_tests, tool};
use seawall_yaml::Limits;
use serde_json::{Value, json};

/// How long a pod may take to run.
const PATIENCE: &str = "--timeout=180s";

const SPACE: &str = "shop";

fn main() -> ExitCode {
    run_node_tests(&[("pods_are_told_with_what_made_them", pods_are_told_with_what_made_them as NodeTest)])
}

fn container(name: &str, arguments: &[&str]) -> Value {
    json!({"name": name, "image": PROBE_IMAGE, "args": arguments})
}

fn object(api_version: &str, kind: &str, name: &str, spec: Value) -> Value {
    json!({"apiVersion": api_version, "kind": kind, "metadata": {"name": name, "namespace": SPACE}, "spec": spec})
}

fn pod_spec(containers: Value, restart: &str) -> Value {
    json!({"terminationGracePeriodSeconds": 1, "containers": containers, "restartPolicy": restart})
}

/// What people write: a Deployment, two Jobs, a CronJob, a DaemonSet, a StatefulSet, a pod, and a static pod.
fn files() -> Vec<Value> {
    let template = |arguments: &[&str], restart: &str| json!({"metadata": {"labels": {"app": "web"}}, "spec": pod_spec(json!([container("main", arguments)]), restart)});
    let selector = json!({"matchLabels": {"app": "web"}});
    let always = || template(&["sleep"], "Always");
    let job = |arguments: &[&str]| json!({"template": template(arguments, "Never")});
    vec![
        object(
            "apps/v1",
            "Deployment",
            "web",
            json!({"replicas": 2, "selector": selector, "template": always()}),
        ),
        object("apps/v1", "DaemonSet", "agent", json!({"selector": selector, "template": always()})),
        object(
            "apps/v1",
            "StatefulSet",
            "store",
            json!({"replicas": 1, "serviceName": "store", "selector": selector, "template": always()}),
        ),
        object("batch/v1", "Job", "once", job(&["exit", "0"])),
        object("batch/v1", "Job", "long", job(&["sleep"])),
        object(
            "batch/v1",
            "CronJob",
            "often",
            json!({"schedule": "0 0 1 1 *", "jobTemplate": {"spec": job(&["sleep"])}}),
        ),
        object("v1", "Pod", "alone", pod_spec(json!([container("main", &["sleep"])]), "Always")),
        object("v1", "Pod", "fixed", pod_spec(json!([container("main", &["sleep"])]), "Always")),
    ]
}

fn kubectl(arguments: &[&str], cluster: &Cluster) -> String {
    cluster.kubectl(&[&["-n", SPACE], arguments].concat(), "").unwrap()
}

fn live(cluster: &Cluster) -> Snapshot {
    let mut target = Target { kubeconfig: Some(cluster.kubeconfig()), ..Target::default() };
    target.scope.namespaces = vec![SPACE.to_owned()];
    read(&target, &AtomicBool::new(false), &|_, _| {}).unwrap()
}

/// Findings of workloads, each with what it is told of, its field, and in how many pods it is when the workload does not say it.
fn findings(snapshot: &Snapshot) -> BTreeMap<Fingerprint, (String, Reported)> {
    let selection = Selection { profile: Some(Profile::All), ..Selection::default() };
    let plan = plan(&Config::default(), &selection, &seawall_checks::all()).unwrap();
    let told = |reported: Reported| {
        let finding = &reported.finding;
        let object = snapshot.objects.get(finding.object).unwrap();
        let pods =
            finding.part_of().map(|part| format!(" in {} of {}", part.pods, part.of)).unwrap_or_default();
        let field = stable_path(finding, Some(object));
        let what = format!("{} {} {field}{pods}", finding.check.id, reported.subject(snapshot));
        let is_of_workload = !object.pods.is_empty();
        is_of_workload.then_some((reported.fingerprint, (what, reported)))
    };
    evaluate(snapshot, &plan).findings.into_iter().filter_map(told).collect()
}

fn pods_are_told_with_what_made_them(cluster: &Cluster) {
    let files = files();
    let list = |objects: &[Value]| json!({"apiVersion": "v1", "kind": "List", "items": objects}).to_string();
    cluster.kubectl(&["create", "namespace", SPACE], "").unwrap();
    kubectl(&["wait", "--for=create", "serviceaccount/default", PATIENCE], cluster);
    let (fixed, applied) = files.split_last().unwrap();
    cluster.static_pod("fixed", &fixed.to_string()).unwrap();
    cluster.kubectl(&["apply", "-f", "-"], list(applied)).unwrap();
    for workload in ["deployment/web", "daemonset/agent", "statefulset/store"] {
        kubectl(&["rollout", "status", workload, PATIENCE], cluster);
    }
    kubectl(&["wait", "--for=condition=Complete", "job/once", PATIENCE], cluster);
    kubectl(&["create", "job", "--from=cronjob/often", "often-now"], cluster);
    for pod in ["fixed-node", "alone"] {
        kubectl(&["wait", "--for=create", &format!("pod/{pod}"), PATIENCE], cluster);
        kubectl(&["wait", "--for=condition=Ready", &format!("pod/{pod}"), PATIENCE], cluster);
    }
    kubectl(&["wait", "--for=jsonpath={.status.ready}=1", "job/long", "job/often-now", PATIENCE], cluster);

    let text = list(&files);
    let reading = seawall_inventory::read(
        "shop.json".into(),
        text.as_bytes(),
        Provenance::Verbatim,
        &Limits::default(),
    );
    let written = findings(&Snapshot::assemble(vec![reading], vec![], vec![], vec![]));
    assert!(written.len() > 100, "{}", written.len());
    let whats = |found: &BTreeMap<Fingerprint, (String, Reported)>,
                 but: &BTreeMap<Fingerprint, (String, Reported)>|
     -> Vec<String> {
        let only = found.iter().filter(|(fingerprint, _)| !but.contains_key(*fingerprint));
        let mut only: Vec<String> = only.map(|(_, (what, _))| what.clone()).collect();
        only.sort();
        only
    };
    let running = findings(&live(cluster));
    // That the kubelet starts a pod again a file does not say; nor that it is the kubelet's, which is given no token.
    let only_written =
        ["SW1044 Pod shop/fixed metadata.name", "SW2021 Pod shop/fixed automountServiceAccountToken"];
    assert_eq!(whats(&written, &running), only_written);
    assert_eq!(whats(&running, &written), Vec::<String>::new());

    // A container that something injects, and one that somebody debugs with.
    let probe = tool(Tool::Probe).unwrap();
    let image = Image {
        reference: "seawall.test/mesh:1",
        files: &[(probe.as_path(), "/bin/mesh")],
        entrypoint: &["/bin/mesh", "sleep"],
    };
    cluster.import(&image).unwrap();
    let pods = kubectl(&["get", "pods", "-l", "app=web", "-o", "name"], cluster);
    let of_web: Vec<&str> = pods.lines().filter(|pod| pod.starts_with("pod/web-")).collect();
    let debugged = of_web.first().unwrap().trim_start_matches("pod/");
    let debug = [
        "debug",
        debugged,
        "--image=seawall.test/mesh:1",
        "--container=mesh",
        "--profile=general",
        "--",
        "/bin/mesh",
        "sleep",
    ];
    kubectl(&debug, cluster);
    let is_running = "--for=jsonpath={.status.ephemeralContainerStatuses[0].state.running}";
    kubectl(&["wait", is_running, &format!("pod/{debugged}"), PATIENCE], cluster);
    let now = findings(&live(cluster));
    let added = whats(&now, &running);
    assert!(!added.is_empty());
    for what in &added {
        assert!(what.contains(" Deployment shop/web ") && what.ends_with("in 1 of 2"), "{what}");
    }
    assert_eq!(whats(&running, &now), Vec::<String>::new());

    // The digests of images are those that run.
    let of_images: Vec<&Reported> = now
        .values()
        .map(|(_, reported)| reported)
        .filter(|reported| reported.finding.check.id == "SW5002")
        .collect();
    let of_mesh = of_images.iter().find(|reported| reported.finding.message.contains("`mesh`")).unwrap();
    let id = "--output=jsonpath={.status.ephemeralContainerStatuses[0].imageID}";
    let id = kubectl(&["get", "pod", debugged, id], cluster);
    let (_, digest) = id.rsplit_once('@').unwrap();
    assert_eq!(of_mesh.finding.running(), [digest]);
    let names: Vec<String> = of_images
        .iter()
        .filter(|reported| !reported.finding.running().is_empty())
        .map(|reported| reported.finding.message.to_string())
        .collect();
    assert!(names.len() > 5, "{names:?}");
}
