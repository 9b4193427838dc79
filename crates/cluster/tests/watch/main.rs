//! A cluster that is followed: nothing is missed and nothing is told twice, whatever becomes of the API server.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop at the first surprise")]

mod kinds;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use seawall_checks::Check;
use seawall_cluster::{Grant, Scope, Target, Watching, read, role};
use seawall_engine::{
    Config, Event, Incremental, Judging, Plan, Report, Selection, SuppressOptions, Turn, evaluate, plan,
};
use seawall_finding::{Fingerprint, Profile};
use seawall_inventory::{Kind, Snapshot, View};
use seawall_rbac::Subject;
use seawall_rig::ApiServer;

/// How often the API server is killed.
const KILLS: usize = 20;

/// How long something may take to be known.
const DEADLINE: Duration = Duration::from_secs(120);

static NEVER: AtomicBool = AtomicBool::new(false);
static CATALOGUE: LazyLock<Vec<&'static Check>> = LazyLock::new(seawall_checks::all);
static CONFIG: LazyLock<Config> = LazyLock::new(Config::default);
static PLAN: LazyLock<Plan> = LazyLock::new(|| {
    let flags = Selection { profile: Some(Profile::All), ..Selection::default() };
    plan(&CONFIG, &flags, &CATALOGUE).unwrap()
});

fn target(server: &ApiServer, user: &str, scope: Scope) -> Target {
    Target { kubeconfig: Some(server.kubeconfig(user).unwrap()), scope, ..Target::default() }
}

fn open(report: &Report) -> BTreeMap<Fingerprint, String> {
    report
        .active()
        .map(|reported| {
            (reported.fingerprint, format!("{} {}", reported.finding.check.id, reported.finding.message))
        })
        .collect()
}

/// Follows a cluster, and keeps a ledger of what it is told.
struct Follower {
    watching: Watching,
    current: Incremental<'static>,
    ledger: BTreeMap<Fingerprint, String>,
    told: Vec<Event>,
    problems: Vec<String>,
    mended: Vec<String>,
}

impl Follower {
    fn start(target: &Target) -> Self {
        let mut watching = Watching::start(target, &NEVER).unwrap();
        let snapshot = watching.first(&NEVER, &|_, _| {});
        let problems = snapshot.problems.iter().map(|problem| problem.message.clone()).collect();
        let suppressing = SuppressOptions {
            today: "2026-06-15".parse().unwrap(),
            refuse_inline: false,
            catalogue: &CATALOGUE,
            here: PathBuf::new(),
            config_folder: PathBuf::new(),
        };
        let judging = Judging { plan: &PLAN, config: &CONFIG, suppressing, baseline: None };
        let current = Incremental::new(snapshot, judging);
        let ledger = open(&current.report());
        Self { watching, current, ledger, told: Vec::new(), problems, mended: Vec::new() }
    }

    fn step(&mut self) {
        let batch = self.watching.next(self.current.snapshot_mut(), Duration::from_millis(20));
        self.problems.extend(batch.problems.iter().map(|problem| problem.message.clone()));
        self.mended.extend(batch.mended);
        let mut events = self.current.apply(batch.changes);
        if batch.coverage {
            events.extend(self.current.again("2026-06-15".parse().unwrap()));
        }
        for event in &events {
            let finding = &event.reported.finding;
            let line = format!("{} {}", finding.check.id, finding.message);
            let fingerprint = event.reported.fingerprint;
            match event.turn {
                Turn::Opened => assert_eq!(self.ledger.insert(fingerprint, line), None, "opened twice"),
                Turn::Closed => assert!(self.ledger.remove(&fingerprint).is_some(), "closed twice: {line}"),
                Turn::Changed(_) => assert!(self.ledger.insert(fingerprint, line).is_some()),
            }
        }
        self.told.extend(events);
    }

    /// Follows until something is so.
    fn until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let end = Instant::now() + DEADLINE;
        while !is_so(self) {
            assert!(Instant::now() < end, "not in time: {what}; {:?} {:?}", self.problems, self.mended);
            self.step();
        }
    }

    fn knows(&self, kind: &str, name: &str) -> bool {
        View::from(self.current.snapshot()).find("", kind, "default", name).next().is_some()
    }

    fn turns(&self, check: &str, object: &str) -> Vec<Turn> {
        let about =
            |event: &&Event| event.reported.finding.check.id == check && event.object.to_string() == object;
        self.told.iter().filter(about).map(|event| event.turn).collect()
    }
}

fn pod(name: &str, privileged: bool) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: default, labels: {{app: {name}}}}}\n\
         spec: {{containers: [{{name: c, image: 'registry.example/a:1', securityContext: {{privileged: {privileged}}}}}]}}\n---\n"
    )
}

fn whole(server: &ApiServer) -> BTreeMap<Fingerprint, String> {
    let snapshot: Snapshot = read(&target(server, "reader", Scope::default()), &NEVER, &|_, _| {}).unwrap();
    assert!(snapshot.coverage.is_complete(), "{:?}", snapshot.problems);
    open(&evaluate(&snapshot, &PLAN))
}

#[test]
fn what_happens_is_told_as_it_happens() {
    let server = ApiServer::start_for(&[("reader", &["system:masters"])]).unwrap();
    server.kubectl(&["apply", "-f", "-"], pod("before", true)).unwrap();
    let mut follower = Follower::start(&target(&server, "reader", Scope::default()));
    assert!(follower.problems.is_empty(), "{:?}", follower.problems);
    assert!(follower.current.snapshot().coverage.is_complete());
    assert_eq!(follower.ledger, whole(&server));

    server.kubectl(&["apply", "-f", "-"], pod("web", true)).unwrap();
    follower.until("the pod is found", |follower| !follower.turns("SW1001", "Pod default/web").is_empty());
    // What says nothing new to checks is no change.
    let told = follower.told.len();
    server.kubectl(&["label", "pod", "before", "x=y"], "").unwrap();
    server.kubectl(&["annotate", "pod", "web", "seawall.dev/ignore=SW1001: it is known"], "").unwrap();
    follower.until("it is suppressed", |follower| follower.turns("SW1001", "Pod default/web").len() == 2);
    assert_eq!(follower.told.len(), told + 1);
    server.kubectl(&["annotate", "pod", "web", "seawall.dev/ignore-"], "").unwrap();
    follower.until("it counts again", |follower| follower.turns("SW1001", "Pod default/web").len() == 3);
    server.kubectl(&["delete", "pod", "web", "--now"], "").unwrap();
    follower.until("it is gone", |follower| follower.turns("SW1001", "Pod default/web").len() == 4);
    let turns = follower.turns("SW1001", "Pod default/web");
    assert_eq!(turns, [Turn::Opened, Turn::Closed, Turn::Opened, Turn::Closed]);
    assert_eq!(follower.ledger, whole(&server));

    // By reading alone.
    let verbs: Vec<String> = server
        .audit()
        .unwrap()
        .into_iter()
        .filter(|event| event.user == "reader" && !matches!(&*event.verb, "get" | "list" | "watch"))
        .map(|event| event.verb)
        .collect();
    assert!(verbs.is_empty(), "{verbs:?}");
}

#[test]
fn of_a_namespace_the_namespace_itself_is_known() {
    let server = ApiServer::start_for(&[("guest", &[])]).unwrap();
    server.kubectl(&["create", "namespace", "shop"], "").unwrap();
    let subjects = vec![Subject::User("guest".into())];
    let name = "guest".to_owned();
    let grant = Grant { name, namespace: Some("shop".to_owned()), no_secrets: false, watch: true, subjects };
    server.kubectl(&["apply", "-f", "-"], role(Kind::ALL, &grant)).unwrap();
    let scope = Scope { namespaces: vec!["shop".to_owned()], ..Scope::default() };
    let end = Instant::now() + DEADLINE;
    // The authorizer hears of new rights a moment later.
    let follower = loop {
        let follower = Follower::start(&target(&server, "guest", scope.clone()));
        if follower.problems.is_empty() {
            break follower;
        }
        assert!(Instant::now() < end, "{:?}", follower.problems);
    };
    let snapshot = follower.current.snapshot();
    let namespaces: Vec<&str> = View::from(snapshot)
        .of_kind("", "Namespace")
        .map(|namespace| namespace.metadata.name.as_str())
        .collect();
    assert_eq!(namespaces, ["shop"]);
    // It is got, not watched: no Role of a namespace allows to watch it.
    let asked = server.audit().unwrap().into_iter().filter(|event| {
        event.user == "guest" && event.resource.as_deref() == Some("namespaces") && event.verb != "get"
    });
    assert_eq!(asked.count(), 0);
}

#[test]
fn what_may_not_be_read_is_told_once_and_when_it_may() {
    let server = ApiServer::start_for(&[("guest", &[])]).unwrap();
    let pods = ["create", "clusterrole", "guest", "--verb=list,watch", "--resource=pods,configmaps"];
    server.kubectl(&pods, "").unwrap();
    let bind = ["create", "clusterrolebinding", "guest", "--clusterrole=guest", "--user=guest"];
    server.kubectl(&bind, "").unwrap();
    let mut follower = Follower::start(&target(&server, "guest", Scope::default()));
    assert!(!follower.current.snapshot().coverage.is_complete());
    let refused: Vec<String> =
        follower.problems.iter().filter(|problem| problem.contains("may not be listed")).cloned().collect();
    assert!(refused.iter().any(|problem| problem.starts_with("secrets")), "{refused:?}");
    assert!(!refused.iter().any(|problem| problem.starts_with("pods ")), "{refused:?}");
    let mut once = refused.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), refused.len(), "{refused:?}");

    server.kubectl(&["apply", "-f", "-"], pod("web", true)).unwrap();
    follower.until("the rest is followed", |follower| follower.knows("Pod", "web"));
    let admin = ["create", "clusterrolebinding", "guest-too", "--clusterrole=cluster-admin", "--user=guest"];
    server.kubectl(&admin, "").unwrap();
    follower.until("all may be read", |follower| follower.current.snapshot().coverage.is_complete());
    assert_eq!(follower.mended.len(), refused.len(), "{:?}", follower.mended);
}

/// Of a kind that no check reads, or a pod: with its controller as `apiVersion kind name uid`. Returns what owns by it.
fn operated(server: &ApiServer, api_version: &str, kind: &str, name: &str, owner: &str) -> String {
    let owners = match owner.split(' ').collect::<Vec<_>>()[..] {
        [api_version, kind, name, uid] => {
            format!(
                "[{{apiVersion: {api_version}, kind: {kind}, name: {name}, uid: {uid}, controller: true}}]"
            )
        }
        _ => "[]".to_owned(),
    };
    let spec = if kind == "Pod" {
        "{containers: [{name: c, image: 'registry.example/a:1', securityContext: {privileged: true}}]}"
    } else {
        "{}"
    };
    let object = format!(
        "apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: {name}, namespace: default, ownerReferences: {owners}}}\n\
         spec: {spec}\n"
    );
    let uid = server.kubectl(&["create", "-o", "jsonpath={.metadata.uid}", "-f", "-"], object).unwrap();
    format!("{api_version} {kind} {name} {uid}")
}

#[test]
fn owners_that_no_check_reads_are_followed_as_they_are_named() {
    let server = ApiServer::start_for(&[("reader", &["system:masters"])]).unwrap();
    server.kubectl(&["apply", "-f", "-"], include_str!("../operator.yaml")).unwrap();
    server.wait_for_definitions().unwrap();
    let (database, set) = ("db.example/v1", "core.db.example/v1");
    let before = operated(&server, database, "Database", "before", "");
    let of_before = operated(&server, set, "PodSet", "before-a", &before);
    operated(&server, "v1", "Pod", "before-a-0", &of_before);
    // Once both kinds are told by discovery.
    let end = Instant::now() + DEADLINE;
    let is_served = || read(&target(&server, "reader", Scope::default()), &NEVER, &|_, _| {}).unwrap();
    while !is_served().objects.iter().any(|object| object.kind == "Database") {
        assert!(Instant::now() < end, "the definitions are not served in time");
    }
    let mut follower = Follower::start(&target(&server, "reader", Scope::default()));
    assert_eq!(follower.ledger, whole(&server));
    let after = operated(&server, database, "Database", "after", "");
    let of_after = operated(&server, set, "PodSet", "after-a", &after);
    operated(&server, "v1", "Pod", "after-a-0", &of_after);
    // Whatever comes first: a pod that is known before its owners is told with the one that it names.
    let opened = |object: &'static str| {
        move |follower: &Follower| follower.turns("SW1001", object).last() == Some(&Turn::Opened)
    };
    follower.until("it is told with its database", opened("Database default/after"));
    assert_eq!(follower.ledger, whole(&server));
    // An owner that is gone is known by name still, as in a whole reading.
    server.kubectl(&["delete", "databases.db.example", "after"], "").unwrap();
    server.kubectl(&["delete", "podsets.core.db.example", "after-a"], "").unwrap();
    follower.until("it is told with its set", opened("PodSet default/after-a"));
    assert_eq!(follower.ledger, whole(&server));
    assert!(follower.problems.is_empty(), "{:?}", follower.problems);
}

#[test]
fn an_api_server_that_is_killed_twenty_times_costs_nothing() {
    let server = ApiServer::start_for(&[("reader", &["system:masters"])]).unwrap();
    let mut follower = Follower::start(&target(&server, "reader", Scope::default()));
    let files = follower.current.snapshot().files.len();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0..KILLS {
                // Some come, some change, some go; what was changed last is on its way when the server is killed.
                let mut objects = String::new();
                for number in 0..4 {
                    objects.push_str(&pod(&format!("p{}", (round + number) % 7), true));
                }
                objects.push_str(&format!(
                    "apiVersion: v1\nkind: Service\nmetadata: {{name: s{}, namespace: default}}\n\
                     spec: {{selector: {{app: p{}}}, ports: [{{port: 80}}]}}\n",
                    round % 3,
                    round % 7
                ));
                server.kubectl(&["apply", "-f", "-"], objects).unwrap();
                let gone = format!("p{}", (round + 5) % 7);
                server
                    .kubectl(&["delete", "pod", &gone, "--ignore-not-found", "--now", "--wait=false"], "")
                    .unwrap();
                server.kill();
                server.restart().unwrap();
                let label = format!("round={round}");
                server
                    .kubectl(&["label", "service", &format!("s{}", round % 3), &label, "--overwrite"], "")
                    .unwrap();
            }
            server.kubectl(&["apply", "-f", "-"], pod("last", true)).unwrap();
            done.store(true, Ordering::Relaxed);
        });
        let end = Instant::now() + DEADLINE * 10;
        while !done.load(Ordering::Relaxed) && Instant::now() < end {
            follower.step();
        }
    });
    let expected = whole(&server);
    assert!(!expected.is_empty());
    follower.until("all is known", |follower| follower.ledger == expected);
    assert_eq!(open(&follower.current.report()), expected);
    // Each time that it did not answer was told, and that it was over.
    assert!(!follower.problems.is_empty());
    follower.until("all is well", |follower| follower.mended.len() == follower.problems.len());
    // Memory is steady: numbers of objects are given again, and no list is kept twice.
    let snapshot = follower.current.snapshot();
    assert!(snapshot.files.len() <= files + 2, "{} files, then {}", files, snapshot.files.len());
    let standing = snapshot.objects.iter().filter(|object| !object.is_vacant()).count();
    assert!(snapshot.objects.len() <= standing + 8, "{} numbers for {standing}", snapshot.objects.len());
}
