//! Load balancers and proxies that are told by annotations to end TLS.

use seawall_inventory::Object;

/// Whether what an Ingress serves is encrypted by something that its `tls` does not say.
pub(super) enum Encrypted {
    Yes,
    No,
    /// It cannot be said, and why.
    Unknown(&'static str),
}

/// What an annotation must say to mean that what is served is encrypted.
enum Says {
    /// Anything but nothing.
    Something,
    /// `true`, or one of these in any case.
    True,
    /// This, among others.
    Holds(&'static str),
}

use Says::{Holds, Something, True};

/// Annotations by which TLS is ended, or passed on to what is behind.
///
/// Sources: the documentation of each controller's annotations.
const ENDS_TLS: &[(&str, Says)] = &[
    // kubernetes-sigs/aws-load-balancer-controller: a listener on 443 with the certificate, or one whose certificate is found by the host.
    ("alb.ingress.kubernetes.io/certificate-arn", Something),
    ("alb.ingress.kubernetes.io/listen-ports", Holds("HTTPS")),
    // kubernetes/ingress-gce.
    ("networking.gke.io/managed-certificates", Something),
    ("ingress.gcp.kubernetes.io/pre-shared-cert", Something),
    ("kubernetes.io/ingress.allow-http", Holds("false")),
    // Azure/application-gateway-kubernetes-ingress.
    ("appgw.ingress.kubernetes.io/appgw-ssl-certificate", Something),
    // traefik/traefik: by the router, by the entry point that the chart encrypts, or a middleware that redirects.
    ("traefik.ingress.kubernetes.io/router.tls", True),
    ("traefik.ingress.kubernetes.io/router.tls.certresolver", Something),
    ("traefik.ingress.kubernetes.io/router.entrypoints", Holds("websecure")),
    ("traefik.ingress.kubernetes.io/router.middlewares", Holds("redirect")),
    // kubernetes/ingress-nginx: passed on as it is, or ended by what stands before the controller.
    ("nginx.ingress.kubernetes.io/ssl-passthrough", True),
    ("nginx.ingress.kubernetes.io/force-ssl-redirect", True),
    ("nginx.org/redirect-to-https", True),
    // jcmoraisjr/haproxy-ingress, haproxytech/kubernetes-ingress.
    ("ingress.kubernetes.io/ssl-passthrough", True),
    ("ingress.kubernetes.io/force-ssl-redirect", True),
    ("haproxy-ingress.github.io/ssl-passthrough", True),
    ("haproxy.org/ssl-passthrough", True),
    // Kong/kubernetes-ingress-controller: only what is encrypted gets in.
    ("konghq.com/protocols", Holds("https")),
    // openshift/route-controller-manager.
    ("route.openshift.io/termination", Something),
];

/// Classes whose way in is encrypted whatever the Ingress says.
///
/// Sources: tailscale/tailscale cmd/k8s-operator; STRRL/cloudflare-tunnel-ingress-controller; ngrok/ngrok-operator.
const ENCRYPTED_CLASSES: &[&str] = &["tailscale", "cloudflare-tunnel", "ngrok"];

/// Whether an Ingress of `class` is encrypted by what its annotations and its class say.
pub(super) fn encrypted_outside(object: &Object, class: &str) -> Encrypted {
    let annotations = &object.metadata.annotations;
    let class = if class.is_empty() {
        annotations.get("kubernetes.io/ingress.class").unwrap_or_default()
    } else {
        class
    };
    if ENCRYPTED_CLASSES.contains(&class) {
        return Encrypted::Yes;
    }
    let says = |value: &str, says: &Says| match says {
        Something => !value.trim().is_empty(),
        True => value.trim().eq_ignore_ascii_case("true"),
        Holds(word) => value.contains(word),
    };
    let ends = |(key, meant): &(&str, Says)| annotations.get(key).is_some_and(|value| says(value, meant));
    if ENDS_TLS.iter().any(ends) {
        return Encrypted::Yes;
    }
    if annotations.get("nginx.org/mergeable-ingress-type") == Some("minion") {
        return Encrypted::Unknown(
            "whether it is encrypted is said by the master that the Ingress is merged into",
        );
    }
    if annotations.get("alb.ingress.kubernetes.io/group.name").is_some() {
        return Encrypted::Unknown("another Ingress of its group may give the load balancer its certificate");
    }
    Encrypted::No
}
