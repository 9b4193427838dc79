use seawall_yaml::Path;

use super::quota_scope::{Covers, TOO_MANY, covers, too_many};

crate::check::check! {
    /// Namespace without a quota
    ///
    /// ## What it finds
    /// Namespaces that are read and run something, and of which no ResourceQuota among the objects read limits what pods use: CPU, memory,
    /// or the number of pods. A quota of other things, or whose scopes hold for none of the pods, does not count.
    ///
    /// ## Why it matters
    /// One tenant can take all of a cluster that others share, by mistake or on purpose. A cluster with one tenant needs no
    /// quotas, which is why hardened clusters are asked.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Namespace
    /// metadata:
    ///   name: shop   # <- finding
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   namespace: shop
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ---
    /// apiVersion: v1
    /// kind: ResourceQuota
    /// metadata:
    ///   name: objects
    ///   namespace: shop
    /// spec:
    ///   hard:
    ///     count/secrets: "20"
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Namespace
    /// metadata:
    ///   name: shop
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   namespace: shop
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ---
    /// apiVersion: v1
    /// kind: ResourceQuota
    /// metadata:
    ///   name: compute
    ///   namespace: shop
    /// spec:
    ///   hard:
    ///     requests.cpu: "10"
    ///     limits.memory: 20Gi
    /// ```
    /// ## How to fix
    /// Add a ResourceQuota of `requests.cpu`, `requests.memory` and `limits.memory`, and a LimitRange with defaults, since pods that say
    /// nothing are refused then.
    ///
    /// ## References
    /// - Kubernetes documentation: Resource Quotas
    /// - NSA Kubernetes Hardening Guide 1.2, resource policies
    id: "SW6022",
    name: "namespace-without-quota",
    severity: Low,
    scope: Object,
    subjects: ["Namespace"],
    reads: ["pods", "ResourceQuota", "LimitRange"],
    since: "0.1.0",
    profile: Strict,
    peers: [
        trivy("KSV-0039", Narrower, "containers without limits in effect are SW6001's; the shape of a LimitRange proves nothing"),
        trivy("KSV-0040", Narrower, "a namespace that is read and runs something; any quota of what pods use counts"),
    ],
    fn run(object, out) {
        if object.kind != "Namespace" || !object.group().is_empty() {
            return out.not_applicable();
        }
        let snapshot = out.snapshot();
        if snapshot.pods_beside(object).next().is_none() {
            return out.not_applicable();
        }
        if too_many(object, out) {
            return out.unknown(TOO_MANY);
        }
        let mut unknown = None;
        for (_, quota) in snapshot.quotas(object) {
            if !quota.hard.iter().any(|(resource, _)| is_used_by_pods(resource)) {
                continue;
            }
            for pod in snapshot.pods_beside(object) {
                match covers(quota, &pod, out) {
                    Covers::Yes => return,
                    Covers::No => {}
                    Covers::Unknown(reason) => unknown = Some(reason),
                }
            }
        }
        if let Some(reason) = unknown {
            return out.unknown(reason);
        }
        let message = format!("nothing bounds what pods of namespace `{}` take", object.metadata.name);
        out.fail(Path::root().field("metadata").field("name"), message)
            .derived("no ResourceQuota among the objects read limits CPU, memory or pods");
    }
}

fn is_used_by_pods(resource: &str) -> bool {
    matches!(resource, "cpu" | "memory" | "pods" | "count/pods")
        || matches!(resource.split_once('.'), Some(("requests" | "limits", "cpu" | "memory")))
}
