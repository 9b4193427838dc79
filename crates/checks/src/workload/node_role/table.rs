//! The table of roles.

use seawall_finding::Severity::{Low, Medium};

use super::{Access, NodePath, NodeRole, Privileged, is_bidirectional};
use crate::workload::host_paths::{HostMount, is_within};

/// Folders of programs that the container runtime runs for each pod: CNI specification 1.1.0 and containerd's defaults; OpenShift, GKE,
/// Debian.
const PLUGIN_PROGRAMS: &[&str] =
    &["/opt/cni", "/var/lib/cni/bin", "/home/kubernetes/bin", "/usr/lib/cni", "/usr/libexec/cni"];
/// Folders that say which of them to run: the same; k3s and RKE2, MicroK8s.
const PLUGIN_SETTINGS: &[&str] = &[
    "/etc/cni",
    "/etc/kubernetes/cni",
    "/var/lib/rancher/k3s/agent/etc/cni",
    "/var/lib/rancher/rke2/agent/etc/cni",
    "/var/snap/microk8s/current/args/cni-network",
];
const REGISTRATION: &str = "/var/lib/kubelet/plugins_registry";
const DEVICE_PLUGINS: &str = "/var/lib/kubelet/device-plugins";
const CONTROL_PLANE: &[&str] =
    &["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd", "cloud-controller-manager"];

/// Sources of needs: the manifests that the projects publish; k8s.io/kubernetes v1.36.3 cmd/kubeadm/app/phases (controlplane, etcd,
/// addons/proxy); the documentation of Kubernetes on device plugins and plugin registration, of CSI on node plugins.
pub(super) const ROLES: &[NodeRole] = &[
    NodeRole {
        name: "network plugin (CNI)",
        does: "writes to the folders of network plugins, which the container runtime runs for each pod",
        gains: "is root on the node",
        severity: Medium,
        network: true,
        processes: false,
        root: true,
        capabilities: &[
            "NET_ADMIN",
            "NET_RAW",
            "SYS_ADMIN",
            "SYS_MODULE",
            "SYS_RESOURCE",
            "SYS_CHROOT",
            "SYS_PTRACE",
            "BPF",
            "PERFMON",
            "IPC_LOCK",
            "DAC_OVERRIDE",
            "CHOWN",
            "FOWNER",
            "KILL",
            "SETGID",
            "SETUID",
            "NET_BIND_SERVICE",
        ],
        privileged: Privileged::AtItsPaths,
        paths: &[
            write("/opt/cni"),
            write("/var/lib/cni"),
            write("/home/kubernetes/bin"),
            write("/usr/lib/cni"),
            write("/usr/libexec/cni"),
            write("/etc/cni"),
            write("/etc/kubernetes/cni"),
            write("/var/lib/rancher/k3s/agent/etc/cni"),
            write("/var/lib/rancher/rke2/agent/etc/cni"),
            write("/var/snap/microk8s/current/args/cni-network"),
            read("/lib/modules"),
            read("/usr/lib/modules"),
            write("/run/xtables.lock"),
            write("/run/netns"),
            write("/sys/fs/bpf"),
            write("/sys/fs/cgroup"),
            write("/proc/sys/net"),
            read("/proc"),
            read("/sys"),
        ],
        may_be_bare: false,
        shows: |seen| {
            let programs = seen.writes(PLUGIN_PROGRAMS);
            let settings = seen.writes(PLUGIN_SETTINGS);
            programs && settings || (programs || settings) && seen.in_host_network()
        },
    },
    NodeRole {
        name: "volume driver (CSI)",
        does: "registers with the kubelet as a driver, and its mounts appear in the kubelet's folder",
        gains: "is root on the node",
        severity: Medium,
        network: true,
        processes: false,
        root: true,
        capabilities: &["SYS_ADMIN"],
        privileged: Privileged::WithBidirectionalMounts,
        paths: &[
            write(REGISTRATION),
            write("/var/lib/kubelet/plugins"),
            write("/var/lib/kubelet/pods"),
            NodePath { path: "/var/lib/kubelet", deep: false, access: Access::Write },
            write("/dev"),
            write("/sys"),
            write("/run/mount"),
            read("/lib/modules"),
            read("/usr/lib/modules"),
        ],
        may_be_bare: false,
        shows: |seen| {
            let within_kubelet =
                |mount: &HostMount<'_>| is_bidirectional(mount) && is_within(&mount.path, "/var/lib/kubelet");
            seen.writes(&[REGISTRATION]) && seen.mounts().any(within_kubelet)
        },
    },
    NodeRole {
        name: "device plugin",
        does: "registers devices with the kubelet, by a socket in its folder",
        gains: "decides what devices other pods get",
        severity: Medium,
        network: false,
        processes: false,
        root: true,
        capabilities: &[],
        privileged: Privileged::None,
        paths: &[write(DEVICE_PLUGINS), read("/var/lib/kubelet/pod-resources"), read("/sys"), read("/dev")],
        may_be_bare: false,
        shows: |seen| seen.writes(&[DEVICE_PLUGINS]),
    },
    NodeRole {
        name: "service proxy (kube-proxy)",
        does: "runs `kube-proxy` in the node's network",
        gains: "is root on the node",
        severity: Medium,
        network: true,
        processes: false,
        root: true,
        capabilities: &["NET_ADMIN", "NET_RAW", "SYS_RESOURCE"],
        privileged: Privileged::AtItsPaths,
        paths: &[read("/lib/modules"), read("/usr/lib/modules"), write("/run/xtables.lock")],
        may_be_bare: false,
        shows: |seen| seen.in_host_network() && seen.runs(&["kube-proxy"]),
    },
    NodeRole {
        name: "part of the control plane",
        does: "runs a program of the control plane in the node's network, with its keys",
        gains: "rules the cluster",
        severity: Medium,
        network: true,
        processes: false,
        root: true,
        capabilities: &[],
        privileged: Privileged::None,
        paths: &[
            // kubeadm leaves out `readOnly` here (phases/etcd/local.go).
            write("/etc/kubernetes/pki/etcd"),
            read("/etc/kubernetes"),
            write("/var/lib/etcd"),
            write("/usr/libexec/kubernetes/kubelet-plugins/volume/exec"),
        ],
        may_be_bare: true,
        shows: |seen| {
            let keys = |mount: &HostMount<'_>| {
                is_within(&mount.path, "/etc/kubernetes") || is_within(&mount.path, "/var/lib/etcd")
            };
            seen.in_host_network() && seen.mounts().any(keys) && seen.runs(CONTROL_PLANE)
        },
    },
    NodeRole {
        name: "monitor of the node",
        does: "reads what the kernel shows of the node, in its network or among its processes",
        gains: "sees the processes and reaches the loopback of the node",
        severity: Medium,
        network: true,
        processes: true,
        root: false,
        capabilities: &[],
        privileged: Privileged::None,
        paths: &[
            read("/proc"),
            read("/sys"),
            NodePath { path: "/", deep: false, access: Access::ReadAsUser },
        ],
        may_be_bare: false,
        shows: |seen| {
            let spec = seen.pod.spec();
            let reads = |path: &str| seen.mounts().any(|mount| !mount.is_writable() && mount.path == path);
            (spec.host_pid == Some(true) || spec.host_network == Some(true))
                && (reads("/") || reads("/proc") && reads("/sys"))
        },
    },
    NodeRole {
        name: "log collector",
        does: "reads the logs of the node's pods",
        gains: "reads the logs of all pods of the node",
        severity: Low,
        network: false,
        processes: false,
        root: true,
        capabilities: &["DAC_READ_SEARCH"],
        privileged: Privileged::None,
        paths: &[read("/var/log"), read("/var/lib/docker/containers")],
        may_be_bare: false,
        shows: |seen| {
            let logs = ["/var/log", "/var/log/pods", "/var/log/containers"];
            seen.mounts().any(|mount| !mount.is_writable() && logs.contains(&mount.path.as_ref()))
        },
    },
];

const fn read(path: &'static str) -> NodePath {
    NodePath { path, deep: true, access: Access::Read }
}

const fn write(path: &'static str) -> NodePath {
    NodePath { path, deep: true, access: Access::Write }
}
