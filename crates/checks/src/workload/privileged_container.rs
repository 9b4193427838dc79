use seawall_finding::{Fix, Framework, Pss, Safety};

crate::check::check! {
    /// Privileged container
    ///
    /// ## What it finds
    /// Containers (init, sidecar, regular and ephemeral) with `securityContext.privileged: true`.
    ///
    /// ## Why it matters
    /// Whoever runs code in a privileged container is root on the node: it has all capabilities and all devices of the node, and no
    /// seccomp, AppArmor or SELinux confinement, so that mounting the node's disk takes one command.
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
    ///       privileged: true   # <- finding
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
    ///       privileged: false
    /// ```
    /// ## How to fix
    /// Remove `privileged: true`. If the program needs one power of the host, grant that one: a capability, a device through
    /// a device plugin, or a read-only mount of one path.
    ///
    /// ## References
    /// - Pod Security Standards, baseline: Privileged Containers
    /// - k8s.io/pod-security-admission v0.37.2 policy/check_privileged.go
    id: "SW1001",
    name: "privileged-container",
    severity: Critical,
    scope: Container,
    since: "0.1.0",
    profile: Default,
    pss: Pss::baseline("privileged"),
    frameworks: [
        Framework { name: "cis-1.12", control: "5.2.2" },
        Framework { name: "mitre", control: "T1611" },
    ],
    // What these say about the container is how privileged containers are: it has every capability, and no profile of
    // seccomp, AppArmor or SELinux confines it whatever is set.
    subsumes: ["SW1008", "SW1009", "SW1010", "SW1011", "SW1012", "SW1015", "SW1017", "SW1020", "SW1021", "SW1022"],
    peers: [
        kubescape("C-0057", Same, ""),
        kubescape("C-0193", Narrower, "the peer fails a namespace that would admit it; Seawall fails the pod that does it, the namespace is SW9004's"),
        trivy("KSV-0017", Same, ""),
        checkov("CKV_K8S_16", Same, ""),
        kube_linter("privileged-container", Same, ""),
        polaris("runAsPrivileged", Same, ""),
        kube_score("container-security-context-privileged", Same, ""),
        kubesec("Privileged", Same, ""),
    ],
    fn run(container, out) {
        if container.is_privileged() {
            let path = container.security_path("privileged");
            out.fail(path.clone(), format!("container `{}` is privileged: it is root on the node", container.name()))
                .value("true")
                .fix(Fix::set(path, false, Safety::Review));
        }
    }
}
