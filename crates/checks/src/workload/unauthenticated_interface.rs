use seawall_inventory::image::ImageReference;

/// Repositories of products that have no authentication, or none as they are shipped, and what who reaches them does.
/// Sources: the manuals of the products, on security.
const PRODUCTS: &[(&str, &str)] = &[
    ("rayproject/ray", "runs jobs"),
    ("rayproject/ray-ml", "runs jobs"),
    ("mlflow/mlflow", "reads and changes models"),
    ("ollama/ollama", "pulls, reads and deletes models"),
    ("weaveworks/scope", "opens a shell in every container"),
    ("hjacobs/kube-ops-view", "sees all pods of the cluster"),
    ("cloudcmd", "opens a shell and edits files"),
    ("tsl0922/ttyd", "opens a shell"),
    ("wettyoss/wetty", "opens a shell"),
    ("portainer/agent", "controls all containers"),
    ("containrrr/watchtower", "updates containers"),
    ("selenium/standalone-chrome", "runs a browser in the cluster"),
    ("browserless/chrome", "runs a browser in the cluster"),
    ("apache/spark", "runs jobs"),
    ("apache/zeppelin", "runs code"),
];

crate::check::check! {
    /// Interface without authentication of its own
    ///
    /// ## What it finds
    /// Containers of products whose interface asks nobody who he is unless another program stands before it: consoles of
    /// machine learning and of the cluster that run what they are told. Which ones is a table in the check.
    ///
    /// ## Why it matters
    /// Whoever reaches the port, from any pod when no NetworkPolicy says otherwise, runs code in the container with the
    /// rights of its service account, or reads what it manages. Such interfaces are searched for on the internet day and
    /// night.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: head
    ///     image: rayproject/ray:2.49.0   # <- finding
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
    /// Put an authenticating proxy before it, let it listen on the loopback only, and let a NetworkPolicy admit nobody
    /// else. When that is done, suppress this finding with that reason.
    ///
    /// ## References
    /// - Microsoft Threat Matrix for Kubernetes: Exposed sensitive interfaces
    /// - CVE-2023-48022 (Ray: jobs API without authentication)
    id: "SW1056",
    name: "unauthenticated-interface",
    severity: Medium,
    scope: Container,
    since: "0.1.0",
    profile: Strict,
    peers: [
        kubescape("C-0021", Narrower, "by image; whether it is reachable comes with the network checks"),
    ],
    fn run(container, out) {
        let Ok(image) = ImageReference::parse(&container.container.image) else { return };
        let found = PRODUCTS.iter().find(|(repository, _)| {
            *image.repository == **repository || image.repository.ends_with(&format!("/{repository}"))
        });
        if let Some((product, does)) = found {
            let message =
                format!("container `{}` is `{product}`: who reaches it {does}, unasked", container.name());
            out.fail(container.path("image"), message).value(&container.container.image);
        }
    }
}
