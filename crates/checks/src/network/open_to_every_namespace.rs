use seawall_inventory::selector::Selector;
use seawall_yaml::Path;

crate::check::check! {
    /// Policy that lets every namespace in
    ///
    /// ## What it finds
    /// Rules of NetworkPolicies for what comes in, with a peer that means all pods of all namespaces, or with ports and no peers at all, which lets in
    /// whatever there is.
    ///
    /// ## Why it matters
    /// Namespaces of different teams, and those of test and production, stand in one cluster. A rule that means all of them makes one compromised
    /// pod anywhere enough.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: networking.k8s.io/v1
    /// kind: NetworkPolicy
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// spec:
    ///   podSelector: {}
    ///   ingress:
    ///   - from:
    ///     - namespaceSelector: {}   # <- finding
    ///   - ports:   # <- finding
    ///     - port: 8080
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: networking.k8s.io/v1
    /// kind: NetworkPolicy
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// spec:
    ///   podSelector: {}
    ///   ingress:
    ///   - from:
    ///     - namespaceSelector: {}
    ///       podSelector:
    ///         matchLabels: {app.kubernetes.io/name: prometheus}
    ///     - namespaceSelector:
    ///         matchLabels: {team: shop}
    /// ```
    /// ## How to fix
    /// Name the namespaces that need it, by their label `kubernetes.io/metadata.name` or by one that only administrators give.
    ///
    /// ## References
    /// - k8s.io/api networking/v1 types.go v0.36.3: NetworkPolicyPeer
    id: "SW3008",
    name: "open-to-every-namespace",
    severity: Low,
    scope: Object,
    subjects: ["NetworkPolicy.networking.k8s.io"],
    since: "0.1.0",
    profile: Strict,
    fn run(object, out) {
        let Some(policy) = object.body.network_policy() else { return out.not_applicable() };
        let rules = Path::root().field("spec").field("ingress");
        for (number, rule) in policy.ingress.iter().enumerate() {
            let at = rules.index(number);
            // Without ports it allows everything, which is told of it.
            if rule.from.is_empty() && !rule.ports.is_empty() {
                out.fail(at.clone(), "the rule lets everybody in on its ports").missing("from everywhere");
            }
            for (index, peer) in rule.from.iter().enumerate() {
                let is_all = |selector| Selector::of(Some(selector)).is_ok_and(|selector| selector.is_everything());
                let all_namespaces = peer.namespace_selector.as_ref().is_some_and(is_all);
                if all_namespaces && peer.pod_selector.as_ref().is_none_or(is_all) && peer.ip_block.is_none() {
                    let at = at.field("from").index(index).field("namespaceSelector");
                    out.fail(at, "all pods of all namespaces are let in").derived("an empty selector means all");
                }
            }
        }
    }
}
