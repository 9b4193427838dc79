use seawall_finding::Severity;
use seawall_inventory::kinds::AdmissionRule;
use seawall_inventory::selector::LabelSelector;

use super::webhooks::hooks;

crate::check::check! {
    /// Admission webhook that is asked about everything
    ///
    /// ## What it finds
    /// Rules of webhooks with all groups and all resources (`*` or `*/*`), where no selector narrows them. A namespace
    /// selector narrows nothing for objects outside of namespaces.
    ///
    /// ## Why it matters
    /// Every write waits for the service: leases of nodes and leaders, events, status, tokens, certificates. When it is slow, so is the
    /// control plane. With `failurePolicy: Fail` nodes lose their leases with it, and the cluster cannot repair itself. The service
    /// also sees every Secret that is written.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: admissionregistration.k8s.io/v1
    /// kind: ValidatingWebhookConfiguration
    /// metadata:
    ///   name: policy
    /// webhooks:
    /// - name: policy.example.com
    ///   sideEffects: None
    ///   admissionReviewVersions: [v1]
    ///   clientConfig: {service: {namespace: policy, name: policy}}
    ///   rules:
    ///   - operations: ["*"]
    ///     apiGroups: ["*"]
    ///     apiVersions: ["*"]
    ///     resources:
    ///     - "*"   # <- finding: medium
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: admissionregistration.k8s.io/v1
    /// kind: ValidatingWebhookConfiguration
    /// metadata:
    ///   name: policy
    /// webhooks:
    /// - name: policy.example.com
    ///   sideEffects: None
    ///   admissionReviewVersions: [v1]
    ///   clientConfig: {service: {namespace: policy, name: policy}}
    ///   rules:
    ///   - operations: [CREATE, UPDATE]
    ///     apiGroups: [""]
    ///     apiVersions: [v1]
    ///     resources: [pods, pods/ephemeralcontainers]
    /// ```
    /// ## How to fix
    /// Name the groups and resources that the policies are about.
    ///
    /// ## References
    /// - Kubernetes documentation, Admission Webhook Good Practices: limit the scope of each webhook
    /// - k8s.io/apiserver v0.37.1 pkg/admission/plugin/webhook/predicates/rules/rules.go, predicates/namespace/matcher.go
    id: "SW9013",
    name: "catch-all-webhook",
    severity: Low,
    scope: Object,
    subjects: [
        "MutatingWebhookConfiguration.admissionregistration.k8s.io",
        "ValidatingWebhookConfiguration.admissionregistration.k8s.io",
    ],
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0036", Narrower, "existence is no weakness: that a webhook takes everything is"),
        kubescape("C-0039", Narrower, "existence is no weakness: that a webhook takes everything is"),
    ],
    fn run(object, out) {
        let Some(hooks) = hooks(object) else { return out.not_applicable() };
        for hook in hooks {
            let severity = if hook.fails_closed() { Severity::Medium } else { Severity::Low };
            if hook.spec.object_selector.as_ref().is_some_and(is_opt_in) {
                continue;
            }
            for (index, rule) in hook.spec.rules.iter().enumerate() {
                let Some(resource) = everything(rule) else { continue };
                let namespaced = rule.scope.as_deref() == Some("Namespaced");
                if namespaced && hook.spec.namespace_selector.as_ref().is_some_and(is_opt_in) {
                    continue;
                }
                let path = hook.place.field("rules").index(index).field("resources").index(resource);
                let message = format!("webhook `{}` is asked about every write in the cluster", hook.spec.name);
                let value = rule.resources.get(resource).map_or("*", |resource| resource.as_str());
                out.fail(path, message).severity(severity).value(value).keyed(value);
            }
        }
    }
}

/// Whether only what carries a label is selected.
fn is_opt_in(selector: &LabelSelector) -> bool {
    !selector.match_labels.is_empty()
        || selector.match_expressions.iter().any(|requirement| matches!(requirement.operator.as_str(), "In" | "Exists"))
}

/// The index of the resource that stands for all of them, in a rule for all groups.
fn everything(rule: &AdmissionRule) -> Option<usize> {
    let all_groups = rule.api_groups.iter().any(|group| group == "*");
    let writes = ["*", "CREATE", "UPDATE"];
    let on_writes = rule.operations.iter().any(|operation| writes.contains(&operation.as_str()));
    (all_groups && on_writes)
        .then(|| rule.resources.iter().position(|resource| resource == "*" || resource == "*/*"))
        .flatten()
}
