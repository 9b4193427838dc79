use seawall_finding::{Fix, Framework, Pss, Safety};

use super::exemption::exempt_as_windows;

crate::check::check! {
    /// Process may gain more rights than it was started with
    ///
    /// ## What it finds
    /// Containers without `securityContext.allowPrivilegeEscalation: false`. Pods that declare to run on Windows are exempt.
    ///
    /// ## Why it matters
    /// A process that runs as an ordinary user can become root in the container: through `su`, `mount`, or a flaw in any
    /// set-user-ID program or program with file capabilities in the image. With `allowPrivilegeEscalation: false` the kernel
    /// takes that way out (`no_new_privs`).
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
    ///       allowPrivilegeEscalation: true   # <- finding
    ///   - name: proxy
    ///     image: registry.example/proxy:1.0
    ///     securityContext:   # <- finding
    ///       runAsNonRoot: true
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
    ///       allowPrivilegeEscalation: false
    /// ```
    /// ## How to fix
    /// Set `allowPrivilegeEscalation: false`. Programs that start as root and then become another user are not affected; those that use
    /// `sudo` or `ping` with set-user-ID are.
    ///
    /// ## References
    /// - Pod Security Standards, restricted: Privilege Escalation
    /// - k8s.io/pod-security-admission v0.37.2 policy/check_allowPrivilegeEscalation.go
    /// - CIS Kubernetes Benchmark 5.2.6
    id: "SW1017",
    name: "privilege-escalation",
    severity: Medium,
    scope: Container,
    since: "0.1.0",
    profile: Default,
    pss: Pss::restricted("allowPrivilegeEscalation").since(8),
    frameworks: [
        Framework { name: "cis-1.12", control: "5.2.6" },
        Framework { name: "mitre", control: "T1548" },
    ],
    peers: [
        kubescape("C-0016", Same, ""),
        kubescape("C-0197", Narrower, "the peer fails a namespace that would admit it; Seawall fails the pod that does it, the namespace is SW9004's"),
        trivy("KSV-0001", Same, ""),
        checkov("CKV_K8S_20", Same, ""),
        kube_linter("privilege-escalation-container", Same, ""),
        polaris("privilegeEscalationAllowed", Same, ""),
        kubesec("AllowPrivilegeEscalation", Same, ""),
    ],
    fn run(container, out) {
        if exempt_as_windows(&container.pod, out.version()) {
            return out.not_applicable();
        }
        let setting = container.security_context().and_then(|own| own.allow_privilege_escalation);
        if setting == Some(false) {
            return;
        }
        let path = container.security_path("allowPrivilegeEscalation");
        let message = format!("processes of container `{}` may gain more rights than they were started with", container.name());
        let draft = out.fail(path.clone(), message);
        let draft = match setting {
            Some(value) => draft.value(value.to_string()),
            None => draft.missing("defaults to true"),
        };
        // The API server refuses the combination with `privileged: true`.
        if !container.is_privileged() {
            draft.fix(Fix::set(path, false, Safety::Review));
        }
    }
}
