use seawall_finding::{Param, ParamDefault};

use super::reference::images;

/// Tags that projects move to newer content by custom.
const MOVING: &[&str] = &[
    "latest", "main", "master", "trunk", "head", "edge", "nightly", "canary", "dev", "develop", "development", "snapshot",
    "unstable", "testing", "stable", "release", "current", "prod", "production", "staging",
];

crate::check::check! {
    /// Image tag that moves
    ///
    /// ## What it finds
    /// Images, of containers and of `image` volumes, without a tag and digest (which means `latest`), or with a tag that is moved to newer content by custom:
    /// `latest`, `main`, `stable`, `nightly` and their kin (parameter `tags`).
    ///
    /// ## Why it matters
    /// What runs is whatever was pushed last, not what was tested: different nodes run different programs, a rollback
    /// brings nothing back, and who can push to the repository changes what runs in the cluster without touching it.
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
    ///     image: registry.example/app   # <- finding
    ///   - name: proxy
    ///     image: registry.example/proxy:latest   # <- finding
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
    ///       reference: registry.example/model:latest   # <- finding
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
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:latest@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
    /// ```
    /// ## How to fix
    /// Name the version, better with its digest: `registry.example/app:1.4.2@sha256:…`. Renovate, Dependabot and Argo CD
    /// Image Updater keep it current.
    ///
    /// ## References
    /// - Kubernetes documentation: Images, Configuration Best Practices
    /// - CIS Kubernetes Benchmark 5.5.1 (image provenance)
    id: "SW5001",
    name: "mutable-image-tag",
    severity: Low,
    scope: Workload,
    since: "0.1.0",
    profile: Default,
    params: [Param { name: "tags", doc: "Tags that are taken to move.", default: ParamDefault::Strings(MOVING) }],
    subsumes: ["SW5002"],
    peers: [
        trivy("KSV-0013", Wider, "tags that move by custom, not `latest` alone; a registry's port is no tag"),
        checkov("CKV_K8S_14", Wider, "tags that move by custom, not `latest` alone"),
        kube_linter("latest-tag", Wider, "tags that move by custom, not `latest` alone"),
        polaris("tagNotSpecified", Wider, "tags that move by custom, not `latest` alone"),
        kube_score("container-image-tag", Wider, "tags that move by custom, not `latest` alone"),
        popeye("POP-100", Wider, "tags that move by custom, not `latest` alone, and none given, in one check"),
        popeye("POP-101", Wider, "tags that move by custom, not `latest` alone, and none given, in one check"),
    ],
    fn run(pod, out) {
        let mut any = false;
        for pulled in images(pod) {
            any = true;
            let Some(image) = pulled.reference(out) else { continue };
            let Some(tag) = image.effective_tag() else { continue };
            if !out.param_strings("tags").contains(&tag) {
                continue;
            }
            let uses = pulled.uses();
            let message = match image.tag {
                Some(tag) => format!("{pulled} {uses} whatever `{tag}` of its image is now"),
                None => {
                    format!("{pulled} names no version of its image: it {uses} whatever `latest` is now")
                }
            };
            out.fail(pulled.path(), message).value(pulled.text()).about(pulled.place());
        }
        if !any {
            out.not_applicable();
        }
    }
}
