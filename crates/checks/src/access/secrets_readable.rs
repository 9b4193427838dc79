use seawall_finding::Severity;
use seawall_rbac::power;

use super::granted::{Danger, ROLES, report};

crate::check::check! {
    /// Somebody can read every Secret
    ///
    /// ## What it finds
    /// Bindings by which somebody may get, list or watch Secrets without naming them: `list` and `watch` give their values like
    /// `get`. A rule that names the Secrets is none, and neither is a role that nobody has.
    ///
    /// ## Why it matters
    /// Secrets hold tokens of service accounts, keys of clouds and registries, certificates. In all namespaces they mostly add up to the
    /// whole cluster.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: metrics
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [nodes, pods, secrets]
    ///   verbs: [list, watch]
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
    ///   namespace: monitoring
    ///   name: metrics
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: Role
    /// metadata:
    ///   namespace: monitoring
    ///   name: metrics
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [secrets]
    ///   resourceNames: [scrape-password]
    ///   verbs: [get]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: RoleBinding
    /// metadata:
    ///   namespace: monitoring
    ///   name: metrics
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: Role
    ///   name: metrics
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: monitoring
    ///   name: metrics
    /// ```
    /// ## How to fix
    /// Name the Secrets with `resourceNames`, in a Role of their namespace, and mount them rather than reading them by the API. Metadata
    /// alone cannot be granted: who lists Secrets gets their values.
    ///
    /// ## References
    /// - Kubernetes documentation, RBAC Good Practices: listing Secrets
    /// - CIS Kubernetes Benchmark 1.12, 5.1.2
    id: "SW2003",
    name: "secrets-readable",
    severity: High,
    scope: Access,
    reads: ROLES,
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0015", Narrower, "writing Secrets reads none"),
        kubescape("C-0186", Narrower, "a role that nobody has gives nobody anything"),
    ],
    fn run(policy, out) {
        let danger = Danger { everywhere: Severity::High, in_namespace: Severity::Medium };
        report(policy, &[(&power::READ_SECRETS, danger)], out);
    }
}
