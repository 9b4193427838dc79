//! Paths that survive the reordering of lists.

use std::fmt::Write;

use seawall_inventory::PodTemplate;
use seawall_inventory::kinds::Container;
use seawall_yaml::{Path, Segment};
use smol_str::{SmolStr, SmolStrBuilder, ToSmolStr};

/// `path` from the pod spec on, with items of lists named by what identifies them in the Kubernetes API (the
/// `patchMergeKey` of k8s.io/api/core/v1/types.go): containers, volumes and environment by name, mounts by their path, ports by
/// number. Other items keep their number; see [`keyed`].
///
/// The prefix up to the pod spec is left out, so that a Pod, its Deployment and the live object agree.
pub(crate) fn stable_path(path: &Path, pod: Option<&PodTemplate>) -> SmolStr {
    let segments = path.segments();
    let relative = pod.and_then(|pod| segments.strip_prefix(pod.spec_path.segments()));
    let mut text = SmolStrBuilder::new();
    let mut container: Option<&Container> = None;
    let mut list = "";
    // Writing to a builder cannot fail.
    for (depth, segment) in relative.unwrap_or(segments).iter().enumerate() {
        match segment {
            Segment::Key(key) => {
                let _ = write!(text, "{}{key}", if depth > 0 { "." } else { "" });
                list = key;
            }
            Segment::Index(index) => {
                let name = pod.filter(|_| relative.is_some()).and_then(|pod| match container {
                    Some(container) => name_in_container(container, list, *index),
                    None => name_in_pod(pod, list, *index, &mut container),
                });
                let _ = match name {
                    Some(name) => write!(text, "[{name}]"),
                    None => write!(text, "[{index}]"),
                };
            }
        }
    }
    text.finish()
}

/// `stable_path` with `key` in place of the number it ends in; behind it when it does not end in a number.
pub(crate) fn keyed(stable_path: &str, key: &str) -> SmolStr {
    let end = stable_path.rfind('[').filter(|_| stable_path.ends_with(']')).unwrap_or(stable_path.len());
    smol_str::format_smolstr!("{}[{key}]", stable_path.get(..end).unwrap_or(stable_path))
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
