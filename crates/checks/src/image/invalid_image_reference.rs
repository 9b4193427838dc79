use seawall_inventory::image::ImageReference;

use super::reference::{image_of, is_placeholder};

crate::check::check! {
    /// Image reference that cannot be parsed
    ///
    /// ## What it finds
    /// Images that are no image reference, such as `Registry/App:1 0` or a URL. Texts with a placeholder (`${IMAGE}`, `{{
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
    scope: Container,
    since: "0.1.0",
    profile: Default,
    fn run(container, out) {
        let text = &container.container.image;
        if text.is_empty() || is_placeholder(text) {
            image_of(container, out);
            return;
        }
        if let Err(reason) = ImageReference::parse(text) {
            out.fail(
                container.path("image"),
                format!("the image of container `{}` cannot be pulled: {reason}", container.name()),
            )
            .value(without_user(text));
        }
    }
}

/// What stands before `@` in something that only looks like an image may be a user and a password.
fn without_user(text: &str) -> &str {
    text.rsplit('@').next().unwrap_or(text)
}
