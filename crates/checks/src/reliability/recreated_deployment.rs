crate::check::check! {
    /// Deployment that is taken down to be updated
    ///
    /// ## What it finds
    /// Deployments with `strategy.type: Recreate`.
    ///
    /// ## Why it matters
    /// Each rollout ends all pods before it starts new ones: the service is gone meanwhile, and stays so when the new
    /// version does not start.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: web
    /// spec:
    ///   strategy:
    ///     type: Recreate   # <- finding
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
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata:
    ///   name: web
    /// spec:
    ///   strategy:
    ///     type: RollingUpdate
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
    /// Use `RollingUpdate`. When a volume can be mounted by one pod only, a StatefulSet says so better.
    ///
    /// ## References
    /// - Kubernetes documentation: Deployments, strategy
    id: "SW6017",
    name: "recreated-deployment",
    severity: Info,
    scope: Workload,
    since: "0.1.0",
    profile: All,
    peers: [
        kubescape("C-0305", Same, ""),
        kube_linter("no-rolling-update-strategy", Narrower, "none given is RollingUpdate"),
        kube_score("deployment-strategy", Wider, "without a Service that is read too"),
    ],
    fn run(pod, out) {
        let is_deployment = pod.object.kind == "Deployment";
        let Some(controller) = pod.template.controller.as_ref().filter(|_| is_deployment) else {
            return out.not_applicable();
        };
        if controller.spec.strategy.as_ref().is_some_and(|strategy| strategy.type_ == "Recreate") {
            out.fail(controller.path.key("strategy").key("type"), "each rollout takes the service down")
                .value("Recreate");
        }
    }
}
