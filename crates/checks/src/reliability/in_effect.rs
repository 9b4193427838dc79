//! What a pod and its containers have of a resource once defaults are filled in: those of the API, then those of LimitRanges
//! (k8s.io/kubernetes v1.36.3 pkg/apis/core/v1/defaults.go and plugin/pkg/admission/limitranger/admission.go).

use seawall_inventory::kinds::{LimitRangeItem, ResourceMap, ResourceRequirements};
use seawall_inventory::quantity::Quantity;
use seawall_inventory::{ContainerClass, ContainerView, Object, PodView};

use super::resources::{applies, is_huge_pages, pod_resources};
use crate::Out;

/// What is asked for, or what is allowed at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Request,
    Limit,
}

/// Why it cannot be told what a pod has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unclear(pub(super) &'static str);

/// A quantity, or that there is none.
pub(super) type Known = Result<Option<Quantity>, Unclear>;

/// invalid-quantity says so.
pub(super) const NO_QUANTITY: Unclear = Unclear("a resource has a value that is no quantity");
const NO_BOUND: Unclear = Unclear("a LimitRange has a value that is no quantity");
pub(super) const TOO_LARGE: Unclear = Unclear("a sum of resources has more digits than any resource could");
const DIFFERENT: Unclear = Unclear("several LimitRanges of the namespace give different defaults");
const TOO_MANY_RANGES: Unclear = Unclear("the namespace has more LimitRanges than are compared");

/// LimitRanges of a namespace, and items of one, up to which they are compared: they are walked for each pod.
const RANGES_MAX: usize = 64;

/// What to take of LimitRanges that give different defaults: the API server takes that of the first that it lists, in no order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Differing {
    Unclear,
    /// What is certain.
    Least,
}

/// What LimitRanges give to the containers of a namespace that say nothing of a resource.
#[derive(Clone, Debug)]
pub(super) struct Defaults {
    request: Known,
    limit: Known,
}

impl Defaults {
    /// What the LimitRanges that were read give to pods of `object`.
    pub(super) fn of(object: &Object, resource: &str, differing: Differing, out: &Out<'_>) -> Self {
        let by = |side| by_ranges(object, resource, side, differing, out);
        Self { request: by(Side::Request), limit: by(Side::Limit) }
    }

    fn of_side(&self, side: Side) -> Known {
        match side {
            Side::Request => self.request.clone(),
            Side::Limit => self.limit.clone(),
        }
    }
}

fn by_ranges(object: &Object, resource: &str, side: Side, differing: Differing, out: &Out<'_>) -> Known {
    let mut given: Option<Quantity> = None;
    for (number, (_, range)) in out.snapshot().limit_ranges(object).enumerate() {
        if number == RANGES_MAX || range.limits.len() > RANGES_MAX {
            return Err(TOO_MANY_RANGES);
        }
        // `defaultContainerResourceRequirements`: of one LimitRange the last item decides.
        let items = range.limits.iter().rev().filter(|item| item.type_ == "Container");
        let Some(text) = items.filter_map(|item| default(item, resource, side)).next() else { continue };
        let this = parse_bound(text)?;
        given = match given {
            Some(other) if other != this && differing == Differing::Unclear => return Err(DIFFERENT),
            Some(other) => Some(other.min(this)),
            None => Some(this),
        };
    }
    Ok(given)
}

/// `SetDefaults_LimitRangeItem`.
fn default<'s>(item: &'s LimitRangeItem, resource: &str, side: Side) -> Option<&'s str> {
    let limit = || item.default.get(resource).or(item.max.get(resource));
    match side {
        Side::Limit => limit(),
        Side::Request => item.default_request.get(resource).or_else(limit).or(item.min.get(resource)),
    }
}

/// What a container says itself. A limit is the request when none is given (`SetDefaults_Pod`).
pub(super) fn written(container: &ContainerView<'_>, resource: &str, side: Side) -> Known {
    let Some(own) = container.container.resources.as_deref() else { return Ok(None) };
    let limit = own.limits.get(resource);
    let text = match side {
        Side::Limit => limit,
        Side::Request => own.requests.get(resource).or(limit),
    };
    text.map(parse).transpose()
}

/// What a container has of a resource.
pub(super) fn of_container(
    container: &ContainerView<'_>,
    resource: &str,
    side: Side,
    defaults: &Defaults,
) -> Known {
    match written(container, resource, side)? {
        Some(own) => Ok(Some(own)),
        None => defaults.of_side(side),
    }
}

/// What the containers of a pod have together (k8s.io/component-helpers v0.36.3 resource/helpers.go,
/// `AggregateContainerRequests`): what runs at once, or an init container beside the sidecars that have started before it.
pub(super) fn of_containers(pod: &PodView<'_>, mut each: impl FnMut(&ContainerView<'_>) -> Known) -> Known {
    let (mut together, mut sidecars, mut first) = (None, None, None);
    for container in pod.containers().filter(applies) {
        let one = each(&container)?;
        match container.class {
            ContainerClass::Init => first = most(first, plus(sidecars.clone(), one)?),
            ContainerClass::Sidecar => {
                together = plus(together, one.clone())?;
                sidecars = plus(sidecars, one)?;
            }
            ContainerClass::Regular | ContainerClass::Ephemeral => together = plus(together, one)?,
        }
    }
    Ok(most(together, first))
}

/// What a quota counts of a pod: `PodRequests` or `PodLimits` of the same file.
pub(super) fn of_pod(
    pod: &PodView<'_>,
    resource: &str,
    side: Side,
    defaults: &Defaults,
    out: &Out<'_>,
) -> Known {
    let all = match of_pod_level(pod, resource, side, out)? {
        Some(own) => Some(own),
        None => of_containers(pod, |container| of_container(container, resource, side, defaults))?,
    };
    let overhead = pod.spec().rare().overhead.get(resource).map(parse).transpose()?;
    match side {
        Side::Limit if all.as_ref().is_none_or(Quantity::is_zero) => Ok(all),
        _ => plus(all, overhead),
    }
}

/// What the pod says for all its containers, with the defaults that it gets before any LimitRange is looked at
/// (`defaultHugePagePodLimits`, `defaultPodRequests`).
pub(super) fn of_pod_level(pod: &PodView<'_>, resource: &str, side: Side, out: &Out<'_>) -> Known {
    let Some(own) = pod_resources(pod, resource, out) else { return Ok(None) };
    let of_all = |side| of_containers(pod, |container| written(container, resource, side));
    let huge = is_huge_pages(resource);
    let request = own.requests.get(resource).map(parse).transpose()?;
    let mut limit = own.limits.get(resource).map(parse).transpose()?;
    if huge && limit.is_none() && request.is_none() && says_something(own) {
        limit = of_all(Side::Limit)?;
    }
    if side == Side::Limit || request.is_some() {
        return Ok(if side == Side::Limit { limit } else { request });
    }
    if !huge && gets_limits(pod, own) {
        return Ok(of_all(Side::Request)?.or(limit));
    }
    Ok(limit)
}

/// Whether resources of a pod hold anything.
fn says_something(own: &ResourceRequirements) -> bool {
    [&own.requests, &own.limits].into_iter().any(|map| map.iter().next().is_some())
}

/// Whether the pod has limits of its own, be it that its containers' huge pages become one.
fn gets_limits(pod: &PodView<'_>, own: &ResourceRequirements) -> bool {
    if own.limits.iter().next().is_some() {
        return true;
    }
    let huge = |map: &ResourceMap| {
        map.iter().any(|(name, _)| is_huge_pages(name) && own.requests.get(name).is_none())
    };
    says_something(own)
        && pod
            .containers()
            .filter(applies)
            .any(|container| container.container.resources.as_deref().is_some_and(|one| huge(&one.limits)))
}

/// Reads a quantity of a list of resources, of which the API server keeps thousandths (`SetDefaults_ResourceList`).
pub(super) fn parse(text: &str) -> Result<Quantity, Unclear> {
    let quantity: Quantity = text.trim().parse().map_err(|_| NO_QUANTITY)?;
    Ok(quantity.rounded_up_to(-3))
}

/// Reads a quantity of a LimitRange.
pub(super) fn parse_bound(text: &str) -> Result<Quantity, Unclear> {
    parse(text).map_err(|_| NO_BOUND)
}

fn plus(a: Option<Quantity>, b: Option<Quantity>) -> Known {
    match (a, b) {
        (Some(a), Some(b)) => a.checked_add(&b).map(Some).ok_or(TOO_LARGE),
        (a, b) => Ok(a.or(b)),
    }
}

fn most(a: Option<Quantity>, b: Option<Quantity>) -> Option<Quantity> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (a, b) => a.or(b),
    }
}
