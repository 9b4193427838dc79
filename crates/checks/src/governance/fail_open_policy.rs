use seawall_finding::{Fix, Safety};
use seawall_yaml::Path;

crate::check::check! {
    /// Admission policy that fails open
    ///
    /// ## What it finds
    /// ValidatingAdmissionPolicies and MutatingAdmissionPolicies with `failurePolicy: Ignore`, and bindings with
    /// `parameterNotFoundAction: Allow`.
    ///
    /// ## Why it matters
    /// An expression that cannot be evaluated, for a field that is missing in one object, lets the object pass. Where parameters are
    /// deleted, the policy is off. The API server evaluates policies itself: failing closed costs no availability, as it does with
    /// webhooks.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: admissionregistration.k8s.io/v1
    /// kind: ValidatingAdmissionPolicy
    /// metadata:
    ///   name: owner
    /// spec:
    ///   failurePolicy: Ignore   # <- finding
    ///   matchConstraints:
    ///     resourceRules:
    ///     - {operations: [CREATE, UPDATE], apiGroups: [apps], apiVersions: [v1], resources: [deployments]}
    ///   validations:
    ///   - expression: "'owner' in object.metadata.labels"
    /// ```
    /// ```yaml bad
    /// apiVersion: admissionregistration.k8s.io/v1
    /// kind: ValidatingAdmissionPolicyBinding
    /// metadata:
    ///   name: replicas
    /// spec:
    ///   policyName: replicas
    ///   validationActions: [Deny]
    ///   paramRef:
    ///     name: replicas
    ///     namespace: policy
    ///     parameterNotFoundAction: Allow   # <- finding
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: admissionregistration.k8s.io/v1
    /// kind: ValidatingAdmissionPolicy
    /// metadata:
    ///   name: owner
    /// spec:
    ///   failurePolicy: Fail
    ///   matchConstraints:
    ///     resourceRules:
    ///     - {operations: [CREATE, UPDATE], apiGroups: [apps], apiVersions: [v1], resources: [deployments]}
    ///   validations:
    ///   - expression: "'owner' in object.metadata.labels"
    /// ```
    /// ## How to fix
    /// Set `Fail` and `Deny`, and write expressions that bear missing fields: `has(object.metadata.labels)`.
    ///
    /// ## References
    /// - Kubernetes documentation, Validating Admission Policy: failure policy, parameter not found action
    /// - k8s.io/api v0.37.2 admissionregistration/v1/types.go
    id: "SW9009",
    name: "fail-open-policy",
    severity: Low,
    scope: Object,
    subjects: [
        "MutatingAdmissionPolicy.admissionregistration.k8s.io",
        "MutatingAdmissionPolicyBinding.admissionregistration.k8s.io",
        "ValidatingAdmissionPolicy.admissionregistration.k8s.io",
        "ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io",
    ],
    since: "0.1.0",
    profile: Default,
    fn run(object, out) {
        let spec = Path::root().field("spec");
        if let Some(policy) = object.body.admission_policy() {
            if policy.failure_policy.as_deref() == Some("Ignore") {
                let path = spec.field("failurePolicy");
                let fix = Fix::set(path.clone(), "Fail", Safety::Review);
                out.fail(path, "what the policy cannot be evaluated for is admitted").value("Ignore").fix(fix);
            }
        } else if let Some(binding) = object.body.policy_binding() {
            let action = binding.param_ref.as_ref().and_then(|param| param.parameter_not_found_action.as_deref());
            if action == Some("Allow") {
                let path = spec.field("paramRef").field("parameterNotFoundAction");
                let fix = Fix::set(path.clone(), "Deny", Safety::Review);
                let message = format!("policy `{}` is off while its parameters are missing", binding.policy_name);
                out.fail(path, message).value("Allow").fix(fix);
            }
        } else {
            out.not_applicable();
        }
    }
}
