use seawall_finding::{Framework, Severity};

use super::host_paths::host_volumes;
use super::sensitive_paths::sensitive;

crate::check::check! {
    /// Sensitive path of the node mounted
    ///
    /// ## What it finds
    /// `hostPath` volumes that a container mounts and that give more than their content: the whole disk, keys and
    /// configuration of Kubernetes, the datastore, what the kernel and systemd run as root, who may log in, the files and
    /// logs of other pods. The path, what it is part of, and what lies below it count. The severity is that of the path:
    /// `/var/lib/etcd` is critical however it is mounted, `/etc/systemd` only when it can be written to, `/var/log` is low
    /// when it is read-only; for a container that is kept from being root each is one step milder.
    ///
    /// ## Why it matters
    /// Writing to such a path makes the node run a program as root. Reading gives keys: of the kubelet, of the cluster's
    /// certificate authorities, of the service accounts of all pods on the node.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///     volumeMounts:
    ///     - name: host
    ///       mountPath: /host
    ///     - name: units
    ///       mountPath: /units
    ///   volumes:
    ///   - name: host
    ///     hostPath:
    ///       path: /   # <- finding: critical
    ///   - name: units
    ///     hostPath:
    ///       path: /srv/../etc/systemd/   # <- finding: critical
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///     volumeMounts:
    ///     - name: time
    ///       mountPath: /etc/localtime
    ///       readOnly: true
    ///     - name: units
    ///       mountPath: /units
    ///       readOnly: true
    ///   volumes:
    ///   - name: time
    ///     hostPath:
    ///       path: /etc/localtime
    ///   - name: units
    ///     hostPath:
    ///       path: /etc/systemd
    /// ```
    /// ## How to fix
    /// Mount the one file that is needed instead of a folder above it, with `readOnly: true`; data belongs in a
    /// PersistentVolume. What an agent must see of the node, let it see as another user than root.
    ///
    /// ## References
    /// - CIS Kubernetes Benchmark 5.2.11 (hostPath volumes)
    /// - MITRE ATT&CK for Containers T1611
    /// - Kubernetes documentation: Volumes, hostPath (it names the kubelet's credentials and container sockets as what an attacker looks for)
    id: "SW1032",
    name: "sensitive-host-path",
    severity: High,
    scope: Workload,
    since: "0.1.0",
    profile: Default,
    frameworks: [Framework { name: "mitre", control: "T1611" }],
    subsumes: ["SW1033", "SW1005", "SW1016"],
    peers: [
        trivy("KSV-0121", Wider, "also what lies below and above; severity by path and by write access"),
        kube_linter("sensitive-host-mounts", Wider, "also what lies below and above; severity by path and by write access"),
        kubesec("ProcMount", Wider, "/proc is one path of many"),
    ],
    fn run(pod, out) {
        out.reads_pod_level(pod);
        for volume in host_volumes(pod) {
            let rated = volume.mounts.iter().filter_map(|mount| {
                let (row, severity) = sensitive(&mount.path, mount.is_writable())?;
                let severity = if mount.is_kept_from_root() { milder(severity) } else { severity };
                Some((mount, row, severity))
            });
            let worst = rated.reduce(|worst, next| if next.2 > worst.2 { next } else { worst });
            let Some((mount, row, severity)) = worst else { continue };
            let access = if mount.is_writable() { "write to" } else { "read" };
            // A part that lies below or above what is mounted is named too.
            let subject = if mount.path == row.path { "it".to_owned() } else { format!("`{}`", row.path) };
            let message = format!(
                "volume `{}` lets container `{}` {access} `{}` of the node: {subject} {}",
                volume.name,
                mount.container_name(),
                mount.path,
                row.gives
            );
            volume.fail_by(mount, message, out).severity(severity);
        }
    }
}

/// Most of what matters on a node is root's alone: who is not root needs one more weakness.
fn milder(severity: Severity) -> Severity {
    match severity {
        Severity::Critical => Severity::High,
        Severity::High => Severity::Medium,
        Severity::Medium | Severity::Low => Severity::Low,
        Severity::Info => Severity::Info,
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use seawall_finding::Severity;
    use seawall_inventory::{Provenance, Snapshot};
    use seawall_yaml::Limits;

    use super::CHECK;
    use crate::Settings;

    #[test]
    fn severity_goes_by_path_access_and_user() {
        for (path, sub_path, context, read_only, expected) in [
            ("/", "", "{}", false, Some(Severity::Critical)),
            ("/", "", "{}", true, Some(Severity::High)),
            ("/", "", "{runAsNonRoot: true}", true, Some(Severity::Medium)),
            ("/", "", "{runAsUser: 65534}", false, Some(Severity::High)),
            ("/", "", "{runAsUser: 65534, privileged: true}", false, Some(Severity::Critical)),
            ("/", "var/log", "{}", true, Some(Severity::Low)),
            ("/", "srv/data", "{}", false, None),
            ("/srv/../root/", "", "{}", true, Some(Severity::Medium)),
        ] {
            let pod = format!(
                "apiVersion: v1
kind: Pod
metadata: {{name: a}}
spec:
  containers:
  - name: a
    securityContext: {context}
    volumeMounts: [{{name: v, mountPath: /v, subPath: '{sub_path}', readOnly: {read_only}}}]
  volumes: [{{name: v, hostPath: {{path: {path}}}}}]
"
            );
            let reading = seawall_inventory::read(
                PathBuf::from("a.yaml"),
                pod.as_bytes(),
                Provenance::Verbatim,
                &Limits::default(),
            );
            let snapshot = Snapshot::assemble(vec![reading], Vec::new(), Vec::new(), Vec::new());
            let outcome = CHECK.on_object(&crate::Subject::new(&snapshot, 0).unwrap(), &Settings::default());
            let found = outcome.findings.first().map(|finding| finding.severity);
            assert_eq!(found, expected, "{path} {sub_path} {context} read-only: {read_only}");
        }
    }
}
