//! `seawall drift --dry-run=server`: what the API server makes of the files is what the cluster is held against.

use std::path::Path;
use std::time::{Duration, Instant};

use seawall_rig::ApiServer;
use serde_json::Value;

use crate::drift::{WRITTEN, fields, names};
use crate::{seawall, server, stderr, stdout};

/// How long an API server may take to serve what was defined.
const PATIENCE: Duration = Duration::from_secs(60);

/// A kind with a default of its own, and an admission policy that changes Deployments: neither stands in a table.
const DEFINED: &str = r"
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: scaledobjects.keda.sh}
spec:
  group: keda.sh
  scope: Namespaced
  names: {plural: scaledobjects, kind: ScaledObject}
  versions:
  - name: v1alpha1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties:
              scaleTargetRef: {type: object, x-kubernetes-preserve-unknown-fields: true}
              maxReplicaCount: {type: integer, default: 7}
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata: {name: no-tokens}
spec:
  failurePolicy: Fail
  reinvocationPolicy: Never
  matchConstraints:
    resourceRules:
    - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments]}
  mutations:
  - patchType: ApplyConfiguration
    applyConfiguration:
      expression: >-
        Object{spec: Object.spec{template: Object.spec.template{spec: Object.spec.template.spec{automountServiceAccountToken: false}}}}
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicyBinding
metadata: {name: no-tokens}
spec: {policyName: no-tokens}
";

const FILES: &str = r"
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: web, namespace: default}
spec: {scaleTargetRef: {name: other}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: default}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: c, image: 'registry.example/a:1'}]
---
apiVersion: v1
kind: Secret
metadata: {name: keys, namespace: default}
stringData: {password: PLANTED-f8Qz1}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: default}
spec: {type: NodePort, selector: {app: web}, ports: [{port: 80, nodePort: 30080}]}
";

fn drift(folder: &Path, kubeconfig: &Path, more: &[&str]) -> Value {
    let arguments = [&["drift", "all.yaml", "--cluster", "-o", "json"], more].concat();
    let output = seawall(folder, kubeconfig, &arguments);
    let text = stdout(&output);
    assert!(!text.contains("PLANTED") && !stderr(&output).contains("PLANTED"), "{text}");
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}{}", stderr(&output)))
}

/// Which fields differ, without places.
fn differences(found: &Value) -> Vec<String> {
    let changed = found["differs"].as_array().unwrap().iter();
    let fields = changed.flat_map(|changed| {
        let kind = changed["object"]["kind"].as_str().unwrap();
        let fields = changed["fields"].as_array().unwrap().iter();
        fields.map(move |field| {
            let [path, file, cluster] = ["path", "file", "cluster"].map(|key| field[key].as_str().unwrap());
            format!("{kind} {path}: {file} -> {cluster}")
        })
    });
    let mut fields: Vec<String> = fields.collect();
    fields.sort();
    fields
}

/// Applies the files once admission does what its policy says.
fn apply(server: &ApiServer) {
    server.kubectl(&["apply", "-f", "-"], DEFINED).unwrap();
    server.wait_for_definitions().unwrap();
    let token = "-o=jsonpath={.spec.template.spec.automountServiceAccountToken}";
    let end = Instant::now() + PATIENCE;
    let probe = ["create", "deployment", "probe", "--image=a", "--dry-run=server", token];
    while server.kubectl(&probe, "").unwrap() != "false" {
        assert!(Instant::now() < end, "the policy is not in force");
    }
    server.kubectl(&["apply", "-f", "-"], FILES).unwrap();
}

#[test]
fn what_definitions_and_admission_fill_in_is_no_difference() {
    let (server, kubeconfig) = server();
    apply(&server);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("all.yaml"), FILES).unwrap();
    // Neither is known to the table.
    let filled_in = [
        "Deployment spec.template.spec.automountServiceAccountToken: nothing -> false",
        "ScaledObject spec.maxReplicaCount: nothing -> 7",
    ];
    let by_table = drift(folder.path(), &kubeconfig, &[]);
    assert_eq!(differences(&by_table), filled_in);
    assert_eq!(by_table["dryRun"], Value::Null);

    let versions = || server.kubectl(&["get", "-f", "-", "-o", "json"], FILES).unwrap();
    let before = versions();
    let mut found = drift(folder.path(), &kubeconfig, &["--dry-run=server"]);
    let end = Instant::now() + PATIENCE;
    // What was just defined is described a moment later.
    while found["dryRun"]["made"] != 3 {
        assert!(Instant::now() < end, "{found}");
        found = drift(folder.path(), &kubeconfig, &["--dry-run=server"]);
    }
    assert_eq!(differences(&found), Vec::<String>::new());
    // The port is taken, by the Service itself: it is compared by the table, and that is said.
    let refused = &found["dryRun"]["refused"];
    assert_eq!(names(refused), ["Service web"], "{refused}");
    let why = refused[0]["why"].as_str().unwrap();
    assert!(why.starts_with("HTTP status 422 (Invalid: spec.ports"), "{why}");
    let text =
        stdout(&seawall(folder.path(), &kubeconfig, &["drift", "all.yaml", "--cluster", "--dry-run=server"]));
    assert!(text.contains("compared without a dry run: Service default/web: HTTP status 422"), "{text}");

    // Nothing was made: the API server was asked for nothing but reading and dry runs.
    assert_eq!(versions(), before);
    let requests = server.audit().unwrap();
    let (read, other): (Vec<_>, Vec<_>) = requests
        .iter()
        .filter(|event| event.user == "reader")
        .partition(|event| matches!(&*event.verb, "get" | "list"));
    assert!(!read.is_empty() && !other.is_empty());
    for event in other {
        assert!(event.verb == "create" && event.request_uri.contains("?dryRun=All&"), "{event:?}");
    }
    let made = server
        .kubectl(&["get", "deployments,secrets,services,scaledobjects.keda.sh", "-A", "-o", "name"], "")
        .unwrap();
    assert!(!made.contains("seawall-"), "{made}");

    // What somebody has added beside the file is a difference, and what admission would do now too.
    let patch = r#"{"spec":{"template":{"spec":{"automountServiceAccountToken":null,
        "containers":[{"name":"c","securityContext":{"privileged":true}}]}}}}"#;
    server.kubectl(&["patch", "deployment", "web", "-p", patch], "").unwrap();
    let found = drift(folder.path(), &kubeconfig, &["--dry-run=server"]);
    assert_eq!(
        differences(&found),
        [
            "Deployment spec.template.spec.automountServiceAccountToken: false -> nothing",
            "Deployment spec.template.spec.containers[0].securityContext: nothing -> {\"privileged\":true}",
        ]
    );
}

#[test]
fn who_may_not_ask_has_the_table() {
    let (server, kubeconfig) = server();
    apply(&server);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("all.yaml"), FILES).unwrap();
    let role = stdout(&seawall(folder.path(), &kubeconfig, &["cluster", "rbac", "--user", "jane"]));
    server.kubectl(&["apply", "-f", "-"], role).unwrap();
    let end = Instant::now() + PATIENCE;
    let found = loop {
        let found = drift(folder.path(), &kubeconfig, &["--as", "jane", "--dry-run=server"]);
        if found["compared"].as_u64() > Some(3) {
            break found;
        }
        assert!(Instant::now() < end, "{found}");
    };
    assert_eq!(found["dryRun"]["made"], 0, "{found}");
    let refused = found["dryRun"]["refused"].as_array().unwrap();
    assert_eq!(refused.len(), 4, "{found}");
    let forbidden = |refused: &&Value| refused["why"] == "HTTP status 403 (Forbidden)";
    assert!(refused.iter().filter(forbidden).count() >= 3, "{found}");
    assert_eq!(differences(&found), differences(&drift(folder.path(), &kubeconfig, &[])));
}

#[test]
fn every_kind_that_is_applied_differs_in_nothing_but_what_admission_would_do_now() {
    let (server, kubeconfig) = server();
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("deploy")).unwrap();
    std::fs::write(folder.path().join("deploy/all.yaml"), WRITTEN).unwrap();
    server.kubectl(&["apply", "-f", "-"], WRITTEN).unwrap();
    let arguments = ["drift", "deploy", "--cluster", "-o", "json", "--dry-run=server"];
    let output = seawall(folder.path(), &kubeconfig, &arguments);
    let found: Value = serde_json::from_str(&stdout(&output)).unwrap();
    // The LimitRange came behind the pod: what it would give it now, the pod does not have.
    let now = "Pod alone spec.containers[0].resources.limits.cpu: \"2\" -> nothing at `limits:`";
    assert_eq!(fields(&found), [now]);
    assert_eq!(names(&found["dryRun"]["refused"]), Vec::<String>::new(), "{found}");
    assert!(found["dryRun"]["made"].as_u64().unwrap() > 20, "{found}");
}
