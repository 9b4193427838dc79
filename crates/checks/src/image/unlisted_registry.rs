use seawall_finding::{Param, ParamDefault};

use super::reference::{images, is_below};

crate::check::check! {
    /// Image from a registry that is not allowed
    ///
    /// ## What it finds
    /// Images, of containers and of `image` volumes, whose registry or repository is below one of the parameter `deny`, or, when the parameter `allow` is given, not
    /// below one of it. Without either the check says nothing. Entries are whole parts of a path: `registry.example/team` is
    /// neither `registry.example/team-of-others` nor `registry.example.other/team`.
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
    /// ```yaml bad
    /// # with deny: docker.io/library, old.example/
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: nginx:1.29   # <- finding
    ///   - name: proxy
    ///     image: old.example/proxy:1.0   # <- finding
    ///   - name: other
    ///     image: docker.io/library-of-others/app:1.0
    /// ```
    /// ```yaml bad
    /// # with allow: registry.example
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
    ///       reference: other.example/model:1.0   # <- finding
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
    scope: Workload,
    since: "0.1.0",
    profile: Default,
    params: [
        Param {
            name: "allow",
            doc: "Registries, or paths in them, from which images may come; when empty, from all that are not denied.",
            default: ParamDefault::Strings(&[]),
        },
        Param {
            name: "deny",
            doc: "Registries, or paths in them, from which images may not come, allowed or not.",
            default: ParamDefault::Strings(&[]),
        },
    ],
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
    fn run(pod, out) {
        let (allowed, denied) = (out.param_strings("allow"), out.param_strings("deny"));
        if allowed.is_empty() && denied.is_empty() {
            return out.not_applicable();
        }
        let mut any = false;
        for pulled in images(pod) {
            any = true;
            let Some(image) = pulled.reference(out) else { continue };
            let name = image.name();
            let denied = denied.iter().find(|place| is_below(&name, place));
            if denied.is_none() && (allowed.is_empty() || allowed.iter().any(|place| is_below(&name, place))) {
                continue;
            }
            let message = match denied {
                Some(place) => format!("the image of {pulled} comes from `{place}`, which is denied"),
                None => {
                    format!("the image of {pulled} comes from `{}`, which is not allowed", image.registry)
                }
            };
            out.fail(pulled.path(), message).value(pulled.text()).about(pulled.place());
        }
        if !any {
            out.not_applicable();
        }
    }
}
