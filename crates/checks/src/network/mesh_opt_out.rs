use seawall_inventory::Object;
use seawall_inventory::decode::StringMap;

crate::check::check! {
    /// Workload that stays out of its namespace's mesh
    ///
    /// ## What it finds
    /// Pods that say by a label or an annotation that they are not to be in the mesh of Istio (with a sidecar or in ambient mode) or Linkerd, in a namespace that
    /// is in it.
    ///
    /// ## Why it matters
    /// Nothing that these pods send is encrypted, and no policy of the mesh keeps anything from them. To let them in, others must take what is not
    /// encrypted.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Namespace
    /// metadata:
    ///   name: shop
    ///   labels: {istio-injection: enabled}
    /// ---
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// spec:
    ///   selector:
    ///     matchLabels: {app: web}
    ///   template:
    ///     metadata:
    ///       labels:
    ///         app: web
    ///         sidecar.istio.io/inject: "false"   # <- finding
    ///     spec:
    ///       containers:
    ///       - name: web
    ///         image: registry.example/web:1
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Namespace
    /// metadata:
    ///   name: shop
    ///   labels: {istio-injection: enabled}
    /// ---
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// spec:
    ///   selector:
    ///     matchLabels: {app: web}
    ///   template:
    ///     metadata:
    ///       labels: {app: web}
    ///     spec:
    ///       containers:
    ///       - name: web
    ///         image: registry.example/web:1
    /// ```
    /// ## How to fix
    /// Remove the label or annotation. Jobs that must end need native sidecars (Kubernetes v1.29 on), or ambient mode.
    ///
    /// ## References
    /// - istio.io/istio 1.31 pkg/kube/inject/inject.go: injectRequired
    id: "SW3024",
    name: "mesh-opt-out",
    severity: Low,
    scope: Workload,
    reads: ["Namespace"],
    since: "0.1.0",
    profile: Strict,
    fn run(pod, out) {
        let (labels, annotations) = (&pod.template.labels, &pod.template.annotations);
        let mut found = Vec::new();
        let inject = "sidecar.istio.io/inject";
        match (labels.get(inject), annotations.get(inject)) {
            (Some("false"), _) => found.push(("labels", inject, "false", istio as fn(&Object) -> bool)),
            (None, Some("false")) => found.push(("annotations", inject, "false", istio)),
            _ => {}
        }
        if labels.get(MODE) == Some("none") {
            found.push(("labels", MODE, "none", ambient));
        }
        if annotations.get(INJECT) == Some("disabled") {
            found.push(("annotations", INJECT, "disabled", linkerd));
        }
        if found.is_empty() {
            return;
        }
        let homes: Vec<&Object> = out.snapshot().namespace_of(pod.object).collect();
        if homes.is_empty() {
            return out.unknown("whether their namespace is in the mesh is not known: no Namespace of its name was read");
        }
        for (place, key, value, is_in) in found {
            if homes.iter().any(|home| is_in(home)) {
                let at = pod.template.metadata_path.key(place).key(key);
                out.fail(at, "the pods stay out of the mesh that their namespace is in").value(value);
            }
        }
    }
}

const MODE: &str = "istio.io/dataplane-mode";
const INJECT: &str = "linkerd.io/inject";

fn istio(namespace: &Object) -> bool {
    let labels: &StringMap = &namespace.metadata.labels;
    match labels.get("istio-injection") {
        Some(injection) => injection == "enabled",
        None => labels.get("istio.io/rev").is_some(),
    }
}

fn ambient(namespace: &Object) -> bool {
    namespace.metadata.labels.get(MODE) == Some("ambient")
}

fn linkerd(namespace: &Object) -> bool {
    matches!(namespace.metadata.annotations.get(INJECT), Some("enabled" | "ingress"))
}
