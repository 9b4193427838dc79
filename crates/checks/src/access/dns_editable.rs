use seawall_finding::Severity;
use seawall_rbac::power;

use super::granted::{Danger, ROLES, report};

crate::check::check! {
    /// Somebody can turn the names of the cluster elsewhere
    ///
    /// ## What it finds
    /// Bindings by which somebody may change the ConfigMap `coredns` in `kube-system`, by name or with all others.
    ///
    /// ## Why it matters
    /// CoreDNS reads it while it runs. Names of services, and of the world, then lead to whoever changed it.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: settings
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [configmaps]
    ///   verbs: [update]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: settings
    /// roleRef:   # <- finding: high
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: settings
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: tools
    ///   name: settings
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: Role
    /// metadata:
    ///   namespace: apps
    ///   name: settings
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [configmaps]
    ///   verbs: [update]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: RoleBinding
    /// metadata:
    ///   namespace: apps
    ///   name: settings
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: Role
    ///   name: settings
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: apps
    ///   name: settings
    /// ```
    /// ## How to fix
    /// Give rights on ConfigMaps in the namespaces of the application, by a Role, and not in the whole cluster.
    ///
    /// ## References
    /// - MITRE ATT&CK for Containers, T1557 Adversary-in-the-Middle
    id: "SW2015",
    name: "dns-editable",
    severity: High,
    scope: Access,
    reads: ROLES,
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0037", Narrower, "a role that nobody has gives nobody anything"),
        trivy("KSV-0049", Narrower, "ConfigMaps of an application are not those of the cluster"),
    ],
    fn run(policy, out) {
        report(policy, &[
            (&power::EDIT_DNS, Danger { everywhere: Severity::High, in_namespace: Severity::High }),
        ], out);
    }
}
