//! What stops programs whose owner is gone.
//!
//! `Drop` does not run when a test program is killed, nor for what a `static` holds when it ends well. Then the end of its
//! process is noticed by another, which cleans up.

use std::io::Write;
use std::iter;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use anyhow::{Context, Result};

use crate::daemon::apart;

/// Reads lines until their end, which comes with the end of the process that writes them, kills the processes of the last
/// line, and removes the folder, which is the first argument, and the cgroups, which are the others and in which only
/// folders can be removed. A program that is not quite dead may still write to the folder, or be in a cgroup: then once more.
const SCRIPT: &str = r#"
    pids=
    while read -r line; do pids=$line; done
    [ -z "$pids" ] || kill -KILL $pids 2>/dev/null
    folder=$1
    shift
    for attempt in 1 2 3 4 5 6 7 8 9 10; do
        left=
        rm -rf -- "$folder" || left=1
        for cgroup; do
            [ ! -d "$cgroup" ] || find "$cgroup" -depth -type d -exec rmdir {} + || left=1
        done
        [ -n "$left" ] || break
        sleep 1
    done
"#;

/// As long as it lives, the end of this process is the end of the programs, and of the folder. When it is dropped it does
/// nothing: whoever drops it has stopped the programs, and removes the folder.
pub(crate) struct Guard {
    shell: Child,
    lines: ChildStdin,
}

impl Guard {
    /// Guards a folder, and no program yet.
    pub(crate) fn start(folder: &Path) -> Result<Guard> {
        Guard::start_with(folder, iter::empty())
    }

    /// Like [`Guard::start`], and cgroups that go with the folder.
    pub(crate) fn start_with<'a>(folder: &Path, cgroups: impl Iterator<Item = &'a Path>) -> Result<Guard> {
        let mut command = Command::new("sh");
        command.args(["-c", SCRIPT, "sh"]).arg(folder).args(cgroups).current_dir("/");
        // Its standard error is ours: whoever reads that to the end has waited for the guard, too.
        command.stdin(Stdio::piped()).stdout(Stdio::null());
        apart(&mut command);
        let mut shell = command.spawn().context(
            "cannot run `sh` (of any POSIX system), which stops the servers of tests when the tests are killed",
        )?;
        let lines = shell.stdin.take().context("no standard input")?;
        Ok(Guard { shell, lines })
    }

    /// The number of the guard's own process.
    pub(crate) fn id(&self) -> u32 {
        self.shell.id()
    }

    /// Guards these processes from now on, and none that it guarded before.
    pub(crate) fn guard(&mut self, processes: &[u32]) -> Result<()> {
        let mut line = processes.iter().map(u32::to_string).collect::<Vec<_>>().join(" ");
        line.push('\n');
        self.lines.write_all(line.as_bytes()).context("the shell that stops the servers of tests has ended")
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // It is killed while its input is open, so that it never comes to act.
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}
