//! Running another program: bounded in time and output, with nothing left behind.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use crate::control::Control;

/// A program to run.
pub(crate) struct Job<'a> {
    pub program: &'a Path,
    pub arguments: Vec<OsString>,
    /// The whole environment; nothing is inherited.
    pub environment: Vec<(OsString, OsString)>,
    /// Standard input; nothing when not given.
    pub input: Option<File>,
    /// Where standard output goes; collected when not given.
    pub output: Option<File>,
    pub timeout: Duration,
    /// The most that standard output may be when it is collected, in bytes.
    pub max_output: u64,
}

/// What a program said before it ended by itself.
#[derive(Debug)]
pub(crate) struct Said {
    /// It ended with status 0.
    pub success: bool,
    pub stdout: Vec<u8>,
    /// The first 64 KiB of it.
    pub stderr: String,
}

/// Why a program said nothing that counts.
#[derive(Debug)]
pub(crate) enum Failure {
    NotStarted(io::Error),
    TimedOut(Duration),
    TooMuchOutput {
        limit: u64,
    },
    Cancelled,
    /// The system failed while the program ran.
    Io(io::Error),
}

/// Messages worth reading are shorter.
const MAX_STDERR: u64 = 64 << 10;

/// How long a wait may last before it is asked again whether to go on.
const TICK: Duration = Duration::from_millis(20);

/// Runs a program to its end. Whatever happens, no process of its group outlives this call.
pub(crate) fn run(job: Job<'_>, control: Control<'_>) -> Result<Said, Failure> {
    let deadline = Instant::now() + job.timeout;
    let mut command = Command::new(job.program);
    command.args(&job.arguments).env_clear().envs(job.environment.iter().map(|(name, value)| (name, value)));
    command.stdin(job.input.map_or_else(Stdio::null, Stdio::from)).stderr(Stdio::piped());
    command.stdout(job.output.map_or_else(Stdio::piped, Stdio::from));
    // A group of its own, so that its children can be ended with it.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut running = Running(command.spawn().map_err(Failure::NotStarted)?);

    // The pipes are read by threads that own them: were they joined, a grandchild that keeps a pipe open could hold us.
    let (sender, receiver) = mpsc::channel();
    let mut open = 0;
    if let Some(pipe) = running.0.stdout.take() {
        collect(pipe, Pipe::Stdout, job.max_output, sender.clone());
        open += 1;
    }
    if let Some(pipe) = running.0.stderr.take() {
        collect(pipe, Pipe::Stderr, MAX_STDERR, sender);
        open += 1;
    }

    let mut said = Said { success: false, stdout: Vec::new(), stderr: String::new() };
    let patience = Patience { deadline, timeout: job.timeout, control };
    while open > 0 {
        match next(&receiver, &patience)? {
            Collected { pipe: Pipe::Stdout, bytes: Err(error) } => return Err(Failure::Io(error)),
            Collected { pipe: Pipe::Stdout, bytes: Ok(bytes) } => {
                if bytes.len() as u64 > job.max_output {
                    return Err(Failure::TooMuchOutput { limit: job.max_output });
                }
                said.stdout = bytes;
            }
            Collected { pipe: Pipe::Stderr, bytes } => {
                said.stderr = String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned();
            }
        }
        open -= 1;
    }
    loop {
        if let Some(status) = running.0.try_wait().map_err(Failure::Io)? {
            said.success = status.success();
            return Ok(said);
        }
        patience.check()?;
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Ends the program, and what it started, when it is no longer waited for.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(Some(_))) {
            return;
        }
        #[cfg(unix)]
        let _ = rustix::process::kill_process_group(
            rustix::process::Pid::from_child(&self.0),
            rustix::process::Signal::KILL,
        );
        let _ = self.0.kill();
        // Reaps it: no zombie stays.
        let _ = self.0.wait();
    }
}

struct Patience<'a> {
    deadline: Instant,
    timeout: Duration,
    control: Control<'a>,
}

impl Patience<'_> {
    fn check(&self) -> Result<(), Failure> {
        if self.control.cancelled() {
            return Err(Failure::Cancelled);
        }
        if Instant::now() >= self.deadline {
            return Err(Failure::TimedOut(self.timeout));
        }
        Ok(())
    }
}

enum Pipe {
    Stdout,
    Stderr,
}

struct Collected {
    pipe: Pipe,
    bytes: io::Result<Vec<u8>>,
}

fn collect(mut pipe: impl Read + Send + 'static, which: Pipe, limit: u64, sender: Sender<Collected>) {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = pipe.by_ref().take(limit.saturating_add(1)).read_to_end(&mut bytes);
        let collected = Collected { bytes: read.map(|_| bytes), pipe: which };
        let is_message = matches!(collected.pipe, Pipe::Stderr);
        // Nobody listens any more when the wait was given up.
        let _ = sender.send(collected);
        if is_message {
            // A program that complains at length must not stop on a full pipe.
            let _ = io::copy(&mut pipe, &mut io::sink());
        }
    });
}

fn next(receiver: &Receiver<Collected>, patience: &Patience<'_>) -> Result<Collected, Failure> {
    loop {
        match receiver.recv_timeout(TICK) {
            Ok(collected) => return Ok(collected),
            Err(RecvTimeoutError::Timeout) => patience.check()?,
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Failure::Io(io::Error::other("its output was lost")));
            }
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::program::environment;

    fn sh(script: &str) -> Job<'static> {
        Job {
            program: Path::new("/bin/sh"),
            arguments: vec!["-c".into(), script.into()],
            environment: environment(false),
            input: None,
            output: None,
            timeout: Duration::from_secs(30),
            max_output: 1 << 20,
        }
    }

    #[test]
    fn collects_what_a_program_says() {
        let said = run(sh("echo out; echo err >&2; exit 3"), Control::default()).unwrap();
        assert_eq!(
            (said.success, said.stdout.as_slice(), said.stderr.as_str()),
            (false, &b"out\n"[..], "err\n")
        );
    }

    #[test]
    fn a_program_sees_neither_our_input_nor_our_environment() {
        let said = run(sh("cat; env | grep -c CARGO || true"), Control::default()).unwrap();
        assert_eq!(String::from_utf8_lossy(&said.stdout), "0\n");
    }

    #[test]
    fn ends_a_program_and_its_children_when_time_is_up() {
        let folder = tempfile::tempdir().unwrap();
        let pids = folder.path().join("pids");
        let script = format!("sleep 1000 & echo $! $$ > {}; wait", pids.display());
        let started = Instant::now();
        let failure = run(Job { timeout: Duration::from_millis(300), ..sh(&script) }, Control::default());
        assert!(matches!(failure, Err(Failure::TimedOut(_))), "{failure:?}");
        assert!(started.elapsed() < Duration::from_secs(20));
        for pid in std::fs::read_to_string(pids).unwrap().split_whitespace() {
            // A killed grandchild is gone, or a zombie until init reaps it, as soon as the kernel has dealt with the signal.
            let alive = || {
                let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
                status.contains("State:") && !status.contains("State:\tZ")
            };
            while alive() {
                assert!(started.elapsed() < Duration::from_secs(20), "process {pid} is alive");
                std::thread::yield_now();
            }
        }
    }

    #[test]
    fn a_flood_of_output_is_refused() {
        let failure = run(sh("yes"), Control::default());
        assert!(matches!(failure, Err(Failure::TooMuchOutput { limit: 0x10_0000 })), "{failure:?}");
    }

    #[test]
    fn a_flood_of_complaints_does_not_stop_the_program() {
        let said = run(sh("head -c 1000000 /dev/zero >&2; echo done"), Control::default()).unwrap();
        assert_eq!(said.stdout, b"done\n");
        assert_eq!(said.stderr.len() as u64, MAX_STDERR + 1);
    }

    #[test]
    fn stops_when_asked_to() {
        let cancel = AtomicBool::new(true);
        let failure = run(sh("sleep 1000"), Control { cancel: &cancel, ..Control::default() });
        assert!(matches!(failure, Err(Failure::Cancelled)), "{failure:?}");
    }
}
