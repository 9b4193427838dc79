use seawall_finding::{Fix, Pss, Safety};
use seawall_inventory::{PodView, VersionRange};

use super::seccomp::{annotation_confines, confines, profiles};
use crate::Out;

/// Versions in which annotations set the profile; from then on the fields do:
/// k8s.io/pod-security-admission policy/check_seccompProfile_baseline.go (v0.37.2), KEP-135.
const SET_BY_ANNOTATION: VersionRange = VersionRange::between(0, 19);

/// `SeccompPodAnnotationKey` and `SeccompContainerAnnotationKeyPrefix`, ibidem.
const POD_ANNOTATION: &str = "seccomp.security.alpha.kubernetes.io/pod";
const CONTAINER_ANNOTATION_PREFIX: &str = "container.seccomp.security.alpha.kubernetes.io/";

crate::check::check! {
    /// Seccomp switched off
    ///
    /// ## What it finds
    /// Pods and containers whose `securityContext.seccompProfile.type` is neither `RuntimeDefault` nor `Localhost`. When judged by
    /// v1.18 or older: annotations `seccomp.security.alpha.kubernetes.io/pod` and
    /// `container.seccomp.security.alpha.kubernetes.io/NAME` other than `runtime/default`, `docker/default` and `localhost/…`.
    ///
    /// ## Why it matters
    /// An attacker in the container can use every system call to break the kernel, also the sixty or so that the runtime's
    /// profile blocks because exploits need them and programs do not (`keyctl`, `userfaultfd`, `unshare`, `mount`).
    /// `Unconfined` opens them even where the kubelet would apply the default profile by itself (`seccompDefault`).
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
    ///       seccompProfile:
    ///         type: Unconfined   # <- finding
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:
    ///     seccompProfile:
    ///       type: RuntimeDefault
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## How to fix
    /// Set `type: RuntimeDefault`. If the program needs a system call that it blocks, put a profile that allows this one on the
    /// nodes (the Security Profiles Operator records and distributes them) and name it with `type: Localhost`.
    ///
    /// ## References
    /// - Pod Security Standards, baseline: Seccomp
    /// - k8s.io/pod-security-admission v0.37.2 policy/check_seccompProfile_baseline.go
    id: "SW1012",
    name: "unconfined-seccomp",
    severity: Medium,
    scope: Workload,
    since: "0.1.0",
    profile: Default,
    pss: Pss::baseline("seccompProfile_baseline"),
    subsumes: ["SW1020"],
    peers: [
        trivy("KSV-0104", Narrower, "a profile that is missing is SW1020's"),
        kubesec("SeccompUnconfined", Wider, "the field, not the annotation that v1.27 dropped"),
    ],
    fn run(pod, out) {
        out.reads_pod_level(pod);
        if SET_BY_ANNOTATION.contains(out.version()) {
            return judge_annotations(pod, out);
        }
        for setting in profiles(pod).filter(|setting| !confines(setting.value)) {
            let path = setting.path().key("type");
            out.fail(path.clone(), format!("{} may make any system call: no seccomp profile confines it", setting.owner()))
                .value(&setting.value.type_)
                .about(setting.anchor())
                .fix(Fix::set(path, "RuntimeDefault", Safety::Review));
        }
    }
}

fn judge_annotations(pod: &PodView<'_>, out: &mut Out<'_>) {
    let of_pod = std::iter::once((POD_ANNOTATION.to_owned(), None));
    let of_containers = pod
        .containers()
        .map(|container| (format!("{CONTAINER_ANNOTATION_PREFIX}{}", container.name()), Some(container)));
    for (key, container) in of_pod.chain(of_containers) {
        let Some(value) = pod.template.annotations.get(&key).filter(|value| !annotation_confines(value)) else {
            continue;
        };
        let path = pod.annotation_path(&key);
        let owner = container.as_ref().map_or("the pod".to_owned(), |view| format!("container `{}`", view.name()));
        out.fail(path.clone(), format!("{owner} may make any system call: no seccomp profile confines it"))
            .value(value)
            .about(container.map_or_else(|| path.clone(), |view| view.place()))
            .fix(Fix::set(path, "runtime/default", Safety::Review));
    }
}
