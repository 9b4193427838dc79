use seawall_finding::Severity;
use seawall_rbac::power;

use super::granted::{Danger, ROLES, report};

crate::check::check! {
    /// Somebody can edit admission webhooks
    ///
    /// ## What it finds
    /// Bindings by which somebody may create or change MutatingWebhookConfigurations or ValidatingWebhookConfigurations,
    /// without naming them.
    ///
    /// ## Why it matters
    /// A webhook is told every object that is written, Secrets too, and a mutating one changes it before it is stored: a pod
    /// becomes privileged, a binding gets another subject. One that validates changes nothing: of these alone it is *medium*.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: installer
    /// rules:
    /// - apiGroups: [admissionregistration.k8s.io]
    ///   resources: [mutatingwebhookconfigurations]
    ///   verbs: [create, update]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: installer
    /// roleRef:   # <- finding: high
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: installer
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: tools
    ///   name: installer
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: installer
    /// rules:
    /// - apiGroups: [admissionregistration.k8s.io]
    ///   resources: [mutatingwebhookconfigurations]
    ///   resourceNames: [injector]
    ///   verbs: [update]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: installer
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: installer
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: tools
    ///   name: installer
    /// ```
    /// ## How to fix
    /// Name the configuration with `resourceNames`: what renews the certificate of its own webhook needs `update` on that
    /// one. Creating them belongs to who installs.
    ///
    /// ## References
    /// - Kubernetes documentation, RBAC Good Practices: control admission webhooks
    /// - CIS Kubernetes Benchmark 1.12, 5.1.12
    id: "SW2012",
    name: "webhooks-editable",
    severity: High,
    scope: Access,
    reads: ROLES,
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0281", Narrower, "a role that nobody has gives nobody anything"),
        trivy("KSV-0114", Narrower, "a role that nobody has gives nobody anything"),
        checkov("CKV_K8S_155", Narrower, "a role that nobody has gives nobody anything"),
    ],
    fn run(policy, out) {
        report(policy, &[
            (&power::EDIT_WEBHOOKS, Danger { everywhere: Severity::High, in_namespace: Severity::High }),
            (&power::EDIT_VALIDATING_WEBHOOKS, Danger { everywhere: Severity::Medium, in_namespace: Severity::Medium }),
        ], out);
    }
}
