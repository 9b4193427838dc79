//! The network: who can reach what, by policies and by the ways into the cluster.

mod around;

crate::check::checks! {
    // Isolation in effect.
    ingress_not_isolated,
    egress_not_isolated,
    metadata_service_reachable,
    network_policies_not_enforced,
    // Policies.
    network_policy_selects_nothing,
    peer_selects_nothing,
    allow_all_policy,
    open_to_every_namespace,
    // Ways in.
    sensitive_port_exposed,
}
