//! The ClusterRoles that API servers make, where no file says what they are.

use seawall_inventory::kinds::{AggregationRule, ClusterRole};
use seawall_inventory::selector::LabelSelector;
use seawall_inventory::{Body, KubernetesVersion, Object};
use smol_str::SmolStr;

use crate::bootstrap::Bootstrap;

/// The ClusterRoles that an API server of this version makes when it starts, for [`Policy::assuming`](crate::Policy::assuming):
/// manifests bind `view` and `cluster-admin` without saying what these are.
pub fn default_cluster_roles(version: KubernetesVersion) -> Vec<Object> {
    let bootstrap = Bootstrap::new();
    let made =
        bootstrap.objects().iter().filter(|made| made.kind() == "ClusterRole" && made.is_made_by(version));
    made.map(|made| {
        let selectors: Box<[LabelSelector]> = made
            .gathers(version)
            .map(|label| LabelSelector {
                match_labels: [label].into_iter().collect(),
                ..LabelSelector::default()
            })
            .collect();
        let rule = AggregationRule { cluster_role_selectors: selectors };
        let aggregation_rule = (!rule.cluster_role_selectors.is_empty()).then(|| Box::new(rule));
        let role = ClusterRole { rules: made.rules(version).cloned().collect(), aggregation_rule };
        let mut object = Object::unwritten(API_VERSION, made.kind(), Body::ClusterRole(Box::new(role)));
        object.metadata.name = SmolStr::new(made.name());
        object.metadata.labels = made.labels(version).collect();
        object
    })
    .collect()
}

const API_VERSION: &str = "rbac.authorization.k8s.io/v1";
