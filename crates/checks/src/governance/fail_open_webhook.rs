use seawall_finding::{Fix, Safety, Severity};

use super::webhooks::{hooks, validates};

crate::check::check! {
    /// Admission webhook that fails open
    ///
    /// ## What it finds
    /// Webhooks with `failurePolicy: Ignore`, and those of `admissionregistration.k8s.io/v1beta1` without one. Webhooks that change
    /// objects are milder: what they would add is missing then, and most objects do without.
    ///
    /// Failing closed makes the cluster depend on the webhook's service, so both policies have reasons; that is why the check belongs
    /// to the strict profile.
    ///
    /// ## Why it matters
    /// While the service does not answer in time, everything is admitted. Who can make it slow, or restart it, or wait for an
    /// upgrade, passes by the policy.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: admissionregistration.k8s.io/v1
    /// kind: ValidatingWebhookConfiguration
    /// metadata:
    ///   name: images
    /// webhooks:
    /// - name: images.example.com
    ///   failurePolicy: Ignore   # <- finding
    ///   sideEffects: None
    ///   admissionReviewVersions: [v1]
    ///   clientConfig: {service: {namespace: policy, name: images}}
    ///   rules:
    ///   - {operations: [CREATE, UPDATE], apiGroups: [""], apiVersions: [v1], resources: [pods]}
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: admissionregistration.k8s.io/v1
    /// kind: ValidatingWebhookConfiguration
    /// metadata:
    ///   name: images
    /// webhooks:
    /// - name: images.example.com
    ///   failurePolicy: Fail
    ///   sideEffects: None
    ///   admissionReviewVersions: [v1]
    ///   clientConfig: {service: {namespace: policy, name: images}}
    ///   rules:
    ///   - {operations: [CREATE, UPDATE], apiGroups: [""], apiVersions: [v1], resources: [pods]}
    /// ```
    /// ## How to fix
    /// Set `failurePolicy: Fail`, run the service with several replicas, and leave the namespace of the service itself out. A
    /// ValidatingAdmissionPolicy needs no service at all.
    ///
    /// ## References
    /// - Kubernetes documentation, Dynamic Admission Control: failure policy; Admission Webhook Good Practices
    /// - k8s.io/kubernetes v1.36.3 pkg/apis/admissionregistration/v1/defaults.go, v1beta1/defaults.go
    id: "SW9010",
    name: "fail-open-webhook",
    severity: Low,
    scope: Object,
    subjects: [
        "MutatingWebhookConfiguration.admissionregistration.k8s.io",
        "ValidatingWebhookConfiguration.admissionregistration.k8s.io",
    ],
    since: "0.1.0",
    profile: Strict,
    peers: [
        kubescape("C-0036", Narrower, "existence is no weakness: that webhooks fail open is"),
        kubescape("C-0039", Narrower, "existence is no weakness: that webhooks fail open is"),
    ],
    fn run(object, out) {
        let Some(hooks) = hooks(object) else { return out.not_applicable() };
        for hook in hooks.filter(|hook| !hook.fails_closed()) {
            let path = hook.place.field("failurePolicy");
            let message = format!("what webhook `{}` cannot be asked about is admitted", hook.spec.name);
            let severity = if validates(object) { Severity::Low } else { Severity::Info };
            let fix = Fix::set(path.clone(), "Fail", Safety::Review);
            let finding = out.fail(path, message).about(hook.place).severity(severity).fix(fix);
            match &hook.spec.failure_policy {
                Some(policy) => finding.value(policy),
                None => finding.missing("defaults to Ignore in v1beta1"),
            };
        }
    }
}
