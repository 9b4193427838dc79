//! Who may do what: roles, and who has them.
//!
//! Source: k8s.io/api/rbac/v1/types.go v0.36.3.

use smol_str::SmolStr;

use crate::decode::record;
use crate::selector::LabelSelector;

record! {
    /// `Role`: its fields stand at the top of the object.
    Role {
        /// What it allows in its namespace.
        rules: Box<[PolicyRule]> = "rules",
    }

    /// `ClusterRole`: its fields stand at the top of the object.
    ClusterRole {
        /// What it allows, where it is bound. A controller keeps them when there is an `aggregationRule`.
        rules: Box<[PolicyRule]> = "rules",
        /// Whose rules it gathers.
        aggregation_rule: Option<Box<AggregationRule>> = "aggregationRule",
    }

    /// `AggregationRule`.
    AggregationRule {
        /// Which ClusterRoles: those that any of them selects.
        cluster_role_selectors: Box<[LabelSelector]> = "clusterRoleSelectors",
    }

    /// `PolicyRule`: what is allowed is each of the verbs on each of the rest.
    PolicyRule {
        /// Verbs; `*` for all.
        verbs: Box<[SmolStr]> = "verbs",
        /// API groups, empty for the core group; `*` for all.
        api_groups: Box<[SmolStr]> = "apiGroups",
        /// `pods`, `pods/log`, `*/scale`; `*` for all.
        resources: Box<[SmolStr]> = "resources",
        /// Names of objects; all when there are none.
        resource_names: Box<[SmolStr]> = "resourceNames",
        /// Paths that are no resources; a `*` at the end stands for whatever follows.
        non_resource_urls: Box<[SmolStr]> = "nonResourceURLs",
    }

    /// `RoleBinding`, `ClusterRoleBinding`: their fields stand at the top of the object.
    RoleBinding {
        /// Who has the role.
        subjects: Box<[RbacSubject]> = "subjects",
        /// The role.
        role_ref: RoleRef = "roleRef",
    }

    /// `Subject` of rbac/v1.
    RbacSubject {
        /// `User`, `Group` or `ServiceAccount`.
        kind: SmolStr = "kind",
        /// `rbac.authorization.k8s.io` for users and groups when empty, the core group for service accounts.
        api_group: SmolStr = "apiGroup",
        /// Name.
        name: SmolStr = "name",
        /// Namespace of a service account; that of the binding when empty.
        namespace: SmolStr = "namespace",
    }

    /// `RoleRef`.
    RoleRef {
        /// `rbac.authorization.k8s.io` when empty.
        api_group: SmolStr = "apiGroup",
        /// `Role` or `ClusterRole`.
        kind: SmolStr = "kind",
        /// Name; a Role is one of the namespace of the binding.
        name: SmolStr = "name",
    }
}
