use seawall_finding::{Fix, Pss, Safety};
use seawall_inventory::VersionRange;

/// Kernel parameters that each pod has its own of, and that do no harm to others, with the versions of the standards that
/// allow them: k8s.io/pod-security-admission policy/check_sysctls.go (v0.37.2).
const ALLOWED: &[(&str, VersionRange)] = &[
    ("kernel.shm_rmid_forced", VersionRange::ALWAYS),
    ("net.ipv4.ip_local_port_range", VersionRange::ALWAYS),
    ("net.ipv4.tcp_syncookies", VersionRange::ALWAYS),
    ("net.ipv4.ping_group_range", VersionRange::ALWAYS),
    ("net.ipv4.ip_unprivileged_port_start", VersionRange::ALWAYS),
    ("net.ipv4.ip_local_reserved_ports", VersionRange::since(27)),
    ("net.ipv4.tcp_keepalive_time", VersionRange::since(29)),
    ("net.ipv4.tcp_fin_timeout", VersionRange::since(29)),
    ("net.ipv4.tcp_keepalive_intvl", VersionRange::since(29)),
    ("net.ipv4.tcp_keepalive_probes", VersionRange::since(29)),
    ("net.ipv4.tcp_rmem", VersionRange::since(32)),
    ("net.ipv4.tcp_wmem", VersionRange::since(32)),
    ("net.ipv4.tcp_slow_start_after_idle", VersionRange::since(37)),
    ("net.ipv4.tcp_notsent_lowat", VersionRange::since(37)),
];

crate::check::check! {
    /// Kernel parameter that is not safe to set
    ///
    /// ## What it finds
    /// Items of `securityContext.sysctls` that are not among those the standards call safe. The list grew with Kubernetes: five in
    /// v1.0, fourteen in v1.37.
    ///
    /// ## Why it matters
    /// Parameters that are not safe take memory from the node without a limit (`kernel.shm*`, `kernel.msg*`) or switch off
    /// protections of the network (forwarding, `rp_filter`), to the harm of others on the node. Kubelets refuse them unless
    /// they are configured not to, so the pod runs only on a weakened node.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     sysctls:
    ///     - name: net.ipv4.ip_unprivileged_port_start
    ///       value: "80"
    ///     - name: kernel.msgmax   # <- finding
    ///       value: "65536"
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     sysctls:
    ///     - name: net.ipv4.ip_unprivileged_port_start
    ///       value: "80"
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## How to fix
    /// Remove the item. If the program needs it, let the owners of the nodes set it there, for nodes that are kept apart with a
    /// taint.
    ///
    /// ## References
    /// - Pod Security Standards, baseline: Sysctls
    /// - k8s.io/pod-security-admission v0.37.2 policy/check_sysctls.go
    id: "SW1013",
    name: "unsafe-sysctl",
    severity: Medium,
    scope: Workload,
    since: "0.1.0",
    profile: Default,
    pss: Pss::baseline("sysctls"),
    peers: [
        kubescape("C-0211", Narrower, "C-0211 holds a dozen sub-rules under one verdict; each is a check of its own here"),
        trivy("KSV-0026", Narrower, "two more sysctls are safe from v1.37 on"),
        kube_linter("unsafe-sysctls", Narrower, "KubeLinter fails by prefix, `net.` names that are safe included; anything not in the safe list fails here"),
    ],
    fn run(pod, out) {
        out.reads_pod_level(pod);
        let version = out.version();
        let allowed =
            |name: &str| ALLOWED.iter().any(|(known, versions)| *known == name && versions.contains(version));
        let sysctls = pod.security_context().map_or(&[][..], |context| &context.sysctls);
        for (index, sysctl) in sysctls.iter().enumerate().filter(|(_, sysctl)| !allowed(&sysctl.name)) {
            let item = pod.security_path("sysctls").index(index);
            out.fail(item.key("name"), format!("the pod sets `{}`, which can harm others on the node", sysctl.name))
                .value(&sysctl.name)
                .about(item.clone())
                .fix(Fix::remove(item, Safety::Review));
        }
    }
}
