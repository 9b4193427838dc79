use seawall_rbac::Why;
use seawall_yaml::Path;

use super::granted::ROLES;

crate::check::check! {
    /// Binding that gives what its subject has already
    ///
    /// ## What it finds
    /// Subjects of bindings who have the same by another binding: the same role in the same place, the same role everywhere, or everywhere a
    /// role that allows as much. Of two that say the same the second is told. What a group of the subject has is not looked at, nor is
    /// what only several roles allow together.
    ///
    /// ## Why it matters
    /// Who takes one of them away believes that the right is gone, and it is not.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: viewers
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: view
    /// subjects:
    /// - kind: User
    ///   apiGroup: rbac.authorization.k8s.io
    ///   name: jane
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: RoleBinding
    /// metadata:
    ///   namespace: shop
    ///   name: viewers
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: view
    /// subjects:
    /// - kind: User
    ///   apiGroup: rbac.authorization.k8s.io
    ///   name: jane   # <- finding
    /// ```
    /// ```yaml bad
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: reader
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [pods]
    ///   verbs: [get]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: all
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: cluster-admin
    /// subjects:
    /// - kind: User
    ///   apiGroup: rbac.authorization.k8s.io
    ///   name: jane
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: reader
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: reader
    /// subjects:
    /// - kind: User
    ///   apiGroup: rbac.authorization.k8s.io
    ///   name: jane   # <- finding
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: RoleBinding
    /// metadata:
    ///   namespace: pay
    ///   name: viewers
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: view
    /// subjects:
    /// - kind: User
    ///   apiGroup: rbac.authorization.k8s.io
    ///   name: jane
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: RoleBinding
    /// metadata:
    ///   namespace: shop
    ///   name: viewers
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: view
    /// subjects:
    /// - kind: User
    ///   apiGroup: rbac.authorization.k8s.io
    ///   name: jane
    /// ```
    /// ## How to fix
    /// Keep the narrower binding when it is enough, and delete the other one.
    ///
    /// ## References
    /// - Kubernetes documentation, RBAC Good Practices: periodic review
    id: "SW2031",
    name: "redundant-binding",
    severity: Info,
    scope: Access,
    reads: ROLES,
    since: "0.1.0",
    profile: All,
    fn run(policy, out) {
        if policy.is_empty() {
            return out.not_applicable();
        }
        let (found, doubts) = policy.redundant();
        let objects = &policy.snapshot().objects;
        for redundant in found {
            if policy.is_made_at_start(redundant.binding, out.version()) {
                continue;
            }
            let (Some(binding), Some(other)) = (objects.get(redundant.binding), objects.get(redundant.other)) else { continue };
            let Some(subject) = binding.body.role_binding().and_then(|body| body.subjects.get(redundant.subject)) else { continue };
            let other = policy.snapshot().identity(other.reference());
            let what = match redundant.why {
                Why::Same => "the same role by",
                Why::Wider => "the same role everywhere by",
                Why::Covered => "as much everywhere by",
            };
            let message = format!("`{}` has {what} {} `{}` already", subject.name, other.kind, other.name);
            let path = Path::root().key("subjects").index(redundant.subject).key("name");
            out.fail_on(redundant.binding, path, message).value(&subject.name).keyed(format!("{} {}", subject.namespace, subject.name));
        }
        if let Some(reason) = doubts.first() {
            out.unknown(reason.describe(policy.snapshot()));
        }
    }
}
