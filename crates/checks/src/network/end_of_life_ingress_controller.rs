use seawall_inventory::image::ImageReference;

crate::check::check! {
    /// Ingress controller that nobody maintains
    ///
    /// ## What it finds
    /// Images of controllers that have been given up. Today that is Kubernetes' own ingress-nginx: best-effort maintenance ended in
    /// March 2026. Builds that others maintain under names of their own are not meant.
    ///
    /// ## Why it matters
    /// It stands at the edge and reads the Secrets of the cluster. The next flaw like CVE-2025-1974, by which whoever reaches its webhook runs code in it,
    /// is not mended any more.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: edge
    /// spec:
    ///   selector:
    ///     matchLabels:
    ///       app: edge
    ///   template:
    ///     metadata:
    ///       labels:
    ///         app: edge
    ///     spec:
    ///       containers:
    ///       - name: controller
    ///         image: registry.k8s.io/ingress-nginx/controller:v1.13.3   # <- finding
    /// ```
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: edge
    /// spec:
    ///   containers:
    ///   - name: controller
    ///     image: quay.io/kubernetes-ingress-controller/nginx-ingress-controller:0.33.0   # <- finding
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: edge
    /// spec:
    ///   selector:
    ///     matchLabels:
    ///       app: edge
    ///   template:
    ///     metadata:
    ///       labels:
    ///         app: edge
    ///     spec:
    ///       containers:
    ///       - name: controller
    ///         image: docker.io/envoyproxy/gateway:v1.6.1
    /// ```
    /// ## How to fix
    /// Move to Gateway API, or to a controller that is maintained: both can run beside the old one until the last host has moved.
    ///
    /// ## References
    /// - Kubernetes blog, 2025-11-11: Ingress NGINX Retirement
    /// - Kubernetes blog, 2026-01-29: Statement from the Steering and Security Response Committees on Ingress NGINX
    id: "SW3019",
    name: "end-of-life-ingress-controller",
    severity: Medium,
    scope: Container,
    since: "0.1.0",
    profile: Default,
    subsumes: ["SW5004"],
    peers: [
        kubescape("C-0292", Same, ""),
    ],
    fn run(container, out) {
        let written = &container.container.image;
        let Ok(image) = ImageReference::parse(written) else { return out.not_applicable() };
        if let Some((_, name, since)) = GIVEN_UP.iter().find(|(product, ..)| image.is_of(product)) {
            let message = format!("{name} gets no fixes since {since}");
            out.fail(container.path("image"), message).value(written);
        }
    }
}

/// The end of the name of an image, what it is, and since when it is not maintained.
const GIVEN_UP: &[(&str, &str, &str)] = &[
    // Kubernetes blog, 2025-11-11: Ingress NGINX Retirement.
    ("ingress-nginx/controller", "ingress-nginx", "March 2026"),
    ("ingress-nginx/controller-chroot", "ingress-nginx", "March 2026"),
    // The same until 0.34 (Changelog.md of kubernetes/ingress-nginx).
    ("kubernetes-ingress-controller/nginx-ingress-controller", "ingress-nginx", "March 2026"),
    ("google_containers/nginx-ingress-controller", "ingress-nginx", "March 2026"),
];
