use seawall_finding::Severity;
use seawall_inventory::kinds::MatchResources;
use seawall_inventory::selector::LabelSelector;
use seawall_yaml::Path;

use super::namespace_selectors::NAME;
use super::webhooks::{hooks, validates};
use crate::out::Out;

crate::check::check! {
    /// Policy that a label switches off
    ///
    /// ## What it finds
    /// Webhooks and admission policies that validate, and whose selectors leave out what carries a label, or a value of it
    /// (`DoesNotExist`, `NotIn`). `kubernetes.io/metadata.name` is not meant: the API server sets it, and some namespaces must be
    /// left out for the cluster to start.
    ///
    /// Policy engines ship such selectors; they are right where something else guards the label. That is why the check belongs to the
    /// strict profile.
    ///
    /// ## Why it matters
    /// By an object selector, whoever creates the object decides that the policy is not for him. By a namespace selector, whoever
    /// may label namespaces.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: admissionregistration.k8s.io/v1
    /// kind: ValidatingAdmissionPolicyBinding
    /// metadata:
    ///   name: images
    /// spec:
    ///   policyName: images
    ///   validationActions: [Deny]
    ///   matchResources:
    ///     objectSelector:
    ///       matchExpressions:
    ///       - {key: policy.example.com/skip, operator: DoesNotExist}   # <- finding: medium
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: admissionregistration.k8s.io/v1
    /// kind: ValidatingAdmissionPolicyBinding
    /// metadata:
    ///   name: images
    /// spec:
    ///   policyName: images
    ///   validationActions: [Deny]
    ///   matchResources:
    ///     namespaceSelector:
    ///       matchExpressions:
    ///       - {key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system]}
    /// ```
    /// ## How to fix
    /// Leave namespaces out by name. Where a label is wanted, guard it by a policy of its own.
    ///
    /// ## References
    /// - k8s.io/api v0.37.2 admissionregistration/v1/types.go: ObjectSelector ("end users may skip the admission webhook by setting
    ///   the labels")
    id: "SW9012",
    name: "policy-opt-out-label",
    severity: Low,
    scope: Object,
    subjects: [
        "ValidatingWebhookConfiguration.admissionregistration.k8s.io",
        "ValidatingAdmissionPolicy.admissionregistration.k8s.io",
        "ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io",
    ],
    since: "0.1.0",
    profile: Strict,
    fn run(object, out) {
        if let Some(hooks) = hooks(object).filter(|_| validates(object)) {
            for hook in hooks {
                let spec = hook.spec;
                selectors(spec.object_selector.as_ref(), spec.namespace_selector.as_ref(), &hook.place, out);
            }
            return;
        }
        if !object.kind.starts_with("ValidatingAdmissionPolicy") {
            return out.not_applicable();
        }
        let spec = Path::root().field("spec");
        let judge = |resources: Option<&MatchResources>, place: Path, out: &mut Out<'_>| {
            if let Some(resources) = resources {
                selectors(resources.object_selector.as_ref(), resources.namespace_selector.as_ref(), &place, out);
            }
        };
        if let Some(policy) = object.body.admission_policy() {
            judge(policy.match_constraints.as_deref(), spec.field("matchConstraints"), out);
        } else if let Some(binding) = object.body.policy_binding() {
            judge(binding.match_resources.as_deref(), spec.field("matchResources"), out);
        } else {
            out.not_applicable();
        }
    }
}

fn selectors(
    objects: Option<&LabelSelector>,
    namespaces: Option<&LabelSelector>,
    place: &Path,
    out: &mut Out<'_>,
) {
    let who = "whoever creates an object";
    selector(objects, &place.field("objectSelector"), who, Severity::Medium, out);
    let who = "whoever may label a namespace";
    selector(namespaces, &place.field("namespaceSelector"), who, Severity::Low, out);
}

fn selector(selector: Option<&LabelSelector>, place: &Path, who: &str, severity: Severity, out: &mut Out<'_>) {
    for (index, requirement) in selector.iter().flat_map(|selector| selector.match_expressions.iter().enumerate()) {
        if requirement.key == NAME || !matches!(requirement.operator.as_str(), "DoesNotExist" | "NotIn") {
            continue;
        }
        let path = place.field("matchExpressions").index(index);
        let message = format!("{who} switches the policy off by the label `{}`", requirement.key);
        out.fail(path, message).severity(severity).value(&requirement.key).keyed(&requirement.key);
    }
}
