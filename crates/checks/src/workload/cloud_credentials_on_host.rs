use super::host_paths::host_volumes;

crate::check::check! {
    /// Cloud credentials of the node mounted
    ///
    /// ## What it finds
    /// `hostPath` volumes that a container mounts and that hold credentials for the cloud: `.aws`, `.azure`,
    /// `.config/gcloud` in any home, the cloud provider's configuration of the kubelet (`/etc/kubernetes/azure.json`,
    /// `cloud-config`).
    ///
    /// ## Why it matters
    /// The credentials are those of the node or of whoever administers it: they reach disks, registries and other machines,
    /// beyond the cluster and after the pod is gone.
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
    ///     volumeMounts:
    ///     - name: aws
    ///       mountPath: /root/.aws
    ///       readOnly: true
    ///   volumes:
    ///   - name: aws
    ///     hostPath:
    ///       path: /home/admin/.aws   # <- finding
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
    ///     volumeMounts:
    ///     - name: data
    ///       mountPath: /data
    ///       readOnly: true
    ///   volumes:
    ///   - name: data
    ///     hostPath:
    ///       path: /srv/aws
    /// ```
    /// ## How to fix
    /// Give the pod's service account an identity of its own in the cloud (IAM roles for service accounts, EKS Pod
    /// Identity, Workload Identity on GKE and AKS) with the rights that it needs.
    ///
    /// ## References
    /// - MITRE ATT&CK for Containers T1552.001
    /// - Microsoft Threat Matrix for Kubernetes: Mount service principal
    id: "SW1034",
    name: "cloud-credentials-on-host",
    severity: High,
    scope: Workload,
    since: "0.1.0",
    profile: Default,
    subsumes: ["SW1032", "SW1033", "SW1005", "SW1016"],
    peers: [
        kubescape("C-0020", Same, ""),
    ],
    fn run(pod, out) {
        out.reads_pod_level(pod);
        for volume in host_volumes(pod) {
            let Some((mount, cloud)) = volume.first_known(cloud) else { continue };
            let message = format!(
                "volume `{}` gives container `{}` the node's credentials for {cloud}",
                volume.name,
                mount.container_name()
            );
            volume.fail_by(mount, message, out);
        }
    }
}

/// The cloud whose credentials lie at `path`. A folder above them is another matter: whole homes are told by
/// `sensitive-host-path`.
fn cloud(path: &str) -> Option<&'static str> {
    let has = |part: &str| path.split('/').any(|one| one == part);
    match path {
        "/etc/kubernetes/azure.json" => Some("Azure"),
        "/etc/kubernetes/cloud-config" | "/etc/kubernetes/cloud.conf" => Some("its cloud provider"),
        _ if has(".aws") => Some("AWS"),
        _ if has(".azure") => Some("Azure"),
        _ if path.contains("/.config/gcloud") => Some("Google Cloud"),
        _ if has(".kube") => Some("a Kubernetes cluster"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::cloud;

    #[test]
    fn credentials_are_known_by_where_they_lie() {
        for (path, expected) in [
            ("/root/.aws", Some("AWS")),
            ("/home/a/.aws/credentials", Some("AWS")),
            ("/root/.config/gcloud/legacy", Some("Google Cloud")),
            ("/etc/kubernetes/azure.json", Some("Azure")),
            ("/root/.kube/config", Some("a Kubernetes cluster")),
            ("/root", None),
            ("/srv/aws", None),
        ] {
            assert_eq!(cloud(path), expected, "{path}");
        }
    }
}
