//! What `cargo xtask test` consists of.

/// One step: a command line that a person can run by himself.
pub(crate) struct Step {
    pub name: &'static str,
    pub environment: &'static [(&'static str, &'static str)],
    pub command: &'static [&'static str],
}

/// The steps in their order. Tests come last, so that their result lines are the last thing to be read.
pub(crate) const STEPS: &[Step] = &[
    Step { name: "rig", environment: &[], command: &["cargo", "xtask", "rig"] },
    Step { name: "dependencies", environment: &[], command: &["cargo", "xtask", "deny"] },
    Step { name: "format", environment: &[], command: &["cargo", "fmt", "--all", "--check"] },
    Step {
        name: "lints",
        environment: &[],
        command: &["cargo", "clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"],
    },
    Step {
        name: "without clusters",
        environment: &[],
        command: &[
            "cargo",
            "clippy",
            "-p",
            "seawall",
            "--no-default-features",
            "--locked",
            "--",
            "-D",
            "warnings",
        ],
    },
    Step {
        name: "docs",
        environment: &[("RUSTDOCFLAGS", "-D warnings")],
        command: &["cargo", "doc", "--workspace", "--no-deps", "--document-private-items", "--locked"],
    },
    Step { name: "generated files", environment: &[], command: &["cargo", "xtask", "generate", "--check"] },
    Step { name: "speed", environment: &[], command: &["cargo", "xtask", "bench"] },
    Step {
        name: "tests",
        environment: &[],
        command: &["cargo", "test", "--workspace", "--no-fail-fast", "--locked"],
    },
];

impl Step {
    /// The step as it is typed in a shell.
    pub(crate) fn typed(&self) -> String {
        let assignments = self.environment.iter().map(|(name, value)| format!("{name}={}", quoted(value)));
        assignments.chain(self.command.iter().map(|word| quoted(word))).collect::<Vec<_>>().join(" ")
    }
}

fn quoted(word: &str) -> String {
    if word.contains(' ') { format!("\"{word}\"") } else { word.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::STEPS;

    #[test]
    fn a_step_is_typed_with_its_environment() {
        let docs = STEPS.iter().find(|step| step.name == "docs").unwrap();
        assert!(
            docs.typed().starts_with("RUSTDOCFLAGS=\"-D warnings\" cargo doc --workspace"),
            "{}",
            docs.typed()
        );
    }
}
