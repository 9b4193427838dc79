//! What a mesh lets in, beside what policies do.

use serde_json::{Value, json};

use super::inputs::Folder;
use super::{hold, schema, seawall, stdout};

const SHOP: &str = "\
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: a, image: a}]}
---
apiVersion: v1
kind: Pod
metadata: {name: job, namespace: shop, labels: {sidecar.istio.io/inject: \"false\"}}
spec: {containers: [{name: a, image: a}]}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db}}
spec: {containers: [{name: a, image: a}]}
";

const MESH: &str = "\
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: STRICT}}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: db, namespace: shop}
spec:
  selector: {matchLabels: {app: db}}
  rules:
  - from: [{source: {namespaces: [shop]}}]
    to: [{operation: {ports: ['5432']}}]
";

fn folder() -> Folder {
    Folder::with(&[("shop.yaml", SHOP), ("mesh.yaml", MESH)])
}

#[test]
fn an_answer_says_what_a_mesh_makes_of_it() {
    let folder = folder();
    let ask = |from: &str, form: &[&str]| -> String {
        let mut command = seawall(&["reach", "--no-config", "-n", "shop", "--port", "5432"]);
        command.args(form).args([from, "pod/db", "--", "."]);
        stdout(&command.current_dir(folder.path()).output().unwrap()).to_owned()
    };
    let document = |from: &str| -> Value {
        let document = serde_json::from_str(&ask(from, &["-o", "json"])).unwrap();
        hold(&schema("reach"), &["reach", from], &document);
        document
    };
    let of_web = document("pod/web");
    let answer = &of_web["answers"][0];
    assert_eq!(answer["answer"], "allowed");
    let decided = answer["mesh"]["decidedBy"].as_array().unwrap().iter();
    let decided: Vec<Value> = decided
        .map(|one| json!([one["effect"], one["part"]["object"]["kind"], one["part"]["location"]["field"]]))
        .collect();
    assert_eq!(
        decided,
        [
            json!(["encrypted-only", "PeerAuthentication", ""]),
            json!(["isolates", "AuthorizationPolicy", ""]),
            json!(["allows", "AuthorizationPolicy", "spec.rules[0]"]),
        ]
    );
    assert_eq!(document("pod/job")["answers"][0]["answer"], "denied");
    let told = ask("pod/web", &[]);
    assert!(told.contains("Istio's sidecar of Pod shop/db: TCP 5432"), "{told}");
    assert!(told.contains("allowed by        AuthorizationPolicy shop/db rules[0]: TCP 5432"), "{told}");
}

#[test]
fn a_map_says_that_it_has_no_mesh() {
    let folder = folder();
    let output =
        seawall(&["reach", "map", "--no-config", "--", "."]).current_dir(folder.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("what a mesh lets in was not asked"), "{said}");
}
