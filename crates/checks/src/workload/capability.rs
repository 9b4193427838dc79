//! What Linux capabilities give to whoever runs code in a container that has them.

use seawall_finding::Severity::{self, Critical, High, Low, Medium};
use seawall_inventory::{ContainerView, PodView};
use seawall_yaml::Path;

/// An item of `capabilities.add` of a container.
#[derive(Debug)]
pub(super) struct Added<'c, 's> {
    container: &'c ContainerView<'s>,
    index: usize,
    /// The capability as written. Kubernetes compares it as it is: `CAP_CHOWN` is not `CHOWN`.
    pub(super) name: &'s str,
}

/// What a container adds to the runtime's default set, in the order written.
pub(super) fn added<'c, 's>(container: &'c ContainerView<'s>) -> impl Iterator<Item = Added<'c, 's>> {
    let capabilities = container.security_context().and_then(|own| own.capabilities.as_deref());
    let added = capabilities.map_or(&[][..], |capabilities| &capabilities.add);
    added.iter().enumerate().map(move |(index, name)| Added { container, index, name })
}

impl Added<'_, '_> {
    /// Path of the item.
    pub(super) fn path(&self) -> Path {
        self.container.security_path("capabilities").key("add").index(self.index)
    }

    /// What it gives to the container, in one line.
    pub(super) fn message(&self) -> String {
        let gives = look_up(self.name).map_or("which Linux does not know", |capability| capability.gives);
        format!("container `{}` adds the capability `{}`: {gives}", self.container.name(), self.name)
    }

    /// How bad it is that the container has it.
    pub(super) fn severity(&self) -> Severity {
        let pod = &self.container.pod;
        let severity = look_up(self.name).map_or(Medium, |capability| match capability.worse {
            Some(worse) if shares(pod, worse.with) => worse.severity,
            _ => capability.severity,
        });
        // In a user namespace of its own the pod's capabilities count only against what is in it (KEP-127).
        if pod.has_user_namespace() { severity.min(Medium) } else { severity }
    }
}

/// A capability of Linux (capabilities(7)), or `ALL`.
#[derive(Debug)]
struct Capability {
    /// Name without `CAP_`.
    name: &'static str,
    /// What it lets a process do, as a noun.
    gives: &'static str,
    severity: Severity,
    worse: Option<Worse>,
}

/// A namespace of the host with which a capability reaches further.
#[derive(Clone, Copy, Debug)]
struct Worse {
    with: HostNamespace,
    severity: Severity,
}

#[derive(Clone, Copy, Debug)]
enum HostNamespace {
    Pid,
    Network,
}

/// What the table says about the capability written as `written`: runtimes differ in whether they take a `CAP_` prefix and
/// lower case, so both are understood here.
fn look_up(written: &str) -> Option<&'static Capability> {
    let name = written.to_ascii_uppercase();
    let name = name.strip_prefix("CAP_").unwrap_or(&name);
    TABLE.iter().find(|capability| capability.name == name)
}

fn shares(pod: &PodView<'_>, namespace: HostNamespace) -> bool {
    let field = match namespace {
        HostNamespace::Pid => pod.spec().host_pid,
        HostNamespace::Network => pod.spec().host_network,
    };
    field == Some(true)
}

const fn row(name: &'static str, severity: Severity, gives: &'static str) -> Capability {
    Capability { name, gives, severity, worse: None }
}

const fn worse_with(capability: Capability, with: HostNamespace, severity: Severity) -> Capability {
    Capability { worse: Some(Worse { with, severity }), ..capability }
}

/// All capabilities of Linux 6.18 (include/uapi/linux/capability.h), and `ALL`. Critical: known ways lead from the capability
/// alone to root on the node.
const TABLE: &[Capability] = &[
    row("ALL", Critical, "every power of root on the node"),
    row("SYS_ADMIN", Critical, "mounts and most of what root on the node can do"),
    row("SYS_MODULE", Critical, "loading code into the node's kernel"),
    row("DAC_READ_SEARCH", Critical, "reading every file of the node by its handle"),
    row("SYS_RAWIO", Critical, "raw access to the node's I/O ports and memory"),
    worse_with(
        row("SYS_PTRACE", High, "reading and changing the memory of other processes"),
        HostNamespace::Pid,
        Critical,
    ),
    row("BPF", High, "loading BPF programs into the node's kernel"),
    row("PERFMON", High, "tracing the node's kernel and all processes on it"),
    row("SYS_BOOT", High, "rebooting the node or starting another kernel on it"),
    row("MAC_ADMIN", High, "changing the node's mandatory access control"),
    row("MAC_OVERRIDE", High, "passing the node's mandatory access control"),
    row("AUDIT_CONTROL", High, "switching off the node's audit"),
    worse_with(
        row("NET_ADMIN", Medium, "changing interfaces, routes and firewall rules"),
        HostNamespace::Network,
        High,
    ),
    worse_with(
        row("NET_RAW", Medium, "forging packets, and so posing as other pods"),
        HostNamespace::Network,
        High,
    ),
    row("SYS_TIME", Medium, "setting the node's clock"),
    row("SYSLOG", Medium, "reading the kernel's messages and addresses"),
    row("SYS_RESOURCE", Medium, "exceeding quotas and limits of the node"),
    row("IPC_OWNER", Medium, "access to every System V IPC object"),
    row("AUDIT_READ", Medium, "reading the node's audit messages"),
    row("CHECKPOINT_RESTORE", Medium, "reading the memory maps of processes"),
    row("IPC_LOCK", Low, "keeping memory from being swapped out"),
    row("LINUX_IMMUTABLE", Low, "making files unchangeable"),
    row("SYS_NICE", Low, "taking CPU time from other processes"),
    row("SYS_PACCT", Low, "switching process accounting"),
    row("SYS_TTY_CONFIG", Low, "configuring terminals"),
    row("LEASE", Low, "leases on any file"),
    row("WAKE_ALARM", Low, "waking up the node"),
    row("BLOCK_SUSPEND", Low, "keeping the node awake"),
    row("NET_BROADCAST", Low, "broadcasts and multicast"),
    row("AUDIT_WRITE", Low, "writing to the node's audit log"),
    row("CHOWN", Low, "changing the owner of any file"),
    row("DAC_OVERRIDE", Low, "passing the permissions of files"),
    row("FOWNER", Low, "acting as owner of any file"),
    row("FSETID", Low, "keeping set-user-ID bits on change"),
    row("KILL", Low, "signalling any process of the container"),
    row("MKNOD", Low, "making device files"),
    row("NET_BIND_SERVICE", Low, "listening on ports below 1024"),
    row("SETFCAP", Low, "giving capabilities to files"),
    row("SETGID", Low, "becoming any group"),
    row("SETPCAP", Low, "passing on capabilities"),
    row("SETUID", Low, "becoming any user, root too"),
    row("SYS_CHROOT", Low, "changing the root folder"),
];
