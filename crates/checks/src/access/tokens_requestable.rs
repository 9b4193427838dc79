use seawall_finding::Severity;
use seawall_rbac::power;

use super::granted::{Danger, ROLES, report};

crate::check::check! {
    /// Somebody can get tokens of every service account
    ///
    /// ## What it finds
    /// Bindings by which somebody may create `serviceaccounts/token` without naming the accounts; or make Secrets and read them, since
    /// a controller writes a token into each Secret of type `kubernetes.io/service-account-token`.
    ///
    /// ## Why it matters
    /// A token is all that an account is. In all namespaces, and in `kube-system`, there are accounts of controllers that can
    /// do nearly everything; in another namespace, that of an operator is one perhaps.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: agent
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [serviceaccounts/token]
    ///   verbs: [create]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: agent
    /// roleRef:   # <- finding: high
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: agent
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: tools
    ///   name: agent
    /// ```
    /// ```yaml bad
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: agent
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [secrets]
    ///   verbs: [create, get]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: agent
    /// roleRef:   # <- finding: high
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
    /// kind: Role
    /// metadata:
    ///   namespace: apps
    ///   name: agent
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [serviceaccounts/token]
    ///   resourceNames: [web]
    ///   verbs: [create]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: RoleBinding
    /// metadata:
    ///   namespace: apps
    ///   name: agent
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: Role
    ///   name: agent
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: apps
    ///   name: agent
    /// ```
    /// ## How to fix
    /// Name the accounts with `resourceNames`, in a Role of their namespace. What needs its own token gets it mounted.
    ///
    /// ## References
    /// - Kubernetes documentation, RBAC Good Practices: token request
    /// - CIS Kubernetes Benchmark 1.12, 5.1.13
    id: "SW2013",
    name: "tokens-requestable",
    severity: High,
    scope: Access,
    reads: ROLES,
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0282", Narrower, "a role that nobody has gives nobody anything"),
    ],
    fn run(policy, out) {
        report(policy, &[
            (&power::REQUEST_TOKENS, Danger { everywhere: Severity::High, in_namespace: Severity::Medium }),
            (&power::MINT_TOKENS, Danger { everywhere: Severity::High, in_namespace: Severity::Low }),
        ], out);
    }
}
