//! An API server whose answers are spoilt on the way, in one way at a time.

mod cases;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use seawall_cluster::{Patience, Target, read};
use seawall_inventory::Problem;
use seawall_rig::{ApiServer, Fate, Proxy};

use self::cases::{CASES, Case, STORM, if_secrets};
use crate::{MANY, fill, kubeconfig, names, read_now, target, told};

#[test]
fn what_goes_wrong_on_the_way_is_named_and_the_rest_is_read() {
    let server = ApiServer::start().unwrap();
    let objects = "{apiVersion: v1, kind: Secret, metadata: {name: db}, stringData: {a: PLANTED}}";
    server.kubectl(&["create", "-f", "-"], objects).unwrap();
    fill(&server);
    let folder = tempfile::tempdir().unwrap();
    let user = format!("token: {}", server.token("admin").unwrap());
    for Case { name, judge, problems } in CASES {
        let proxy = Proxy::start(&server, judge).unwrap();
        let config = kubeconfig(folder.path(), &format!("server: '{}'", proxy.url()), &user);
        let snapshot = read_now(&target(config));
        let told = told(&snapshot);
        assert_eq!(told.len(), problems.len(), "{name}: {told:?}");
        for (told, expected) in told.iter().zip(*problems) {
            assert!(told.starts_with(expected), "{name}: {told}");
        }
        assert_eq!(snapshot.coverage.is_complete(), problems.is_empty(), "{name}");
        assert!(!format!("{snapshot:?}").contains("PLANTED"), "{name}");
        if problems.is_empty() {
            assert_eq!(names(&snapshot, "ServiceAccount").len(), MANY, "{name}");
            assert_eq!(names(&snapshot, "Secret"), BTreeSet::from(["db"]), "{name}");
        }
        let silent = problems.iter().any(|problem| problem.starts_with("cluster-silent c:"));
        assert!(silent || names(&snapshot, "Namespace").contains("default"), "{name}: the rest is read");
    }
    assert_eq!(STORM.load(Ordering::Relaxed), 11, "as often as client-go");
}

#[test]
fn what_does_not_answer_is_not_waited_for() {
    let server = ApiServer::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let user = format!("token: {}", server.token("admin").unwrap());
    // Requests have a while for what answers; what does not takes it up.
    let second = Duration::from_secs(5);
    for fate in [|| Fate::Silence, || Fate::Half, || Fate::Slow(1_000, Duration::from_millis(100))] {
        let proxy = Proxy::start(&server, move |asked, _| if_secrets(asked, fate())).unwrap();
        let config = kubeconfig(folder.path(), &format!("server: '{}'", proxy.url()), &user);
        let mut target = target(config);
        target.patience.request = Some(second);
        let snapshot = read_now(&target);
        let told = told(&snapshot);
        assert_eq!(told.len(), 1, "{told:?}");
        let expected = "list-failed c/api/v1/secrets: secrets cannot be listed: no whole answer within 5 s (see whether the API";
        assert!(told[0].starts_with(expected), "{told:?}");
        assert!(names(&snapshot, "Namespace").contains("default"));
    }

    // All of it has an end, and so has the patience of the user.
    let asked = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&asked);
    let proxy = Proxy::start(&server, move |request, _| {
        if request.target.starts_with("/api?") || matches!(&*request.target, "/api" | "/apis") {
            return Fate::Pass;
        }
        seen.store(true, Ordering::Relaxed);
        Fate::Silence
    })
    .unwrap();
    let config = kubeconfig(folder.path(), &format!("server: '{}'", proxy.url()), &user);
    let patient = Patience { request: None, whole: None, ..Patience::default() };
    let mut target = Target { patience: patient, ..target(config) };
    let (code, words) = ("interrupted", "the scan was stopped before ");
    let cancel = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reading = scope.spawn(|| read(&target, &cancel, &|_, _| {}).unwrap());
        while !asked.load(Ordering::Relaxed) {
            std::thread::yield_now();
        }
        cancel.store(true, Ordering::Relaxed);
        let snapshot = reading.join().unwrap();
        assert!(snapshot.problems.len() > 20 && !snapshot.coverage.is_complete());
        assert!(
            snapshot
                .problems
                .iter()
                .all(|problem| problem.code == code && problem.message.starts_with(words))
        );
    });
    target.patience.whole = Some(Duration::from_secs(2));
    let snapshot = read_now(&target);
    assert!(snapshot.problems.len() > 20 && !snapshot.coverage.is_complete());
    let up = |problem: &Problem| {
        problem.code == "list-failed"
            && problem.message.ends_with("cannot be listed: the time for reading the cluster is up (2 s)")
    };
    assert!(snapshot.problems.iter().all(up), "{:?}", snapshot.problems);
}
