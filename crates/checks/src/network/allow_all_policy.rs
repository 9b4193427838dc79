use seawall_finding::Severity;
use seawall_inventory::kinds::NetworkPolicySpec;
use seawall_yaml::Path;

crate::check::check! {
    /// Network policy that allows everything
    ///
    /// ## What it finds
    /// Rules of NetworkPolicies that name neither peers nor ports: whatever comes in, or goes out, is allowed, and no other policy of the
    /// pods can take that back.
    ///
    /// ## Why it matters
    /// Policies add up. One such rule, left from a search for an error, undoes all default denials of the pods that it selects, and they look
    /// isolated to whoever counts policies.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: networking.k8s.io/v1
    /// kind: NetworkPolicy
    /// metadata:
    ///   namespace: shop
    ///   name: debug
    /// spec:
    ///   podSelector: {}
    ///   policyTypes: [Ingress, Egress]
    ///   ingress:
    ///   - {}   # <- finding
    ///   egress:
    ///   - to: []   # <- finding: info
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
    ///   - ports:
    ///     - port: 8080
    /// ```
    /// ## How to fix
    /// Name in the rule who is let in, and on which ports. To let everything in is what pods without a policy do: if that is meant, remove it.
    ///
    /// ## References
    /// - k8s.io/api networking/v1 types.go v0.36.3: NetworkPolicyIngressRule, NetworkPolicyEgressRule
    id: "SW3007",
    name: "allow-all-policy",
    severity: Low,
    scope: Object,
    subjects: ["NetworkPolicy.networking.k8s.io"],
    since: "0.1.0",
    profile: Default,
    peers: [
        popeye("POP-1203", Narrower, "rules that allow everything; a policy that denies everything is good"),
    ],
    fn run(object, out) {
        let Some(policy) = object.body.network_policy() else { return out.not_applicable() };
        let spec = Path::root().field("spec");
        for (rule, _) in policy.ingress.iter().enumerate().filter(|(_, rule)| rule.from.is_empty() && rule.ports.is_empty()) {
            if is_about(policy, "Ingress") {
                out.fail(spec.field("ingress").index(rule), "the rule lets everybody in on every port")
                    .derived("it names neither peers nor ports, and no other policy takes back what one allows");
            }
        }
        for (rule, _) in policy.egress.iter().enumerate().filter(|(_, rule)| rule.to.is_empty() && rule.ports.is_empty()) {
            if is_about(policy, "Egress") {
                out.fail(spec.field("egress").index(rule), "the rule lets everything out on every port")
                    .severity(Severity::Info)
                    .derived("it names neither peers nor ports, and no other policy takes back what one allows");
            }
        }
    }
}

/// Whether rules of a direction count; without types those count that are there.
fn is_about(policy: &NetworkPolicySpec, direction: &str) -> bool {
    policy.policy_types.is_empty() || policy.policy_types.iter().any(|own| own == direction)
}
