use seawall_finding::{Fix, Framework, Pss, Safety};

crate::check::check! {
    /// Windows HostProcess container
    ///
    /// ## What it finds
    /// Pods and containers with `securityContext.windowsOptions.hostProcess: true`.
    ///
    /// ## Why it matters
    /// Whoever runs code in a HostProcess container owns the Windows node: it is a process of the node with access to its
    /// disk and network and, as the user it names (often `NT AUTHORITY\SYSTEM`), to everything else. It is what `privileged`
    /// is on Linux.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   os:
    ///     name: windows
    ///   hostNetwork: true
    ///   securityContext:
    ///     windowsOptions:
    ///       hostProcess: true   # <- finding
    ///       runAsUserName: NT AUTHORITY\SYSTEM
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
    ///   os:
    ///     name: windows
    ///   securityContext:
    ///     windowsOptions:
    ///       runAsUserName: ContainerUser
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## How to fix
    /// Remove `hostProcess: true` and run as `ContainerUser`. Programs that manage the node itself (network plugins, drivers) need
    /// it: keep them in a namespace of their own and allow it there, with a reason.
    ///
    /// ## References
    /// - Pod Security Standards, baseline: HostProcess
    /// - k8s.io/pod-security-admission v0.37.2 policy/check_windowsHostProcess.go
    id: "SW1007",
    name: "windows-host-process",
    severity: Critical,
    scope: Workload,
    since: "0.1.0",
    profile: Default,
    pss: Pss::baseline("windowsHostProcess"),
    frameworks: [Framework { name: "mitre", control: "T1611" }],
    peers: [
        kubescape("C-0202", Narrower, "the peer fails a namespace that would admit it; Seawall fails the pod that does it, the namespace is SW9004's"),
        trivy("KSV-0103", Wider, "Trivy reads the pod-level setting of bare Pods only"),
        polaris("hostProcess", Same, ""),
    ],
    fn run(pod, out) {
        out.reads_pod_level(pod);
        let settings = pod.settings(
            "windowsOptions",
            |pod| pod.windows_options.as_ref()?.host_process,
            |container| container.windows_options.as_ref()?.host_process,
        );
        for setting in settings.filter(|setting| setting.value) {
            let path = setting.path().key("hostProcess");
            out.fail(path.clone(), format!("{} runs as a process of the Windows node, past all isolation", setting.owner()))
                .value("true")
                .about(setting.anchor())
                .fix(Fix::set(path, false, Safety::Review));
        }
    }
}
