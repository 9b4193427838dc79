//! A network of real packets: hosts in network namespaces of their own around one router, whose packet filter a test sets.
//!
//! No host listens: a packet that arrives at one is answered by a refusal of the host itself, and one that the router rejects by
//! the router. So every port of every host can be asked, and no answer is waited for in vain.

mod probe;

use std::io::{BufRead, BufReader, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::fd::{AsFd, OwnedFd};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::{fs, thread};

use anyhow::{Context, Result, anyhow, ensure};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use crate::debian::{self, Packages};
use crate::go::last_lines;

pub use probe::{Answer, Probe, Transport};

/// Hosts, and the router between them. Its end is the end of all of it, as is that of this process.
pub struct Network {
    packages: Packages,
    router: Namespace,
    hosts: Vec<Namespace>,
}

/// A network namespace, which a process keeps.
struct Namespace {
    keeper: Child,
    /// Ends the keeper when it is closed.
    _stdin: ChildStdin,
    file: OwnedFd,
}

impl Network {
    /// A network of so many hosts, each with an address of each family: see [`Network::addresses`].
    ///
    /// # Errors
    /// A host cannot be made: it takes root, `ip` of iproute2 and `unshare` of util-linux. The packages cannot be had, of which
    /// nft is.
    pub fn start(hosts: usize) -> Result<Network> {
        ensure!(hosts < 200, "{hosts} hosts are too many");
        let packages = debian::packages()?;
        let router = Namespace::new()?;
        let hosts: Vec<Namespace> = (0..hosts).map(|_| Namespace::new()).collect::<Result<_>>()?;
        // What it rejects it answers from an address of its own.
        let mut of_router = String::from(
            "link set lo up\naddr add 10.77.255.1/32 dev lo\naddr add fd77::ffff/128 dev lo nodad\n",
        );
        for (number, host) in hosts.iter().enumerate() {
            of_router += &link(number, host.keeper.id());
        }
        router.ip(&of_router)?;
        for number in 0..hosts.len() {
            router.set(&format!("ipv4/conf/h{number}/rp_filter"), "0")?;
        }
        for name in ["ipv4/ip_forward", "ipv6/conf/all/forwarding"] {
            router.set(name, "1")?;
        }
        for (number, host) in hosts.iter().enumerate() {
            host.ip(&own_side(number))?;
        }
        for one in hosts.iter().chain([&router]) {
            // No kind of answer is limited; the last one of ICMPv6 is none that is sent.
            one.set("ipv4/icmp_ratemask", "0")?;
            one.set("ipv6/icmp/ratemask", "255")?;
        }
        Ok(Network { packages, router, hosts })
    }

    /// The addresses of a host.
    pub fn addresses(host: usize) -> [IpAddr; 2] {
        let last = u8::try_from(host + 1).unwrap_or(u8::MAX);
        [
            IpAddr::V4(Ipv4Addr::new(10, 77, 0, last)),
            IpAddr::V6(Ipv6Addr::new(0xfd77, 0, 0, 0, 0, 0, 0, u16::from(last))),
        ]
    }

    /// Puts this in the place of the router's packet filter, as nft reads it.
    ///
    /// # Errors
    /// nft refuses it; the message is what it says.
    pub fn filter(&self, rules: &str) -> Result<()> {
        let mut nft = self.packages.command("sbin/nft")?;
        nft.args(["-f", "-"]);
        self.router.run(nft, &format!("flush ruleset\n{rules}"))
    }

    /// Does something in the network of a host, by a thread of its own: sockets that are made there stay there, and so do programs
    /// that are started.
    ///
    /// # Errors
    /// There is no such host, or what `act` says.
    pub fn at_host<T: Send>(&self, host: usize, act: impl FnOnce() -> Result<T> + Send) -> Result<T> {
        self.hosts.get(host).context("no such host")?.inside(act)
    }

    /// Does something in the network of the router.
    ///
    /// # Errors
    /// What `act` says.
    pub fn at_router<T: Send>(&self, act: impl FnOnce() -> Result<T> + Send) -> Result<T> {
        self.router.inside(act)
    }

    /// What becomes of packets, each by itself.
    ///
    /// # Errors
    /// One has no answer within 10 s, or a socket cannot be made.
    pub fn probe(&self, probes: &[Probe]) -> Result<Vec<Answer>> {
        thread::scope(|scope| {
            // A thread that is moved stays where it is: it is used for nothing else.
            let all = scope
                .spawn(|| probe::all(probes, |host| self.hosts.get(host).context("no such host")?.enter()));
            all.join().map_err(|_| anyhow!("a probe has panicked"))?
        })
    }
}

impl Namespace {
    fn new() -> Result<Namespace> {
        let mut keeper = Command::new("unshare")
            .args(["--net", "--", "cat"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("cannot run `unshare`, which util-linux has")?;
        let (mut stdin, stdout) = keeper.stdin.take().zip(keeper.stdout.take()).context("no pipes")?;
        // What comes back says that the namespace is there.
        let mut line = String::new();
        let asked = stdin.write_all(b"\n").and_then(|()| BufReader::new(stdout).read_line(&mut line));
        if !asked.is_ok_and(|read| read > 0) {
            let said = keeper.wait_with_output().context("cannot wait for `unshare`")?;
            let said = last_lines(&said.stderr, 3);
            return Err(anyhow!("cannot make a network namespace, which takes root: {said}"));
        }
        let path = format!("/proc/{}/ns/net", keeper.id());
        let file = fs::File::open(&path).with_context(|| format!("cannot open {path}"))?;
        Ok(Namespace { keeper, _stdin: stdin, file: file.into() })
    }

    /// Moves the calling thread into it.
    fn enter(&self) -> Result<()> {
        move_into_link_name_space(self.file.as_fd(), Some(LinkNameSpaceType::Network))
            .context("cannot move into a network namespace, which takes root")
    }

    /// Does something in it: by a thread of its own, which stays where it is moved.
    fn inside<T: Send>(&self, act: impl FnOnce() -> Result<T> + Send) -> Result<T> {
        let inside = || self.enter().and_then(|()| act());
        thread::scope(|scope| scope.spawn(inside).join().map_err(|_| anyhow!("a thread has panicked"))?)
    }

    /// Runs a program in it that reads `input`.
    fn run(&self, mut command: Command, input: &str) -> Result<()> {
        self.inside(|| {
            let program = command.get_program().to_string_lossy().into_owned();
            let mut run = || {
                let piped = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
                let mut child = piped.spawn()?;
                child.stdin.take().map_or(Ok(()), |mut stdin| stdin.write_all(input.as_bytes()))?;
                child.wait_with_output()
            };
            let output = run().with_context(|| format!("cannot run {program}"))?;
            ensure!(output.status.success(), "{program} fails: {}\n{input}", last_lines(&output.stderr, 5));
            Ok(())
        })
    }

    fn ip(&self, commands: &str) -> Result<()> {
        let mut ip = Command::new("ip");
        ip.args(["-batch", "-"]);
        self.run(ip, commands)
    }

    /// Sets a setting below `/proc/sys/net`.
    fn set(&self, name: &str, value: &str) -> Result<()> {
        let path = format!("/proc/sys/net/{name}");
        self.inside(|| fs::write(&path, value).with_context(|| format!("cannot write {path}")))
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        let _ = self.keeper.kill();
        let _ = self.keeper.wait();
    }
}

/// The address of an end of a link: 1 is the router's.
fn mac(host: usize, end: u8) -> String {
    format!("02:00:00:00:{host:02x}:{end:02x}")
}

/// What the router is told of a host: a link, and where its addresses are. Neighbours are written down, so that nobody asks.
fn link(host: usize, keeper: u32) -> String {
    let [v4, v6] = Network::addresses(host);
    let (own, other) = (mac(host, 1), mac(host, 2));
    format!(
        "link add h{host} address {own} type veth peer name eth0 address {other} netns {keeper}\n\
         link set h{host} up\n\
         route add {v4}/32 dev h{host}\n\
         route add {v6}/128 dev h{host}\n\
         neigh add {v4} lladdr {other} dev h{host} nud permanent\n\
         neigh add {v6} lladdr {other} dev h{host} nud permanent\n"
    )
}

fn own_side(host: usize) -> String {
    let [v4, v6] = Network::addresses(host);
    let router = mac(host, 1);
    format!(
        "link set lo up\n\
         addr add {v4}/32 dev eth0\n\
         addr add {v6}/128 dev eth0 nodad\n\
         link set eth0 up\n\
         route add 169.254.1.1/32 dev eth0 scope link\n\
         neigh add 169.254.1.1 lladdr {router} dev eth0 nud permanent\n\
         route add default via 169.254.1.1 dev eth0 src {v4}\n\
         neigh add fe80::1 lladdr {router} dev eth0 nud permanent\n\
         route add default via fe80::1 dev eth0 src {v6}\n"
    )
}
