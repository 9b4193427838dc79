use super::reference::image_of;

crate::check::check! {
    /// Image without a digest
    ///
    /// ## What it finds
    /// Images that are named by tag alone. Tags that move by custom are told by `mutable-image-tag`.
    ///
    /// ## Why it matters
    /// Who gets at the registry or the account that pushes can push the same tag again, and the cluster runs it. A digest
    /// is the content itself: what was scanned and signed is what runs, and a registry or account that is taken over cannot
    /// change it.
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
    ///     image: registry.example/app:1.0   # <- finding
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
    ///     image: registry.example/app:1.0@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
    /// ```
    /// ## How to fix
    /// Append the digest: `crane digest registry.example/app:1.0`, or let Renovate (`pinDigests`) or kustomize (`images:
    /// digest:`) write it.
    ///
    /// ## References
    /// - Kubernetes documentation: Images, image digests
    /// - SLSA v1.1: verifying artifacts
    id: "SW5002",
    name: "unpinned-image",
    severity: Low,
    scope: Container,
    since: "0.1.0",
    profile: Strict,
    peers: [
        kubescape("C-0304", Narrower, "agent sandboxes are judged as any pod"),
        kubescape("C-0306", Same, ""),
        checkov("CKV_K8S_43", Same, ""),
    ],
    fn run(container, out) {
        let Some(image) = image_of(container, out) else { return };
        if image.digest.is_none() {
            out.fail(
                container.path("image"),
                format!(
                    "container `{}` names its image by a tag, which can be pushed again",
                    container.name()
                ),
            )
            .value(&container.container.image);
        }
    }
}
