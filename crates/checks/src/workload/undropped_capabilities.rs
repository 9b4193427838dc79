use seawall_finding::{Fix, Pss, Safety};

use super::exemption::exempt_as_windows;

crate::check::check! {
    /// Default capabilities not dropped
    ///
    /// ## What it finds
    /// Containers whose `securityContext.capabilities.drop` does not hold `ALL`.
    ///
    /// ## Why it matters
    /// An attacker who is root in the container has what runtimes give by default and hardly any program needs: to change
    /// owners and pass permissions of files, to become any user, with some runtimes to forge packets and so pose as other
    /// pods.
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
    ///         drop: [NET_RAW]   # <- finding
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
    ///         drop: [ALL]
    /// ```
    /// ## How to fix
    /// Set `capabilities.drop: [ALL]`, in capitals. If the program then fails, add back the one capability it needs
    /// under `add`.
    ///
    /// ## References
    /// - Pod Security Standards, restricted: Capabilities
    /// - k8s.io/pod-security-admission v0.37.2 policy/check_capabilities_restricted.go
    id: "SW1021",
    name: "undropped-capabilities",
    severity: Low,
    scope: Container,
    since: "0.1.0",
    profile: Default,
    pss: Pss::restricted("capabilities_restricted").since(22).overriding(&["capabilities_baseline"]),
    peers: [
        kubescape("C-0055", Wider, "each container that keeps the default capabilities, whatever other hardening it has"),
        kubescape("C-0199", Narrower, "the peer fails a namespace that would admit it; Seawall fails the pod that does it, the namespace is SW9004's"),
        kubescape("C-0201", Narrower, "the peer fails a namespace that would admit it; Seawall fails the pod that does it, the namespace is SW9004's"),
        trivy("KSV-0003", Wider, "`all` is not `ALL`: Pod Security Admission compares as written"),
        trivy("KSV-0004", Wider, "all must be dropped, not one"),
        trivy("KSV-0106", Narrower, "the part of dropping; adding is SW1022"),
        checkov("CKV_K8S_28", Wider, "all must be dropped, not NET_RAW alone"),
        checkov("CKV_K8S_37", Wider, "`ALL` as a word of its own, as Pod Security Admission compares it"),
        kube_linter("drop-net-raw-capability", Wider, "all must be dropped, not NET_RAW alone"),
        polaris("insecureCapabilities", Same, ""),
        polaris("linuxHardening", Wider, "each container, whatever other hardening it has"),
        kubesec("CapDropAll", Same, ""),
        kubesec("CapDropAny", Wider, "all must be dropped, not one"),
    ],
    fn run(container, out) {
        if exempt_as_windows(&container.pod, out.version()) {
            return out.not_applicable();
        }
        let capabilities = container.security_context().and_then(|own| own.capabilities.as_deref());
        let dropped = capabilities.map_or(&[][..], |capabilities| &capabilities.drop);
        if dropped.iter().any(|name| name == "ALL") {
            return;
        }
        let path = container.security_path("capabilities").key("drop");
        let fix = Fix::set(path.clone(), ["ALL"], Safety::Review);
        let draft = out.fail(path, format!("container `{}` keeps capabilities that it gets by default", container.name()));
        let draft = match dropped {
            [] => draft.missing("the runtime's default set stays"),
            some => draft.value(some.join(", ")),
        };
        draft.fix(fix);
    }
}
