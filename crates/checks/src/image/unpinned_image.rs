use super::reference::images;

crate::check::check! {
    /// Image without a digest
    ///
    /// ## What it finds
    /// Images, of containers and of `image` volumes, that are named by tag alone. Tags that move by custom are told by `mutable-image-tag`.
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
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
    ///   volumes:
    ///   - name: model
    ///     image:
    ///       reference: registry.example/model:1.0   # <- finding
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
    scope: Workload,
    since: "0.1.0",
    profile: Strict,
    peers: [
        kubescape("C-0304", Narrower, "agent sandboxes are judged as any pod"),
        kubescape("C-0306", Same, ""),
        checkov("CKV_K8S_43", Same, ""),
    ],
    fn run(pod, out) {
        let mut any = false;
        for pulled in images(pod) {
            any = true;
            let Some(image) = pulled.reference(out) else { continue };
            if image.digest.is_none() {
                out.fail(pulled.path(), format!("{pulled} names its image by a tag, which can be pushed again"))
                    .value(pulled.text())
                    .about(pulled.place());
            }
        }
        if !any {
            out.not_applicable();
        }
    }
}
