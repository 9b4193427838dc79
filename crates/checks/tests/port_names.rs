//! SW3020 refuses the names of ports that a real API server refuses, and no others.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop at the first surprise")]

mod text;

use std::sync::LazyLock;

use seawall_checks::{Check, Settings, Subject};
use seawall_finding::Severity;
use seawall_rig::ApiServer;
use serde_json::{Value, json};
use text::snapshot;

/// Names around each bound: of length, of letters, of hyphens.
const NAMES: [&str; 16] = [
    "http",
    "a",
    "8080",
    "80a",
    "a-b",
    "a--b",
    "-a",
    "a-",
    "Web",
    "a_b",
    "a.b",
    "-",
    "a-1234567890123",
    "a-12345678901234",
    "a1234567890123456789012345678901234567890123456789012345678901b",
    "a12345678901234567890123456789012345678901234567890123456789012b",
];

/// Whether SW3020 says that the API server refuses an object.
fn is_refused(object: &Value) -> bool {
    static CHECK: LazyLock<&Check> =
        LazyLock::new(|| seawall_checks::all().into_iter().find(|check| check.meta.id == "SW3020").unwrap());
    let snapshot = snapshot(object.to_string());
    let outcome = CHECK.on_object(&Subject::new(&snapshot, 0).unwrap(), &Settings::default());
    outcome.findings.iter().any(|finding| finding.severity > Severity::Low)
}

fn deployment(containers: Value) -> Value {
    let labels = json!({"app": "web"});
    json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {"containers": containers}},
    }})
}

fn container(name: &str, fields: Value) -> Value {
    let mut container = json!({"name": name, "image": "registry.example/app:1.0"});
    container.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    container
}

fn service(ports: Value) -> Value {
    json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {"ports": ports}})
}

fn objects() -> Vec<Value> {
    let mut objects = Vec::new();
    for name in NAMES {
        let one = |fields: Value| deployment(json!([container("app", fields)]));
        objects.extend([
            one(json!({"ports": [{"name": name, "containerPort": 80}]})),
            one(json!({"readinessProbe": {"httpGet": {"port": name}}})),
            one(json!({"lifecycle": {"preStop": {"tcpSocket": {"port": name}}}})),
            service(json!([{"name": name, "port": 80}])),
            service(json!([{"port": 80, "targetPort": name}])),
        ]);
    }
    let twice = json!([{"name": "http", "containerPort": 80}, {"name": "http", "containerPort": 81}]);
    let once = json!({"ports": [{"name": "http", "containerPort": 80}]});
    objects.extend([
        deployment(json!([container("app", json!({"ports": twice}))])),
        deployment(json!([container("app", once.clone()), container("proxy", once)])),
        service(json!([{"name": "a", "port": 80}, {"name": "a", "port": 81}])),
        service(json!([{"name": "a", "port": 80}, {"port": 81}])),
        service(json!([{"port": 80}])),
    ]);
    objects
}

#[test]
fn the_names_that_an_api_server_refuses_are_found() {
    let server = ApiServer::start().unwrap();
    let mut refused = 0;
    for object in objects() {
        let answer = server.kubectl(&["create", "--dry-run=server", "-f", "-"], object.to_string());
        assert_eq!(answer.is_err(), is_refused(&object), "{object}\n{answer:?}");
        refused += usize::from(answer.is_err());
    }
    assert!((30..60).contains(&refused), "{refused} are refused");
}
