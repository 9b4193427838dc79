//! An API server that cannot be reached, does not know who asks, or forgets in the middle.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use seawall_cluster::{Patience, Scope, Target, read};
use seawall_rig::{ApiServer, Fate, Proxy, Setup};

use crate::{MANY, NEVER, fill, kubeconfig, names, read_now, target, told};

#[test]
fn who_is_not_known_or_not_sure_of_the_other_is_told_so() {
    let server = ApiServer::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let url = server.url();
    let authority = format!("certificate-authority: '{}'", server.authority().display());
    let stranger = server.client_certificate("carol", "a").unwrap();
    let token = format!("token: {}", server.token("admin").unwrap());
    for (cluster, user, code, message, help) in [
        (
            format!("server: '{url}', {authority}"),
            "",
            "cluster-refused",
            "the API server refuses to say what it serves: forbidden: User \"system:anonymous\" cannot get path \"/api\"",
            "as whom",
        ),
        (
            format!("server: '{url}', {authority}"),
            "token: PLANTEDexpired",
            "cluster-refused",
            "the API server does not accept the credentials: Unauthorized",
            "log in again",
        ),
        (
            format!("server: '{url}', certificate-authority: '{}'", stranger.certificate.display()),
            &token,
            "cluster-silent",
            "invalid peer certificate",
            "certificate-authority-data",
        ),
        (
            format!("server: '{url}', {authority}, tls-server-name: other.example"),
            &token,
            "cluster-silent",
            "invalid peer certificate",
            "tls-server-name",
        ),
        (
            "server: 'http://127.0.0.1:9'".to_owned(),
            &token,
            "cluster-silent",
            "the API server cannot be asked: ",
            "kubectl version",
        ),
    ] {
        let started = Instant::now();
        let snapshot = read_now(&target(kubeconfig(folder.path(), &cluster, user)));
        let problems = told(&snapshot);
        let [problem] = &*problems else { panic!("{problems:?}") };
        assert!(
            problem.starts_with(code) && problem.contains(message) && problem.contains(help),
            "{cluster}: {problem}"
        );
        assert!(
            !problem.contains("PLANTED") && !snapshot.coverage.is_complete() && snapshot.objects.is_empty()
        );
        assert!(started.elapsed() < Duration::from_secs(10), "what was never there is not waited for");
    }

    // It accepts connections, and says nothing.
    server.pause().unwrap();
    let mut silent = target(kubeconfig(folder.path(), &format!("server: '{url}', {authority}"), &token));
    silent.patience.request = Some(Duration::from_secs(1));
    let problems = told(&read_now(&silent));
    assert_eq!(
        problems,
        [
            "cluster-silent c: the API server cannot be asked: no whole answer within 1 s (see whether the API server is well: \
          `kubectl get --raw /readyz`; --request-timeout waits longer)"
        ]
    );
    silent.patience =
        Patience { request: None, whole: Some(Duration::from_millis(500)), ..Patience::default() };
    let problems = told(&read_now(&silent));
    assert!(problems.len() == 1 && problems[0].contains("is up (0.5 s)"), "{problems:?}");
    server.resume().unwrap();
}

#[test]
fn a_list_that_took_too_long_goes_on_from_where_it_is() {
    let compaction = Some(Duration::from_millis(200));
    let server = Arc::new(ApiServer::start_with(Setup { compaction, ..Setup::default() }).unwrap());
    fill(&server);
    let folder = tempfile::tempdir().unwrap();
    let user = format!("token: {}", server.token("admin").unwrap());
    let changing = Arc::clone(&server);
    let expired = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&expired);
    let proxy = Proxy::start(&server, move |asked, upstream| {
        if !asked.lists("serviceaccounts")
            || asked.field("continue").is_none()
            || seen.load(Ordering::Relaxed) > 0
        {
            return Fate::Pass;
        }
        // The second chunk comes when the API server has forgotten the state of the first.
        let started = Instant::now();
        loop {
            let answer = upstream.ask(asked);
            if answer.status == 410 {
                seen.fetch_add(1, Ordering::Relaxed);
                return Fate::Replaced(answer);
            }
            assert!(started.elapsed() < Duration::from_secs(60), "the list goes on for ever");
            let change = format!("n={:?}", started.elapsed());
            changing.kubectl(&["annotate", "namespace", "default", "--overwrite", &change], "").unwrap();
        }
    })
    .unwrap();
    let mut target = target(kubeconfig(folder.path(), &format!("server: '{}'", proxy.url()), &user));
    target.patience.request = Some(Duration::from_secs(90));
    let snapshot = read_now(&target);
    assert!(snapshot.coverage.is_complete(), "{:?}", snapshot.problems);
    assert_eq!(expired.load(Ordering::Relaxed), 1);
    let accounts = snapshot.objects.iter().filter(|object| object.kind == "ServiceAccount").count();
    assert_eq!((accounts, names(&snapshot, "ServiceAccount").len()), (MANY, MANY), "each once");
}

#[test]
fn a_namespace_is_no_path() {
    for name in ["../../apis", "a/b", "", "A", "a?limit=1"] {
        let scope = Scope { namespaces: vec![name.to_owned()], no_secrets: false, kinds: None };
        let error = read(&Target { scope, ..Target::default() }, &NEVER, &|_, _| {}).unwrap_err();
        assert!(
            error.to_string().starts_with(&format!("`{name}` is not the name of a namespace")),
            "{error}"
        );
    }
}

/// The same token but for its end, so that the end is what is refused.
#[test]
fn a_token_that_has_expired_is_not_accepted() {
    let server = ApiServer::start().unwrap();
    let kubectl = |arguments: &[&str]| server.kubectl(arguments, "").unwrap();
    kubectl(&["create", "serviceaccount", "scanner", "--namespace=default"]);
    let rights = ["--clusterrole=cluster-admin", "--serviceaccount=default:scanner"];
    kubectl(&[&["create", "clusterrolebinding", "scanner"][..], &rights].concat());
    let folder = tempfile::tempdir().unwrap();
    let cluster =
        format!("server: '{}', certificate-authority: '{}'", server.url(), server.authority().display());
    let hour = Duration::from_secs(3_600);
    let now = SystemTime::now();
    let read_until = |ends: SystemTime| {
        let token = server.account_token(("default", "scanner"), now - 2 * hour, ends).unwrap();
        let snapshot = read_now(&target(kubeconfig(folder.path(), &cluster, &format!("token: {token}"))));
        assert!(told(&snapshot).iter().all(|problem| !problem.contains(&token)));
        snapshot
    };
    let valid = read_until(now + hour);
    assert!(valid.coverage.is_complete(), "{:?}", valid.problems);
    assert!(names(&valid, "ServiceAccount").contains("scanner"));
    // An API server forgives a minute (`DefaultLeeway` of go-jose).
    let expired = read_until(now - hour);
    assert_eq!(
        told(&expired),
        [
            "cluster-refused c: the API server does not accept the credentials: Unauthorized (log in again, or see what the \
             kubeconfig gives: `kubectl auth whoami`)"
        ]
    );
    assert!(!expired.coverage.is_complete() && expired.objects.is_empty());
    let refused = server.audit().unwrap().into_iter().filter(|event| event.code == Some(401)).count();
    assert_eq!(refused, 1, "it is not asked again");
}
