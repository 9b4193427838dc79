//! Which pods a ResourceQuota counts.

use seawall_inventory::kinds::{PodAffinity, ResourceQuotaSpec};
use seawall_inventory::{Object, PodView};

use super::in_effect::{Defaults, Differing, Known, Side, Unclear, of_container, of_pod_level};
use super::resources::{applies, pod_resources};
use crate::Out;

/// Whether a quota counts a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Covers {
    /// All its scopes hold.
    Yes,
    /// One of its scopes does not hold.
    No,
    /// What was read does not decide it.
    Unknown(&'static str),
}

/// Whether `quota` counts `pod` (k8s.io/kubernetes v1.36.3 pkg/quota/v1/evaluator/core/pods.go, `podMatchesScopeFunc`).
pub(super) fn covers(quota: &ResourceQuotaSpec, pod: &PodView<'_>, out: &Out<'_>) -> Covers {
    let selected = quota.scope_selector.iter().flat_map(|selector| &selector.match_expressions);
    let selected = selected.map(|one| (one.scope_name.as_str(), one.operator.as_str(), &*one.values));
    let named = quota.scopes.iter().map(|scope| (scope.as_str(), "Exists", &[][..]));
    let mut unknown = None;
    for (scope, operator, values) in named.chain(selected) {
        let holds = match scope {
            "Terminating" => pod.spec().rare().active_deadline_seconds.is_some(),
            "NotTerminating" => pod.spec().rare().active_deadline_seconds.is_none(),
            "BestEffort" | "NotBestEffort" => match is_best_effort(pod, out) {
                Ok(best_effort) => best_effort == (scope == "BestEffort"),
                Err(Unclear(reason)) => {
                    unknown = Some(reason);
                    continue;
                }
            },
            // It is about claims.
            "VolumeAttributesClass" => false,
            "CrossNamespacePodAffinity" => looks_across_namespaces(pod),
            "PriorityClass" => {
                let class = pod.spec().rare().priority_class_name.as_str();
                if class.is_empty() {
                    unknown = Some(
                        "a quota asks for the priority class, and the cluster's default class is not known",
                    );
                    continue;
                }
                match operator {
                    "In" => values.iter().any(|value| value == class),
                    "NotIn" => !values.iter().any(|value| value == class),
                    "DoesNotExist" => false,
                    _ => true,
                }
            }
            _ => return Covers::Unknown("a quota has a scope that is not known"),
        };
        if !holds {
            return Covers::No;
        }
    }
    unknown.map_or(Covers::Yes, Covers::Unknown)
}

/// Quotas of a namespace up to which each is held against each pod: nobody has more.
const QUOTAS_MAX: usize = 64;

/// Whether the namespace of `object` has more quotas than are judged.
pub(super) fn too_many(object: &Object, out: &Out<'_>) -> bool {
    out.snapshot().quotas(object).take(QUOTAS_MAX + 1).count() > QUOTAS_MAX
}

/// What is unknown then.
pub(super) const TOO_MANY: &str = "the namespace has more quotas than are judged";

/// Whether the pod gets no quality of service: nothing in it asks for CPU or memory, or limits it, to more than nothing. Where the
/// pod has resources of its own they alone decide (k8s.io/kubernetes v1.36.3 pkg/apis/core/v1/helper/qos/qos.go, `ComputePodQOS`).
fn is_best_effort(pod: &PodView<'_>, out: &Out<'_>) -> Result<bool, Unclear> {
    let own = pod_resources(pod, "cpu", out).is_some();
    let mut unclear = None;
    for resource in ["cpu", "memory"] {
        let defaults = (!own).then(|| Defaults::of(pod.object, resource, Differing::Unclear, out));
        for side in [Side::Request, Side::Limit] {
            let mut counts = |known: Known| match known {
                Ok(quantity) => {
                    quantity.is_some_and(|quantity| !quantity.is_zero() && !quantity.is_negative())
                }
                Err(reason) => {
                    unclear.get_or_insert(reason);
                    false
                }
            };
            let some = match &defaults {
                None => counts(of_pod_level(pod, resource, side, out)),
                Some(defaults) => pod
                    .containers()
                    .filter(applies)
                    .any(|container| counts(of_container(&container, resource, side, defaults))),
            };
            if some {
                return Ok(false);
            }
        }
    }
    unclear.map_or(Ok(true), Err)
}

fn looks_across_namespaces(pod: &PodView<'_>) -> bool {
    let Some(affinity) = pod.spec().affinity.as_deref() else { return false };
    [&affinity.pod_affinity, &affinity.pod_anti_affinity].into_iter().flatten().any(|rules| {
        let rules: &PodAffinity = rules;
        let preferred = rules.preferred.iter().map(|preferred| &preferred.term);
        rules
            .required
            .iter()
            .chain(preferred)
            .any(|term| !term.namespaces.is_empty() || term.namespace_selector.is_some())
    })
}
