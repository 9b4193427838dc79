use seawall_finding::{Fix, Framework, Pss, Safety};

crate::check::check! {
    /// Pod in the node's network
    ///
    /// ## What it finds
    /// Pods with `hostNetwork: true`.
    ///
    /// ## Why it matters
    /// Whoever runs code in the pod reaches what listens on the node's loopback (the kubelet, agents, often without
    /// authentication), and is not bound by NetworkPolicies. He can take any free port of the node, and asks the cloud's
    /// metadata service as the node. With `NET_RAW`, which many runtimes give by default, he reads the node's traffic.
    ///
    /// The API server also makes every `containerPort` of such a Pod a `hostPort`, which is not reported again.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   hostNetwork: true   # <- finding
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
    /// Remove `hostNetwork: true`, and let others reach the pod through a Service. Network plugins and node agents that
    /// configure the node itself need it: keep those in a namespace of their own and allow it there, with a reason.
    ///
    /// ## References
    /// - Pod Security Standards, baseline: Host Namespaces
    /// - k8s.io/pod-security-admission v0.37.2 policy/check_hostNamespaces.go
    /// - CIS Kubernetes Benchmark 5.2.5
    id: "SW1002",
    name: "host-network",
    severity: High,
    scope: Workload,
    since: "0.1.0",
    profile: Default,
    pss: Pss::baseline("hostNamespaces"),
    frameworks: [
        Framework { name: "cis-1.12", control: "5.2.5" },
        Framework { name: "mitre", control: "T1611" },
    ],
    // On the host's network a hostPort is but the port that the container listens on.
    subsumes: ["SW1006"],
    peers: [
        kubescape("C-0041", Same, ""),
        kubescape("C-0196", Narrower, "the peer fails a namespace that would admit it; Seawall fails the pod that does it, the namespace is SW9004's"),
        trivy("KSV-0009", Same, ""),
        checkov("CKV_K8S_19", Same, ""),
        kube_linter("host-network", Same, ""),
        polaris("hostNetworkSet", Same, ""),
        kubesec("HostNetwork", Same, ""),
    ],
    fn run(pod, out) {
        out.reads_pod_level(pod);
        if pod.spec().host_network == Some(true) {
            let path = pod.path("hostNetwork");
            out.fail(path.clone(), "the pod is in the node's network: it reaches the node's loopback and passes NetworkPolicies")
                .value("true")
                .fix(Fix::set(path, false, Safety::Review));
        }
    }
}
