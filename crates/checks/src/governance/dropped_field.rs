use seawall_finding::Severity;
use seawall_inventory::{ContainerView, KubernetesVersion, PodView};
use seawall_yaml::Path;

use crate::out::Out;

crate::check::check! {
    /// Field that the API server drops
    ///
    /// ## What it finds
    /// Fields of pods that the version of Kubernetes that is judged by does not know, or keeps switched off, unless somebody has
    /// switched the feature on.
    ///
    /// ## Why it matters
    /// The API server takes the object, leaves the field out, and says nothing: the user namespace, the read-only mounts or the
    /// groups that somebody relies on are not there.
    ///
    /// ## Bad
    /// ```yaml bad
    /// # with kubernetes: 1.32
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   hostUsers: false   # <- finding
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## Good
    /// ```yaml good
    /// # with kubernetes: 1.33
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
    /// Upgrade, switch the feature gate on, or do without the field. `kubectl get -o yaml` shows what was kept.
    ///
    /// ## References
    /// - k8s.io/kubernetes v1.36.3 pkg/api/pod/util.go: dropDisabledFields
    /// - k8s.io/kubernetes v1.36.3 pkg/features/kube_features.go
    id: "SW9018",
    name: "dropped-field",
    severity: Medium,
    scope: Workload,
    since: "0.1.0",
    profile: Default,
    fn run(pod, out) {
        if out.version() >= ALL_ON {
            return;
        }
        of_pod(pod, out);
        for container in pod.containers() {
            of_container(&container, out);
        }
    }
}

/// From here on all of the gates are on by default.
const ALL_ON: KubernetesVersion = KubernetesVersion::minor(35);

fn of_pod(pod: &PodView<'_>, out: &mut Out<'_>) {
    let spec = pod.spec();
    let rare = spec.rare();
    if spec.host_users == Some(false) {
        drops(pod.path("hostUsers"), 33, Severity::Medium, out);
    }
    if rare.resources.is_some() {
        drops(pod.path("resources"), 34, Severity::Low, out);
    }
    if rare.hostname_override.is_some() {
        drops(pod.path("hostnameOverride"), 35, Severity::Low, out);
    }
    if let Some(security) = pod.security_context().map(|security| security.rare()) {
        if security.supplemental_groups_policy.as_deref() == Some("Strict") {
            drops(pod.security_path("supplementalGroupsPolicy"), 33, Severity::Medium, out);
        }
        if security.se_linux_change_policy.is_some() {
            drops(pod.security_path("seLinuxChangePolicy"), 33, Severity::Low, out);
        }
    }
    for (index, volume) in spec.volumes.iter().enumerate() {
        if volume.image.is_some() {
            drops(pod.path("volumes").index(index).field("image"), 35, Severity::Low, out);
        }
    }
}

fn of_container(view: &ContainerView<'_>, out: &mut Out<'_>) {
    let container = view.container;
    if view.class == seawall_inventory::ContainerClass::Sidecar {
        // Without it the pod waits for the container to end.
        drops(view.path("restartPolicy"), 29, Severity::Medium, out);
    }
    if view.security_context().is_some_and(|own| own.proc_mount.is_some()) {
        drops(view.security_path("procMount"), 33, Severity::Low, out);
    }
    for (index, mount) in container.volume_mounts.iter().enumerate() {
        if mount.recursive_read_only.is_some() {
            let path = view.path("volumeMounts").index(index).field("recursiveReadOnly");
            drops(path, 31, Severity::Medium, out);
        }
    }
    for (index, variable) in container.env.iter().enumerate() {
        if variable.value_from.as_ref().is_some_and(|from| from.file_key_ref.is_some()) {
            let path = view.path("env").index(index).field("valueFrom").field("fileKeyRef");
            drops(path, 35, Severity::Low, out);
        }
    }
}

/// Reports the field, if its gate is off by default in the version at hand. It is on from `since` on.
fn drops(path: Path, since: u16, severity: Severity, out: &mut Out<'_>) {
    let since = KubernetesVersion::minor(since);
    let version = out.version();
    if version < since {
        let message = format!("the API server of {version} drops the field; it is kept from {since} on");
        out.fail(path, message).severity(severity).derived("the feature gate is off unless it was switched on");
    }
}
