use seawall_finding::Severity;
use seawall_rbac::power;

use super::granted::{Danger, ROLES, report};

crate::check::check! {
    /// Somebody can change the programs of pods that run
    ///
    /// ## What it finds
    /// Bindings by which somebody may update or patch every pod.
    ///
    /// ## Why it matters
    /// The image is one of the few fields of a pod that can be changed while it runs. The kubelet starts the container anew with it: a program of
    /// his choice has the token, the volumes and the privileges of the pod. Many controllers have the right for the sake of a label.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: agent
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [pods]
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
    ///   resources: [pods]
    ///   verbs: [get, list, watch]
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
    /// Bind it in the namespaces where the program labels pods, or let it note elsewhere what it needs to know of them.
    ///
    /// ## References
    /// - k8s.io/kubernetes v1.36.3 pkg/apis/core/validation/validation.go: ValidatePodUpdate
    /// - MITRE ATT&CK for Containers, T1610 Deploy Container
    id: "SW2039",
    name: "pods-changeable",
    severity: High,
    scope: Access,
    reads: ROLES,
    since: "0.1.0",
    profile: Strict,
    fn run(policy, out) {
        report(policy, &[
            (&power::CHANGE_PODS, Danger { everywhere: Severity::High, in_namespace: Severity::Low }),
        ], out);
    }
}
