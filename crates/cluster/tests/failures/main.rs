//! What a cluster does not say, or says wrongly, is named, and the rest is read: a real API server, spoilt in one way at a time.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests stop at the first surprise"
)]

mod doctor;
mod proxy;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use seawall_cluster::{Patience, Scope, Target, read};
use seawall_inventory::{Place, Snapshot};
use seawall_rig::{ApiServer, Setup};

use crate::proxy::{Answer, Asked, Fate, Proxy, Upstream};

/// More than two chunks of a list.
const MANY: usize = 1_100;

static NEVER: AtomicBool = AtomicBool::new(false);

/// A kubeconfig with this cluster and this user, as JSON.
fn kubeconfig(folder: &Path, cluster: &str, user: &str) -> PathBuf {
    let path = folder.join("kubeconfig");
    let text = format!(
        "{{apiVersion: v1, kind: Config, current-context: c, contexts: [{{name: c, context: {{cluster: c, user: c}}}}],\
          clusters: [{{name: c, cluster: {{{cluster}}}}}], users: [{{name: c, user: {{{user}}}}}]}}"
    );
    std::fs::write(&path, text).unwrap();
    path
}

/// A second for a request: enough for an API server on loopback, however busy the machine is, to begin with.
fn target(kubeconfig: PathBuf) -> Target {
    let patience = Patience { request: Some(Duration::from_secs(30)), whole: Some(Duration::from_secs(120)) };
    Target { kubeconfig: Some(kubeconfig), patience, ..Target::default() }
}

fn read_now(target: &Target) -> Snapshot {
    read(target, &NEVER, &|_, _| {}).unwrap()
}

/// Each problem in a line: code, place, message, help.
fn told(snapshot: &Snapshot) -> Vec<String> {
    let told = snapshot.problems.iter().map(|problem| {
        let Place::Path(place) = &problem.place else { panic!("{problem:?}") };
        format!("{} {}: {} ({})", problem.code, place.display(), problem.message, problem.help)
    });
    told.collect()
}

fn names<'s>(snapshot: &'s Snapshot, kind: &str) -> BTreeSet<&'s str> {
    let objects = snapshot.objects.iter().filter(|object| object.kind == kind);
    objects.map(|object| object.metadata.name.as_str()).collect()
}

/// Writes `MANY` service accounts.
fn fill(server: &ApiServer) {
    let account = |number| {
        format!(
            "{{\"apiVersion\":\"v1\",\"kind\":\"ServiceAccount\",\"metadata\":{{\"namespace\":\"default\",\"name\":\"a{number}\"}}}}"
        )
    };
    let items: Vec<String> = (0..MANY).map(account).collect();
    let list = format!("{{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{}]}}", items.join(","));
    server.kubectl(&["create", "-f", "-"], list).unwrap();
}

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
    silent.patience = Patience { request: None, whole: Some(Duration::from_millis(500)) };
    let problems = told(&read_now(&silent));
    assert!(problems.len() == 1 && problems[0].contains("is up (0.5 s)"), "{problems:?}");
    server.resume().unwrap();
}

/// Every user of this may list everything but one resource.
#[test]
fn each_resource_that_may_not_be_listed_is_named_alone() {
    let server = ApiServer::start().unwrap();
    let kubeconfig = server.kubeconfig("admin").unwrap();
    let resources = server.kubectl(&["api-resources", "--verbs=list", "-o", "name"], "").unwrap();
    let resources: Vec<&str> = resources.lines().collect();
    let mut rights = String::new();
    for left_out in &resources {
        let user = format!("all-but-{left_out}");
        let role = format!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {{name: {user}}}\nrules:\n"
        );
        rights.push_str(&role);
        for resource in resources.iter().filter(|resource| resource != &left_out) {
            let (plural, group) = resource.split_once('.').unwrap_or((resource, ""));
            writeln!(rights, "- {{apiGroups: ['{group}'], resources: [{plural}], verbs: [list]}}").unwrap();
        }
        writeln!(
            rights,
            "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {{name: {user}}}\n\
             roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {user}}}\n\
             subjects: [{{apiGroup: rbac.authorization.k8s.io, kind: User, name: {user}}}]\n---"
        )
        .unwrap();
    }
    server.kubectl(&["create", "-f", "-"], rights).unwrap();
    let mut read_by_checks = 0;
    for left_out in &resources {
        let target =
            Target { impersonate: Some(format!("all-but-{left_out}")), ..target(kubeconfig.clone()) };
        let started = Instant::now();
        let snapshot = loop {
            let snapshot = read_now(&target);
            // The authorizer hears of new rights a moment later.
            if snapshot.problems.len() <= 1 || started.elapsed() > Duration::from_secs(30) {
                break snapshot;
            }
        };
        let problems = told(&snapshot);
        match &*problems {
            [] => assert!(snapshot.coverage.is_complete()),
            [problem] => {
                read_by_checks += 1;
                let expected = format!("{left_out} may not be listed (allow `list` on {left_out}, ");
                assert!(problem.starts_with("list-refused") && problem.contains(&expected), "{problem}");
                assert!(!snapshot.coverage.is_complete());
            }
            _ => panic!("without {left_out}: {problems:?}"),
        }
    }
    assert!(read_by_checks > 20, "{read_by_checks}");
}

/// A way in which lists go wrong, and what is told of it; nothing when it does no harm.
struct Case {
    name: &'static str,
    judge: fn(&Asked, &Upstream) -> Fate,
    problems: &'static [&'static str],
}

/// How often a list was asked for that ends in the storm of `a storm`.
static STORM: AtomicUsize = AtomicUsize::new(0);

fn if_secrets(asked: &Asked, fate: Fate) -> Fate {
    if asked.lists("secrets") { fate } else { Fate::Pass }
}

const CASES: &[Case] = &[
    Case { name: "nothing", judge: |_, _| Fate::Pass, problems: &[] },
    Case {
        name: "of what metadata is enough no more is asked",
        judge: |asked, _| match asked.accepts("as=PartialObjectMetadataList") {
            light if light == (asked.lists("namespaces") || asked.lists("nodes")) => Fate::Pass,
            _ => Fate::Replaced(Answer::status(406, "as something else", "")),
        },
        problems: &[],
    },
    Case {
        name: "each answer breaks off once",
        judge: |asked, _| {
            if asked.before == 0 && asked.lists("serviceaccounts") { Fate::Broken } else { Fate::Pass }
        },
        problems: &[],
    },
    Case {
        name: "it has too much to do for a moment",
        judge: |asked, _| match asked.before {
            0 | 1 => Fate::Replaced(Answer::status(429, "too many requests", "").retry_after(0)),
            _ => Fate::Pass,
        },
        problems: &[],
    },
    Case {
        name: "a storm",
        judge: |asked, _| {
            STORM.fetch_add(usize::from(asked.lists("secrets")), Ordering::Relaxed);
            if_secrets(asked, Fate::Replaced(Answer::status(429, "too many requests", "").retry_after(0)))
        },
        problems: &[
            "list-failed c/api/v1/secrets: secrets cannot be listed: too many requests (it asks to wait for 0 s) (the API \
                     server has too much to do, or a flow schema gives this user too little; ask again later)",
        ],
    },
    Case {
        name: "it asks to wait for a day",
        judge: |asked, _| {
            if_secrets(asked, Fate::Replaced(Answer::status(429, "too many", "").retry_after(86_400)))
        },
        problems: &[
            "list-failed c/api/v1/secrets: secrets cannot be listed: too many (it asks to wait for 86400 s) (the API",
        ],
    },
    Case {
        name: "an error of its own",
        judge: |asked, _| if_secrets(asked, Fate::Replaced(Answer::status(500, "etcdserver: no leader", ""))),
        problems: &[
            "list-failed c/api/v1/secrets: secrets cannot be listed: etcdserver: no leader (ask again later; if it stays",
        ],
    },
    Case {
        name: "a proxy's error",
        judge: |asked, _| {
            let headers = "Content-Type: text/html\r\n".to_owned();
            if_secrets(
                asked,
                Fate::Replaced(Answer { status: 403, headers, body: b"<html>no</html>".to_vec() }),
            )
        },
        problems: &[
            "list-refused c/api/v1/secrets: secrets may not be listed (allow `list` on secrets, or say \
                     --allow-incomplete; what was refused: Forbidden)",
        ],
    },
    Case {
        name: "a token that expires meanwhile",
        judge: |asked, _| if_secrets(asked, Fate::Replaced(Answer::status(401, "Unauthorized", ""))),
        problems: &[
            "list-refused c/api/v1/secrets: secrets cannot be listed: the API server no longer accepts the credentials: \
                     Unauthorized (log in again",
        ],
    },
    Case {
        name: "half of the JSON",
        judge: |asked, _| if_secrets(asked, Fate::Truncated),
        problems: &[
            "list-failed c/api/v1/secrets: secrets cannot be listed: the answer cannot be read: the JSON ends too early (see \
                     what answers",
        ],
    },
    Case {
        name: "half of the rest",
        judge: |asked, _| match asked.field("continue") {
            Some(_) if asked.lists("serviceaccounts") => Fate::Truncated,
            _ => Fate::Pass,
        },
        problems: &[
            "list-failed c/api/v1/serviceaccounts: serviceaccounts cannot be listed beyond the first 500: the answer cannot \
                     be read: the JSON ends too early (see what",
        ],
    },
    Case {
        name: "a page to log in at",
        judge: |asked, _| {
            let body = b"<!doctype html><title>Log in</title>".to_vec();
            if_secrets(asked, Fate::Replaced(Answer { status: 200, headers: String::new(), body }))
        },
        problems: &[
            "list-failed c/api/v1/secrets: secrets cannot be listed: the answer cannot be read: it is not the JSON of a list \
                     (from byte 0 on) (see what",
        ],
    },
    Case {
        name: "an empty object",
        judge: |asked, _| {
            if_secrets(
                asked,
                Fate::Replaced(Answer { status: 200, headers: String::new(), body: b"{}".to_vec() }),
            )
        },
        problems: &[
            "list-failed c/api/v1/secrets: secrets cannot be listed: the answer cannot be read: it is not a list (see what",
        ],
    },
    Case {
        name: "an answer without end",
        judge: |asked, _| if_secrets(asked, Fate::Endless),
        problems: &[
            "list-failed c/api/v1/secrets: secrets cannot be listed: the answer is longer than 32 MiB (see what",
        ],
    },
    Case {
        name: "an answer that is too long as long as much is asked for",
        judge: |asked, _| match asked.field("limit") {
            Some("500") if asked.lists("secrets") => Fate::Endless,
            _ => Fate::Pass,
        },
        problems: &[],
    },
    Case {
        name: "the same chunk again and again",
        judge: |asked, upstream| {
            let mut answer = upstream.ask(asked);
            if asked.lists("serviceaccounts") && asked.field("continue").is_some() {
                answer = Answer {
                    status: 200,
                    body: br#"{"kind":"ServiceAccountList","metadata":{"continue":"same"},"items":[]}"#
                        .to_vec(),
                    ..answer
                };
            }
            Fate::Replaced(answer)
        },
        problems: &[
            "list-failed c/api/v1/serviceaccounts: serviceaccounts cannot be listed beyond the first 500: the list has no \
                     end: its chunks lead to ever more (see what",
        ],
    },
    Case {
        name: "a list that took too long, of which nothing leads to the rest",
        judge: |asked, _| match asked.field("continue") {
            Some(_) if asked.lists("serviceaccounts") && asked.before == 0 => {
                Fate::Replaced(Answer::status(410, "The provided continue parameter is too old", ""))
            }
            _ => Fate::Pass,
        },
        problems: &[],
    },
    Case {
        name: "only the core group",
        judge: |asked, _| if asked.target == "/apis" { Fate::Truncated } else { Fate::Pass },
        problems: &[
            "cluster-silent c/apis: the API server cannot be asked: the answer cannot be read: the JSON ends too early",
        ],
    },
    Case {
        name: "no API server",
        judge: |_, _| {
            let body = b"<!doctype html><title>Log in</title>".to_vec();
            Fate::Replaced(Answer { status: 200, headers: String::new(), body })
        },
        problems: &[
            "cluster-silent c: the API server cannot be asked: the answer cannot be read: it is not JSON",
        ],
    },
    Case {
        name: "another place",
        judge: |_, _| {
            let headers = "Location: http://127.0.0.1:9/\r\n".to_owned();
            Fate::Replaced(Answer { status: 302, headers, body: Vec::new() })
        },
        problems: &["cluster-silent c: the API server does not say what it serves: Found (ask again later"],
    },
    Case {
        name: "an old API server",
        judge: |_, _| Fate::Replaced(Answer::status(406, "only the following media types are accepted", "")),
        problems: &["cluster-silent c: the API server does not know aggregated discovery: only the"],
    },
];

#[test]
fn what_goes_wrong_on_the_way_is_named_and_the_rest_is_read() {
    let server = ApiServer::start().unwrap();
    let objects = "{apiVersion: v1, kind: Secret, metadata: {name: db}, stringData: {a: PLANTED}}";
    server.kubectl(&["create", "-f", "-"], objects).unwrap();
    fill(&server);
    let folder = tempfile::tempdir().unwrap();
    let user = format!("token: {}", server.token("admin").unwrap());
    for Case { name, judge, problems } in CASES {
        let proxy = Proxy::start(&server, judge);
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
    for fate in [|| Fate::Silence, || Fate::Half] {
        let proxy = Proxy::start(&server, move |asked, _| if_secrets(asked, fate()));
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
    });
    let config = kubeconfig(folder.path(), &format!("server: '{}'", proxy.url()), &user);
    let patient = Patience { request: None, whole: None };
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
    let up = |problem: &seawall_inventory::Problem| {
        problem.code == "list-failed"
            && problem.message.ends_with("cannot be listed: the time for reading the cluster is up (2 s)")
    };
    assert!(snapshot.problems.iter().all(up), "{:?}", snapshot.problems);
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
    });
    let mut target = target(kubeconfig(folder.path(), &format!("server: '{}'", proxy.url()), &user));
    target.patience.request = Some(Duration::from_secs(90));
    let snapshot = read_now(&target);
    assert!(snapshot.coverage.is_complete(), "{:?}", snapshot.problems);
    assert_eq!(expired.load(Ordering::Relaxed), 1);
    let accounts = snapshot.objects.iter().filter(|object| object.kind == "ServiceAccount").count();
    assert_eq!((accounts, names(&snapshot, "ServiceAccount").len()), (MANY, MANY), "each once");
}

/// A definition that checks read, in two versions of which the other one is converted by nobody.
const UNCONVERTED: &str = r#"
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: scaledobjects.keda.sh}
spec:
  group: keda.sh
  scope: Namespaced
  names: {plural: scaledobjects, singular: scaledobject, kind: ScaledObject}
  versions:
  - name: v1
    served: true
    storage: false
    schema: &any {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
  - name: v1alpha1
    served: true
    storage: true
    schema: *any
  conversion:
    strategy: Webhook
    webhook:
      conversionReviewVersions: [v1]
      clientConfig: {url: 'https://127.0.0.1:9/convert'}
"#;

const EXTENSION: &str = "
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1.apps.openshift.io}
spec:
  group: apps.openshift.io
  version: v1
  groupPriorityMinimum: 1000
  versionPriority: 10
  insecureSkipTLSVerify: true
  service: {namespace: default, name: gone}
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1beta1.metrics.k8s.io}
spec:
  group: metrics.k8s.io
  version: v1beta1
  groupPriorityMinimum: 1000
  versionPriority: 10
  insecureSkipTLSVerify: true
  service: {namespace: default, name: gone}
";

#[test]
fn what_extends_the_api_and_does_not_work_is_named() {
    let server = ApiServer::start().unwrap();
    server.kubectl(&["create", "-f", "-"], UNCONVERTED).unwrap();
    server.kubectl(&["wait", "--for=condition=Established", "crd/scaledobjects.keda.sh"], "").unwrap();
    server.kubectl(&["create", "-f", "-"], EXTENSION).unwrap();
    let object = "{apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: {name: web}, spec: {scaleTargetRef: {name: web}}}";
    let target = target(server.kubeconfig("admin").unwrap());
    let started = Instant::now();
    let patience = Duration::from_secs(60);
    while let Err(error) = server.kubectl(&["create", "-f", "-"], object) {
        // The new kind is served a moment later.
        assert!(started.elapsed() < patience, "{error}");
    }
    let problems = loop {
        let problems = told(&read_now(&target));
        if problems.len() >= 2 || started.elapsed() > patience {
            break problems;
        }
    };
    assert_eq!(problems.len(), 2, "metrics are not read: {problems:?}");
    let expected = "extension-silent admin/apps.openshift.io/v1: nobody says what apps.openshift.io/v1 holds: the server that extends";
    assert!(problems[0].starts_with(expected), "{problems:?}");
    let expected = "list-failed admin/apis/keda.sh/v1/scaledobjects: scaledobjects.keda.sh cannot be listed: conversion webhook for \
                    keda.sh/v1alpha1, Kind=ScaledObject failed: Post \"https://127.0.0.1:9/convert";
    assert!(problems[1].starts_with(expected), "{problems:?}");
    // The same without the objects in a namespace of their own.
    let scope = Scope { namespaces: vec!["kube-system".to_owned()], no_secrets: false, kinds: None };
    let elsewhere = told(&read_now(&Target { scope, ..target }));
    assert_eq!(elsewhere.len(), 1, "{elsewhere:?}");
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
