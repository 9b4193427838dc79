//! Which labels a node may have of itself.
//!
//! Source: `getForbiddenLabels` of admission.go; k8s.io/kubelet pkg/apis/well_known_labels.go v0.36.3.

use std::collections::{BTreeMap, BTreeSet};

use seawall_yaml::Node;

use super::at;

/// Labels of Kubernetes that kubelets set.
const OF_KUBELETS: &[&str] = &[
    "kubernetes.io/hostname",
    "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region",
    "beta.kubernetes.io/instance-type",
    "node.kubernetes.io/instance-type",
    "kubernetes.io/os",
    "kubernetes.io/arch",
    "beta.kubernetes.io/os",
    "beta.kubernetes.io/arch",
];

/// Whose labels kubelets set, whatever they are.
const NAMESPACES_OF_KUBELETS: &[&str] = &["kubelet.kubernetes.io", "node.kubernetes.io"];

/// Whose labels nodes never set (`LabelNamespaceNodeRestriction` of k8s.io/api/core/v1).
const RESTRICTED: &str = "node-restriction.kubernetes.io";

/// The labels that are other than before and that a node does not set.
pub(super) fn forbidden_labels(new: Option<Node<'_>>, old: Option<Node<'_>>) -> Vec<String> {
    let (new, old) = (labels(new), labels(old));
    let keys: BTreeSet<&str> = new.keys().chain(old.keys()).copied().collect();
    let changed = keys.into_iter().filter(|key| new.get(key) != old.get(key));
    changed.filter(|key| !is_allowed(key)).map(ToOwned::to_owned).collect()
}

/// Whether a node may set a label.
pub(super) fn is_allowed(key: &str) -> bool {
    let Some((namespace, _)) = key.split_once('/') else { return true };
    let is_of = |own: &str| {
        namespace.strip_suffix(own).is_some_and(|before| before.is_empty() || before.ends_with('.'))
    };
    let is_kubernetes = is_of("kubernetes.io") || is_of("k8s.io");
    let is_of_kubelets = OF_KUBELETS.contains(&key) || NAMESPACES_OF_KUBELETS.iter().any(|own| is_of(own));
    !is_of(RESTRICTED) && (!is_kubernetes || is_of_kubelets)
}

fn labels(object: Option<Node<'_>>) -> BTreeMap<&str, &str> {
    let entries = at(object, &["metadata", "labels"]).into_iter().flat_map(Node::entries);
    entries.map(|(key, _, value)| (key, value.as_str().unwrap_or_default())).collect()
}
