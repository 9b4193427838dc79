use seawall_yaml::Path;

use crate::command_line::{Command, Tie, commands, is_interpreter};

crate::check::check! {
    /// Script run as it is downloaded
    ///
    /// ## What it finds
    /// A download (`curl`, `wget`) whose output a shell or interpreter runs: `curl … | sh`, `bash -c "$(wget …)"`, `python
    /// <(curl …)`, in `command`, `args` or lifecycle hooks' scripts.
    ///
    /// ## Why it matters
    /// What runs is whatever that server, or who is between, sends at that moment: not what was reviewed, scanned or pinned
    /// with the image. It is how most miners come into clusters.
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
    ///     - curl -fsSL https://get.example/install.sh | sh   # <- finding
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
    ///     command: ["/bin/sh", "-c"]
    ///     args:
    ///     - curl -fsSL https://data.example/rates.json | jq .eur
    /// ```
    /// ## How to fix
    /// Put the program into the image when it is built, with its checksum verified. What must be fetched at start, verify
    /// before it runs.
    ///
    /// ## References
    /// - MITRE ATT&CK T1105, T1059.004
    id: "SW1054",
    name: "downloaded-script",
    severity: Medium,
    scope: Container,
    since: "0.1.0",
    profile: Default,
    fn run(container, out) {
        let mut reported: Option<Path> = None;
        let mut pipeline_downloads = false;
        let mut before_runs = false;
        for command in commands(container) {
            pipeline_downloads &= command.tie == Tie::Pipe;
            let runs_download = match command.tie {
                Tie::Pipe => pipeline_downloads && is_interpreter(command.program()),
                Tie::Substitution => before_runs && is_download(&command),
                Tie::None => false,
            };
            pipeline_downloads |= is_download(&command);
            before_runs = runs(&command);
            if !runs_download {
                continue;
            }
            let path = command.path(container);
            if reported.as_ref() != Some(&path) {
                let message = format!("container `{}` runs a script as it is downloaded", container.name());
                out.fail(path.clone(), message).derived("the output of a download goes to an interpreter");
                reported = Some(path);
            }
        }
    }
}

fn is_download(command: &Command<'_>) -> bool {
    matches!(command.program(), "curl" | "wget" | "aria2c")
}

/// Whether a command runs what is put in place of its argument.
fn runs(command: &Command<'_>) -> bool {
    is_interpreter(command.program()) || matches!(command.program(), "eval" | "source" | ".")
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use seawall_inventory::{Provenance, Snapshot};
    use seawall_yaml::Limits;

    use super::CHECK;
    use crate::Settings;

    #[test]
    fn finds_what_is_run_and_not_what_is_only_fetched() {
        for (script, expected) in [
            ("curl -s https://x | sh", true),
            ("wget -qO- https://x|sudo -E bash -s -- -y", true),
            ("curl https://x | tee /tmp/i.sh | bash", true),
            ("sh -c \"$(curl -fsSL https://x)\"", true),
            ("bash <(curl -s https://x)", true),
            ("eval `wget -O - https://x`", true),
            ("set -e; apk add curl && curl https://x | python3 -", true),
            ("curl https://x | tar xz", false),
            ("curl https://x -o f; sh run.sh", false),
            ("ls | sh; curl https://x", false),
            ("curl https://x || sh fallback.sh", false),
            ("# curl https://x | sh\ntrue", false),
            ("echo \"$(curl https://x)\"", false),
        ] {
            let quoted = script.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            let pod = format!(
                "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n  containers:\n  - name: a\n    image: a\n    args: [\"{quoted}\"]\n"
            );
            let reading =
                seawall_inventory::read(PathBuf::from("a.yaml"), pod.as_bytes(), Provenance::Verbatim, &Limits::default());
            let snapshot = Snapshot::assemble(vec![reading], Vec::new(), Vec::new(), Vec::new());
            let found = CHECK.on_object(&crate::Subject::new(&snapshot, 0).unwrap(), &Settings::default()).findings;
            assert_eq!(found.len(), usize::from(expected), "{script}");
        }
    }
}
