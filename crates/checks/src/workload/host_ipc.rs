use seawall_finding::{Fix, Framework, Pss, Safety};

crate::check::check! {
    /// Pod in the node's IPC namespace
    ///
    /// ## What it finds
    /// Pods with `hostIPC: true`.
    ///
    /// ## Why it matters
    /// Whoever runs code in the pod reads and changes what processes of the node keep in System V shared memory and message
    /// queues: databases, agents, and other pods that share the node's IPC namespace.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   hostIPC: true   # <- finding
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
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## How to fix
    /// Remove `hostIPC: true`. Containers of one pod share an IPC namespace anyway: put the programs that exchange memory in
    /// one pod.
    ///
    /// ## References
    /// - Pod Security Standards, baseline: Host Namespaces
    /// - k8s.io/pod-security-admission v0.37.2 policy/check_hostNamespaces.go
    /// - CIS Kubernetes Benchmark 5.2.4
    id: "SW1004",
    name: "host-ipc",
    severity: Medium,
    scope: Workload,
    since: "0.1.0",
    profile: Default,
    pss: Pss::baseline("hostNamespaces"),
    frameworks: [Framework { name: "cis-1.12", control: "5.2.4" }],
    peers: [
        kubescape("C-0038", Narrower, "C-0038 is hostPID and hostIPC in one; the other half is SW1003"),
        kubescape("C-0195", Narrower, "the peer fails a namespace that would admit it; Seawall fails the pod that does it, the namespace is SW9004's"),
        kubescape("C-0276", Same, ""),
        trivy("KSV-0008", Same, ""),
        checkov("CKV_K8S_18", Same, ""),
        kube_linter("host-ipc", Same, ""),
        polaris("hostIPCSet", Same, ""),
        kubesec("HostIPC", Same, ""),
    ],
    fn run(pod, out) {
        out.reads_pod_level(pod);
        if pod.spec().host_ipc == Some(true) {
            let path = pod.path("hostIPC");
            out.fail(path.clone(), "the pod shares memory and message queues with the processes of the node")
                .value("true")
                .fix(Fix::set(path, false, Safety::Review));
        }
    }
}
