//! The `seawall` program: arguments → plan → exit code.
//!
//! One file per subcommand in `command/`; groups of arguments that several share in `args/`. What a run finds is decided
//! in the libraries; here it is only put together, written out and turned into an exit code.

mod args;
mod catalogue;
mod cli;
mod command;
mod complete;
mod configuration;
mod console;
mod csv;
mod docs;
mod exit;
mod file;
mod interrupt;
mod json;
mod kubectl;
mod markdown;
mod memory;
mod peers;
mod problems;
mod progress;
mod report;
mod run;
mod table;
mod text;
mod workload;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run().into()
}
