use seawall_finding::{Fix, Framework, Pss, Safety};

use super::capability;

/// Capabilities that may be added: those that runtimes give by default, less `NET_RAW`. `capabilities_allowed_1_0` of
/// k8s.io/pod-security-admission policy/check_capabilities_baseline.go (v0.37.2).
const ALLOWED: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

crate::check::check! {
    /// Capability beyond the default set
    ///
    /// ## What it finds
    /// Containers that add a Linux capability which runtimes do not give by default, or `NET_RAW`. How bad it is depends on the
    /// capability: critical for those from which known ways lead to root on the node (`ALL`, `SYS_ADMIN`, `SYS_MODULE`,
    /// `DAC_READ_SEARCH`, `SYS_RAWIO`, and `SYS_PTRACE` together with `hostPID`); medium at most in a user namespace
    /// (`hostUsers: false`), where capabilities count only against what is in it.
    ///
    /// ## Why it matters
    /// Each capability hands the container a part of root's power over the kernel that it shares with the node: `SYS_ADMIN`
    /// mounts the node's disk, `SYS_MODULE` loads code into its kernel, `DAC_READ_SEARCH` reads any of its files, `NET_RAW`
    /// lets the container pose as its neighbours.
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
    ///       capabilities:
    ///         add:
    ///         - NET_BIND_SERVICE
    ///         - SYS_ADMIN   # <- finding: critical
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
    ///       capabilities:
    ///         add:
    ///         - NET_BIND_SERVICE
    ///         drop:
    ///         - ALL
    /// ```
    /// ## How to fix
    /// Remove the capability and see what fails: often it was added to make an error go away. What needs raw sockets for `ping`
    /// works without (`net.ipv4.ping_group_range` is set by runtimes); what mounts can often use a CSI volume; what really needs
    /// a power over the node belongs in a small agent of its own.
    ///
    /// ## References
    /// - Pod Security Standards, baseline: Capabilities
    /// - k8s.io/pod-security-admission v0.37.2 policy/check_capabilities_baseline.go
    /// - capabilities(7)
    id: "SW1008",
    name: "added-capability",
    severity: High,
    scope: Container,
    since: "0.1.0",
    profile: Default,
    pss: Pss::baseline("capabilities_baseline"),
    frameworks: [Framework { name: "mitre", control: "T1611" }],
    subsumes: ["SW1022"],
    peers: [
        kubescape("C-0046", Wider, "any capability beyond the default set, with a severity each; Kubescape has a list"),
        kubescape("C-0199", Narrower, "the peer fails a namespace that would admit it; Seawall fails the pod that does it, the namespace is SW9004's"),
        kubescape("C-0200", Narrower, "the peer fails a namespace that would admit it; Seawall fails the pod that does it, the namespace is SW9004's"),
        trivy("KSV-0005", Wider, "all capabilities beyond the default set, not one"),
        trivy("KSV-0022", Narrower, "a capability that runtimes give anyway adds nothing here; the rest is SW1022"),
        trivy("KSV-0119", Wider, "all capabilities beyond the default set, not one"),
        trivy("KSV-0120", Wider, "all capabilities beyond the default set, not one"),
        checkov("CKV_K8S_25", Narrower, "a capability that runtimes give anyway adds nothing here; the rest is SW1022"),
        checkov("CKV_K8S_39", Wider, "all capabilities beyond the default set, not one"),
        kube_linter("drop-net-raw-capability", Narrower, "adding NET_RAW is here, not dropping it is SW1021"),
        kube_linter("verify-container-capabilities", Narrower, "a template that asks for nothing until configured"),
        polaris("dangerousCapabilities", Wider, "all capabilities beyond the default set"),
        kubesec("CapSysAdmin", Wider, "all capabilities beyond the default set, not one"),
    ],
    fn run(container, out) {
        for added in capability::added(container).filter(|added| !ALLOWED.contains(&added.name)) {
            let path = added.path();
            out.fail(path.clone(), added.message())
                .value(added.name)
                .keyed(added.name)
                .about(path.clone())
                .severity(added.severity())
                .fix(Fix::remove(path, Safety::Review));
        }
    }
}
