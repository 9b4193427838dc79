//! What is wrong in an object is a problem at its place, and the rest of the object is still read.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

use std::path::PathBuf;

use seawall_inventory::{Place, Provenance, Reading, Weight};
use seawall_yaml::{Limits, LineIndex};

fn read(text: &str) -> Reading {
    seawall_inventory::read(
        PathBuf::from("a.yaml"),
        text.as_bytes(),
        Provenance::Verbatim,
        &Limits::default(),
    )
}

/// Problems as `line code: message`.
fn problems(reading: &Reading) -> Vec<String> {
    let text = &reading.file.text.get();
    let lines = LineIndex::new(text);
    let told = reading.problems.iter().map(|problem| {
        let Place::Span { span, .. } = &problem.place else { panic!("a place in the text") };
        assert_eq!(problem.weight, Weight::Incomplete);
        assert!(!problem.help.is_empty());
        format!("{} {}: {}", lines.position(text, span.start).line, problem.code, problem.message)
    });
    told.collect()
}

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  hostPID: true\n";

#[test]
fn a_wrong_type_is_a_problem_at_its_line() {
    for (rest, expected) in [
        ("  hostNetwork: 'true'\n", "7 wrong-type: string where Kubernetes expects boolean"),
        ("  hostNetwork: 1\n", "7 wrong-type: integer where Kubernetes expects boolean"),
        ("  containers: {name: a}\n", "7 wrong-type: mapping where Kubernetes expects list"),
        ("  containers:\n  - a\n", "8 wrong-type: string where Kubernetes expects object"),
        ("  containers:\n  - name: 5\n", "8 wrong-type: integer where Kubernetes expects string"),
        (
            "  containers:\n  - name: a\n    ports:\n    - containerPort: '80'\n",
            "10 wrong-type: string where Kubernetes expects integer",
        ),
        (
            "  securityContext:\n    runAsUser: root\n",
            "8 wrong-type: string where Kubernetes expects integer",
        ),
        ("  securityContext:\n    runAsUser: 1.5\n", "8 wrong-type: number where Kubernetes expects integer"),
        ("  nodeSelector: [a]\n", "7 wrong-type: sequence where Kubernetes expects map of strings"),
        ("  nodeSelector:\n    disk: true\n", "8 wrong-type: boolean where Kubernetes expects string"),
        (
            "  containers:\n  - resources:\n      limits:\n        memory: [1]\n",
            "10 wrong-type: sequence where Kubernetes expects quantity",
        ),
        (
            "  containers:\n  - livenessProbe:\n      httpGet:\n        port: true\n",
            "10 wrong-type: boolean where Kubernetes expects integer or string",
        ),
        ("  volumes:\n  - hostPath: /etc\n", "8 wrong-type: string where Kubernetes expects object"),
    ] {
        let reading = read(&format!("{POD}{rest}"));
        assert_eq!(problems(&reading), [expected], "{rest}");
        let object = &reading.objects[0];
        assert!(object.malformed, "{rest}");
        assert_eq!(object.pods[0].spec.host_pid, Some(true), "the rest is read: {rest}");
    }
}

#[test]
fn null_is_absence() {
    let reading = read(&format!(
        "{POD}  hostNetwork: null\n  hostIPC: ~\n  nodeSelector:\n  securityContext: {{runAsUser: null, supplementalGroups: }}\n  containers:\n  - name: a\n    env:\n    ports: null\n    resources:\n      limits: {{memory: null}}\n  volumes:\n  - name: v\n    emptyDir:\n"
    ));
    assert_eq!(problems(&reading), Vec::<String>::new());
    let spec = &reading.objects[0].pods[0].spec;
    assert_eq!((spec.host_network, spec.host_ipc, spec.node_selector.is_empty()), (None, None, true));
    let context = spec.security_context.as_ref().unwrap();
    assert_eq!((context.run_as_user, context.supplemental_groups.len()), (None, 0));
    let container = &spec.containers[0];
    assert!(container.env.is_empty() && container.ports.is_empty());
    assert_eq!(container.resources.as_ref().unwrap().limits.get("memory"), None);
    assert!(spec.volumes[0].empty_dir.is_none() && spec.volumes[0].sources.is_empty());
}

/// `apiVersion kind name @ path` of each object.
fn objects(reading: &Reading) -> Vec<String> {
    let told = reading.objects.iter().map(|object| {
        format!("{} {} {} @ {}", object.api_version, object.kind, object.metadata.name, object.origin.path)
    });
    told.collect()
}

#[test]
fn lists_are_taken_apart() {
    for (text, expected) in [
        (
            "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n- {apiVersion: apps/v1, kind: Deployment, metadata: {name: b}}\n",
            &["v1 Pod a @ items[0]", "apps/v1 Deployment b @ items[1]"][..],
        ),
        // Items of a typed list need not say what they are.
        (
            "apiVersion: apps/v1\nkind: DeploymentList\nitems:\n- metadata: {name: a}\n- {apiVersion: v1, kind: Pod, metadata: {name: b}}\n",
            &["apps/v1 Deployment a @ items[0]", "v1 Pod b @ items[1]"],
        ),
        (
            "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: PodList\n  items:\n  - metadata: {name: a}\n",
            &["v1 Pod a @ items[0].items[0]"],
        ),
        ("apiVersion: v1\nkind: List\nitems: []\n", &[]),
        // Not a list: `items` is a field of its own.
        ("apiVersion: a.b/v1\nkind: Menu\nmetadata: {name: a}\nitems: [soup]\n", &["a.b/v1 Menu a @ "]),
    ] {
        let reading = read(text);
        assert_eq!(problems(&reading), Vec::<String>::new(), "{text}");
        assert_eq!(objects(&reading), expected, "{text}");
    }
}

#[test]
fn what_is_no_object_is_skipped_or_told() {
    for (text, objects_found, skipped, told) in [
        ("name: ci\non: push\n", 0, 1, &[][..]),
        ("- a\n", 0, 1, &[]),
        ("# nothing\n", 0, 0, &[]),
        (
            "kind: Pod\nmetadata: {name: a}\n",
            0,
            0,
            &["1 not-an-object: looks like a Kubernetes object, but `apiVersion` is missing or not a string"],
        ),
        (
            "apiVersion: v1\nmetadata: {name: a}\n",
            0,
            0,
            &["1 not-an-object: looks like a Kubernetes object, but `kind` is missing or not a string"],
        ),
        ("kind: pipeline\nname: x\n", 0, 1, &[]),
        (
            "apiVersion: v1\nkind: List\nitems:\n- metadata: {name: a}\n- {apiVersion: v1, kind: Pod, metadata: {name: b}}\n",
            1,
            0,
            &["4 not-an-object: an item of this List has no apiVersion and kind"],
        ),
    ] {
        let reading = read(text);
        assert_eq!(reading.objects.len(), objects_found, "{text}");
        assert_eq!(reading.skipped.len(), skipped, "{text}");
        assert_eq!(problems(&reading), told, "{text}");
    }
}
