use seawall_finding::{Fix, Safety};

crate::check::check! {
    /// Root group given to a container
    ///
    /// ## What it finds
    /// Group id 0 in `runAsGroup`, `fsGroup` or `supplementalGroups`. What the image itself sets is not seen.
    ///
    /// ## Why it matters
    /// Files that belong to group root are readable, and often writable, for the container: those of its image, and on
    /// mounted paths of the node those of the node. Many programs keep group-readable secrets there.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     runAsUser: 10001
    ///     fsGroup: 0   # <- finding
    ///     supplementalGroups: [2000, 0]   # <- finding
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///     securityContext:
    ///       runAsGroup: 0   # <- finding
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     runAsUser: 10001
    ///     runAsGroup: 10001
    ///     fsGroup: 2000
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## How to fix
    /// Give a group of its own, such as the user's id. Images built for OpenShift rely on group 0 for files that their
    /// random user must write: there, give the files another group when the image is built.
    ///
    /// ## References
    /// - Kubernetes documentation: Configure a Security Context
    /// - CIS Kubernetes Benchmark 5.7.3
    id: "SW1038",
    name: "root-group",
    severity: Low,
    scope: Workload,
    since: "0.1.0",
    profile: Strict,
    peers: [
        kubescape("C-0211", Narrower, "only group 0 fails: an absent fsGroup or supplementalGroups weakens nothing"),
        trivy("KSV-0116", Same, ""),
        kube_linter("run-as-non-root", Narrower, "the part of the group"),
    ],
    fn run(pod, out) {
        out.reads_pod_level(pod);
        if pod.is_windows() || pod.has_user_namespace() {
            return out.not_applicable();
        }
        for setting in pod.settings("runAsGroup", |pod| pod.run_as_group, |own| own.run_as_group) {
            if setting.value == 0 {
                out.fail(setting.path(), format!("{} has root as its group", setting.owner()))
                    .value("0")
                    .about(setting.anchor());
            }
        }
        let Some(context) = pod.security_context() else { return };
        if context.fs_group == Some(0) {
            out.fail(
                pod.security_path("fsGroup"),
                "volumes of the pod belong to group root, and so do its containers",
            )
            .value("0");
        }
        for (index, _) in context.supplemental_groups.iter().enumerate().filter(|(_, group)| **group == 0) {
            let path = pod.security_path("supplementalGroups").index(index);
            out.fail(path.clone(), "containers of the pod are also in group root")
                .value("0")
                .keyed("0")
                .fix(Fix::remove(path, Safety::Review));
        }
    }
}
