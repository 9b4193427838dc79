use seawall_finding::Severity;
use seawall_rbac::power;

use super::granted::{Danger, ROLES, report};

crate::check::check! {
    /// Somebody can make himself a certificate under any name
    ///
    /// ## What it finds
    /// Bindings by which somebody may create certificate requests, approve them, and has `approve` on the signer
    /// `kubernetes.io/kube-apiserver-client`: all three at once, be it by several bindings.
    ///
    /// ## Why it matters
    /// The API server takes the name and the groups out of a client certificate. Only the group `system:masters` is refused;
    /// the names of controllers and administrators are not. A certificate is not revoked before it ends.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: approver
    /// rules:
    /// - apiGroups: [certificates.k8s.io]
    ///   resources: [certificatesigningrequests, certificatesigningrequests/approval]
    ///   verbs: [create, update]
    /// - apiGroups: [certificates.k8s.io]
    ///   resources: [signers]
    ///   verbs: [approve]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: approver
    /// roleRef:   # <- finding: critical
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: approver
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: tools
    ///   name: approver
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: approver
    /// rules:
    /// - apiGroups: [certificates.k8s.io]
    ///   resources: [certificatesigningrequests, certificatesigningrequests/approval]
    ///   verbs: [create, update]
    /// - apiGroups: [certificates.k8s.io]
    ///   resources: [signers]
    ///   resourceNames: [example.com/internal]
    ///   verbs: [approve]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: approver
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: approver
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: tools
    ///   name: approver
    /// ```
    /// ## How to fix
    /// Name the signers with `resourceNames`, and let requests and approvals be different accounts.
    ///
    /// ## References
    /// - Kubernetes documentation, RBAC Good Practices: CSRs and certificate issuing
    /// - k8s.io/kubernetes plugin/pkg/admission/certificates/approval/admission.go v1.36.3
    id: "SW2011",
    name: "certificates-approvable",
    severity: Critical,
    scope: Access,
    reads: ROLES,
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0280", Narrower, "without `approve` on the signer an approval is refused"),
        checkov("CKV_K8S_156", Narrower, "without `approve` on the signer an approval is refused"),
    ],
    fn run(policy, out) {
        report(policy, &[
            (&power::APPROVE_CERTIFICATES, Danger { everywhere: Severity::Critical, in_namespace: Severity::High }),
        ], out);
    }
}
