//! What an API server makes at its start, as it would list it.

use seawall_inventory::KubernetesVersion;
use seawall_inventory::kinds::PolicyRule;
use seawall_rbac::{Bootstrap, BootstrapObject};
use serde_json::{Value, json};

const GROUP: &str = "rbac.authorization.k8s.io";

/// All roles and bindings that the table has of a version.
pub fn made_by(version: KubernetesVersion) -> Vec<Value> {
    let bootstrap = Bootstrap::new();
    let made = bootstrap.objects().iter().filter(|object| object.is_made_by(version));
    made.map(|object| written(object, version)).collect()
}

fn written(object: &BootstrapObject, version: KubernetesVersion) -> Value {
    let kind = object.kind();
    let mut labels = json!({"kubernetes.io/bootstrapping": "rbac-defaults"});
    object.labels(version).for_each(|(key, value)| labels[key] = json!(value));
    let annotations = json!({"rbac.authorization.kubernetes.io/autoupdate": "true"});
    let mut written = json!({
        "apiVersion": format!("{GROUP}/v1"), "kind": kind,
        "metadata": {"name": object.name(), "labels": labels, "annotations": annotations},
    });
    if !object.namespace().is_empty() {
        written["metadata"]["namespace"] = json!(object.namespace());
    }
    if kind.ends_with("Role") {
        written["rules"] = object.rules(version).map(rule).collect();
        let selectors = object.gathers(version).map(|(key, value)| json!({"matchLabels": {key: value}}));
        let selectors: Vec<Value> = selectors.collect();
        if !selectors.is_empty() {
            written["aggregationRule"] = json!({"clusterRoleSelectors": selectors});
        }
    } else {
        let role = object.role().unwrap();
        written["roleRef"] = json!({"apiGroup": role.api_group.as_str(), "kind": role.kind.as_str(), "name": role.name.as_str()});
        written["subjects"] = object
            .subjects(version)
            .map(|subject| {
                let mut written = json!({"kind": subject.kind.as_str(), "name": subject.name.as_str()});
                let more = [("apiGroup", &subject.api_group), ("namespace", &subject.namespace)];
                for (field, value) in more.into_iter().filter(|(_, value)| !value.is_empty()) {
                    written[field] = json!(value.as_str());
                }
                written
            })
            .collect();
    }
    written
}

fn rule(rule: &PolicyRule) -> Value {
    let mut written = json!({});
    let fields = [
        ("verbs", &rule.verbs),
        ("apiGroups", &rule.api_groups),
        ("resources", &rule.resources),
        ("resourceNames", &rule.resource_names),
        ("nonResourceURLs", &rule.non_resource_urls),
    ];
    for (field, words) in fields.into_iter().filter(|(_, words)| !words.is_empty()) {
        written[field] = words.iter().map(|word| json!(word.as_str())).collect();
    }
    written
}
