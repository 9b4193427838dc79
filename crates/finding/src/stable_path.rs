//! Paths that survive the reordering of lists.

use std::fmt::Write;

use seawall_inventory::kinds::Container;
use seawall_inventory::{Object, PodTemplate};
use seawall_yaml::{Path, Segment};
use smol_str::{SmolStr, SmolStrBuilder, ToSmolStr};

use crate::finding::Finding;

/// The path of `finding` from the pod spec on, with items of lists named by what identifies them in the Kubernetes API (the
/// `patchMergeKey` of k8s.io/api/core/v1/types.go): containers, volumes and environment by name, mounts by their path, ports by
/// number. The item that the path ends in is named by the finding's own key, if it has one; other items keep their number.
///
/// The prefix up to the pod spec is left out, and what leads to the pod's metadata and to the spec of its controller, so that a
/// Pod, its Deployment and the live object agree, and a Job and its CronJob.
pub fn stable_path(finding: &Finding, object: Option<&Object>) -> SmolStr {
    let pods = object.map_or(&[][..], |object| &*object.pods);
    // The spec of one template does not lie in that of another; the innermost says the most all the same.
    let prefix = pods.iter().flat_map(prefixes).filter(|prefix| finding.path.starts_with(prefix.path));
    let prefix = prefix.max_by_key(|prefix| prefix.path.len());
    let pod = prefix.as_ref().and_then(|prefix| prefix.spec_of);
    let segments = finding.path.segments();
    let below = segments.get(prefix.as_ref().map_or(0, |prefix| prefix.path.len())..).unwrap_or_default();
    let mut text = SmolStrBuilder::new();
    let stands_for = prefix.map_or("", |prefix| prefix.stands_for);
    let mut container: Option<&Container> = None;
    let mut list = "";
    // Writing to a builder cannot fail.
    let _ = text.write_str(stands_for);
    for (depth, segment) in below.iter().enumerate() {
        let key = finding.key().filter(|_| depth + 1 == below.len());
        match segment {
            Segment::Key(field) => {
                let dot = if depth > 0 || !stands_for.is_empty() { "." } else { "" };
                let _ = write!(text, "{dot}{field}");
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

/// The beginning of a path that depends on the kind of the object.
struct Prefix<'p> {
    path: &'p Path,
    /// What is written in its place.
    stands_for: &'static str,
    /// The pod whose spec it leads to.
    spec_of: Option<&'p PodTemplate>,
}

fn prefixes(pod: &PodTemplate) -> impl Iterator<Item = Prefix<'_>> {
    let other = |path, stands_for| Prefix { path, stands_for, spec_of: None };
    let controller = pod.controller.as_ref().map(|controller| other(&controller.path, "spec"));
    let spec = Prefix { path: &pod.spec_path, stands_for: "", spec_of: Some(pod) };
    [spec, other(&pod.metadata_path, "metadata")].into_iter().chain(controller)
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
