//! Every kind that embeds pods, with its pods.

use std::collections::BTreeSet;
use std::path::PathBuf;

use seawall_yaml::Limits;

use super::EMBEDDINGS;
use crate::{PodView, Provenance, Snapshot};

const POD_SPEC: &str =
    "{initContainers: [{name: i}], containers: [{name: a}, {name: b}], ephemeralContainers: [{name: e}]}";

/// Kinds with a whole pod template: group/version, kind, and the object with `SPEC` where the pod spec stands.
const WHOLE: &[(&str, &str, &str, &str)] = &[
    ("v1", "Pod", "spec: SPEC", "spec"),
    ("v1", "PodTemplate", "template: {spec: SPEC}", "template.spec"),
    ("v1", "ReplicationController", "spec: {template: {spec: SPEC}}", "spec.template.spec"),
    ("apps/v1", "Deployment", "spec: {template: {spec: SPEC}}", "spec.template.spec"),
    ("apps/v1beta2", "StatefulSet", "spec: {template: {spec: SPEC}}", "spec.template.spec"),
    ("apps/v1", "DaemonSet", "spec: {template: {spec: SPEC}}", "spec.template.spec"),
    ("apps/v1", "ReplicaSet", "spec: {template: {spec: SPEC}}", "spec.template.spec"),
    ("extensions/v1beta1", "Deployment", "spec: {template: {spec: SPEC}}", "spec.template.spec"),
    ("extensions/v1beta1", "DaemonSet", "spec: {template: {spec: SPEC}}", "spec.template.spec"),
    ("extensions/v1beta1", "ReplicaSet", "spec: {template: {spec: SPEC}}", "spec.template.spec"),
    ("batch/v1", "Job", "spec: {template: {spec: SPEC}}", "spec.template.spec"),
    (
        "batch/v1beta1",
        "CronJob",
        "spec: {jobTemplate: {spec: {template: {spec: SPEC}}}}",
        "spec.jobTemplate.spec.template.spec",
    ),
    ("argoproj.io/v1alpha1", "Rollout", "spec: {template: {spec: SPEC}}", "spec.template.spec"),
    ("serving.knative.dev/v1", "Service", "spec: {template: {spec: SPEC}}", "spec.template.spec"),
    ("serving.knative.dev/v1", "Configuration", "spec: {template: {spec: SPEC}}", "spec.template.spec"),
    ("agents.x-k8s.io/v1alpha1", "Sandbox", "spec: {podTemplate: {spec: SPEC}}", "spec.podTemplate.spec"),
    (
        "extensions.agents.x-k8s.io/v1alpha1",
        "SandboxTemplate",
        "spec: {podTemplate: {spec: SPEC}}",
        "spec.podTemplate.spec",
    ),
    ("apps.openshift.io/v1", "DeploymentConfig", "spec: {template: {spec: SPEC}}", "spec.template.spec"),
];

/// Kinds with containers under names of their own: the object, and the containers' paths and names.
type Parts = (&'static str, &'static str, &'static str, &'static [&'static str]);
const PARTS: &[Parts] = &[
    (
        "tekton.dev/v1",
        "Task",
        "spec: {steps: [{name: s}, {name: t}], sidecars: [{name: c}]}",
        &["spec.steps[0] s", "spec.steps[1] t", "spec.sidecars[0] c"],
    ),
    ("tekton.dev/v1beta1", "ClusterTask", "spec: {steps: [{name: s}]}", &["spec.steps[0] s"]),
    ("tekton.dev/v1", "TaskRun", "spec: {taskSpec: {steps: [{name: s}]}}", &["spec.taskSpec.steps[0] s"]),
    ("tekton.dev/v1", "TaskRun", "spec: {taskRef: {name: build}}", &[]),
    (
        "tekton.dev/v1",
        "Pipeline",
        "spec: {tasks: [{taskRef: {name: a}}, {taskSpec: {steps: [{name: s}]}}], finally: [{taskSpec: {steps: [{name: f}]}}]}",
        &["spec.tasks[1].taskSpec.steps[0] s", "spec.finally[0].taskSpec.steps[0] f"],
    ),
    (
        "tekton.dev/v1",
        "PipelineRun",
        "spec: {pipelineSpec: {tasks: [{taskSpec: {steps: [{name: s}]}}], finally: [{taskSpec: {steps: [{name: f}]}}]}}",
        &[
            "spec.pipelineSpec.tasks[0].taskSpec.steps[0] s",
            "spec.pipelineSpec.finally[0].taskSpec.steps[0] f",
        ],
    ),
    (
        "argoproj.io/v1alpha1",
        "Workflow",
        "spec: {templates: [{container: {image: x}}, {script: {name: go}, sidecars: [{name: c}], initContainers: [{name: i}]}, {steps: []}]}",
        &[
            "spec.templates[0].container container",
            "spec.templates[1].initContainers[0] i",
            "spec.templates[1].script go",
            "spec.templates[1].sidecars[0] c",
        ],
    ),
    (
        "argoproj.io/v1alpha1",
        "WorkflowTemplate",
        "spec: {templates: [{container: {name: a}}]}",
        &["spec.templates[0].container a"],
    ),
    (
        "argoproj.io/v1alpha1",
        "ClusterWorkflowTemplate",
        "spec: {templates: [{container: {name: a}}]}",
        &["spec.templates[0].container a"],
    ),
    (
        "argoproj.io/v1alpha1",
        "CronWorkflow",
        "spec: {workflowSpec: {templates: [{container: {name: a}}]}}",
        &["spec.workflowSpec.templates[0].container a"],
    ),
    // Same kind, other group: nothing of theirs is a pod.
    ("networking.example/v1", "Deployment", "spec: {template: {spec: {containers: [{name: a}]}}}", &[]),
    ("v1", "Service", "spec: {template: {spec: {containers: [{name: a}]}}}", &[]),
];

fn read(api_version: &str, kind: &str, rest: &str) -> Snapshot {
    let text = format!("apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: a}}\n{rest}\n");
    let reading =
        crate::read(PathBuf::from("a.yaml"), text.as_bytes(), Provenance::Verbatim, &Limits::default());
    let snapshot = Snapshot::assemble(vec![reading], vec![], vec![], vec![]);
    assert!(snapshot.problems.is_empty(), "{text}: {:?}", snapshot.problems);
    snapshot
}

fn containers(snapshot: &Snapshot) -> Vec<String> {
    let pods = snapshot.objects.iter().flat_map(|object| snapshot.pods_of(object));
    let containers = pods.flat_map(|pod: PodView<'_>| pod.containers());
    containers.map(|container| format!("{} {}", container.place(), container.name())).collect()
}

#[test]
fn whole_templates_are_found_where_each_kind_has_them() {
    for (api_version, kind, rest, path) in WHOLE {
        let snapshot = read(api_version, kind, &rest.replace("SPEC", POD_SPEC));
        let expected =
            ["initContainers[0] i", "containers[0] a", "containers[1] b", "ephemeralContainers[0] e"];
        assert_eq!(
            containers(&snapshot),
            expected.map(|one| format!("{path}.{one}")),
            "{api_version} {kind}"
        );
        let [template] = snapshot.objects[0].pods.as_ref() else { panic!("{kind}: one pod") };
        assert_eq!(template.partial, None, "{kind}");
        let around = template.controller.as_ref().map(|controller| controller.path.to_string());
        let above = path.strip_suffix(".template.spec").or_else(|| path.strip_suffix(".podTemplate.spec"));
        let expected = above.map(str::to_owned);
        assert_eq!(around, expected, "{kind}: what manages it");
    }
}

#[test]
fn containers_under_other_names_are_found_as_parts() {
    for (api_version, kind, rest, expected) in PARTS {
        let snapshot = read(api_version, kind, rest);
        assert_eq!(containers(&snapshot), *expected, "{api_version} {kind}");
        assert!(snapshot.objects[0].pods.iter().all(|pod| pod.partial.is_some()), "{kind}");
    }
}

#[test]
fn every_kind_is_tested() {
    let group = |api_version: &'static str| api_version.split_once('/').map_or("", |(group, _)| group);
    let whole = WHOLE.iter().map(|(api_version, kind, ..)| (group(api_version), *kind));
    let tested: BTreeSet<_> = whole.chain(PARTS.iter().map(|row| (group(row.0), row.1))).collect();
    for embedding in EMBEDDINGS {
        assert!(
            tested.contains(&(embedding.group, embedding.kind)),
            "{} {}",
            embedding.group,
            embedding.kind
        );
    }
}

#[test]
fn what_is_missing_or_null_embeds_nothing() {
    for (kind, rest) in [
        ("Deployment", ""),
        ("Deployment", "spec: null"),
        ("Deployment", "spec: {}"),
        ("Deployment", "spec: {template: null}"),
        ("Deployment", "spec: {template: {metadata: {}}}"),
        ("Deployment", "spec: [template]"),
    ] {
        let text = format!("apiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: a}}\n{rest}\n");
        let reading =
            crate::read(PathBuf::from("a.yaml"), text.as_bytes(), Provenance::Verbatim, &Limits::default());
        assert_eq!(reading.objects.len(), 1, "{text}");
        assert!(reading.objects[0].pods.iter().all(|pod| pod.spec.containers.is_empty()), "{text}");
    }
}
