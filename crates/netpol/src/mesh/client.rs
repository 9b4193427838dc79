//! How clients connect, as far as the mesh is told otherwise: DestinationRules.
//!
//! Source: networking/v1alpha3/destination_rule.proto of istio.io/api v1.32.0, `ClientTLSSettings`.

use seawall_inventory::kinds::{ClientTls, DestinationRuleSpec, TrafficPolicy};

use super::objects::{Named, Says};
use crate::world::World;

/// Whether clients are told, of some port or part of the pods, to connect without the mesh's encryption.
pub(crate) fn is_not_as_mesh(rule: &DestinationRuleSpec) -> bool {
    let tls = |tls: Option<&ClientTls>| tls.is_some_and(|tls| tls.mode != "ISTIO_MUTUAL");
    let policy = |policy: &TrafficPolicy| {
        tls(policy.tls.as_ref()) || policy.port_level_settings.iter().any(|port| tls(port.tls.as_ref()))
    };
    let subsets = rule.subsets.iter().filter_map(|subset| subset.traffic_policy.as_deref());
    rule.traffic_policy.as_deref().into_iter().chain(subsets).any(policy)
}

impl World<'_> {
    /// A DestinationRule by which clients may connect otherwise to Services of a namespace.
    pub(crate) fn client_rule(&self, namespace: &str) -> Option<usize> {
        let may_be = |rule: &&Named| {
            let host = self.snapshot().destination_rule(rule.object).map(|rule| rule.host.as_str());
            host.is_some_and(|host| is_in(host, &rule.namespace, namespace))
        };
        self.mesh().not_as_mesh.iter().find(may_be).map(|rule| rule.object)
    }
}

/// Whether a host may be a Service of a namespace: `web` is one of the rule's own, `web.shop` and `web.shop.svc.cluster.local` say it,
/// and with a wildcard it may be any that ends so.
fn is_in(host: &str, own: &str, namespace: &str) -> bool {
    if let Some(end) = host.strip_prefix('*') {
        let known = format!(".{namespace}.svc.cluster.local");
        return known.ends_with(end) || end.ends_with(&known);
    }
    let mut parts = host.split('.').skip(1);
    parts.next().map_or(own == namespace, |second| second == namespace)
}

#[cfg(test)]
mod tests {
    use super::is_in;

    #[test]
    fn hosts_are_of_namespaces() {
        for (host, own, namespace, expected) in [
            ("web", "shop", "shop", true),
            ("web", "istio-system", "shop", false),
            ("web.shop", "istio-system", "shop", true),
            ("web.shop.svc.cluster.local", "istio-system", "shop", true),
            ("web.shop.svc.cluster.local", "shop", "other", false),
            ("*.local", "istio-system", "shop", true),
            ("*", "istio-system", "shop", true),
            ("*.shop.svc.cluster.local", "istio-system", "shop", true),
            ("*.shop.svc.cluster.local", "istio-system", "other", false),
            ("*.example.com", "istio-system", "shop", false),
        ] {
            assert_eq!(is_in(host, own, namespace), expected, "{host} {own} {namespace}");
        }
    }
}
