//! A whole cluster of one node, for as long as a test wants it.

mod cgroups;
mod files;
mod namespaces;
mod programs;
mod requirements;
mod trials;

use std::fs;
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

use self::cgroups::Cgroups;
use self::files::Files;
use self::namespaces::Namespaces;
use self::programs::Programs;
pub use self::requirements::without_node;
pub use self::trials::{NodeTest, run_node_tests};
use crate::daemon::Daemon;
use crate::debian::packages;
use crate::guard::Guard;
use crate::image::Image;
use crate::kubectl::Kubectl;

/// The image that pods of tests run, made of the program in `testing/go/probe`: it serves, connects, waits and ends, as the
/// first argument says.
pub const PROBE_IMAGE: &str = "seawall.test/probe:1";

/// What holds the namespaces of a pod; the same program, which waits.
const PAUSE_IMAGE: &str = "seawall.test/pause:1";

/// Where all addresses are: in a network of the node's own, so that they are nobody else's.
const NODE: &str = "node";
const NODE_ADDRESS: &str = "10.99.0.1";
const PODS: &str = "10.244.0.0/24";
const SERVICES: &str = "10.96.0.0/16";
const API_SERVER: &str = "https://127.0.0.1:6443";
const API_SERVER_ADDRESS: &str = "127.0.0.1:6443";

/// What the network policy controller may read.
const NETWORK_POLICY_RIGHTS: &str = include_str!("node/network-policy.yaml");

/// What the network policy controller makes first (pkg/controllers/netpol of kube-router, v1.6.1).
const POLICY_CHAIN: &str = "KUBE-ROUTER-FORWARD";

/// How long each part may take until it is ready; on an idle machine it takes some seconds.
const PATIENCE: Duration = Duration::from_secs(240);
const BETWEEN_ASKS: Duration = Duration::from_millis(50);

/// A real cluster of one node: etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kubelet, containerd, runc,
/// kube-proxy, and a controller that enforces NetworkPolicy. Pods run.
///
/// All is in namespaces of its own, without a way to other networks; only the API server can be reached, on loopback. There
/// is no registry and no DNS: images are those of [`Cluster::import`] and [`PROBE_IMAGE`]. It takes Linux, root, and the
/// hierarchies of cgroups of version 1; nothing of the machine is changed. All stops, and its folder goes, when this is
/// dropped, or when this process ends in whatever way.
pub struct Cluster {
    // Dropped in this order: first all processes, then what they worked in.
    node: Mutex<Namespaces>,
    daemons: Vec<Daemon>,
    _cgroups: Cgroups,
    _guard: Guard,
    url: String,
    files: Files,
    kubectl: Kubectl,
    folder: TempDir,
}

impl Cluster {
    /// Starts a cluster: when this returns its node is ready, pods of the namespace `default` can be made, and policies are
    /// enforced.
    ///
    /// # Errors
    /// The machine cannot run it, or a program cannot be had; the message names what is missing, and how to run without. Or a
    /// part is not ready in time; the message quotes the end of its log.
    pub fn start() -> Result<Cluster> {
        requirements::check()?;
        let programs = Programs::provide()?;
        let packages = packages()?;
        let folder =
            tempfile::Builder::new().prefix("seawall-rig-").tempdir().context("no temporary folder")?;
        let path = folder.path();
        let kubectl = Kubectl::provide(path.join("home"))?;

        // It is of this network, and goes on being so in the hands of a process of another (network_namespaces(7)).
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port on loopback")?;
        let port = listener.local_addr().context("no free port on loopback")?.port();
        let url = format!("https://127.0.0.1:{port}");
        let files = Files::write(path, &url)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let cgroups = Cgroups::make(&name)?;
        let mut guard = Guard::start_with(path, cgroups.folders())?;
        let namespaces = Namespaces::make(path, &packages.usr, &programs.probe, &cgroups, &mut guard)?;
        let node = Mutex::new(namespaces);
        let mut cluster = Cluster {
            node,
            daemons: Vec::new(),
            _cgroups: cgroups,
            _guard: guard,
            url,
            files,
            kubectl,
            folder,
        };
        cluster.run(&programs, listener)?;
        Ok(cluster)
    }

    /// Where its API server is reached, such as `https://127.0.0.1:40123`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The file that holds how the admin, who is allowed everything, speaks with its API server.
    pub fn kubeconfig(&self) -> PathBuf {
        self.files.path("admin.kubeconfig")
    }

    /// What the real kubectl prints when the admin asks it for this.
    ///
    /// # Errors
    /// kubectl fails; the message is what it says.
    pub fn kubectl(&self, arguments: &[&str], stdin: impl AsRef<[u8]>) -> Result<String> {
        self.kubectl.run(&self.kubeconfig(), arguments, stdin.as_ref())
    }

    /// Gives the node an image, and says the digest of its manifest (`sha256:…`).
    ///
    /// # Errors
    /// A file of the image cannot be read, or containerd does not take it.
    pub fn import(&self, image: &Image) -> Result<String> {
        let (archive, digest) = image.archive()?;
        let mut ctr = self.command("/usr/bin/ctr")?;
        ctr.args(["--namespace=k8s.io", "images", "import", "-"]);
        let mut child = ctr.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let mut sink = child.stdin.take().context("no standard input")?;
        // When it does not read all, it says why.
        let written = sink.write_all(&archive);
        drop(sink);
        let output = child.wait_with_output().context("cannot run ctr")?;
        let words = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "ctr does not import {}: {}", image.reference, words.trim());
        written.context("ctr does not read the image")?;
        Ok(digest)
    }

    /// What the program of [`PROBE_IMAGE`] says in a running pod of it, as `probe(&["connect", "tcp:10.96.0.1:443"], …)`.
    ///
    /// # Errors
    /// It fails, or the pod does not run; the message is what kubectl says.
    pub fn probe(&self, arguments: &[&str], pod: &str, namespace: &str) -> Result<String> {
        let exec = ["exec", "--namespace", namespace, pod, "--", "/probe"];
        let said = self.kubectl(&[&exec, arguments].concat(), "")?;
        Ok(said.trim().to_owned())
    }

    /// Gives the kubelet a static pod (JSON or YAML), which it runs whatever the API server says; in the place of that which
    /// it was given by this name before.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn static_pod(&self, name: &str, manifest: &str) -> Result<()> {
        let folder = self.files.path("manifests");
        // The kubelet reads no file whose name starts with a dot
        // (k8s.io/kubernetes/pkg/kubelet/config/file_linux.go, v1.36.3), and sees that which is moved at once.
        let written = folder.join(format!(".{name}"));
        fs::write(&written, manifest).context("cannot write a static pod")?;
        fs::rename(&written, folder.join(format!("{name}.yaml"))).context("cannot place a static pod")
    }

    /// A command that is run as root of the node, with its programs in place of this machine's: `nft`, `ctr`, ….
    ///
    /// # Errors
    /// The node has ended.
    pub fn command(&self, program: impl AsRef<Path>) -> Result<Command> {
        let mut node = self.node.lock().unwrap_or_else(PoisonError::into_inner);
        node.outside().still_runs()?;
        Ok(node.command(program))
    }

    /// The folder that holds all that belongs to it; its name is that of its cgroups, too.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The numbers of the processes that run on it, those of pods among them.
    ///
    /// # Errors
    /// The node has ended.
    pub fn processes(&self) -> Result<Vec<u32>> {
        self.node.lock().unwrap_or_else(PoisonError::into_inner).processes()
    }

    /// The packet filter of this machine, which is not that of the node, as nft of its packages shows it.
    ///
    /// # Errors
    /// As [`Cluster::start`].
    pub fn packet_filter_of_the_machine() -> Result<String> {
        packages()?.packet_filter()
    }

    /// Has all that a node is made of, and says what is not built: names and versions of Debian packages.
    ///
    /// # Errors
    /// As [`Cluster::start`].
    pub fn provide() -> Result<Vec<String>> {
        requirements::check()?;
        Programs::provide()?;
        Ok(packages()?.versions)
    }

    /// Starts one part after the other, each when it can do its work.
    fn run(&mut self, programs: &Programs, listener: TcpListener) -> Result<()> {
        let folder = self.folder.path().to_path_buf();
        let node = self.node.get_mut().unwrap_or_else(PoisonError::into_inner);
        let files = &self.files;
        let mut relay = programs.relay(node);
        let commands = [
            ("etcd", programs.etcd(&folder, node)),
            ("kube-apiserver", programs.api_server(&folder, files, node)),
            ("containerd", Programs::containerd(files, node)),
        ];
        let later = [
            ("kube-controller-manager", programs.controller_manager(files, node)),
            ("kube-scheduler", programs.scheduler(files, node)),
            ("kubelet", programs.kubelet(&folder, files, node)),
            ("kube-proxy", programs.kube_proxy(files, node)),
        ];
        let mut network_policy = programs.network_policy(files, node);

        let log = folder.join("relay.log");
        self.daemons.push(Daemon::start_with(OwnedFd::from(listener), "the relay", &mut relay, log)?);
        for (name, mut command) in commands {
            self.daemon(name, &mut command)?;
        }
        self.until("containerd", "ctr images", |cluster| {
            let asked = cluster.command("/usr/bin/ctr")?.arg("version").output()?;
            ensure!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stderr));
            Ok(())
        })?;
        let probe = [(programs.probe.as_path(), "/probe")];
        for (reference, entrypoint) in [(PAUSE_IMAGE, &["/probe", "sleep"][..]), (PROBE_IMAGE, &["/probe"])] {
            self.import(&Image { reference, files: &probe, entrypoint })?;
        }
        let asked = |cluster: &Cluster, arguments: &[&str]| cluster.kubectl(arguments, "").map(drop);
        self.until("kube-apiserver", "/readyz", |cluster| {
            asked(cluster, &["get", "--request-timeout=2s", "--raw", "/readyz"])
        })?;
        for (name, mut command) in later {
            self.daemon(name, &mut command)?;
        }
        self.kubectl(&["apply", "--filename=-"], NETWORK_POLICY_RIGHTS)?;
        self.until("kubelet", "the node", |cluster| asked(cluster, &["get", "node", NODE]))?;
        self.daemon("network-policy", &mut network_policy)?;
        self.until("kubelet", "a node that is ready", |cluster| {
            let ready = "--output=jsonpath={.status.conditions[?(@.type==\"Ready\")].status}";
            let ready = cluster.kubectl(&["get", "node", NODE, ready], "")?;
            ensure!(ready == "True", "it is not ready: {ready}");
            Ok(())
        })?;
        self.until("kube-controller-manager", "the service account of pods", |cluster| {
            asked(cluster, &["get", "serviceaccount", "default"])
        })?;
        self.until("network-policy", "its rules", |cluster| {
            let rules = cluster.command("/usr/sbin/iptables-save")?.output()?;
            ensure!(String::from_utf8_lossy(&rules.stdout).contains(POLICY_CHAIN), "there are none");
            Ok(())
        })
    }

    fn daemon(&mut self, name: &'static str, command: &mut Command) -> Result<()> {
        let log = self.folder.path().join(format!("{name}.log"));
        self.daemons.push(Daemon::start(name, command, log)?);
        Ok(())
    }

    /// Asks for what the part `name` does, until it is there.
    fn until(&mut self, name: &str, what: &str, ask: impl Fn(&Cluster) -> Result<()>) -> Result<()> {
        let started = Instant::now();
        loop {
            for daemon in &mut self.daemons {
                daemon.still_runs()?;
            }
            let Err(error) = ask(self) else { return Ok(()) };
            if started.elapsed() > PATIENCE {
                let log = self.daemons.iter().find(|daemon| daemon.name() == name).map(Daemon::end_of_log);
                bail!(
                    "{name} does not give {what} after {} s: {error:#}; the end of its log:\n{}",
                    PATIENCE.as_secs(),
                    log.unwrap_or_default()
                );
            }
            thread::sleep(BETWEEN_ASKS);
        }
    }
}
