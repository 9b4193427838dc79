use seawall_finding::{Fix, Framework, Pss, Safety};

use super::exemption::relaxed_by_user_namespace;

crate::check::check! {
    /// Kernel settings in /proc unmasked
    ///
    /// ## What it finds
    /// Containers with a `securityContext.procMount` other than `Default`, in pods without a user namespace of their own
    /// (`hostUsers: false`; from v1.35 on that makes the difference).
    ///
    /// ## Why it matters
    /// Root in the container writes the node's kernel settings: a program that it names in `/proc/sys/kernel/core_pattern` is
    /// run as root on the node. By default, runtimes hide parts of `/proc` from containers and make others read-only.
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
    ///       procMount: Unmasked   # <- finding
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   hostUsers: false
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///     securityContext:
    ///       procMount: Unmasked
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: plain
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///     securityContext:
    ///       procMount: Default
    /// ```
    /// ## How to fix
    /// Remove `procMount`. A program that makes containers of its own (a build, a nested runtime) gets `hostUsers: false`
    /// beside it: then root in the pod is nobody on the node.
    ///
    /// ## References
    /// - Pod Security Standards, baseline: /proc Mount Type
    /// - k8s.io/pod-security-admission v0.37.2 policy/check_procMount_baseline.go
    /// - KEP-4265, KEP-127
    id: "SW1011",
    name: "unmasked-proc",
    severity: High,
    scope: Container,
    since: "0.1.0",
    profile: Default,
    pss: Pss::baseline("procMount"),
    frameworks: [Framework { name: "mitre", control: "T1611" }],
    subsumes: ["SW1015"],
    peers: [
        kubescape("C-0211", Narrower, "C-0211 holds a dozen sub-rules under one verdict; each is a check of its own here"),
        trivy("KSV-0027", Narrower, "`procMount: Default` is what happens anyway; with a user namespace see SW1015"),
        kube_linter("unsafe-proc-mount", Narrower, "with a user namespace of its own (v1.35) the pod unmasks only its own"),
        polaris("procMount", Narrower, "with a user namespace of its own (v1.35) the pod unmasks only its own"),
    ],
    fn run(container, out) {
        if relaxed_by_user_namespace(&container.pod, out.version()) {
            return;
        }
        let proc_mount = container.security_context().and_then(|own| own.proc_mount.as_ref());
        if let Some(proc_mount) = proc_mount.filter(|proc_mount| *proc_mount != "Default") {
            let path = container.security_path("procMount");
            out.fail(path.clone(), format!("container `{}` can write kernel settings of the node in /proc", container.name()))
                .value(proc_mount)
                .fix(Fix::set(path, "Default", Safety::Review));
        }
    }
}
