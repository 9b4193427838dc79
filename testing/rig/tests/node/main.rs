//! The node of the rig runs pods of every origin, and enforces policies.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop at the first surprise")]

mod machine;
mod origins;
mod policies;

use std::process::ExitCode;

use seawall_rig::{Cluster, Image, NodeTest, PROBE_IMAGE, Tool, run_node_tests, tool};
use serde_json::{Value, json};

/// How long a pod may take to run.
const PATIENCE: &str = "--timeout=180s";

fn main() -> ExitCode {
    if machine::is_to_be_killed() {
        return machine::be_killed();
    }
    run_node_tests(&[
        ("pods_of_every_origin_run", origins::pods_of_every_origin_run as NodeTest),
        ("policies_are_enforced", policies::policies_are_enforced),
        ("images_are_what_was_imported", images_are_what_was_imported),
        ("the_kubelet_asks_who_comes", the_kubelet_asks_who_comes),
        ("the_machine_is_as_it_was", machine::the_machine_is_as_it_was),
    ])
}

/// A namespace for one test.
fn namespace(name: &str, cluster: &Cluster) {
    cluster.kubectl(&["create", "namespace", name], "").unwrap();
    cluster.kubectl(&["wait", "--for=create", "serviceaccount/default", "-n", name, PATIENCE], "").unwrap();
}

fn create(namespace: &str, object: &Value, cluster: &Cluster) {
    cluster.kubectl(&["create", "-n", namespace, "-f", "-"], object.to_string()).unwrap();
}

fn ready(namespace: &str, what: &str, cluster: &Cluster) {
    cluster.kubectl(&["wait", "--for=create", what, "-n", namespace, PATIENCE], "").unwrap();
    cluster.kubectl(&["wait", "--for=condition=Ready", what, "-n", namespace, PATIENCE], "").unwrap();
}

fn container(name: &str, arguments: &[&str]) -> Value {
    json!({"name": name, "image": PROBE_IMAGE, "args": arguments})
}

fn pod(name: &str, arguments: &[&str]) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": {"terminationGracePeriodSeconds": 1, "containers": [container("main", arguments)]},
    })
}

fn images_are_what_was_imported(cluster: &Cluster) {
    let space = "images";
    namespace(space, cluster);
    let probe = tool(Tool::Probe).unwrap();
    let files = [(probe.as_path(), "/bin/waiter")];
    let reference = "seawall.test/waiter:7";
    let image = Image { reference, files: &files, entrypoint: &["/bin/waiter", "sleep"] };
    let digest = cluster.import(&image).unwrap();
    let mut waiter = pod("waiter", &[]);
    *waiter.pointer_mut("/spec/containers/0/image").unwrap() = json!(reference);
    create(space, &waiter, cluster);
    ready(space, "pod/waiter", cluster);
    let id = "--output=jsonpath={.status.containerStatuses[0].imageID}";
    let id = cluster.kubectl(&["get", "pod/waiter", "-n", space, id], "").unwrap();
    assert_eq!(id, format!("seawall.test/waiter@{digest}"));

    let mut absent = pod("absent", &[]);
    *absent.pointer_mut("/spec/containers/0/image").unwrap() = json!("seawall.test/absent:1");
    create(space, &absent, cluster);
    let waiting = "--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=ErrImagePull";
    cluster.kubectl(&["wait", waiting, "pod/absent", "-n", space, PATIENCE], "").unwrap();
}

/// Its port is open to the pods of a real cluster, too; what it lets through is what the API server allows.
fn the_kubelet_asks_who_comes(cluster: &Cluster) {
    let anonymous =
        cluster.command("curl").unwrap().args(["-sk", "https://10.99.0.1:10250/pods"]).output().unwrap();
    assert_eq!(String::from_utf8(anonymous.stdout).unwrap().trim(), "Unauthorized");
    let pods = cluster.kubectl(&["get", "--raw", "/api/v1/nodes/node/proxy/pods"], "").unwrap();
    assert!(pods.contains("\"kind\":\"PodList\""), "{pods}");
}
