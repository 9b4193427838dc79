use seawall_inventory::selector::Selector;
use seawall_yaml::Path;

crate::check::check! {
    /// Network policy that selects no pods
    ///
    /// ## What it finds
    /// NetworkPolicies whose selector means no pod, when all of a cluster was read; in files that is unknown, since the pods may be elsewhere.
    /// Policies that select all pods of a namespace wait for pods to come and are not meant.
    ///
    /// ## Why it matters
    /// A label that was changed at the pods and not in the policy, or written with a mistake: the pods that it was for stand open.
    ///
    /// ## Bad
    /// ```yaml bad
    /// # with cluster: all
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// spec:
    ///   selector:
    ///     matchLabels: {app: web}
    ///   template:
    ///     metadata:
    ///       labels: {app: web}
    ///     spec:
    ///       containers:
    ///       - name: web
    ///         image: registry.example/web:1
    /// ---
    /// apiVersion: networking.k8s.io/v1
    /// kind: NetworkPolicy
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// spec:
    ///   podSelector:   # <- finding
    ///     matchLabels: {app: wbe}
    /// ```
    /// ## Good
    /// ```yaml good
    /// # with cluster: all
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// spec:
    ///   selector:
    ///     matchLabels: {app: web}
    ///   template:
    ///     metadata:
    ///       labels: {app: web}
    ///     spec:
    ///       containers:
    ///       - name: web
    ///         image: registry.example/web:1
    /// ---
    /// apiVersion: networking.k8s.io/v1
    /// kind: NetworkPolicy
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// spec:
    ///   podSelector:
    ///     matchLabels: {app: web}
    /// ```
    /// ## How to fix
    /// Write the labels that the pods have; `seawall reach lint` names labels that are nearly so. A policy for pods that are gone is to be removed.
    ///
    /// ## References
    /// - k8s.io/api networking/v1 types.go v0.36.3: NetworkPolicySpec
    id: "SW3005",
    name: "network-policy-selects-nothing",
    severity: Medium,
    scope: Object,
    subjects: ["NetworkPolicy.networking.k8s.io"],
    reads: ["pods"],
    since: "0.1.0",
    profile: Default,
    peers: [
        kube_linter("dangling-networkpolicy", Narrower, "an object that is not read may exist in the cluster: unknown, not failed"),
        kube_score("networkpolicy-targets-pod", Narrower, "an object that is not read may exist in the cluster: unknown, not failed"),
        popeye("POP-1200", Narrower, "an object that is not read may exist in the cluster: unknown, not failed"),
    ],
    fn run(object, out) {
        let Some(policy) = object.body.network_policy() else { return out.not_applicable() };
        // Without one, and with one that the API server refuses, there is nothing to ask.
        let Ok(selector) = Selector::of(policy.pod_selector.as_ref()) else { return out.not_applicable() };
        if policy.pod_selector.is_none() || selector.is_everything() {
            return out.not_applicable();
        }
        if !out.snapshot().pods_selected(object, &selector).is_empty() {
            return;
        }
        if !out.snapshot().has_all_pods_beside(object) {
            return out.unknown("no pod that the policy selects is among the objects read");
        }
        out.fail(Path::root().field("spec").field("podSelector"), "no pod and no template has the labels that the policy selects")
            .derived("the policy has no effect");
    }
}
