use seawall_finding::{Fix, Pss, Safety};

use super::capability;
use super::exemption::exempt_as_windows;

/// The one capability that the restricted level lets a container have.
const ALLOWED: &str = "NET_BIND_SERVICE";

crate::check::check! {
    /// Capability that a restricted pod may not add
    ///
    /// ## What it finds
    /// Containers that add any Linux capability but `NET_BIND_SERVICE`. Those beyond the default set are told by
    /// `added-capability`, unless only the restricted level is asked for.
    ///
    /// ## Why it matters
    /// Each capability beyond the one to listen on ports below 1024 is a power of root that a mistake in the program hands to
    /// an attacker: to pass the permissions of files (`DAC_OVERRIDE`), to become any user (`SETUID`), to give capabilities to
    /// files (`SETFCAP`).
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
    ///         drop: [ALL]
    ///         add:
    ///         - NET_BIND_SERVICE
    ///         - CHOWN   # <- finding
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
    ///         add:
    ///         - NET_BIND_SERVICE
    /// ```
    /// ## How to fix
    /// Start the program as the user it is to run as (`runAsUser`), with its files owned by that user in the image or by `fsGroup`
    /// in volumes: then it needs neither `CHOWN` nor `SETUID` nor `DAC_OVERRIDE`.
    ///
    /// ## References
    /// - Pod Security Standards, restricted: Capabilities
    /// - k8s.io/pod-security-admission v0.37.2 policy/check_capabilities_restricted.go
    id: "SW1022",
    name: "readded-capability",
    severity: Low,
    scope: Container,
    since: "0.1.0",
    profile: Strict,
    pss: Pss::restricted("capabilities_restricted").since(22).overriding(&["capabilities_baseline"]),
    peers: [
        trivy("KSV-0022", Narrower, "NET_BIND_SERVICE may be added"),
        trivy("KSV-0106", Narrower, "the part of adding; dropping is SW1021"),
        checkov("CKV_K8S_25", Narrower, "NET_BIND_SERVICE may be added"),
    ],
    fn run(container, out) {
        if exempt_as_windows(&container.pod, out.version()) {
            return out.not_applicable();
        }
        for added in capability::added(container).filter(|added| added.name != ALLOWED) {
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
