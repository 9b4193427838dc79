//! Paths of a node that give more than their content.

use seawall_finding::Severity;

use super::host_paths::is_within;

/// A path of the node and what it gives to whoever gets at it from a container.
#[derive(Debug)]
pub(super) struct SensitivePath {
    /// Normalised.
    pub path: &'static str,
    /// Whether what is below it gives the same.
    deep: bool,
    /// How bad it is when it can be written to.
    writable: Option<Severity>,
    /// How bad it is when it can be read.
    readable: Option<Severity>,
    /// What it gives, behind "which ": "holds …".
    pub gives: &'static str,
}

use Severity::{Critical, High, Low, Medium};

const fn row(
    path: &'static str,
    writable: Option<Severity>,
    readable: Option<Severity>,
    gives: &'static str,
) -> SensitivePath {
    SensitivePath { path, deep: true, writable, readable, gives }
}

/// A folder of which only the whole matters: most of what is below it is harmless.
const fn whole(
    path: &'static str,
    writable: Option<Severity>,
    readable: Option<Severity>,
    gives: &'static str,
) -> SensitivePath {
    SensitivePath { path, deep: false, writable, readable, gives }
}

/// Paths as kubeadm, the common distributions and container runtimes lay them out. Rows about the same path stand from the
/// most specific to the least.
const PATHS: &[SensitivePath] = &[
    whole(
        "/",
        Some(Critical),
        Some(High),
        "is the node's whole disk, the credentials of the kubelet and of all pods included",
    ),
    // Kubernetes.
    row(
        "/etc/kubernetes/manifests",
        Some(Critical),
        Some(Low),
        "holds static pods: what is written there runs on the node as root",
    ),
    row(
        "/etc/kubernetes/pki",
        Some(Critical),
        Some(Critical),
        "holds the private keys of the cluster's certificate authorities",
    ),
    row(
        "/etc/kubernetes/admin.conf",
        Some(Critical),
        Some(Critical),
        "holds the credentials of a cluster administrator",
    ),
    row(
        "/etc/kubernetes/super-admin.conf",
        Some(Critical),
        Some(Critical),
        "holds credentials that bypass RBAC",
    ),
    row("/etc/kubernetes", Some(Critical), Some(High), "holds kubeconfigs, keys and static pods of the node"),
    row(
        "/var/lib/etcd",
        Some(Critical),
        Some(Critical),
        "holds everything the cluster stores, Secrets included",
    ),
    row("/var/lib/kubelet/pki", Some(Critical), Some(High), "holds the credentials of the kubelet"),
    row(
        "/var/lib/kubelet/pods",
        Some(High),
        Some(High),
        "holds the volumes and service account tokens of all pods of the node",
    ),
    whole(
        "/var/lib/kubelet",
        Some(Critical),
        Some(High),
        "holds the kubelet's credentials and the service account tokens of all pods",
    ),
    row(
        "/var/lib/kubelet/config.yaml",
        Some(High),
        None,
        "configures the kubelet, its authentication included",
    ),
    row(
        "/var/lib/rancher",
        Some(Critical),
        Some(High),
        "holds the credentials and the datastore of k3s or RKE2",
    ),
    row("/etc/rancher", Some(Critical), Some(High), "holds the administrator's kubeconfig of k3s or RKE2"),
    row("/var/lib/k0s", Some(Critical), Some(High), "holds the credentials and the datastore of k0s"),
    row(
        "/var/snap/microk8s",
        Some(Critical),
        Some(High),
        "holds the credentials and the datastore of MicroK8s",
    ),
    row("/var/lib/minikube", Some(Critical), Some(High), "holds the certificates of minikube"),
    row(
        "/usr/libexec/kubernetes",
        Some(Critical),
        None,
        "holds drivers of volumes, which the kubelet runs as root",
    ),
    row("/etc/cni", Some(High), None, "tells the runtime which programs to run as root for each pod"),
    row("/opt/cni", Some(Critical), None, "holds programs that the runtime runs as root for each pod"),
    // Container runtimes.
    row(
        "/var/lib/docker/containers",
        Some(High),
        Some(Low),
        "holds the logs and settings of all containers of the node",
    ),
    row(
        "/var/lib/docker",
        Some(Critical),
        Some(High),
        "holds the file systems of all containers of the node",
    ),
    row(
        "/var/lib/containerd",
        Some(Critical),
        Some(High),
        "holds the file systems of all containers of the node",
    ),
    row(
        "/var/lib/containers",
        Some(Critical),
        Some(High),
        "holds the file systems of all containers of the node",
    ),
    row("/etc/containerd", Some(Critical), Some(Low), "configures the container runtime, which runs as root"),
    row("/etc/crio", Some(Critical), Some(Low), "configures the container runtime, which runs as root"),
    row("/etc/docker", Some(Critical), Some(Low), "configures the container runtime, which runs as root"),
    // The kernel.
    row(
        "/proc/sys",
        Some(Critical),
        None,
        "holds kernel settings: `core_pattern` alone makes the kernel run a program as root",
    ),
    row("/proc/sysrq-trigger", Some(High), None, "lets whoever writes to it stop the node"),
    row(
        "/proc",
        Some(Critical),
        Some(Medium),
        "shows the node's processes and holds kernel settings that run programs as root",
    ),
    row("/sys/fs/bpf", Some(Medium), None, "holds eBPF programs and maps of the node"),
    row(
        "/sys",
        Some(High),
        None,
        "holds kernel settings: `uevent_helper` and cgroup release agents run programs as root",
    ),
    whole("/dev", Some(High), Some(High), "holds the node's devices, its disks included"),
    whole("/dev/mem", Some(Critical), Some(Critical), "is the node's memory"),
    whole("/dev/kmem", Some(Critical), Some(Critical), "is the kernel's memory"),
    row("/boot", Some(Critical), Some(Low), "holds the kernel that the node boots"),
    row("/lib/modules", Some(High), None, "holds modules that the kernel loads"),
    row("/usr/lib/modules", Some(High), None, "holds modules that the kernel loads"),
    // What runs as root on the node.
    row("/etc/systemd", Some(Critical), None, "says what systemd runs as root"),
    row("/usr/lib/systemd", Some(Critical), None, "says what systemd runs as root"),
    row("/lib/systemd", Some(Critical), None, "says what systemd runs as root"),
    row("/run/systemd/private", Some(Critical), Some(Critical), "is the socket by which root orders systemd"),
    row(
        "/run/systemd",
        Some(Critical),
        Some(High),
        "holds the socket by which root orders systemd, and units it runs",
    ),
    row("/run/dbus", Some(Medium), Some(Medium), "holds the system bus, over which root orders systemd"),
    row("/etc/cron.d", Some(Critical), None, "says what cron runs as root"),
    row("/etc/cron.hourly", Some(Critical), None, "says what cron runs as root"),
    row("/etc/cron.daily", Some(Critical), None, "says what cron runs as root"),
    row("/etc/cron.weekly", Some(Critical), None, "says what cron runs as root"),
    row("/etc/crontab", Some(Critical), None, "says what cron runs as root"),
    row("/var/spool/cron", Some(Critical), None, "says what cron runs as root"),
    row("/etc/ld.so.preload", Some(Critical), None, "names libraries that every program of the node loads"),
    row("/etc/profile.d", Some(High), None, "holds scripts that run when someone logs in"),
    row("/usr/local/bin", Some(Critical), None, "holds programs that run as root on the node"),
    row("/usr/bin", Some(Critical), None, "holds programs that run as root on the node"),
    row("/usr/sbin", Some(Critical), None, "holds programs that run as root on the node"),
    whole("/usr", Some(Critical), None, "holds the node's programs and libraries"),
    row("/bin", Some(Critical), None, "holds programs that run as root on the node"),
    row("/sbin", Some(Critical), None, "holds programs that run as root on the node"),
    whole("/lib", Some(Critical), None, "holds the node's libraries"),
    whole("/lib64", Some(Critical), None, "holds the node's libraries"),
    // Who may log in.
    row("/etc/shadow", Some(Critical), Some(Medium), "holds the hashes of the node's passwords"),
    row("/etc/passwd", Some(Critical), None, "says who root is"),
    row("/etc/group", Some(High), None, "says who is in which group"),
    row("/etc/sudoers", Some(Critical), None, "says who may become root"),
    row("/etc/sudoers.d", Some(Critical), None, "says who may become root"),
    row("/etc/pam.d", Some(Critical), None, "says how logins are judged"),
    row(
        "/etc/ssh",
        Some(Critical),
        Some(Medium),
        "holds the host keys and the settings of the node's SSH server",
    ),
    whole(
        "/etc",
        Some(Critical),
        Some(High),
        "holds the node's configuration: users, password hashes, cron, keys of the kubelet",
    ),
    row("/root", Some(Critical), Some(Medium), "is root's home, where SSH keys and kubeconfigs lie"),
    row("/home", Some(High), Some(Medium), "holds the homes of the node's users, where SSH keys lie"),
    // Logs: they hold secrets, and the kubelet follows links in them.
    row("/var/log/pods", Some(Medium), Some(Low), "holds the logs of all pods of the node"),
    row("/var/log/containers", Some(Medium), Some(Low), "holds the logs of all containers of the node"),
    row("/var/log/audit", Some(High), Some(Low), "holds the audit log, and so the tracks of an attack"),
    whole(
        "/var/log",
        Some(High),
        Some(Low),
        "holds the node's logs; through a link placed there, the kubelet's log endpoint reads any file as root",
    ),
];

/// What `path` gives, and how bad that is: by the closest row that it is, or is part of; else by the worst that lies below it.
/// `path` is normalised.
pub(super) fn sensitive(path: &str, writable: bool) -> Option<(&'static SensitivePath, Severity)> {
    let severity = |row: &SensitivePath| if writable { row.writable } else { row.readable };
    let part_of = PATHS.iter().filter(|row| row.path == path || row.deep && is_within(path, row.path));
    if let Some(row) = part_of.max_by_key(|row| row.path.len()) {
        return Some((row, severity(row)?));
    }
    // Of equals the first: rows go from the most telling to the least.
    let below = PATHS.iter().filter(|row| is_within(row.path, path));
    below
        .filter_map(|row| Some((row, severity(row)?)))
        .reduce(|worst, next| if next.1 > worst.1 { next } else { worst })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_and_the_worst_count() {
        let table = [
            ("/", true, Some(("/", Critical))),
            ("/", false, Some(("/", High))),
            ("/etc", true, Some(("/etc", Critical))),
            ("/etc/localtime", true, None),
            ("/etc/ssl/certs", false, None),
            ("/etc/kubernetes", false, Some(("/etc/kubernetes", High))),
            ("/etc/kubernetes/pki/etcd/ca.crt", false, Some(("/etc/kubernetes/pki", Critical))),
            ("/etc/kubernetes/audit-policy.yaml", false, Some(("/etc/kubernetes", High))),
            ("/var", false, Some(("/var/lib/etcd", Critical))),
            ("/var/lib", true, Some(("/var/lib/etcd", Critical))),
            ("/var/lib/kubelet/plugins/csi.example", true, None),
            ("/var/lib/kubelet/pods/x/volumes", true, Some(("/var/lib/kubelet/pods", High))),
            ("/proc", false, Some(("/proc", Medium))),
            ("/proc/sys/net", true, Some(("/proc/sys", Critical))),
            ("/sys", false, None),
            ("/sys/fs/cgroup", true, Some(("/sys", High))),
            ("/sys/fs/bpf", true, Some(("/sys/fs/bpf", Medium))),
            ("/dev/kvm", true, None),
            ("/var/log", false, Some(("/var/log", Low))),
            ("/var/log/app", true, None),
            ("/opt", true, Some(("/opt/cni", Critical))),
            ("/opt/app", true, None),
            ("/srv/data", true, None),
            ("/usr/bin/runc", false, None),
            ("/usr/bin/runc", true, Some(("/usr/bin", Critical))),
        ];
        for (path, writable, expected) in table {
            let found = sensitive(path, writable).map(|(row, severity)| (row.path, severity));
            assert_eq!(found, expected, "{path}, writable: {writable}");
        }
    }

    #[test]
    fn each_path_has_one_row_in_its_normal_form() {
        let mut paths: Vec<&str> = PATHS.iter().map(|row| row.path).collect();
        for path in &paths {
            assert_eq!(super::super::host_paths::normalise(path), *path);
        }
        paths.sort_unstable();
        let count = paths.len();
        paths.dedup();
        assert_eq!(paths.len(), count);
    }
}
