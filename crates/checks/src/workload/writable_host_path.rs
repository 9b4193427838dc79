use seawall_finding::{Fix, Safety};

use super::host_paths::host_volumes;

crate::check::check! {
    /// Path of the node that a container can write to
    ///
    /// ## What it finds
    /// Mounts of `hostPath` volumes without `readOnly: true`: each mount by itself. Paths that give more than their content
    /// are told by `sensitive-host-path` and `container-runtime-socket`.
    ///
    /// ## Why it matters
    /// What the container writes outlives it, is seen by every other pod that mounts the path, and by the node's own
    /// programs: a way to stay, to deceive others, and to fill the node's disk past all quotas.
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
    ///     - name: data   # <- finding
    ///       mountPath: /data
    ///   - name: viewer
    ///     image: registry.example/viewer:1.0
    ///     volumeMounts:
    ///     - name: data
    ///       mountPath: /data
    ///       readOnly: true
    ///   volumes:
    ///   - name: data
    ///     hostPath:
    ///       path: /srv/data
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
    ///     - name: data
    ///       mountPath: /data
    ///       readOnly: true
    ///   volumes:
    ///   - name: data
    ///     hostPath:
    ///       path: /srv/data
    /// ```
    /// ## How to fix
    /// Set `readOnly: true` on the mount when the container only reads. Data that it writes belongs in a PersistentVolume
    /// (a `local` one when it must be this node's disk), scratch data in an `emptyDir` with a `sizeLimit`.
    ///
    /// ## References
    /// - CIS Kubernetes Benchmark 5.2.11 (hostPath volumes)
    /// - Kubernetes documentation: Volumes, hostPath
    id: "SW1033",
    name: "writable-host-path",
    severity: Medium,
    scope: Workload,
    since: "0.1.0",
    profile: Default,
    subsumes: ["SW1005", "SW1016"],
    peers: [
        kubescape("C-0045", Same, ""),
        kube_linter("writable-host-mount", Same, ""),
    ],
    fn run(pod, out) {
        out.reads_pod_level(pod);
        for volume in host_volumes(pod) {
            for mount in volume.mounts.iter().filter(|mount| mount.is_writable()) {
                let path = mount.place.key("readOnly");
                let message = format!(
                    "container `{}` can write to `{}` of the node",
                    mount.container_name(),
                    mount.path
                );
                out.fail(path.clone(), message)
                    .missing("a mount is writable unless it says otherwise")
                    .related(volume.path_field(), "the node's path")
                    .about(volume.place.clone())
                    .fix(Fix::set(path, true, Safety::Review));
            }
        }
    }
}
