use seawall_inventory::decode::IntOrString;
use seawall_inventory::kinds::{NetworkPolicyPort, NetworkPolicySpec};
use seawall_inventory::selector::Selector;
use seawall_inventory::{Object, PodView, View};
use seawall_yaml::Path;

crate::check::check! {
    /// Network policies that keep a mesh's tunnel from pods
    ///
    /// ## What it finds
    /// Pods in Istio's ambient mode for which the rules of NetworkPolicies let ports in, and none of them port 15008.
    ///
    /// ## Why it matters
    /// In ambient mode everything comes to pods on TCP port 15008, whichever port was asked for. A policy that names the ports of the application keeps
    /// all clients of the mesh out, and what it lets in is what is not encrypted.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Namespace
    /// metadata:
    ///   name: shop
    ///   labels: {istio.io/dataplane-mode: ambient}
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   namespace: shop
    ///   name: web
    ///   labels: {app: web}   # <- finding
    /// spec:
    ///   containers:
    ///   - name: web
    ///     image: registry.example/web:1
    /// ---
    /// apiVersion: networking.k8s.io/v1
    /// kind: NetworkPolicy
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// spec:
    ///   podSelector:
    ///     matchLabels: {app: web}
    ///   ingress:
    ///   - ports:
    ///     - port: 8080
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Namespace
    /// metadata:
    ///   name: shop
    ///   labels: {istio.io/dataplane-mode: ambient}
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   namespace: shop
    ///   name: web
    ///   labels: {app: web}
    /// spec:
    ///   containers:
    ///   - name: web
    ///     image: registry.example/web:1
    /// ---
    /// apiVersion: networking.k8s.io/v1
    /// kind: NetworkPolicy
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// spec:
    ///   podSelector:
    ///     matchLabels: {app: web}
    ///   ingress:
    ///   - ports:
    ///     - port: 8080
    ///     - port: 15008
    /// ```
    /// ## How to fix
    /// Let port 15008 in, from whom the application's ports are. Which ports of the application the mesh's clients reach is then said by
    /// AuthorizationPolicies.
    ///
    /// ## References
    /// - istio/istio#56659, istio/istio#52742
    id: "SW3029",
    name: "tunnel-port-blocked",
    severity: Medium,
    scope: Workload,
    reads: ["Namespace", "NetworkPolicy.networking.k8s.io"],
    since: "0.1.0",
    profile: Default,
    fn run(pod, out) {
        let view = out.snapshot();
        if pod.spec().host_network == Some(true) || !is_ambient(pod, view) {
            return out.not_applicable();
        }
        let own = view.beside(pod.object, "networking.k8s.io", "NetworkPolicy").filter(|policy| !policy.malformed);
        let own = own.filter_map(|policy| policy.body.network_policy()).filter(|policy| is_about(policy, pod));
        let rules: Vec<_> = own.flat_map(|policy| &policy.ingress).collect();
        let lets_in = |ports: &[NetworkPolicyPort]| ports.is_empty() || ports.iter().any(has_tunnel);
        if rules.is_empty() || rules.iter().any(|rule| lets_in(&rule.ports)) {
            return;
        }
        let at: Path = pod.template.metadata_path.key("labels");
        out.fail(at, "policies let in ports of the pods, and not the one that the mesh comes by")
            .derived("in ambient mode clients of the mesh come on TCP port 15008, which no rule of a NetworkPolicy about the pods lets in");
    }
}

fn is_ambient(pod: &PodView<'_>, view: View<'_>) -> bool {
    const MODE: &str = "istio.io/dataplane-mode";
    let mut homes = view.namespace_of(pod.object);
    match pod.template.labels.get(MODE) {
        Some("ambient") => true,
        Some("none") => false,
        _ => homes.any(|home: &Object| home.metadata.labels.get(MODE) == Some("ambient")),
    }
}

fn is_about(policy: &NetworkPolicySpec, pod: &PodView<'_>) -> bool {
    let is_ingress = policy.policy_types.is_empty() || policy.policy_types.iter().any(|own| own == "Ingress");
    let selector = Selector::of(policy.pod_selector.as_ref());
    is_ingress && selector.is_ok_and(|selector| selector.matches(&pod.template.labels))
}

fn has_tunnel(port: &NetworkPolicyPort) -> bool {
    const TUNNEL: i64 = 15008;
    let is_tcp = matches!(port.protocol.as_str(), "" | "TCP");
    is_tcp
        && match port.port {
            None => true,
            Some(IntOrString::Int(first)) => (first..=port.end_port.unwrap_or(first)).contains(&TUNNEL),
            // A name may be that of any port.
            Some(IntOrString::Str(_)) => false,
        }
}
