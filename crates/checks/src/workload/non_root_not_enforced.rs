use seawall_finding::{Fix, Pss, Safety};

use super::exemption::relaxed_by_user_namespace;
use super::names::of_containers;
use super::root::{decides_itself, has_other_user, unguarded};

crate::check::check! {
    /// User other than root is given but not enforced
    ///
    /// ## What it finds
    /// Containers that `runAsUser` makes another user than root, without `runAsNonRoot: true`; and pods that set
    /// `runAsNonRoot: false`. Pods with a user namespace of their own (`hostUsers: false`) are exempt from v1.35 on.
    ///
    /// ## Why it matters
    /// Nothing but `runAsUser` keeps the container from being root: a later change of it, or a container that is added to the
    /// pod, runs as root unnoticed. The restricted level demands `runAsNonRoot: true` whatever the user.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   securityContext:   # <- finding
    ///     runAsUser: 10001
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
    ///   securityContext:
    ///     runAsUser: 10001
    ///     runAsNonRoot: true
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## How to fix
    /// Set `securityContext.runAsNonRoot: true` for the pod.
    ///
    /// ## References
    /// - Pod Security Standards, restricted: Running as Non-root
    /// - k8s.io/pod-security-admission v0.37.2 policy/check_runAsNonRoot.go
    id: "SW1090",
    name: "non-root-not-enforced",
    severity: Low,
    scope: Workload,
    since: "0.1.0",
    profile: Strict,
    pss: Pss::restricted("runAsNonRoot"),
    peers: [
        trivy("KSV-0012", Narrower, "the part where a user other than 0 is given"),
        kubesec("RunAsNonRoot", Narrower, "the part where a user other than 0 is given"),
    ],
    fn run(pod, out) {
        if relaxed_by_user_namespace(pod, out.version()) {
            return;
        }
        let (deciding, inheriting): (Vec<_>, Vec<_>) = unguarded(pod).filter(has_other_user).partition(decides_itself);
        for container in &deciding {
            let path = container.security_path("runAsNonRoot");
            out.fail(path.clone(), format!("nothing keeps container `{}` from running as root", container.name()))
                .value("false")
                .about(container.place())
                .fix(Fix::set(path, true, Safety::Review));
        }
        let path = pod.security_path("runAsNonRoot");
        let fix = Fix::set(path.clone(), true, Safety::Review);
        match pod.security_context().and_then(|context| context.run_as_non_root) {
            Some(true) => {}
            Some(false) => {
                out.fail(path, "the pod lets its containers run as root").value("false").fix(fix);
            }
            None if pod.template.partial.is_some() => out.reads_pod_level(pod),
            None if inheriting.is_empty() => {}
            None => {
                out.fail(path, format!("nothing keeps {} from running as root", of_containers(&inheriting)))
                    .missing("`runAsUser` alone decides")
                    .fix(fix);
            }
        }
    }
}
