//! Which paths of the node the containers of a pod get at, and how.

use std::borrow::Cow;

use foldhash::{HashMap, HashMapExt};
use seawall_inventory::kinds::VolumeMount;
use seawall_inventory::{ContainerView, PodView};
use seawall_yaml::Path;

use crate::out::{Draft, Out};

/// A `hostPath` volume that containers mount.
#[derive(Debug)]
pub(super) struct HostVolume<'s> {
    /// Name of the volume.
    pub name: &'s str,
    /// The node's path as written.
    pub source: &'s str,
    /// Path of the volume in the object: what findings about it are about.
    pub place: Path,
    /// Its mounts: one at least. What no container mounts, no container gets at.
    pub mounts: Vec<HostMount<'s>>,
}

/// One mount of a `hostPath` volume.
#[derive(Debug)]
pub(super) struct HostMount<'s> {
    /// The mount.
    pub mount: &'s VolumeMount,
    /// Its path in the object.
    pub place: Path,
    /// The container.
    pub container: ContainerView<'s>,
    /// Its position among all containers of the pod.
    pub container_number: usize,
    /// What is mounted, as a path of the node: volume path and `subPath`, [normalised](normalise).
    pub path: Cow<'s, str>,
}

impl<'s> HostVolume<'s> {
    /// Path of the field that names the node's path.
    pub(super) fn path_field(&self) -> Path {
        self.place.key("hostPath").key("path")
    }

    /// The first mount whose path of the node `known` knows, and what it says of it.
    pub(super) fn first_known<T>(&self, known: impl Fn(&str) -> Option<T>) -> Option<(&HostMount<'s>, T)> {
        self.mounts.iter().find_map(|mount| Some((mount, known(&mount.path)?)))
    }

    /// Reports what `mount` gives its container, at the node's path of the volume.
    pub(super) fn fail_by<'o>(
        &self,
        mount: &HostMount<'_>,
        message: String,
        out: &'o mut Out<'_>,
    ) -> Draft<'o> {
        out.fail(self.path_field(), message)
            .value(self.source)
            .related(mount.place.clone(), "mounted here")
            .about(self.place.clone())
    }
}

impl HostMount<'_> {
    /// Name of the container.
    pub(super) fn container_name(&self) -> &str {
        self.container.name()
    }

    /// Whether the container is kept from being root, who alone gets at most of what matters on a node.
    pub(super) fn is_kept_from_root(&self) -> bool {
        let other_user = self.container.run_as_user().is_some_and(|user| user.value != 0);
        let non_root = self.container.run_as_non_root().is_some_and(|effective| effective.value);
        (other_user || non_root) && !self.container.is_privileged()
    }

    /// Whether the container can write there.
    pub(super) fn is_writable(&self) -> bool {
        self.mount.read_only != Some(true)
    }
}

/// The `hostPath` volumes that containers of `pod` mount.
pub(super) fn host_volumes<'s>(pod: &PodView<'s>) -> Vec<HostVolume<'s>> {
    let mut found = Vec::new();
    let mut by_name = HashMap::new();
    for (index, volume) in pod.spec().volumes.iter().enumerate() {
        if let Some(source) = &volume.host_path {
            let place = pod.path("volumes").index(index);
            by_name.insert(volume.name.as_str(), found.len());
            found.push(HostVolume { name: &volume.name, source: &source.path, place, mounts: Vec::new() });
        }
    }
    if found.is_empty() {
        return found;
    }
    for (container_number, container) in pod.containers().enumerate() {
        for (index, mount) in container.container.volume_mounts.iter().enumerate() {
            let Some(volume) = by_name.get(mount.name.as_str()).and_then(|at| found.get_mut(*at)) else {
                continue;
            };
            let place = container.path("volumeMounts").index(index);
            let path = mounted(volume.source, &mount.sub_path);
            volume.mounts.push(HostMount {
                mount,
                place,
                container: container.clone(),
                container_number,
                path,
            });
        }
    }
    found.retain(|volume| !volume.mounts.is_empty());
    found
}

/// `sub_path` below `path`. A `subPath` with `..` is refused by the API server, so it can only narrow.
fn mounted<'s>(path: &'s str, sub_path: &str) -> Cow<'s, str> {
    if sub_path.is_empty() {
        return normalise(path);
    }
    Cow::Owned(normalise(&format!("{path}/{sub_path}")).into_owned())
}

/// A path of a node in the one form that tables use: no `.`, `..`, double or trailing slashes; `/var/run`, which is a
/// link to `/run` on every common distribution, as `/run`.
pub(super) fn normalise(path: &str) -> Cow<'_, str> {
    let is_plain = path.starts_with('/')
        && !path.starts_with("/var/run")
        && path.get(1..).is_some_and(|rest| rest.split('/').all(|part| !matches!(part, "" | "." | "..")));
    if is_plain || path == "/" {
        return Cow::Borrowed(path);
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    if parts.starts_with(&["var", "run"]) {
        parts.remove(0);
    }
    Cow::Owned(format!("/{}", parts.join("/")))
}

/// Whether `path` is `folder` or below it. Both are normalised.
pub(super) fn is_within(path: &str, folder: &str) -> bool {
    folder == "/" || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_one_form() {
        for (path, normal) in [
            ("/", "/"),
            ("", "/"),
            ("//", "/"),
            ("/..", "/"),
            ("/etc/", "/etc"),
            ("/etc/../root/./.ssh", "/root/.ssh"),
            ("/var//run/docker.sock", "/run/docker.sock"),
            ("/var/run", "/run"),
            ("/var/running", "/var/running"),
            ("etc", "/etc"),
            ("/a/b", "/a/b"),
        ] {
            assert_eq!(normalise(path), normal, "{path}");
        }
    }

    #[test]
    fn a_path_is_within_its_parents_and_itself() {
        for (path, folder, within) in [
            ("/etc", "/", true),
            ("/etc", "/etc", true),
            ("/etc/ssh", "/etc", true),
            ("/etcd", "/etc", false),
            ("/etc", "/etc/ssh", false),
        ] {
            assert_eq!(is_within(path, folder), within, "{path} in {folder}");
        }
    }
}
