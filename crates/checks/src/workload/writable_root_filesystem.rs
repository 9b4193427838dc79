use seawall_finding::{Fix, Safety};
use seawall_inventory::ContainerClass;

crate::check::check! {
    /// Writable root filesystem
    ///
    /// ## What it finds
    /// Containers without `securityContext.readOnlyRootFilesystem: true`. Ephemeral containers and pods that declare to run
    /// on Windows are exempt.
    ///
    /// ## Why it matters
    /// Whoever runs code in the container can add programs to it, replace those it has, and so stay until the next restart
    /// and beyond what a look at the image shows. On a read-only root filesystem most tools of an attacker have nowhere to
    /// go.
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
    ///     securityContext:   # <- finding
    ///       runAsNonRoot: true
    ///   - name: proxy
    ///     image: registry.example/proxy:1.0
    ///     securityContext:
    ///       readOnlyRootFilesystem: false   # <- finding
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
    ///       readOnlyRootFilesystem: true
    ///     volumeMounts:
    ///     - name: tmp
    ///       mountPath: /tmp
    ///   volumes:
    ///   - name: tmp
    ///     emptyDir: {}
    /// ```
    /// ## How to fix
    /// Set `readOnlyRootFilesystem: true` and mount an `emptyDir` where the program writes: `/tmp`, a cache, a pid file.
    /// `kubectl diff` of the image's file system while it runs (`kubectl debug`, `docker diff`) shows where that is.
    ///
    /// ## References
    /// - CIS Kubernetes Benchmark 5.7.3 (apply security contexts)
    /// - NSA Kubernetes Hardening Guide 1.2, immutable container file systems
    id: "SW1030",
    name: "writable-root-filesystem",
    severity: Low,
    scope: Container,
    since: "0.1.0",
    profile: Strict,
    peers: [
        kubescape("C-0017", Same, ""),
        trivy("KSV-0014", Same, ""),
        checkov("CKV_K8S_22", Same, ""),
        kube_linter("no-read-only-root-fs", Same, ""),
        polaris("notReadOnlyRootFilesystem", Same, ""),
        kube_score("container-security-context-readonlyrootfilesystem", Same, ""),
        kubesec("ReadOnlyRootFilesystem", Same, ""),
    ],
    fn run(container, out) {
        if container.class == ContainerClass::Ephemeral || container.pod.is_windows() {
            return out.not_applicable();
        }
        let setting = container.security_context().and_then(|own| own.read_only_root_filesystem);
        if setting == Some(true) {
            return;
        }
        let path = container.security_path("readOnlyRootFilesystem");
        let draft = out
            .fail(path.clone(), format!("container `{}` can write to its root filesystem", container.name()));
        let draft = match setting {
            Some(_) => draft.value("false"),
            None => draft.missing("the root filesystem is writable"),
        };
        draft.fix(Fix::set(path, true, Safety::Review));
    }
}
