use super::api_lifecycle::{self, Api, place};

crate::check::check! {
    /// Deprecated API version
    ///
    /// ## What it finds
    /// Objects of Kubernetes' own kinds whose `apiVersion` is deprecated in the version of Kubernetes that is judged by, and
    /// still served.
    ///
    /// ## Why it matters
    /// The API server warns now, and refuses the object after an upgrade: the next rollout, or the next restore, fails then.
    /// Which release that is stands in the finding; of releases to come it is a plan.
    ///
    /// ## Bad
    /// ```yaml bad
    /// # with kubernetes: 1.24
    /// apiVersion: batch/v1beta1   # <- finding
    /// kind: CronJob
    /// metadata:
    ///   name: report
    /// spec:
    ///   schedule: "0 3 * * *"
    ///   jobTemplate: {spec: {template: {spec: {containers: []}}}}
    /// ```
    /// ## Good
    /// ```yaml good
    /// # with kubernetes: 1.24
    /// apiVersion: batch/v1
    /// kind: CronJob
    /// metadata:
    ///   name: report
    /// spec:
    ///   schedule: "0 3 * * *"
    ///   jobTemplate: {spec: {template: {spec: {containers: []}}}}
    /// ```
    /// ## How to fix
    /// Write the version that the finding names; `kubectl convert` does it where fields have changed.
    ///
    /// ## References
    /// - k8s.io/api v0.37.2 zz_generated.prerelease-lifecycle.go of each group
    /// - k8s.io/apiserver v0.37.1 pkg/endpoints/deprecation/deprecation.go: IsDeprecated
    /// - Kubernetes documentation, Deprecated API Migration Guide
    id: "SW9002",
    name: "deprecated-api",
    severity: Low,
    scope: Object,
    subjects: ["any"],
    since: "0.1.0",
    profile: Default,
    subsumes: ["SW9003"],
    peers: [
        trivy("KSV-0107", Narrower, "what is still served; removed is SW9001"),
        kube_score("stable-version", Narrower, "what is still served; removed is SW9001"),
        popeye("POP-403", Narrower, "what is still served; removed is SW9001"),
    ],
    fn run(object, out) {
        let Some(api) = api_lifecycle::of(object) else { return out.not_applicable() };
        let version = out.version();
        let Some(deprecated) = api.deprecated.filter(|deprecated| *deprecated <= version) else { return };
        if !api.is_served_in(version) {
            return out.not_applicable();
        }
        let Api { api_version, kind, .. } = api;
        let until = api.removed.map(|removed| format!(" and not served from {removed} on")).unwrap_or_default();
        let replacement = api.replacement(version);
        let advice = replacement
            .map(|replacement| format!("; use `{}`", replacement.api_version))
            .unwrap_or_default();
        let message = format!("`{api_version}` {kind} is deprecated since {deprecated}{until}{advice}");
        let fix = replacement.and_then(|replacement| api.fix(replacement));
        let finding = out.fail(place(), message).value(api_version);
        if let Some(fix) = fix {
            finding.fix(fix);
        }
    }
}
