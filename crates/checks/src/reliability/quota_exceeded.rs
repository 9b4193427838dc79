use std::collections::HashSet;

use seawall_inventory::PodView;
use seawall_inventory::quantity::Quantity;
use seawall_yaml::Path;

use super::in_effect::{Defaults, Differing, Side, TOO_LARGE, Unclear, of_pod, parse};
use super::quota_scope::{Covers, TOO_MANY, covers, too_many};
use super::resources::{is_extended, is_huge_pages};
use super::scale::{Scale, scale};
use crate::Out;

crate::check::check! {
    /// Quota smaller than what its namespace runs
    ///
    /// ## What it finds
    /// ResourceQuotas of CPU, memory, ephemeral storage, huge pages, extended resources or pods that are too small for the workloads
    /// of their namespace that were read. The sum is the least that is certain: written replicas, or what an autoscaler keeps, times
    /// what each pod takes, with sidecars, overhead, what the pod says for all its containers, and the defaults of LimitRanges; jobs,
    /// DaemonSets, workloads without a number and surges of rollouts count nothing. Only pods for which the scopes hold are counted.
    ///
    /// ## Why it matters
    /// What is over the quota never starts, and which pods that are depends on who comes first. A rolling update needs room beside that.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: ResourceQuota
    /// metadata:
    ///   name: compute
    ///   namespace: shop
    /// spec:
    ///   hard:
    ///     requests.cpu: "1"   # <- finding
    ///     requests.memory: 1Gi
    ///     pods: "3"
    /// ---
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: web
    ///   namespace: shop
    /// spec:
    ///   replicas: 3
    ///   selector:
    ///     matchLabels:
    ///       app: web
    ///   template:
    ///     metadata:
    ///       labels:
    ///         app: web
    ///     spec:
    ///       containers:
    ///       - name: app
    ///         image: registry.example/app:1.0
    ///         resources:
    ///           requests:
    ///             cpu: 400m
    ///             memory: 256Mi
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: ResourceQuota
    /// metadata:
    ///   name: compute
    ///   namespace: shop
    /// spec:
    ///   hard:
    ///     requests.cpu: 1200m
    ///     requests.memory: 768Mi
    ///     pods: "3"
    /// ---
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: web
    ///   namespace: shop
    /// spec:
    ///   replicas: 3
    ///   selector:
    ///     matchLabels:
    ///       app: web
    ///   template:
    ///     metadata:
    ///       labels:
    ///         app: web
    ///     spec:
    ///       containers:
    ///       - name: app
    ///         image: registry.example/app:1.0
    ///         resources:
    ///           requests:
    ///             cpu: 400m
    ///             memory: 256Mi
    /// ```
    /// ## How to fix
    /// Raise the quota to more than the sum, with room for a rolling update, or ask for less.
    ///
    /// ## References
    /// - k8s.io/kubernetes v1.36.3 pkg/quota/v1/evaluator/core/pods.go: PodUsageFunc, podComputeUsageHelper
    /// - k8s.io/component-helpers v0.36.3 resource/helpers.go: PodRequests, PodLimits
    id: "SW6026",
    name: "quota-exceeded",
    severity: Medium,
    scope: Object,
    subjects: ["ResourceQuota"],
    reads: ["pods", "HorizontalPodAutoscaler.autoscaling", "ScaledObject.keda.sh", "LimitRange", "ResourceQuota"],
    since: "0.1.0",
    profile: Default,
    fn run(object, out) {
        let Some(quota) = object.body.resource_quota() else { return out.not_applicable() };
        let snapshot = out.snapshot();
        let mut bounds: Vec<Bound<'_>> =
            quota.hard.iter().filter_map(|(key, hard)| Bound::new(key, hard)).take(KEYS_MAX + 1).collect();
        if bounds.is_empty() {
            return out.not_applicable();
        }
        if bounds.len() > KEYS_MAX {
            return out.unknown("the quota bounds more resources than are summed");
        }
        if too_many(object, out) {
            return out.unknown(TOO_MANY);
        }
        let mut unknown = None;
        let mut seen = HashSet::new();
        for pod in snapshot.pods_beside(object) {
            // What a controller made is counted with the controller; what has ended is not counted (`QuotaV1Pod`).
            let has_ended = pod.object.body.pod_status().is_some_and(|status| status.has_ended());
            if has_ended || !pod.object.metadata.owner_references.is_empty() {
                continue;
            }
            let pods = match scale(&pod, snapshot) {
                Scale::AtLeast(pods) if pods > 0 => pods,
                Scale::Alone => 1,
                Scale::AtLeast(_) | Scale::Unscaled | Scale::Unknown(_) => continue,
            };
            match covers(quota, &pod, out) {
                Covers::Yes => {}
                Covers::No => continue,
                Covers::Unknown(reason) => {
                    unknown = Some(reason);
                    continue;
                }
            }
            if !seen.insert((pod.object.kind.as_str(), pod.object.display_name())) {
                return out.unknown("several charts or overlays define a workload of the namespace");
            }
            for bound in &mut bounds {
                if let Err(Unclear(reason)) = bound.count(&pod, pods, out) {
                    unknown = Some(reason);
                }
            }
        }
        if let Some(reason) = unknown {
            out.unknown(reason);
        }
        for bound in bounds {
            let Some(used) = bound.used.filter(|used| *used > bound.hard) else { continue };
            let path = Path::root().field("spec").field("hard").key(bound.key);
            let message = format!("the workloads need {used} of {}, and the quota allows {}", bound.key, bound.hard);
            out.fail(path, message).derived(format!("{} = {used}", bound.terms.join(" + ")));
        }
    }
}

/// What a key of a quota counts of each pod.
#[derive(Clone, Copy)]
enum What<'s> {
    Pods,
    Of(Side, &'s str),
}

/// What is counted for a key, when that is anything of pods (`podComputeUsageHelper`).
fn counted(key: &str) -> Option<What<'_>> {
    let compute = |resource: &str| matches!(resource, "cpu" | "memory" | "ephemeral-storage");
    if matches!(key, "pods" | "count/pods") {
        return Some(What::Pods);
    }
    if compute(key) || is_huge_pages(key) {
        return Some(What::Of(Side::Request, key));
    }
    match key.split_once('.') {
        Some(("requests", resource)) if compute(resource) || is_huge_pages(resource) || is_extended(resource) => {
            Some(What::Of(Side::Request, resource))
        }
        Some(("limits", resource)) if compute(resource) => Some(What::Of(Side::Limit, resource)),
        _ => None,
    }
}

/// Keys of a quota up to which they are summed: each is looked up in each pod.
const KEYS_MAX: usize = 64;

/// Workloads that are named in a sum; the rest is told as one.
const NAMED: usize = 6;

/// A key of a quota, and what is certain to be used of it.
struct Bound<'s> {
    key: &'s str,
    what: What<'s>,
    hard: Quantity,
    /// `None` while nothing was counted, or when the sum has more digits than any resource could.
    used: Option<Quantity>,
    terms: Vec<String>,
}

impl<'s> Bound<'s> {
    fn new(key: &'s str, hard: &str) -> Option<Self> {
        Some(Self { key, what: counted(key)?, hard: parse(hard).ok()?, used: None, terms: Vec::new() })
    }

    fn count(&mut self, pod: &PodView<'_>, pods: i64, out: &Out<'_>) -> Result<(), Unclear> {
        let each = match self.what {
            What::Pods => "1".parse().ok(),
            What::Of(side, resource) => {
                of_pod(pod, resource, side, &Defaults::of(pod.object, resource, Differing::Least, out), out)?
            }
        };
        let Some(each) = each.filter(|each: &Quantity| !each.is_zero() && !each.is_negative()) else { return Ok(()) };
        let all = times(&each, pods).ok_or(TOO_LARGE)?;
        let sum = match &self.used {
            Some(used) => used.checked_add(&all).ok_or(TOO_LARGE)?,
            None => all,
        };
        self.used = Some(sum);
        match self.terms.len() {
            NAMED => self.terms.push("others".to_owned()),
            named if named < NAMED => {
                self.terms.push(format!("{} {}: {pods} × {each}", pod.object.kind, pod.object.display_name()));
            }
            _ => {}
        }
        Ok(())
    }
}

/// `quantity` × `factor`, by doubling.
fn times(quantity: &Quantity, factor: i64) -> Option<Quantity> {
    let mut sum: Option<Quantity> = None;
    let mut power = quantity.clone();
    let mut rest = factor;
    while rest > 0 {
        if rest & 1 == 1 {
            sum = Some(match &sum {
                Some(sum) => sum.checked_add(&power)?,
                None => power.clone(),
            });
        }
        rest >>= 1;
        if rest > 0 {
            power = power.checked_add(&power)?;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubling_multiplies() {
        for (text, factor, expected) in
            [("400m", 3, "1200m"), ("1", 1, "1"), ("256Mi", 4, "1Gi"), ("1", 2_147_483_647, "2147483647"), ("0.1", 10, "1")]
        {
            let product = times(&text.parse().expect("a quantity"), factor);
            assert_eq!(product, expected.parse().ok(), "{text} × {factor}");
        }
        assert_eq!(times(&"1".parse().expect("a quantity"), 0), None);
    }
}
