use super::reference::images;

crate::check::check! {
    /// Moving tag that is pulled only once
    ///
    /// ## What it finds
    /// Images whose tag is `latest` (or not given) with `imagePullPolicy: IfNotPresent` or `Never`; `pullPolicy` of an `image` volume. Without a policy
    /// Kubernetes pulls `latest` each time.
    ///
    /// ## Why it matters
    /// Each node keeps what it pulled first: replicas run different programs for months, and a fix that was pushed never
    /// arrives.
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
    ///     image: registry.example/app:latest
    ///     imagePullPolicy: IfNotPresent   # <- finding
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
    ///       reference: registry.example/model:latest
    ///       pullPolicy: IfNotPresent   # <- finding
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
    ///     imagePullPolicy: IfNotPresent
    /// ```
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:latest
    /// ```
    /// ## How to fix
    /// Name the version of the image; then `IfNotPresent` is right.
    ///
    /// ## References
    /// - k8s.io/kubernetes v1.36.3 pkg/apis/core/v1/defaults.go: SetDefaults_Container
    /// - Kubernetes documentation: Images, image pull policy
    id: "SW5003",
    name: "stale-image",
    severity: Low,
    scope: Workload,
    since: "0.1.0",
    profile: Default,
    subsumes: ["SW5001", "SW5002", "SW5007"],
    peers: [
        kubescape("C-0075", Same, ""),
        checkov("CKV_K8S_15", Narrower, "a version that does not move need not be pulled again; rights to cached images: SW5007"),
        kube_linter("image-pull-policy", Narrower, "a version that does not move need not be pulled again; rights to cached images: SW5007"),
        polaris("pullPolicyNotAlways", Narrower, "a version that does not move need not be pulled again; rights to cached images: SW5007"),
        kube_score("container-image-pull-policy", Narrower, "a version that does not move need not be pulled again; rights to cached images: SW5007"),
    ],
    fn run(pod, out) {
        let mut any = false;
        for pulled in images(pod) {
            any = true;
            let Some(image) = pulled.reference(out) else { continue };
            let Some(policy) = pulled.pull_policy() else { continue };
            if image.effective_tag() == Some("latest") && policy != "Always" {
                let message =
                    format!("{pulled} {} whatever `latest` was when the node first pulled it", pulled.uses());
                out.fail(pulled.policy_path(), message)
                    .value(policy)
                    .related(pulled.path(), "the image")
                    .about(pulled.place());
            }
        }
        if !any {
            out.not_applicable();
        }
    }
}
