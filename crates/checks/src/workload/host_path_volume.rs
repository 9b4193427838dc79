use seawall_finding::{Framework, Pss};

crate::check::check! {
    /// Volume that is a path of the node
    ///
    /// ## What it finds
    /// Volumes of type `hostPath`.
    ///
    /// ## Why it matters
    /// Whoever runs code in the container reads a part of the node's disk, and writes to it unless every mount is read-only.
    /// What is there outlives the pod, is shared with other pods of the node, and is not bound by quotas. Many paths lead to
    /// root on the node: `/`, `/etc`, the folders of the kubelet and of the container runtime.
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
    ///     - name: data
    ///       mountPath: /data
    ///   volumes:
    ///   - name: data
    ///     hostPath:   # <- finding
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
    ///   volumes:
    ///   - name: data
    ///     persistentVolumeClaim:
    ///       claimName: data
    /// ```
    /// ## How to fix
    /// Use a `persistentVolumeClaim` for data (a `local` PersistentVolume when it must be this node's disk), an `emptyDir` for
    /// scratch space, a `configMap` or `projected` volume for configuration. A node agent that needs a path of the node
    /// gets that one path, mounted with `readOnly: true`, in a namespace of its own.
    ///
    /// ## References
    /// - Pod Security Standards, baseline: HostPath Volumes
    /// - k8s.io/pod-security-admission v0.37.2 policy/check_hostPathVolumes.go
    id: "SW1005",
    name: "host-path-volume",
    severity: Medium,
    scope: Workload,
    since: "0.1.0",
    profile: Default,
    pss: Pss::baseline("hostPathVolumes"),
    frameworks: [Framework { name: "mitre", control: "T1611" }],
    subsumes: ["SW1016"],
    peers: [
        kubescape("C-0048", Same, ""),
        kubescape("C-0203", Narrower, "the peer fails a namespace that would admit it; Seawall fails the pod that does it, the namespace is SW9004's"),
        trivy("KSV-0023", Same, ""),
        polaris("hostPathSet", Same, ""),
    ],
    fn run(pod, out) {
        out.reads_pod_level(pod);
        for (index, volume) in pod.spec().volumes.iter().enumerate() {
            if let Some(host_path) = &volume.host_path {
                let place = pod.path("volumes").index(index);
                let message =
                    format!("volume `{}` gives the pod the path `{}` of the node", volume.name, host_path.path);
                out.fail(place.key("hostPath"), message).value(format!("path: {}", host_path.path)).about(place);
            }
        }
    }
}
