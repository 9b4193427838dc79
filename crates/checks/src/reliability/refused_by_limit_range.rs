use std::collections::BTreeMap;

use seawall_inventory::kinds::{ClaimSpec, LimitRangeItem};
use seawall_inventory::{ContainerView, Object, PodView};
use seawall_yaml::Path;

use super::default_conflicts::{Amounts, conflicts, exceeds_in_all, path};
use super::in_effect::{
    Defaults, Differing, NO_QUANTITY, Side, Unclear, of_container, of_containers, of_pod_level, parse,
};
use super::limit_bounds::broken;
use super::resources::{applies, is_huge_pages};
use crate::Out;

crate::check::check! {
    /// Container or claim that a LimitRange refuses
    ///
    /// ## What it finds
    /// Containers, init containers and whole pods whose request or limit is below the least or above the most that a LimitRange of
    /// their namespace allows, or whose limit is too many times the request; containers whose request does not fit the default limit
    /// that they get, or whose defaults do not fit what the pod says for all of them; and PersistentVolumeClaims that ask for too
    /// little or too much. Defaults are filled in first, as in the cluster. A pod that says nothing of a resource that is bounded for
    /// whole pods is refused too. Where several LimitRanges give different defaults it is not said which one is taken, and the verdict
    /// is unknown.
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
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: LimitRange
    /// metadata:
    ///   name: bounds
    ///   namespace: shop
    /// spec:
    ///   limits:
    ///   - type: Pod
    ///     max:
    ///       memory: 1Gi
    ///   - type: Container
    ///     maxLimitRequestRatio:
    ///       cpu: "4"
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   namespace: shop
    /// spec:
    ///   containers:   # <- finding
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///     resources:
    ///       requests:
    ///         cpu: 100m
    ///       limits:
    ///         cpu: 1   # <- finding
    ///         memory: 2Gi
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
    /// - k8s.io/kubernetes v1.36.3 plugin/pkg/admission/limitranger/admission.go: PodMutateLimitFunc, PodValidateLimitFunc,
    ///   PersistentVolumeClaimValidateLimitFunc
    /// - k8s.io/kubernetes v1.36.3 pkg/apis/core/v1/defaults.go: SetDefaults_Pod, SetDefaults_LimitRangeItem
    /// - k8s.io/kubernetes v1.36.3 pkg/apis/core/validation/validation.go: validateResourceRequirements, validatePodResourceConsistency
    id: "SW6027",
    name: "refused-by-limit-range",
    severity: Medium,
    scope: Object,
    subjects: ["pods", "PersistentVolumeClaim"],
    reads: ["LimitRange"],
    since: "0.1.0",
    profile: Default,
    fn run(object, out) {
        let claim = object.body.claim();
        if object.pods.is_empty() && claim.is_none() {
            return out.not_applicable();
        }
        let snapshot = out.snapshot();
        let items = snapshot.limit_ranges(object).flat_map(|(range, spec)| spec.limits.iter().map(move |one| (range, one)));
        let items: Items<'_> = items.take(ITEMS_MAX + 1).collect();
        let judged = || {
            claim.is_some() || snapshot.pods_of(object).any(|pod| pod.containers().any(|one| applies(&one)))
        };
        if items.is_empty() || !judged() {
            return out.not_applicable();
        }
        if let Some(claim) = claim {
            for (range, item) in items.iter().filter(|(_, item)| item.type_ == "PersistentVolumeClaim") {
                judge_claim(claim, item, range, out);
            }
        }
        let Some(bounded) = bounded(&items) else {
            return out.unknown("LimitRanges name more resources than are compared");
        };
        for pod in snapshot.pods_of(object) {
            for (resource, by) in &bounded {
                match judge_pod(&pod, resource, by, out) {
                    Ok(()) | Err(NO_QUANTITY) => {}
                    Err(Unclear(reason)) => out.unknown(reason),
                }
            }
        }
    }
}

/// Items of LimitRanges of a namespace, and resources that they name, up to which they are compared: each is looked up for each
/// container.
const ITEMS_MAX: usize = 128;
const RESOURCES_MAX: usize = 64;

/// Those that name a resource.
type Items<'s> = Vec<(&'s Object, &'s LimitRangeItem)>;

/// The resources that items for containers and pods name, each with these items; `None` when they are too many.
fn bounded<'s>(items: &Items<'s>) -> Option<BTreeMap<&'s str, Items<'s>>> {
    let mut bounded: BTreeMap<&str, Items<'s>> = BTreeMap::new();
    for (range, item) in items.iter().filter(|(_, item)| matches!(item.type_.as_str(), "Container" | "Pod")) {
        let maps = [&item.min, &item.max, &item.max_limit_request_ratio, &item.default, &item.default_request];
        for (resource, _) in maps.into_iter().flat_map(|map| map.iter()) {
            let by = bounded.entry(resource).or_default();
            if !by.last().is_some_and(|(_, last)| std::ptr::eq(*last, *item)) {
                by.push((range, item));
            }
            if bounded.len() > RESOURCES_MAX {
                return None;
            }
        }
    }
    (items.len() <= ITEMS_MAX).then_some(bounded)
}

fn judge_claim(claim: &ClaimSpec, item: &LimitRangeItem, range: &Object, out: &mut Out<'_>) {
    let Some(text) = claim.resources.requests.get("storage") else { return };
    let Ok(asked) = parse(text) else { return };
    // Of a claim nothing but its request is looked at.
    match broken(item, "storage", Some(&asked), Some(&asked)) {
        Ok(Some(broken)) => {
            let path = Path::root().field("spec").field("resources").field("requests").field("storage");
            let message = format!("LimitRange `{}` refuses {}", range.metadata.name, broken.refused);
            out.fail(path, message).value(text);
        }
        Ok(None) => {}
        Err(Unclear(reason)) => out.unknown(reason),
    }
}

fn judge_pod(pod: &PodView<'_>, resource: &str, by: &Items<'_>, out: &mut Out<'_>) -> Result<(), Unclear> {
    let defaults = Defaults::of(pod.object, resource, Differing::Unclear, out);
    let own_limit = of_pod_level(pod, resource, Side::Limit, out)?;
    for container in pod.containers().filter(applies) {
        let amounts = Amounts::of(&container, resource, &defaults)?;
        if !is_refused(&container, resource, &amounts, by, out)? {
            conflicts(&container, resource, &amounts, own_limit.as_ref(), out);
        }
    }
    judge_sums(pod, resource, &defaults, by, out)
}

fn is_refused(
    container: &ContainerView<'_>,
    resource: &str,
    amounts: &Amounts,
    by: &Items<'_>,
    out: &mut Out<'_>,
) -> Result<bool, Unclear> {
    for (range, item) in by.iter().filter(|(_, item)| item.type_ == "Container") {
        let Some(broken) = broken(item, resource, amounts.request.as_ref(), amounts.limit.as_ref())? else { continue };
        let (by, name) = (&range.metadata.name, container.name());
        let message = format!("LimitRange `{by}` refuses container `{name}`: {} of {resource}", broken.refused);
        out.fail(path(container, resource, broken.side), message).derived(broken.why()).about(container.place());
        return Ok(true);
    }
    Ok(false)
}

/// What LimitRanges say of whole pods, and then what the pod says of all its containers.
fn judge_sums(
    pod: &PodView<'_>,
    resource: &str,
    defaults: &Defaults,
    by: &Items<'_>,
    out: &mut Out<'_>,
) -> Result<(), Unclear> {
    let with = |side| of_containers(pod, |container| of_container(container, resource, side, defaults));
    let by_pod = |side, out: &Out<'_>| match of_pod_level(pod, resource, side, out) {
        // This admission plugin does not know of huge pages of pods (`supportedPodLevelResources`).
        Ok(Some(own)) if !is_huge_pages(resource) => Ok(Some(own)),
        Ok(_) => with(side),
        unclear => unclear,
    };
    for (range, item) in by.iter().filter(|(_, item)| item.type_ == "Pod") {
        out.reads_pod_level(pod);
        let (request, limit) = (by_pod(Side::Request, out)?, by_pod(Side::Limit, out)?);
        if let Some(broken) = broken(item, resource, request.as_ref(), limit.as_ref())? {
            let message =
                format!("LimitRange `{}` refuses the pod: {} of {resource} in all", range.metadata.name, broken.refused);
            out.fail(pod.path("containers"), message).derived(broken.why());
            return Ok(());
        }
    }
    exceeds_in_all(pod, resource, defaults, out)
}
