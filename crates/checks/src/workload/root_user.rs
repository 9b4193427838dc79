use seawall_finding::{Fix, Framework, Pss, Safety};

use super::exemption::relaxed_by_user_namespace;

crate::check::check! {
    /// Container runs as root
    ///
    /// ## What it finds
    /// Pods and containers with `securityContext.runAsUser: 0`. Pods with a user namespace of their own (`hostUsers: false`) are
    /// exempt from v1.35 on.
    ///
    /// ## Why it matters
    /// An attacker in the container is root there: the same user as root on the node, held back only by namespaces and the
    /// lack of some capabilities. Here it is even asked for, whatever user the image names.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     fsGroup: 2000
    ///     runAsUser: 0   # <- finding
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///   - name: proxy
    ///     image: registry.example/proxy:1.0
    ///     securityContext:
    ///       runAsGroup: 2000
    ///       runAsUser: 0   # <- finding
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     runAsNonRoot: true
    ///     runAsUser: 10001
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: build
    /// spec:
    ///   hostUsers: false
    ///   securityContext:
    ///     runAsUser: 0
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## How to fix
    /// Remove `runAsUser: 0` and set `runAsNonRoot: true`. Change the image so that the program's files belong to its user and
    /// it listens on a port above 1023. What must be root gets `hostUsers: false`: then it is root in the pod only.
    ///
    /// ## References
    /// - Pod Security Standards, restricted: Running as Non-root user
    /// - k8s.io/pod-security-admission v0.37.2 policy/check_runAsUser.go
    /// - CIS Kubernetes Benchmark 5.2.7
    id: "SW1019",
    name: "root-user",
    severity: Medium,
    scope: Workload,
    since: "0.1.0",
    profile: Default,
    pss: Pss::restricted("runAsUser").since(23),
    frameworks: [Framework { name: "cis-1.12", control: "5.2.7" }],
    subsumes: ["SW1018"],
    peers: [
        trivy("KSV-0105", Same, ""),
        checkov("CKV_K8S_23", Narrower, "the part with an explicit 0"),
        kube_linter("run-as-non-root", Narrower, "the part with an explicit 0"),
    ],
    fn run(pod, out) {
        if relaxed_by_user_namespace(pod, out.version()) {
            return;
        }
        out.reads_pod_level(pod);
        let settings = pod.settings("runAsUser", |pod| pod.run_as_user, |container| container.run_as_user);
        for setting in settings.filter(|setting| setting.value == 0) {
            let path = setting.path();
            out.fail(path.clone(), format!("{} runs as root", setting.owner()))
                .value("0")
                .about(setting.anchor())
                .fix(Fix::remove(path, Safety::Review));
        }
    }
}
