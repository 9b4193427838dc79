//! What cannot be read of a cluster: each ends with its words and its exit code, the rest is scanned, and what was not seen does not
//! pass. What is said in each case in full: `crates/cluster/tests/failures`.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use seawall_rig::{ApiServer, Asked, Fate, Proxy, Response, Upstream};
use serde_json::Value;

use crate::{seawall, stderr, stdout};

/// A pod with a finding, and one that names a key of a Secret: whether it has that key the Secret alone can tell.
const OBJECTS: &str = "
apiVersion: v1
kind: Pod
metadata: {name: privileged, namespace: default}
spec: {containers: [{name: c, image: 'registry.example/a:1', securityContext: {privileged: true}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: reader, namespace: default}
spec:
  containers:
  - name: c
    image: registry.example/a:1
    env: [{name: KEY, valueFrom: {secretKeyRef: {name: db, key: password}}}]
---
apiVersion: v1
kind: Secret
metadata: {name: db, namespace: default}
stringData: {password: PLANTED-w8Kq2Zt}
";

/// What is wrong with lists, and what is said of that of Secrets.
type Fault = (&'static str, fn(&Asked, &Upstream) -> Fate, &'static str);

const FAULTS: &[Fault] = &[
    ("403", |_, _| status(403, "no"), "secrets may not be listed"),
    ("401", |_, _| status(401, "Unauthorized"), "no longer accepts the credentials"),
    ("404", |_, _| status(404, "not found"), "secrets cannot be listed: not found"),
    ("410", |_, _| status(410, "too old"), "secrets cannot be listed: too old"),
    ("429", |_, _| Fate::Replaced(Response::status(429, "too many").retry_after(0)), "too much to do"),
    ("500", |_, _| status(500, "no leader"), "secrets cannot be listed: no leader"),
    ("503", |_, _| Fate::Replaced(Response::page(503, "down").retry_after(0)), "Service Unavailable"),
    ("truncated", |_, _| Fate::Truncated, "the JSON ends too early"),
    ("no list", |_, _| Fate::Replaced(Response::page(200, "{}")), "it is not a list"),
    ("a page", |_, _| Fate::Replaced(Response::page(200, "<html>")), "it is not the JSON of a list"),
    ("endless", |_, _| Fate::Endless, "longer than 32 MiB"),
    ("half", |_, _| Fate::Half, "no whole answer within 3 s"),
    ("silent", |_, _| Fate::Silence, "no whole answer within 3 s"),
    ("slow", |_, _| Fate::Slow(1_000, Duration::from_millis(50)), "no whole answer within 3 s"),
];

fn status(code: u16, message: &str) -> Fate {
    Fate::Replaced(Response::status(code, message))
}

#[test]
fn a_list_that_fails_is_told_and_the_rest_is_scanned() {
    let server = ApiServer::start().unwrap();
    server.kubectl(&["create", "-f", "-"], OBJECTS).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let user = format!("token: {}", server.token("admin").unwrap());
    let scan =
        |judge: fn(&Asked, &Upstream) -> Fate| {
            let proxy = Proxy::start(&server, move |asked, upstream| {
                if asked.lists("secrets") { judge(asked, upstream) } else { Fate::Pass }
            });
            let cluster = format!("server: '{}'", proxy.as_ref().unwrap().url());
            scan(folder.path(), &cluster, &user)
        };
    let (whole, code) = scan(|_, _| Fate::Pass);
    assert_eq!(code, Some(0), "{whole}");
    assert_eq!((found(&whole), unknown(&whole)), (vec!["SW1001 privileged".to_owned()], vec![]), "{whole}");
    for (name, judge, says) in FAULTS {
        let (report, code) = scan(*judge);
        assert_eq!(code, Some(4), "{name}: {report}");
        let problems = report["problems"].as_array().unwrap();
        let [problem] = &**problems else { panic!("{name}: {report}") };
        assert!(problem.to_string().contains(says), "{name}: {problem}");
        assert_eq!(problem["undecided"], serde_json::json!(["SW4007"]), "{name}: {problem}");
        assert_eq!(found(&report), ["SW1001 privileged"], "{name}: the rest is scanned");
        assert_eq!(unknown(&report), ["SW4007 reader"], "{name}: what was not seen does not pass");
        assert!(!report.to_string().contains("PLANTED"), "{name}");
    }
}

#[test]
fn a_cluster_of_which_nothing_can_be_read_is_no_clean_one() {
    let server = ApiServer::start().unwrap();
    server.kubectl(&["create", "-f", "-"], OBJECTS).unwrap();
    server.kubectl(&["create", "serviceaccount", "scanner", "--namespace=default"], "").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let hour = Duration::from_secs(3_600);
    let now = SystemTime::now();
    let expired = server.account_token(("default", "scanner"), now - 2 * hour, now - hour).unwrap();
    let valid = server.account_token(("default", "scanner"), now - 2 * hour, now + hour).unwrap();
    let stranger = server.client_certificate("carol", "a").unwrap();
    let url = format!("server: '{}'", server.url());
    let known = format!("{url}, certificate-authority: '{}'", server.authority().display());
    let wrong = format!("{url}, certificate-authority: '{}'", stranger.certificate.display());
    let admin = format!("token: {}", server.token("admin").unwrap());
    // Whom it knows and who may do nothing is not who it does not know.
    let (report, code) = scan(folder.path(), &known, &format!("token: {valid}"));
    assert_eq!(code, Some(4), "{report}");
    let problems = report["problems"].as_array().unwrap();
    assert!(
        problems.len() > 5 && problems.iter().all(|problem| problem["code"] == "list-refused"),
        "{report}"
    );
    for (name, cluster, user, says) in [
        ("anonymous", &known, String::new(), "User \\\"system:anonymous\\\" cannot get path"),
        ("expired", &known, format!("token: {expired}"), "does not accept the credentials: Unauthorized"),
        ("wrong authority", &wrong, admin.clone(), "invalid peer certificate"),
        ("unreachable", &"server: 'https://127.0.0.1:9'".to_owned(), admin.clone(), "cannot be asked"),
    ] {
        nothing_is_known(name, scan(folder.path(), cluster, &user), says);
    }
    // The connection comes about, and is all that does.
    server.pause().unwrap();
    nothing_is_known("half-open", scan(folder.path(), &known, &admin), "no whole answer within 3 s");
    server.resume().unwrap();
}

fn nothing_is_known(name: &str, (report, code): (Value, Option<i32>), says: &str) {
    assert_eq!(code, Some(4), "{name}: {report}");
    let problems = report["problems"].as_array().unwrap();
    let [problem] = &**problems else { panic!("{name}: {report}") };
    assert!(problem.to_string().contains(says), "{name}: {problem}");
    assert!(found(&report).is_empty(), "{name}: {report}");
}

/// Scans the cluster as the user, both as a kubeconfig has them, by two checks of which one is decided by Secrets.
fn scan(folder: &Path, cluster: &str, user: &str) -> (Value, Option<i32>) {
    let kubeconfig: PathBuf = folder.join("kubeconfig");
    let text = format!(
        "{{apiVersion: v1, kind: Config, current-context: c, contexts: [{{name: c, context: {{cluster: c, user: c}}}}],\
          clusters: [{{name: c, cluster: {{{cluster}}}}}], users: [{{name: c, user: {{{user}}}}}]}}"
    );
    std::fs::write(&kubeconfig, text).unwrap();
    let chosen = ["--select", "privileged-container,missing-configuration-key"];
    let scan = ["scan", "--cluster", "--no-config", "--request-timeout=3s", "--fail-on=never", "-o", "json"];
    let output = seawall(folder, &kubeconfig, &[&scan[..], &chosen].concat());
    let text = stdout(&output);
    let report = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}{}", stderr(&output)));
    (report, output.status.code())
}

fn found(report: &Value) -> Vec<String> {
    about(&report["findings"])
}

fn unknown(report: &Value) -> Vec<String> {
    about(&report["unknowns"])
}

/// Check and object of each.
fn about(list: &Value) -> Vec<String> {
    let name = |entry: &Value| {
        let check = entry["check"]["id"].as_str().or(entry["check"].as_str()).unwrap();
        format!("{check} {}", entry["object"]["name"].as_str().unwrap())
    };
    list.as_array().unwrap().iter().map(name).collect()
}
