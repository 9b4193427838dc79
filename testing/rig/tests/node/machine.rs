//! What a node leaves on the machine that it ran on: nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use seawall_rig::Cluster;

use crate::{create, namespace, pod, ready};

/// Makes this process one that starts a node and is killed.
const TO_BE_KILLED: &str = "SEAWALL_RIG_TO_BE_KILLED";

/// Has two parts, in two processes: the one starts a node, beside that of the other tests, and the other kills it.
pub(crate) fn the_machine_is_as_it_was(_: &Cluster) {
    let before = Machine::now();
    let mut owner = Command::new(env::current_exe().unwrap())
        .env(TO_BE_KILLED, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(owner.stdout.take().unwrap()).lines();
    let folder = lines.next().unwrap_or_else(|| {
        let mut words = String::new();
        owner.stderr.as_mut().unwrap().read_to_string(&mut words).unwrap();
        panic!("the node does not start: {words}")
    });
    let folder = folder.unwrap();
    let processes: Vec<u32> =
        lines.next().unwrap().unwrap().split(' ').map(|id| id.parse().unwrap()).collect();
    let name = Path::new(&folder).file_name().unwrap().to_str().unwrap();
    assert!(processes.len() > 10 && processes.iter().all(|process| runs(*process)), "{processes:?}");
    assert!(Path::new(&folder).is_dir() && !cgroups(name).is_empty());
    assert_eq!(before.changed(), Vec::<String>::new(), "while it runs");

    owner.kill().unwrap();
    // Ends when all have ended that may write there, of which the guard is the last.
    owner.stderr.take().unwrap().read_to_end(&mut Vec::new()).unwrap();
    owner.wait().unwrap();
    assert!(!Path::new(&folder).exists());
    assert_eq!(cgroups(name), Vec::<String>::new());
    assert!(!processes.iter().any(|process| runs(*process)));
    assert_eq!(before.changed(), Vec::<String>::new(), "when it has ended");
}

pub(crate) fn is_to_be_killed() -> bool {
    env::var_os(TO_BE_KILLED).is_some()
}

pub(crate) fn be_killed() -> ExitCode {
    let cluster = Cluster::start().unwrap();
    namespace("pods", &cluster);
    create("pods", &pod("sleeper", &["sleep"]), &cluster);
    ready("pods", "pod/sleeper", &cluster);
    let processes: Vec<String> = cluster.processes().unwrap().iter().map(u32::to_string).collect();
    let mut out = io::stdout();
    writeln!(out, "{}\n{}", cluster.folder().display(), processes.join(" ")).unwrap();
    io::stdin().read_to_end(&mut Vec::new()).unwrap();
    ExitCode::FAILURE
}

/// What a node could change of the machine that it runs on, by name.
struct Machine(BTreeMap<String, String>);

impl Machine {
    fn now() -> Machine {
        let interfaces = fs::read_dir("/sys/class/net").unwrap();
        let mut interfaces: Vec<_> = interfaces.map(|entry| entry.unwrap().file_name()).collect();
        interfaces.sort();
        let mut known = BTreeMap::from([
            ("mounts".to_owned(), fs::read_to_string("/proc/self/mountinfo").unwrap()),
            ("interfaces".to_owned(), format!("{interfaces:?}")),
            ("packet filter".to_owned(), Cluster::packet_filter_of_the_machine().unwrap()),
        ]);
        let mut folders: Vec<_> =
            ["kernel", "net", "vm"].map(|name| Path::new("/proc/sys").join(name)).into();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if !BY_ITSELF.iter().any(|setting| path.ends_with(setting))
                    && let Ok(value) = fs::read_to_string(&path)
                {
                    known.insert(path.display().to_string(), value);
                }
            }
        }
        Machine(known)
    }

    /// What is different now, and how it was.
    fn changed(&self) -> Vec<String> {
        let now = Machine::now();
        let names: BTreeSet<&String> = self.0.keys().chain(now.0.keys()).collect();
        let changed = names.into_iter().filter(|name| self.0.get(*name) != now.0.get(*name));
        changed.map(|name| format!("{name}: {:?}, now {:?}", self.0.get(name), now.0.get(name))).collect()
    }
}

/// What changes by itself.
const BY_ITSELF: &[&str] = &[
    "kernel/ns_last_pid",
    "kernel/perf_event_max_sample_rate",
    "kernel/pty/nr",
    "kernel/random/entropy_avail",
    "kernel/random/uuid",
    "net/netfilter/nf_conntrack_count",
];

/// Whether the process exists, and is not one that has ended and that nobody has asked for yet.
fn runs(process: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"));
    stat.is_ok_and(|stat| !stat.rsplit_once(')').unwrap().1.starts_with(" Z"))
}

/// The cgroups of this name, in all hierarchies.
fn cgroups(name: &str) -> Vec<String> {
    let found = Command::new("find").args(["/sys/fs/cgroup", "-name", name]).output().unwrap();
    String::from_utf8(found.stdout).unwrap().lines().map(str::to_owned).collect()
}
