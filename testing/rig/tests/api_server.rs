//! The API server of the rig is a real one, its user's own, and leaves nothing.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

use std::env;
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use seawall_rig::{ApiServer, Setup, Tool, tool};

/// A group that may list the pods of one namespace.
const LISTS_PODS: &str = r#"
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: pods, namespace: default}
rules: [{apiGroups: [""], resources: [pods], verbs: [list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: pods, namespace: default}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: pods}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: 'team "a"'}]
"#;

#[test]
fn rbac_decides_and_the_audit_log_tells() {
    let server = ApiServer::start_for(&[("jane/doe", &["x", "team \"a\""]), ("nobody", &[])]).unwrap();
    let list = |user, resource| server.kubectl_as(user, &["get", "--output=name", resource], "");

    let refused = list("jane/doe", "pods").unwrap_err().to_string();
    assert!(refused.contains("User \"jane/doe\" cannot list resource \"pods\""), "{refused}");
    let created = server.kubectl(&["create", "--output=name", "--filename=-"], LISTS_PODS).unwrap();
    assert_eq!(created, "role.rbac.authorization.k8s.io/pods\nrolebinding.rbac.authorization.k8s.io/pods\n");
    assert_eq!(list("jane/doe", "pods").unwrap(), "");
    for (user, resource) in [("jane/doe", "secrets"), ("nobody", "pods")] {
        let refused = list(user, resource).unwrap_err().to_string();
        assert!(refused.contains("(Forbidden)"), "{refused}");
    }
    let whoami = ["auth", "whoami", "--output=jsonpath={.status.userInfo.groups}"];
    let groups = server.kubectl_as("jane/doe", &whoami, "").unwrap();
    assert_eq!(groups, r#"["x","team \"a\"","system:authenticated"]"#);
    server.kubectl(&["get", "--raw", "/api/v1/namespaces/default/pods/p/log"], "").unwrap_err();

    let stranger = server.kubeconfig("stranger").unwrap_err().to_string();
    assert_eq!(stranger, "the API server was started without a user `stranger`");

    let events = server.audit().unwrap();
    let told: Vec<_> = events
        .iter()
        .filter(|event| event.namespace.as_deref() == Some("default") && event.resource.is_some())
        .filter(|event| !event.user.starts_with("system:") && event.resource.as_deref() != Some("namespaces"))
        .map(|event| {
            let of = (event.resource.as_deref().unwrap(), event.subresource.as_deref());
            (event.user.as_str(), event.verb.as_str(), of, event.code)
        })
        .collect();
    assert_eq!(
        told,
        [
            ("jane/doe", "list", ("pods", None), Some(403)),
            ("admin", "create", ("roles", None), Some(201)),
            ("admin", "create", ("rolebindings", None), Some(201)),
            ("jane/doe", "list", ("pods", None), Some(200)),
            ("jane/doe", "list", ("secrets", None), Some(403)),
            ("nobody", "list", ("pods", None), Some(403)),
            ("admin", "get", ("pods", Some("log")), Some(404)),
        ]
    );
    let uri = "/api/v1/namespaces/default/secrets?limit=500";
    assert_eq!(events.iter().filter(|event| event.request_uri == uri).count(), 1);
}

#[test]
fn two_at_once_are_apart_and_leave_nothing() {
    let (first, second) = thread::scope(|scope| {
        let first = scope.spawn(|| ApiServer::start().unwrap());
        (ApiServer::start().unwrap(), first.join().unwrap())
    });
    first.kubectl(&["create", "namespace", "mine"], "").unwrap();
    first.kubectl(&["get", "namespace", "mine"], "").unwrap();
    let absent = second.kubectl(&["get", "namespace", "mine"], "").unwrap_err().to_string();
    assert!(absent.contains("(NotFound)"), "{absent}");
    let stranger = first.kubectl(&["get", "--raw", "/readyz", "--server", second.url()], "");
    let stranger = stranger.unwrap_err().to_string();
    assert!(stranger.contains("certificate signed by unknown authority"), "{stranger}");

    let (url, folder, processes) = (first.url().to_owned(), first.folder().to_path_buf(), first.processes());
    assert!(processes.iter().all(|process| runs(*process)) && folder.is_dir() && is_served(&url));
    drop(first);
    assert!(!processes.iter().any(|process| runs(*process)) && !folder.exists() && !is_served(&url));
    assert_eq!(second.kubectl(&["get", "--raw", "/readyz"], "").unwrap(), "ok");
}

#[test]
fn killed_and_started_again_it_is_the_same_and_has_forgotten_what_to_tell_watches() {
    let server = ApiServer::start().unwrap();
    let [first, etcd, _] = server.processes().try_into().unwrap();
    let version = ["create", "configmap", "before", "--output=jsonpath={.metadata.resourceVersion}"];
    let before = server.kubectl(&version, "").unwrap();
    let watch = format!("/api/v1/configmaps?watch=1&timeoutSeconds=1&resourceVersion={before}");
    server.kubectl(&["create", "configmap", "after"], "").unwrap();
    let seen = server.kubectl(&["get", "--raw", &watch], "").unwrap();
    assert!(seen.contains("\"ADDED\"") && seen.contains("\"name\":\"after\""), "{seen}");

    server.kill();
    assert!(!runs(first) && runs(etcd) && !is_served(server.url()));
    assert_eq!(server.pause().unwrap_err().to_string(), "the API server was killed");
    server.restart().unwrap();
    server.kubectl(&["get", "configmap", "before"], "").unwrap();
    let gone = server.kubectl(&["get", "--raw", &watch], "").unwrap();
    assert!(gone.contains("\"code\":410"), "{gone}");

    server.restart().unwrap();
    assert!(!server.processes().contains(&first) && server.processes().contains(&etcd));
    server.kubectl(&["get", "configmap", "after"], "").unwrap();
}

#[test]
fn paused_it_keeps_connections_and_says_nothing() {
    let server = ApiServer::start().unwrap();
    server.pause().unwrap();
    assert!(is_served(server.url()));
    server.kubectl(&["get", "--raw", "/readyz", "--request-timeout=200ms"], "").unwrap_err();
    server.resume().unwrap();
    assert_eq!(server.kubectl(&["get", "--raw", "/readyz"], "").unwrap(), "ok");
}

#[test]
fn certificates_are_known_and_lists_expire() {
    let compaction = Some(Duration::from_millis(200));
    let server = ApiServer::start_with(Setup { compaction, ..Setup::default() }).unwrap();
    let files = server.client_certificate("carol", "team \"b\"").unwrap();
    let anonymous = server.folder().join("anonymous");
    let (url, authority) = (server.url(), server.authority().display());
    fs::write(&anonymous, format!("{{clusters: [{{name: a, cluster: {{server: '{url}'}}}}]}}")).unwrap();
    let whoami = Command::new(tool(Tool::Kubectl).unwrap())
        .args(["--cluster=a", "auth", "whoami", "--output=jsonpath={.status.userInfo['username','groups']}"])
        .arg(format!("--certificate-authority={authority}"))
        .arg(format!("--client-certificate={}", files.certificate.display()))
        .arg(format!("--client-key={}", files.key.display()))
        .arg(format!("--kubeconfig={}", anonymous.display()))
        .env("HOME", server.folder())
        .output()
        .unwrap();
    let known = String::from_utf8(whoami.stdout).unwrap();
    assert_eq!(known, r#"carol ["team \"b\"","system:authenticated"]"#);

    let first = server.kubectl(&["get", "--raw", "/api/v1/namespaces?limit=1"], "").unwrap();
    let token = first.split("\"continue\":\"").nth(1).unwrap().split('"').next().unwrap();
    let next = format!("/api/v1/namespaces?limit=1&continue={token}");
    let started = Instant::now();
    let gone = loop {
        match server.kubectl(&["get", "--raw", &next], "") {
            Err(gone) => break gone.to_string(),
            Ok(_) => assert!(started.elapsed() < Duration::from_secs(60), "the list goes on for ever"),
        }
        // The compaction is to a version that is not the last.
        server
            .kubectl(
                &["annotate", "namespace", "default", "--overwrite", &format!("n={:?}", started.elapsed())],
                "",
            )
            .unwrap();
    };
    assert!(gone.contains("(Expired)") || gone.contains("too old"), "{gone}");
}

/// Has two parts, in two processes: the one starts an API server, and the other kills it.
#[test]
fn nothing_is_left_when_the_process_is_killed() {
    const NAME: &str = "nothing_is_left_when_the_process_is_killed";
    const TO_BE_KILLED: &str = "SEAWALL_RIG_TO_BE_KILLED";
    if env::var_os(TO_BE_KILLED).is_some() {
        let server = ApiServer::start().unwrap();
        let [first, second, third] = server.processes().try_into().unwrap();
        let folder = server.folder().display();
        writeln!(io::stdout(), "\nstarted {} {first} {second} {third} {folder}", server.url()).unwrap();
        io::stdin().read_to_end(&mut Vec::new()).unwrap();
        return;
    }
    let mut owner = Command::new(env::current_exe().unwrap())
        .args(["--exact", NAME, "--nocapture"])
        .env(TO_BE_KILLED, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(owner.stdout.take().unwrap()).lines();
    let started = lines.find_map(|line| line.unwrap().strip_prefix("started ").map(str::to_owned));
    let started = started.expect("the API server starts");
    let [url, first, second, third, folder] = started.splitn(5, ' ').collect::<Vec<_>>().try_into().unwrap();
    let processes = [first, second, third].map(|process| process.parse().unwrap());
    assert!(processes.iter().all(|process| runs(*process)) && Path::new(folder).is_dir() && is_served(url));

    owner.kill().unwrap();
    // Ends when all have ended that may write there, of which the guard is the last.
    owner.stderr.take().unwrap().read_to_end(&mut Vec::new()).unwrap();
    owner.wait().unwrap();
    assert!(!Path::new(folder).exists());
    // They have been killed; the system takes a moment to make an end of them.
    let killed = Instant::now();
    while processes.iter().any(|process| runs(*process)) || is_served(url) {
        assert!(killed.elapsed() < Duration::from_secs(60), "one of {processes:?} lives on at {url}");
        thread::yield_now();
    }
}

/// Whether the process exists, and is not one that has ended and that nobody has asked for yet.
fn runs(process: u32) -> bool {
    if !Path::new("/proc/self/stat").exists() {
        return Command::new("kill").args(["-0", &process.to_string()]).status().unwrap().success();
    }
    let stat = fs::read_to_string(format!("/proc/{process}/stat"));
    stat.is_ok_and(|stat| !stat.rsplit_once(')').unwrap().1.starts_with(" Z"))
}

fn is_served(url: &str) -> bool {
    TcpStream::connect(url.strip_prefix("https://").unwrap()).is_ok()
}
