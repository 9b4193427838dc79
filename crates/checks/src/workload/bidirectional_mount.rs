use seawall_finding::{Fix, Safety};

crate::check::check! {
    /// Mounts of a container shown on the node
    ///
    /// ## What it finds
    /// Volume mounts with `mountPropagation: Bidirectional`.
    ///
    /// ## Why it matters
    /// What the container mounts there appears on the node and in every other container that mounts the path: file systems
    /// laid over others deceive programs that run as root. Kubernetes allows it to privileged containers only, so it also
    /// keeps the container privileged.
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
    ///     securityContext:
    ///       privileged: true
    ///     volumeMounts:
    ///     - name: plugins
    ///       mountPath: /var/lib/kubelet/plugins
    ///       mountPropagation: Bidirectional   # <- finding
    ///   volumes:
    ///   - name: plugins
    ///     hostPath:
    ///       path: /var/lib/kubelet/plugins
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
    ///     - name: plugins
    ///       mountPath: /var/lib/kubelet/plugins
    ///       mountPropagation: HostToContainer
    ///   volumes:
    ///   - name: plugins
    ///     hostPath:
    ///       path: /var/lib/kubelet/plugins
    /// ```
    /// ## How to fix
    /// `HostToContainer` shows the node's later mounts in the container, which is what most agents want. A CSI node driver
    /// does need `Bidirectional`: bind it to the driver's own folder, and suppress this finding with that reason.
    ///
    /// ## References
    /// - Kubernetes documentation: Volumes, mount propagation
    /// - k8s.io/kubernetes v1.36.3 pkg/apis/core/validation: Bidirectional needs a privileged container
    id: "SW1047",
    name: "bidirectional-mount",
    severity: Medium,
    scope: Container,
    since: "0.1.0",
    profile: Default,
    fn run(container, out) {
        for (index, mount) in container.container.volume_mounts.iter().enumerate() {
            if mount.mount_propagation.as_deref() == Some("Bidirectional") {
                let path = container.path("volumeMounts").index(index).key("mountPropagation");
                let message = format!(
                    "what container `{}` mounts below `{}` appears on the node",
                    container.name(),
                    mount.mount_path
                );
                out.fail(path.clone(), message).value("Bidirectional").fix(Fix::set(
                    path,
                    "HostToContainer",
                    Safety::Review,
                ));
            }
        }
    }
}
