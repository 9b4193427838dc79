//! Connections that this host's kernel keeps track of: of real sockets, through a real router.

use std::io::{BufRead, BufReader, Read};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use std::{fs, thread};

use anyhow::Result;
use seawall_rig::packets::Network;
use serde_json::{Value, json};

use super::inputs::Folder;
use super::{hold, schema, seawall};

const CLIENT: usize = 0;
const SERVER: usize = 1;
const OTHER: usize = 2;

/// How long whatever is waited for may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A router that keeps track of connections, and knows a Service; nothing of it enforces policies.
const ROUTER: &str = "
table inet tracked {
  chain forward {
    type filter hook forward priority 0; policy accept;
    ct state new accept
  }
}
table ip services {
  chain prerouting {
    type nat hook prerouting priority -100;
    ip daddr 10.96.0.1 tcp dport 80 dnat to 10.77.0.2:8080
  }
}
";

fn address(host: usize, is_v6: bool, port: u16) -> SocketAddr {
    SocketAddr::new(Network::addresses(host)[usize::from(is_v6)], port)
}

/// The pods, of which the server lets in the client alone, on one port. The Service is not among what is read.
fn cluster() -> String {
    let pod = |name: &str, host: usize| {
        let ips = Network::addresses(host).map(|ip| json!({"ip": ip}));
        json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": name, "namespace": "shop", "labels": {"app": name}},
            "spec": {"containers": [{"name": "a", "image": "a"}]},
            "status": {"phase": "Running", "podIPs": ips},
        })
    };
    let policy = json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
        "metadata": {"name": "server", "namespace": "shop"},
        "spec": {
            "podSelector": {"matchLabels": {"app": "server"}},
            "ingress": [{"from": [{"podSelector": {"matchLabels": {"app": "client"}}}], "ports": [{"port": 8080}]}],
        },
    });
    let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}});
    let pods = [pod("client", CLIENT), pod("server", SERVER), pod("other", OTHER)];
    let items: Vec<Value> = pods.into_iter().chain([namespace, policy]).collect();
    json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string()
}

/// The program, as it listens at the router.
struct Watching {
    child: Child,
    lines: Receiver<String>,
    _folder: Folder,
}

impl Watching {
    fn start(network: &Network) -> Self {
        let folder = Folder::with(&[("cluster.yaml", &cluster()), ("none.jsonl", "")]);
        let mut command = seawall(&[
            "reach",
            "watch",
            "--no-config",
            "--conntrack",
            "-o",
            "jsonl",
            "--known",
            "none.jsonl",
        ]);
        command.args(["--", "cluster.yaml"]).current_dir(folder.path());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = network.at_router(|| Ok(command.spawn()?)).unwrap();
        let (sender, lines) = channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let started = Instant::now();
        while !network.at_router(is_heard).unwrap() {
            let ended = child.try_wait().unwrap();
            assert!(ended.is_none() && started.elapsed() < PATIENCE, "nobody listens: {ended:?}");
            thread::yield_now();
        }
        Self { child, lines, _folder: folder }
    }

    fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap().success());
    }

    /// What is told next, but where it is told.
    fn next(&self) -> Value {
        let line = self.lines.recv_timeout(PATIENCE).expect("more is told");
        let line: Value = serde_json::from_str(&line).unwrap();
        hold(&schema("reach"), &["conntrack"], &line);
        line
    }

    /// The summary on Ctrl-C, the exit code, and what is said besides.
    fn end(mut self) -> (Value, Option<i32>, String) {
        self.signal("-INT");
        let summary = loop {
            let line = self.next();
            if line["kind"] == "summary" {
                break line;
            }
        };
        let mut problems = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut problems).unwrap();
        (summary, self.child.wait().unwrap().code(), problems)
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether a socket hears of connections: of netlink's protocol 12 (`NETLINK_NETFILTER`), in a group.
fn is_heard() -> Result<bool> {
    let sockets = fs::read_to_string("/proc/thread-self/net/netlink")?;
    Ok(sockets.lines().any(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        matches!(words.as_slice(), [_, "12", _, groups, ..] if *groups != "00000000")
    }))
}

/// A request for a connection, which is answered: with a connection, or by who does not listen.
fn connect(network: &Network, from: usize, to: SocketAddr) {
    let connected =
        network.at_host(from, || Ok(TcpStream::connect_timeout(&to, PATIENCE).map_err(|e| e.kind())));
    if let Err(kind) = connected.unwrap() {
        assert_eq!(kind, std::io::ErrorKind::ConnectionRefused, "{to}");
    }
}

/// A question and its answer.
fn ask(network: &Network, from: usize, to: SocketAddr, server: &UdpSocket) {
    let own = SocketAddr::new(Network::addresses(from)[usize::from(to.is_ipv6())], 0);
    let client = network.at_host(from, || Ok(UdpSocket::bind(own)?)).unwrap();
    client.set_read_timeout(Some(PATIENCE)).unwrap();
    client.send_to(b"?", to).unwrap();
    let (_, asker) = server.recv_from(&mut [0]).unwrap();
    server.send_to(b"!", asker).unwrap();
    assert_eq!(client.recv_from(&mut [0]).unwrap(), (1, to));
}

#[test]
fn connections_are_judged_at_the_pod_that_answers() {
    let network = Network::start(3).unwrap();
    network.filter(ROUTER).unwrap();
    let listen = |host, at| network.at_host(host, || Ok(TcpListener::bind(at)?)).unwrap();
    let _listening =
        [listen(SERVER, address(SERVER, false, 8080)), listen(CLIENT, address(CLIENT, false, 9090))];
    let at = address(SERVER, true, 5353);
    let questions = network.at_host(SERVER, || Ok(UdpSocket::bind(at)?)).unwrap();
    questions.set_read_timeout(Some(PATIENCE)).unwrap();
    let service = SocketAddr::new(IpAddr::from([10, 96, 0, 1]), 80);

    let watching = Watching::start(&network);
    connect(&network, CLIENT, service);
    connect(&network, CLIENT, address(SERVER, false, 8080));
    ask(&network, CLIENT, at, &questions);
    connect(&network, SERVER, address(CLIENT, false, 9090));
    // A refusal alone ends what the kernel has kept of it at once (nf_conntrack_proto_tcp.c): that is no event of an answer.
    connect(&network, CLIENT, address(SERVER, true, 8081));
    connect(&network, OTHER, service);
    let told: Vec<String> = (0..7)
        .map(|_| {
            let line = watching.next();
            let word = |name: &str| line[name].as_str().unwrap_or("none").to_owned();
            let [kind, from, to, protocol, side] = ["kind", "from", "to", "protocol", "seenAt"].map(word);
            let policies = line["policies"].as_array().unwrap().len();
            format!("{kind}: {from} > {to} {protocol} {} at {side}, {policies}", line["port"])
        })
        .collect();
    assert_eq!(
        told,
        [
            "new: Pod shop/client > Pod shop/server TCP 8080 at egress, 0",
            "new: Pod shop/client > Pod shop/server UDP 5353 at egress, 0",
            "not-enforced: Pod shop/client > Pod shop/server UDP 5353 at ingress, 1",
            "new: Pod shop/server > Pod shop/client TCP 9090 at egress, 0",
            "new: Pod shop/client > Pod shop/server TCP 8081 at egress, 0",
            "new: Pod shop/other > Pod shop/server TCP 8080 at egress, 0",
            "not-enforced: Pod shop/other > Pod shop/server TCP 8080 at ingress, 1",
        ]
    );
    let (summary, code, problems) = watching.end();
    // Each of the six is told of when it is new, and five when they are answered.
    assert_eq!((&summary["flows"], &summary["lost"], code), (&11.into(), &0.into(), Some(1)), "{problems}");
    assert_eq!(summary["byKind"]["not-enforced"], 2);
}

#[test]
fn what_the_kernel_had_no_room_for_is_told() {
    let network = Network::start(3).unwrap();
    network.filter(ROUTER).unwrap();
    let watching = Watching::start(&network);
    watching.signal("-STOP");
    // More than there is room for, while nobody reads.
    for is_v6 in [false, true] {
        let own = address(CLIENT, is_v6, 0);
        let client = network.at_host(CLIENT, || Ok(UdpSocket::bind(own)?)).unwrap();
        for port in 1..=60_000 {
            client.send_to(b"?", address(SERVER, is_v6, port)).unwrap();
        }
    }
    watching.signal("-CONT");
    (0..10).for_each(|_| assert_eq!(watching.next()["kind"], "new"));
    let (summary, code, problems) = watching.end();
    assert!(summary["lost"].as_u64() > Some(0), "{summary}");
    assert!(problems.contains("the kernel had no room for events"), "{problems}");
    assert_eq!(code, Some(1));
}

#[test]
fn a_kernel_that_tells_nothing_is_no_good_news() {
    let network = Network::start(1).unwrap();
    network.filter(ROUTER).unwrap();
    let set = |value: &str| Ok(fs::write("/proc/sys/net/netfilter/nf_conntrack_events", value)?);
    network.at_router(|| set("0")).unwrap();
    let folder = Folder::with(&[("cluster.yaml", &cluster())]);
    let mut command = seawall(&["reach", "watch", "--no-config", "--conntrack", "--", "cluster.yaml"]);
    command.current_dir(folder.path());
    let output = network.at_router(|| Ok(command.output()?)).unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("nf_conntrack_events is 0"), "{said}");
    assert_eq!(output.status.code(), Some(2), "{said}");
}
