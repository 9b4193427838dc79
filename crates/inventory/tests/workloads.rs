//! Which workload an object is a part of.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests")]

use std::path::PathBuf;

use seawall_inventory::{Provenance, Snapshot};
use seawall_yaml::Limits;
use serde_json::{Value, json};

/// An object, its controller as `apiVersion kind name uid`.
fn object(api_version: &str, kind: &str, name: &str, owner: Option<&str>) -> Value {
    let owners: Vec<Value> = owner
        .into_iter()
        .map(|owner| {
            let [api_version, kind, name, uid] = owner.split(' ').collect::<Vec<_>>()[..] else {
                panic!("{owner}")
            };
            json!({"apiVersion": api_version, "kind": kind, "name": name, "uid": uid, "controller": true})
        })
        .collect();
    let template = json!({"spec": {"containers": []}});
    let spec = match kind {
        "Pod" => json!({"containers": []}),
        "CronJob" => json!({"jobTemplate": {"spec": {"template": template}}}),
        _ => json!({"template": template, "replicas": 1}),
    };
    json!({"apiVersion": api_version, "kind": kind, "spec": spec,
        "metadata": {"name": name, "namespace": "shop", "uid": format!("uid-{name}"), "ownerReferences": owners}})
}

fn snapshot(objects: &[Value]) -> Snapshot {
    let text = json!({"apiVersion": "v1", "kind": "List", "items": objects}).to_string();
    let reading = seawall_inventory::read(
        PathBuf::from("a"),
        text.as_bytes(),
        Provenance::Verbatim,
        &Limits::default(),
    );
    assert_eq!(reading.problems, []);
    Snapshot::assemble(vec![reading], vec![], vec![], vec![])
}

/// The workload of the first object, whether it was read, and who manages it.
fn of_first(objects: &[Value]) -> Option<String> {
    let workload = snapshot(objects).workload_of(0)?;
    let read = if workload.object.is_some() { "" } else { " (not read)" };
    let managed = workload.managed_by.map(|by| format!(" by {by}")).unwrap_or_default();
    Some(format!("{}{read}{managed}", workload.reference))
}

#[test]
fn the_topmost_owner_that_embeds_the_pod_is_its_workload() {
    let pod = |owner| object("v1", "Pod", "web-1-x", Some(owner));
    let set = |owner| object("apps/v1", "ReplicaSet", "web-1", owner);
    let deployment = |owner| object("apps/v1", "Deployment", "web", owner);
    let of_set = "apps/v1 ReplicaSet web-1 uid-web-1";
    let of_deployment = Some("apps/v1 Deployment web uid-web");
    let of_app = "foo.io/v1 FooApp shop uid-shop";
    let app = |owner| object("foo.io/v1", "FooApp", "shop", owner);
    let of_other = "bar.io/v1 BarApp bar uid-bar";
    let other = |owner| object("bar.io/v1", "BarApp", "bar", owner);
    let table = [
        (vec![pod(of_set), set(of_deployment), deployment(None)], Some("Deployment shop/web")),
        (vec![set(of_deployment), deployment(None)], Some("Deployment shop/web")),
        (vec![deployment(None)], None),
        // What embeds pods is a workload, whoever manages it.
        (vec![deployment(Some(of_app))], None),
        (
            vec![pod(of_set), set(of_deployment), deployment(Some(of_app))],
            Some("Deployment shop/web by FooApp shop/shop"),
        ),
        // A ReplicaSet is not what somebody wrote when it has a controller, nor is a Job.
        (vec![pod(of_set), set(Some(of_app)), app(None)], Some("FooApp shop/shop")),
        (vec![set(Some(of_app))], Some("FooApp shop/shop (not read)")),
        (vec![object("batch/v1", "Job", "once", Some(of_app))], Some("FooApp shop/shop (not read)")),
        // Known by a reference alone.
        (vec![pod(of_set)], Some("ReplicaSet shop/web-1 (not read)")),
        (vec![pod(of_set), set(of_deployment)], Some("Deployment shop/web (not read)")),
        (vec![pod("foo.io/v1 FooSet web uid-web")], Some("FooSet shop/web (not read)")),
        (vec![pod(of_app), app(None)], Some("FooApp shop/shop")),
        // Through kinds of which nothing is known, up to one that embeds pods.
        (
            vec![
                deployment(Some("serving.knative.dev/v1 Revision web-1 uid-web-1")),
                object(
                    "serving.knative.dev/v1",
                    "Revision",
                    "web-1",
                    Some("serving.knative.dev/v1 Service web uid-web"),
                ),
            ],
            Some("Service shop/web (not read)"),
        ),
        (
            vec![
                object("v1", "Pod", "backup-1-x", Some("batch/v1 Job backup-1 uid-backup-1")),
                object("batch/v1", "Job", "backup-1", Some("batch/v1 CronJob backup uid-backup")),
                object("batch/v1", "CronJob", "backup", None),
            ],
            Some("CronJob shop/backup"),
        ),
        // Another object has the name of the owner now.
        (vec![pod("apps/v1 ReplicaSet web-1 gone"), set(None)], None),
        // In a circle.
        (vec![pod(of_set), set(Some(of_set))], Some("ReplicaSet shop/web-1")),
        (vec![set(Some(of_set))], None),
        (vec![pod(of_app), app(Some(of_other)), other(Some(of_app))], Some("FooApp shop/shop")),
        (vec![pod(of_other), app(Some(of_other)), other(Some(of_app))], Some("BarApp shop/bar")),
    ];
    for (objects, expected) in table {
        assert_eq!(of_first(&objects).as_deref(), expected, "{objects:#?}");
    }
}

#[test]
fn static_pods_and_generated_names_are_one_workload() {
    let mut mirror = object("v1", "Pod", "etcd-node1.example", Some("v1 Node Node1.example uid-n"));
    mirror["metadata"]["annotations"] = json!({"kubernetes.io/config.mirror": "x"});
    mirror["spec"]["nodeName"] = json!("Node1.example");
    assert_eq!(of_first(&[mirror]).as_deref(), Some("Pod shop/etcd (not read)"));
    let mut job = object("batch/v1", "Job", "import-x7k2p", None);
    job["metadata"]["generateName"] = json!("import-");
    assert_eq!(of_first(std::slice::from_ref(&job)).as_deref(), Some("Job shop/import-* (not read)"));
    job["metadata"]["name"] = json!("chosen");
    assert_eq!(of_first(&[job]), None);
}

#[test]
fn what_has_ended_is_past_where_its_owner_tells_what_will_run() {
    let of_job = Some("batch/v1 Job backup-1 uid-backup-1");
    let of_cron = Some("batch/v1 CronJob backup uid-backup");
    let cron = || object("batch/v1", "CronJob", "backup", None);
    let ended = |mut object: Value, status: Value| {
        object["status"] = status;
        object
    };
    let pod = |phase: &str| ended(object("v1", "Pod", "p", of_job), json!({"phase": phase}));
    let job = |owner| object("batch/v1", "Job", "backup-1", owner);
    let done = json!({"conditions": [{"type": "Complete", "status": "True"}]});
    let mut old = object("apps/v1", "ReplicaSet", "web-1", Some("apps/v1 Deployment web uid-web"));
    old["spec"]["replicas"] = json!(0);
    let table = [
        (vec![pod("Succeeded"), job(None)], true),
        (vec![pod("Failed"), job(None)], true),
        (vec![pod("Running"), job(None)], false),
        (vec![pod("Succeeded")], false),
        (vec![ended(job(of_cron), done.clone()), cron()], true),
        (vec![job(of_cron), cron()], false),
        (vec![ended(job(of_cron), done)], false),
        (vec![old.clone(), object("apps/v1", "Deployment", "web", None)], true),
        (vec![old], false),
    ];
    for (objects, expected) in table {
        let snapshot = snapshot(&objects);
        let workload = snapshot.workload_of(0).unwrap();
        assert_eq!(snapshot.is_past(&snapshot.objects[0], &workload), expected, "{objects:#?}");
    }
}
