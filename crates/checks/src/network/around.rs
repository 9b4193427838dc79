//! What is asked about one workload.

use seawall_inventory::PodView;
use seawall_netpol::{Direction, Doubt, Verdict, World};
use seawall_yaml::Path;

use crate::out::Out;

/// The policies about the pods of a template. `None` where they do not hold: pods on the node's network are the node, and those
/// that have ended are nobody.
pub(super) fn policies<'s>(pod: &PodView<'s>, out: &Out<'s>) -> Option<World<'s>> {
    if pod.spec().host_network == Some(true) {
        return None;
    }
    World::around(out.snapshot(), out.number()?, pod)
}

/// What pods are known to policies by; they may have none.
pub(super) fn labels(pod: &PodView<'_>) -> Path {
    pod.template.metadata_path.key("labels")
}

/// Why something is not known.
pub(super) fn reason<'d>(doubts: impl IntoIterator<Item = &'d Doubt>, world: &World<'_>) -> String {
    let first = doubts.into_iter().next();
    first.map(|doubt| doubt.describe(world).to_string()).unwrap_or_default()
}

/// Policies of others: group, kind, and that of the whole cluster.
const OTHERS: [[&str; 3]; 3] = [
    ["crd.projectcalico.org", "NetworkPolicy", "GlobalNetworkPolicy"],
    ["projectcalico.org", "NetworkPolicy", "GlobalNetworkPolicy"],
    ["cilium.io", "CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy"],
];

/// Whether there are policies of others that may be about pods.
fn has_others(pod: &PodView<'_>, out: &Out<'_>) -> bool {
    let view = out.snapshot();
    OTHERS.into_iter().any(|[group, kind, of_cluster]| {
        view.numbered_in_scope(group, of_cluster).next().is_some()
            || view.numbered_beside(pod.object, group, kind).next().is_some()
    })
}

/// Reports pods that no policy isolates.
pub(super) fn not_isolated(
    pod: &PodView<'_>,
    out: &mut Out<'_>,
    direction: Direction,
    message: &'static str,
    story: &'static str,
) {
    let Some(world) = policies(pod, out) else { return out.not_applicable() };
    let isolation = world.isolation(0, direction);
    let undone_by = isolation.undone_by.and_then(|number| world.snapshot().objects.get(number));
    match isolation.verdict {
        Verdict::Allow => {
            if let Some(policy) = undone_by {
                let (kind, name) = (&policy.kind, &policy.metadata.name);
                let story = format!("a rule of {kind} `{name}` allows everything");
                out.fail(labels(pod), message).derived(story);
            }
        }
        Verdict::Deny if has_others(pod, out) => {
            out.unknown("policies of Calico or Cilium, which are not asked here, may isolate them: `seawall reach` knows of them");
        }
        Verdict::Deny => {
            out.fail(labels(pod), message).derived(story);
        }
        Verdict::Unknown | Verdict::Ambiguous => out.unknown(reason(&isolation.doubts, &world)),
    }
}
