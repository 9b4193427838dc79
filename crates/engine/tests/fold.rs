//! Pods fold into their workloads: what is told once, and of whom.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests")]

mod catalogue;
mod manifest;

use std::path::{Path, PathBuf};

use catalogue::{HOST_PID, PRIVILEGED, UNDECIDED};
use proptest::prelude::*;
use seawall_checks::{Check, Out, Run};
use seawall_engine::{Baseline, Config, Plan, Report, SuppressOptions, evaluate, suppress};
use seawall_finding::Meta;
use seawall_inventory::{ContainerView, Snapshot};
use serde_json::{Value, json};

/// Every container's image is wrong.
static IMAGE: Check = Check {
    meta: Meta { id: "SW5901", name: "image", ..PRIVILEGED.meta },
    subjects: &["pods"],
    reads: &[],
    run: Run::Container(|container: &ContainerView<'_>, out: &mut Out<'_>| {
        out.fail(container.path("image"), "wrong").value("x");
    }),
};

fn judged(snapshot: &Snapshot, checks: &[&'static Check]) -> Report {
    evaluate(snapshot, &Plan { checks: checks.to_vec(), ..Plan::default() })
}

fn snapshot(objects: &[Value]) -> Snapshot {
    manifest::snapshot(&[(
        "live.json",
        &json!({"apiVersion": "v1", "kind": "List", "items": objects}).to_string(),
    )])
}

/// An object in `shop`, with its owner as `Kind name`.
fn object(kind: &str, name: &str, owner: Option<&str>, spec: Value) -> Value {
    let api_version = |kind: &str| match kind {
        "Pod" => "v1",
        "FooSet" => "foo.io/v1",
        "Job" | "CronJob" => "batch/v1",
        _ => "apps/v1",
    };
    let owners: Vec<Value> = owner
        .map(|owner| owner.split_once(' ').unwrap())
        .map(|(kind, name)| {
            json!({"apiVersion": api_version(kind), "kind": kind, "name": name, "uid": format!("uid-{name}"), "controller": true})
        })
        .into_iter()
        .collect();
    let spec = if kind == "Pod" { spec } else { json!({"replicas": 1, "template": {"spec": spec}}) };
    json!({"apiVersion": api_version(kind), "kind": kind, "spec": spec,
        "metadata": {"name": name, "namespace": "shop", "uid": format!("uid-{name}"), "ownerReferences": owners}})
}

fn app() -> Value {
    json!({"name": "app", "image": "app:1", "securityContext": {"privileged": true}})
}

fn sidecar() -> Value {
    json!({"name": "proxy", "securityContext": {"privileged": true}})
}

fn pod(name: &str, owner: &str, containers: Value) -> Value {
    object("Pod", name, Some(owner), json!({"containers": containers}))
}

/// A Deployment, its ReplicaSet and three pods, of which two have a container that something injects before the others.
fn shop() -> Vec<Value> {
    let template = || json!({"containers": [app()]});
    vec![
        object("Deployment", "web", None, template()),
        object("ReplicaSet", "web-1", Some("Deployment web"), template()),
        pod("web-1-a", "ReplicaSet web-1", json!([app()])),
        pod("web-1-c", "ReplicaSet web-1", json!([sidecar(), app()])),
        pod("web-1-b", "ReplicaSet web-1", json!([sidecar(), app()])),
    ]
}

/// Findings as `check subject object path`, with how many pods have them.
fn told(snapshot: &Snapshot, report: &Report) -> Vec<String> {
    let line = |reported: &seawall_engine::Reported| {
        let finding = &reported.finding;
        let name = snapshot.objects[finding.object].display_name();
        let pods =
            finding.part_of().map(|part| format!(" in {} of {}", part.pods, part.of)).unwrap_or_default();
        format!("{} {} {name} {}{pods}", finding.check.name, reported.subject(snapshot), finding.path)
    };
    report.findings.iter().map(line).collect()
}

const OF_TEMPLATE: &str =
    "privileged Deployment shop/web web spec.template.spec.containers[0].securityContext.privileged";
const OF_PODS: &str =
    "privileged Deployment shop/web web-1-b spec.containers[0].securityContext.privileged in 2 of 3";

#[test]
fn what_a_workload_has_is_told_of_it_and_what_its_pods_have_once_for_all() {
    let live = snapshot(&shop());
    let report = judged(&live, &[&PRIVILEGED, &UNDECIDED]);
    assert_eq!(told(&live, &report), [OF_TEMPLATE, OF_PODS]);
    let counts = report.counts["SW1901"];
    assert_eq!((counts.failed, counts.passed, counts.not_applicable), (1, 0, 0), "one workload");

    let file = snapshot(&shop()[..1]);
    let of_file = judged(&file, &[&PRIVILEGED]);
    assert_eq!(of_file.findings.len(), 1);
    assert_eq!(of_file.findings[0].fingerprint, report.findings[0].fingerprint);
    let fields: Vec<String> = Baseline::of(&report, &live)
        .entries
        .iter()
        .map(|entry| format!("{} {}", entry.object, entry.field))
        .collect();
    let field = |container| format!("Deployment shop/web containers[{container}].securityContext.privileged");
    assert_eq!(fields, [field("app"), field("proxy")]);
}

proptest! {
    #[test]
    fn the_order_of_objects_does_not_matter(objects in Just(shop()).prop_shuffle()) {
        let live = snapshot(&objects);
        let mut found = told(&live, &judged(&live, &[&PRIVILEGED]));
        found.sort();
        let mut expected = [OF_TEMPLATE, OF_PODS];
        expected.sort_unstable();
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn an_owner_that_was_not_read_is_known_by_its_name() {
    let live = snapshot(&[
        pod("web-b", "FooSet web", json!([app()])),
        pod("web-a", "FooSet web", json!([app()])),
        pod("web-c", "FooSet web", json!([{"name": "app"}])),
    ]);
    let report = judged(&live, &[&PRIVILEGED]);
    let expected = "privileged FooSet shop/web web-a spec.containers[0].securityContext.privileged in 2 of 3";
    assert_eq!(told(&live, &report), [expected]);
    assert_eq!(report.counts["SW1901"].failed, 1);
    // What the Deployment in a file has is what its pods have where only they may be read.
    let pods = snapshot(&shop()[1..3]);
    let file = snapshot(&shop()[..1]);
    let fingerprints = |snapshot: &Snapshot| -> Vec<_> {
        let report = judged(snapshot, &[&PRIVILEGED]);
        report.findings.iter().map(|reported| reported.fingerprint).collect()
    };
    assert_eq!(fingerprints(&pods), fingerprints(&file));
}

#[test]
fn what_has_ended_is_not_told() {
    let mut old = object(
        "ReplicaSet",
        "web-0",
        Some("Deployment web"),
        json!({"containers": [app()], "hostPID": true}),
    );
    old["spec"]["replicas"] = json!(0);
    let mut ended = pod("web-1-z", "ReplicaSet web-1", json!([sidecar()]));
    ended["status"] = json!({"phase": "Failed"});
    let mut objects = shop();
    objects.truncate(3);
    objects.extend([old, ended]);
    let live = snapshot(&objects);
    let report = judged(&live, &[&PRIVILEGED, &HOST_PID]);
    assert_eq!(told(&live, &report), [OF_TEMPLATE]);
    assert_eq!(report.counts["SW1903"].passed, 1);
}

#[test]
fn the_images_that_run_are_named() {
    let mut objects = shop();
    for (pod, digest) in [(2, "sha256:b"), (3, "sha256:a"), (4, "sha256:b")] {
        let status = json!({"name": "app", "imageID": format!("registry.example/app@{digest}")});
        objects[pod]["status"] = json!({"phase": "Running", "containerStatuses": [status]});
    }
    let report = judged(&snapshot(&objects), &[&IMAGE]);
    let running: Vec<_> =
        report.findings.iter().map(|reported| reported.finding.running().to_vec()).collect();
    assert_eq!(running, [vec!["sha256:a", "sha256:b"], vec![]]);
}

#[test]
fn what_is_undecided_of_a_workload_is_undecided_once() {
    let mut objects = shop();
    objects.iter_mut().for_each(|object| object["metadata"]["labels"] = json!({"a": "b"}));
    let live = snapshot(&objects);
    static NEVER: Check = Check {
        meta: Meta { id: "SW5902", name: "never", ..PRIVILEGED.meta },
        subjects: &["pods"],
        reads: &[],
        run: Run::Container(|_: &ContainerView<'_>, out: &mut Out<'_>| out.unknown("who knows")),
    };
    let report = judged(&live, &[&NEVER]);
    let [unknown] = &report.unknowns[..] else { panic!("{:?}", report.unknowns) };
    assert_eq!(unknown.object, Some(0));
    assert_eq!(report.counts["SW5902"].unknown, 1);
}

/// Findings that count after `config` and what is written in the objects, and problems.
fn counting(objects: &[Value], config: &str) -> (Vec<String>, Vec<String>) {
    let live = snapshot(objects);
    let mut report = judged(&live, &[&PRIVILEGED]);
    let catalogue: [&'static Check; 1] = [&PRIVILEGED];
    let config = Config::read(Path::new("seawall.yaml"), config, &catalogue).unwrap();
    let options = SuppressOptions {
        today: "2026-01-01".parse().unwrap(),
        refuse_inline: false,
        catalogue: &catalogue,
        here: PathBuf::new(),
        config_folder: PathBuf::new(),
    };
    suppress(&mut report, &live, &config, &options);
    let problems = report.problems.iter().map(|problem| problem.message.clone()).collect();
    report.findings.retain(|reported| reported.status == seawall_engine::Status::Active);
    (told(&live, &report), problems)
}

#[test]
fn what_only_pods_have_is_accepted_on_their_workload() {
    let rule = |kind: &str, name: &str| {
        format!(
            "suppress:\n- {{checks: privileged, kind: {kind}, name: '{name}', container: proxy, reason: known}}\n"
        )
    };
    assert_eq!(counting(&shop(), &rule("Deployment", "web")), (vec![OF_TEMPLATE.to_owned()], vec![]));
    assert_eq!(counting(&shop(), &rule("Pod", "*")).1.len(), 1, "the rule covers nothing");

    let ignore = json!({"seawall.dev/ignore": "privileged: known"});
    let mut on_workload = shop();
    on_workload[0]["metadata"]["annotations"] = ignore.clone();
    assert_eq!(counting(&on_workload, "{}"), (vec![], vec![]));

    // A template hands its annotations on to the pods.
    let mut on_template = shop();
    on_template[0]["spec"]["template"]["metadata"] = json!({"annotations": ignore});
    on_template[1]["spec"]["template"]["metadata"] = json!({"annotations": ignore});
    for pod in &mut on_template[2..] {
        pod["metadata"]["annotations"] = ignore.clone();
    }
    assert_eq!(counting(&on_template, "{}"), (vec![], vec![]));
    // What covers nothing is said once, and not of every pod.
    for object in &mut on_template {
        let template = if object["kind"] == "Pod" { &mut *object } else { &mut object["spec"]["template"] };
        template["spec"]["containers"] = json!([{"name": "app"}]);
    }
    assert_eq!(counting(&on_template, "{}").1, ["`privileged` suppresses nothing here"]);
}
