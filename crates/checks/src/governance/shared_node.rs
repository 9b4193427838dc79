use seawall_finding::{Param, ParamDefault};
use seawall_inventory::PodView;
use seawall_inventory::selector::Selector;

use crate::out::Out;

crate::check::check! {
    /// Sensitive workload that shares its node
    ///
    /// ## What it finds
    /// Workloads that the parameter `sensitive` names by their labels, and that are not kept on nodes of their own: these take a node
    /// selector or required node affinity, so that they run nowhere else, and a toleration for a taint that keeps others away. A
    /// sandbox (`runtimeClassName` with a handler of the parameter `sandboxes`) does as well. Without `sensitive` the check says
    /// nothing.
    ///
    /// ## Why it matters
    /// Who gets out of a container on the same node has the Secrets of all pods on it, and their memory.
    ///
    /// ## Bad
    /// ```yaml bad
    /// # with sensitive: tier=payment
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: payment
    ///   labels: {tier: payment}
    /// spec:   # <- finding
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## Good
    /// ```yaml good
    /// # with sensitive: tier=payment
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: payment
    ///   labels: {tier: payment}
    /// spec:
    ///   nodeSelector: {node.example.com/pool: payment}
    ///   tolerations:
    ///   - {key: node.example.com/pool, value: payment, effect: NoSchedule}
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## How to fix
    /// Taint a pool of nodes, and give the workload the toleration and the node selector for it.
    ///
    /// ## References
    /// - Kubernetes documentation, Multi-tenancy: node isolation; Taints and Tolerations: dedicated nodes
    id: "SW9021",
    name: "shared-node",
    severity: Low,
    scope: Workload,
    reads: ["RuntimeClass.node.k8s.io"],
    since: "0.1.0",
    profile: Default,
    params: [
        Param {
            name: "sensitive",
            doc: "Label selectors of the pods it is asked of: `tier=payment`, `data in (personal, health)`.",
            default: ParamDefault::Strings(&[]),
        },
        Param {
            name: "sandboxes",
            doc: "Handlers of runtime classes that isolate by a kernel of their own.",
            default: ParamDefault::Strings(&["runsc", "gvisor", "kata", "kata-qemu", "kata-clh", "kata-fc"]),
        },
    ],
    fn run(pod, out) {
        let sensitive = out.param_strings("sensitive");
        if sensitive.is_empty() {
            return out.not_applicable();
        }
        let selectors = sensitive.into_iter().map(Selector::parse);
        let mut invalid = false;
        let mut named = false;
        for selector in selectors {
            match selector {
                Ok(selector) => named |= selector.matches(&pod.template.labels),
                Err(_) => invalid = true,
            }
        }
        if !named {
            if invalid {
                return out.unknown("a selector of the parameter `sensitive` is not valid");
            }
            return out.not_applicable();
        }
        judge(pod, out);
    }
}

fn judge(pod: &PodView<'_>, out: &mut Out<'_>) {
    out.reads_pod_level(pod);
    let is_kept = is_kept_to_nodes(pod);
    let keeps_others = pod.spec().tolerations.iter().any(|toleration| !is_automatic(&toleration.key));
    if is_kept && keeps_others {
        return;
    }
    if let Some(class) = &pod.spec().rare().runtime_class_name {
        let mut classes = out.snapshot().find("node.k8s.io", "RuntimeClass", "", class);
        let handlers = out.param_strings("sandboxes");
        let Some(read) = classes.next() else {
            return out.unknown(format!("the runtime class `{class}` was not read"));
        };
        if read.body.runtime_class().is_some_and(|class| handlers.contains(&class.handler.as_str())) {
            return;
        }
    }
    let (path, message) = if is_kept {
        (pod.path("tolerations"), "nothing keeps others away from the nodes of the sensitive workload")
    } else {
        (pod.path("nodeSelector"), "the sensitive workload runs on any node, beside any other")
    };
    out.fail(path, message).missing("the scheduler places pods wherever they fit");
}

/// Whether a label of nodes other than those that every node has is demanded.
fn is_kept_to_nodes(pod: &PodView<'_>) -> bool {
    let spec = pod.spec();
    let is_special = |key: &str| !COMMON.contains(&key);
    let node = spec.affinity.as_ref().and_then(|affinity| affinity.node_affinity.as_ref());
    let terms = node.and_then(|node| node.required.as_ref()).map_or(&[][..], |required| &required.terms);
    let by_term = !terms.is_empty()
        && terms.iter().all(|term| {
            term.match_expressions.iter().any(|requirement| {
                is_special(&requirement.key) && matches!(requirement.operator.as_str(), "In" | "Exists")
            })
        });
    by_term || spec.node_selector.iter().any(|(key, _)| is_special(key))
}

/// Labels that every node has.
const COMMON: [&str; 6] = [
    "beta.kubernetes.io/arch",
    "beta.kubernetes.io/os",
    "kubernetes.io/arch",
    "kubernetes.io/os",
    "topology.kubernetes.io/region",
    "topology.kubernetes.io/zone",
];

/// Whether the taint is one that the control plane sets on any node in trouble.
fn is_automatic(key: &str) -> bool {
    key.is_empty() || key.starts_with("node.kubernetes.io/") || key.starts_with("node-role.kubernetes.io/")
}
