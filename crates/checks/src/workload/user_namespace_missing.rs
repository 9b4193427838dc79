use seawall_finding::{Fix, Safety};
use seawall_inventory::VersionRange;

/// k8s.io/kubernetes v1.36.3 pkg/features/kube_features.go: `UserNamespacesSupport` is on by default from v1.33.
const ON_BY_DEFAULT: VersionRange = VersionRange::since(33);

crate::check::check! {
    /// No user namespace of its own
    ///
    /// ## What it finds
    /// Pods without `hostUsers: false`, from Kubernetes v1.33 on, where user namespaces are on by default. Pods that use a
    /// namespace of the host (`hostNetwork`, `hostPID`, `hostIPC`) or declare to run on Windows cannot have one and are
    /// exempt.
    ///
    /// ## Why it matters
    /// In a user namespace root of the container is nobody on the node: most ways out of a container end there, and
    /// capabilities count only inside. Without it, container root and node root are one user.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   hostUsers: true   # <- finding
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
    ///   hostUsers: false
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## How to fix
    /// Set `hostUsers: false`. It needs a recent kernel and container runtime (Linux 6.3, containerd 2.0 or CRI-O 1.25,
    /// runc 1.2) and volumes whose file system supports id-mapped mounts.
    ///
    /// ## References
    /// - KEP-127: user namespaces; k8s.io/kubernetes v1.36.3 pkg/features/kube_features.go: UserNamespacesSupport
    /// - Kubernetes documentation: User Namespaces
    id: "SW1039",
    name: "user-namespace-missing",
    severity: Low,
    scope: Workload,
    since: "0.1.0",
    profile: All,
    peers: [
        kubesec("HostUsers", Narrower, "only from v1.33 on, and where a pod can have a user namespace"),
    ],
    fn run(pod, out) {
        let spec = pod.spec();
        let uses_host = [spec.host_network, spec.host_pid, spec.host_ipc].contains(&Some(true));
        if !ON_BY_DEFAULT.contains(out.version()) || uses_host || pod.is_windows() {
            return out.not_applicable();
        }
        if pod.has_user_namespace() {
            return;
        }
        let path = pod.path("hostUsers");
        let draft = match spec.host_users {
            None if pod.template.partial.is_some() => return out.reads_pod_level(pod),
            None => out
                .fail(path.clone(), "the pod has no user namespace of its own")
                .missing("users are those of the node"),
            Some(_) => out.fail(path.clone(), "the pod has no user namespace of its own").value("true"),
        };
        draft.fix(Fix::set(path, false, Safety::Review));
    }
}
