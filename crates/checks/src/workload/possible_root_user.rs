use seawall_finding::{Fix, Framework, Pss, Safety};
use seawall_inventory::{ContainerView, PodView};

use super::exemption::relaxed_by_user_namespace;
use super::names::of_containers;
use super::root::{decides_itself, has_other_user, unguarded};
use crate::Out;

crate::check::check! {
    /// Container may run as root
    ///
    /// ## What it finds
    /// Containers that may run as root: `runAsNonRoot: true` is set neither by them nor by their pod, and no `runAsUser` makes them another
    /// user. Pods with a user namespace of their own (`hostUsers: false`) are exempt from v1.35 on. `root-user` tells containers with
    /// `runAsUser: 0`; `non-root-not-enforced` those whose user is given.
    ///
    /// ## Why it matters
    /// An attacker in the container is root there: the same user as root on the node, held back only by namespaces and the
    /// lack of some capabilities. Root owns what is mounted from the node, and most ways out of a container need it.
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
    ///     securityContext:
    ///       runAsNonRoot: false   # <- finding
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
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## How to fix
    /// Set `securityContext.runAsNonRoot: true` for the pod: the kubelet then refuses to start a container as root. The image
    /// must name its user by number (`USER 10001`), or the pod must (`runAsUser: 10001`).
    ///
    /// ## References
    /// - Pod Security Standards, restricted: Running as Non-root
    /// - k8s.io/pod-security-admission v0.37.2 policy/check_runAsNonRoot.go
    /// - CIS Kubernetes Benchmark 5.2.7
    id: "SW1018",
    name: "possible-root-user",
    severity: Medium,
    scope: Workload,
    since: "0.1.0",
    profile: Default,
    pss: Pss::restricted("runAsNonRoot"),
    frameworks: [Framework { name: "cis-1.12", control: "5.2.7" }],
    subsumes: ["SW1090"],
    peers: [
        kubescape("C-0013", Same, ""),
        kubescape("C-0198", Narrower, "the peer fails a namespace that would admit it; Seawall fails the pod that does it, the namespace is SW9004's"),
        trivy("KSV-0012", Narrower, "a `runAsUser` other than 0 keeps root out; that it is not enforced is SW1090"),
        checkov("CKV_K8S_23", Wider, "init containers count too"),
        kube_linter("run-as-non-root", Narrower, "an explicit 0 is SW1019, the root group SW1038"),
        polaris("runAsRootAllowed", Same, ""),
        popeye("POP-302", Same, ""),
        popeye("POP-306", Same, ""),
        kubesec("RunAsNonRoot", Narrower, "a `runAsUser` other than 0 keeps root out; that it is not enforced is SW1090"),
    ],
    fn run(pod, out) {
        if relaxed_by_user_namespace(pod, out.version()) {
            return;
        }
        let possible_root = unguarded(pod).filter(|container| !has_other_user(container));
        let (deciding, inheriting): (Vec<_>, Vec<_>) = possible_root.partition(decides_itself);
        for container in &deciding {
            let path = container.security_path("runAsNonRoot");
            out.fail(path.clone(), format!("container `{}` may run as root", container.name()))
                .value("false")
                .about(container.place())
                .fix(Fix::set(path, true, Safety::Review));
        }
        if !inheriting.is_empty() {
            judge_inheriting(inheriting, pod, out);
        }
    }
}

/// Reports containers for which the pod's setting counts.
fn judge_inheriting(inheriting: Vec<ContainerView<'_>>, pod: &PodView<'_>, out: &mut Out<'_>) {
    let context = pod.security_context();
    let set_at_pod = context.is_some_and(|context| context.run_as_non_root.is_some());
    if !set_at_pod && pod.template.partial.is_some() {
        return out.reads_pod_level(pod);
    }
    let is_root = |container: &ContainerView<'_>| {
        container.security_context().is_some_and(|own| own.run_as_user == Some(0))
    };
    // Each is told by itself, for what tells that it is root to stand for it.
    let (root, others): (Vec<_>, Vec<_>) = inheriting.into_iter().partition(is_root);
    for container in &root {
        out.fail(container.security_path("runAsNonRoot"), format!("container `{}` may run as root", container.name()))
            .missing("`runAsUser: 0` makes it root")
            .about(container.place());
    }
    if others.is_empty() {
        return;
    }
    let path = pod.security_path("runAsNonRoot");
    let draft = out.fail(path.clone(), format!("{} may run as root", of_containers(&others)));
    let draft = match (set_at_pod, context.and_then(|context| context.run_as_user)) {
        (_, Some(0)) => draft.derived("`runAsUser: 0` makes it root").about(pod.security_path("runAsUser")),
        (true, _) => draft.value("false"),
        (false, _) => draft.missing("the image chooses the user, root unless it says otherwise"),
    };
    draft.fix(Fix::set(path, true, Safety::Review));
}
