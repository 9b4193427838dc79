//! The command line as a whole.

use std::ffi::OsString;
use std::path::Path;

use clap::{ArgAction, CommandFactory, FromArgMatches, Parser, Subcommand};
use clap_complete::CompleteEnv;
use seawall_report::plain;

use crate::command;
use crate::console::{Console, Verbosity, When};
use crate::exit::Exit;
use crate::kubectl::{self, Called};
use crate::problems::{self, Refused};

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

/// Arguments of a command are made when it is the one that is called.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
enum Command {
    /// Find what is weak in manifests, charts and overlays
    Scan(Box<command::scan::Scan>),
    /// Follow a cluster: tell findings as they open, change and close
    #[cfg(feature = "cluster")]
    Watch(Box<command::watch::Watch>),
    /// Whether somebody may do something, and by what: the API server's own decision, without asking it
    Can(Box<command::access::can::Can>),
    /// Everybody who may do something, and by what
    WhoCan(Box<command::access::who_can::WhoCan>),
    /// Who may do what: can, who-can, explain, matrix, diff
    Access(command::access::Access),
    /// Who can reach whom over the network, and by which rule
    Reach(Box<command::reach::Reach>),
    /// Explain a check: what it finds, why it matters, how to fix it
    Explain(command::explain::Explain),
    /// List checks, domains, profiles, output formats, tags or frameworks
    List(command::list::List),
    /// Accept the findings that are there, so that only new ones count
    Baseline(command::baseline::Baseline),
    /// Show what a change does: findings that are new, and those that it mends
    Diff(command::diff::Diff),
    /// Save what a cluster or files hold, to scan it later and elsewhere
    Snapshot(command::snapshot::SnapshotArgs),
    /// Show how a cluster differs from the files that it is made of
    #[cfg(feature = "cluster")]
    Drift(Box<command::drift::DriftArgs>),
    /// What a scan of a cluster needs: doctor sees whether it is there, rbac prints the least role for it
    #[cfg(feature = "cluster")]
    Cluster(command::cluster::Cluster),
    /// Show the effective configuration and its origins; init and check write and check a file
    Config(command::config::Config),
    /// Print a JSON Schema: of the configuration, of reports, of a watch, or of answers about access and reach
    Schema(command::schema::Schema),
    /// Print the script that completes commands, flags and check names in a shell
    Completions(command::completions::Completions),
    /// Print the manual page, or write all pages into a folder
    Man(command::man::Man),
    /// Print the version, and what it covers
    Version(command::version::Version),
    /// For the development of Seawall itself
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
    #[cfg(all(feature = "cluster", unix))]
    if reads_cluster(&given)
        && let Err(error) = crate::memory::overwrite_freed()
    {
        console.warning(format_args!("values of Secrets may stay in memory that is freed: {error}"));
    }
    let result = match cli.command {
        None => command::welcome(&console, program),
        Some(Command::Scan(args)) => args.run(&console),
        #[cfg(feature = "cluster")]
        Some(Command::Watch(args)) => args.run(&console),
        Some(Command::Can(args)) => args.run(&console),
        Some(Command::WhoCan(args)) => args.run(&console),
        Some(Command::Access(args)) => args.run(&console),
        Some(Command::Reach(args)) => args.run(&console),
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

/// Whether a cluster is asked for.
#[cfg(all(feature = "cluster", unix))]
fn reads_cluster(given: &clap::ArgMatches) -> bool {
    let here = given.try_get_one::<bool>("cluster").ok().flatten().is_some_and(|asked| *asked);
    here || given.subcommand().is_some_and(|(_, below)| reads_cluster(below))
}

/// The command line under its own name, with all arguments of all commands.
pub(crate) fn command() -> clap::Command {
    let mut command = command_as("seawall");
    command.build();
    command
}

/// The command line as people type it, who may call it as a plugin of kubectl: help and errors show what they typed.
fn command_as(program: &'static str) -> clap::Command {
    let mut command = Cli::command().bin_name(program);
    if program == "seawall" {
        return command;
    }
    command.build();
    rename_examples(command, program)
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

    /// What the environment holds is nobody's business who reads help.
    #[test]
    fn help_does_not_show_the_environment() {
        fn check(command: &clap::Command) -> usize {
            let variables = command.get_arguments().filter(|arg| arg.get_env().is_some());
            let shown = variables.inspect(|arg| assert!(arg.is_hide_env_values_set(), "{arg}")).count();
            shown + command.get_subcommands().map(check).sum::<usize>()
        }
        assert!(check(&super::command()) > 10);
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
