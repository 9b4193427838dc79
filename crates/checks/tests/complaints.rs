//! What users of other scanners have complained about as false findings does not happen here. Each case names the complaint.

#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

mod text;

use seawall_engine::{Config, Selection};
use seawall_finding::Profile;
use text::snapshot;

/// Names of the checks that fail, in the profile that runs all.
fn found(text: &str) -> Vec<&'static str> {
    let snapshot = snapshot(text);
    assert!(snapshot.problems.is_empty(), "{:?}\n{text}", snapshot.problems);
    let selection = Selection { profile: Some(Profile::All), ..Selection::default() };
    let plan = seawall_engine::plan(&Config::default(), &selection, &seawall_checks::all()).unwrap();
    let report = seawall_engine::evaluate(&snapshot, &plan);
    let mut names: Vec<&str> = report.active().map(|reported| reported.finding.check.name).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// aquasecurity/trivy#4922, #8635, #5679, defsec#606: checks of pods that fail Services, Roles, ConfigMaps and all else.
#[test]
fn checks_of_pods_say_nothing_about_other_kinds() {
    for object in [
        "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {type: ClusterIP, selector: {app: a}, ports: [{port: 80}]}\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: default}\ndata: {spec: 'containers: []'}\n",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ntype: Opaque\n",
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: a, labels: {pod-security.kubernetes.io/enforce: baseline}}\n",
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a, namespace: a}\nautomountServiceAccountToken: false\n",
        "apiVersion: v1\nkind: LimitRange\nmetadata: {name: a}\nspec: {limits: [{type: Container, default: {memory: 1Gi}}]}\n",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: a}\nrules: [{apiGroups: [''], resources: [pods], verbs: [get]}]\n",
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\nspec: {podSelector: {}}\n",
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a.b.c}\nspec: {group: b.c, versions: [{name: v1, schema: {openAPIV3Schema: {properties: {spec: {properties: {containers: {type: array}}}}}}}]}\n",
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n",
    ] {
        assert_eq!(found(object), Vec::<&str>::new(), "{object}");
    }
}

/// bridgecrewio/checkov#3510: kinds of Argo CD taken for Argo Workflows, by their group.
#[test]
fn kinds_of_argo_cd_run_nothing() {
    let application = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec: {project: default, source: {repoURL: 'https://git.example/a', path: a}, destination: {namespace: default}}\n";
    let set = "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: a}\nspec: {generators: [{list: {elements: []}}], template: {metadata: {name: x}, spec: {project: default}}}\n";
    for object in [application, set] {
        assert_eq!(found(object), Vec::<&str>::new(), "{object}");
    }
}

/// A workload of `kind` whose one container (and init container) serves and has no probe.
fn without_probes(api_version: &str, kind: &str, before: &str, indent: usize) -> String {
    let spec = "template:\n  spec:\n    RESTART\n    initContainers:\n    - {name: init, image: 'a:1', ports: [{containerPort: 1}]}\n    containers:\n    - {name: app, image: 'a:1', ports: [{containerPort: 8080}]}\n";
    let spec =
        spec.replace("RESTART", if kind.ends_with("Job") { "restartPolicy: Never" } else { "hostname: a" });
    let spec: String = spec.lines().map(|line| format!("{}{line}\n", " ".repeat(indent))).collect();
    format!("apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: a}}\nspec:\n{before}{spec}")
}

/// bridgecrewio/checkov#4807, stackrox/kube-linter#261, zegl/kube-score#108: probes asked of init containers, Jobs, CronJobs.
#[test]
fn probes_are_asked_of_what_serves_alone() {
    let asks = |text: &str| found(text).iter().filter(|name| name.ends_with("-probe-missing")).count();
    assert_eq!(asks(&without_probes("apps/v1", "Deployment", "", 2)), 2);
    assert_eq!(asks(&without_probes("batch/v1", "Job", "", 2)), 0);
    assert_eq!(
        asks(&without_probes("batch/v1", "CronJob", "  schedule: '@daily'\n  jobTemplate:\n    spec:\n", 6)),
        0
    );
    let init_alone = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  initContainers: [{name: init, image: 'a:1', ports: [{containerPort: 1}]}]\n  containers: [{name: app, image: 'a:1'}]\n";
    assert_eq!(
        asks(init_alone),
        0,
        "a program without ports serves nobody, and an init container does not run on"
    );
}

/// bridgecrewio/checkov#3910: the namespace `default` found in every chart, because charts are rendered without one.
#[test]
fn a_namespace_that_is_not_given_is_not_the_default_one() {
    let pod = |namespace: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: a{namespace}}}\nspec: {{containers: [{{name: a, image: 'a:1'}}]}}\n"
        )
    };
    assert!(!found(&pod("")).contains(&"default-namespace"));
    assert!(found(&pod(", namespace: default")).contains(&"default-namespace"));
}

/// aquasecurity/trivy#4604, #9329: findings about capabilities and security contexts although the manifest is right.
#[test]
fn a_right_security_context_is_right() {
    let text = "apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
  containers:
  - name: a
    image: 'a:1'
    securityContext:
      allowPrivilegeEscalation: false
      capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}
";
    let about_capabilities: Vec<&str> = found(text)
        .into_iter()
        .filter(|name| name.contains("capabilit") || name.contains("seccomp"))
        .collect();
    assert_eq!(about_capabilities, Vec::<&str>::new());
}

/// A limit that the namespace gives is a limit: the field's scanners ask each container for what a LimitRange sets.
#[test]
fn defaults_of_a_limit_range_count() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: NS}\nspec: {containers: [{name: a, image: 'a:1'}]}\n";
    let range = "---\napiVersion: v1\nkind: LimitRange\nmetadata: {name: a, namespace: shop}\nspec:\n  limits:\n  - {type: Container, default: {memory: 1Gi}, max: {cpu: '2'}, defaultRequest: {cpu: 100m}}\n";
    let asks = |namespace: &str| -> Vec<&str> {
        let names = found(&format!("{}{range}", pod.replace("NS", namespace)));
        names.into_iter().filter(|name| name.starts_with("memory-") || name.starts_with("cpu-")).collect()
    };
    assert_eq!(asks("shop"), Vec::<&str>::new());
    assert_eq!(asks("other"), ["cpu-request-missing", "memory-limit-missing"]);
}

/// What a Task leaves to its TaskRun is not missing, and a step has no fields of a pod.
#[test]
fn a_part_of_a_pod_is_not_asked_for_the_rest() {
    let task = "apiVersion: tekton.dev/v1\nkind: Task\nmetadata: {name: a}\nspec:\n  steps:\n  - {name: build, image: 'a:1', script: make}\n";
    let names = found(task);
    for name in [
        "user-namespace-missing",
        "priority-class-missing",
        "naked-pod",
        "possible-root-user",
        "undeclared-volume",
        "apparmor-profile-missing",
    ] {
        assert!(!names.contains(&name), "{name} of {names:?}");
    }
}

/// An image that something else fills in is neither a tag that moves nor a name that cannot be parsed.
#[test]
fn a_placeholder_is_no_image() {
    for image in ["${IMAGE}", "$(params.image)", "{{ .image }}", "<your-image>", ""] {
        let text = format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {{containers: [{{name: a, image: '{image}'}}]}}\n"
        );
        let about_images: Vec<&str> = found(&text)
            .into_iter()
            .filter(|name| name.contains("image") || name.contains("registry"))
            .collect();
        assert_eq!(about_images, Vec::<&str>::new(), "{image}");
    }
}
