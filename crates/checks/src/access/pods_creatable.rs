use seawall_finding::Severity;
use seawall_rbac::power;

use super::granted::{Danger, ROLES, report};

crate::check::check! {
    /// Somebody can run pods as any service account
    ///
    /// ## What it finds
    /// Bindings by which somebody may create pods, or create or change what makes them: Deployments, DaemonSets,
    /// StatefulSets, ReplicaSets, ReplicationControllers, Jobs, CronJobs, each in its own API group.
    ///
    /// ## Why it matters
    /// A pod takes any service account of its namespace and mounts any of its Secrets; nobody is asked whether he may use
    /// them. In all namespaces that is every account of the cluster, and where Pod Security does not forbid it, the nodes. In one namespace it is
    /// as bad where an account stands there that takes the cluster, as those of operators do.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: runner
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [pods]
    ///   verbs: [create]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: runner
    /// roleRef:   # <- finding: high
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: runner
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: tools
    ///   name: runner
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: Role
    /// metadata:
    ///   namespace: builds
    ///   name: runner
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [pods]
    ///   verbs: [get, list, watch]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: RoleBinding
    /// metadata:
    ///   namespace: builds
    ///   name: runner
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: Role
    ///   name: runner
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: builds
    ///   name: runner
    /// ```
    /// ## How to fix
    /// Give the right in the namespaces where pods are to be made, hold these to the restricted level of Pod Security, and
    /// keep accounts with other rights out of them.
    ///
    /// ## References
    /// - Kubernetes documentation, RBAC Good Practices: workload creation
    /// - CIS Kubernetes Benchmark 1.12, 5.1.4
    id: "SW2004",
    name: "pods-creatable",
    severity: High,
    scope: Access,
    reads: ROLES,
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0188", Narrower, "a role that nobody has gives nobody anything"),
        trivy("KSV-0048", Narrower, "a role that nobody has gives nobody anything"),
        kube_linter("access-to-create-pods", Narrower, "a role that nobody has gives nobody anything"),
    ],
    fn run(policy, out) {
        report(policy, &[
            (&power::RUN_PODS, Danger { everywhere: Severity::High, in_namespace: Severity::Low }),
        ], out);
    }
}
