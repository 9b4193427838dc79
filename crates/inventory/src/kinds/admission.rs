//! What may refuse or change objects on their way in: webhooks and policies (k8s.io/api admissionregistration v1, v1beta1,
//! v1alpha1 v0.37.2).

use smol_str::SmolStr;

use crate::decode::{Present, record};
use crate::judged::Address;
use crate::selector::LabelSelector;

record! {
    /// `ValidatingWebhookConfiguration`, `MutatingWebhookConfiguration`.
    WebhookConfiguration {
        /// The webhooks.
        webhooks: Box<[Webhook]> = "webhooks",
    }

    /// `ValidatingWebhook`, `MutatingWebhook`.
    Webhook {
        /// Name.
        name: SmolStr = "name",
        /// Who is asked.
        client_config: WebhookClient = "clientConfig",
        /// What it is asked about.
        rules: Box<[AdmissionRule]> = "rules",
        /// `Ignore` or `Fail`; absent it is `Fail` in v1 and `Ignore` in v1beta1.
        failure_policy: Option<SmolStr> = "failurePolicy",
        /// `Exact` or `Equivalent`; absent it is `Equivalent` in v1 and `Exact` in v1beta1.
        match_policy: Option<SmolStr> = "matchPolicy",
        /// Namespaces that it is asked about; all when absent.
        namespace_selector: Option<LabelSelector> = "namespaceSelector",
        /// Objects that it is asked about; all when absent.
        object_selector: Option<LabelSelector> = "objectSelector",
        /// Further conditions.
        match_conditions: Box<[Present]> = "matchConditions",
        /// Seconds until it counts as failed; absent they are 10 in v1 and 30 in v1beta1.
        timeout_seconds: Option<i64> = "timeoutSeconds",
        /// `None`, `NoneOnDryRun`; before v1 also `Some` and `Unknown`.
        side_effects: Option<SmolStr> = "sideEffects",
        /// `Never` when absent, or `IfNeeded`.
        reinvocation_policy: Option<SmolStr> = "reinvocationPolicy",
    }

    /// `WebhookClientConfig`.
    WebhookClient {
        /// An address.
        url: Option<Address> = "url",
        /// A Service.
        service: Option<Box<ServiceReference>> = "service",
        /// Whose certificates are trusted; the system's roots when absent.
        ca_bundle: Option<Present> = "caBundle",
    }

    /// `ServiceReference`.
    ServiceReference {
        /// Namespace of the Service.
        namespace: SmolStr = "namespace",
        /// Name of the Service.
        name: SmolStr = "name",
        /// Path of the request.
        path: Option<SmolStr> = "path",
        /// Port; 443 when absent.
        port: Option<i64> = "port",
    }

    /// `RuleWithOperations`, `NamedRuleWithOperations`.
    AdmissionRule {
        /// `CREATE`, `UPDATE`, `DELETE`, `CONNECT`, `*`.
        operations: Box<[SmolStr]> = "operations",
        /// API groups; empty text for the core group.
        api_groups: Box<[SmolStr]> = "apiGroups",
        /// API versions.
        api_versions: Box<[SmolStr]> = "apiVersions",
        /// Resources: `pods`, `pods/status`, `*/scale`, `*`, `*/*`.
        resources: Box<[SmolStr]> = "resources",
        /// `Cluster`, `Namespaced`; `*` when absent.
        scope: Option<SmolStr> = "scope",
        /// Names of objects, in rules of policies.
        resource_names: Box<[SmolStr]> = "resourceNames",
    }

    /// `ValidatingAdmissionPolicySpec`, `MutatingAdmissionPolicySpec`.
    AdmissionPolicySpec {
        /// `Fail` when absent, or `Ignore`.
        failure_policy: Option<SmolStr> = "failurePolicy",
        /// What it is about.
        match_constraints: Option<Box<MatchResources>> = "matchConstraints",
        /// Further conditions.
        match_conditions: Box<[Present]> = "matchConditions",
        /// That it takes parameters.
        param_kind: Option<Present> = "paramKind",
        /// What it asks of objects, when it validates.
        validations: Box<[Present]> = "validations",
    }

    /// `MatchResources`.
    MatchResources {
        /// Namespaces; all when absent.
        namespace_selector: Option<LabelSelector> = "namespaceSelector",
        /// Objects; all when absent.
        object_selector: Option<LabelSelector> = "objectSelector",
        /// What is matched.
        resource_rules: Box<[AdmissionRule]> = "resourceRules",
        /// What of that is not.
        exclude_resource_rules: Box<[AdmissionRule]> = "excludeResourceRules",
        /// `Equivalent` when absent, or `Exact`.
        match_policy: Option<SmolStr> = "matchPolicy",
    }

    /// `ValidatingAdmissionPolicyBindingSpec`, `MutatingAdmissionPolicyBindingSpec`.
    PolicyBindingSpec {
        /// The policy.
        policy_name: SmolStr = "policyName",
        /// `Deny`, `Warn`, `Audit`, when the policy validates.
        validation_actions: Box<[SmolStr]> = "validationActions",
        /// Its parameters.
        param_ref: Option<Box<ParamRef>> = "paramRef",
        /// What it is bound to, within what the policy is about.
        match_resources: Option<Box<MatchResources>> = "matchResources",
    }

    /// `ParamRef`.
    ParamRef {
        /// Name of the object.
        name: SmolStr = "name",
        /// Namespace of the object.
        namespace: SmolStr = "namespace",
        /// Objects by labels, in place of a name.
        selector: Option<LabelSelector> = "selector",
        /// `Deny` or `Allow`.
        parameter_not_found_action: Option<SmolStr> = "parameterNotFoundAction",
    }
}
