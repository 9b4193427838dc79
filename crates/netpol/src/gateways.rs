//! Who serves Ingress and Gateway API in the cluster: proxies that traffic from outside comes from.

use seawall_inventory::image::ImageReference;

use crate::entry::Entry;
use crate::verdict::Verdict;
use crate::world::World;

/// Proxies: the class of what they serve, where they have one by which they are known, and the end of the name of their image.
///
/// Sources: the manifests and charts of each project.
const PROXIES: &[(&str, &str)] = &[
    ("nginx", "ingress-nginx/controller"),
    ("nginx", "nginx/nginx-ingress"),
    ("nginx", "nginx-ingress-controller"),
    ("traefik", "traefik"),
    ("haproxy", "haproxy-ingress"),
    ("haproxy", "haproxytech/kubernetes-ingress"),
    ("kong", "kong"),
    ("istio", "istio/proxyv2"),
    ("apisix", "apache/apisix"),
    ("openshift-default", "openshift-router"),
    // Contour, Envoy Gateway and others.
    ("", "envoyproxy/envoy"),
    ("", "emissary"),
    ("", "zalando/skipper"),
];

/// The class of what the proxy of that image serves; `None` when it is no proxy that is known.
fn class_of(image: &ImageReference<'_>) -> Option<&'static str> {
    PROXIES.iter().find(|(_, product)| image.is_of(product)).map(|(class, _)| *class)
}

/// Whether an image is that of a proxy which serves Ingress or Gateway API.
pub fn is_proxy(image: &ImageReference<'_>) -> bool {
    class_of(image).is_some()
}

/// The proxies of a cluster, and whether the internet reaches them.
pub(crate) struct Gateways(Vec<Gateway>);

struct Gateway {
    endpoint: usize,
    class: &'static str,
    outside: Verdict,
}

impl Gateways {
    /// Those that are known by their image; `entries` are the ways in that do not lead through them.
    pub fn of(world: &World<'_>, entries: &[Entry]) -> Self {
        let mut found = Vec::new();
        for (number, endpoint) in world.endpoints().iter().enumerate() {
            // Beside others in a pod a proxy is a mesh's.
            let [container] = &endpoint.template.spec.containers[..] else { continue };
            let Ok(image) = ImageReference::parse(&container.image) else { continue };
            let Some(class) = class_of(&image) else { continue };
            let ways = entries.iter().filter(|entry| entry.endpoint == number);
            let outside = ways.map(|entry| entry.verdict).max();
            // Somebody serves it: a load balancer that was made by hand is not seen.
            let outside = outside.unwrap_or(Verdict::Unknown);
            found.push(Gateway { endpoint: number, class, outside });
        }
        Self(found)
    }

    /// Those that serve a class, and whether the internet reaches them: those of no known class when none says that it is its own,
    /// and all when it is that of none.
    pub fn serving(&self, class: &str) -> Vec<(usize, Verdict)> {
        let is_own = |gateway: &&Gateway| !gateway.class.is_empty() && class.starts_with(gateway.class);
        let has_own = self.0.iter().any(|gateway| is_own(&gateway));
        let serves = |gateway: &&Gateway| match (class.is_empty(), has_own) {
            (true, _) => true,
            (false, true) => is_own(gateway),
            (false, false) => gateway.class.is_empty(),
        };
        self.0.iter().filter(serves).map(|gateway| (gateway.endpoint, gateway.outside)).collect()
    }
}
