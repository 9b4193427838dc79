use seawall_finding::{Param, ParamDefault};

use super::reference::image_of;

crate::check::check! {
    /// Image from a registry that is not allowed
    ///
    /// ## What it finds
    /// Images whose registry or repository is not below one of the parameter `allow`. Without that parameter the check says
    /// nothing.
    ///
    /// ## Why it matters
    /// An image from elsewhere has passed none of the organisation's own scans, signatures and reviews, and may be gone
    /// tomorrow.
    ///
    /// ## Bad
    /// ```yaml bad
    /// # with allow: registry.example
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: nginx:1.29   # <- finding
    /// ```
    /// ## Good
    /// ```yaml good
    /// # with allow: registry.example
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
    /// Mirror the image into an allowed registry, or add the registry to `allow` in `seawall.yaml`: `registry.example`
    /// allows all of it, `registry.example/team` that path alone. Docker Hub is `docker.io`.
    ///
    /// ## References
    /// - CIS Kubernetes Benchmark 5.5.1 (image provenance)
    /// - NIST SP 800-190, 4.2
    id: "SW5005",
    name: "unlisted-registry",
    severity: Medium,
    scope: Container,
    since: "0.1.0",
    profile: Default,
    params: [Param {
        name: "allow",
        doc: "Registries, or paths in them, from which images may come.",
        default: ParamDefault::Strings(&[]),
    }],
    peers: [
        kubescape("C-0001", Same, ""),
        kubescape("C-0078", Same, ""),
        kubescape("C-0304", Narrower, "agent sandboxes are judged as any pod"),
        trivy("KSV-0032", Narrower, "which registries are yours is for you to say: one list instead of one check per cloud"),
        trivy("KSV-0033", Narrower, "which registries are yours is for you to say: one list instead of one check per cloud"),
        trivy("KSV-0034", Narrower, "which registries are yours is for you to say: one list instead of one check per cloud"),
        trivy("KSV-0035", Narrower, "which registries are yours is for you to say: one list instead of one check per cloud"),
        trivy("KSV-0125", Same, ""),
        popeye("POP-113", Same, ""),
    ],
    fn run(container, out) {
        let allowed = out.param_strings("allow");
        if allowed.is_empty() {
            return out.not_applicable();
        }
        let Some(image) = image_of(container, out) else { return };
        let name = image.name();
        let is_below = |place: &&str| {
            name.strip_prefix(*place)
                .is_some_and(|rest| rest.is_empty() || place.ends_with('/') || rest.starts_with('/'))
        };
        if !allowed.iter().any(is_below) {
            let message = format!(
                "the image of container `{}` comes from `{}`, which is not allowed",
                container.name(),
                image.registry
            );
            out.fail(container.path("image"), message).value(&container.container.image);
        }
    }
}
