use seawall_finding::{Fix, Safety, Value};

crate::check::check! {
    /// No AppArmor profile given
    ///
    /// ## What it finds
    /// Containers for which neither they, nor their pod, nor an annotation gives an AppArmor profile. Privileged containers
    /// and pods that declare to run on Windows are exempt.
    ///
    /// ## Why it matters
    /// Where the node has AppArmor, runtimes give containers their default profile anyway; naming it makes the kubelet
    /// refuse to start the container where there is none, instead of running it unconfined.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: app   # <- finding
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
    ///     appArmorProfile:
    ///       type: RuntimeDefault
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## How to fix
    /// Set `securityContext.appArmorProfile.type: RuntimeDefault` for the pod, if all nodes have AppArmor (Debian, Ubuntu,
    /// SUSE; not Red Hat, which has SELinux).
    ///
    /// ## References
    /// - KEP-24: AppArmor
    /// - Kubernetes documentation: Restrict a Container's Access to Resources with AppArmor
    id: "SW1051",
    name: "apparmor-profile-missing",
    severity: Info,
    scope: Container,
    since: "0.1.0",
    profile: All,
    peers: [
        kubesec("ApparmorAny", Wider, "the field too (v1.30), not the annotation alone"),
    ],
    fn run(container, out) {
        let pod = &container.pod;
        if container.is_privileged() || pod.is_windows() {
            return out.not_applicable();
        }
        let annotation = format!("container.apparmor.security.beta.kubernetes.io/{}", container.name());
        let own = container.security_context().is_some_and(|own| own.app_armor_profile.is_some());
        let pods = pod.security_context().is_some_and(|context| context.app_armor_profile.is_some());
        if own || pods || pod.template.annotations.get(&annotation).is_some() {
            return;
        }
        if pod.template.partial.is_some() {
            return out.reads_pod_level(pod);
        }
        out.fail(
            container.security_path("appArmorProfile"),
            format!("no AppArmor profile is given for container `{}`", container.name()),
        )
        .missing("the runtime's profile where the node has AppArmor, none elsewhere")
        .fix(Fix::set(
            pod.security_path("appArmorProfile"),
            [("type", Value::from("RuntimeDefault"))],
            Safety::Review,
        ));
    }
}
