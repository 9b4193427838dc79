//! Where seccomp profiles are written, and which confine.

use seawall_inventory::kinds::SeccompProfile;
use seawall_inventory::{PodView, Setting};

/// Every place where a profile is written as a field.
pub(super) fn profiles<'s>(pod: &PodView<'s>) -> impl Iterator<Item = Setting<'s, &'s SeccompProfile>> {
    pod.settings(
        "seccompProfile",
        |pod| pod.seccomp_profile.as_deref(),
        |container| container.seccomp_profile.as_deref(),
    )
}

/// Whether the profile confines: `validSeccomp` of k8s.io/pod-security-admission policy/check_seccompProfile_baseline.go
/// (v0.37.2).
pub(super) fn confines(profile: &SeccompProfile) -> bool {
    matches!(profile.type_.as_str(), "RuntimeDefault" | "Localhost")
}

/// Whether the value of an annotation confines: `validSeccompAnnotationValue`, ibidem.
pub(super) fn annotation_confines(value: &str) -> bool {
    matches!(value, "runtime/default" | "docker/default") || value.starts_with("localhost/")
}
