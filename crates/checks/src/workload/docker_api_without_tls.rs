use seawall_inventory::image::ImageReference;
use smol_str::SmolStr;

use crate::command_line::base_name;

crate::check::check! {
    /// Docker API open on the network
    ///
    /// ## What it finds
    /// Containers that offer Docker's API over TCP without TLS: a port 2375, or a Docker daemon with `-H tcp://…` (or
    /// `--host`) and without `--tlsverify`.
    ///
    /// ## Why it matters
    /// The API has no authentication of its own: whoever reaches the port starts containers, mounts the daemon's file
    /// system and is root where the daemon runs. The daemon itself needs a privileged container, so that is the node.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: dind
    ///     image: docker:28-dind
    ///     args:
    ///     - dockerd
    ///     - --host=tcp://0.0.0.0:2375   # <- finding
    ///     - --tls=false
    ///   - name: other
    ///     image: registry.example/docker:1.0
    ///     ports:
    ///     - containerPort: 2375   # <- finding
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: dind
    ///     image: docker:28-dind
    ///     args: [dockerd, "--host=unix:///run/docker/docker.sock"]
    /// ```
    /// ## How to fix
    /// Let the daemon listen on a Unix socket in an `emptyDir` that it shares with its client, or with client certificates
    /// (`--tlsverify`, port 2376). Better: build with BuildKit rootless or Buildah, which need no daemon.
    ///
    /// ## References
    /// - docs.docker.com: Protect the Docker daemon socket
    /// - MITRE ATT&CK for Containers T1610, T1613
    id: "SW1053",
    name: "docker-api-without-tls",
    severity: High,
    scope: Container,
    since: "0.1.0",
    profile: Default,
    fn run(container, out) {
        let own = container.container;
        let mut listens = false;
        for (field, list) in [("command", &own.command), ("args", &own.args)] {
            let verified = list.iter().any(|argument| argument.starts_with("--tlsverify"));
            for (index, argument) in list.iter().enumerate().filter(|_| !verified) {
                let host = argument.strip_prefix("--host=").or(argument.strip_prefix("-H=")).unwrap_or(argument);
                let port = host.strip_prefix("tcp://").map(|address| address.rsplit(':').next().unwrap_or_default());
                let is_loopback = host.starts_with("tcp://127.") || host.starts_with("tcp://localhost");
                if port == Some("2375") && !is_loopback && is_daemon(&own.image, list.first()) {
                    listens = true;
                    let message = format!("container `{}` offers Docker's API to everyone who reaches it", container.name());
                    out.fail(container.path(field).index(index), message).value(host);
                }
            }
        }
        for (index, port) in own.ports.iter().enumerate() {
            if port.container_port == Some(2375) && !listens {
                let message = format!("container `{}` offers Docker's API without TLS, on port 2375", container.name());
                out.fail(container.path("ports").index(index).key("containerPort"), message).value("2375");
            }
        }
    }
}

/// Whether the container runs a Docker daemon, rather than a client that is told where one listens.
fn is_daemon(image: &str, program: Option<&SmolStr>) -> bool {
    let image = ImageReference::parse(image);
    let by_image = image.is_ok_and(|image| image.tag.is_some_and(|tag| tag.contains("dind")) || image.base_name().contains("dind"));
    by_image || program.is_some_and(|program| base_name(program) == "dockerd")
}
