use seawall_inventory::Object;
use seawall_yaml::Path;
use smol_str::SmolStr;

use crate::out::Out;

crate::check::check! {
    /// Policy that refuses nothing
    ///
    /// ## What it finds
    /// Policies that only warn or write down what violates them: ValidatingAdmissionPolicyBindings without the action `Deny`, policies
    /// of Kyverno that are in `Audit`, which is their default, and constraints of Gatekeeper that do not `deny`. Policies of image
    /// signatures are told by `unenforced-image-signature`.
    ///
    /// To audit first is good practice; to forget it is not. That is why the check belongs to the strict profile.
    ///
    /// ## Why it matters
    /// What the policy forbids is there all the same, and looks as if it were not.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: admissionregistration.k8s.io/v1
    /// kind: ValidatingAdmissionPolicyBinding
    /// metadata:
    ///   name: owner
    /// spec:
    ///   policyName: owner
    ///   validationActions:   # <- finding
    ///   - Audit
    /// ```
    /// ```yaml bad
    /// apiVersion: kyverno.io/v1
    /// kind: ClusterPolicy
    /// metadata:
    ///   name: owner
    /// spec:
    ///   rules:
    ///   - name: owner
    ///     match: {any: [{resources: {kinds: [Pod]}}]}
    ///     validate:   # <- finding
    ///       message: name an owner
    /// ```
    /// ```yaml bad
    /// apiVersion: constraints.gatekeeper.sh/v1beta1
    /// kind: K8sRequiredLabels
    /// metadata:
    ///   name: owner
    /// spec:
    ///   enforcementAction: dryrun   # <- finding
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: admissionregistration.k8s.io/v1
    /// kind: ValidatingAdmissionPolicyBinding
    /// metadata:
    ///   name: owner
    /// spec:
    ///   policyName: owner
    ///   validationActions: [Deny, Audit]
    /// ```
    /// ```yaml good
    /// apiVersion: kyverno.io/v1
    /// kind: ClusterPolicy
    /// metadata:
    ///   name: owner
    /// spec:
    ///   rules:
    ///   - name: owner
    ///     match: {any: [{resources: {kinds: [Pod]}}]}
    ///     validate:
    ///       failureAction: Enforce
    ///       message: name an owner
    /// ```
    /// ```yaml good
    /// apiVersion: constraints.gatekeeper.sh/v1beta1
    /// kind: K8sRequiredLabels
    /// metadata:
    ///   name: owner
    /// spec: {}
    /// ```
    /// ## How to fix
    /// Look at what the audit has found, mend it, and set `Deny`, `Enforce` or `deny`.
    ///
    /// ## References
    /// - Kubernetes documentation, Validating Admission Policy: validation actions
    /// - Kyverno documentation, Validate Rules: failure action
    /// - Gatekeeper documentation, Handling Constraint Violations: enforcement action
    id: "SW9016",
    name: "policy-not-enforced",
    severity: Info,
    scope: Object,
    subjects: [
        "ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io",
        "ClusterPolicy.kyverno.io",
        "Policy.kyverno.io",
        "NamespacedValidatingPolicy.policies.kyverno.io",
        "ValidatingPolicy.policies.kyverno.io",
        "*.constraints.gatekeeper.sh",
    ],
    since: "0.1.0",
    profile: Strict,
    fn run(object, out) {
        let spec = Path::root().field("spec");
        if let Some(binding) = object.body.policy_binding() {
            // Policies that change objects have no actions.
            if object.kind == "ValidatingAdmissionPolicyBinding" {
                lacks(&binding.validation_actions, "Deny", &binding.policy_name, &spec, out);
            }
        } else if object.body.kyverno_policy().is_some() {
            kyverno(object, &spec, out);
        } else if let Some(policy) = object.body.kyverno_cel_policy().filter(|_| !is_about_images(object)) {
            if !policy.validation_actions.is_empty() {
                lacks(&policy.validation_actions, "Deny", &object.metadata.name, &spec, out);
            }
        } else if let Some(constraint) = object.body.constraint() {
            let action = constraint.enforcement_action.as_str();
            match action {
                "" | "deny" => {}
                "scoped" => out.unknown("the actions of a scoped constraint differ by enforcement point"),
                _ => {
                    let message = format!("constraint `{}` refuses nothing", object.metadata.name);
                    out.fail(spec.field("enforcementAction"), message).value(action);
                }
            }
        } else {
            out.not_applicable();
        }
    }
}

fn is_about_images(object: &Object) -> bool {
    object.kind.ends_with("ImageValidatingPolicy")
}

fn lacks(actions: &[SmolStr], wanted: &str, name: &str, spec: &Path, out: &mut Out<'_>) {
    if !actions.iter().any(|action| action == wanted) {
        let message = format!("policy `{name}` refuses nothing");
        out.fail(spec.field("validationActions"), message).derived(format!("`{wanted}` is not among the actions"));
    }
}

/// The action of a rule, else that of the policy; small letters are the older form.
fn kyverno(object: &Object, spec: &Path, out: &mut Out<'_>) {
    let Some(policy) = object.body.kyverno_policy() else { return };
    if !policy.validation_failure_action_overrides.is_empty() {
        return out.unknown("the action differs by namespace");
    }
    let enforces = |action: Option<&str>| action.is_some_and(|action| action.eq_ignore_ascii_case("enforce"));
    let of_policy = policy.validation_failure_action.as_deref();
    for (index, rule) in policy.rules.iter().enumerate() {
        let Some(validation) = &rule.validate else { continue };
        let own = validation.failure_action.as_deref();
        if enforces(own.or(of_policy)) {
            continue;
        }
        let place = spec.field("rules").index(index).field("validate");
        let message = format!("rule `{}` refuses nothing", rule.name);
        let (path, value) = match (own, of_policy) {
            (Some(action), _) => (place.field("failureAction"), Some(action)),
            (None, Some(action)) => (spec.field("validationFailureAction"), Some(action)),
            (None, None) => (place.field("failureAction"), None),
        };
        let finding = out.fail(path, message).about(place);
        match value {
            Some(action) => finding.value(action),
            None => finding.missing("defaults to Audit"),
        };
    }
}
