//! A program that runs in the background, with a log.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::go::last_lines;

/// A program that runs until this is dropped; then it is killed, and waited for.
///
/// Killed, not asked: what it holds is of no worth to anybody, and waiting for its good end would only cost time.
pub(crate) struct Daemon {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

impl Daemon {
    /// Starts the program `name`, which writes all it says to the file `log`; what an earlier run wrote there goes.
    pub(crate) fn start(name: &'static str, command: &mut Command, log: PathBuf) -> Result<Daemon> {
        Daemon::start_with(Stdio::null(), name, command, log)
    }

    /// Like [`Daemon::start`], with something as its standard input.
    pub(crate) fn start_with(
        stdin: impl Into<Stdio>,
        name: &'static str,
        command: &mut Command,
        log: PathBuf,
    ) -> Result<Daemon> {
        let file = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let both = file.try_clone().with_context(|| format!("cannot write {}", log.display()))?;
        command.stdin(stdin).stdout(file).stderr(both);
        apart(command);
        let child = command.spawn().with_context(|| format!("cannot run {name}"))?;
        Ok(Daemon { name, child, log })
    }

    /// What it was started as.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// The number of the process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// An error that quotes the end of the log when the program has ended by itself.
    pub(crate) fn still_runs(&mut self) -> Result<()> {
        if let Some(status) =
            self.child.try_wait().with_context(|| format!("cannot ask for {}", self.name))?
        {
            bail!("{} has ended ({status}); the end of its log:\n{}", self.name, self.end_of_log());
        }
        Ok(())
    }

    /// Waits for an end that comes by itself.
    pub(crate) fn wait(&mut self) -> Result<()> {
        self.child.wait().map(drop).with_context(|| format!("cannot wait for {}", self.name))
    }

    /// Stops the program where it is, until [`Daemon::resume`].
    pub(crate) fn pause(&mut self) -> Result<()> {
        self.signal("STOP")
    }

    /// Lets the program go on.
    pub(crate) fn resume(&mut self) -> Result<()> {
        self.signal("CONT")
    }

    /// Whether the program has written this.
    pub(crate) fn has_said(&self, words: &str) -> bool {
        fs::read(&self.log).is_ok_and(|log| String::from_utf8_lossy(&log).contains(words))
    }

    /// The last lines that the program wrote, or why they cannot be read.
    pub(crate) fn end_of_log(&self) -> String {
        match fs::read(&self.log) {
            Ok(log) => last_lines(&log, 20),
            Err(error) => format!("(no log: {error})"),
        }
    }
}

impl Daemon {
    fn signal(&mut self, name: &str) -> Result<()> {
        // It has not been waited for, so that its number is nobody else's.
        self.still_runs()?;
        let mut kill = Command::new("kill");
        let status = kill.args(["-s", name, &self.id().to_string()]).status().context("cannot run `kill`")?;
        ensure!(status.success(), "`kill -s {name}` failed for {} ({status})", self.name);
        Ok(())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // Both fail only when the program has ended already, and has been waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Keeps the signals of the terminal (Ctrl-C) from a program that is started: whoever started it stops it.
pub(crate) fn apart(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(not(unix))]
    let _ = command;
}
