//! Which containers nothing keeps from running as root.

use seawall_inventory::{ContainerView, PodView};

/// The containers of `pod` that the kubelet would not refuse to start as root: `runAsNonRoot` in effect is not true.
pub(super) fn unguarded<'s>(pod: &PodView<'s>) -> impl Iterator<Item = ContainerView<'s>> {
    pod.containers().filter(|container| container.run_as_non_root().is_none_or(|effective| !effective.value))
}

/// Whether the container sets `runAsNonRoot` itself, so that the pod's setting does not count.
pub(super) fn decides_itself(container: &ContainerView<'_>) -> bool {
    container.security_context().is_some_and(|own| own.run_as_non_root.is_some())
}

/// Whether the user that the container runs as is given, and not root.
pub(super) fn has_other_user(container: &ContainerView<'_>) -> bool {
    container.run_as_user().is_some_and(|effective| effective.value != 0)
}
