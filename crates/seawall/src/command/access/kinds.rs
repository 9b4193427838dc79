//! What has to be read of a cluster.

use seawall_inventory::Kind;

/// Roles and bindings.
const RBAC: &[(&str, &str)] = &[
    ("rbac.authorization.k8s.io", "ClusterRole"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
    ("rbac.authorization.k8s.io", "Role"),
    ("rbac.authorization.k8s.io", "RoleBinding"),
];

/// By what the node authorizer knows what runs where.
const OF_NODES: &[(&str, &str)] = &[
    ("", "PersistentVolume"),
    ("", "Pod"),
    ("resource.k8s.io", "ResourceSlice"),
    ("storage.k8s.io", "VolumeAttachment"),
];

/// Roles and bindings, what the node authorizer reads when a node asks, and `more`.
pub(super) fn needed(for_node: bool, more: &[&'static Kind]) -> Vec<&'static Kind> {
    let of_nodes = if for_node { OF_NODES } else { &[] };
    let is_needed = |kind: &&Kind| {
        RBAC.iter().chain(of_nodes).any(|(group, name)| kind.is(group, name)) || more.contains(kind)
    };
    Kind::ALL.iter().filter(is_needed).collect()
}

#[cfg(test)]
mod tests {
    use super::{OF_NODES, RBAC, needed};

    #[test]
    fn what_is_needed_is_what_can_be_read() {
        assert_eq!(needed(false, &[]).len(), RBAC.len());
        assert_eq!(needed(true, &[]).len(), RBAC.len() + OF_NODES.len());
    }
}
