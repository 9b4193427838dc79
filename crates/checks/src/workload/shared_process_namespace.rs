use seawall_finding::{Fix, Safety};

crate::check::check! {
    /// Process namespace shared between containers
    ///
    /// ## What it finds
    /// Pods with `shareProcessNamespace: true`.
    ///
    /// ## Why it matters
    /// Containers see each other's processes, their arguments and environment, reach each other's files through
    /// `/proc/PID/root`, and send signals. A weakness in a sidecar becomes one of the program beside it, and of its
    /// secrets.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   shareProcessNamespace: true   # <- finding
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///   - name: proxy
    ///     image: registry.example/proxy:1.0
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
    ///   - name: proxy
    ///     image: registry.example/proxy:1.0
    /// ```
    /// ## How to fix
    /// Remove `shareProcessNamespace`. To look into a running container, `kubectl debug --target` joins its process
    /// namespace for as long as that takes. When a sidecar only sends a signal, run both as different users.
    ///
    /// ## References
    /// - Kubernetes documentation: Share Process Namespace between Containers in a Pod
    id: "SW1035",
    name: "shared-process-namespace",
    severity: Low,
    scope: Workload,
    since: "0.1.0",
    profile: Strict,
    fn run(pod, out) {
        let own = pod.spec().share_process_namespace;
        if own != Some(true) {
            return out.reads_pod_level(pod);
        }
        let path = pod.path("shareProcessNamespace");
        out.fail(path.clone(), "containers of the pod see each other's processes, environment and files")
            .value("true")
            .fix(Fix::remove(path, Safety::Review));
    }
}
