use seawall_finding::{Fix, Safety};

crate::check::check! {
    /// Host names set in the pod
    ///
    /// ## What it finds
    /// Pods with `hostAliases`: entries of `/etc/hosts`.
    ///
    /// ## Why it matters
    /// The names go to these addresses whatever DNS says, and whoever has them later. Who edits the pod can send its
    /// traffic elsewhere without a trace in DNS.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   hostAliases:   # <- finding
    ///   - ip: 10.0.0.7
    ///     hostnames: [payments.example]
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
    /// Put the name into DNS: a Service without selector, or one of type ExternalName, or CoreDNS' `hosts` plugin.
    ///
    /// ## References
    /// - Kubernetes documentation: Adding entries to Pod /etc/hosts with HostAliases
    id: "SW1040",
    name: "host-aliases",
    severity: Info,
    scope: Workload,
    since: "0.1.0",
    profile: All,
    peers: [
        trivy("KSV-0007", Same, ""),
        kubesec("HostAliases", Same, ""),
    ],
    fn run(pod, out) {
        let aliases = pod.spec().rare().host_aliases.len();
        if aliases == 0 {
            return out.reads_pod_level(pod);
        }
        let path = pod.path("hostAliases");
        out.fail(path.clone(), "names in the pod's /etc/hosts go past DNS")
            .value(format!("{aliases} addresses"))
            .fix(Fix::remove(path, Safety::Review));
    }
}
