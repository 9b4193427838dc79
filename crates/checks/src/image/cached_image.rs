use seawall_finding::{Fix, Safety};
use seawall_inventory::VersionRange;

use super::reference::image_of;

/// Versions whose kubelet does not check: `KubeletEnsureSecretPulledImages` is on by default from v1.35.
const UNCHECKED: VersionRange = VersionRange::between(0, 35);

crate::check::check! {
    /// Image that is not checked again
    ///
    /// ## What it finds
    /// Containers with `imagePullPolicy` `IfNotPresent` (the default for images with a version) or `Never`, up to
    /// Kubernetes v1.34. From v1.35 on the kubelet itself checks that a pod may use an image that is on the node.
    ///
    /// ## Why it matters
    /// An image that one tenant pulled with his credentials stays on the node, and every other pod there that knows its
    /// name runs it without credentials.
    ///
    /// ## Bad
    /// ```yaml bad
    /// # with kubernetes: 1.34
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///     imagePullPolicy: IfNotPresent   # <- finding
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
    /// ```yaml good
    /// # with kubernetes: 1.34
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///     imagePullPolicy: Always
    /// ```
    /// ## How to fix
    /// On nodes that several tenants share, set `imagePullPolicy: Always` (the layers are not pulled again, only the rights
    /// are checked), or let the admission plugin AlwaysPullImages set it.
    ///
    /// ## References
    /// - KEP-2535: Ensure Secret Pulled Images; k8s.io/kubernetes v1.36.3 pkg/features/kube_features.go
    /// - CIS Kubernetes Benchmark 1.2.10 (AlwaysPullImages)
    id: "SW5007",
    name: "cached-image",
    severity: Info,
    scope: Container,
    since: "0.1.0",
    profile: All,
    peers: [
        checkov("CKV_K8S_15", Narrower, "from v1.35 on the kubelet checks the rights itself"),
        kube_linter("image-pull-policy", Narrower, "from v1.35 on the kubelet checks the rights itself"),
        polaris("pullPolicyNotAlways", Narrower, "from v1.35 on the kubelet checks the rights itself"),
        kube_score("container-image-pull-policy", Narrower, "from v1.35 on the kubelet checks the rights itself"),
    ],
    fn run(container, out) {
        let policy = container.container.image_pull_policy.as_deref();
        if !UNCHECKED.contains(out.version()) {
            return;
        }
        let Some(image) = image_of(container, out) else { return };
        let effective =
            policy.unwrap_or(if image.effective_tag() == Some("latest") { "Always" } else { "IfNotPresent" });
        if effective == "Always" {
            return;
        }
        let path = container.path("imagePullPolicy");
        let message = format!(
            "container `{}` runs an image of the node without asking the registry whether it may",
            container.name()
        );
        let draft = out.fail(path.clone(), message);
        let draft = match policy {
            Some(policy) => draft.value(policy),
            None => draft.missing("defaults to `IfNotPresent` for an image with a version"),
        };
        draft.fix(Fix::set(path, "Always", Safety::Review));
    }
}
