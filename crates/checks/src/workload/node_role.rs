//! Programs that Kubernetes itself asks onto its nodes, and what of the node they need to do their work.
//!
//! A role is recognised by what a pod mounts and does, never by a name or an image: whoever can copy a name could hide behind it.
//! What a role needs is a row of `table`. All else that the pod asks for is as avoidable as in any other pod.

use seawall_finding::Severity;
use seawall_inventory::{ContainerView, PodView};

mod table;

use self::table::ROLES;
use super::container_runtime_socket::runtime;
use super::host_paths::{HostMount, HostVolume, host_volumes, is_within};
use super::sensitive_paths::sensitive;
use crate::command_line::{base_name, commands};

/// Whether `pod` is a part of its node.
pub(crate) fn is_part_of_node(pod: &PodView<'_>) -> bool {
    placement(pod) != Placement::Anywhere && !recognise(pod, &host_volumes(pod)).is_empty()
}

/// The roles of `pod`, whose volumes are `volumes`. A pod can have two: an agent that reads logs and measures the node.
pub(super) fn recognise(pod: &PodView<'_>, volumes: &[HostVolume<'_>]) -> Vec<&'static NodeRole> {
    let placement = placement(pod);
    let seen = Seen { pod, volumes };
    let fits = |role: &&NodeRole| match placement {
        Placement::Anywhere => false,
        Placement::KubeSystem => role.may_be_bare,
        Placement::Node => true,
    };
    ROLES.iter().filter(fits).filter(|role| (role.shows)(&seen)).collect()
}

/// A part that a pod plays on its node.
#[derive(Debug)]
pub(crate) struct NodeRole {
    /// What the pod is, behind "a ".
    pub name: &'static str,
    /// How it shows, behind "it ".
    pub does: &'static str,
    /// What whoever runs code in the pod gains by it.
    pub gains: &'static str,
    /// How bad that is.
    pub severity: Severity,
    /// Whether it needs the node's network.
    pub network: bool,
    /// Whether it needs to see the node's processes.
    pub processes: bool,
    /// Whether it works as root only.
    pub root: bool,
    /// Capabilities it needs.
    pub capabilities: &'static [&'static str],
    /// Which of its containers need to be privileged.
    privileged: Privileged,
    /// Paths of the node it needs.
    paths: &'static [NodePath],
    /// Whether a pod of nobody in `kube-system` may be it: a static pod, as its manifest stands on the node.
    may_be_bare: bool,
    /// Whether a pod is it.
    shows: fn(&Seen<'_, '_>) -> bool,
}

/// Which containers of a role need to be privileged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Privileged {
    None,
    /// Those that mount one of the role's paths.
    AtItsPaths,
    /// Those whose mounts the node sees: the API refuses that to all others.
    WithBidirectionalMounts,
}

/// A path of the node that a role needs.
#[derive(Debug)]
struct NodePath {
    path: &'static str,
    /// Whether what is below it is needed too.
    deep: bool,
    access: Access,
}

/// What a role needs to do with a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    Read,
    /// As another user than root: root reads what gives more than the role needs.
    ReadAsUser,
    Write,
}

impl NodeRole {
    /// Whether the role needs `mount`, or anyone may have it: a folder of its own, or what is harmless to read.
    pub(super) fn explains(&self, mount: &HostMount<'_>) -> bool {
        self.needs(mount) || is_own_folder(&mount.path) || is_harmless(mount)
    }

    /// Whether the role needs `mount`, as it is mounted.
    fn needs(&self, mount: &HostMount<'_>) -> bool {
        self.paths.iter().any(|need| {
            let covers = if need.deep { is_within(&mount.path, need.path) } else { mount.path == need.path };
            covers
                && match need.access {
                    Access::Write => true,
                    Access::Read => !mount.is_writable(),
                    Access::ReadAsUser => !mount.is_writable() && mount.is_kept_from_root(),
                }
        })
    }

    /// Whether the role needs one of `mounts`, all of which are of one container.
    pub(super) fn acts_in(&self, mounts: &[&HostMount<'_>]) -> bool {
        mounts.iter().any(|mount| self.needs(mount))
    }

    /// Whether the role needs the container that has `mounts` to be privileged.
    pub(super) fn needs_privileged(&self, mounts: &[&HostMount<'_>]) -> bool {
        match self.privileged {
            Privileged::None => false,
            Privileged::AtItsPaths => self.acts_in(mounts),
            Privileged::WithBidirectionalMounts => {
                mounts.iter().any(|mount| self.needs(mount) && is_bidirectional(mount))
            }
        }
    }
}

/// Whether what the container mounts there appears on the node.
pub(super) fn is_bidirectional(mount: &HostMount<'_>) -> bool {
    mount.mount.mount_propagation.as_deref() == Some("Bidirectional")
}

/// Whether `path` is a folder that programs keep to themselves: below where state and logs are kept, and nothing that matters to
/// others.
fn is_own_folder(path: &str) -> bool {
    let is_below = |folder: &str| path != folder && is_within(path, folder);
    ["/run", "/var/lib", "/var/log"].into_iter().any(is_below)
        && !is_within(path, "/var/lib/kubelet")
        && sensitive(path, true).is_none()
        && runtime(path).is_none()
}

/// Whether anyone may read it.
fn is_harmless(mount: &HostMount<'_>) -> bool {
    !mount.is_writable() && sensitive(&mount.path, false).is_none() && runtime(&mount.path).is_none()
}

/// What a role can be seen by.
#[derive(Clone, Copy)]
struct Seen<'a, 's> {
    pod: &'a PodView<'s>,
    volumes: &'a [HostVolume<'s>],
}

impl<'a, 's> Seen<'a, 's> {
    fn mounts(&self) -> impl Iterator<Item = &'a HostMount<'s>> + use<'a, 's> {
        self.volumes.iter().flat_map(|volume| &volume.mounts)
    }

    fn writes(&self, folders: &[&str]) -> bool {
        self.mounts()
            .any(|mount| mount.is_writable() && folders.iter().any(|folder| is_within(&mount.path, folder)))
    }

    fn in_host_network(&self) -> bool {
        self.pod.spec().host_network == Some(true)
    }

    fn runs(&self, programs: &[&str]) -> bool {
        let runs = |container: ContainerView<'_>| {
            commands(&container).iter().any(|command| programs.contains(&base_name(command.program())))
        };
        self.pod.containers().filter(ContainerView::is_long_running).any(runs)
    }
}

/// Where a pod runs, as far as its object says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Placement {
    /// Where the scheduler puts it.
    Anywhere,
    /// A pod of nobody in `kube-system`.
    KubeSystem,
    /// On its node: of a DaemonSet, or given to the kubelet as a file.
    Node,
}

fn placement(pod: &PodView<'_>) -> Placement {
    let object = pod.object;
    match (object.group(), object.kind.as_str()) {
        ("apps" | "extensions", "DaemonSet") => Placement::Node,
        ("", "Pod") => {
            // The annotation stands on what the kubelet shows of a static pod: k8s.io/kubernetes pkg/kubelet/types/pod_update.go.
            let is_mirror = object.metadata.annotations.get("kubernetes.io/config.mirror").is_some();
            let owners = &object.metadata.owner_references;
            if is_mirror || owners.iter().any(|owner| owner.kind == "DaemonSet") {
                Placement::Node
            } else if owners.is_empty() && object.metadata.namespace == "kube-system" {
                Placement::KubeSystem
            } else {
                Placement::Anywhere
            }
        }
        _ => Placement::Anywhere,
    }
}
