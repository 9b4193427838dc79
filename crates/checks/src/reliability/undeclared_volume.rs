use foldhash::HashSet;


crate::check::check! {
    /// Mount of a volume that does not exist
    ///
    /// ## What it finds
    /// Volume mounts whose name is none of the pod's volumes, nor of the `volumeClaimTemplates` of a StatefulSet.
    ///
    /// ## Why it matters
    /// The API server refuses the object: nothing of it runs.
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
    ///     - name: dtaa   # <- finding
    ///       mountPath: /data
    ///   volumes:
    ///   - name: data
    ///     emptyDir: {}
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
    ///     emptyDir: {}
    /// ```
    /// ## How to fix
    /// Declare the volume in `volumes`, or correct the name.
    ///
    /// ## References
    /// - k8s.io/kubernetes v1.36.3 pkg/apis/core/validation/validation.go: ValidateVolumeMounts
    id: "SW6020",
    name: "undeclared-volume",
    severity: Medium,
    scope: Workload,
    since: "0.1.0",
    profile: Default,
    fn run(pod, out) {
        if pod.template.partial.is_some() {
            return out.reads_pod_level(pod);
        }
        let claims =
            pod.template.controller.iter().flat_map(|controller| &controller.spec.rare().volume_claim_templates);
        let mut declared: HashSet<&str> = claims.map(|claim| claim.metadata.name.as_str()).collect();
        declared.extend(pod.spec().volumes.iter().map(|volume| volume.name.as_str()));
        for container in pod.containers() {
            for (index, mount) in container.container.volume_mounts.iter().enumerate() {
                if !declared.contains(mount.name.as_str()) {
                    let path = container.path("volumeMounts").index(index).key("name");
                    let message = format!(
                        "container `{}` mounts volume `{}`, which does not exist",
                        container.name(),
                        mount.name
                    );
                    out.fail(path, message).value(&mount.name);
                }
            }
        }
    }
}
