use seawall_inventory::kinds::AdmissionRule;
use seawall_yaml::Path;

use super::webhooks::{hooks, is_about, validates};
use crate::out::Out;

crate::check::check! {
    /// Admission rule with a way round it
    ///
    /// ## What it finds
    /// Webhooks and ValidatingAdmissionPolicies whose rules leave a way to the same effect: pods without
    /// `pods/ephemeralcontainers`, workloads without the pods that they make, pods and workloads on creation and not on
    /// update, and `matchPolicy: Exact`, which lets the same object pass in another version of its API.
    ///
    /// Engines divide the work differently, and one rule may complete another; that is why the check belongs to the strict profile.
    /// What match conditions leave out is not judged.
    ///
    /// ## Why it matters
    /// `kubectl debug` adds a container to a running pod, `kubectl set image` changes one, and a bare pod needs no Deployment. None
    /// of them asks a policy that is not about it.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: admissionregistration.k8s.io/v1
    /// kind: ValidatingWebhookConfiguration
    /// metadata:
    ///   name: images
    /// webhooks:
    /// - name: images.example.com
    ///   sideEffects: None
    ///   admissionReviewVersions: [v1]
    ///   clientConfig: {service: {namespace: policy, name: images}}
    ///   matchPolicy: Exact   # <- finding
    ///   rules:   # <- finding
    ///   - operations: [CREATE]   # <- finding
    ///     apiGroups: [""]
    ///     apiVersions: [v1]
    ///     resources: [pods]
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: admissionregistration.k8s.io/v1
    /// kind: ValidatingWebhookConfiguration
    /// metadata:
    ///   name: images
    /// webhooks:
    /// - name: images.example.com
    ///   sideEffects: None
    ///   admissionReviewVersions: [v1]
    ///   clientConfig: {service: {namespace: policy, name: images}}
    ///   rules:
    ///   - operations: [CREATE, UPDATE]
    ///     apiGroups: [""]
    ///     apiVersions: [v1]
    ///     resources: [pods, pods/ephemeralcontainers]
    /// ```
    /// ## How to fix
    /// Add the operation or the resource that the finding names, and leave `matchPolicy` at `Equivalent`.
    ///
    /// ## References
    /// - k8s.io/apiserver v0.37.1 pkg/admission/plugin/webhook/predicates/rules/rules.go
    /// - Kubernetes documentation, Dynamic Admission Control: matching requests, match policy
    id: "SW9015",
    name: "bypassable-admission-rule",
    severity: Low,
    scope: Object,
    subjects: [
        "ValidatingWebhookConfiguration.admissionregistration.k8s.io",
        "ValidatingAdmissionPolicy.admissionregistration.k8s.io",
    ],
    since: "0.1.0",
    profile: Strict,
    peers: [
        kubescape("C-0036", Narrower, "existence is no weakness: that a webhook can be passed by is"),
    ],
    fn run(object, out) {
        if let Some(hooks) = hooks(object).filter(|_| validates(object)) {
            for hook in hooks {
                let policy = hook.spec.match_policy.as_deref();
                let exact = hook.is_exact().then_some(policy);
                judge(&hook.spec.rules, exact, &hook.place, "rules", out);
            }
        } else if let Some(policy) = object.body.admission_policy().filter(|_| object.kind == "ValidatingAdmissionPolicy") {
            if let Some(constraints) = &policy.match_constraints {
                let exact = (constraints.match_policy.as_deref() == Some("Exact")).then_some(Some("Exact"));
                let place = Path::root().field("spec").field("matchConstraints");
                judge(&constraints.resource_rules, exact, &place, "resourceRules", out);
            }
        } else {
            out.not_applicable();
        }
    }
}

/// Kinds that make pods, with their groups.
const CONTROLLERS: [(&str, &str); 7] = [
    ("apps", "deployments"),
    ("apps", "statefulsets"),
    ("apps", "daemonsets"),
    ("apps", "replicasets"),
    ("", "replicationcontrollers"),
    ("batch", "jobs"),
    ("batch", "cronjobs"),
];

/// `exact` is the match policy as written, when it is `Exact`; the inner `None` is a default.
fn judge(
    rules: &[AdmissionRule],
    exact: Option<Option<&str>>,
    place: &Path,
    field: &'static str,
    out: &mut Out<'_>,
) {
    let any = |operation: &str, group: &str, resource: &str| {
        rules.iter().any(|rule| is_about(rule, operation, group, resource))
    };
    let pods = any("CREATE", "", "pods");
    let workloads = CONTROLLERS.iter().any(|(group, resource)| any("CREATE", group, resource));
    if !pods && !workloads {
        return;
    }
    let list = place.field(field);
    if pods && !any("UPDATE", "", "pods/ephemeralcontainers") {
        out.fail(list.clone(), "ephemeral containers pass by the policy for pods")
            .derived("no rule is about UPDATE of `pods/ephemeralcontainers`");
    }
    if workloads && !pods {
        out.fail(list.clone(), "bare pods, and pods of other workloads, pass by the policy for workloads")
            .derived("no rule is about CREATE of `pods`");
    }
    // The image of a pod can be changed, and so can every template but that of a Job.
    let changeable = CONTROLLERS.iter().filter(|(_, resource)| *resource != "jobs").chain([&("", "pods")]);
    let created_only =
        changeable.copied().find(|(group, resource)| any("CREATE", group, resource) && !any("UPDATE", group, resource));
    if let Some((group, resource)) = created_only {
        let index = rules.iter().position(|rule| is_about(rule, "CREATE", group, resource)).unwrap_or_default();
        let message = format!("what is changed in `{resource}` after their creation passes by the policy");
        out.fail(list.index(index).field("operations"), message)
            .derived(format!("no rule is about UPDATE of `{resource}`"));
    }
    let all_versions = |rule: &AdmissionRule| rule.api_versions.iter().any(|version| version == "*");
    if let Some(written) = exact
        && !rules.iter().all(all_versions)
    {
        let path = place.field("matchPolicy");
        let finding = out.fail(path, "the same object in another version of its API passes by the policy");
        match written {
            Some(written) => finding.value(written),
            None => finding.missing("defaults to Exact in v1beta1"),
        };
    }
}
