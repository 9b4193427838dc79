//! The command line as a whole.

use std::ffi::OsString;
use std::path::Path;

use clap::builder::Resettable;
use clap::{ArgAction, CommandFactory, FromArgMatches, Parser, Subcommand};
use clap_complete::CompleteEnv;
use seawall_report::plain;

use crate::console::{Console, Verbosity, When};
use crate::exit::Exit;
use crate::kubectl::{self, Called};
use crate::problems::{self, Refused};
use crate::{args, command};

const EXIT_CODES: &str = "\
Exit codes:
  0  nothing at or above --fail-on
  1  findings at or above --fail-on (high, unless told otherwise)
  2  wrong arguments or configuration
  3  nothing was scanned
  4  incomplete: something could not be read or understood (--allow-incomplete accepts that)";

/// Secures Kubernetes clusters: finds what is weak, shows where, why it matters and how to fix it
#[derive(Debug, Parser)]
#[command(name = "seawall", version, after_help = EXIT_CODES, max_term_width = 100)]
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
    Scan(Box<command::scan::Scan>),
    #[cfg(feature = "cluster")]
    Watch(Box<command::watch::Watch>),
    Explain(command::explain::Explain),
    List(command::list::List),
    Baseline(command::baseline::Baseline),
    Diff(command::diff::Diff),
    Snapshot(command::snapshot::SnapshotArgs),
    #[cfg(feature = "cluster")]
    Drift(Box<command::drift::DriftArgs>),
    #[cfg(feature = "cluster")]
    Cluster(command::cluster::Cluster),
    Config(command::config::Config),
    Schema(command::schema::Schema),
    Completions(command::completions::Completions),
    Man(command::man::Man),
    Version(command::version::Version),
    #[command(hide = true)]
    Internal(command::internal::Internal),
}

/// Runs what the command line says.
pub(crate) fn run() -> Exit {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let called = arguments.first().map_or(Called::Directly, |program| Called::by(Path::new(program)));
    let program = called.typed();
    if called == Called::Completion {
        let words = arguments.into_iter().skip(1).collect();
        // Whoever has gone away does not wait for candidates.
        let _ = kubectl::offer(command_as(program), words, &mut anstream::stdout());
        return Exit::Clean;
    }
    let completing = CompleteEnv::with_factory(move || command_as(program));
    match completing.try_complete(&arguments, std::env::current_dir().ok().as_deref()) {
        Ok(true) => return Exit::Clean,
        Ok(false) => {}
        Err(error) => return refuse(&error),
    }
    let parsed = command_as(program)
        .try_get_matches_from(arguments)
        .and_then(|mut matches| Ok((Cli::from_arg_matches(&matches)?, matches.remove_subcommand())));
    let (cli, given) = match parsed {
        Ok((cli, subcommand)) => (cli, subcommand.map(|(_, matches)| matches).unwrap_or_default()),
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
        #[cfg(feature = "cluster")]
        Some(Command::Watch(args)) => args.run(&console),
        Some(Command::Explain(args)) => args.run(&console),
        Some(Command::List(args)) => args.run(&console),
        Some(Command::Baseline(args)) => args.run(&console),
        Some(Command::Diff(args)) => args.run(&console),
        Some(Command::Snapshot(args)) => args.run(&console),
        #[cfg(feature = "cluster")]
        Some(Command::Drift(args)) => args.run(&console),
        #[cfg(feature = "cluster")]
        Some(Command::Cluster(args)) => args.run(&console),
        Some(Command::Config(args)) => args.run(&given, &console),
        Some(Command::Schema(args)) => args.run(&console),
        Some(Command::Completions(args)) => args.run(&console),
        Some(Command::Man(args)) => args.run(&console),
        Some(Command::Version(args)) => args.run(&console),
        Some(Command::Internal(args)) => args.run(),
    };
    result.unwrap_or_else(|error| {
        match error.downcast_ref::<Refused>() {
            Some(Refused(problems)) => problems::refuse(&console, problems),
            // Names in it come from arguments and files.
            None => console.error(plain(&format!("{error:#}"))),
        }
        Exit::Usage
    })
}

/// The command line under its own name.
pub(crate) fn command() -> clap::Command {
    command_as("seawall")
}

/// The command line as people type it, who may call it as a plugin of kubectl: help and errors show what they typed.
fn command_as(program: &'static str) -> clap::Command {
    let command = brief(Cli::command().bin_name(program));
    if program == "seawall" { command } else { rename_examples(command, program) }
}

/// Help without what the environment holds, and `-h` without what few people need; `--help` has that. A variable that is
/// empty counts as not set: that is how workflows of CI systems leave out what they take from an input.
fn brief(command: clap::Command) -> clap::Command {
    let command = command.mut_args(|arg| {
        let few = arg.get_help_heading() == Some(args::render::HEADING);
        let empty =
            arg.get_env().is_some_and(|name| std::env::var_os(name).is_some_and(|value| value.is_empty()));
        let arg = if empty { arg.env(Resettable::Reset) } else { arg };
        arg.hide_env_values(true).hide_short_help(few)
    });
    command.mut_subcommands(brief)
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

    /// The libraries know nothing of the command line, but what to do about a problem often is a flag.
    #[test]
    fn flags_that_messages_name_exist() {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let command = super::command();
        let scan = command.find_subcommand("scan").unwrap();
        // Helm's own messages end with its `--debug`.
        let known =
            |flag: &str| flag == "debug" || scan.get_arguments().any(|arg| arg.get_long() == Some(flag));
        let mut named = 0;
        for file in [
            "source/src/problem.rs",
            "source/src/helm/message.rs",
            "source/src/kustomize/message.rs",
            "source/src/recognise.rs",
            "engine/src/selection.rs",
        ] {
            let text = std::fs::read_to_string(crates.join(file)).unwrap();
            let code = text.split("mod tests").next().unwrap();
            for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
                for mention in line.split([' ', '`', '"', ',', ';', '.', '(', ')']) {
                    if let Some(flag) = mention.strip_prefix("--").filter(|flag| !flag.is_empty()) {
                        assert!(known(flag), "{file} names --{flag}, which `seawall scan` has not");
                        named += 1;
                    }
                }
            }
        }
        assert!(named >= 10, "only {named} flags were found in messages");
    }
}
