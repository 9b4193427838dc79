use seawall_finding::Severity;
use seawall_rbac::power;

use super::granted::{Danger, ROLES, report};

crate::check::check! {
    /// Somebody can use the API of kubelets
    ///
    /// ## What it finds
    /// Bindings by which somebody may `get` or `create` `nodes/proxy`.
    ///
    /// ## Why it matters
    /// The kubelet asks for `get` on `nodes/proxy` for whatever comes by WebSocket, commands in containers too, in all
    /// versions. It goes past admission, and past the audit log of the API server.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: metrics
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [nodes/proxy]
    ///   verbs: [get]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: metrics
    /// roleRef:   # <- finding: high
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: metrics
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: tools
    ///   name: metrics
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: metrics
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [nodes/metrics, nodes/stats]
    ///   verbs: [get]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: metrics
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: metrics
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: tools
    ///   name: metrics
    /// ```
    /// ## How to fix
    /// Name what is read: `nodes/metrics`, `nodes/stats`, `nodes/log`; from Kubernetes 1.36 on also `nodes/pods`,
    /// `nodes/healthz`, `nodes/configz`.
    ///
    /// ## References
    /// - Kubernetes documentation, RBAC Good Practices: access to proxy subresource of Nodes
    /// - Kubernetes Enhancement Proposal 2862, fine-grained authorization of kubelets
    id: "SW2010",
    name: "kubelets-reachable",
    severity: High,
    scope: Access,
    reads: ROLES,
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0279", Narrower, "a role that nobody has gives nobody anything"),
        trivy("KSV-0047", Narrower, "a role that nobody has gives nobody anything"),
    ],
    fn run(policy, out) {
        report(policy, &[
            (&power::NODES_PROXY, Danger { everywhere: Severity::High, in_namespace: Severity::High }),
        ], out);
    }
}
