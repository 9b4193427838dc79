//! What has no effect in policies of the whole cluster.

use serde_json::Value;

use super::inputs::Folder;
use super::{hold, schema, seawall, stdout};

const PODS: &str = "\
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: shop}}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: a, image: a}]}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db}}
spec: {containers: [{name: a, image: a}]}
";

/// Of each policy something is the matter, but for the first.
const MISTAKEN: &str = "\
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: {name: fine}
spec:
  tier: Admin
  priority: 1
  subject: {namespaces: {}}
  ingress:
  - action: Deny
    from: [{pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}}]
    protocols: [{tcp: {destinationPort: {number: 22}}}]
---
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: {name: nobody}
spec:
  tier: Admin
  priority: 2
  subject: {namespaces: {matchLabels: {team: shpo}}}
  ingress: [{action: Deny, from: [{namespaces: {}}]}]
---
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: {name: too-late}
spec:
  priority: 3
  subject: {namespaces: {}}
  ingress:
  - action: Deny
    from: [{pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: wbe}}}}]
  - action: Allow
    from: [{namespaces: {}}]
    ports: [{portRange: {start: 20, end: 30}}]
  - action: Deny
    from: [{pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}}]
    ports: [{portNumber: {port: 25}}]
---
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: {name: one}
spec:
  tier: Baseline
  priority: 5
  subject: {namespaces: {}}
  egress: [{action: Deny, to: [{networks: [10.0.0.0/8]}]}]
---
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: {name: two}
spec:
  tier: Baseline
  priority: 5
  subject: {namespaces: {}}
  egress: [{action: Accept, to: [{networks: [10.1.0.0/16]}]}]
---
apiVersion: policy.networking.k8s.io/v1alpha1
kind: BaselineAdminNetworkPolicy
metadata: {name: another}
spec: {subject: {namespaces: {}}}
";

#[test]
fn each_mistake_of_policies_of_the_whole_cluster_is_told() {
    let folder = Folder::with(&[("pods.yaml", PODS), ("policies.yaml", MISTAKEN)]);
    let told = |more: &[&str]| -> Vec<String> {
        let mut command = seawall(&["reach", "lint", "--no-config", "-o", "json"]);
        let output = command.args(more).arg("--").arg(".").current_dir(folder.path()).output().unwrap();
        let document: Value = serde_json::from_str(stdout(&output)).unwrap();
        hold(&schema("reach"), more, &document);
        let lints = document["lints"].as_array().unwrap().iter();
        lints
            .map(|lint| {
                let word = |value: &Value| value.as_str().unwrap().to_owned();
                let (name, field) = (&lint["part"]["object"]["name"], &lint["part"]["location"]["field"]);
                format!("{} {} {}", word(name), word(field), word(&lint["code"]))
            })
            .collect()
    };
    let refused = "another  refused";
    assert_eq!(
        told(&[]),
        [
            refused,
            "nobody  selects-nothing",
            "too-late spec.ingress[0].from[0] peer-means-nobody",
            "too-late spec.ingress[2] comes-too-late",
            "one  same-priority",
            "two  same-priority",
        ]
    );
    let kinds = ["fine", "nobody", "too-late", "one", "two", "another"];
    let not_read: Vec<String> = kinds.iter().map(|name| format!("{name}  not-read")).collect();
    assert_eq!(told(&["--enforcer", "kube-router"]), not_read);
}
