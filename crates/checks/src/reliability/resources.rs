//! Requests and limits in effect.

use seawall_inventory::kinds::{LimitRangeItem, ResourceRequirements};
use seawall_inventory::{ContainerView, PodView, VersionRange};

use crate::Out;

/// Whether the container has a limit of `resource`: its own, the pod's, or by a LimitRange that was read.
pub(super) fn has_limit(container: &ContainerView<'_>, resource: &str, out: &Out<'_>) -> bool {
    own_limit(container, resource, out)
        || pod_resources(&container.pod, resource, out).is_some_and(|pod| pod.limits.get(resource).is_some())
}

/// Whether the container itself has a limit of `resource`, or by a LimitRange that was read.
pub(super) fn own_limit(container: &ContainerView<'_>, resource: &str, out: &Out<'_>) -> bool {
    written_limit(container, resource).is_some() || limit_by_range(container, resource, out)
}

/// Whether a LimitRange that was read gives containers a limit of `resource`.
pub(super) fn limit_by_range(container: &ContainerView<'_>, resource: &str, out: &Out<'_>) -> bool {
    by_limit_range(container, out, |item| default_limit(item, resource))
}

/// Whether the container has a request of `resource`: its own, its limit (which is the request when none is given:
/// k8s.io/kubernetes v1.36.3 pkg/apis/core/v1/defaults.go, `SetDefaults_Pod`), the pod's, which comes about in the same way, or by a
/// LimitRange that was read.
pub(super) fn has_request(container: &ContainerView<'_>, resource: &str, out: &Out<'_>) -> bool {
    own_request(container, resource, out)
        || pod_resources(&container.pod, resource, out)
            .is_some_and(|pod| pod.requests.get(resource).is_some() || pod.limits.get(resource).is_some())
}

/// Whether the container itself has a request of `resource`, or by a LimitRange that was read.
pub(super) fn own_request(container: &ContainerView<'_>, resource: &str, out: &Out<'_>) -> bool {
    let own = container.container.resources.as_ref();
    own.is_some_and(|resources| resources.requests.get(resource).is_some())
        || written_limit(container, resource).is_some()
        || by_limit_range(container, out, |item| default_request(item, resource))
}

/// Whether requests and limits of the container are its own matter: ephemeral containers have none.
pub(super) fn applies(container: &ContainerView<'_>) -> bool {
    container.class != seawall_inventory::ContainerClass::Ephemeral
}

/// Whether a node may promise more of `resource` than it has: not of extended resources and huge pages
/// (k8s.io/kubernetes v1.36.3 pkg/apis/core/helper/helpers.go, `IsOvercommitAllowed`).
pub(super) fn can_be_overcommitted(resource: &str) -> bool {
    (!resource.contains('/') || resource.contains("kubernetes.io/")) && !is_huge_pages(resource)
}

pub(super) fn is_huge_pages(resource: &str) -> bool {
    resource.starts_with("hugepages-")
}

/// Whether `resource` is counted by quotas as `requests.` and its name (k8s.io/kubernetes v1.36.3 pkg/scheduler/util/utils.go,
/// `IsDRAExtendedResourceName`).
pub(super) fn is_extended(resource: &str) -> bool {
    let native = !resource.contains('/') || resource.contains("kubernetes.io/");
    resource.starts_with("deviceclass.resource.kubernetes.io/")
        || !native && !resource.starts_with("requests.")
}

/// Versions that keep `resources` of a pod: the gate PodLevelResources is on by default
/// (k8s.io/kubernetes v1.36.3 pkg/features/kube_features.go, KEP-2837).
const POD_LEVEL: VersionRange = VersionRange::since(34);

/// Requests and limits of the pod as a whole, when they say something of `resource`
/// (k8s.io/component-helpers v0.36.3 resource/helpers.go, `supportedPodLevelResources`).
pub(super) fn pod_resources<'s>(
    pod: &PodView<'s>,
    resource: &str,
    out: &Out<'_>,
) -> Option<&'s ResourceRequirements> {
    let resources = pod.spec().rare().resources.as_deref()?;
    (is_pod_level(resource) && POD_LEVEL.contains(out.version())).then_some(resources)
}

/// Whether a pod may say something of `resource` for all its containers.
pub(super) fn is_pod_level(resource: &str) -> bool {
    matches!(resource, "cpu" | "memory") || is_huge_pages(resource)
}

fn written_limit<'s>(container: &ContainerView<'s>, resource: &str) -> Option<&'s str> {
    container.container.resources.as_ref()?.limits.get(resource)
}

fn by_limit_range(
    container: &ContainerView<'_>,
    out: &Out<'_>,
    gives: impl Fn(&LimitRangeItem) -> bool,
) -> bool {
    out.snapshot().container_limits(container.pod.object).any(gives)
}

/// `SetDefaults_LimitRangeItem`: a maximum is the default limit too.
fn default_limit(item: &LimitRangeItem, resource: &str) -> bool {
    item.default.get(resource).or(item.max.get(resource)).is_some()
}

/// A default limit is the default request too, and so is a minimum.
fn default_request(item: &LimitRangeItem, resource: &str) -> bool {
    item.default_request.get(resource).or(item.min.get(resource)).is_some() || default_limit(item, resource)
}
