use seawall_finding::Severity;
use seawall_rbac::power;

use super::granted::{Danger, ROLES, report};

crate::check::check! {
    /// Somebody can draw traffic of the cluster to himself
    ///
    /// ## What it finds
    /// Bindings by which somebody may change `services/status`.
    ///
    /// ## Why it matters
    /// An address in the status of a Service of type LoadBalancer is one that every node then sends to that Service: traffic
    /// to it, from all pods, comes to its pods (CVE-2020-8554, which is by design).
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: balancer
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [services/status]
    ///   verbs: [patch]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: balancer
    /// roleRef:   # <- finding: medium
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: balancer
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: tools
    ///   name: balancer
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: balancer
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [services]
    ///   verbs: [get, list, watch]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: balancer
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: balancer
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: tools
    ///   name: balancer
    /// ```
    /// ## How to fix
    /// Only what provides load balancers needs it.
    ///
    /// ## References
    /// - CVE-2020-8554
    id: "SW2016",
    name: "service-status-editable",
    severity: Medium,
    scope: Access,
    reads: ROLES,
    since: "0.1.0",
    profile: Strict,
    peers: [
        checkov("CKV2_K8S_4", Narrower, "a role that nobody has gives nobody anything"),
    ],
    fn run(policy, out) {
        report(policy, &[
            (&power::EDIT_SERVICE_STATUS, Danger { everywhere: Severity::Medium, in_namespace: Severity::Medium }),
        ], out);
    }
}
