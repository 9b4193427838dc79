use seawall_finding::Severity;
use seawall_rbac::power;

use super::granted::{Danger, ROLES, report};

crate::check::check! {
    /// Somebody can run commands in every pod
    ///
    /// ## What it finds
    /// Bindings by which somebody may execute commands in pods, attach to them, or add ephemeral containers. Before
    /// Kubernetes 1.35 `get` on `pods/exec` is enough, as a connection by WebSocket begins with it.
    ///
    /// ## Why it matters
    /// A command in a container has its service account, its mounted Secrets and its network. In all namespaces one of the
    /// pods is a privileged one. In one namespace it is as bad where an account stands there that takes the cluster, as those of
    /// operators do.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: debug
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [pods/exec]
    ///   verbs: [create]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: debug
    /// roleRef:   # <- finding: high
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: debug
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: tools
    ///   name: debug
    /// ```
    /// ```yaml bad
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: operator
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [secrets]
    ///   verbs: [get, list, watch]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: operator
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: operator
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: operators
    ///   name: operator
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: Role
    /// metadata:
    ///   namespace: operators
    ///   name: debug
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [pods/exec]
    ///   verbs: [create]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: RoleBinding
    /// metadata:
    ///   namespace: operators
    ///   name: debug
    /// roleRef:   # <- finding: high
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: Role
    ///   name: debug
    /// subjects:
    /// - apiGroup: rbac.authorization.k8s.io
    ///   kind: Group
    ///   name: developers
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: debug
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [pods, pods/log]
    ///   verbs: [get, list]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: debug
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: debug
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: tools
    ///   name: debug
    /// ```
    /// ## How to fix
    /// Give it in single namespaces, to people, for as long as they debug. Programs seldom need it.
    ///
    /// ## References
    /// - Kubernetes documentation, RBAC Good Practices: privilege escalation risks
    /// - Kubernetes Enhancement Proposal 5463, authorization of exec by WebSocket
    id: "SW2005",
    name: "commands-in-pods",
    severity: High,
    scope: Access,
    reads: ROLES,
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0002", Wider, "attaching and ephemeral containers run commands too"),
        trivy("KSV-0053", Wider, "attaching and ephemeral containers run commands too"),
        trivy("KSV-0054", Wider, "executing and ephemeral containers run commands too"),
    ],
    fn run(policy, out) {
        report(policy, &[
            (&power::EXECUTE, Danger { everywhere: Severity::High, in_namespace: Severity::Low }),
        ], out);
    }
}
