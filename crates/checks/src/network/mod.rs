//! The network: who can reach what, by policies and by the ways into the cluster, and whether what these name is there.

mod around;
mod backend;
mod behind;
mod encryption;
mod mesh;

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
    ingress_without_tls,
    load_balancer_without_tls,
    dangling_ingress_backend,
    dangling_route_backend,
    exposed_service,
    external_ip_service,
    service_selects_nothing,
    service_port_unserved,
    risky_ingress_annotation,
    end_of_life_ingress_controller,
    // Meshes.
    plaintext_accepted,
    mesh_opt_out,
    mesh_policy_selects_nothing,
    mesh_lets_everybody_in,
    identity_without_mutual_tls,
    mesh_encryption_disabled,
    tunnel_port_blocked,
    // Names.
    invalid_port_name,
    dns_config,
    service_monitor_selects_nothing,
}
