use seawall_yaml::Path;

use super::behind::Behind;

crate::check::check! {
    /// Service that selects nothing
    ///
    /// ## What it finds
    /// Services whose selector no pod and no pod template of their namespace matches. That is known where all pods of the namespace were
    /// read, as from a cluster; in files it is unknown, since the pods may be elsewhere, and the report says which ones almost match.
    /// Services without a selector and of type `ExternalName` are not asked.
    ///
    /// ## Why it matters
    /// Whoever connects is refused, often for a label that was renamed in one place of two. And a Service that is left over answers again for
    /// whoever creates pods with its labels: its name is trusted by then.
    ///
    /// ## Bad
    /// ```yaml bad
    /// # with cluster: all
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: web
    ///   namespace: shop
    /// spec:
    ///   selector:   # <- finding
    ///     app: web
    ///     tier: front
    ///   ports:
    ///   - port: 80
    /// ---
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: web
    ///   namespace: shop
    /// spec:
    ///   selector:
    ///     matchLabels:
    ///       app: web
    ///   template:
    ///     metadata:
    ///       labels:
    ///         app: web
    ///     spec:
    ///       containers:
    ///       - name: app
    ///         image: registry.example/app:1.0
    /// ```
    /// ## Good
    /// ```yaml good
    /// # with cluster: all
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: web
    ///   namespace: shop
    /// spec:
    ///   selector:
    ///     app: web
    ///   ports:
    ///   - port: 80
    /// ---
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: web
    ///   namespace: shop
    /// spec:
    ///   selector:
    ///     matchLabels:
    ///       app: web
    ///   template:
    ///     metadata:
    ///       labels:
    ///         app: web
    ///     spec:
    ///       containers:
    ///       - name: app
    ///         image: registry.example/app:1.0
    /// ```
    /// ## How to fix
    /// Select labels of the pod template, not those of the Deployment around it; or delete the Service.
    ///
    /// ## References
    /// - k8s.io/api v0.36.3 core/v1: ServiceSpec, selector
    /// - k8s.io/endpointslice v0.36.3 reconciler.go
    id: "SW3016",
    name: "service-selects-nothing",
    severity: Low,
    scope: Object,
    subjects: ["Service"],
    reads: ["pods"],
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0293", Narrower, "pods that are not read may be in the cluster: unknown, not failed"),
        kube_linter("dangling-service", Narrower, "pods that are not read may be in the cluster: unknown, not failed"),
        kube_score("service-targets-pod", Narrower, "pods that are not read may be in the cluster: unknown, not failed"),
        popeye("POP-1100", Narrower, "a template that is scaled to zero is what is meant, though no pod runs"),
        popeye("POP-1105", Narrower, "pods that are not ready come and go: their absence is no defect of the Service"),
    ],
    fn run(object, out) {
        let Some(service) = object.body.service() else { return out.not_applicable() };
        match Behind::of(object, service, out.snapshot()) {
            Behind::NotByLabels => out.not_applicable(),
            Behind::Pods(_) => {}
            Behind::Unknown(reason) => out.unknown(reason),
            Behind::Nothing(nearest) => {
                let but = nearest.map(|nearest| format!(": {nearest}")).unwrap_or_default();
                out.fail(
                    Path::root().field("spec").field("selector"),
                    format!("no pod and no template has the labels that the Service selects{but}"),
                )
                .derived("it leads nowhere");
            }
        }
    }
}
