use crate::command_line::{base_name, commands};

/// How far into a command `sudo` is looked for: behind `exec`, `env` and assignments, not among arguments.
const MOST_WRAPPERS: usize = 3;

crate::check::check! {
    /// sudo in a container
    ///
    /// ## What it finds
    /// `sudo` or `doas` as a program in `command`, `args` or a script in them.
    ///
    /// ## Why it matters
    /// The image has a program by which another user becomes root, and rules that allow it without a password: whoever runs
    /// code in the container is root in it, whatever `runAsUser` says.
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
    ///     command: ["/bin/sh", "-c"]
    ///     args:
    ///     - sudo chown -R app /data && exec app   # <- finding
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
    ///     command: ["/bin/app"]
    /// ```
    /// ## How to fix
    /// Prepare files when the image is built, or in an init container; give volumes to the user by `fsGroup`. Then set
    /// `allowPrivilegeEscalation: false`, which makes `sudo` useless.
    ///
    /// ## References
    /// - MITRE ATT&CK T1548.003
    id: "SW1043",
    name: "sudo-in-command",
    severity: Medium,
    scope: Container,
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0062", Wider, "arguments and scripts too, and `doas`"),
    ],
    fn run(container, out) {
        for command in commands(container) {
            let calls = |word: &&str| matches!(base_name(word), "sudo" | "doas");
            if let Some(program) = command.words.iter().take(MOST_WRAPPERS).find(|word| calls(word)) {
                let name = base_name(program);
                out.fail(
                    command.path(container),
                    format!("container `{}` becomes root by `{name}`", container.name()),
                )
                .value(name);
            }
        }
    }
}
