//! The roles and bindings that API servers make, where no file says what they are.

use seawall_inventory::kinds::{AggregationRule, ClusterRole, Role, RoleBinding};
use seawall_inventory::selector::LabelSelector;
use seawall_inventory::{Body, KubernetesVersion, Object};
use smol_str::SmolStr;

use crate::bootstrap::{Bootstrap, BootstrapObject};

const API_VERSION: &str = "rbac.authorization.k8s.io/v1";

/// The roles that an API server of this version makes when it starts, for [`Policy::assuming`](crate::Policy::assuming):
/// manifests bind `view` and `cluster-admin` without saying what these are.
pub fn default_roles(version: KubernetesVersion) -> Vec<Object> {
    let mut made = default_objects(version);
    made.retain(|object| object.body.role_binding().is_none());
    made
}

/// All that an API server of this version makes when it starts, as objects that stand in no file: the roles, and the bindings.
pub fn default_objects(version: KubernetesVersion) -> Vec<Object> {
    let bootstrap = Bootstrap::new();
    let made = bootstrap.objects().iter().filter(|made| made.is_made_by(version));
    made.filter_map(|made| object(made, version)).collect()
}

fn object(made: &BootstrapObject, version: KubernetesVersion) -> Option<Object> {
    let rules = made.rules(version).cloned().collect();
    let body = match made.kind() {
        "ClusterRole" => {
            let aggregation_rule = aggregation_rule(made, version);
            Body::ClusterRole(Box::new(ClusterRole { rules, aggregation_rule }))
        }
        "Role" => Body::Role(Box::new(Role { rules })),
        _ => {
            let role_ref = made.role()?.clone();
            let subjects = made.subjects(version).cloned().collect();
            Body::RoleBinding(Box::new(RoleBinding { role_ref, subjects }))
        }
    };
    let mut object = Object::unwritten(API_VERSION, made.kind(), body);
    object.metadata.namespace = SmolStr::new(made.namespace());
    object.metadata.name = SmolStr::new(made.name());
    object.metadata.labels = made.labels(version).collect();
    Some(object)
}

fn aggregation_rule(made: &BootstrapObject, version: KubernetesVersion) -> Option<Box<AggregationRule>> {
    let of_label =
        |label| LabelSelector { match_labels: [label].into_iter().collect(), ..LabelSelector::default() };
    let cluster_role_selectors: Box<[LabelSelector]> = made.gathers(version).map(of_label).collect();
    (!cluster_role_selectors.is_empty()).then(|| Box::new(AggregationRule { cluster_role_selectors }))
}
