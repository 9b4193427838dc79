use seawall_finding::{Fix, Pss, Safety, Severity};
use seawall_inventory::VersionRange;

/// Types that confine a container as much as the default one does, and the versions of the standards that allow them:
/// k8s.io/pod-security-admission policy/check_seLinuxOptions.go (v0.37.2).
const ALLOWED_TYPES: &[(&str, VersionRange)] = &[
    ("", VersionRange::ALWAYS),
    ("container_t", VersionRange::ALWAYS),
    ("container_init_t", VersionRange::ALWAYS),
    ("container_kvm_t", VersionRange::ALWAYS),
    ("container_engine_t", VersionRange::since(31)),
];

/// Types that confine nothing: container_selinux(8), selinux(8).
const UNCONFINED_TYPES: &[&str] = &["spc_t", "unconfined_t", "container_runtime_t", "init_t", "kernel_t"];

crate::check::check! {
    /// SELinux context of the container's choice
    ///
    /// ## What it finds
    /// Pods and containers that set `seLinuxOptions.user` or `role`, or a `type` other than `container_t`,
    /// `container_init_t`, `container_kvm_t` and (from v1.31 on) `container_engine_t`. High for types that confine nothing, such as
    /// `spc_t`.
    ///
    /// ## Why it matters
    /// On nodes with SELinux, another type may be allowed to read the node's files or to manage its containers, where the
    /// default `container_t` may touch only what belongs to containers.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     seLinuxOptions:
    ///       level: s0:c123,c456
    ///       type: spc_t   # <- finding: high
    ///       role: system_r   # <- finding
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///     securityContext:
    ///       seLinuxOptions:
    ///         user: system_u   # <- finding
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     seLinuxOptions:
    ///       level: s0:c123,c456
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///     securityContext:
    ///       seLinuxOptions:
    ///         type: container_init_t
    /// ```
    /// ## How to fix
    /// Remove `user`, `role` and `type`. What a pod needs for its volumes is the `level`, which may be set. If the program needs
    /// more than `container_t` allows, let the node's policy allow it (`udica` writes such policies).
    ///
    /// ## References
    /// - Pod Security Standards, baseline: SELinux
    /// - k8s.io/pod-security-admission v0.37.2 policy/check_seLinuxOptions.go
    id: "SW1010",
    name: "custom-selinux-options",
    severity: Medium,
    scope: Workload,
    since: "0.1.0",
    profile: Default,
    pss: Pss::baseline("seLinuxOptions"),
    peers: [
        kubescape("C-0211", Narrower, "C-0211 holds a dozen sub-rules under one verdict; each is a check of its own here"),
        trivy("KSV-0025", Narrower, "`container_engine_t` is allowed from v1.31 on"),
    ],
    fn run(pod, out) {
        out.reads_pod_level(pod);
        let version = out.version();
        let allowed = |type_: &str| {
            ALLOWED_TYPES.iter().any(|(name, versions)| *name == type_ && versions.contains(version))
        };
        let settings = pod.settings(
            "seLinuxOptions",
            |pod| pod.se_linux_options.as_deref(),
            |container| container.se_linux_options.as_deref(),
        );
        for setting in settings {
            let options = setting.value;
            let fields = [
                ("type", &options.type_, !allowed(&options.type_)),
                ("user", &options.user, !options.user.is_empty()),
                ("role", &options.role, !options.role.is_empty()),
            ];
            for (field, value, _) in fields.into_iter().filter(|(.., wrong)| *wrong) {
                let path = setting.path().key(field);
                let unconfined = field == "type" && UNCONFINED_TYPES.contains(&value.as_str());
                let effect = if unconfined { "SELinux confines nothing there" } else { "SELinux confines it differently" };
                let message = format!("{} chooses its own SELinux {field}: {effect}", setting.owner());
                let draft = out.fail(path.clone(), message).value(value).about(setting.anchor());
                let draft = if unconfined { draft.severity(Severity::High) } else { draft };
                draft.fix(Fix::remove(path, Safety::Review));
            }
        }
    }
}
