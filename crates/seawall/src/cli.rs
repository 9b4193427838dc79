//! The command line as a whole.

use std::ffi::OsString;
use std::path::Path;

use clap::{ArgAction, CommandFactory, FromArgMatches, Parser, Subcommand};
use clap_complete::CompleteEnv;

use crate::command;
use crate::console::{Console, Verbosity, When};
use crate::exit::Exit;

const EXIT_CODES: &str = "\
Exit codes:
  0  nothing at or above --fail-on
  1  findings at or above --fail-on (high, unless told otherwise)
  2  wrong arguments or configuration
  3  nothing was scanned
  4  incomplete: something could not be read or decided (--allow-incomplete accepts that)";

/// Secures Kubernetes clusters: finds what is weak, shows where, why it matters and how to fix it
#[derive(Debug, Parser)]
#[command(name = "seawall", version, after_help = EXIT_CODES, max_term_width = 100)]
#[command(disable_help_subcommand = true, subcommand_required = false)]
pub(crate) struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "General")]
struct Global {
    /// When to use colours
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "WHEN",
        hide_possible_values = true
    )]
    #[arg(help = "When to use colours: auto, always or never")]
    color: When,
    /// Say nothing but errors; results are written all the same
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Say also what was left out, and why
    #[arg(long, short, global = true, action = ArgAction::SetTrue)]
    verbose: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Scan(command::scan::ScanCommand),
    Explain(command::explain::Explain),
    List(command::list::List),
    Completions(command::completions::Completions),
    Man(command::man::Man),
    Version(command::version::Version),
    #[command(hide = true)]
    Internal(command::internal::Internal),
}

/// Runs what the command line says.
pub(crate) fn run() -> Exit {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let program = arguments.first().map_or("seawall", |program| called(Path::new(program)));
    let completing = CompleteEnv::with_factory(move || command_as(program));
    match completing.try_complete(&arguments, std::env::current_dir().ok().as_deref()) {
        Ok(true) => return Exit::Clean,
        Ok(false) => {}
        Err(error) => return refuse(&error),
    }
    let parsed = command_as(program)
        .try_get_matches_from(arguments)
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => return refuse(&error),
    };
    let verbosity = match (cli.global.quiet, cli.global.verbose) {
        (true, _) => Verbosity::Quiet,
        (_, true) => Verbosity::Verbose,
        _ => Verbosity::Normal,
    };
    let console = Console::new(cli.global.color, verbosity);
    let result = match cli.command {
        None => command::welcome(&console, program),
        Some(Command::Scan(args)) => args.run(&console),
        Some(Command::Explain(args)) => args.run(&console),
        Some(Command::List(args)) => args.run(&console),
        Some(Command::Completions(args)) => args.run(&console),
        Some(Command::Man(args)) => args.run(&console),
        Some(Command::Version(args)) => args.run(&console),
        Some(Command::Internal(args)) => args.run(),
    };
    result.unwrap_or_else(|error| {
        console.error(format_args!("{error:#}"));
        Exit::Usage
    })
}

/// The command line under its own name.
pub(crate) fn command() -> clap::Command {
    command_as("seawall")
}

/// The command line as people type it, who may call it as a plugin of kubectl: help and errors show what they typed.
fn command_as(program: &'static str) -> clap::Command {
    let command = Cli::command().bin_name(program);
    if program == "seawall" { command } else { rename_examples(command, program) }
}

fn called(program: &Path) -> &'static str {
    // kubectl runs `kubectl seawall` as `kubectl-seawall`.
    match program.file_stem() {
        Some(name) if name == "kubectl-seawall" => "kubectl seawall",
        _ => "seawall",
    }
}

/// Examples in help begin with two spaces and `seawall`.
fn rename_examples(command: clap::Command, program: &str) -> clap::Command {
    let examples = command.get_after_help().map(ToString::to_string);
    let command = match examples {
        Some(text) => command.after_help(text.replace("\n  seawall ", &format!("\n  {program} "))),
        None => command,
    };
    command.mut_subcommands(|command| rename_examples(command, program))
}

/// Prints help, or what is wrong with the arguments.
fn refuse(error: &clap::Error) -> Exit {
    // Help for a reader that has gone away.
    let _ = error.print();
    if error.use_stderr() { Exit::Usage } else { Exit::Clean }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn definitions_are_consistent() {
        super::command().debug_assert();
    }

    #[test]
    fn a_plugin_of_kubectl_is_called_as_one() {
        for (program, name) in [
            ("seawall", "seawall"),
            ("/usr/local/bin/kubectl-seawall", "kubectl seawall"),
            ("kubectl-seawall.exe", "kubectl seawall"),
            ("other", "seawall"),
        ] {
            assert_eq!(super::called(Path::new(program)), name, "{program}");
        }
    }
}
