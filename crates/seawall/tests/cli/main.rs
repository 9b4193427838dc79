//! The program as people meet it: what it says, where, and with which exit code.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod access;
mod changes;
mod commands;
mod completions;
mod documents;
mod exit_codes;
mod graph;
mod inputs;
mod integrations;
mod interrupt;
mod outputs;
mod precision;
mod reach;
#[cfg(target_os = "linux")]
mod reach_conntrack;
mod reach_in_order;
mod reach_mesh;
mod reach_watch;
mod readme;
mod saved;
mod streams;
mod threads;
mod unreachable;

use std::process::{Command, Output};

/// Path of the program.
const SEAWALL: &str = env!("CARGO_BIN_EXE_seawall");

/// Variables by which an environment changes what the program says.
const ENVIRONMENT: &[&str] = &[
    "CI",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "COLORTERM",
    "COLUMNS",
    "NO_COLOR",
    "SEAWALL_BASELINE",
    "SEAWALL_CONFIG",
    "SEAWALL_FAIL_ON",
    "SEAWALL_HELM",
    "SEAWALL_KUBERNETES_VERSION",
    "SEAWALL_KUSTOMIZE",
    "SEAWALL_PROFILE",
    "SEAWALL_THREADS",
    "TERM",
];

/// The program with `arguments`, whatever the environment of the test.
fn seawall(arguments: &[&str]) -> Command {
    let mut command = Command::new(SEAWALL);
    command.args(arguments);
    for name in ENVIRONMENT {
        command.env_remove(name);
    }
    command
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// The schema of documents, which the program prints.
fn schema(of: &str) -> jsonschema::Validator {
    let output = seawall(&["schema", of]).output().unwrap();
    jsonschema::draft202012::new(&serde_json::from_str(stdout(&output)).unwrap()).unwrap()
}

/// Stops when a document that was asked for is not as its schema says.
fn hold(schema: &jsonschema::Validator, asked: &[&str], document: &serde_json::Value) {
    let errors = schema.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path()));
    let errors: Vec<String> = errors.collect();
    assert!(errors.is_empty(), "{asked:?}: {errors:#?}\n{document:#}");
}
