use seawall_finding::{Fix, Safety};
use seawall_inventory::VersionRange;
use seawall_yaml::Path;

/// Versions that know the field by default (k8s.io/api v0.36.3 policy/v1: PDBUnhealthyPodEvictionPolicy, KEP-3017).
const KNOWN: VersionRange = VersionRange::since(27);

crate::check::check! {
    /// Pods that never start are protected too
    ///
    /// ## What it finds
    /// PodDisruptionBudgets that do not say `unhealthyPodEvictionPolicy: AlwaysAllow`, from v1.27 on.
    ///
    /// ## Why it matters
    /// A pod that runs and is not ready, since it crashes or waits for something, can only be evicted while enough others are
    /// healthy. When most pods of a service are broken, its nodes cannot be drained until a person deletes the pods. With
    /// `AlwaysAllow` what serves nobody is not protected. It matters only when pods are broken already.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: policy/v1
    /// kind: PodDisruptionBudget
    /// metadata:
    ///   name: web
    /// spec:   # <- finding
    ///   maxUnavailable: 1
    ///   selector:
    ///     matchLabels:
    ///       app: web
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: policy/v1
    /// kind: PodDisruptionBudget
    /// metadata:
    ///   name: web
    /// spec:
    ///   maxUnavailable: 1
    ///   unhealthyPodEvictionPolicy: AlwaysAllow
    ///   selector:
    ///     matchLabels:
    ///       app: web
    /// ```
    /// ## How to fix
    /// Set `unhealthyPodEvictionPolicy: AlwaysAllow`, unless pods that are not ready hold data that must be copied first.
    ///
    /// ## References
    /// - KEP-3017: PodHealthyPolicy for PodDisruptionBudget
    /// - k8s.io/kubernetes v1.36.3 pkg/registry/core/pod/storage/eviction.go
    id: "SW6033",
    name: "unhealthy-pod-blocks-eviction",
    severity: Info,
    scope: Object,
    subjects: ["PodDisruptionBudget.policy"],
    since: "0.1.0",
    profile: All,
    peers: [
        kube_linter("pdb-unhealthy-pod-eviction-policy", Same, ""),
    ],
    fn run(object, out) {
        let Some(budget) = object.body.disruption_budget() else { return out.not_applicable() };
        if !KNOWN.contains(out.version()) {
            return out.not_applicable();
        }
        let policy = budget.unhealthy_pod_eviction_policy.as_deref();
        if policy == Some("AlwaysAllow") {
            return;
        }
        let path = Path::root().field("spec").field("unhealthyPodEvictionPolicy");
        let fix = Fix::set(path.clone(), "AlwaysAllow", Safety::Review);
        let draft = out.fail(path, "pods that are not ready are kept on a node that is drained");
        match policy {
            Some(policy) => draft.value(policy),
            None => draft.missing("defaults to `IfHealthyBudget`"),
        }
        .fix(fix);
    }
}
