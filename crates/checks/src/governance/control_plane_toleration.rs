use seawall_finding::Severity;
use seawall_inventory::PodView;
use seawall_inventory::kinds::Toleration;

crate::check::check! {
    /// Workload that may run on the control plane
    ///
    /// ## What it finds
    /// Workloads that tolerate the taint of control plane nodes, by name or all taints at once. It is worse when they are also sent
    /// there, by `nodeName`, `nodeSelector` or node affinity. DaemonSets, static pods and `kube-system` are not meant: agents run on
    /// every node.
    ///
    /// ## Why it matters
    /// Who gets out of a container there has the keys of the cluster: certificates of the API server, and the data of etcd. A workload
    /// that needs too much takes the API server down with it.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: web
    /// spec:
    ///   selector: {matchLabels: {app: web}}
    ///   template:
    ///     metadata: {labels: {app: web}}
    ///     spec:
    ///       tolerations:
    ///       - key: node-role.kubernetes.io/control-plane   # <- finding
    ///         operator: Exists
    ///         effect: NoSchedule
    ///       containers:
    ///       - name: app
    ///         image: registry.example/app:1.0
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: web
    /// spec:
    ///   selector: {matchLabels: {app: web}}
    ///   template:
    ///     metadata: {labels: {app: web}}
    ///     spec:
    ///       tolerations:
    ///       - key: node.kubernetes.io/unreachable
    ///         operator: Exists
    ///         effect: NoExecute
    ///         tolerationSeconds: 30
    ///       containers:
    ///       - name: app
    ///         image: registry.example/app:1.0
    /// ```
    /// ## How to fix
    /// Tolerate the taints that are meant, by name, and not those of the control plane.
    ///
    /// ## References
    /// - k8s.io/component-helpers v0.36.3 scheduling/corev1/helpers.go: TolerationsTolerateTaint
    /// - k8s.io/api v0.37.2 core/v1/toleration.go: ToleratesTaint
    /// - Kubernetes documentation, node-role.kubernetes.io/control-plane
    id: "SW9019",
    name: "control-plane-toleration",
    severity: Low,
    scope: Workload,
    since: "0.1.0",
    profile: Strict,
    fn run(pod, out) {
        let object = pod.object;
        let owners = &object.metadata.owner_references;
        let is_agent = |kind: &str| kind == "DaemonSet" || kind == "Node";
        if is_agent(&object.kind)
            || owners.iter().any(|owner| is_agent(&owner.kind))
            || object.metadata.namespace == "kube-system"
        {
            return out.not_applicable();
        }
        out.reads_pod_level(pod);
        let tolerations = &pod.spec().tolerations;
        let Some((index, toleration)) = tolerations.iter().enumerate().find(|(_, toleration)| tolerates(toleration)) else {
            return;
        };
        let place = pod.path("tolerations").index(index);
        let path = if toleration.key.is_empty() { place.clone() } else { place.field("key") };
        let (message, severity) = if is_sent_there(pod) {
            ("the workload is sent to nodes of the control plane", Severity::Medium)
        } else {
            ("the workload may run on nodes of the control plane", Severity::Low)
        };
        let finding = out.fail(path, message).about(place).severity(severity);
        if toleration.key.is_empty() {
            finding.derived("a toleration without a key covers every taint");
        } else {
            finding.value(&toleration.key);
        }
    }
}

/// The taints of nodes of the control plane; the second until v1.24.
const ROLES: [&str; 2] = ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"];

/// Whether it covers a taint of [`ROLES`] with an empty value and the effect `NoSchedule`.
fn tolerates(toleration: &Toleration) -> bool {
    let effect = matches!(toleration.effect.as_str(), "" | "NoSchedule");
    let value = match toleration.operator.as_str() {
        "Exists" => true,
        "" | "Equal" => toleration.value.is_empty() && !toleration.key.is_empty(),
        _ => false,
    };
    effect && value && (toleration.key.is_empty() || ROLES.contains(&toleration.key.as_str()))
}

fn is_sent_there(pod: &PodView<'_>) -> bool {
    let spec = pod.spec();
    let by_selector = spec.node_selector.iter().any(|(key, _)| ROLES.contains(&key));
    let node = spec.affinity.as_ref().and_then(|affinity| affinity.node_affinity.as_ref());
    let terms = node.and_then(|node| node.required.as_ref()).map_or(&[][..], |required| &required.terms);
    let wants_role = |term: &seawall_inventory::kinds::NodeSelectorTerm| {
        term.match_expressions.iter().any(|requirement| {
            ROLES.contains(&requirement.key.as_str()) && matches!(requirement.operator.as_str(), "In" | "Exists")
        })
    };
    // Terms are alternatives: one without the role leads elsewhere.
    by_selector || (!terms.is_empty() && terms.iter().all(wants_role))
}
