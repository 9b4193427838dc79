use seawall_inventory::image::ImageReference;

crate::check::check! {
    /// Tiller, the server part of Helm 2
    ///
    /// ## What it finds
    /// Containers of the image `tiller`.
    ///
    /// ## Why it matters
    /// Tiller does in the cluster what anyone asks who reaches its port, without authentication, with the rights of its
    /// service account, which are usually those of an administrator. Helm 2 has had no fixes since 2020.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: tiller
    ///     image: ghcr.io/helm/tiller:v2.17.0   # <- finding
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
    /// Move the releases to Helm 3 or 4, which act with the rights of who runs them (`helm 2to3`), and delete Tiller, its
    /// Service and its ClusterRoleBinding.
    ///
    /// ## References
    /// - helm.sh: Helm 2 and the Charts Project Are Now Unsupported
    /// - CVE-2019-18658 and earlier advice: Securing your Helm 2 installation
    id: "SW1050",
    name: "tiller",
    severity: High,
    scope: Container,
    since: "0.1.0",
    profile: Default,
    peers: [
        trivy("KSV-0102", Narrower, "by image; a name or label makes no Tiller"),
        checkov("CKV_K8S_34", Narrower, "by image; `app: helm` makes no Tiller"),
        checkov("CKV_K8S_44", Narrower, "a Service without Tiller behind it reaches nothing"),
        checkov("CKV_K8S_45", Wider, "whatever it listens on"),
    ],
    fn run(container, out) {
        let image = ImageReference::parse(&container.container.image);
        if image.is_ok_and(|image| image.base_name() == "tiller") {
            let message =
                format!("container `{}` is Tiller: who reaches it administers the cluster", container.name());
            out.fail(container.path("image"), message).value(&container.container.image);
        }
    }
}
