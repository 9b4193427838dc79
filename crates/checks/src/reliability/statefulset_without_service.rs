use seawall_inventory::selector::{LabelSelector, Selector};

crate::check::check! {
    /// StatefulSet without its Service
    ///
    /// ## What it finds
    /// StatefulSets without a `serviceName`, and those whose Service is read and is not headless (`clusterIP: None`) or does not
    /// select their pods. A Service that is not among the objects read is unknown; a set
    /// with `replicas: 0` is not asked.
    ///
    /// ## Why it matters
    /// The names that belong to each pod (`store-0.store`) are not in DNS: replicas do not find each other, or find another one. A set
    /// whose pods are reached through another Service does not need them, which is why it is asked of hardened clusters only.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: apps/v1
    /// kind: StatefulSet
    /// metadata:
    ///   name: store
    /// spec:
    ///   serviceName: store   # <- finding
    ///   selector:
    ///     matchLabels:
    ///       app: store
    ///   template:
    ///     metadata:
    ///       labels:
    ///         app: store
    ///     spec:
    ///       containers:
    ///       - name: store
    ///         image: registry.example/store:1.0
    /// ---
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: store
    /// spec:
    ///   selector:
    ///     app: store
    ///   ports:
    ///   - port: 5432
    /// ```
    /// ```yaml bad
    /// apiVersion: apps/v1
    /// kind: StatefulSet
    /// metadata:
    ///   name: store
    /// spec:   # <- finding
    ///   selector:
    ///     matchLabels:
    ///       app: store
    ///   template:
    ///     metadata:
    ///       labels:
    ///         app: store
    ///     spec:
    ///       containers:
    ///       - name: store
    ///         image: registry.example/store:1.0
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: apps/v1
    /// kind: StatefulSet
    /// metadata:
    ///   name: store
    /// spec:
    ///   serviceName: store
    ///   selector:
    ///     matchLabels:
    ///       app: store
    ///   template:
    ///     metadata:
    ///       labels:
    ///         app: store
    ///     spec:
    ///       containers:
    ///       - name: store
    ///         image: registry.example/store:1.0
    /// ---
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: store
    /// spec:
    ///   clusterIP: None
    ///   selector:
    ///     app: store
    ///   ports:
    ///   - port: 5432
    /// ```
    /// ## How to fix
    /// Name a Service with `clusterIP: None` that selects the labels of the set's pods.
    ///
    /// ## References
    /// - k8s.io/api v0.36.3 apps/v1: StatefulSetSpec, serviceName
    /// - Kubernetes documentation: StatefulSets, stable network ID
    id: "SW6038",
    name: "statefulset-without-service",
    severity: Low,
    scope: Workload,
    reads: ["Service"],
    since: "0.1.0",
    profile: Strict,
    peers: [
        kube_score("statefulset-has-servicename", Narrower, "a Service that is not read is unknown"),
    ],
    fn run(pod, out) {
        let is_set = pod.object.group() == "apps" && pod.object.kind == "StatefulSet";
        let Some(controller) = pod.template.controller.as_ref().filter(|_| is_set) else {
            return out.not_applicable();
        };
        if controller.spec.replicas == Some(0) {
            return out.not_applicable();
        }
        let name = &controller.spec.rare().service_name;
        let path = || controller.path.key("serviceName");
        if name.is_empty() {
            if !pod.object.malformed {
                out.fail(path(), "the set names no Service").missing("its pods have no names in DNS");
            }
            return;
        }
        let services = out.snapshot().named(pod.object, "", "Service", name);
        let mut services = services.filter_map(|service| service.body.service()).peekable();
        if services.peek().is_none() {
            return out.unknown("the Service of the set is not among the objects read");
        }
        for service in services {
            let labels = LabelSelector { match_labels: service.selector.clone(), ..LabelSelector::default() };
            let selects = service.selector.iter().next().is_some()
                && Selector::of(Some(&labels)).is_ok_and(|selector| selector.matches(&pod.template.labels));
            let reason = if service.cluster_ip != "None" {
                "is not headless"
            } else if !selects {
                "does not select its pods"
            } else {
                continue;
            };
            out.fail(path(), format!("the Service `{name}` of the set {reason}")).value(name);
            return;
        }
    }
}
