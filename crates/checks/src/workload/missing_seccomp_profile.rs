use seawall_finding::{Fix, Pss, Safety, Value};
use seawall_inventory::{ContainerView, PodView};

use super::exemption::exempt_as_windows;
use super::names::of_containers;
use super::seccomp::{confines, profiles};
use crate::Out;

crate::check::check! {
    /// No seccomp profile
    ///
    /// ## What it finds
    /// Containers without a seccomp profile: neither they nor their pod set `securityContext.seccompProfile`. Pods that declare to
    /// run on Windows are exempt. A profile that confines nothing is told by `unconfined-seccomp`, unless only the restricted level
    /// is asked for.
    ///
    /// ## Why it matters
    /// An attacker in the container can use every system call to break the kernel, also those that no program needs but
    /// exploits do. Kubernetes runs containers without any profile unless the pod asks for one, or the node's kubelet is
    /// configured to (`seccompDefault`).
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:   # <- finding
    ///     fsGroup: 2000
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
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
    ///   securityContext:
    ///     seccompProfile:
    ///       type: RuntimeDefault
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///   - name: proxy
    ///     image: registry.example/proxy:1.0
    /// ```
    /// ## How to fix
    /// Set `securityContext.seccompProfile.type: RuntimeDefault` for the pod. It blocks only what hardly any program calls.
    ///
    /// ## References
    /// - Pod Security Standards, restricted: Seccomp
    /// - k8s.io/pod-security-admission v0.37.2 policy/check_seccompProfile_restricted.go
    id: "SW1020",
    name: "missing-seccomp-profile",
    severity: Low,
    scope: Workload,
    since: "0.1.0",
    profile: Default,
    pss: Pss::restricted("seccompProfile_restricted").since(19).overriding(&["seccompProfile_baseline"]),
    peers: [
        kubescape("C-0055", Wider, "each container without a profile, whatever other hardening it has"),
        kubescape("C-0210", Same, ""),
        kubescape("C-0211", Narrower, "C-0211 holds a dozen sub-rules under one verdict; each is a check of its own here"),
        trivy("KSV-0030", Wider, "the pod annotation that Trivy accepts has no effect since v1.27"),
        checkov("CKV_K8S_31", Narrower, "a Localhost profile confines too; but annotations, which Checkov accepts, have no effect since v1.27"),
        polaris("linuxHardening", Wider, "each container without a profile, whatever other hardening it has"),
        kube_score("container-seccomp-profile", Wider, "init containers too; annotations have no effect since v1.27"),
        kubesec("SeccompAny", Wider, "the field, not the annotation that v1.27 dropped"),
    ],
    fn run(pod, out) {
        if exempt_as_windows(pod, out.version()) {
            return out.not_applicable();
        }
        let mut set_at_pod = false;
        for setting in profiles(pod) {
            set_at_pod |= setting.container.is_none();
            if !confines(setting.value) {
                let path = setting.path().key("type");
                out.fail(path.clone(), format!("{} has a seccomp profile that confines nothing", setting.owner()))
                    .value(&setting.value.type_)
                    .about(setting.anchor())
                    .fix(Fix::set(path, "RuntimeDefault", Safety::Review));
            }
        }
        if !set_at_pod {
            judge_missing(pod, out);
        }
    }
}

fn judge_missing(pod: &PodView<'_>, out: &mut Out<'_>) {
    if pod.template.partial.is_some() {
        return out.reads_pod_level(pod);
    }
    let without = pod
        .containers()
        .filter(|container| container.security_context().is_none_or(|own| own.seccomp_profile.is_none()));
    // Runtimes give privileged containers no profile whatever is set: each is told by itself, for what tells that it is
    // privileged to stand for it.
    let (privileged, others): (Vec<_>, Vec<_>) = without.partition(ContainerView::is_privileged);
    for container in &privileged {
        let path = container.security_path("seccompProfile");
        out.fail(path.clone(), format!("container `{}` has no seccomp profile", container.name()))
            .missing("no profile: a privileged container runs without one")
            .about(container.place())
            .fix(Fix::set(path, runtime_default(), Safety::Review));
    }
    if !others.is_empty() {
        let path = pod.security_path("seccompProfile");
        out.fail(path.clone(), format!("no seccomp profile for {}", of_containers(&others)))
            .missing("no profile, unless the node's kubelet sets `seccompDefault`")
            .fix(Fix::set(path, runtime_default(), Safety::Review));
    }
}

fn runtime_default() -> Value {
    Value::from([("type", Value::from("RuntimeDefault"))])
}
