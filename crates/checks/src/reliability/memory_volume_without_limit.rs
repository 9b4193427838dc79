use super::resources::{applies, has_limit};

crate::check::check! {
    /// Volume in memory without a limit
    ///
    /// ## What it finds
    /// `emptyDir` volumes with `medium: Memory` and without `sizeLimit`, in pods of which a container has no memory limit.
    /// With limits on all containers, or one on the pod (since v1.34), the volume is bounded by them.
    ///
    /// ## Why it matters
    /// Files in the volume take the node's memory, up to half of it, and stay when the container that wrote them has ended.
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
    ///     - name: cache
    ///       mountPath: /cache
    ///   volumes:
    ///   - name: cache
    ///     emptyDir:   # <- finding
    ///       medium: Memory
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
    ///     - name: cache
    ///       mountPath: /cache
    ///   volumes:
    ///   - name: cache
    ///     emptyDir:
    ///       medium: Memory
    ///       sizeLimit: 64Mi
    /// ```
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   resources:
    ///     limits:
    ///       memory: 256Mi
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///   volumes:
    ///   - name: cache
    ///     emptyDir:
    ///       medium: Memory
    /// ```
    /// ## How to fix
    /// Set `sizeLimit`, and a memory limit for the containers that use the volume.
    ///
    /// ## References
    /// - Kubernetes documentation: Volumes, emptyDir
    /// - KEP-1967: sizable memory-backed volumes
    /// - KEP-2837: pod-level resources, on by default since v1.34
    id: "SW6007",
    name: "memory-volume-without-limit",
    severity: Low,
    scope: Workload,
    reads: ["LimitRange"],
    since: "0.1.0",
    profile: Strict,
    fn run(pod, out) {
        out.reads_pod_level(pod);
        let bounded = pod.containers().filter(applies).all(|container| has_limit(&container, "memory", out));
        if bounded {
            return;
        }
        for (index, volume) in pod.spec().volumes.iter().enumerate() {
            let Some(empty_dir) = &volume.empty_dir else { continue };
            if empty_dir.medium == "Memory" && empty_dir.size_limit.is_none() {
                let path = pod.path("volumes").index(index).key("emptyDir").key("sizeLimit");
                out.fail(path, format!("volume `{}` can take half of the node's memory", volume.name))
                    .missing("half of the node's memory");
            }
        }
    }
}
