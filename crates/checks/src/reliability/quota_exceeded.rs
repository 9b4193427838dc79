use std::collections::HashSet;

use seawall_inventory::kinds::LimitRangeItem;
use seawall_inventory::quantity::Quantity;
use seawall_inventory::{ContainerClass, ContainerView, PodView};
use seawall_yaml::Path;

use super::quota_scope::{Covers, TOO_MANY, covers, too_many};
use super::resources::{applies, pod_resources};
use super::scale::{Scale, scale};
use crate::Out;

crate::check::check! {
    /// Quota smaller than what its namespace runs
    ///
    /// ## What it finds
    /// ResourceQuotas of CPU, memory or pods that are too small for the workloads of their namespace that were read. The sum is the least that
    /// is certain: written replicas, or what an autoscaler keeps, times what each pod requests, with the defaults of LimitRanges;
    /// jobs, DaemonSets, workloads without a number and surges of rollouts count nothing. Only pods for which the scopes
    /// hold are counted.
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
    since: "0.1.0",
    profile: Default,
    fn run(object, out) {
        let Some(quota) = object.body.resource_quota() else { return out.not_applicable() };
        let snapshot = out.snapshot();
        let mut bounds: Vec<Bound> =
            KEYS.iter().filter_map(|(key, what)| Bound::new(key, *what, quota.hard.get(key)?)).collect();
        if bounds.is_empty() {
            return out.not_applicable();
        }
        if too_many(object, out) {
            return out.unknown(TOO_MANY);
        }
        let mut unknown = None;
        let mut seen = HashSet::new();
        for pod in snapshot.pods_beside(object) {
            // What a controller made is counted with the controller.
            if !pod.object.metadata.owner_references.is_empty() {
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
                bound.count(&pod, pods, out);
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
enum What {
    Pods,
    Request(&'static str),
    Limit(&'static str),
}

const KEYS: [(&str, What); 8] = [
    ("pods", What::Pods),
    ("count/pods", What::Pods),
    ("cpu", What::Request("cpu")),
    ("memory", What::Request("memory")),
    ("requests.cpu", What::Request("cpu")),
    ("requests.memory", What::Request("memory")),
    ("limits.cpu", What::Limit("cpu")),
    ("limits.memory", What::Limit("memory")),
];

/// Workloads that are named in a sum; the rest is told as one.
const NAMED: usize = 6;

/// A key of a quota, and what is certain to be used of it.
struct Bound {
    key: &'static str,
    what: What,
    hard: Quantity,
    /// `None` while nothing was counted, or when the sum has more digits than any resource could.
    used: Option<Quantity>,
    terms: Vec<String>,
}

impl Bound {
    fn new(key: &'static str, what: What, hard: &str) -> Option<Self> {
        Some(Self { key, what, hard: hard.trim().parse().ok()?, used: None, terms: Vec::new() })
    }

    fn count(&mut self, pod: &PodView<'_>, pods: i64, out: &Out<'_>) {
        let each = match self.what {
            What::Pods => "1".parse().ok(),
            What::Request(resource) => of_pod(pod, resource, false, out),
            What::Limit(resource) => of_pod(pod, resource, true, out),
        };
        let Some(each) = each.filter(|each: &Quantity| !each.is_zero() && !each.is_negative()) else { return };
        let Some(all) = times(&each, pods) else { return };
        let sum = match &self.used {
            Some(used) => used.checked_add(&all),
            None => Some(all),
        };
        let Some(sum) = sum else { return };
        self.used = Some(sum);
        match self.terms.len() {
            NAMED => self.terms.push("others".to_owned()),
            named if named < NAMED => {
                self.terms.push(format!("{} {}: {pods} × {each}", pod.object.kind, pod.object.display_name()));
            }
            _ => {}
        }
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

/// What a pod takes of `resource` at least: what its containers take together, or the most that one init container takes.
fn of_pod(pod: &PodView<'_>, resource: &str, limits: bool, out: &Out<'_>) -> Option<Quantity> {
    if let Some(own) = pod_resources(pod, resource, out) {
        let limit = own.limits.get(resource);
        let text = if limits { limit } else { own.requests.get(resource).or(limit) };
        if let Some(text) = text {
            return text.trim().parse().ok();
        }
    }
    let mut together: Option<Quantity> = None;
    let mut first: Option<Quantity> = None;
    for container in pod.containers().filter(applies) {
        let Some(one) = of_container(&container, resource, limits, out) else { continue };
        if container.class == ContainerClass::Init {
            first = Some(first.map_or(one.clone(), |other| other.max(one)));
        } else {
            together = match &together {
                Some(sum) => Some(sum.checked_add(&one)?),
                None => Some(one),
            };
        }
    }
    match (together, first) {
        (Some(together), Some(first)) => Some(together.max(first)),
        (together, first) => together.or(first),
    }
}

fn of_container(container: &ContainerView<'_>, resource: &str, limits: bool, out: &Out<'_>) -> Option<Quantity> {
    let own = container.container.resources.as_deref();
    let limit = own.and_then(|own| own.limits.get(resource));
    let written = if limits { limit } else { own.and_then(|own| own.requests.get(resource)).or(limit) };
    if let Some(text) = written {
        return text.trim().parse().ok();
    }
    // The least of what several LimitRanges give is certain.
    let defaults = out.snapshot().container_limits(container.pod.object).filter_map(|item| default(item, resource, limits));
    defaults.filter_map(|text| text.trim().parse::<Quantity>().ok()).min()
}

/// `SetDefaults_LimitRangeItem` of k8s.io/kubernetes v1.36.3 pkg/apis/core/v1/defaults.go.
fn default<'s>(item: &'s LimitRangeItem, resource: &str, limits: bool) -> Option<&'s str> {
    let limit = item.default.get(resource).or(item.max.get(resource));
    if limits { limit } else { item.default_request.get(resource).or(limit).or(item.min.get(resource)) }
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
