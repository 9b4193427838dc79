//! Network: ways into the cluster, and whether what they name is there.

mod backend;
mod behind;
mod encryption;

crate::check::checks! {
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
    invalid_port_name,
    dns_config,
    service_monitor_selects_nothing,
}
