//! What it costs to say who reaches whom in a large cluster: its policies compiled, the map of everybody, and one question.

use std::fs;
use std::hint::black_box;
use std::io::{self, Write};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use seawall_inventory::{Coverage, Object, Snapshot};
use seawall_netpol::{Changed, End, Enforcer, Family, Map, Ports, Verdict, World};
use seawall_rig::Random;

use crate::bars::{MIB, Table, mib, ms, shown};
use crate::child::{medians, peak, seawall};
use crate::instructions;
use crate::lists::{List, in_order, readings};

/// A cluster of full size; a part of it has a part of everything.
const PODS: usize = 100_000;
const POLICIES: usize = 5_000;
const NAMESPACES: usize = 500;

/// How small the part is that growth is measured by.
const PART: usize = 10;

/// Workloads of a namespace.
const APPS: usize = 40;

/// Questions after the map is made.
const QUESTIONS: usize = 10_000;

/// Changes of each kind.
const CHANGES: usize = 200;

/// How often a part is measured, of which the fastest is compared.
const RUNS: usize = 3;

/// The cluster that a peer is compared by: pods, policies and namespaces.
const SMALLER: [usize; 3] = [1_000, 500, 50];

/// The peer, as an index of Python packages has it.
const PEER: &str = "network-config-analyzer==2.1.0";

const PEAK: u64 = 1024 * MIB;

/// Prints the table; whether every bar is met.
pub fn print(out: &mut dyn Write) -> anyhow::Result<bool> {
    let mut table = Table { out, met: true };
    let part = fastest(PART, &mut table)?;
    let full = fastest(1, &mut table)?;
    let growth = full.as_secs_f64() / part.as_secs_f64() / PART as f64;
    table.row("time of one pod, full / tenth", "map", &format!("{growth:.2}"), "", true)?;
    let work = instructions::growth("network", PART)?;
    let what = "instructions of one pod, full / tenth";
    table.row(what, "map", &format!("{work:.2}"), "<= 1.25 (linear)", work <= 1.25)?;
    let most = peak()?;
    table.row("all of it", "peak memory", &mib(most), &format!("<= {}", mib(PEAK)), most <= PEAK)?;
    Ok(table.met)
}

/// The least that a part takes of some times: what the machine does besides comes on top of it.
fn fastest(part: usize, table: &mut Table<'_>) -> anyhow::Result<Duration> {
    let mut fastest = cost(part, table)?;
    for _ in 1..RUNS {
        fastest = fastest.min(cost(part, &mut Table { out: &mut io::sink(), met: true })?);
    }
    Ok(fastest)
}

/// Compares the map of a smaller cluster with what a peer takes for it; whether it is the bar's times faster.
pub fn against(out: &mut dyn Write) -> anyhow::Result<bool> {
    let mut table = Table { out, met: true };
    let folder = tempfile::tempdir()?;
    let [pods, policies, namespaces] = SMALLER;
    let texts = texts(SMALLER);
    let objects = LISTS.iter().zip(&texts).flat_map(|([_, version, kind], texts)| {
        let head = format!(r#"{{"apiVersion":"{version}","kind":"{kind}","#);
        texts.iter().map(move |text| text.replacen('{', &head, 1))
    });
    let file = folder.path().join("cluster.yaml");
    let items = objects.collect::<Vec<_>>().join(",\n");
    fs::write(&file, format!("{{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[\n{items}\n]}}\n"))?;
    let file = file.to_string_lossy().into_owned();
    let peer = peer()?;
    let own = seawall()?;
    let own = [own.as_str(), "reach", "map", "--no-config", "-o", "json", "--", &file];
    let others = [peer.as_str(), "--connectivity", &file, "--ns_list", &file, "--pod_list", &file];
    let commands =
        [own.as_slice(), &others].map(|command| command.iter().map(|word| (*word).to_owned()).collect());
    let [own, others] = &medians(&commands, 1)?[..] else { bail!("two commands were measured") };
    ensure!([own.code, others.code] == [0, 0], "exit codes {} and {}", own.code, others.code);
    let what = format!("{pods} pods, {policies} policies, {namespaces} namespaces");
    table.row(&what, "reach map", &ms(own.wall_ms), "", true)?;
    table.row(&what, PEER, &ms(others.wall_ms), "", true)?;
    let times = others.wall_ms / own.wall_ms;
    table.row(&what, "times", &format!("{times:.0}"), ">= 100", times >= 100.0)?;
    Ok(table.met)
}

/// The peer's program, which is installed into the user's cache folder when it is not there.
fn peer() -> anyhow::Result<String> {
    let folder = seawall_rig::cache_folder()?.join(PEER.replace("==", "-"));
    let program = folder.join("bin/nca");
    if !program.exists() {
        let run = |command: &mut Command| match command.status() {
            Ok(status) if status.success() => Ok(()),
            _ => bail!("{PEER} cannot be installed: it takes Python 3 with venv, and an index of packages"),
        };
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        run(Command::new(folder.join("bin/pip")).args(["install", "--quiet", PEER]))?;
    }
    Ok(program.to_string_lossy().into_owned())
}

/// What the map of a part of the cluster takes, once it is read.
fn cost(part: usize, table: &mut Table<'_>) -> anyhow::Result<Duration> {
    let [pods, policies] = [PODS, POLICIES].map(|count| count / part);
    let what = format!("{pods} pods, {policies} policies");
    let snapshot = cluster(part);
    let full = part == 1;
    let bar = |bar: &'static str| if full { bar } else { "" };

    let enforcer = Enforcer::named("calico").unwrap_or(Enforcer::SPECIFICATION);
    let started = Instant::now();
    let world = World::new(&snapshot, enforcer);
    let compiled = started.elapsed();
    let mut map = Map::new(&world, Family::V4);
    let mapped = started.elapsed();
    let (mut open, mut pairs, mut blocks) = (0_u64, 0_u64, 0_u64);
    map.each_block(|from, to, ports| {
        let count = from.len() as u64 * to.len() as u64;
        pairs += count;
        blocks += 1;
        open += if ports.best() == Verdict::Allow { count } else { 0 };
    });
    let all = started.elapsed();
    let shape = format!("{what}: {} classes", map.parties().len());
    table.row(&shape, "compile", &shown(compiled), "", true)?;
    table.row(&shape, "map", &shown(mapped), "", true)?;
    let blocks = format!("{what}: {blocks} blocks, {:.2} % open", open as f64 * 100.0 / pairs as f64);
    table.row(
        &blocks,
        "and every pair",
        &shown(all),
        bar("<= 2000 ms"),
        !full || all <= Duration::from_secs(2),
    )?;

    let mut random = Random::seeded(3);
    let count = world.endpoints().len();
    let asked: Vec<(usize, usize)> =
        (0..QUESTIONS).map(|_| (random.below(count), random.below(count))).collect();
    let started = Instant::now();
    for (from, to) in &asked {
        black_box(world.connection(End::Pods(*from), End::Pods(*to), Family::V4));
    }
    let one = started.elapsed() / QUESTIONS as u32;
    let measured = format!("{:.1} us", one.as_secs_f64() * 1e6);
    table.row(&what, "one question", &measured, bar("<= 1 ms"), !full || one <= Duration::from_millis(1))?;
    for (changed, times) in changes(&snapshot, world, map, &mut random) {
        let worst = times.last().copied().unwrap_or_default();
        let median = times.get(times.len() / 2).copied().unwrap_or_default();
        let measured = format!("{} (median {})", shown(worst), shown(median));
        let met = !full || worst <= Duration::from_millis(20);
        table.row(&what, changed, &measured, bar("<= 20 ms each"), met)?;
    }
    Ok(all)
}

/// What it takes until a map says again what passes between all whom a change touches, of each change in order: policies that say what
/// another says, and pods that have the labels of another of their namespace.
fn changes<'s>(
    snapshot: &'s Snapshot,
    mut world: World<'s>,
    mut map: Map,
    random: &mut Random,
) -> [(&'static str, Vec<Duration>); 2] {
    let objects: Vec<(usize, &Object)> = snapshot.objects.iter().enumerate().collect();
    let of_kind = |kind: &str| -> Vec<(usize, &'s Object)> {
        objects.iter().filter(|(_, object)| object.kind == kind).copied().collect()
    };
    let (policies, pods) = (of_kind("NetworkPolicy"), of_kind("Pod"));
    let mut take = |world: &World<'_>, changed: Changed| {
        let mut open = 0;
        let mut count = |from: &[u32], to: &[u32], _: &Ports| open += from.len() * to.len();
        match map.update(world, changed) {
            Some(touched) => map.each_block_of(&touched, &mut count),
            None => map.each_block(&mut count),
        }
        black_box(open);
    };
    let mut of_policies = Vec::new();
    for _ in 0..CHANGES {
        let ((number, policy), (_, other)) = (random.pick(&policies), random.pick(&policies));
        let started = Instant::now();
        let spec = other.body.network_policy();
        if let Some(changed) = world.put_policy(number, &policy.metadata.namespace, spec) {
            take(&world, changed);
        }
        of_policies.push(started.elapsed());
    }
    let mut of_labels = Vec::new();
    for _ in 0..CHANGES {
        let (at, (_, pod)) = {
            let at = random.below(pods.len());
            (at, pods.get(at).copied().unwrap_or_else(|| random.pick(&pods)))
        };
        let others: Vec<_> =
            pods.iter().filter(|(_, other)| other.metadata.namespace == pod.metadata.namespace).collect();
        let (_, other) = random.pick(&others);
        let started = Instant::now();
        let template = other.pods.first();
        if let Some(changed) = template.and_then(|template| world.put_labels(at, template)) {
            take(&world, changed);
        }
        of_labels.push(started.elapsed());
    }
    of_policies.sort_unstable();
    of_labels.sort_unstable();
    [("a changed policy", of_policies), ("changed labels of a pod", of_labels)]
}

fn cluster(part: usize) -> Snapshot {
    let texts = texts([PODS, POLICIES, NAMESPACES].map(|count| count / part));
    let mut snapshot = Snapshot::assemble(readings(&LISTS, &texts), Vec::new(), Vec::new(), Vec::new());
    snapshot.coverage = Coverage::live(Vec::new());
    snapshot
}

/// The work of a part of the cluster that growth is counted of.
pub fn work_of(part: usize) {
    work(&cluster(part));
}

/// The map of everybody. Found by its name where instructions are counted.
#[inline(never)]
fn work(snapshot: &Snapshot) {
    let world = World::new(snapshot, Enforcer::named("calico").unwrap_or(Enforcer::SPECIFICATION));
    Map::new(&world, Family::V4).each_block(|from, to, ports| {
        black_box((from.len(), to.len(), ports.best()));
    });
}

/// Lists of an API server: path, version and kind.
const LISTS: [List; 3] = [
    ["namespaces", "v1", "Namespace"],
    ["networkpolicies", "networking.k8s.io/v1", "NetworkPolicy"],
    ["pods", "v1", "Pod"],
];

/// The objects of [`LISTS`], as JSON.
fn texts([pods, policies, namespaces]: [usize; 3]) -> [Vec<String>; 3] {
    let mut random = Random::seeded(0x5EA_3A11);
    let places = (0..namespaces).map(|number| {
        let text = format!(
            r#"{{"metadata":{{"name":"team-{number}","labels":{{"kubernetes.io/metadata.name":"team-{number}","team":"t{}","env":"{}"}}}}}}"#,
            number / 5,
            nth(&["prod", "test", "dev"], number)
        );
        (format!("team-{number}"), text)
    });
    let written = (0..policies).map(|number| {
        let (place, nth) = (number % namespaces, number / namespaces);
        (format!("team-{place}/policy-{nth}"), policy(number, namespaces, &mut random))
    });
    let running = (0..pods).map(|number| {
        let (place, node) = (number % namespaces, number % 1_000);
        let app = number / namespaces % APPS;
        let text = format!(
            r#"{{"metadata":{{"name":"pod-{number}","namespace":"team-{place}","labels":{{"app":"app-{app}","tier":"{}","pod-template-hash":"h{number}"}}}},"spec":{{"nodeName":"node-{node}","containers":[{{"name":"c","image":"registry.example/app:1","ports":[{{"name":"http","containerPort":{}}}]}}]}},"status":{{"phase":"Running","podIPs":[{{"ip":"10.{}.{}.{}"}}],"hostIPs":[{{"ip":"192.168.{}.{}"}}]}}}}"#,
            nth(&TIERS, app),
            nth(&[8080, 8443, 9090], app),
            64 + number / 65_536,
            number / 256 % 256,
            number % 256,
            node / 250,
            1 + node % 250
        );
        (format!("team-{place}/pod-{number}"), text)
    });
    [places.collect(), written.collect(), running.collect()].map(in_order)
}

const TIERS: [&str; 4] = ["web", "api", "worker", "db"];

/// Of each namespace the first denies, and the second lets DNS out.
fn policy(number: usize, namespaces: usize, random: &mut Random) -> String {
    let (place, nth) = (number % namespaces, number / namespaces);
    let app = |random: &mut Random| format!(r#"{{"matchLabels":{{"app":"app-{}"}}}}"#, random.below(APPS));
    let tier = |random: &mut Random| format!(r#"{{"matchLabels":{{"tier":"{}"}}}}"#, random.pick(&TIERS));
    let port = |random: &mut Random| match random.below(4) {
        0 => r#"{"port":"http"}"#.to_owned(),
        1 => r#"{"port":8000,"endPort":8999}"#.to_owned(),
        _ => format!(r#"{{"port":{}}}"#, random.pick(&[8080, 8443, 9090, 5432])),
    };
    let spec = match (nth, random.below(5)) {
        (0, _) => r#""podSelector":{},"policyTypes":["Ingress","Egress"]"#.to_owned(),
        (1, _) => r#""podSelector":{},"policyTypes":["Egress"],"egress":[{"to":[{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"team-0"}}}],"ports":[{"port":53,"protocol":"UDP"},{"port":53}]}]"#
            .to_owned(),
        (_, 0) => format!(
            r#""podSelector":{},"policyTypes":["Ingress"],"ingress":[{{"from":[{{"namespaceSelector":{{"matchLabels":{{"team":"t{}"}}}},"podSelector":{}}}],"ports":[{}]}}]"#,
            tier(random),
            random.below(namespaces.div_ceil(5)),
            tier(random),
            port(random)
        ),
        (_, 1) => format!(
            r#""podSelector":{},"policyTypes":["Egress"],"egress":[{{"to":[{{"ipBlock":{{"cidr":"0.0.0.0/0","except":["10.0.0.0/8","169.254.169.254/32"]}}}}],"ports":[{{"port":443}}]}}]"#,
            app(random)
        ),
        (_, 2) => format!(
            r#""podSelector":{},"policyTypes":["Ingress","Egress"],"ingress":[{{"from":[{{"podSelector":{}}}],"ports":[{}]}}],"egress":[{{"to":[{{"podSelector":{}}}]}}]"#,
            app(random),
            app(random),
            port(random),
            tier(random)
        ),
        (_, 3) => format!(
            r#""podSelector":{},"policyTypes":["Ingress"],"ingress":[{{"from":[{{"namespaceSelector":{{}}}}],"ports":[{}]}}]"#,
            tier(random),
            port(random)
        ),
        _ => format!(
            r#""podSelector":{},"policyTypes":["Ingress"],"ingress":[{{"from":[{{"podSelector":{}}},{{"podSelector":{}}}],"ports":[{},{}]}}]"#,
            app(random),
            app(random),
            tier(random),
            port(random),
            port(random)
        ),
    };
    format!(r#"{{"metadata":{{"name":"policy-{nth}","namespace":"team-{place}"}},"spec":{{{spec}}}}}"#)
}

/// One of a list, which begins anew behind its end.
fn nth<T: Copy + Default>(list: &[T], number: usize) -> T {
    list.iter().cycle().nth(number % list.len()).copied().unwrap_or_default()
}
