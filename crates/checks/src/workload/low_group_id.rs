use seawall_finding::{Param, ParamDefault};

crate::check::check! {
    /// Low group id
    ///
    /// ## What it finds
    /// Containers whose group id (`runAsGroup`, their own or the pod's) is not above the parameter `above` (10000), and not
    /// 0. That none is given is another check's matter: `root-group`.
    ///
    /// ## Why it matters
    /// A container that broke out, or that mounts a path of the node, can touch the files and processes of whoever has the
    /// same id on the node, and a low one is likely to be that of a service or a person there.
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
    ///     image: registry.example/app:1.0
    ///     securityContext:
    ///       runAsGroup: 1000   # <- finding
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
    ///     securityContext:
    ///       runAsGroup: 10001
    /// ```
    /// ## How to fix
    /// Choose an id above 10000 that no user of the nodes has, and let the image's files belong to it. With a user
    /// namespace (`hostUsers: false`) the ids of the node are others anyway.
    ///
    /// ## References
    /// - Kubernetes documentation: Configure a Security Context
    /// - KEP-127: user namespaces
    id: "SW1037",
    name: "low-group-id",
    severity: Info,
    scope: Container,
    since: "0.1.0",
    profile: All,
    params: [Param { name: "above", doc: "Ids up to this one are low.", default: ParamDefault::Int(10_000) }],
    peers: [
        trivy("KSV-0021", Narrower, "no group given is not a low group"),
        kube_score("container-security-context-user-group-id", Narrower, "no group given is not a low group; the user is SW1036"),
        kubesec("RunAsGroup", Narrower, "no group given is not a low group"),
    ],
    fn run(container, out) {
        if container.pod.has_user_namespace() {
            return;
        }
        let Some(effective) = container.run_as_group() else { return out.reads_pod_level(&container.pod) };
        let above = out.param_int("above");
        if effective.value > 0 && effective.value <= above {
            let message = format!(
                "container `{}` runs with group id {}, which may be somebody's on the node",
                container.name(),
                effective.value
            );
            out.fail(effective.path(), message).value(effective.value.to_string());
        }
    }
}
