use super::api_lifecycle::{self, Api, place};

crate::check::check! {
    /// API version that Kubernetes does not serve
    ///
    /// ## What it finds
    /// Objects of Kubernetes' own kinds whose `apiVersion` is no longer served by the version of Kubernetes that is judged by, or
    /// not yet.
    ///
    /// ## Why it matters
    /// The API server refuses the object: `no matches for kind`. What it was to run, allow or forbid is not there. A
    /// PodSecurityPolicy protects nobody since v1.25.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: rbac.authorization.k8s.io/v1beta1   # <- finding
    /// kind: Role
    /// metadata:
    ///   name: reader
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [configmaps]
    ///   verbs: [get]
    /// ```
    /// ```yaml bad
    /// # with kubernetes: 1.20
    /// apiVersion: policy/v1   # <- finding
    /// kind: PodDisruptionBudget
    /// metadata:
    ///   name: web
    /// spec:
    ///   minAvailable: 1
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: Role
    /// metadata:
    ///   name: reader
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [configmaps]
    ///   verbs: [get]
    /// ```
    /// ## How to fix
    /// Write the version that the finding names. `kubectl convert` does it where fields have changed: `selector` is required in
    /// workloads of `apps/v1`, Ingress, CustomResourceDefinition, HorizontalPodAutoscaler and webhook configurations have other
    /// fields. In place of a PodSecurityPolicy label the namespaces with `pod-security.kubernetes.io/enforce`.
    ///
    /// ## References
    /// - k8s.io/api v0.37.2 zz_generated.prerelease-lifecycle.go of each group
    /// - k8s.io/apiserver v0.37.1 pkg/endpoints/deprecation/deprecation.go
    /// - Kubernetes documentation, Deprecated API Migration Guide
    id: "SW9001",
    name: "removed-api",
    severity: Medium,
    scope: Object,
    subjects: ["any"],
    since: "0.1.0",
    profile: Default,
    subsumes: ["SW9002", "SW9003"],
    peers: [
        kubescape("C-0213", Wider, "a PodSecurityPolicy is refused since v1.25, whatever it allows"),
        kubescape("C-0214", Wider, "a PodSecurityPolicy is refused since v1.25, whatever it allows"),
        kubescape("C-0215", Wider, "a PodSecurityPolicy is refused since v1.25, whatever it allows"),
        kubescape("C-0216", Wider, "a PodSecurityPolicy is refused since v1.25, whatever it allows"),
        kubescape("C-0217", Wider, "a PodSecurityPolicy is refused since v1.25, whatever it allows"),
        kubescape("C-0218", Wider, "a PodSecurityPolicy is refused since v1.25, whatever it allows"),
        kubescape("C-0219", Wider, "a PodSecurityPolicy is refused since v1.25, whatever it allows"),
        kubescape("C-0220", Wider, "a PodSecurityPolicy is refused since v1.25, whatever it allows"),
        trivy("KSV-0107", Wider, "all built-in APIs by the API’s own tables; Trivy’s table files `apps` under `autoscaling` and `extensions` under `apps`"),
        checkov("CKV_K8S_1", Wider, "a PodSecurityPolicy is refused since v1.25, whatever it allows"),
        checkov("CKV_K8S_2", Wider, "a PodSecurityPolicy is refused since v1.25, whatever it allows"),
        checkov("CKV_K8S_24", Wider, "a PodSecurityPolicy is refused since v1.25, whatever it allows"),
        checkov("CKV_K8S_3", Wider, "a PodSecurityPolicy is refused since v1.25, whatever it allows"),
        checkov("CKV_K8S_32", Wider, "a PodSecurityPolicy is refused since v1.25, whatever it allows"),
        checkov("CKV_K8S_36", Wider, "a PodSecurityPolicy is refused since v1.25, whatever it allows"),
        checkov("CKV_K8S_4", Wider, "a PodSecurityPolicy is refused since v1.25, whatever it allows"),
        checkov("CKV_K8S_5", Wider, "a PodSecurityPolicy is refused since v1.25, whatever it allows"),
        checkov("CKV_K8S_6", Wider, "a PodSecurityPolicy is refused since v1.25, whatever it allows"),
        checkov("CKV_K8S_7", Wider, "a PodSecurityPolicy is refused since v1.25, whatever it allows"),
        kube_linter("no-extensions-v1beta", Wider, "all built-in APIs"),
        kube_score("stable-version", Narrower, "what is removed at the target version; what is only deprecated is SW9002"),
        popeye("POP-403", Narrower, "what is removed; deprecated is SW9002"),
    ],
    fn run(object, out) {
        let Some(api) = api_lifecycle::of(object) else { return out.not_applicable() };
        let version = out.version();
        if api.is_served_in(version) {
            return;
        }
        let replacement = api.replacement(version);
        let Api { api_version, kind, .. } = api;
        let story = match (api.removed.filter(|removed| *removed <= version), api.introduced) {
            (Some(removed), _) => format!("`{api_version}` {kind} is not served since {removed}"),
            (None, Some(introduced)) => format!("`{api_version}` {kind} is not served before {introduced}"),
            (None, None) => return,
        };
        let message = match replacement {
            Some(replacement) => format!("{story}; use `{}`", replacement.api_version),
            None => story,
        };
        let fix = replacement.and_then(|replacement| api.fix(replacement));
        let finding = out.fail(place(), message).value(api_version);
        if let Some(fix) = fix {
            finding.fix(fix);
        }
    }
}
