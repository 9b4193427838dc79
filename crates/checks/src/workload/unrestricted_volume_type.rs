use seawall_finding::Pss;

/// Volume types of which Kubernetes controls what is in them: k8s.io/pod-security-admission
/// policy/check_restrictedVolumes.go (v0.37.2).
const ALLOWED: [&str; 9] = [
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

crate::check::check! {
    /// Volume of a type that restricted pods may not have
    ///
    /// ## What it finds
    /// Volumes of other types than `configMap`, `csi`, `downwardAPI`, `emptyDir`, `ephemeral`, `image`,
    /// `persistentVolumeClaim`, `projected` and `secret`. `host-path-volume` tells those that are paths of the node, unless only
    /// the restricted level is asked for.
    ///
    /// ## Why it matters
    /// Whoever writes the pod chooses which server the node mounts (`nfs`, `iscsi`, `cephfs` and the like), with which
    /// credentials and as which user: past the storage classes and quotas that the owners of the cluster set up. `gitRepo`
    /// even runs git on the node.
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
    ///   volumes:
    ///   - name: data
    ///     nfs:   # <- finding
    ///       server: nfs.example
    ///       path: /
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
    ///   volumes:
    ///   - name: data
    ///     persistentVolumeClaim:
    ///       claimName: data
    ///   - name: scratch
    /// ```
    /// ## How to fix
    /// Define the storage as a PersistentVolume, which the owners of the cluster control, and refer to it with a
    /// `persistentVolumeClaim`.
    ///
    /// ## References
    /// - Pod Security Standards, restricted: Volume Types
    /// - k8s.io/pod-security-admission v0.37.2 policy/check_restrictedVolumes.go
    id: "SW1016",
    name: "unrestricted-volume-type",
    severity: Low,
    scope: Workload,
    since: "0.1.0",
    profile: Strict,
    pss: Pss::restricted("restrictedVolumes").overriding(&["hostPathVolumes"]),
    peers: [
        trivy("KSV-0028", Wider, "everything but the nine types of the restricted level; Trivy lists the forbidden ones"),
    ],
    fn run(pod, out) {
        out.reads_pod_level(pod);
        for (index, volume) in pod.spec().volumes.iter().enumerate() {
            // A volume without a source is an emptyDir by default.
            let Some(source) = volume.sources.first() else { continue };
            if volume.sources.iter().any(|source| ALLOWED.contains(&source.as_str())) {
                continue;
            }
            let place = pod.path("volumes").index(index);
            let message = format!("volume `{}` has the type `{source}`, which escapes the cluster's control of storage", volume.name);
            out.fail(place.key(source.clone()), message).value(source).about(place);
        }
    }
}
