use seawall_finding::Severity;

use super::api_lifecycle::{self, Api, Stability, place};

crate::check::check! {
    /// Alpha or beta version of an API
    ///
    /// ## What it finds
    /// Objects of Kubernetes' own kinds whose `apiVersion` is an alpha or beta version, as long as it is served and not deprecated.
    /// Custom resources are not meant: there a beta version may be all there is.
    ///
    /// ## Why it matters
    /// An alpha API is switched off unless somebody switched it on for the whole cluster, and so are beta APIs that came with
    /// v1.24 or later. A beta ends with a fixed release, an alpha with any. Good to know before an upgrade.
    ///
    /// ## Bad
    /// ```yaml bad
    /// # with kubernetes: 1.35
    /// apiVersion: admissionregistration.k8s.io/v1beta1   # <- finding
    /// kind: MutatingAdmissionPolicy
    /// metadata:
    ///   name: defaults
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: admissionregistration.k8s.io/v1
    /// kind: MutatingAdmissionPolicy
    /// metadata:
    ///   name: defaults
    /// ```
    /// ## How to fix
    /// Use the stable version once the oldest cluster serves it. Until then, note where the API is switched on.
    ///
    /// ## References
    /// - Kubernetes documentation, Deprecation Policy
    /// - KEP-3136 (beta APIs are off by default)
    /// - k8s.io/kubernetes v1.36.3 pkg/controlplane/instance.go: DefaultAPIResourceConfigSource
    id: "SW9003",
    name: "unstable-api",
    severity: Info,
    scope: Object,
    subjects: ["any"],
    since: "0.1.0",
    profile: All,
    fn run(object, out) {
        let Some(api) = api_lifecycle::of(object) else { return out.not_applicable() };
        let version = out.version();
        let is_over = |since: Option<_>| since.is_some_and(|since| since <= version);
        if !api.is_served_in(version) || is_over(api.deprecated) {
            return out.not_applicable();
        }
        let (word, severity) = match api.stability() {
            Stability::Alpha => ("an alpha", Severity::Low),
            Stability::Beta => ("a beta", Severity::Info),
            Stability::Stable => return,
        };
        let Api { api_version, kind, .. } = api;
        let message = format!("`{api_version}` {kind} is {word} API");
        out.fail(place(), message).severity(severity).value(api_version);
    }
}
