use seawall_yaml::Path;

crate::check::check! {
    /// Workload in the namespace `default`
    ///
    /// ## What it finds
    /// Workloads whose `metadata.namespace` is `default`. When no namespace is given, who applies the object decides, and
    /// the verdict is unknown.
    ///
    /// ## Why it matters
    /// Rights, network policies, quotas and Pod Security admission are set by namespace. In `default` lies what nobody
    /// thought about, so rules that are strict enough for all of it are rare, and each workload reaches the others'
    /// Secrets.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   namespace: default   # <- finding
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   namespace: shop
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## How to fix
    /// Give the application a namespace of its own.
    ///
    /// ## References
    /// - CIS Kubernetes Benchmark 5.7.4 (the default namespace should not be used)
    id: "SW1045",
    name: "default-namespace",
    severity: Low,
    scope: Workload,
    since: "0.1.0",
    profile: Strict,
    fn run(pod, out) {
        let namespace = &pod.object.metadata.namespace;
        if namespace.is_empty() {
            return out.unknown("no namespace is given: who applies the object decides");
        }
        if namespace == "default" {
            out.fail(Path::root().key("metadata").key("namespace"), "the workload runs in the namespace `default`, which has no rules of its own").value("default");
        }
    }
}
