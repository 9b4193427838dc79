use seawall_yaml::Path;

use super::node_role::is_part_of_node;

/// Annotations of pods that something else keeps: the kubelet from a file or as its mirror, Helm as a hook.
const MANAGED: [&str; 3] = ["kubernetes.io/config.", "helm.sh/hook", "argocd.argoproj.io/hook"];

crate::check::check! {
    /// Pod without a controller
    ///
    /// ## What it finds
    /// Pods that are to run on (`restartPolicy: Always`) and that nothing manages: no owner, not a static pod or its
    /// mirror, not made for a Helm hook.
    ///
    /// ## Why it matters
    /// When its node fails or is drained, the pod is gone, and nothing starts it elsewhere. It cannot be updated in place
    /// either, so that fixes do not reach it.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web   # <- finding
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   restartPolicy: Never
    ///   containers:
    ///   - name: migration
    ///     image: registry.example/migration:1.0
    /// ```
    /// ## How to fix
    /// Make it the template of a Deployment, StatefulSet or DaemonSet; of a Job when it is to run once.
    ///
    /// ## References
    /// - Kubernetes documentation: Configuration Best Practices, naked pods
    /// - k8s.io/kubernetes v1.36.3 pkg/kubelet/types/pod_update.go: annotations of static and mirror pods
    id: "SW1044",
    name: "naked-pod",
    severity: Low,
    scope: Workload,
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0073", Narrower, "static, owned and hook pods, and those that run to their end, are meant so"),
        popeye("POP-208", Narrower, "static, owned and hook pods, and those that run to their end, are meant so"),
    ],
    fn run(pod, out) {
        let metadata = &pod.object.metadata;
        let is_pod = pod.object.kind == "Pod" && pod.object.group().is_empty();
        let runs_on = matches!(pod.spec().rare().restart_policy.as_str(), "" | "Always");
        let managed = |name: &str| MANAGED.iter().any(|prefix| name.starts_with(prefix));
        let is_managed = !metadata.owner_references.is_empty()
            || metadata.annotations.iter().any(|(name, _)| managed(name));
        if !is_pod {
            return out.not_applicable();
        }
        // The manifest of a static pod, as it stands on the node: the kubelet starts it again.
        if runs_on && !is_managed && !is_part_of_node(pod) {
            out.fail(
                Path::root().key("metadata").key("name"),
                "nothing starts the pod again when its node is gone",
            )
            .derived("the pod has no owner, and `restartPolicy` is `Always`");
        }
    }
}
