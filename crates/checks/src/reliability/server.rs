//! Which containers answer requests.

use seawall_inventory::ContainerView;

/// Whether the container is one that others send requests to for as long as its pod lives, as far as its manifest says:
/// it runs on, and declares a port. Jobs, init containers and pods that run to their end do not.
pub(super) fn serves(container: &ContainerView<'_>) -> bool {
    let pod = &container.pod;
    let runs_to_its_end = matches!(pod.spec().rare().restart_policy.as_str(), "Never" | "OnFailure")
        || pod.object.group() == "batch"
        || pod.template.partial.is_some();
    container.is_long_running() && !runs_to_its_end && !container.container.ports.is_empty()
}
