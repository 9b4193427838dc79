//! Whether what LimitRanges give to a container is refused for what stands beside it
//! (k8s.io/kubernetes v1.36.3 pkg/apis/core/validation/validation.go: `validateResourceRequirements`,
//! `validatePodResourceConsistency`).

use seawall_inventory::quantity::Quantity;
use seawall_inventory::{ContainerClass, ContainerView, PodView};
use seawall_yaml::Path;

use super::in_effect::{Defaults, Side, Unclear, of_container, of_containers, of_pod_level, written};
use super::resources::{can_be_overcommitted, is_huge_pages, own_request};
use crate::Out;

/// What a container has of a resource.
pub(super) struct Amounts {
    pub(super) request: Option<Quantity>,
    pub(super) limit: Option<Quantity>,
    written_request: bool,
    written_limit: bool,
}

impl Amounts {
    pub(super) fn of(
        container: &ContainerView<'_>,
        resource: &str,
        defaults: &Defaults,
    ) -> Result<Self, Unclear> {
        Ok(Self {
            request: of_container(container, resource, Side::Request, defaults)?,
            limit: of_container(container, resource, Side::Limit, defaults)?,
            written_request: written(container, resource, Side::Request)?.is_some(),
            written_limit: written(container, resource, Side::Limit)?.is_some(),
        })
    }
}

/// Reports the first conflict of a container with what it got, `most` being the limit of its pod.
pub(super) fn conflicts(
    container: &ContainerView<'_>,
    resource: &str,
    amounts: &Amounts,
    most: Option<&Quantity>,
    out: &mut Out<'_>,
) {
    if !is_inconsistent(container, resource, amounts, out)
        && !has_huge_pages_alone(container, resource, amounts, out)
    {
        exceeds_pod(container, resource, amounts, most, out);
    }
}

/// Reports what the containers have together with their defaults, when it is more than the pod says for all of them.
pub(super) fn exceeds_in_all(
    pod: &PodView<'_>,
    resource: &str,
    defaults: &Defaults,
    out: &mut Out<'_>,
) -> Result<(), Unclear> {
    let with = |side| of_containers(pod, |container| of_container(container, resource, side, defaults));
    for side in [Side::Request, Side::Limit] {
        // Limits may be overcommitted, those of huge pages aside (`validatePodResourceConsistency`).
        if side == Side::Limit && !is_huge_pages(resource) {
            continue;
        }
        let Some(own) = of_pod_level(pod, resource, side, out)? else { continue };
        let without = of_containers(pod, |container| written(container, resource, side))?;
        let exceeds = |sum: &Quantity| *sum > own;
        if let Some(sum) = with(side)?.filter(exceeds)
            && !without.as_ref().is_some_and(exceeds)
        {
            let message = format!(
                "with the defaults of LimitRanges the containers have {sum} of {resource}, and their pod {own}"
            );
            out.fail(pod.path("resources"), message).derived(format!("{sum} is more than {own}"));
            return Ok(());
        }
    }
    Ok(())
}

/// Where a container says, or should, how much it has.
pub(super) fn path(container: &ContainerView<'_>, resource: &str, side: Side) -> Path {
    let own = container.container.resources.as_deref();
    let requests = own.is_some_and(|own| own.requests.get(resource).is_some());
    let limits = own.is_some_and(|own| own.limits.get(resource).is_some());
    let field = match side {
        Side::Limit if limits || !requests => "limits",
        Side::Request if limits && !requests => "limits",
        _ => "requests",
    };
    container.path("resources").field(field).key(resource)
}

/// Whether a request and a limit of which a LimitRange gave one do not fit each other. What is written is judged by
/// request-over-limit.
fn is_inconsistent(
    container: &ContainerView<'_>,
    resource: &str,
    amounts: &Amounts,
    out: &mut Out<'_>,
) -> bool {
    let (Some(request), Some(limit)) = (&amounts.request, &amounts.limit) else {
        let lacks = amounts.request.is_some() && !amounts.written_request && !can_be_overcommitted(resource);
        if lacks {
            let message = format!(
                "container `{}` gets a default request of {resource} by LimitRanges, and no limit of as much",
                container.name()
            );
            out.fail(path(container, resource, Side::Limit), message)
                .missing("what cannot be overcommitted must have a limit")
                .about(container.place());
        }
        return lacks;
    };
    let fits = request == limit || request < limit && can_be_overcommitted(resource);
    if fits || amounts.written_request && amounts.written_limit {
        return false;
    }
    let message = format!(
        "container `{}` has a request of {request} {resource} that does not fit the default limit of {limit} that LimitRanges give it",
        container.name()
    );
    let why = if request > limit { "more than" } else { "not" };
    out.fail(path(container, resource, Side::Request), message)
        .derived(format!("{request} is {why} {limit}"))
        .about(container.place());
    true
}

/// Huge pages that LimitRanges give are refused where there is neither CPU nor memory (`validateResourceRequirements`).
fn has_huge_pages_alone(
    container: &ContainerView<'_>,
    resource: &str,
    amounts: &Amounts,
    out: &mut Out<'_>,
) -> bool {
    let given = amounts.request.is_some() && !amounts.written_request;
    if !given
        || !is_huge_pages(resource)
        || ["cpu", "memory"].iter().any(|other| own_request(container, other, out))
    {
        return false;
    }
    let message = format!(
        "container `{}` gets {resource} by LimitRanges, and neither CPU nor memory",
        container.name()
    );
    out.fail(container.path("resources"), message)
        .missing("huge pages are refused without CPU or memory")
        .about(container.place());
    true
}

/// A default limit of a container must not be above the pod's.
fn exceeds_pod(
    container: &ContainerView<'_>,
    resource: &str,
    amounts: &Amounts,
    most: Option<&Quantity>,
    out: &mut Out<'_>,
) {
    let (Some(limit), Some(most)) = (&amounts.limit, most) else { return };
    if amounts.written_limit || container.class != ContainerClass::Regular || limit <= most {
        return;
    }
    let message = format!(
        "container `{}` gets a default limit of {limit} {resource} by LimitRanges, and its pod has a limit of {most}",
        container.name()
    );
    out.fail(path(container, resource, Side::Limit), message)
        .derived(format!("{limit} is more than {most}"))
        .about(container.place());
}
