//! The program as a plugin of kubectl.

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;

use clap::Command;
use clap_complete::engine::{CompletionCandidate, complete};

/// As what kubectl runs a program, by the name of its file: `kubectl seawall` runs `kubectl-seawall`, and to complete it
/// `kubectl_complete-seawall` (k8s.io/kubectl/pkg/cmd/plugin, v0.36.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Called {
    /// Not by kubectl.
    Directly,
    /// As a plugin.
    Plugin,
    /// For what could come next on the command line of a plugin.
    Completion,
}

impl Called {
    pub(crate) fn by(program: &Path) -> Self {
        match program.file_stem().and_then(|name| name.to_str()) {
            Some("kubectl-seawall") => Self::Plugin,
            Some("kubectl_complete-seawall") => Self::Completion,
            _ => Self::Directly,
        }
    }

    /// What people type.
    pub(crate) fn typed(self) -> &'static str {
        match self {
            Self::Directly => "seawall",
            Self::Plugin | Self::Completion => "kubectl seawall",
        }
    }
}

/// Writes what could stand in place of the last of `words`, as kubectl wants to have it: one candidate per line, what it means
/// behind a tab, and last what the shell is to do besides.
///
/// # Errors
/// It cannot be written.
pub(crate) fn offer(mut command: Command, words: Vec<OsString>, out: &mut impl Write) -> std::io::Result<()> {
    let last = words.len();
    let line = std::iter::once(OsString::from("seawall")).chain(words).collect();
    let folder = std::env::current_dir().ok();
    let candidates = complete(&mut command, line, last, folder.as_deref())?;
    for candidate in candidates.iter().filter(|candidate| !candidate.is_hide_set()) {
        let value = candidate.get_value().to_string_lossy();
        let help = candidate.get_help().map(ToString::to_string).unwrap_or_default();
        match help.lines().next() {
            Some(help) => writeln!(out, "{value}\t{help}")?,
            None => writeln!(out, "{value}")?,
        }
    }
    writeln!(out, ":{}", directive(&candidates))
}

/// `ShellCompDirective` of github.com/spf13/cobra v1.10: paths are among the candidates already (4), and what ends in the middle
/// of a word is not followed by a space (2).
fn directive(candidates: &[CompletionCandidate]) -> u8 {
    let goes_on = |candidate: &CompletionCandidate| {
        let value = candidate.get_value().as_encoded_bytes();
        value.ends_with(b"/") || value.ends_with(b"=")
    };
    if candidates.iter().any(goes_on) { 4 | 2 } else { 4 }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Called;

    #[test]
    fn the_name_of_the_file_says_how_it_was_called() {
        for (program, typed) in [
            ("seawall", "seawall"),
            ("/usr/local/bin/kubectl-seawall", "kubectl seawall"),
            ("kubectl-seawall.exe", "kubectl seawall"),
            ("kubectl_complete-seawall", "kubectl seawall"),
            ("other", "seawall"),
        ] {
            assert_eq!(Called::by(Path::new(program)).typed(), typed, "{program}");
        }
    }
}
