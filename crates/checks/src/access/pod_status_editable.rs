use seawall_finding::Severity;
use seawall_rbac::power;

use super::granted::{Danger, ROLES, report};

crate::check::check! {
    /// Somebody can draw traffic to pods of his choice
    ///
    /// ## What it finds
    /// Bindings by which somebody may change `pods/status` of every pod.
    ///
    /// ## Why it matters
    /// With its status a pod gets labels, an address and readiness: a pod of his own can be put behind any Service of the namespace, and the right
    /// ones taken out.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: agent
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [pods/status]
    ///   verbs: [patch]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: agent
    /// roleRef:   # <- finding: medium
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: agent
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: tools
    ///   name: agent
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: agent
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [pods]
    ///   verbs: [get, list, watch]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: agent
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: agent
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: tools
    ///   name: agent
    /// ```
    /// ## How to fix
    /// Only kubelets need it, which have it by the node authorizer.
    ///
    /// ## References
    /// - k8s.io/kubernetes v1.36.3 pkg/registry/core/pod/strategy.go
    /// - MITRE ATT&CK for Containers, T1557 Adversary-in-the-Middle
    id: "SW2038",
    name: "pod-status-editable",
    severity: Medium,
    scope: Access,
    reads: ROLES,
    since: "0.1.0",
    profile: Strict,
    fn run(policy, out) {
        report(policy, &[
            (&power::EDIT_POD_STATUS, Danger { everywhere: Severity::Medium, in_namespace: Severity::Low }),
        ], out);
    }
}
