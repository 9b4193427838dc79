use seawall_finding::Severity;
use seawall_rbac::power;

use super::granted::{Danger, ROLES, report};

crate::check::check! {
    /// Somebody can make volumes of any path of a node
    ///
    /// ## What it finds
    /// Bindings by which somebody may create PersistentVolumes.
    ///
    /// ## Why it matters
    /// A PersistentVolume may be a `hostPath`. Pod Security looks at pods, which then name a claim: the files of the node are
    /// mounted all the same, those of the kubelet and the control plane too.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: storage
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [persistentvolumes]
    ///   verbs: [create]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: storage
    /// roleRef:   # <- finding: high
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: storage
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: tools
    ///   name: storage
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: Role
    /// metadata:
    ///   namespace: apps
    ///   name: storage
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [persistentvolumeclaims]
    ///   verbs: [create]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: RoleBinding
    /// metadata:
    ///   namespace: apps
    ///   name: storage
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: Role
    ///   name: storage
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: apps
    ///   name: storage
    /// ```
    /// ## How to fix
    /// Leave it to the provisioner of the storage class; applications create claims.
    ///
    /// ## References
    /// - Kubernetes documentation, RBAC Good Practices: persistent volume creation
    /// - CIS Kubernetes Benchmark 1.12, 5.1.9
    id: "SW2014",
    name: "volumes-creatable",
    severity: High,
    scope: Access,
    reads: ROLES,
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0278", Narrower, "a role that nobody has gives nobody anything"),
    ],
    fn run(policy, out) {
        report(policy, &[
            (&power::CREATE_VOLUMES, Danger { everywhere: Severity::High, in_namespace: Severity::High }),
        ], out);
    }
}
