//! Measurements, never tests: `cargo run --release -p seawall-benches -- bars` prints each bar with what was measured, and
//! `-- cluster` does so for a cluster, `-- watch` for one that is followed, `-- changes` for what following it costs without the
//! network, `-- access` for who may do what in a large cluster, `-- network` for who reaches whom in one, and `-- instructions --check` holds instruction counts against their budget (CI runs it, since counts do not depend on load).

mod access;
mod bars;
mod changes;
mod child;
mod cluster;
mod generate;
mod instructions;
mod lists;
mod network;
mod parse_only;
mod process;
mod watch;

use std::io::Write;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Print every bar with the medians measured against it; exit 1 when one is not met.
    Bars {
        /// Runs of each command after one warm-up.
        #[arg(long, default_value_t = 7)]
        runs: usize,
    },
    /// Fill a real API server, and print what reading it takes against the bars; exit 1 when one is not met.
    Cluster {
        /// Runs of each command after one warm-up.
        #[arg(long, default_value_t = 3)]
        runs: usize,
        /// A hundredth of the objects is 1; the bars are those of 100.
        #[arg(long, default_value_t = 100)]
        percent: usize,
    },
    /// Change a cluster that is watched, and print how soon what that does to findings is told; exit 1 when a bar is not met.
    Watch {
        /// How long it is changed, in seconds.
        #[arg(long, default_value_t = 60)]
        seconds: usize,
    },
    /// Print what a change of a cluster that is watched costs against the bars; exit 1 when one is not met.
    Changes {
        /// How long they go on, in seconds of the cluster.
        #[arg(long, default_value_t = 60)]
        seconds: usize,
    },
    /// Print what it costs to say who may do what in a large cluster, against the bars; exit 1 when one is not met.
    Access,
    /// Print what it costs to say who reaches whom in a large cluster, against the bars; exit 1 when one is not met.
    Network {
        /// Compare a smaller cluster with a peer, which is installed, in place of that.
        #[arg(long)]
        peer: bool,
    },
    /// Count instructions under valgrind.
    Instructions {
        /// Exit 1 when a count is over its budget.
        #[arg(long)]
        check: bool,
        /// Write what was counted as the new budget.
        #[arg(long, conflicts_with = "check")]
        update: bool,
    },
    /// Write a folder of generated workloads.
    Generate {
        /// How many.
        count: usize,
        /// Folder to write to.
        folder: PathBuf,
    },
    /// Only parse all YAML and JSON below a path: the floor that scanning is compared with.
    ParseOnly {
        /// The path.
        path: PathBuf,
    },
    /// Do the work of a part of a cluster, for its instructions to be counted.
    #[command(hide = true)]
    Work {
        /// Of which bench.
        #[arg(value_parser = ["access", "network"])]
        of: String,
        /// How many times smaller it is.
        part: usize,
    },
    /// Run a command and print its wall time and peak memory as JSON.
    #[command(hide = true)]
    Child {
        /// The command.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<String>,
    },
}

fn main() -> anyhow::Result<std::process::ExitCode> {
    let mut out = std::io::stdout().lock();
    let met = match Arguments::parse().command {
        Command::Bars { runs } => bars::print(runs, &mut out)?,
        Command::Cluster { runs, percent } => cluster::print(runs, percent, &mut out)?,
        Command::Watch { seconds } => watch::print(seconds, &mut out)?,
        Command::Changes { seconds } => changes::print(seconds, &mut out)?,
        Command::Access => access::print(&mut out)?,
        Command::Network { peer: false } => network::print(&mut out)?,
        Command::Network { peer: true } => network::against(&mut out)?,
        Command::Instructions { check, update } => instructions::run(check, update, &mut out)?,
        Command::Generate { count, folder } => {
            generate::write(count, &folder)?;
            true
        }
        Command::ParseOnly { path } => {
            writeln!(out, "{}", parse_only::run(&path))?;
            true
        }
        Command::Work { of, part } => {
            match of.as_str() {
                "access" => access::work_of(part),
                _ => network::work_of(part),
            }
            true
        }
        Command::Child { command } => {
            writeln!(out, "{}", serde_json::to_string(&child::run(&command)?)?)?;
            true
        }
    };
    Ok(if met { std::process::ExitCode::SUCCESS } else { std::process::ExitCode::FAILURE })
}
