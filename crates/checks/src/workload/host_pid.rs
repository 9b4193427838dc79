use seawall_finding::{Fix, Framework, Pss, Safety};

crate::check::check! {
    /// Pod among the node's processes
    ///
    /// ## What it finds
    /// Pods with `hostPID: true`.
    ///
    /// ## Why it matters
    /// Whoever runs code in the pod reads the command lines of all processes of the node, which often hold credentials, and
    /// can stop or inspect those of other pods that run as the same user. With `SYS_PTRACE`, or when privileged, it is one
    /// step to root on the node: `nsenter -t 1 -a`.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   hostPID: true   # <- finding
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
    ///   hostPID: false
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## How to fix
    /// Remove `hostPID: true`. For containers of one pod that must see each other's processes, set `shareProcessNamespace: true`
    /// instead; to look into a running pod, use `kubectl debug --target`.
    ///
    /// ## References
    /// - Pod Security Standards, baseline: Host Namespaces
    /// - k8s.io/pod-security-admission v0.37.2 policy/check_hostNamespaces.go
    /// - CIS Kubernetes Benchmark 5.2.3
    id: "SW1003",
    name: "host-pid",
    severity: High,
    scope: Workload,
    since: "0.1.0",
    profile: Default,
    pss: Pss::baseline("hostNamespaces"),
    frameworks: [
        Framework { name: "cis-1.12", control: "5.2.3" },
        Framework { name: "mitre", control: "T1611" },
    ],
    peers: [
        kubescape("C-0038", Narrower, "C-0038 is hostPID and hostIPC in one; the other half is SW1004"),
        kubescape("C-0194", Narrower, "the peer fails a namespace that would admit it; Seawall fails the pod that does it, the namespace is SW9004's"),
        kubescape("C-0275", Same, ""),
        trivy("KSV-0010", Same, ""),
        checkov("CKV_K8S_17", Same, ""),
        kube_linter("host-pid", Same, ""),
        polaris("hostPIDSet", Same, ""),
        kubesec("HostPID", Same, ""),
    ],
    fn run(pod, out) {
        out.reads_pod_level(pod);
        if pod.spec().host_pid == Some(true) {
            let path = pod.path("hostPID");
            out.fail(path.clone(), "the pod sees all processes of the node, and can interfere with them")
                .value("true")
                .fix(Fix::set(path, false, Safety::Review));
        }
    }
}
