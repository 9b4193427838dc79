//! What it costs to say who may do what in a large cluster: its roles and bindings compiled, one decision, everybody who may do
//! something, and all powers of everybody.

use std::hint::black_box;
use std::io::{self, Write};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use anyhow::Context;
use seawall_checks::{RightsSource, Run, Settings};
use seawall_inventory::{Coverage, KubernetesVersion, Snapshot};
use seawall_rbac::{Attributes, NodeAuthorizer, Policy, Resource, User};
use seawall_rig::Random;

use crate::bars::{MIB, Table, mib, shown};
use crate::child::peak;
use crate::instructions;
use crate::lists::{Keyed, List, in_order, readings};

/// A cluster of full size; a quarter of it has a quarter of everything, namespaces too.
const PODS: usize = 25_000;
const BINDINGS: usize = 100_000;
const ROLES: usize = 20_000;
const NAMESPACES: usize = 400;

/// One in so many roles is a ClusterRole, one in so many bindings a ClusterRoleBinding.
const OF_CLUSTER: usize = 20;

/// Decisions that are taken together, so that reading the clock costs nothing, and how often.
const TOGETHER: usize = 1_000;
const TIMES: usize = 200;

/// How often a part is measured, of which the first is shown.
const RUNS: usize = 3;

const PEAK: u64 = 500 * MIB;

/// Verb, group, resource and subresource of what amounts to more than it seems.
const POWERS: &[[&str; 4]] = &[
    ["get", "", "secrets", ""],
    ["list", "", "secrets", ""],
    ["watch", "", "secrets", ""],
    ["create", "", "pods", ""],
    ["create", "", "pods", "exec"],
    ["get", "", "pods", "exec"],
    ["create", "", "pods", "attach"],
    ["create", "", "pods", "portforward"],
    ["patch", "", "pods", "ephemeralcontainers"],
    ["create", "", "serviceaccounts", "token"],
    ["impersonate", "", "serviceaccounts", ""],
    ["impersonate", "", "users", ""],
    ["impersonate", "", "groups", ""],
    ["get", "", "nodes", "proxy"],
    ["create", "", "nodes", "proxy"],
    ["create", "", "persistentvolumes", ""],
    ["patch", "", "namespaces", ""],
    ["create", "apps", "deployments", ""],
    ["patch", "apps", "daemonsets", ""],
    ["create", "batch", "cronjobs", ""],
    ["escalate", "rbac.authorization.k8s.io", "clusterroles", ""],
    ["bind", "rbac.authorization.k8s.io", "clusterroles", ""],
    ["create", "rbac.authorization.k8s.io", "rolebindings", ""],
    ["patch", "rbac.authorization.k8s.io", "clusterroles", ""],
    ["update", "certificates.k8s.io", "certificatesigningrequests", "approval"],
    ["approve", "certificates.k8s.io", "signers", ""],
    ["patch", "admissionregistration.k8s.io", "mutatingwebhookconfigurations", ""],
    ["create", "admissionregistration.k8s.io", "validatingwebhookconfigurations", ""],
];

/// Prints the table; whether every bar is met.
pub fn print(out: &mut dyn Write) -> anyhow::Result<bool> {
    let mut table = Table { out, met: true };
    let quarter = fastest(4, &mut table)?;
    let full = fastest(1, &mut table)?;
    let growth = |quarter: Duration, full: Duration| full.as_secs_f64() / quarter.as_secs_f64() / 4.0;
    let whole = growth(quarter.whole, full.whole);
    let what = "time of one binding, full / quarter";
    table.row(what, "all", &format!("{whole:.2}"), "", true)?;
    // What is sorted and looked up in tables that no longer fit into the caches of the processor.
    let compile = growth(quarter.compile, full.compile);
    table.row(what, "compile", &format!("{compile:.2}"), "", true)?;
    let work = instructions::growth("access", 4)?;
    let what = "instructions of one binding, full / quarter";
    table.row(what, "all", &format!("{work:.2}"), "<= 1.25 (linear)", work <= 1.25)?;
    let most = peak()?;
    table.row("all of it", "peak memory", &mib(most), &format!("<= {}", mib(PEAK)), most <= PEAK)?;
    Ok(table.met)
}

/// The least that a part takes of some times: what the machine does besides comes on top of it.
fn fastest(part: usize, table: &mut Table<'_>) -> anyhow::Result<Cost> {
    let mut fastest = cost(part, table)?;
    for _ in 1..RUNS {
        let Cost { whole, compile } = cost(part, &mut Table { out: &mut io::sink(), met: true })?;
        fastest = Cost { whole: fastest.whole.min(whole), compile: fastest.compile.min(compile) };
    }
    Ok(fastest)
}

/// What a part of the cluster takes.
struct Cost {
    /// From what an API server sends to all powers of everybody.
    whole: Duration,
    /// Of that, until questions can be asked of what was read.
    compile: Duration,
}

/// Measures a part of the cluster.
fn cost(part: usize, table: &mut Table<'_>) -> anyhow::Result<Cost> {
    let [pods, bindings, roles, namespaces] = [PODS, BINDINGS, ROLES, NAMESPACES].map(|count| count / part);
    let what = format!("{bindings} bindings");
    let texts = texts([pods, bindings, roles, namespaces]);
    let started = Instant::now();
    let readings = readings(&LISTS, &texts);
    let read = started.elapsed();
    drop(texts);
    let started = Instant::now();
    let mut snapshot = Snapshot::assemble(readings, Vec::new(), Vec::new(), Vec::new());
    snapshot.coverage = Coverage::live(Vec::new());
    let policy = Policy::new(&snapshot);
    black_box(NodeAuthorizer::new(&snapshot, KubernetesVersion::LATEST));
    let compile = started.elapsed();
    let full = part == 1;
    let bar = |bar: &'static str| if full { bar } else { "" };
    table.row(&what, "read", &shown(read), "", true)?;
    table.row(
        &what,
        "compile",
        &shown(compile),
        bar("<= 2000 ms"),
        !full || compile <= Duration::from_secs(2),
    )?;

    let mut random = Random::seeded(7);
    let places: Vec<String> = (0..namespaces).map(namespace).collect();
    let mut times = Vec::new();
    let mut holders = 0;
    for [verb, group, resource, subresource] in POWERS.iter().copied() {
        for place in [String::new(), random.pick(&places)] {
            let asked = Resource { group, resource, subresource, namespace: &place, ..Resource::default() };
            let started = Instant::now();
            holders += policy.who_can(&Attributes::resource(verb, asked)).holders.len();
            times.push(started.elapsed());
        }
    }
    let worst = times.iter().max().copied().context("no question")?;
    let asked = format!("{what}, {} holders", holders / times.len());
    table.row(
        &asked,
        "who-can, worst",
        &shown(worst),
        bar("<= 20 ms"),
        !full || worst <= Duration::from_millis(20),
    )?;

    let asked = powers();
    let started = Instant::now();
    let held = policy.survey(&asked).held.len();
    let all = started.elapsed();
    let what_powers = format!("{} powers, {held} holders", POWERS.len());
    table.row(
        &what_powers,
        "of everybody",
        &shown(all),
        bar("<= 1000 ms"),
        !full || all <= Duration::from_secs(1),
    )?;
    let started = Instant::now();
    let powers = || seawall_rbac::power::POWERS.iter();
    let held: usize = powers().map(|power| policy.holders_of(power, KubernetesVersion::LATEST).0.len()).sum();
    let by_name = started.elapsed();
    let what_powers = format!("{} powers of the table, {held} holdings", powers().count());
    table.row(
        &what_powers,
        "with what gives them",
        &shown(by_name),
        bar("<= 1000 ms"),
        !full || by_name <= Duration::from_secs(1),
    )?;
    checks(&policy, &snapshot, &what, table)?;
    decisions(&policy, &places, full, table)?;
    Ok(Cost { whole: read + compile + all, compile })
}

/// The work of a part of the cluster that growth is counted of.
pub fn work_of(part: usize) {
    work(&texts([PODS, BINDINGS, ROLES, NAMESPACES].map(|count| count / part)));
}

/// From what an API server sends to all powers of everybody. Found by its name where instructions are counted.
#[inline(never)]
fn work(texts: &[Vec<String>; 5]) {
    let mut snapshot = Snapshot::assemble(readings(&LISTS, texts), Vec::new(), Vec::new(), Vec::new());
    snapshot.coverage = Coverage::live(Vec::new());
    let policy = Policy::new(&snapshot);
    black_box(NodeAuthorizer::new(&snapshot, KubernetesVersion::LATEST));
    black_box(policy.survey(&powers()));
}

/// All of [`POWERS`], asked for.
fn powers() -> Vec<Attributes<'static>> {
    let resource = |[verb, group, resource, subresource]: &[&'static str; 4]| {
        Attributes::resource(verb, Resource { group, resource, subresource, ..Resource::default() })
    };
    POWERS.iter().map(resource).collect()
}

/// All checks that are about roles and bindings as a whole.
fn checks(policy: &Policy<'_>, snapshot: &Snapshot, what: &str, table: &mut Table<'_>) -> anyhow::Result<()> {
    let (settings, cell) = (Settings::default(), OnceLock::new());
    let rights = || policy.rights(settings.version);
    let rights = RightsSource::new(&cell, &rights);
    let started = Instant::now();
    let (mut found, mut worst) = (0, (Duration::ZERO, ""));
    for check in seawall_checks::all().iter().filter(|check| matches!(check.run, Run::Access(_))) {
        let started = Instant::now();
        found += check.on_access(policy, rights, snapshot, &settings).findings.len();
        worst = worst.max((started.elapsed(), check.meta.name));
    }
    let all = started.elapsed();
    let told = format!("{}, of that {} {}", shown(all), shown(worst.0), worst.1);
    table.row(&format!("{what}, {found} findings"), "checks of access", &told, "", true)
}

/// Decisions about who has some right, each about what he may or may not.
fn decisions(
    policy: &Policy<'_>,
    places: &[String],
    full: bool,
    table: &mut Table<'_>,
) -> anyhow::Result<()> {
    let mut random = Random::seeded(11);
    let mut times = Vec::new();
    let mut allowed = 0;
    for _ in 0..TIMES {
        let mut asked = Vec::with_capacity(TOGETHER);
        for _ in 0..TOGETHER {
            let place = random.below(places.len());
            let user = match random.below(3) {
                0 => User::service_account(&namespace(place), &format!("app-{}", random.below(60))),
                1 => {
                    User::authenticated(&person(&mut random, places.len()), [team(&mut random, places.len())])
                }
                _ => User::authenticated("nobody", [team(&mut random, places.len())]),
            };
            let (group, resources) = random.pick(WORDS);
            let (resource, subresource) = split(random.pick(resources));
            asked.push((user, random.pick(VERBS), group, resource, subresource, place));
        }
        let started = Instant::now();
        for (user, verb, group, resource, subresource, place) in &asked {
            let namespace = places.get(*place).map_or("", String::as_str);
            let about = Resource { group, resource, subresource, namespace, ..Resource::default() };
            let decision = policy.decide(user, &Attributes::resource(verb, about));
            allowed += usize::from(black_box(decision).is_allowed());
        }
        times.push(started.elapsed() / TOGETHER as u32);
    }
    times.sort_unstable();
    let median = *times.get(times.len() / 2).context("no decision")?;
    let share = allowed * 100 / (TIMES * TOGETHER);
    let measured = format!("{:.2} us", median.as_secs_f64() * 1e6);
    let bar = if full { "<= 2 us" } else { "" };
    let met = !full || median <= Duration::from_micros(2);
    table.row(&format!("decisions, {share} % allowed"), "median", &measured, bar, met)
}

const VERBS: &[&str] = &["get", "list", "watch", "create", "update", "patch", "delete"];

/// What rules are about: groups with their resources.
const WORDS: &[(&str, &[&str])] = &[
    (
        "",
        &["pods", "pods/log", "pods/exec", "services", "configmaps", "secrets", "events", "serviceaccounts"],
    ),
    ("", &["nodes", "namespaces", "persistentvolumeclaims", "endpoints", "pods/portforward"]),
    ("apps", &["deployments", "deployments/scale", "statefulsets", "daemonsets", "replicasets"]),
    ("batch", &["jobs", "cronjobs", "jobs/status"]),
    ("networking.k8s.io", &["ingresses", "networkpolicies"]),
    ("coordination.k8s.io", &["leases"]),
    ("rbac.authorization.k8s.io", &["roles", "rolebindings"]),
    ("example.com", &["widgets", "widgets/status", "gadgets"]),
];

fn split(resource: &'static str) -> (&'static str, &'static str) {
    resource.split_once('/').unwrap_or((resource, ""))
}

fn namespace(number: usize) -> String {
    format!("team-{number}")
}

/// Of each namespace some work in it.
fn person(random: &mut Random, namespaces: usize) -> String {
    format!("person-{}@example.com", random.below(namespaces * 20))
}

fn team(random: &mut Random, namespaces: usize) -> String {
    format!("team-{}-developers", random.below(namespaces))
}

/// Lists of an API server: path, version and kind.
const LISTS: [List; 5] = [
    ["clusterroles", "rbac.authorization.k8s.io/v1", "ClusterRole"],
    ["roles", "rbac.authorization.k8s.io/v1", "Role"],
    ["clusterrolebindings", "rbac.authorization.k8s.io/v1", "ClusterRoleBinding"],
    ["rolebindings", "rbac.authorization.k8s.io/v1", "RoleBinding"],
    ["pods", "v1", "Pod"],
];

/// The objects of [`LISTS`], as JSON.
fn texts([pods, bindings, roles, namespaces]: [usize; 4]) -> [Vec<String>; 5] {
    let mut random = Random::seeded(0xACCE_55ED);
    let [mut cluster_roles, mut local_roles, mut cluster_bindings, mut local_bindings, mut running] =
        [const { Vec::<Keyed>::new() }; 5];
    for number in 0..roles {
        let rules: Vec<String> = (0..1 + random.below(5)).map(|_| rule(&mut random)).collect();
        let rules = rules.join(",");
        if number % OF_CLUSTER == 0 {
            let role = format!(r#"{{"metadata":{{"name":"role-{number}"}},"rules":[{rules}]}}"#);
            cluster_roles.push((format!("role-{number}"), role));
        } else {
            let place = number % namespaces;
            let name = format!("role-{}", number / namespaces);
            let role =
                format!(r#"{{"metadata":{{"name":"{name}","namespace":"team-{place}"}},"rules":[{rules}]}}"#);
            local_roles.push((format!("team-{place}/{name}"), role));
        }
    }
    for number in 0..bindings {
        let subjects: Vec<String> =
            (0..1 + random.below(3)).map(|_| subject(&mut random, namespaces)).collect();
        let subjects = subjects.join(",");
        let cluster_role = random.below(roles.div_ceil(OF_CLUSTER)) * OF_CLUSTER;
        if number % OF_CLUSTER == 0 {
            let binding = format!(
                r#"{{"metadata":{{"name":"binding-{number}"}},"roleRef":{{"kind":"ClusterRole","name":"role-{cluster_role}"}},"subjects":[{subjects}]}}"#
            );
            cluster_bindings.push((format!("binding-{number}"), binding));
            continue;
        }
        let role = if random.chance(50) {
            format!(r#"{{"kind":"ClusterRole","name":"role-{cluster_role}"}}"#)
        } else {
            format!(r#"{{"kind":"Role","name":"role-{}"}}"#, random.below(roles / namespaces))
        };
        let place = random.below(namespaces);
        let binding = format!(
            r#"{{"metadata":{{"name":"binding-{number}","namespace":"team-{place}"}},"roleRef":{role},"subjects":[{subjects}]}}"#
        );
        local_bindings.push((format!("team-{place}/binding-{number}"), binding));
    }
    for number in 0..pods {
        let (place, account, node) = (number % namespaces, number / namespaces % 60, number % 500);
        let pod = format!(
            r#"{{"metadata":{{"name":"pod-{number}","namespace":"team-{place}"}},"spec":{{"nodeName":"node-{node}","serviceAccountName":"app-{account}","containers":[{{"name":"c","image":"registry.example/app:1","envFrom":[{{"secretRef":{{"name":"settings-{account}"}}}}]}}]}}}}"#
        );
        running.push((format!("team-{place}/pod-{number}"), pod));
    }
    [cluster_roles, local_roles, cluster_bindings, local_bindings, running].map(in_order)
}

fn rule(random: &mut Random) -> String {
    let mut verbs: Vec<&str> = (0..1 + random.below(4)).map(|_| random.pick(VERBS)).collect();
    if random.chance(3) {
        verbs = vec!["*"];
    }
    let (group, words) = random.pick(WORDS);
    let mut resources: Vec<&str> = (0..1 + random.below(3)).map(|_| random.pick(words)).collect();
    if random.chance(2) {
        resources = vec!["*"];
    }
    let names = if random.chance(15) {
        format!(r#","resourceNames":["name-{}"]"#, random.below(2_000))
    } else {
        String::new()
    };
    format!(r#"{{"verbs":{verbs:?},"apiGroups":[{group:?}],"resources":{resources:?}{names}}}"#)
}

fn subject(random: &mut Random, namespaces: usize) -> String {
    match random.below(10) {
        0..5 => format!(
            r#"{{"kind":"ServiceAccount","namespace":"team-{}","name":"app-{}"}}"#,
            random.below(namespaces),
            random.below(60)
        ),
        5..8 => format!(r#"{{"kind":"User","name":"{}"}}"#, person(random, namespaces)),
        _ => format!(r#"{{"kind":"Group","name":"{}"}}"#, team(random, namespaces)),
    }
}
