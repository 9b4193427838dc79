use seawall_finding::{Fix, Safety};
use seawall_inventory::kinds::{ClientTls, TrafficPolicy};
use seawall_yaml::Path;

use crate::out::Out;

crate::check::check! {
    /// Clients that are told not to encrypt within the mesh
    ///
    /// ## What it finds
    /// DestinationRules of Istio with `tls.mode: DISABLE` for hosts of the cluster: a name without a dot, one of `svc`, or all hosts. The API server's own Service is not meant,
    /// which is in no mesh, nor are hosts outside of the cluster.
    ///
    /// ## Why it matters
    /// Sidecars encrypt among themselves unless a rule tells them not to: then what is sent can be read and changed on the way, the sender has no
    /// identity, and pods that ask for encryption refuse it.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: networking.istio.io/v1
    /// kind: DestinationRule
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// spec:
    ///   host: web.shop.svc.cluster.local
    ///   trafficPolicy:
    ///     tls:
    ///       mode: DISABLE   # <- finding
    ///   subsets:
    ///   - name: v1
    ///     trafficPolicy:
    ///       portLevelSettings:
    ///       - port: {number: 80}
    ///         tls:
    ///           mode: DISABLE   # <- finding
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: networking.istio.io/v1
    /// kind: DestinationRule
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// spec:
    ///   host: web
    ///   trafficPolicy:
    ///     tls:
    ///       mode: ISTIO_MUTUAL
    /// ---
    /// apiVersion: networking.istio.io/v1
    /// kind: DestinationRule
    /// metadata:
    ///   namespace: istio-system
    ///   name: api-server
    /// spec:
    ///   host: kubernetes.default.svc.cluster.local
    ///   trafficPolicy:
    ///     tls:
    ///       mode: DISABLE
    /// ```
    /// ## How to fix
    /// Remove the setting: sidecars know which pods have one, and encrypt with them.
    ///
    /// ## References
    /// - istio.io/api v1.32.0 networking/v1alpha3 destination_rule.proto: ClientTLSSettings
    id: "SW3028",
    name: "mesh-encryption-disabled",
    severity: Low,
    scope: Object,
    subjects: ["DestinationRule.networking.istio.io"],
    since: "0.1.0",
    profile: Default,
    fn run(object, out) {
        let Some(rule) = object.body.destination_rule() else { return out.not_applicable() };
        if !is_of_cluster(&rule.host) {
            return out.not_applicable();
        }
        let spec = Path::root().field("spec");
        if let Some(policy) = &rule.traffic_policy {
            judge(policy, &spec.clone().field("trafficPolicy"), out);
        }
        for (number, subset) in rule.subsets.iter().enumerate() {
            if let Some(policy) = &subset.traffic_policy {
                judge(policy, &spec.clone().field("subsets").index(number).field("trafficPolicy"), out);
            }
        }
    }
}

fn is_of_cluster(host: &str) -> bool {
    let is_api_server = host == "kubernetes.default" || host.starts_with("kubernetes.default.");
    let is_in = !host.contains('.') || host.ends_with(".local") || host.ends_with(".svc");
    is_in && !host.is_empty() && !is_api_server
}

fn judge(policy: &TrafficPolicy, at: &Path, out: &mut Out<'_>) {
    let mut tell = |tls: Option<&ClientTls>, at: Path| {
        if let Some(tls) = tls.filter(|tls| tls.mode == "DISABLE") {
            let at = at.field("tls").field("mode");
            let fix = Fix::set(at.clone(), "ISTIO_MUTUAL", Safety::Review);
            out.fail(at, "clients of the mesh are told not to encrypt").value(&tls.mode).fix(fix);
        }
    };
    tell(policy.tls.as_ref(), at.clone());
    for (number, port) in policy.port_level_settings.iter().enumerate() {
        tell(port.tls.as_ref(), at.clone().field("portLevelSettings").index(number));
    }
}
