use seawall_inventory::image::ImageReference;

use super::reference::{images, is_placeholder};

crate::check::check! {
    /// Image reference that cannot be parsed
    ///
    /// ## What it finds
    /// Images, of containers and of `image` volumes, that are no image reference, such as `Registry/App:1 0` or a URL. Texts with a placeholder (`${IMAGE}`, `{{
    /// .image }}`) and containers without an image are unknown.
    ///
    /// ## Why it matters
    /// The API server accepts it, and the container stays in `InvalidImageName`: nothing runs. Tools that judge images by
    /// their names see nothing either.
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
    ///     image: https://registry.example/app:1.0   # <- finding
    /// ```
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///   volumes:
    ///   - name: model
    ///     image:
    ///       reference: https://registry.example/model:1.0   # <- finding
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
    /// Write `REGISTRY/REPOSITORY:TAG@DIGEST`: no scheme, a repository in lower case.
    ///
    /// ## References
    /// - github.com/distribution/reference v0.6.0
    /// - k8s.io/kubernetes v1.36.3 pkg/util/parsers
    id: "SW5006",
    name: "invalid-image-reference",
    severity: Medium,
    scope: Workload,
    since: "0.1.0",
    profile: Default,
    fn run(pod, out) {
        let mut any = false;
        for pulled in images(pod) {
            any = true;
            let text = pulled.text();
            if text.is_empty() || is_placeholder(text) {
                pulled.reference(out);
            } else if let Err(reason) = ImageReference::parse(text) {
                out.fail(pulled.path(), format!("the image of {pulled} cannot be pulled: {reason}"))
                    .value(without_user(text))
                    .about(pulled.place());
            }
        }
        if !any {
            out.not_applicable();
        }
    }
}

/// What stands before `@` in something that only looks like an image may be a user and a password.
fn without_user(text: &str) -> &str {
    text.rsplit('@').next().unwrap_or(text)
}
