use seawall_finding::Severity;
use seawall_inventory::Object;
use seawall_yaml::Path;

use super::pod_security_labels::{self as labels, MODES, PREFIX, is_namespace, label_path};
use crate::out::Out;

crate::check::check! {
    /// Pod Security label that does not do what it says
    ///
    /// ## What it finds
    /// Labels and annotations that begin with `pod-security.kubernetes.io/` and have no effect, or another than meant: names that
    /// Kubernetes does not know, levels and versions that it refuses, a version without the level that it belongs to, a version that
    /// does not exist yet, annotations, and labels of other objects than namespaces.
    ///
    /// ## Why it matters
    /// Kubernetes ignores what it does not know, and says nothing. The namespace looks as if it were protected, and admits every
    /// pod.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Namespace
    /// metadata:
    ///   name: shop
    ///   labels:
    ///     pod-security.kubernetes.io/enforced: baseline   # <- finding
    /// ```
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Namespace
    /// metadata:
    ///   name: shop
    ///   labels:
    ///     pod-security.kubernetes.io/enforce: strict   # <- finding
    ///     pod-security.kubernetes.io/enforce-version: "1.30"   # <- finding
    ///     pod-security.kubernetes.io/audit-version: latest   # <- finding: low
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Namespace
    /// metadata:
    ///   name: shop
    ///   labels:
    ///     pod-security.kubernetes.io/enforce: baseline
    ///     pod-security.kubernetes.io/enforce-version: v1.30
    ///     pod-security.kubernetes.io/warn: restricted
    /// ```
    /// ## How to fix
    /// Write `enforce`, `audit` or `warn` with one of `privileged`, `baseline` and `restricted`, as a label of the Namespace. Versions
    /// are written `v1.30`, or `latest`.
    ///
    /// ## References
    /// - k8s.io/pod-security-admission v0.37.2 api/helpers.go: ParseLevel, ParseVersion, PolicyToEvaluate
    /// - k8s.io/pod-security-admission v0.37.2 admission/admission.go: ValidateNamespace
    id: "SW9005",
    name: "pod-security-label-without-effect",
    severity: Medium,
    scope: Object,
    subjects: ["any"],
    since: "0.1.0",
    profile: Default,
    fn run(object, out) {
        let metadata = &object.metadata;
        let mut names = metadata.labels.iter().chain(metadata.annotations.iter()).map(|(name, _)| name);
        let any = names.any(|name| name.starts_with(PREFIX));
        if !any && !is_namespace(object) {
            return out.not_applicable();
        }
        if is_namespace(object) {
            judge_labels(object, out);
        } else {
            for (name, value) in metadata.labels.iter().filter(|(name, _)| name.starts_with(PREFIX)) {
                let message = format!("`{name}` has an effect on namespaces alone, not on a {}", object.kind);
                out.fail(label_path(name), message).severity(Severity::Low).value(value);
            }
        }
        // The API server writes annotations of these names to its audit log, and reads none.
        for (name, value) in metadata.annotations.iter().filter(|(name, _)| name.starts_with(PREFIX)) {
            let path = Path::root().field("metadata").field("annotations").key(name);
            let severity = if is_namespace(object) { Severity::Medium } else { Severity::Low };
            out.fail(path, format!("`{name}` is read from labels, and this is an annotation"))
                .severity(severity)
                .value(value);
        }
    }
}

fn judge_labels(namespace: &Object, out: &mut Out<'_>) {
    let all = &namespace.metadata.labels;
    for (label, value) in all.iter() {
        let Some(name) = label.strip_prefix(PREFIX) else { continue };
        if MODES.iter().any(|(mode, _)| *mode == name) {
            if labels::level(value).is_none() {
                let message = format!(
                    "`{}` is no level of the Pod Security Standards: the API server refuses a new namespace with it",
                    shown(value)
                );
                out.fail(label_path(label), message).value(shown(value));
            }
        } else if let Some((mode, _)) = MODES.iter().find(|(_, version)| *version == name) {
            judge_version(label, value, mode, namespace, out);
        } else {
            let message = format!("Kubernetes knows no label `{label}`, and ignores it");
            out.fail(label_path(label), message).value(shown(value));
        }
    }
}

fn judge_version(label: &str, value: &str, mode: &str, namespace: &Object, out: &mut Out<'_>) {
    let latest = out.version();
    let level_of = |mode: &str| namespace.metadata.labels.get(&format!("{PREFIX}{mode}"));
    // `warn` takes the level of `enforce` where it has none of its own, but its own version.
    let has_level = level_of(mode).is_some() || (mode == "warn" && level_of("enforce").is_some());
    if labels::version(value, latest).is_none() {
        let message = format!(
            "`{}` is no version of the Pod Security Standards, write v1.N or latest: the API server refuses a new namespace \
             with it",
            shown(value)
        );
        out.fail(label_path(label), message).value(shown(value));
    } else if !has_level {
        let message = format!("`{label}` decides nothing without `{PREFIX}{mode}`");
        out.fail(label_path(label), message)
            .severity(Severity::Low)
            .derived("without a level the API server's default applies, which is `privileged` unless it is configured");
    } else if labels::is_unreleased(value, latest) {
        let message = format!("`{value}` is newer than Kubernetes {latest}, which takes it for its latest version");
        out.fail(label_path(label), message).severity(Severity::Low).value(value);
    }
}

/// The value, cut where no level or version can be that long.
fn shown(value: &str) -> String {
    value.chars().take(63).collect()
}
