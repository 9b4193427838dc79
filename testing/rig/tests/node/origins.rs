//! Pods of controllers, of the kubelet and of users, with containers that were added.

use seawall_rig::{Cluster, PROBE_IMAGE};
use serde_json::{Value, json};

use crate::{PATIENCE, container, create, namespace, pod, ready};

pub(crate) fn pods_of_every_origin_run(cluster: &Cluster) {
    let space = "origins";
    namespace(space, cluster);
    let template = |containers: Value, extra: Value| {
        let mut spec = json!({"terminationGracePeriodSeconds": 1, "containers": containers});
        spec.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        json!({"metadata": {"labels": {"app": "web"}}, "spec": spec})
    };
    let sleep = container("main", &["sleep"]);
    let mut sidecar = container("sidecar", &["sleep"]);
    sidecar.as_object_mut().unwrap().insert("restartPolicy".to_owned(), json!("Always"));
    create(
        space,
        &json!({
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "web"},
            "spec": {
                "replicas": 2,
                "selector": {"matchLabels": {"app": "web"}},
                "template": template(json!([sleep, container("injected", &["sleep"])]), json!({"initContainers": [sidecar]})),
            },
        }),
        cluster,
    );
    create(
        space,
        &json!({
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {"name": "once"},
            "spec": {"template": template(json!([container("main", &["exit", "0"])]), json!({"restartPolicy": "Never"}))},
        }),
        cluster,
    );
    let mut fixed = pod("fixed", &["sleep"]);
    fixed
        .pointer_mut("/metadata")
        .unwrap()
        .as_object_mut()
        .unwrap()
        .insert("namespace".to_owned(), json!(space));
    cluster.static_pod("fixed", &fixed.to_string()).unwrap();

    cluster.kubectl(&["rollout", "status", "deployment/web", "-n", space, PATIENCE], "").unwrap();
    cluster.kubectl(&["wait", "--for=condition=Complete", "job/once", "-n", space, PATIENCE], "").unwrap();
    // The kubelet tells of a static pod by the name of its node.
    ready(space, "pod/fixed-node", cluster);

    create(space, &pod("alone", &["sleep"]), cluster);
    ready(space, "pod/alone", cluster);

    let ephemeral = [
        "debug",
        "alone",
        "--image",
        PROBE_IMAGE,
        "--container=debugger",
        "-n",
        space,
        "--",
        "/probe",
        "sleep",
    ];
    cluster.kubectl(&ephemeral, "").unwrap();
    let running = "--for=jsonpath={.status.ephemeralContainerStatuses[0].state.running}";
    cluster.kubectl(&["wait", running, "pod/alone", "-n", space, PATIENCE], "").unwrap();

    let states = "--output=jsonpath={range .items[*]}{.metadata.ownerReferences[0].kind} \
        {.status.containerStatuses[*].state} {.status.initContainerStatuses[*].state}{\"\\n\"}{end}";
    let states = cluster.kubectl(&["get", "pods", "-n", space, states], "").unwrap();
    let count = |owner: &str, word: &str| {
        states
            .lines()
            .filter(|line| line.starts_with(owner))
            .map(|line| line.matches(word).count())
            .sum::<usize>()
    };
    assert_eq!(count("ReplicaSet", "\"running\""), 2 * 3, "{states}");
    assert_eq!((count("Job", "\"exitCode\":0"), count("Node", "\"running\"")), (1, 1), "{states}");
}
