use seawall_finding::Severity;
use seawall_rbac::power;

use super::granted::{Danger, ROLES, report};

crate::check::check! {
    /// Somebody can reach every port of every pod
    ///
    /// ## What it finds
    /// Bindings by which somebody may forward ports of pods, or use the API server as a proxy to pods or services.
    ///
    /// ## Why it matters
    /// The connection comes from the node, or from the API server: no NetworkPolicy stands in its way, and what listens on
    /// loopback in a pod, for its neighbours alone, is reached as well.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: tunnel
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [pods/portforward]
    ///   verbs: [create]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: tunnel
    /// roleRef:   # <- finding: medium
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: tunnel
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: tools
    ///   name: tunnel
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: tunnel
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [services]
    ///   verbs: [get, list]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: tunnel
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: tunnel
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: tools
    ///   name: tunnel
    /// ```
    /// ## How to fix
    /// Give it in single namespaces, to people. Programs reach each other by services.
    ///
    /// ## References
    /// - Kubernetes documentation, RBAC Good Practices: privilege escalation risks
    id: "SW2006",
    name: "pods-reachable",
    severity: Medium,
    scope: Access,
    reads: ROLES,
    since: "0.1.0",
    profile: Strict,
    peers: [
        kubescape("C-0063", Wider, "a proxy through the API server reaches as much"),
    ],
    fn run(policy, out) {
        report(policy, &[
            (&power::FORWARD, Danger { everywhere: Severity::Medium, in_namespace: Severity::Low }),
        ], out);
    }
}
