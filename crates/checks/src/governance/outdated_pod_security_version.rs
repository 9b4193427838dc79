use std::collections::BTreeSet;

use seawall_finding::PssLevel;
use seawall_inventory::KubernetesVersion;

use super::pod_security_labels::{self as labels, ENFORCE, ENFORCE_VERSION, is_namespace, label_path};

crate::check::check! {
    /// Namespace held to an old version of the Pod Security Standards
    ///
    /// ## What it finds
    /// Namespaces whose `pod-security.kubernetes.io/enforce-version` is so old that controls of the level are missing which the
    /// version of Kubernetes that is judged by has. Controls that have become milder since do not count.
    ///
    /// A pinned version is legitimate: upgrades then refuse no pod by surprise. That is why the check belongs to the strict
    /// profile.
    ///
    /// ## Why it matters
    /// `restricted` sounds the same in every version. In v1.18 it asks for no seccomp profile, and containers keep all capabilities
    /// of the runtime's default set.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Namespace
    /// metadata:
    ///   name: shop
    ///   labels:
    ///     pod-security.kubernetes.io/enforce: restricted
    ///     pod-security.kubernetes.io/enforce-version: v1.22   # <- finding
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Namespace
    /// metadata:
    ///   name: shop
    ///   labels:
    ///     pod-security.kubernetes.io/enforce: restricted
    ///     pod-security.kubernetes.io/enforce-version: v1.36
    /// ```
    /// ## How to fix
    /// Scan the namespace's workloads with `--pss restricted:v1.36`, the version to pin, and then raise it with each upgrade.
    ///
    /// ## References
    /// - k8s.io/pod-security-admission v0.37.2 policy/: MinimumVersion of the checks
    id: "SW9007",
    name: "outdated-pod-security-version",
    severity: Low,
    scope: Object,
    subjects: ["Namespace"],
    since: "0.1.0",
    profile: Strict,
    fn run(object, out) {
        let label = |name| object.metadata.labels.get(name);
        let (Some(level), Some(text)) = (label(ENFORCE).and_then(labels::level).flatten(), label(ENFORCE_VERSION)) else {
            return out.not_applicable();
        };
        let Some(version) = labels::version(text, out.version()).filter(|_| is_namespace(object)) else {
            return out.not_applicable();
        };
        let missing = missing(level, version, out.version());
        if !missing.is_empty() {
            let names: Vec<&str> = missing.into_iter().collect();
            let message = format!("`{level}` of {version} lacks controls of {}: {}", out.version(), names.join(", "));
            out.fail(label_path(ENFORCE_VERSION), message).value(text);
        }
    }
}

/// Controls of the level that `newer` demands and `older` does not.
fn missing(level: PssLevel, older: KubernetesVersion, newer: KubernetesVersion) -> BTreeSet<&'static str> {
    /// In the restricted level this is the control of baseline as it was before v1.35, under another name.
    const RENAMED: &str = "procMount_restricted";
    let controls = crate::workload::LIST.iter().filter_map(|check| check.meta.pss);
    controls
        .filter(|pss| pss.level <= level && pss.control != RENAMED)
        .filter(|pss| pss.versions.contains(newer) && !pss.versions.contains(older))
        .map(|pss| pss.control)
        .collect()
}
