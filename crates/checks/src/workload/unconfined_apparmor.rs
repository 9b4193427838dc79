use seawall_finding::{Fix, Pss, Safety};
use seawall_inventory::PodView;
use seawall_yaml::Path;

/// Followed by a container's name: the profile of the container (the only way before v1.30, still honoured after).
/// `DeprecatedAppArmorBetaContainerAnnotationKeyPrefix` of k8s.io/api core/v1/annotation_key_constants.go.
const ANNOTATION_PREFIX: &str = "container.apparmor.security.beta.kubernetes.io/";

crate::check::check! {
    /// AppArmor switched off
    ///
    /// ## What it finds
    /// Pods and containers whose AppArmor profile is neither `RuntimeDefault` nor `Localhost`, by field
    /// (`securityContext.appArmorProfile`) or by annotation (`container.apparmor.security.beta.kubernetes.io/NAME` other than
    /// `runtime/default`, `localhost/…` or empty).
    ///
    /// ## Why it matters
    /// An attacker who has got a capability, or found a hole in the runtime, is no longer stopped by AppArmor, which on nodes
    /// that have it forbids containers to mount and to write below `/proc/sys` and `/sys` by default.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   annotations:
    ///     container.apparmor.security.beta.kubernetes.io/proxy: unconfined   # <- finding
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///     securityContext:
    ///       appArmorProfile:
    ///         type: Unconfined   # <- finding
    ///   - name: proxy
    ///     image: registry.example/proxy:1.0
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
    ///       appArmorProfile:
    ///         type: Localhost
    ///         localhostProfile: app
    /// ```
    /// ## How to fix
    /// Remove the setting, or set `RuntimeDefault`. If the program needs what the default profile forbids, load a profile of its
    /// own on the nodes and name it with `type: Localhost`.
    ///
    /// ## References
    /// - Pod Security Standards, baseline: AppArmor
    /// - k8s.io/pod-security-admission v0.37.2 policy/check_appArmorProfile.go
    id: "SW1009",
    name: "unconfined-apparmor",
    severity: Medium,
    scope: Workload,
    since: "0.1.0",
    profile: Default,
    pss: Pss::baseline("appArmorProfile"),
    peers: [
        kubescape("C-0055", Narrower, "C-0055 asks for any one hardening; this is the part of AppArmor"),
        trivy("KSV-0002", Wider, "the field too (v1.30), not the annotation alone; a `localhost/` profile confines and passes here"),
        kubesec("ApparmorUnconfined", Wider, "the field too (v1.30), not the annotation alone"),
    ],
    fn run(pod, out) {
        out.reads_pod_level(pod);
        for (key, profile) in pod.template.annotations.iter() {
            let Some(container) = key.strip_prefix(ANNOTATION_PREFIX) else { continue };
            if profile.is_empty() || profile == "runtime/default" || profile.starts_with("localhost/") {
                continue;
            }
            let path = pod.annotation_path(key);
            out.fail(path.clone(), format!("AppArmor does not confine container `{container}`"))
                .value(profile)
                .about(place_of(container, pod).unwrap_or_else(|| path.clone()))
                .fix(Fix::set(path, "runtime/default", Safety::Review));
        }
        let settings = pod.settings(
            "appArmorProfile",
            |pod| pod.app_armor_profile.as_deref(),
            |container| container.app_armor_profile.as_deref(),
        );
        for setting in settings {
            let profile = &setting.value.type_;
            if profile == "RuntimeDefault" || profile == "Localhost" {
                continue;
            }
            let path = setting.path().key("type");
            out.fail(path.clone(), format!("AppArmor does not confine {}", setting.owner()))
                .value(profile)
                .about(setting.anchor())
                .fix(Fix::set(path, "RuntimeDefault", Safety::Review));
        }
    }
}

fn place_of(container: &str, pod: &PodView<'_>) -> Option<Path> {
    pod.containers().find(|view| view.name() == container).map(|view| view.place())
}
