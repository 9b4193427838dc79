use seawall_finding::{Fix, Safety};

use super::reference::{images, is_below};

/// Places that get no more updates, and where their images are now.
const FROZEN: &[(&str, &str)] = &[
    ("k8s.gcr.io", ": take it from `registry.k8s.io`"),
    ("gcr.io/google-containers", ": take it from `registry.k8s.io`"),
    ("gcr.io/google_containers", ": take it from `registry.k8s.io`"),
    ("gcr.io/k8s-artifacts-prod", ": take it from `registry.k8s.io`"),
    ("us.gcr.io/k8s-artifacts-prod", ": take it from `registry.k8s.io`"),
    ("eu.gcr.io/k8s-artifacts-prod", ": take it from `registry.k8s.io`"),
    ("asia.gcr.io/k8s-artifacts-prod", ": take it from `registry.k8s.io`"),
    ("gcr.io/kubernetes-helm", ""),
    ("gcr.io/heptio-images", ""),
    ("gcr.io/kubernetes-e2e-test-images", ": take it from `registry.k8s.io/e2e-test-images`"),
    ("gcr.io/kaniko-project", ""),
    ("quay.io/k8scsi", ": take it from `registry.k8s.io/sig-storage`"),
    ("quay.io/external_storage", ": take its successor from `registry.k8s.io/sig-storage`"),
    ("quay.io/coreos/flannel", ": take it from `ghcr.io/flannel-io`"),
    ("quay.io/coreos/kube-state-metrics", ": take it from `registry.k8s.io/kube-state-metrics`"),
    ("quay.io/coreos/prometheus-operator", ": take it from `quay.io/prometheus-operator`"),
    ("quay.io/coreos/kube-rbac-proxy", ": take it from `quay.io/brancz`"),
    ("docker.io/weaveworks", ""),
    ("docker.io/jettech/kube-webhook-certgen", ": take it from `registry.k8s.io/ingress-nginx`"),
    ("quay.io/kubernetes-ingress-controller", ": take it from `registry.k8s.io/ingress-nginx`"),
    ("docker.io/bitnamilegacy", ""),
    ("docker.pkg.github.com", ": take it from `ghcr.io`"),
];

crate::check::check! {
    /// Image from a place that gets no more updates
    ///
    /// ## What it finds
    /// Images, of containers and of `image` volumes, from registries and repositories that were frozen, moved or closed: `k8s.gcr.io`, `gcr.io/google-containers`,
    /// `docker.io/bitnamilegacy` and others; the table is in the check.
    ///
    /// ## Why it matters
    /// What is there is never fixed again, and one day cannot be pulled: then pods do not start on new nodes.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: pause
    ///     image: k8s.gcr.io/pause:3.9   # <- finding
    /// ```
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: registrar
    ///     image: quay.io/k8scsi/csi-node-driver-registrar:v1.3.0   # <- finding
    ///   - name: network
    ///     image: quay.io/coreos/flannel:v0.14.0   # <- finding
    ///   - name: etcd
    ///     image: quay.io/coreos/etcd:v3.6.5
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
    ///       reference: k8s.gcr.io/model:1.0   # <- finding
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: pause
    ///     image: registry.k8s.io/pause:3.10
    /// ```
    /// ## How to fix
    /// Take the image from where it is published now; the finding says where, if there is such a place.
    ///
    /// ## References
    /// - kubernetes.io blog, 2023-02-06: k8s.gcr.io Image Registry Will Be Frozen From the 3rd of April 2023
    /// - github.com/bitnami/charts issue 35164: changes to the Bitnami catalog
    /// - Where publishers say so: GoogleContainerTools/kaniko (archived in 2025), weaveworks (closed in 2024), the README files of
    ///   flannel, kube-state-metrics, prometheus-operator, kube-rbac-proxy, ingress-nginx and kubernetes-csi
    id: "SW5004",
    name: "frozen-registry",
    severity: Medium,
    scope: Workload,
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0253", Wider, "other frozen and closed registries too"),
    ],
    fn run(pod, out) {
        let mut any = false;
        for pulled in images(pod) {
            any = true;
            let Some(image) = pulled.reference(out) else { continue };
            let name = image.name();
            let Some((place, instead)) = FROZEN.iter().find(|(place, _)| is_below(&name, place)) else { continue };
            let path = pulled.path();
            let message = format!("the image of {pulled} comes from `{place}`, which gets no more updates{instead}");
            let draft = out.fail(path.clone(), message).value(pulled.text()).about(pulled.place());
            if let Some(rest) = pulled.text().strip_prefix("k8s.gcr.io/") {
                let moved = format!("registry.k8s.io/{rest}");
                draft.fix(Fix::set(path, moved.as_str(), Safety::Safe));
            }
        }
        if !any {
            out.not_applicable();
        }
    }
}
