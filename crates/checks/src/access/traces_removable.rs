use seawall_finding::Severity;
use seawall_rbac::power;

use super::granted::{Danger, ROLES, report};

crate::check::check! {
    /// Somebody can delete events
    ///
    /// ## What it finds
    /// Bindings by which somebody may delete events, of the core group or of `events.k8s.io`.
    ///
    /// ## Why it matters
    /// Events say which pods were made, pulled and killed. Who hides something deletes them.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: cleaner
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [events]
    ///   verbs: [deletecollection]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: cleaner
    /// roleRef:   # <- finding: low
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: cleaner
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: tools
    ///   name: cleaner
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: cleaner
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [events]
    ///   verbs: [create, patch]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: cleaner
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: cleaner
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: tools
    ///   name: cleaner
    /// ```
    /// ## How to fix
    /// Leave it to the API server: events end by themselves after an hour, or after what `--event-ttl` says.
    ///
    /// ## References
    /// - MITRE ATT&CK for Containers, T1070 Indicator Removal
    id: "SW2007",
    name: "traces-removable",
    severity: Low,
    scope: Access,
    reads: ROLES,
    since: "0.1.0",
    profile: Strict,
    peers: [
        kubescape("C-0031", Narrower, "a role that nobody has gives nobody anything"),
    ],
    fn run(policy, out) {
        report(policy, &[
            (&power::DELETE_EVENTS, Danger { everywhere: Severity::Low, in_namespace: Severity::Low }),
        ], out);
    }
}
