//! The namespaces that a node lives in: its own processes, mounts, network, name and cgroups.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::cgroups::Cgroups;
use crate::daemon::Daemon;
use crate::guard::Guard;

/// What the first process does.
const INIT: &str = include_str!("init.sh");

/// Puts itself into each cgroup that is named before `--`, and becomes what follows.
const JOIN: &str = r#"
    while [ "$1" != -- ]; do echo $$ >"$1/cgroup.procs" || exit; shift; done
    shift; exec "$@"
"#;

/// How long the first process may take to have all prepared.
const PATIENCE: Duration = Duration::from_secs(60);

/// Namespaces, as long as this lives. When it is dropped, all processes in them are killed, and have ended.
pub(super) struct Namespaces {
    /// Waits for the end of the first process, and is its end.
    outside: Daemon,
    /// The first process of the namespaces.
    init: u32,
    cgroups: Vec<PathBuf>,
}

impl Namespaces {
    /// Makes namespaces for the node of this folder; `usr` is laid over `/usr` of the system.
    ///
    /// When this process is killed, `guard` is their end.
    pub(super) fn make(
        folder: &Path,
        usr: &Path,
        probe: &Path,
        cgroups: &Cgroups,
        guard: &mut Guard,
    ) -> Result<Namespaces> {
        for inner in ["net", "lib", "log"] {
            fs::create_dir(folder.join(inner)).context("cannot make a folder of the node")?;
        }
        let joined: Vec<PathBuf> = cgroups.folders().map(Path::to_path_buf).collect();
        let mut command = join(&joined);
        command.args(["unshare", "--mount", "--net", "--pid", "--uts", "--cgroup", "--ipc"]);
        command.args(["--fork", "--kill-child", "--propagation=private", "sh", "-c", INIT]);
        command
            .env("FOLDER", folder)
            .env("USR", usr)
            .env("PROBE", probe)
            .env("CONTROLLERS", cgroups.controllers());
        command.current_dir("/");
        let mut outside =
            Daemon::start("the first process of the node", &mut command, folder.join("init.log"))?;
        guard.guard(&[outside.id()])?;
        let started = Instant::now();
        let init = folder.join("init");
        while !init.exists() {
            outside.still_runs()?;
            ensure!(started.elapsed() < PATIENCE, "the node is not prepared: {}", outside.end_of_log());
            thread::sleep(Duration::from_millis(5));
        }
        let init = fs::read_to_string(&init).context("cannot read the number of the first process")?;
        let init = init.trim().parse().context("the first process has no number")?;
        Ok(Namespaces { outside, init, cgroups: joined })
    }

    /// A command that runs in the namespaces.
    pub(super) fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = join(&self.cgroups);
        command.args(["nsenter", "--mount", "--net", "--pid", "--uts", "--cgroup", "--ipc", "--wd=/"]);
        command.arg(format!("--target={}", self.init)).arg("--").arg(program.as_ref());
        command
    }

    /// The numbers that processes of the namespaces have outside.
    pub(super) fn processes(&self) -> Result<Vec<u32>> {
        let namespace = |process: u32| fs::read_link(format!("/proc/{process}/ns/pid"));
        let ours = namespace(self.init).context("the node has ended")?;
        let entries = fs::read_dir("/proc").context("cannot read /proc")?.flatten();
        let all = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        // Those that end while they are looked at are nobody's.
        Ok(all.filter(|process| namespace(*process).is_ok_and(|theirs| theirs == ours)).collect())
    }

    /// Whose end is the end of the node.
    pub(super) fn outside(&mut self) -> &mut Daemon {
        &mut self.outside
    }
}

impl Drop for Namespaces {
    fn drop(&mut self) {
        // Its end is that of all others of the namespace (pid_namespaces(7)), and only then it is waited for with success.
        // While `outside` has not been waited for, the number is nobody else's.
        if self.outside.still_runs().is_ok() {
            let _ = Command::new("kill").args(["-s", "KILL", &self.init.to_string()]).status();
            let _ = self.outside.wait();
        }
    }
}

fn join(cgroups: &[PathBuf]) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", JOIN, "sh"]).args(cgroups).arg("--");
    command
}
