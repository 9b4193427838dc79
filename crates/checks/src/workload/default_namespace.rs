use seawall_yaml::Path;

crate::check::check! {
    /// Workload in the namespace `default`
    ///
    /// ## What it finds
    /// Workloads whose `metadata.namespace` is `default`. When none is given, who applies the object decides, and
    /// the check says nothing.
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
    scope: Object,
    subjects: ["pods"],
    since: "0.1.0",
    profile: Strict,
    peers: [
        kubescape("C-0061", Narrower, "a namespace that is not written is decided by who applies the object"),
        kubescape("C-0212", Narrower, "workloads: what they use lies beside them; a namespace that is not written is decided by who applies the object"),
        trivy("KSV-0110", Narrower, "a namespace that is not written is decided by who applies the object"),
        checkov("CKV_K8S_21", Narrower, "workloads: what they use lies beside them; a namespace that is not written is decided by who applies the object"),
        kube_linter("use-namespace", Narrower, "a namespace that is not written is decided by who applies the object"),
    ],
    fn run(object, out) {
        let namespace = &object.metadata.namespace;
        if object.pods.is_empty() || namespace.is_empty() {
            // Who applies the object decides; every file without a namespace would be undecided.
            return out.not_applicable();
        }
        if namespace == "default" {
            out.fail(
                Path::root().key("metadata").key("namespace"),
                "the workload runs in the namespace `default`, which has no rules of its own",
            )
            .value("default");
        }
    }
}
