use seawall_yaml::Path;

crate::check::check! {
    /// Workload in `kube-system`
    ///
    /// ## What it finds
    /// Workloads whose `metadata.namespace` is `kube-system`. When no namespace is given, the check says nothing.
    ///
    /// ## Why it matters
    /// `kube-system` is exempt from most policies, and the service accounts of the control plane are in it: who can create
    /// pods or read Secrets there is administrator of the cluster. Each more workload is one more way in.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   namespace: kube-system   # <- finding
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
    /// Give the workload a namespace of its own. What belongs to the cluster itself (DNS, network plugin, CSI driver)
    /// suppresses this finding with that reason.
    ///
    /// ## References
    /// - CIS Kubernetes Benchmark 5.7.1 (administrative boundaries by namespaces)
    id: "SW1046",
    name: "workload-in-kube-system",
    severity: Low,
    scope: Object,
    subjects: ["pods"],
    since: "0.1.0",
    profile: Strict,
    peers: [
        trivy("KSV-0037", Narrower, "workloads; Trivy fails every kind"),
    ],
    fn run(object, out) {
        let namespace = &object.metadata.namespace;
        if object.pods.is_empty() || namespace.is_empty() {
            // Who applies the object decides; every file without a namespace would be undecided.
            return out.not_applicable();
        }
        if namespace == "kube-system" {
            out.fail(
                Path::root().key("metadata").key("namespace"),
                "the workload runs in `kube-system`, among the service accounts of the control plane",
            )
            .value("kube-system");
        }
    }
}
