//! What a machine must have for a node.

use std::env;
use std::fs;
use std::path::Path;

use anyhow::{Result, bail};

/// The variable that leaves the tests of nodes out.
const WITHOUT: &str = "SEAWALL_RIG_WITHOUT_NODE";

/// What to say when tests of nodes are to be left out: the environment has `SEAWALL_RIG_WITHOUT_NODE`.
pub fn without_node() -> Option<String> {
    let set = env::var_os(WITHOUT).is_some_and(|value| !value.is_empty());
    set.then(|| {
        format!(
            "{WITHOUT} is set: no cluster with a node is started, and the tests that want one are ignored"
        )
    })
}

/// Programs that are used, and the Debian packages that they are in.
const PROGRAMS: &[(&str, &str)] = &[
    ("apt-get", "apt"),
    ("dpkg-deb", "dpkg"),
    ("ip", "iproute2"),
    ("mount", "mount"),
    ("nsenter", "util-linux"),
    ("sh", "dash"),
    ("unshare", "util-linux"),
];

/// Capabilities that namespaces take: their names, and their numbers (linux/capability.h).
const CAPABILITIES: &[(&str, u32)] = &[("CAP_NET_ADMIN", 12), ("CAP_SYS_ADMIN", 21)];

/// An error that names all that is missing.
pub(super) fn check() -> Result<()> {
    let mut missing = Vec::new();
    if env::consts::OS != "linux" {
        missing.push(format!("Linux (this is {})", env::consts::OS));
    } else {
        missing.extend(missing_rights(&fs::read_to_string("/proc/self/status").unwrap_or_default()));
        let path = env::var_os("PATH").unwrap_or_default();
        let found = |name: &str| env::split_paths(&path).any(|folder| folder.join(name).is_file());
        let absent = PROGRAMS.iter().filter(|(name, _)| !found(name));
        missing.extend(absent.map(|(name, package)| format!("`{name}` on PATH (Debian package {package})")));
        if !Path::new("/proc/self/ns/cgroup").exists() {
            missing.push("namespaces of cgroups (kernel 4.6)".to_owned());
        }
        if !Path::new("/proc/sys/net/bridge/bridge-nf-call-iptables").exists() {
            missing.push("the kernel's br_netfilter (`modprobe br_netfilter`)".to_owned());
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    bail!(
        "a cluster with a node cannot run here, it lacks {}; to run without its tests, which are then listed as ignored, set \
         {WITHOUT}=1",
        missing.join(", ")
    )
}

/// Root, and what not every root has, by proc_pid_status(5).
fn missing_rights(status: &str) -> Vec<String> {
    let field =
        |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim();
    let user = field("Uid:").split_whitespace().nth(1).unwrap_or("nobody known");
    if user != "0" {
        return vec![format!("root (this is user {user})")];
    }
    let effective = u64::from_str_radix(field("CapEff:"), 16).unwrap_or_default();
    let lacking = CAPABILITIES.iter().filter(|(_, bit)| effective & (1 << bit) == 0);
    lacking.map(|(name, _)| (*name).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::missing_rights;

    #[test]
    fn rights_are_read_as_the_kernel_tells_them() {
        for (status, missing) in [
            ("Uid:\t0\t0\t0\t0\nCapEff:\t000001fffeffffff\n", &[][..]),
            ("Uid:\t0\t0\t0\t0\nCapEff:\t00000000a80425fb\n", &["CAP_NET_ADMIN", "CAP_SYS_ADMIN"]),
            ("Uid:\t0\t1000\t0\t0\nCapEff:\t000001ffffffffff\n", &["root (this is user 1000)"]),
            ("", &["root (this is user nobody known)"]),
        ] {
            assert_eq!(missing_rights(status), missing, "{status}");
        }
    }
}
