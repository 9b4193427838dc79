use seawall_finding::Severity;
use seawall_rbac::power;

use super::granted::{Danger, report_where};

crate::check::check! {
    /// Somebody can let anybody of the cloud in
    ///
    /// ## What it finds
    /// Bindings by which somebody may change the ConfigMap `aws-auth` of `kube-system`: by a rule that names it, or by one about every
    /// ConfigMap where that one was read.
    ///
    /// ## Why it matters
    /// On EKS this ConfigMap says which roles and users of AWS are whom in the cluster. One line makes any of them `system:masters`; it is of
    /// effect at once, and nothing in the cluster takes it back. In other clusters it is an ordinary ConfigMap.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: agent
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [configmaps]
    ///   resourceNames: [aws-auth]
    ///   verbs: [get, patch]
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
    /// kind: ClusterRole
    /// metadata:
    ///   name: agent
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [configmaps]
    ///   resourceNames: [aws-auth]
    ///   verbs: [get]
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
    /// Take the right away, and use access entries of EKS in place of the ConfigMap (`authenticationMode: API`).
    ///
    /// ## References
    /// - Amazon EKS documentation: Grant IAM users access to Kubernetes with a ConfigMap
    id: "SW2036",
    name: "aws-auth-editable",
    severity: High,
    scope: Access,
    reads: [
        "ConfigMap",
        "ClusterRole.rbac.authorization.k8s.io",
        "ClusterRoleBinding.rbac.authorization.k8s.io",
        "Role.rbac.authorization.k8s.io",
        "RoleBinding.rbac.authorization.k8s.io",
    ],
    since: "0.1.0",
    profile: Default,
    peers: [
        trivy("KSV-0115", Narrower, "a role that nobody has gives nobody anything"),
    ],
    fn run(policy, out) {
        let is_there = out.snapshot().find("", "ConfigMap", "kube-system", NAME).next().is_some();
        let danger = Danger { everywhere: Severity::High, in_namespace: Severity::High };
        report_where(policy, &[(&power::EDIT_AWS_AUTH, danger)], out, |holding| {
            let mut rules = holding.grants.iter().map(|grant| grant.rule.rule);
            is_there || rules.any(|rule| rule.resource_names.iter().any(|name| name == NAME))
        });
    }
}

/// The ConfigMap by which EKS lets people in.
const NAME: &str = "aws-auth";
