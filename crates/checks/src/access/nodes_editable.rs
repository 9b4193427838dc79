use seawall_finding::Severity;
use seawall_rbac::power;

use super::granted::{Danger, ROLES, report};

crate::check::check! {
    /// Somebody can draw pods to nodes of his choice
    ///
    /// ## What it finds
    /// Bindings by which somebody may change Nodes or their status.
    ///
    /// ## Why it matters
    /// Labels, taints and resources say where pods go. Who controls one node and makes all others unfit gets the pods that he
    /// wants, with their tokens.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: labeller
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [nodes]
    ///   verbs: [patch]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: labeller
    /// roleRef:   # <- finding: medium
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: labeller
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: tools
    ///   name: labeller
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: labeller
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [nodes]
    ///   verbs: [get, list, watch]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: labeller
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: labeller
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: tools
    ///   name: labeller
    /// ```
    /// ## How to fix
    /// Name the nodes with `resourceNames`, or let who registers nodes set their labels (`--node-labels`).
    ///
    /// ## References
    /// - Kubernetes documentation, RBAC Good Practices: privilege escalation risks
    id: "SW2028",
    name: "nodes-editable",
    severity: Medium,
    scope: Access,
    reads: ROLES,
    since: "0.1.0",
    profile: Strict,
    fn run(policy, out) {
        report(policy, &[
            (&power::EDIT_NODES, Danger { everywhere: Severity::Medium, in_namespace: Severity::Medium }),
        ], out);
    }
}
