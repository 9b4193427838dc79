use seawall_finding::Framework;

use super::host_paths::{host_volumes, is_within};

/// Sockets of container runtimes and of what builds images, where each listens by default. Paths are normalised: `/var/run` is
/// `/run`.
const SOCKETS: &[(&str, &str)] = &[
    ("/run/docker.sock", "Docker"),
    ("/run/containerd/containerd.sock", "containerd"),
    ("/run/k3s/containerd/containerd.sock", "containerd (k3s, RKE2)"),
    ("/run/k0s/containerd.sock", "containerd (k0s)"),
    ("/var/snap/microk8s/common/run/containerd.sock", "containerd (MicroK8s)"),
    ("/run/dockershim.sock", "Docker (dockershim)"),
    ("/run/cri-dockerd.sock", "Docker (cri-dockerd)"),
    ("/run/crio/crio.sock", "CRI-O"),
    ("/run/podman/podman.sock", "Podman"),
    ("/run/buildkit/buildkitd.sock", "BuildKit"),
    ("/run/docker/containerd/containerd.sock", "containerd (Docker's own)"),
    ("/run/isulad.sock", "iSulad"),
    ("/run/rkt-api.sock", "rkt"),
    ("/run/frakti.sock", "frakti"),
    ("/run/garden/garden.sock", "Garden"),
];

crate::check::check! {
    /// Socket of the container runtime mounted
    ///
    /// ## What it finds
    /// `hostPath` volumes that a container mounts and that are, or hold, the socket of a container runtime: Docker,
    /// containerd, CRI-O, Podman, cri-dockerd, K3s, BuildKit; by itself, by its folder, or by `/run` and `/var/run`. The
    /// whole disk (`/`) is told by `sensitive-host-path`. It does not matter whether the mount is read-only: a socket can
    /// be talked to all the same.
    ///
    /// ## Why it matters
    /// Whoever talks to the runtime starts a privileged container with the node's disk in it, reads the environment of all
    /// containers, and runs commands in them: root on the node, past all of Kubernetes' rules.
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
    ///     - name: runtime
    ///       mountPath: /var/run/docker.sock
    ///       readOnly: true
    ///   volumes:
    ///   - name: runtime
    ///     hostPath:
    ///       path: /var/run/docker.sock   # <- finding
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
    ///     - name: licence
    ///       mountPath: /licence
    ///       readOnly: true
    ///   volumes:
    ///   - name: licence
    ///     hostPath:
    ///       path: /srv/licence
    /// ```
    /// ## How to fix
    /// Build images with a tool that needs no runtime (BuildKit rootless, Kaniko's successors, Buildah) and get facts about
    /// containers from the Kubernetes API or the kubelet's metrics. An agent that must talk to the runtime belongs in a
    /// namespace of its own, with nothing reachable from outside.
    ///
    /// ## References
    /// - docs.docker.com: Docker daemon attack surface
    /// - CIS Kubernetes Benchmark 5.2.11 (hostPath volumes)
    /// - MITRE ATT&CK for Containers T1610, T1611
    id: "SW1031",
    name: "container-runtime-socket",
    severity: Critical,
    scope: Workload,
    since: "0.1.0",
    profile: Default,
    frameworks: [Framework { name: "mitre", control: "T1611" }],
    subsumes: ["SW1032", "SW1033", "SW1034", "SW1005", "SW1016"],
    peers: [
        kubescape("C-0074", Wider, "also folders that hold a socket, Podman, K3s, BuildKit"),
        trivy("KSV-0006", Wider, "also containerd, CRI-O, Podman, K3s, BuildKit, and folders that hold a socket"),
        checkov("CKV_K8S_27", Wider, "also containerd, CRI-O, Podman, K3s, BuildKit, and folders that hold a socket"),
        kube_linter("docker-sock", Wider, "also containerd, CRI-O, Podman, K3s, BuildKit, and folders that hold a socket"),
        kubesec("DockerSock", Wider, "also containerd, CRI-O, Podman, K3s, BuildKit, and folders that hold a socket"),
    ],
    fn run(pod, out) {
        out.reads_pod_level(pod);
        for volume in host_volumes(pod) {
            let Some((mount, runtime)) = volume.first_known(runtime) else { continue };
            let message = format!(
                "volume `{}` gives container `{}` the socket of {runtime}: it is root on the node",
                volume.name,
                mount.container_name()
            );
            volume.fail_by(mount, message, out);
        }
    }
}

/// The runtime whose socket `path` is, or holds. `path` is normalised.
pub(super) fn runtime(path: &str) -> Option<&'static str> {
    let found = SOCKETS.iter().find(|(socket, _)| !matches!(path, "/" | "/var" | "/var/snap") && is_within(socket, path));
    // Some runtimes listen on one more socket beside the one above (`containerd.sock.ttrpc`, `docker.sock` of a user).
    let by_name = || path.ends_with("/docker.sock") || path.ends_with("/containerd.sock") || path.ends_with("/podman.sock");
    found.map(|(_, runtime)| *runtime).or_else(|| by_name().then_some("a container runtime"))
}

#[cfg(test)]
mod tests {
    use super::runtime;

    #[test]
    fn sockets_are_found_through_their_folders() {
        for (path, expected) in [
            ("/run/docker.sock", Some("Docker")),
            ("/run/containerd", Some("containerd")),
            ("/run", Some("Docker")),
            ("/var", None),
            ("/var/snap/microk8s/common/run", Some("containerd (MicroK8s)")),
            ("/run/user/1000/docker.sock", Some("a container runtime")),
            ("/", None),
            ("/run/docker.sock.bak", None),
            ("/run/containerdx", None),
            ("/run/flannel", None),
        ] {
            assert_eq!(runtime(path), expected, "{path}");
        }
    }
}
