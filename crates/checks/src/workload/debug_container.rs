use seawall_inventory::ContainerClass;

crate::check::check! {
    /// Debug container left in a pod
    ///
    /// ## What it finds
    /// Ephemeral containers in a pod: they are added by `kubectl debug`, and cannot be removed from the pod again.
    ///
    /// ## Why it matters
    /// A debug container brings the shell and the tools that the program's image was kept free of, often as root, and stays
    /// in reach of whoever gets into the pod until the pod is replaced.
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
    ///   ephemeralContainers:
    ///   - name: debugger   # <- finding
    ///     image: busybox:1.37
    ///     targetContainerName: app
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
    /// ```
    /// ## How to fix
    /// Delete the pod: its controller starts a fresh one. Look into `kubectl get events` and the audit log for who added
    /// it, if nobody remembers.
    ///
    /// ## References
    /// - KEP-277: ephemeral containers
    id: "SW1055",
    name: "debug-container",
    severity: Low,
    scope: Container,
    since: "0.1.0",
    profile: Default,
    fn run(container, out) {
        if container.class == ContainerClass::Ephemeral {
            out.fail(
                container.place(),
                format!("debug container `{}` is still in the pod", container.name()),
            )
            .value(&container.container.image);
        }
    }
}
