//! Paths that survive the reordering of lists.

use std::fmt::Write;

use seawall_inventory::kinds::Container;
use seawall_inventory::{Object, PodTemplate};
use seawall_yaml::Segment;
use smol_str::{SmolStr, SmolStrBuilder, ToSmolStr};

use crate::finding::Finding;

/// The path of `finding` from the pod spec on, with items of lists named by what identifies them in the Kubernetes API (the
/// `patchMergeKey` of k8s.io/api/core/v1/types.go): containers, volumes and environment by name, mounts by their path, ports by
/// number. The item that the path ends in is named by the finding's own key, if it has one; other items keep their number.
///
/// The prefix up to the pod spec is left out, so that a Pod, its Deployment and the live object agree.
pub fn stable_path(finding: &Finding, object: Option<&Object>) -> SmolStr {
    let pods = object.map_or(&[][..], |object| &*object.pods);
    let within = pods.iter().filter(|pod| finding.path.starts_with(&pod.spec_path));
    // The spec of one template does not lie in that of another; the innermost says the most all the same.
    let pod = within.max_by_key(|pod| pod.spec_path.len());
    let segments = finding.path.segments();
    let below = segments.get(pod.map_or(0, |pod| pod.spec_path.len())..).unwrap_or_default();
    let mut text = SmolStrBuilder::new();
    let mut container: Option<&Container> = None;
    let mut list = "";
    // Writing to a builder cannot fail.
    for (depth, segment) in below.iter().enumerate() {
        let key = finding.key().filter(|_| depth + 1 == below.len());
        match segment {
            Segment::Key(field) => {
                let _ = write!(text, "{}{field}", if depth > 0 { "." } else { "" });
                list = field;
                let _ = key.map(|key| write!(text, "[{key}]"));
            }
            Segment::Index(index) => {
                let name = pod.and_then(|pod| match container {
                    Some(container) => name_in_container(container, list, *index),
                    None => name_in_pod(pod, list, *index, &mut container),
                });
                let _ = match (key, name) {
                    (Some(key), _) => write!(text, "[{key}]"),
                    (None, Some(name)) => write!(text, "[{name}]"),
                    (None, None) => write!(text, "[{index}]"),
                };
            }
        }
    }
    text.finish()
}

fn name_in_pod<'p>(
    pod: &'p PodTemplate,
    list: &str,
    index: usize,
    found: &mut Option<&'p Container>,
) -> Option<SmolStr> {
    let containers = match list {
        "containers" => &pod.spec.containers,
        "initContainers" => &pod.spec.init_containers,
        "ephemeralContainers" => &pod.spec.ephemeral_containers,
        "volumes" => return named(&pod.spec.volumes.get(index)?.name),
        _ => return None,
    };
    *found = containers.get(index);
    named(&(*found)?.name)
}

fn name_in_container(container: &Container, list: &str, index: usize) -> Option<SmolStr> {
    match list {
        "env" => named(&container.env.get(index)?.name),
        "volumeMounts" => named(&container.volume_mounts.get(index)?.mount_path),
        "ports" => {
            let port = container.ports.get(index)?;
            let protocol = if port.protocol.is_empty() { "TCP" } else { &port.protocol };
            Some(smol_str::format_smolstr!("{}/{protocol}", port.container_port?))
        }
        _ => None,
    }
}

fn named(name: &SmolStr) -> Option<SmolStr> {
    (!name.is_empty()).then(|| name.to_smolstr())
}
