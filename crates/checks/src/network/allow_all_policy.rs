use seawall_yaml::Path;

crate::check::check! {
    /// Network policy that lets everybody in
    ///
    /// ## What it finds
    /// Rules of NetworkPolicies for what comes in that name neither peers nor ports: everybody is let in on every port, and no other policy of the
    /// pods can take that back. The same of what goes out is common, and told of the pods (SW3002).
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
    ///   - {}
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
    /// Name in the rule who is let in, and on which ports. To let everybody in is what pods without a policy do: if that is meant, remove it.
    ///
    /// ## References
    /// - k8s.io/api networking/v1 types.go v0.36.3: NetworkPolicyIngressRule
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
        // Without types they count that are there.
        let is_about = policy.policy_types.is_empty() || policy.policy_types.iter().any(|own| own == "Ingress");
        for (number, rule) in policy.ingress.iter().enumerate() {
            if is_about && rule.from.is_empty() && rule.ports.is_empty() {
                let at = Path::root().field("spec").field("ingress").index(number);
                out.fail(at, "the rule lets everybody in on every port")
                    .derived("it names neither peers nor ports, and no other policy takes back what one allows");
            }
        }
    }
}
