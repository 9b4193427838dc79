//! `cargo xtask mutants`: whether the tests of the checks notice when a condition of a check is changed.
//!
//! A seeded sample of the mutants that cargo-mutants makes of `seawall-checks` is tested, the cheap tests first: what one
//! pass has caught, the next one is not asked about.

mod sample;
mod tree;

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use seawall_rig::{Tool, workspace_root};

/// The crate whose code is mutated, and whose tests must notice.
const PACKAGE: &str = "seawall-checks";
/// Where its integration tests stand.
const TESTS: &str = "crates/checks/tests";
/// Those that take more than a second.
const SLOW: &[&str] = &["encryption", "hostile", "pss"];
/// Of a hundred viable mutants, how many must be caught.
const CAUGHT_PERCENT: usize = 90;

/// Tests `count` mutants, drawn with `seed`; those not caught are named.
///
/// # Errors
/// Too few of the viable ones are caught; the tests fail without any mutant; cargo-mutants cannot be had.
pub(crate) fn run(count: usize, seed: u64) -> Result<()> {
    let folder = workspace_root().join("target/mutants");
    let tree = folder.join("tree");
    tree::refresh(workspace_root(), &tree)?;
    let program = seawall_rig::tool(Tool::CargoMutants)?;
    let cargo_mutants = || {
        let mut command = Command::new(&program);
        command.arg("mutants").arg("--dir").arg(&tree).args(["--package", PACKAGE]);
        command
    };
    let listed = cargo_mutants().args(["--list", "--json"]).output()?;
    ensure!(listed.status.success(), "cargo-mutants lists no mutants: {}", shown(&listed.stderr));
    let all = sample::mutants(&listed.stdout)?;
    let drawn = sample::draw(&all, count, seed);

    let mut outcome = Outcome::default();
    let mut left = drawn.clone();
    for (number, tests) in passes()?.iter().enumerate() {
        if left.is_empty() {
            break;
        }
        writeln!(io::stdout(), "\n=== {} mutants: cargo test {}", left.len(), tests.join(" "))?;
        let output = folder.join(format!("pass-{number}"));
        fs::create_dir_all(&output)?;
        let mut command = cargo_mutants();
        command.args(["--in-place", "--output"]).arg(&output);
        // To all calls of cargo, so that only the tests of this pass are built.
        command.args(tests.iter().map(|argument| format!("--cargo-arg={argument}")));
        command.args(left.iter().flat_map(|mutant| ["--re".to_owned(), sample::exactly(mutant)]));
        command.env("CARGO_TARGET_DIR", folder.join("build")).env("SEAWALL_CORPUS", seawall_rig::corpus()?);
        // 0: all caught, 2: some missed, 3: some timed out.
        let status = command.status()?;
        ensure!(matches!(status.code(), Some(0 | 2 | 3)), "cargo-mutants failed ({status})");
        outcome.add(&output.join("mutants.out"), &left)?;
        ensure!(
            outcome.decided() == drawn.len(),
            "{} of {} mutants have an outcome: see {}",
            outcome.decided(),
            drawn.len(),
            output.display()
        );
        left = outcome.missed.iter().chain(&outcome.timeout).cloned().collect();
    }
    outcome.tell(&mut io::stdout(), all.len(), seed)
}

/// The tests of each pass, as arguments of `cargo test`: the examples of the checks, then all that is fast, then the rest.
fn passes() -> Result<Vec<Vec<String>>> {
    let mut fast = Vec::new();
    let mut slow = Vec::new();
    let folder = workspace_root().join(TESTS);
    for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        // `NAME.rs`, or `NAME/main.rs`; other folders hold data.
        if path.extension().is_none_or(|extension| extension != "rs") && !path.join("main.rs").is_file() {
            continue;
        }
        let name = path.file_stem().and_then(|stem| stem.to_str()).context("a test whose name is no text")?;
        let pass = if SLOW.contains(&name) { &mut slow } else { &mut fast };
        pass.push(name.to_owned());
    }
    ensure!(slow.len() == SLOW.len(), "the slow tests are {slow:?} where {SLOW:?} is expected");
    let arguments = |mut names: Vec<String>| {
        names.sort_unstable();
        names.into_iter().flat_map(|name| ["--test".to_owned(), name]).collect::<Vec<_>>()
    };
    Ok(vec![vec!["--lib".to_owned()], arguments(fast), arguments(slow)])
}

/// What became of the mutants, by name.
#[derive(Default)]
struct Outcome {
    caught: Vec<String>,
    unviable: Vec<String>,
    /// As of the last pass.
    missed: Vec<String>,
    timeout: Vec<String>,
}

impl Outcome {
    /// Adds what a pass has found out of the mutants `asked`; what was missed before has been tried again.
    fn add(&mut self, folder: &Path, asked: &[String]) -> Result<()> {
        // cargo-mutants 27.1.0 tests mutants of fields of struct literals whether `--re` matches them or not.
        let list = |file: &str| -> Result<Vec<String>> {
            Ok(lines(&folder.join(file))?.into_iter().filter(|mutant| asked.contains(mutant)).collect())
        };
        self.caught.extend(list("caught.txt")?);
        self.unviable.extend(list("unviable.txt")?);
        self.missed = list("missed.txt")?;
        self.timeout = list("timeout.txt")?;
        Ok(())
    }

    fn decided(&self) -> usize {
        [&self.caught, &self.unviable, &self.missed, &self.timeout].iter().map(|list| list.len()).sum()
    }

    fn tell(&self, out: &mut impl Write, all: usize, seed: u64) -> Result<()> {
        writeln!(out)?;
        for (word, mutants) in [("missed", &self.missed), ("timeout", &self.timeout)] {
            for mutant in mutants {
                writeln!(out, "{word}: {mutant}")?;
            }
        }
        let caught = self.caught.len();
        // Tests that never end tell nobody what is wrong: a timeout is not caught.
        let viable = caught + self.missed.len() + self.timeout.len();
        ensure!(viable > 0, "not a single mutant is viable");
        let tenths = caught * 1000 / viable;
        writeln!(
            out,
            "{} of {all} mutants, seed {seed}: {caught} caught, {} missed, {} unviable, {} timeout: {}.{} % of {viable} viable ones caught",
            self.decided(),
            self.missed.len(),
            self.unviable.len(),
            self.timeout.len(),
            tenths / 10,
            tenths % 10
        )?;
        if tenths < CAUGHT_PERCENT * 10 {
            bail!("less than {CAUGHT_PERCENT} % of the viable mutants are caught");
        }
        Ok(())
    }
}

fn lines(file: &Path) -> Result<Vec<String>> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(text.lines().map(str::to_owned).collect())
}

fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
