use seawall_finding::{Fix, Pss, Safety};

crate::check::check! {
    /// /proc not mounted in the default way
    ///
    /// ## What it finds
    /// Containers with a `securityContext.procMount` other than `Default`, also in pods with a user namespace of their own
    /// (`hostUsers: false`). Without a user namespace, `unmasked-proc` tells it.
    ///
    /// ## Why it matters
    /// Root of the pod sees parts of `/proc` that are hidden otherwise, and so an attacker has more of the kernel to try. In
    /// a user namespace it cannot write the node's kernel settings. The restricted level forbids it from v1.35 on.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: build
    /// spec:
    ///   hostUsers: false
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///     securityContext:
    ///       procMount: Unmasked   # <- finding
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: build
    /// spec:
    ///   hostUsers: false
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## How to fix
    /// Remove `procMount`, unless the program makes containers of its own; then allow it there, with a reason.
    ///
    /// ## References
    /// - Pod Security Standards, restricted: /proc Mount Type
    /// - k8s.io/pod-security-admission v0.37.2 policy/check_procMount_restricted.go
    /// - KEP-4265
    id: "SW1015",
    name: "non-default-proc-mount",
    severity: Low,
    scope: Container,
    since: "0.1.0",
    profile: Strict,
    pss: Pss::restricted("procMount_restricted").since(35).overriding(&["procMount"]),
    peers: [
        trivy("KSV-0027", Narrower, "`procMount: Default` is what happens anyway"),
        kube_linter("unsafe-proc-mount", Same, ""),
        polaris("procMount", Same, ""),
    ],
    fn run(container, out) {
        let proc_mount = container.security_context().and_then(|own| own.proc_mount.as_ref());
        if let Some(proc_mount) = proc_mount.filter(|proc_mount| *proc_mount != "Default") {
            let path = container.security_path("procMount");
            out.fail(path.clone(), format!("container `{}` sees parts of /proc that runtimes hide", container.name()))
                .value(proc_mount)
                .fix(Fix::set(path, "Default", Safety::Review));
        }
    }
}
