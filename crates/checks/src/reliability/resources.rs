//! Requests and limits in effect.

use seawall_inventory::ContainerView;
use seawall_inventory::kinds::LimitRangeItem;

use crate::Out;

/// Whether the container has a limit of `resource`, its own or by a LimitRange that was read.
pub(super) fn has_limit(container: &ContainerView<'_>, resource: &str, out: &Out<'_>) -> bool {
    own_limit(container, resource).is_some()
        || by_limit_range(container, out, |item| default_limit(item, resource))
}

/// Whether the container has a request of `resource`: its own, its limit (which is the request when none is given:
/// k8s.io/kubernetes v1.36.3 pkg/apis/core/v1/defaults.go, `SetDefaults_Pod`), or by a LimitRange that was read.
pub(super) fn has_request(container: &ContainerView<'_>, resource: &str, out: &Out<'_>) -> bool {
    let own = container.container.resources.as_ref();
    own.is_some_and(|resources| resources.requests.get(resource).is_some())
        || own_limit(container, resource).is_some()
        || by_limit_range(container, out, |item| default_request(item, resource))
}

/// Whether requests and limits of the container are its own matter: ephemeral containers have none.
pub(super) fn applies(container: &ContainerView<'_>) -> bool {
    container.class != seawall_inventory::ContainerClass::Ephemeral
}

fn own_limit<'s>(container: &ContainerView<'s>, resource: &str) -> Option<&'s str> {
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
