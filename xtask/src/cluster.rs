//! `cargo xtask cluster`: the clusters of the tests, by hand.
//!
//! What a cluster is lives as long as the process that has started it. So that it outlives the command, that is another,
//! the holder; when it is killed, the guard of the rig ends all that belongs to it.

use std::fs::{self, File, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use clap::{Subcommand, ValueEnum};
use seawall_rig::{ApiServer, Cluster, cache_folder};

/// What to do with the cluster.
#[derive(Subcommand)]
pub(crate) enum Action {
    /// Start it; it stays up when this ends. Prints the path of its kubeconfig.
    Up {
        /// How much of a cluster.
        #[arg(long, value_enum, default_value_t)]
        size: Size,
    },
    /// Stop it, and remove all that belongs to it.
    Down {
        /// Which of the two.
        #[arg(long, value_enum, default_value_t)]
        size: Size,
    },
    /// Print the path of the kubeconfig of the one that is up.
    Kubeconfig {
        /// Which of the two.
        #[arg(long, value_enum, default_value_t)]
        size: Size,
    },
    /// Be the process whose end is that of the cluster.
    #[command(hide = true)]
    Hold {
        /// Which of the two.
        #[arg(long, value_enum, default_value_t)]
        size: Size,
    },
}

/// How much of a cluster.
#[derive(Clone, Copy, Default, ValueEnum)]
pub(crate) enum Size {
    /// An API server with its etcd: objects, but nothing that acts on them.
    #[default]
    Api,
    /// A whole cluster of one node, in which pods run; takes root.
    Node,
}

/// How long an end may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Does it.
///
/// # Errors
/// The cluster cannot be started, or there is none; the message says which.
pub(crate) fn run(action: &Action) -> Result<()> {
    match action {
        Action::Up { size } => up(*size),
        Action::Down { size } => down(*size),
        Action::Kubeconfig { size } => {
            let Some(state) = State::of_running(*size)? else {
                bail!("no cluster of size {} is up", size.name())
            };
            Ok(writeln!(io::stdout(), "{}", state.kubeconfig.display())?)
        }
        Action::Hold { size } => hold(*size),
    }
}

fn up(size: Size) -> Result<()> {
    if let Some(state) = State::of_running(size)? {
        writeln!(io::stderr(), "it is up already")?;
        return Ok(writeln!(io::stdout(), "{}", state.kubeconfig.display())?);
    }
    // Here, where one sees what is built.
    match size {
        Size::Api => ApiServer::provide()?,
        Size::Node => Cluster::provide().map(drop)?,
    }
    let log_path = State::path(size)?.with_extension("log");
    let log = File::create(&log_path).with_context(|| format!("cannot write {}", log_path.display()))?;
    let program = std::env::current_exe().context("cannot find this program")?;
    let mut holder = Command::new(program);
    holder.args(["cluster", "hold", "--size", size.name()]);
    holder.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
    // Ctrl-C is not for it.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut holder, 0);
    let mut holder = holder.spawn().context("cannot start the cluster")?;
    let mut kubeconfig = String::new();
    // The end of its output is that of a holder that has failed, and has said why.
    BufReader::new(holder.stdout.take().context("no output")?).read_line(&mut kubeconfig)?;
    if kubeconfig.is_empty() {
        let words = fs::read_to_string(&log_path)?;
        bail!("{}", words.trim().trim_start_matches("error: "));
    }
    Ok(write!(io::stdout(), "{kubeconfig}")?)
}

fn hold(size: Size) -> Result<()> {
    let path = State::path(size)?;
    let mut file = State::open(&path)?;
    file.try_lock().with_context(|| format!("another holds {}", path.display()))?;
    // What is said of one before is nothing to act on.
    file.set_len(0)?;
    let api_server;
    let cluster;
    let (kubeconfig, folder) = match size {
        Size::Api => {
            api_server = ApiServer::start()?;
            (api_server.kubeconfig("admin")?, api_server.folder())
        }
        Size::Node => {
            cluster = Cluster::start()?;
            (cluster.kubeconfig(), cluster.folder())
        }
    };
    write!(file, "{}\n{}\n{}\n", std::process::id(), folder.display(), kubeconfig.display())?;
    writeln!(io::stdout(), "{}", kubeconfig.display())?;
    // Until it is killed.
    loop {
        thread::park();
    }
}

fn down(size: Size) -> Result<()> {
    let Some(state) = State::of_running(size)? else { bail!("no cluster of size {} is up", size.name()) };
    let killed = Command::new("kill").args(["-s", "KILL", &state.holder.to_string()]).status();
    ensure!(killed.context("cannot run `kill`")?.success(), "cannot kill process {}", state.holder);
    let started = Instant::now();
    while state.folder.exists() {
        ensure!(started.elapsed() < PATIENCE, "{} is still there", state.folder.display());
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

impl Size {
    fn name(self) -> &'static str {
        match self {
            Size::Api => "api",
            Size::Node => "node",
        }
    }
}

/// What the holder tells of its cluster, in a file that it has locked.
struct State {
    holder: u32,
    folder: PathBuf,
    kubeconfig: PathBuf,
}

impl State {
    /// None when none is up.
    fn of_running(size: Size) -> Result<Option<State>> {
        let path = State::path(size)?;
        let mut file = State::open(&path)?;
        match file.try_lock() {
            // Whoever wrote there has ended.
            Ok(()) => return Ok(None),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("cannot lock {}", path.display()))?
            }
        }
        let mut text = String::new();
        file.read_to_string(&mut text).with_context(|| format!("cannot read {}", path.display()))?;
        let mut lines = text.lines();
        let holder = lines.next().and_then(|line| line.parse().ok());
        let (Some(holder), Some(folder), Some(kubeconfig)) = (holder, lines.next(), lines.next()) else {
            bail!("the cluster of size {} is being started", size.name())
        };
        Ok(Some(State { holder, folder: folder.into(), kubeconfig: kubeconfig.into() }))
    }

    /// In the folder for what lasts as long as the user is there (XDG Base Directory Specification), or else the cache folder.
    fn path(size: Size) -> Result<PathBuf> {
        let runtime =
            std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|path| path.is_absolute());
        let folder = match runtime {
            Some(runtime) => runtime.join("seawall-rig"),
            None => cache_folder()?,
        };
        Ok(folder.join(format!("cluster-{}", size.name())))
    }

    fn open(path: &Path) -> Result<File> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        let file = File::options().read(true).write(true).create(true).truncate(false).open(path);
        file.with_context(|| format!("cannot open {}", path.display()))
    }
}
