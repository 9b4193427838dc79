use seawall_inventory::image::ImageReference;
use smol_str::SmolStr;

use crate::command_line::base_name;

crate::check::check! {
    /// Docker API open on the network
    ///
    /// ## What it finds
    /// Containers that offer Docker's API over TCP without TLS: a port 2375, or a Docker daemon that is told to listen on one
    /// (`-H tcp://…:2375`, `--host`) and not to verify its clients (`--tlsverify`). A daemon on the loopback is exempt.
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
        let mut words = own.command.iter().chain(&own.args);
        let daemon =
            is_daemon(&own.image, words.next()) && !words.any(|word| word.starts_with("--tlsverify"));
        let mut listens = false;
        for (field, list) in [("command", &own.command), ("args", &own.args)] {
            for (index, argument) in list.iter().enumerate().filter(|_| daemon) {
                if let Some(address) = open_address(argument) {
                    listens = true;
                    let message = format!(
                        "container `{}` offers Docker's API to everyone who reaches it",
                        container.name()
                    );
                    out.fail(container.path(field).index(index), message).value(address);
                }
            }
        }
        for (index, port) in own.ports.iter().enumerate() {
            if port.container_port == Some(2375) && !listens {
                let message =
                    format!("container `{}` offers Docker's API without TLS, on port 2375", container.name());
                out.fail(container.path("ports").index(index).key("containerPort"), message).value("2375");
            }
        }
    }
}

/// The address in `--host=ADDRESS`, `-H=ADDRESS` or ADDRESS alone, when others reach it and TLS is not to be expected there.
fn open_address(argument: &str) -> Option<&str> {
    let host = argument.strip_prefix("--host=").or(argument.strip_prefix("-H=")).unwrap_or(argument);
    let address = host.strip_prefix("tcp://")?;
    let is_loopback = address.starts_with("127.") || address.starts_with("localhost");
    (address.ends_with(":2375") && !is_loopback).then_some(host)
}

/// Whether the container runs a Docker daemon, rather than a client that is told where one listens.
fn is_daemon(image: &str, program: Option<&SmolStr>) -> bool {
    let by_image = ImageReference::parse(image).is_ok_and(|image| {
        image.tag.is_some_and(|tag| tag.contains("dind")) || image.base_name().contains("dind")
    });
    by_image || program.is_some_and(|program| base_name(program) == "dockerd")
}

#[cfg(test)]
mod tests {
    use smol_str::SmolStr;

    use super::{is_daemon, open_address};

    #[test]
    fn an_open_daemon_is_told_from_its_clients() {
        for (argument, expected) in [
            ("--host=tcp://0.0.0.0:2375", Some("tcp://0.0.0.0:2375")),
            ("tcp://:2375", Some("tcp://:2375")),
            ("-H=tcp://127.0.0.1:2375", None),
            ("tcp://0.0.0.0:2376", None),
            ("unix:///run/docker.sock", None),
        ] {
            assert_eq!(open_address(argument), expected, "{argument}");
        }
        let program = |name| Some(SmolStr::new_static(name));
        assert!(is_daemon("docker:28-dind", None));
        assert!(is_daemon("registry.example/builder:1", program("/usr/local/bin/dockerd").as_ref()));
        assert!(!is_daemon("docker:28-cli", program("docker").as_ref()));
    }
}
