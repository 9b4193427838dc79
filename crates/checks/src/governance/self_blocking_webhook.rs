use std::borrow::Cow;

use super::namespace_selectors::takes;
use super::webhooks::{Hook, hooks, is_about, is_namespaced};
use crate::out::Out;

crate::check::check! {
    /// Admission webhook that can block its own start
    ///
    /// ## What it finds
    /// Webhooks that fail closed, are asked about the creation of pods, and about those in the namespace of their own service too. Of a
    /// webhook outside of the cluster (`url`) the namespace is `kube-system`.
    ///
    /// Selectors by other labels than `kubernetes.io/metadata.name` are decided by the Namespace, when it was read. What object
    /// selectors and match conditions leave out is not known.
    ///
    /// ## Why it matters
    /// After a full stop, or when its last pod is evicted, the webhook's own pods cannot be created, since nobody answers for them.
    /// Nothing else can either, until somebody deletes the configuration by hand.
    ///
    /// ## Bad
    /// ```yaml bad
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
    ///   namespaceSelector:   # <- finding
    ///     matchExpressions:
    ///     - {key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system]}
    ///   rules:
    ///   - {operations: [CREATE], apiGroups: [""], apiVersions: [v1], resources: [pods]}
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
    ///   namespaceSelector:
    ///     matchExpressions:
    ///     - {key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system, policy]}
    ///   rules:
    ///   - {operations: [CREATE], apiGroups: [""], apiVersions: [v1], resources: [pods]}
    /// ```
    /// ## How to fix
    /// Leave the service's namespace out by `kubernetes.io/metadata.name`, and `kube-system` with it. Who may create pods there passes
    /// by the policy: give nobody else that right.
    ///
    /// ## References
    /// - Kubernetes documentation, Admission Webhook Good Practices: avoid deadlocks in self-hosted webhooks
    /// - k8s.io/apiserver v0.37.1 pkg/admission/plugin/webhook/predicates/namespace/matcher.go: MatchNamespaceSelector
    id: "SW9011",
    name: "self-blocking-webhook",
    severity: Medium,
    scope: Object,
    subjects: [
        "MutatingWebhookConfiguration.admissionregistration.k8s.io",
        "ValidatingWebhookConfiguration.admissionregistration.k8s.io",
    ],
    reads: ["Namespace"],
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0036", Narrower, "existence is no weakness: that a webhook can block its own start is"),
    ],
    fn run(object, out) {
        let Some(hooks) = hooks(object) else { return out.not_applicable() };
        for hook in hooks.filter(Hook::fails_closed).filter(creates_pods) {
            judge(&hook, out);
        }
    }
}

fn creates_pods(hook: &Hook<'_>) -> bool {
    hook.spec.rules.iter().any(|rule| is_namespaced(rule) && is_about(rule, "CREATE", "", "pods"))
}

fn judge(hook: &Hook<'_>, out: &mut Out<'_>) {
    let client = &hook.spec.client_config;
    let namespace = match &client.service {
        Some(service) if !service.namespace.is_empty() => service.namespace.as_str(),
        Some(_) => return,
        None => "kube-system",
    };
    let selector = hook.spec.namespace_selector.as_ref();
    let mut read = out.snapshot().find("", "Namespace", "", namespace);
    let labels = match (read.next(), read.next()) {
        (Some(one), None) => Some(&one.metadata.labels),
        _ => None,
    };
    match takes(selector, namespace, |key| labels.map(|labels| labels.get(key))) {
        Some(false) => return,
        None => return out.unknown(format!("it depends on labels of namespace `{namespace}`")),
        Some(true) => {}
    }
    let is_empty = |selector: &seawall_inventory::selector::LabelSelector| {
        selector.match_labels.is_empty() && selector.match_expressions.is_empty()
    };
    if !hook.spec.match_conditions.is_empty() {
        return out.unknown(Cow::Borrowed("match conditions in CEL may leave the webhook's own pods out"));
    }
    if !hook.spec.object_selector.as_ref().is_none_or(is_empty) {
        return out.unknown(Cow::Borrowed("the object selector may leave the webhook's own pods out"));
    }
    let name = &hook.spec.name;
    let message = if client.service.is_some() {
        format!("webhook `{name}` must admit the pods of its own service in namespace `{namespace}`, and refuses when it is down")
    } else {
        format!("webhook `{name}` outside of the cluster must admit the pods in `{namespace}`, and refuses when it is not reached")
    };
    let path = hook.place.field("namespaceSelector");
    let finding = out.fail(path, message).about(hook.place.clone());
    if selector.is_some() {
        finding.derived(format!("the selector takes `{namespace}`"));
    } else {
        finding.missing("takes every namespace");
    }
}
