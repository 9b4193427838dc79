use seawall_inventory::kinds::{ClaimSpec, LimitRangeItem, ResourceMap};
use seawall_inventory::quantity::Quantity;
use seawall_inventory::{ContainerView, Object};
use seawall_yaml::Path;

use super::resources::applies;
use crate::Out;

crate::check::check! {
    /// Container or claim that a LimitRange refuses
    ///
    /// ## What it finds
    /// Containers and init containers whose request or limit is below the least or above the most that a LimitRange of their
    /// namespace allows, whose request is above the default limit that they get, and PersistentVolumeClaims that ask for too little or too
    /// much. Defaults are filled in first, as in the cluster. Where several LimitRanges give different defaults it is not said
    /// which one is taken, and the verdict is unknown; so it is for bounds of whole pods and ratios.
    ///
    /// ## Why it matters
    /// The workload is accepted, and each of its pods is refused: it stays at zero pods, and the reason stands in the events of a
    /// ReplicaSet.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: LimitRange
    /// metadata:
    ///   name: bounds
    ///   namespace: shop
    /// spec:
    ///   limits:
    ///   - type: Container
    ///     max:
    ///       memory: 1Gi
    ///     min:
    ///       cpu: 50m
    ///     default:
    ///       memory: 256Mi
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   namespace: shop
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///     resources:
    ///       requests:
    ///         cpu: 10m   # <- finding
    ///       limits:
    ///         memory: 2Gi   # <- finding
    ///   - name: cache
    ///     image: registry.example/cache:1.0
    ///     resources:
    ///       requests:
    ///         memory: 512Mi   # <- finding
    /// ```
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: LimitRange
    /// metadata:
    ///   name: bounds
    /// spec:
    ///   limits:
    ///   - type: PersistentVolumeClaim
    ///     max:
    ///       storage: 10Gi
    /// ---
    /// apiVersion: v1
    /// kind: PersistentVolumeClaim
    /// metadata:
    ///   name: data
    /// spec:
    ///   accessModes: [ReadWriteOnce]
    ///   resources:
    ///     requests:
    ///       storage: 20Gi   # <- finding
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: LimitRange
    /// metadata:
    ///   name: bounds
    ///   namespace: shop
    /// spec:
    ///   limits:
    ///   - type: Container
    ///     max:
    ///       memory: 1Gi
    ///     min:
    ///       cpu: 50m
    ///     default:
    ///       memory: 256Mi
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   namespace: shop
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///     resources:
    ///       limits:
    ///         memory: 1024Mi
    /// ```
    /// ## How to fix
    /// Change the number, or the LimitRange.
    ///
    /// ## References
    /// - k8s.io/kubernetes v1.36.3 plugin/pkg/admission/limitranger/admission.go: PodValidateLimitFunc, minConstraint, maxConstraint,
    ///   PersistentVolumeClaimValidateLimitFunc
    /// - k8s.io/kubernetes v1.36.3 pkg/apis/core/v1/defaults.go: SetDefaults_Pod, SetDefaults_LimitRangeItem
    id: "SW6027",
    name: "refused-by-limit-range",
    severity: Medium,
    scope: Object,
    since: "0.1.0",
    profile: Default,
    fn run(object, out) {
        let claim = object.body.claim();
        if object.pods.is_empty() && claim.is_none() {
            return out.not_applicable();
        }
        let snapshot = out.snapshot();
        let items = || snapshot.limit_ranges(object).flat_map(|(range, spec)| spec.limits.iter().map(move |one| (range, one)));
        let mut any = false;
        for (range, item) in items() {
            any = true;
            match item.type_.as_str() {
                "PersistentVolumeClaim" => {
                    if let Some(claim) = claim {
                        judge_claim(claim, item, range, out);
                    }
                }
                "Container" if item.max_limit_request_ratio.iter().next().is_none() => {}
                "Container" | "Pod" if !object.pods.is_empty() => {
                    out.unknown("a LimitRange bounds whole pods, or the ratio of limits to requests, which is not worked out");
                }
                _ => {}
            }
        }
        let counted = || snapshot.pods_of(object).flat_map(|pod| pod.containers()).filter(applies);
        if !any || claim.is_none() && counted().next().is_none() {
            return out.not_applicable();
        }
        for container in counted() {
            for (range, item) in items().filter(|(_, item)| item.type_ == "Container") {
                let defaults = || items().map(|(_, item)| item).filter(|item| item.type_ == "Container");
                judge_container(&container, item, defaults, range, out);
            }
        }
    }
}

fn quantity(map: &ResourceMap, resource: &str) -> Option<Quantity> {
    map.get(resource)?.trim().parse().ok()
}

fn judge_claim(claim: &ClaimSpec, item: &LimitRangeItem, range: &Object, out: &mut Out<'_>) {
    let Some(text) = claim.resources.requests.get("storage") else { return };
    let Ok(asked) = text.trim().parse::<Quantity>() else { return };
    let path = || Path::root().field("spec").field("resources").field("requests").field("storage");
    let name = &range.metadata.name;
    if let Some(least) = quantity(&item.min, "storage").filter(|least| asked < *least) {
        out.fail(path(), format!("LimitRange `{name}` refuses less than {least}")).value(text);
    } else if let Some(most) = quantity(&item.max, "storage").filter(|most| asked > *most) {
        out.fail(path(), format!("LimitRange `{name}` refuses more than {most}")).value(text);
    }
}

/// Resources of one item of a LimitRange up to which they are compared: each is looked up in lists.
const RESOURCES_MAX: usize = 64;

/// What a container has of a resource, and where that comes from.
struct Amount {
    quantity: Quantity,
    /// The field in which the container itself writes it.
    written: Option<&'static str>,
}

fn judge_container<'s, I: Iterator<Item = &'s LimitRangeItem>>(
    container: &ContainerView<'_>,
    item: &LimitRangeItem,
    defaults: impl Fn() -> I,
    range: &Object,
    out: &mut Out<'_>,
) {
    let resources = container.container.resources.as_deref();
    let bounded = item.min.iter().chain(item.max.iter()).chain(item.default.iter()).map(|(resource, _)| resource);
    if item.min.iter().count() + item.max.iter().count() + item.default.iter().count() > RESOURCES_MAX {
        return out.unknown("a LimitRange names more resources than are compared");
    }
    let mut seen: Vec<&str> = Vec::new();
    for resource in bounded {
        if seen.contains(&resource) {
            continue;
        }
        seen.push(resource);
        let own = |field: &'static str| {
            let resources = resources?;
            let map = if field == "limits" { &resources.limits } else { &resources.requests };
            Some(Amount { quantity: quantity(map, resource)?, written: Some(field) })
        };
        let invalid = resources.is_some_and(|own| {
            own.limits.get(resource).is_some() && quantity(&own.limits, resource).is_none()
                || own.requests.get(resource).is_some() && quantity(&own.requests, resource).is_none()
        });
        if invalid {
            // invalid-quantity says so.
            continue;
        }
        let Ok(default_limit) = agreed(defaults(), |item| item.default.get(resource).or(item.max.get(resource)))
        else {
            out.unknown("several LimitRanges of the namespace give different defaults");
            continue;
        };
        let Ok(default_request) = agreed(defaults(), |item| {
            let limit = || item.default.get(resource).or(item.max.get(resource));
            item.default_request.get(resource).or_else(limit).or(item.min.get(resource))
        }) else {
            out.unknown("several LimitRanges of the namespace give different defaults");
            continue;
        };
        let filled = |quantity: Option<Quantity>| quantity.map(|quantity| Amount { quantity, written: None });
        // A limit is the request when none is given, before defaults are filled in.
        let request = own("requests").or_else(|| own("limits")).or_else(|| filled(default_request));
        let limit = own("limits").or_else(|| filled(default_limit));
        let (Some(request), limit) = (request, limit) else { continue };
        let least = quantity(&item.min, resource);
        let most = quantity(&item.max, resource);
        let lowest = limit.as_ref().filter(|limit| limit.quantity < request.quantity).unwrap_or(&request);
        let highest = limit.as_ref().filter(|limit| limit.quantity > request.quantity).unwrap_or(&request);
        let name = container.name();
        let by = &range.metadata.name;
        let path = |amount: &Amount| {
            container.path("resources").field(amount.written.unwrap_or("requests")).key(resource)
        };
        if let Some(least) = least.filter(|least| lowest.quantity < *least) {
            let message = format!("LimitRange `{by}` refuses container `{name}`: less {resource} than {least}");
            out.fail(path(lowest), message)
                .derived(format!("{} is less than {least}", lowest.quantity))
                .about(container.place());
        } else if let Some(most) = most.filter(|most| highest.quantity > *most) {
            let message = format!("LimitRange `{by}` refuses container `{name}`: more {resource} than {most}");
            out.fail(path(highest), message)
                .derived(format!("{} is more than {most}", highest.quantity))
                .about(container.place());
        } else if let Some(limit) = limit.filter(|limit| limit.written.is_none() && request.quantity > limit.quantity) {
            let message = format!(
                "container `{name}` requests more {resource} than the default limit of {} that LimitRange `{by}` gives it",
                limit.quantity
            );
            out.fail(path(&request), message)
                .derived(format!("{} is more than {}", request.quantity, limit.quantity))
                .about(container.place());
        }
    }
}

/// That two LimitRanges give different defaults.
struct Disagreement;

/// The default that all items give that give one.
fn agreed<'s>(
    items: impl Iterator<Item = &'s LimitRangeItem>,
    default: impl Fn(&'s LimitRangeItem) -> Option<&'s str>,
) -> Result<Option<Quantity>, Disagreement> {
    let mut agreed: Option<Quantity> = None;
    for text in items.filter_map(default) {
        let Ok(quantity) = text.trim().parse::<Quantity>() else { return Err(Disagreement) };
        match &agreed {
            Some(other) if *other != quantity => return Err(Disagreement),
            _ => agreed = Some(quantity),
        }
    }
    Ok(agreed)
}
