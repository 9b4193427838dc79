//! Pods that the restricted level exempts from some of its controls.

use seawall_inventory::{KubernetesVersion, PodView, VersionRange};

/// Controls about Linux kernel features do not bind pods that declare to run on Windows, where their fields are refused:
/// check_allowPrivilegeEscalation.go, check_capabilities_restricted.go and check_seccompProfile_restricted.go of
/// k8s.io/pod-security-admission policy/ (v0.37.2).
const WINDOWS_EXEMPT: VersionRange = VersionRange::since(25);

/// Controls about users and /proc are relaxed for pods with a user namespace of their own, whose root is nobody on the node:
/// check_runAsNonRoot.go, check_runAsUser.go and check_procMount_baseline.go, ibidem; KEP-127. Before, the relaxation was
/// behind a feature gate that stayed alpha.
const RELAXED_BY_USER_NAMESPACE: VersionRange = VersionRange::since(35);

/// Whether a control about Linux kernel features exempts the pod.
pub(super) fn exempt_as_windows(pod: &PodView<'_>, version: KubernetesVersion) -> bool {
    pod.is_windows() && WINDOWS_EXEMPT.contains(version)
}

/// Whether a control about users or /proc is relaxed for the pod.
pub(super) fn relaxed_by_user_namespace(pod: &PodView<'_>, version: KubernetesVersion) -> bool {
    pod.has_user_namespace() && RELAXED_BY_USER_NAMESPACE.contains(version)
}
