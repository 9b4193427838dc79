use seawall_finding::{Param, ParamDefault, Severity};

use super::webhooks::hooks;

crate::check::check! {
    /// Admission webhook that is waited for too long
    ///
    /// ## What it finds
    /// Webhooks that fail closed and whose `timeoutSeconds` is above the parameter `seconds`; those of
    /// `admissionregistration.k8s.io/v1beta1` wait 30 seconds without one. Timeouts that the API server refuses, below 1 and above
    /// 30, are medium.
    ///
    /// ## Why it matters
    /// Each request waits for as long as that while the service hangs, and webhooks that change objects are asked one after another:
    /// two of 30 seconds exceed the time that a request has in all. Then the client sees a timeout, and not the webhook's name.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: admissionregistration.k8s.io/v1
    /// kind: MutatingWebhookConfiguration
    /// metadata:
    ///   name: sidecar
    /// webhooks:
    /// - name: sidecar.example.com
    ///   timeoutSeconds: 30   # <- finding
    ///   sideEffects: None
    ///   admissionReviewVersions: [v1]
    ///   clientConfig: {service: {namespace: mesh, name: sidecar}}
    ///   rules:
    ///   - {operations: [CREATE], apiGroups: [""], apiVersions: [v1], resources: [pods]}
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: admissionregistration.k8s.io/v1
    /// kind: MutatingWebhookConfiguration
    /// metadata:
    ///   name: sidecar
    /// webhooks:
    /// - name: sidecar.example.com
    ///   timeoutSeconds: 5
    ///   sideEffects: None
    ///   admissionReviewVersions: [v1]
    ///   clientConfig: {service: {namespace: mesh, name: sidecar}}
    ///   rules:
    ///   - {operations: [CREATE], apiGroups: [""], apiVersions: [v1], resources: [pods]}
    /// ```
    /// ## How to fix
    /// Set what the service needs when it is well, and a little more.
    ///
    /// ## References
    /// - Kubernetes documentation, Admission Webhook Good Practices: use a small timeout value
    /// - k8s.io/kubernetes v1.36.3 pkg/apis/admissionregistration/validation/validation.go: validateWebhook
    id: "SW9014",
    name: "slow-webhook",
    severity: Low,
    scope: Object,
    subjects: [
        "MutatingWebhookConfiguration.admissionregistration.k8s.io",
        "ValidatingWebhookConfiguration.admissionregistration.k8s.io",
    ],
    since: "0.1.0",
    profile: Strict,
    params: [Param {
        name: "seconds",
        doc: "The longest timeout that is not found.",
        default: ParamDefault::Int(10),
    }],
    fn run(object, out) {
        let Some(hooks) = hooks(object) else { return out.not_applicable() };
        let longest = out.param_int("seconds");
        for hook in hooks {
            let seconds = hook.timeout();
            let refused = !(1..=30).contains(&seconds);
            if !refused && (seconds <= longest || !hook.fails_closed()) {
                continue;
            }
            let name = &hook.spec.name;
            let (message, severity) = if refused {
                (format!("the API server refuses webhook `{name}`: a timeout is 1 to 30 seconds"), Severity::Medium)
            } else {
                (format!("requests wait up to {seconds} seconds for webhook `{name}`"), Severity::Low)
            };
            let path = hook.place.field("timeoutSeconds");
            let finding = out.fail(path, message).about(hook.place).severity(severity);
            match hook.spec.timeout_seconds {
                Some(seconds) => finding.value(seconds.to_string()),
                None => finding.missing("defaults to 30 in v1beta1"),
            };
        }
    }
}
