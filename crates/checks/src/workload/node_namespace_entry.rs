use seawall_yaml::Path;

use crate::command_line::{base_name, commands};

crate::check::check! {
    /// Container that enters the node
    ///
    /// ## What it finds
    /// `nsenter` with `--target 1` (`-t 1`) as a program in `command`, `args` or a script in them.
    ///
    /// ## Why it matters
    /// The command leaves the container: it runs what follows in the namespaces of the node's first process, as root, with
    /// the node's files and network. With `hostPID` and privileges it needs nothing more.
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
    ///     command: ["nsenter", "--target", "1", "--mount", "--", "bash"]   # <- finding
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
    /// Settings of the node belong into its image or into the tool that manages nodes. For a look at a node, `kubectl debug
    /// node/NAME` leaves a line in the audit log and nothing behind.
    ///
    /// ## References
    /// - MITRE ATT&CK for Containers T1611
    id: "SW1059",
    name: "node-namespace-entry",
    severity: High,
    scope: Container,
    since: "0.1.0",
    profile: Default,
    fn run(container, out) {
        let mut reported: Option<Path> = None;
        for command in commands(container) {
            let Some(start) = command.words.iter().position(|word| base_name(word) == "nsenter") else {
                continue;
            };
            let arguments = command.words.get(start..).unwrap_or_default();
            let pairs = arguments.windows(2);
            let targets_first = arguments.iter().any(|argument| matches!(*argument, "--target=1" | "-t1"))
                || pairs.into_iter().any(|pair| matches!(pair, ["--target" | "-t", "1"]));
            if !targets_first {
                continue;
            }
            let path = command.path(container);
            if reported.as_ref() != Some(&path) {
                let message = format!("container `{}` enters the namespaces of the node", container.name());
                out.fail(path.clone(), message).value("nsenter --target 1");
                reported = Some(path);
            }
        }
    }
}
