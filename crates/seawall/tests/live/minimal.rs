//! The least roles of an audit log are enough for a real API server, and no more.

use std::time::{Duration, Instant};

use seawall_rig::ApiServer;
use serde_json::{Value, json};

use super::{seawall, stderr, stdout};

/// How long the API server may take to know what was written to it.
const PATIENCE: Duration = Duration::from_secs(30);

/// A ConfigMap, and a Deployment that uses it.
const OBJECTS: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web}]}
";

/// What jane does, in this order: `kubectl`'s arguments, and what it reads.
const WORK: &[(&[&str], &str)] = &[
    (&["apply", "-f", "-"], OBJECTS),
    (&["apply", "--server-side", "--force-conflicts", "-f", "-"], OBJECTS),
    // A patch that makes what is not there.
    (
        &["apply", "--server-side", "-f", "-"],
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: made, namespace: shop}}",
    ),
    (&["scale", "deployment/web", "--replicas=2", "-n", "shop"], ""),
    (&["get", "deployments", "-A"], ""),
    (&["get", "pods", "-n", "shop", "--field-selector", "metadata.name=web-1"], ""),
    (&["get", "configmaps", "-n", "bank"], ""),
    (&["label", "configmap/settings", "a=b", "-n", "shop"], ""),
    (&["create", "serviceaccount", "robot", "-n", "bank"], ""),
    (&["create", "token", "robot", "-n", "bank"], ""),
    (&["get", "--raw", "/metrics"], ""),
    (&["get", "--raw", "/healthz"], ""),
    (&["get", "namespace", "shop"], ""),
    (&["get", "nodes"], ""),
    (&["get", "deployments", "-n", "shop", "--as", "boss", "--as-group", "system:masters"], ""),
    (&["get", "configmaps", "-n", "shop", "--as", "system:serviceaccount:bank:robot"], ""),
    (
        &["get", "services", "-n", "shop", "--as", "eve", "--as-uid", "7", "--as-user-extra", "scopes=view"],
        "",
    ),
    (&["delete", "configmaps", "--all", "-n", "shop"], ""),
    (&["delete", "deployment", "web", "-n", "shop"], ""),
    (&["delete", "serviceaccount", "robot", "-n", "bank"], ""),
];

fn is_allowed(server: &ApiServer, request: &Value) -> bool {
    let attributes = match request.get("path") {
        Some(path) => json!({"nonResourceAttributes": {"verb": request["verb"], "path": path}}),
        None => json!({ "resourceAttributes": request }),
    };
    let mut spec = json!({"user": "jane", "groups": ["system:authenticated"]});
    spec.as_object_mut().unwrap().extend(attributes.as_object().unwrap().clone());
    let review =
        json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec});
    let path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
    let said = server.kubectl(&["create", "--raw", path, "-f", "-"], review.to_string()).unwrap();
    serde_json::from_str::<Value>(&said).unwrap()["status"]["allowed"] == true
}

fn work(server: &ApiServer) {
    for (arguments, input) in WORK {
        if let Err(error) = server.kubectl_as("jane", arguments, input) {
            panic!("{arguments:?}: {error}");
        }
    }
}

#[test]
fn least_roles_are_enough_and_no_more() {
    let server = ApiServer::start_for(&[("jane", &[]), ("boss", &["system:masters"])]).unwrap();
    let kubeconfig = server.kubeconfig("boss").unwrap();
    for namespace in ["shop", "bank"] {
        server.kubectl(&["create", "namespace", namespace], "").unwrap();
    }
    // Those whom she is for a while may do what she asks for.
    for (name, subject) in [("eve", "--user=eve"), ("robot", "--serviceaccount=bank:robot")] {
        server
            .kubectl(&["create", "clusterrolebinding", name, "--clusterrole=cluster-admin", subject], "")
            .unwrap();
    }
    let all = ["create", "clusterrolebinding", "all", "--clusterrole=cluster-admin", "--user=jane"];
    server.kubectl(&all, "").unwrap();
    let probe = json!({"verb": "get", "resource": "unseen"});
    wait(|| is_allowed(&server, &probe));
    work(&server);

    let folder = tempfile::tempdir().unwrap();
    let log = server.folder().join("audit.log");
    let minimal = |more: &[&str]| {
        let mut arguments = vec!["access", "minimal", "user:jane", "--audit-log", log.to_str().unwrap()];
        arguments.extend(more);
        let output = seawall(folder.path(), &kubeconfig, &arguments);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        stdout(&output)
    };
    let (yaml, answer) = (minimal(&[]), minimal(&["-o", "json"]));
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let requests = answer["requests"].as_array().unwrap();
    assert!(requests.len() > 25, "{} of them: {answer:#}", requests.len());

    server.kubectl(&["delete", "clusterrolebinding", "all"], "").unwrap();
    wait(|| !is_allowed(&server, &probe));
    assert!(!is_allowed(&server, &requests[0]["question"]), "she may do it without roles");
    server.kubectl(&["apply", "-f", "-"], &yaml).unwrap();
    wait(|| requests.iter().all(|request| is_allowed(&server, &request["question"])));
    work(&server);

    // What she did not do she may not.
    for (arguments, input) in [
        (&["get", "secrets", "-n", "shop"][..], ""),
        (&["get", "pods", "-n", "shop"], ""),
        (&["get", "configmaps", "-A"], ""),
        (&["create", "token", "default", "-n", "bank"], ""),
        (&["get", "services", "-n", "shop", "--as", "eve", "--as-group", "other"], ""),
        (&["delete", "deployment", "other", "-n", "shop"], ""),
        (&["get", "--raw", "/metrics/slis"], ""),
    ] {
        let error =
            server.kubectl_as("jane", arguments, input).expect_err(&format!("{arguments:?}")).to_string();
        assert!(error.contains("forbidden") || error.contains("Forbidden"), "{arguments:?}: {error}");
    }
}

fn wait(is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "the API server does not come to know what was written");
        std::thread::sleep(Duration::from_millis(50));
    }
}
