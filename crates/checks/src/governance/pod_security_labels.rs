//! What the labels of a Namespace ask of Pod Security admission.
//!
//! Source: k8s.io/pod-security-admission v0.37.2 api/constants.go and api/helpers.go.

use seawall_finding::PssLevel;
use seawall_inventory::{KubernetesVersion, Object};
use seawall_yaml::Path;

/// What the names of all labels begin with.
pub(super) const PREFIX: &str = "pod-security.kubernetes.io/";

/// Which level pods must meet.
pub(super) const ENFORCE: &str = "pod-security.kubernetes.io/enforce";

/// The version of that level.
pub(super) const ENFORCE_VERSION: &str = "pod-security.kubernetes.io/enforce-version";

/// The modes, each with the name of its version's label behind [`PREFIX`].
pub(super) const MODES: [(&str, &str); 3] =
    [("enforce", "enforce-version"), ("audit", "audit-version"), ("warn", "warn-version")];

/// Whether the object is a Namespace.
pub(super) fn is_namespace(object: &Object) -> bool {
    object.kind == "Namespace" && object.group().is_empty()
}

/// `ParseLevel`: `Some(None)` is the level `privileged`, which demands nothing; `None` is no level.
pub(super) fn level(text: &str) -> Option<Option<PssLevel>> {
    match text {
        "privileged" => Some(None),
        "baseline" => Some(Some(PssLevel::Baseline)),
        "restricted" => Some(Some(PssLevel::Restricted)),
        _ => None,
    }
}

/// `ParseVersion`: the version as `latest`'s API server judges by it, or `None` for what is no version. Versions that are
/// not released yet are judged as the latest.
pub(super) fn version(text: &str, latest: KubernetesVersion) -> Option<KubernetesVersion> {
    if text == "latest" {
        return Some(latest);
    }
    minor(text).map(|minor| minor.map_or(latest, |minor| minor.min(latest)))
}

/// Whether it is a version that `latest` is older than.
pub(super) fn is_unreleased(text: &str, latest: KubernetesVersion) -> bool {
    minor(text).is_some_and(|minor| minor.is_none_or(|minor| minor > latest))
}

/// The minor version of `^v1\.([0-9]|[1-9][0-9]*)$`; `Some(None)` when it is beyond all that will ever be.
fn minor(text: &str) -> Option<Option<KubernetesVersion>> {
    let digits = text.strip_prefix("v1.")?;
    let canonical = digits == "0" || !digits.starts_with('0');
    // `strconv.Atoi` refuses what an int64 does not hold.
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.parse::<i64>().is_ok();
    (canonical && is_number).then(|| digits.parse().ok().map(KubernetesVersion::minor))
}

/// Path of a label of an object.
pub(super) fn label_path(name: &str) -> Path {
    Path::root().field("metadata").field("labels").key(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_those_of_kubernetes() {
        let latest = KubernetesVersion::minor(37);
        for (text, expected) in [
            ("latest", Some(37)),
            ("v1.0", Some(0)),
            ("v1.25", Some(25)),
            ("v1.99", Some(37)),
            ("v1.99999999", Some(37)),
            ("v1.9999999999999999999", None),
            ("1.25", None),
            ("v1.025", None),
            ("v1.00", None),
            ("v1.", None),
            ("v1.25.3", None),
            ("v2.0", None),
            ("Latest", None),
            ("", None),
        ] {
            assert_eq!(version(text, latest), expected.map(KubernetesVersion::minor), "{text}");
        }
        assert!(is_unreleased("v1.38", latest) && is_unreleased("v1.99999999", latest));
        assert!(!is_unreleased("v1.37", latest) && !is_unreleased("latest", latest));
    }
}
