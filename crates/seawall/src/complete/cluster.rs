//! Candidates that a kubeconfig or a cluster knows.

use std::path::Path;
use std::time::Duration;

use clap_complete::engine::CompletionCandidate;
use seawall_cluster::{Names, Target};

/// How long somebody who presses Tab waits without wondering.
const PATIENCE: Duration = Duration::from_secs(2);

/// Contexts of the kubeconfig.
pub(crate) fn contexts() -> Vec<CompletionCandidate> {
    candidates(names().contexts)
}

/// Users of the kubeconfig.
pub(crate) fn users() -> Vec<CompletionCandidate> {
    candidates(names().users)
}

/// Namespaces of the cluster, when the line is about one.
pub(super) fn namespaces() -> Vec<CompletionCandidate> {
    let words = words();
    // A flag, or the subcommand that is about one.
    if !words.iter().any(|word| word == "--cluster" || word == "cluster") {
        return Vec::new();
    }
    let target = Target {
        kubeconfig: value(&words, "--kubeconfig").map(Into::into),
        context: value(&words, "--context").map(str::to_owned),
        ..Target::default()
    };
    candidates(seawall_cluster::namespaces(&target, PATIENCE))
}

fn names() -> Names {
    let words = words();
    Names::of(value(&words, "--kubeconfig").map(Path::new))
}

fn candidates(names: Vec<String>) -> Vec<CompletionCandidate> {
    names.into_iter().map(CompletionCandidate::new).collect()
}

/// The words of the line that is being completed: shells and kubectl give them as arguments.
fn words() -> Vec<String> {
    std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect()
}

/// The value of a flag, in the next word or behind `=`.
fn value<'w>(words: &'w [String], flag: &str) -> Option<&'w str> {
    let mut following = words.iter();
    while let Some(word) = following.next() {
        if word == flag {
            return following.next().map(String::as_str);
        }
        if let Some(value) = word.strip_prefix(flag).and_then(|rest| rest.strip_prefix('=')) {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::value;

    #[test]
    fn the_value_of_a_flag_is_the_next_word_or_stands_behind_an_equals_sign() {
        let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
        for (line, expected) in [
            ("scan --context prod", Some("prod")),
            ("scan --context=prod -n", Some("prod")),
            ("scan --contexts prod", None),
            ("scan --context", None),
        ] {
            assert_eq!(value(&words(line), "--context"), expected, "{line}");
        }
    }
}
