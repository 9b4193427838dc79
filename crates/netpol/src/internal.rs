//! Load balancers that lead in from the private network alone: by annotations of each cloud, from the documentation of its controller.

use seawall_inventory::Object;

/// Annotations that make a load balancer one of the private network, with the values that do.
const INTERNAL: &[(&str, &[&str])] = &[
    ("service.beta.kubernetes.io/aws-load-balancer-internal", &["true", "0.0.0.0/0"]),
    ("service.beta.kubernetes.io/aws-load-balancer-scheme", &["internal"]),
    ("service.beta.kubernetes.io/azure-load-balancer-internal", &["true"]),
    ("networking.gke.io/load-balancer-type", &["Internal"]),
    ("cloud.google.com/load-balancer-type", &["Internal", "internal"]),
    ("service.beta.kubernetes.io/openstack-internal-load-balancer", &["true"]),
    ("service.kubernetes.io/qcloud-loadbalancer-internal-subnetid", &[]),
    ("service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type", &["intranet"]),
    ("service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type", &["private"]),
    ("service.beta.kubernetes.io/oci-load-balancer-internal", &["true"]),
    ("alb.ingress.kubernetes.io/scheme", &["internal"]),
    ("kubernetes.io/ingress.class", &["gce-internal"]),
];

/// Whether a Service, an Ingress or a Gateway asks for a load balancer of the private network.
pub fn is_internal(object: &Object) -> bool {
    let value = |key: &str| object.metadata.annotations.get(key);
    let is_asked = |(key, values): &(&str, &[&str])| {
        value(key).is_some_and(|value| values.is_empty() || values.contains(&value))
    };
    // The AWS Load Balancer Controller makes them so where nothing is said.
    let by_default = value("service.beta.kubernetes.io/aws-load-balancer-type")
        .is_some_and(|kind| matches!(kind, "external" | "nlb-ip"))
        && value("service.beta.kubernetes.io/aws-load-balancer-scheme").is_none()
        && value("service.beta.kubernetes.io/aws-load-balancer-internal").is_none();
    by_default || INTERNAL.iter().any(is_asked)
}
