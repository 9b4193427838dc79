//! Who may do what, by files.

use serde_json::Value;

use super::inputs::Folder;
use super::{hold, schema, seawall, stderr, stdout};

const RBAC: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: shop}
rules:
- {apiGroups: [''], resources: [secrets, pods/log], verbs: [get]}
- {apiGroups: [''], resources: [configmaps], resourceNames: [settings], verbs: ['*']}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: read, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects:
- {kind: ServiceAccount, name: web}
- {kind: Group, apiGroup: rbac.authorization.k8s.io, name: team}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: status}
rules:
- {nonResourceURLs: [/healthz, /metrics*], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: status}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: status}
subjects:
- {kind: Group, apiGroup: rbac.authorization.k8s.io, name: 'system:unauthenticated'}
";

/// A binding of a role that is in no file.
const ELSEWHERE: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: elsewhere, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: auditor}
subjects:
- {kind: User, apiGroup: rbac.authorization.k8s.io, name: jane}
";

/// A binding of a role that every API server makes.
const MADE: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: made, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects:
- {kind: User, apiGroup: rbac.authorization.k8s.io, name: jane}
";

/// A binding whose subjects may be anybody, when they are mended; and somebody else.
const MISTAKEN: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: mistaken, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: everybody
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: shop}
rules: [{apiGroups: [''], resources: [secrets], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: jane}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: none}
subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: jane}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: none}
rules: []
";

/// A pod on a node, and a Secret that it names.
const ON_A_NODE: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: one, namespace: shop}
spec:
  nodeName: n1
  containers:
  - name: a
    image: a
    envFrom: [{secretRef: {name: keys}}]
";

const WORKLOADS: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {spec: {serviceAccountName: web, containers: [{name: a, image: a}]}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly, namespace: shop}
spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: a}]}}}}}
";

/// Who asks what of which files, the exit code, and a part of what is said on either stream.
type Case = (&'static [&'static str], &'static str, i32, &'static str);

const CASES: &[Case] = &[
    (
        &["can", "sa:shop/web", "get", "secrets", "-n", "shop"],
        "rbac.yaml",
        0,
        "yes: ServiceAccount shop/web may get secrets in shop",
    ),
    (&["can", "sa:shop/web", "get", "secrets", "-n", "shop"], "rbac.yaml", 0, "rbac.yaml:5"),
    (&["access", "can", "sa:shop/web", "get", "secrets", "-n", "shop"], "rbac.yaml", 0, "yes: "),
    (&["can", "sa:shop/web", "list", "secrets", "-n", "shop"], "rbac.yaml", 1, "no: nothing allows"),
    (&["can", "sa:shop/web", "get", "secrets"], "rbac.yaml", 1, "secrets in default"),
    (&["can", "sa:shop/web", "get", "secrets", "-A"], "rbac.yaml", 1, "secrets in all namespaces"),
    (
        &["can", "user:jane", "get", "secrets", "-n", "shop"],
        "rbac.yaml",
        1,
        "a cluster may hold more than these files",
    ),
    (
        &["can", "user:jane", "get", "secrets", "-n", "shop", "--group", "team"],
        "rbac.yaml",
        0,
        "yes: User jane in Group team",
    ),
    (&["can", "group:team", "get", "pods/log", "-n", "shop"], "rbac.yaml", 0, "get pods/log in shop"),
    (&["can", "group:team", "get", "pods", "-n", "shop"], "rbac.yaml", 1, "no: "),
    (
        &["can", "group:team", "get", "cm/settings", "-n", "shop"],
        "rbac.yaml",
        0,
        "`settings` is taken for a name",
    ),
    (&["can", "group:team", "list", "cm", "-n", "shop"], "rbac.yaml", 1, "no: "),
    (&["can", "group:system:masters", "*", "*", "-A"], "rbac.yaml", 0, "no authorizer is asked"),
    (&["can", "anonymous", "get", "/metrics/cadvisor"], "rbac.yaml", 0, "--anonymous-auth"),
    (&["can", "authenticated", "get", "/healthz"], "rbac.yaml", 1, "no: "),
    (
        &["can", "deployment/shop/web", "get", "secrets", "-n", "shop"],
        "both",
        0,
        "runs as ServiceAccount shop/web",
    ),
    (&["can", "deploy/web", "get", "secrets", "-n", "shop"], "both", 0, "runs as ServiceAccount shop/web"),
    (
        &["can", "cj/shop/nightly", "get", "secrets", "-n", "shop"],
        "both",
        1,
        "runs as ServiceAccount shop/default",
    ),
    (&["can", "deployment/shop/api", "get", "secrets"], "both", 2, "there is no Deployment shop/api"),
    (
        &["can", "user:jane", "get", "pods", "-n", "shop"],
        "elsewhere.yaml",
        4,
        "ClusterRole auditor, which RoleBinding shop/elsewhere binds, was not read",
    ),
    (
        &["can", "user:jane", "get", "pods", "-n", "shop", "--allow-incomplete"],
        "elsewhere.yaml",
        1,
        "unknown: ",
    ),
    (&["can", "user:bob", "get", "pods", "-n", "shop"], "elsewhere.yaml", 1, "no: "),
    (&["can", "user:jane", "get", "pods", "-n", "shop"], "made.yaml", 0, "as API servers make it"),
    (&["can", "user:jane", "get", "secrets", "-n", "shop"], "made.yaml", 1, "no: "),
    (&["can", "user:bob", "get", "pods"], "broken.yaml", 4, "broken.yaml"),
    (&["can", "user:bob", "get", "pods"], "empty", 3, "looked at: 0 bindings, 0 roles"),
    (&["can", "user:bob", "get", "pods"], "nowhere", 4, "no such file"),
    (&["can", "user:bob", "get", "widgets"], "rbac.yaml", 1, "no resource `widgets` is known"),
    (&["can", "jane", "get", "pods"], "rbac.yaml", 2, "write user:NAME"),
    (&["can", "user:jane", "get"], "rbac.yaml", 2, "<WHAT>"),
    (&["can", "user:jane", "get", "pods", "web"], "rbac.yaml", 2, "unexpected argument 'web'"),
    (&["can", "user:jane", "get", "pods", "--list"], "rbac.yaml", 2, "--list"),
    (&["can", "user:jane", "get", "pods", "-o", "csv"], "rbac.yaml", 2, "say --list"),
    (&["can", "user:jane", "get", "pods", "-A", "-n", "shop"], "rbac.yaml", 2, "--all-namespaces"),
    (&["can", "file:nowhere.crt", "get", "pods"], "rbac.yaml", 2, "cannot read nowhere.crt"),
    (&["can", "file:rbac.yaml", "get", "pods"], "rbac.yaml", 2, "no certificate, no kubeconfig and no token"),
    (&["can", "file:junk", "get", "pods"], "rbac.yaml", 2, "no certificate, no kubeconfig and no token"),
    (
        &["can", "file:claims.json", "get", "secrets", "-n", "shop"],
        "rbac.yaml",
        0,
        "yes: ServiceAccount shop/web",
    ),
    (&["can", "file:other.json", "get", "pods"], "rbac.yaml", 2, "--oidc-username-claim"),
    (&["can", "file:bootstrap", "get", "pods"], "rbac.yaml", 1, "User system:bootstrap:abcdef"),
    (&["can", "sa:shop/web", "--list", "-n", "shop"], "rbac.yaml", 0, "pods/log"),
    (&["can", "user:jane", "--list", "-n", "shop"], "elsewhere.yaml", 4, "nothing is known that he may do"),
    (&["can", "user:bob", "--list", "-n", "shop"], "rbac.yaml", 0, "User bob may do nothing in shop"),
    (&["who-can", "get", "secrets", "-n", "shop"], "rbac.yaml", 0, "2 subjects may get secrets in shop"),
    (&["access", "who-can", "get", "secrets", "-n", "shop"], "rbac.yaml", 0, "2 subjects may"),
    (
        &["who-can", "delete", "secrets", "-n", "shop"],
        "rbac.yaml",
        0,
        "nobody may delete secrets in shop, besides Group system:masters",
    ),
    (&["who-can", "get", "secrets", "-n", "shop"], "elsewhere.yaml", 4, "unknown: who may get secrets"),
    (&["who-can", "get", "secrets", "-n", "shop"], "empty", 3, "nobody may"),
    (&["who-can", "get", "/healthz"], "rbac.yaml", 0, "Group system:unauthenticated"),
    (
        &["who-can", "get", "secrets", "-n", "shop", "--all-subjects"],
        "rbac.yaml",
        0,
        "denied   Group system:unauthenticated",
    ),
    (
        &["who-can", "get", "secrets", "-n", "shop", "-o", "csv"],
        "rbac.yaml",
        0,
        "ServiceAccount,shop,web,allowed,RoleBinding shop/read,Role shop/reader,",
    ),
    (
        &["access", "explain", "group:team", "update", "cm", "--name", "settings", "-n", "shop"],
        "rbac.yaml",
        0,
        "resourceNames[0]: settings",
    ),
    (
        &["access", "explain", "group:team", "update", "cm", "--name", "settings", "-n", "shop"],
        "rbac.yaml",
        0,
        "Group team in RoleBinding shop/read",
    ),
    (
        &["access", "explain", "user:jane", "get", "pods", "-n", "shop"],
        "elsewhere.yaml",
        4,
        "asked as jane, in system:authenticated",
    ),
    (
        &["can", "node:n1", "get", "secrets", "--name", "keys", "-n", "shop"],
        "node.yaml",
        0,
        "the node authorizer allows it",
    ),
    (
        &["can", "node:n1", "get", "secrets", "--name", "other", "-n", "shop"],
        "node.yaml",
        1,
        "the kubelet of Node n1",
    ),
    (&["can", "node:n2", "get", "secrets", "--name", "keys", "-n", "shop"], "node.yaml", 1, "no: "),
    (
        &["can", "pod/shop/one", "get", "secrets", "-n", "shop"],
        "node.yaml",
        1,
        "runs as ServiceAccount shop/default",
    ),
    (
        &["who-can", "get", "secrets", "--name", "keys", "-n", "shop", "--nodes"],
        "node.yaml",
        0,
        "the kubelet of Node n1, by the node authorizer",
    ),
    (&["who-can", "get", "secrets", "--name", "keys", "-n", "shop"], "node.yaml", 0, "nobody may"),
    (&["access", "matrix", "-o", "csv"], "rbac.yaml", 0, "ServiceAccount,shop,web,,shop,"),
    (&["access", "matrix", "--all"], "rbac.yaml", 0, "Group system:unauthenticated"),
    (&["access", "matrix"], "rbac.yaml", 0, "1 subject may none of it"),
    (&["access", "matrix"], "elsewhere.yaml", 4, "?"),
    (&["access", "matrix", "-n", "shop", "--resources", "configmaps,secrets"], "rbac.yaml", 0, "Group team"),
    (&["access", "matrix", "--resources", "widgets"], "rbac.yaml", 0, "no resource `widgets` is known"),
    (&["access", "matrix"], "empty", 3, "SUBJECT"),
    (&["access", "matrix", "--resources", "secrets"], "mistaken.yaml", 4, "User jane  get?"),
    (
        &["can", "user:jane", "get", "secrets", "-n", "shop"],
        "mistaken.yaml",
        4,
        "has a field of a wrong type",
    ),
    (&["can", "user:jane", "list", "secrets", "-n", "shop"], "mistaken.yaml", 1, "no: "),
];

fn folder() -> Folder {
    let folder = Folder::with(&[
        ("rbac.yaml", RBAC),
        ("both/rbac.yaml", RBAC),
        ("both/workloads.yaml", WORKLOADS),
        ("elsewhere.yaml", ELSEWHERE),
        ("node.yaml", ON_A_NODE),
        ("mistaken.yaml", MISTAKEN),
        ("made.yaml", MADE),
        ("broken.yaml", "apiVersion: v1\nkind: Pod\nmetadata: [\n"),
        ("junk", "PLANTED: [secret"),
        ("bootstrap", "abcdef.0123456789abcdef\n"),
        (
            "claims.json",
            r#"{"iss": "https://kubernetes.default.svc", "sub": "system:serviceaccount:shop:web", "kubernetes.io": {"namespace": "shop", "serviceaccount": {"name": "web"}}}"#,
        ),
        ("other.json", r#"{"iss": "https://login.example", "sub": "jane"}"#),
    ]);
    std::fs::create_dir(folder.at("empty")).unwrap();
    folder
}

#[test]
fn every_question_has_its_answer_and_exit_code() {
    let folder = folder();
    for (arguments, path, code, says) in CASES {
        let output =
            seawall(arguments).args(["--no-config", "--", path]).current_dir(folder.path()).output().unwrap();
        let said = format!("{}{}", stdout(&output), stderr(&output));
        assert_eq!(output.status.code(), Some(*code), "{arguments:?} of {path} said {said}");
        assert!(said.contains(says), "{arguments:?} of {path} said {said}");
        // What stands in files of credentials is nobody's business.
        assert!(!said.contains("PLANTED") && !said.contains("0123456789abcdef"), "{said}");
    }
}

/// What is written of an answer, as JSON.
fn json(folder: &Folder, arguments: &[&str]) -> Value {
    let output = seawall(arguments)
        .args(["--no-config", "-o", "json", "--", "rbac.yaml"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    serde_json::from_str(stdout(&output)).unwrap_or_else(|_| panic!("{}", stderr(&output)))
}

#[test]
fn every_form_of_json_is_as_its_schema_says() {
    let folder = folder();
    let schema = schema("access");
    let mut held = 0;
    for (arguments, path, code, _) in CASES {
        let is_json = *code != 2 && !arguments.contains(&"-o");
        if !is_json {
            continue;
        }
        let output = seawall(arguments)
            .args(["--no-config", "-o", "json", "--", path])
            .current_dir(folder.path())
            .output()
            .unwrap();
        let document: Value = serde_json::from_str(stdout(&output)).unwrap();
        hold(&schema, arguments, &document);
        held += 1;
    }
    assert!(held > 30, "{held}");
}

#[test]
fn a_chain_names_each_of_its_lines() {
    let folder = folder();
    let answer = json(&folder, &["can", "sa:shop/web", "get", "secrets", "-n", "shop"]);
    let grant = &answer["grants"][0];
    let line = |part: &str| grant[part]["location"]["line"].as_u64().unwrap();
    assert_eq!([line("binding"), line("subject"), line("role"), line("rule")], [8, 13, 1, 5], "{answer:#}");
    assert_eq!(grant["rule"]["location"]["field"], "rules[0]");
    assert_eq!(grant["subject"]["name"], "ServiceAccount shop/web");
}

/// A saved Snapshot answers as the files did that it was saved of.
#[test]
fn a_saved_snapshot_answers_as_its_files() {
    let folder = folder();
    let mut save = seawall(&["snapshot", "save", "saved.swz", "rbac.yaml", "--no-config"]);
    assert!(save.current_dir(folder.path()).status().unwrap().success());
    let asked = ["can", "sa:shop/web", "get", "secrets", "-n", "shop", "--no-config", "--", "saved.swz"];
    let output = seawall(&asked).current_dir(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    // Its lines are not known, and so fields are told.
    assert!(stdout(&output).contains("rbac.yaml rules[0]"), "{}", stdout(&output));
}

/// What one side gains is what the other loses.
#[test]
fn a_difference_turned_round_is_its_negative() {
    let folder = folder();
    folder.write(
        "more.yaml",
        &RBAC.replace("verbs: [get]", "verbs: [get, list]").replace("name: web}", "name: api}"),
    );
    let diff = |base: &str, head: &str| {
        let output = seawall(&["access", "diff", base, head, "--no-config", "-o", "json"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        let difference: Value =
            serde_json::from_str(stdout(&output)).unwrap_or_else(|_| panic!("{}", stderr(&output)));
        (difference, output.status.code())
    };
    let schema = schema("access");
    let sides = ["rbac.yaml", "more.yaml", "elsewhere.yaml", "empty", "both"];
    let mut gained = 0;
    for base in sides {
        for head in sides {
            let ((there, code), (back, _)) = (diff(base, head), diff(head, base));
            assert_eq!((&there["gained"], &there["lost"]), (&back["lost"], &back["gained"]), "{base} {head}");
            let gains = there["gained"].as_array().unwrap();
            assert_eq!(code, Some(i32::from(!gains.is_empty())), "{base} {head}: {there:#}");
            assert!(base != head || gains.is_empty());
            assert!(schema.is_valid(&there), "{there:#}");
            gained += gains.len();
        }
    }
    assert!(gained > 20, "{gained}");
    // A copy elsewhere says nothing new.
    assert_eq!(diff("rbac.yaml", "both").1, Some(0));
}

/// Names in manifests are anybody's: nothing of them reaches a terminal but text, and no spreadsheet takes them for a formula.
#[test]
fn names_are_text_and_nothing_else() {
    let hostile = "=cmd|'/c calc'!A1,\u{1b}[31m\u{202e}x";
    let folder = Folder::with(&[]);
    let binding = serde_json::json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": hostile},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "all"},
        "subjects": [{"kind": "Group", "apiGroup": "rbac.authorization.k8s.io", "name": hostile}],
    });
    let role = serde_json::json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "all"},
        "rules": [{"verbs": ["*", hostile], "apiGroups": ["*", hostile], "resources": ["*", hostile]}],
    });
    folder.write("binding.json", &binding.to_string().replace("/c calc", "c calc"));
    folder.write("role.json", &role.to_string());
    let group = format!("group:{}", hostile.replace("/c calc", "c calc"));
    for arguments in [
        &["can", &group, "get", "pods"][..],
        &["can", &group, "--list"],
        &["can", &group, "--list", "-o", "csv"],
        &["access", "explain", &group, "get", "pods"],
        &["who-can", "get", "pods"],
        &["who-can", "get", "pods", "-o", "csv"],
        &["who-can", "get", "pods", "--all-subjects"],
        &["access", "matrix"],
        &["access", "matrix", "-o", "csv"],
    ] {
        let output = seawall(arguments)
            .args(["--no-config", "--color", "never"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        let said = stdout(&output);
        assert!(said.contains("\\u{1b}") || !said.contains("cmd|"), "{arguments:?}: {said}");
        assert!(!said.contains(['\u{1b}', '\u{202e}']), "{arguments:?}: {said:?}");
        for line in said.lines().filter(|_| arguments.contains(&"csv")) {
            let cells = line.split(',').map(|cell| cell.trim_start_matches('"'));
            assert!(cells.into_iter().all(|cell| !cell.starts_with('=')), "{line}");
        }
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", stderr(&output));
    }
}

/// A request of jane's, as an audit log has it.
fn event(verb: &str, uri: &str, more: &Value) -> String {
    let mut event = serde_json::json!({
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "stage": "ResponseComplete", "verb": verb, "requestURI": uri,
        "user": {"username": "jane", "groups": ["dev", "system:authenticated"]},
        "annotations": {"authorization.k8s.io/decision": "allow"},
        "requestReceivedTimestamp": "2026-11-02T08:00:00.000000Z",
    });
    event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    event.to_string()
}

fn minimal(arguments: &[&str], log: &str) -> std::process::Output {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("audit.log"), log).unwrap();
    let mut command = seawall(&["access", "minimal"]);
    command.args(arguments).args(["--no-config", "--audit-log", "audit.log"]);
    command.current_dir(folder.path()).output().unwrap()
}

#[test]
fn least_roles_are_as_their_schema_says() {
    let schema = schema("access");
    let pods = serde_json::json!({"objectRef": {"resource": "pods", "namespace": "shop", "name": "web", "subresource": "log"}});
    let refused = serde_json::json!({"objectRef": {"resource": "nodes"}, "annotations": {}, "responseStatus": {"code": 403}});
    let log = [
        event("get", "/api/v1/namespaces/shop/pods/web/log", &pods),
        event("get", "/version?timeout=32s", &serde_json::json!({})),
        event("get", "/metrics?a=b", &serde_json::json!({})),
        event("list", "/api/v1/nodes", &refused),
        event("get", "/secret", &serde_json::json!({"user": {"username": "eve"}})),
    ];
    let output = minimal(&["group:dev", "-o", "json"], &log.join("\n"));
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let document: Value = serde_json::from_str(stdout(&output)).unwrap();
    assert!(schema.is_valid(&document), "{document:#}");
    let said = |list: &str| -> Vec<String> {
        let requests = document[list].as_array().unwrap().iter();
        let what = |asked: &Value| {
            ["path", "resource"].map(|field| asked[field].as_str().unwrap_or_default().to_owned())
        };
        requests.map(|request| what(&request["question"]).concat()).collect()
    };
    assert_eq!(said("requests"), ["/metrics", "pods"]);
    assert_eq!((said("ofEverybody"), said("refused")), (vec!["/version".into()], vec!["nodes".into()]));
    assert_eq!(document["subject"]["name"], "dev");
}

#[test]
fn logs_are_hostile_and_nothing_of_them_is_lost_in_silence() {
    let pods = serde_json::json!({"objectRef": {"resource": "pods", "namespace": "shop"}});
    let good = event("list", "/api/v1/namespaces/shop/pods", &pods);
    // A name that would end the comment that it stands in, or the document.
    let odd = "x\n---\nkind: ClusterRole\u{2028}";
    let named = serde_json::json!({
        "user": {"username": odd, "groups": ["dev"]},
        "objectRef": {"resource": "pods", "namespace": "shop", "name": odd, "apiGroup": "a: [b"},
    });
    let wild = serde_json::json!({"objectRef": {"resource": "*", "apiGroup": "*"}});
    for (arguments, log, code, said) in [
        (vec!["user:jane"], format!("{good}\nnot an event\n"), 4, "audit.log:2: the line is not JSON"),
        (
            vec!["user:jane", "--allow-incomplete"],
            format!("{good}\n{{}}\n"),
            0,
            "audit.log:2: the line is no event",
        ),
        (vec!["user:bob"], good.clone(), 3, "the log has nothing of User bob"),
        (vec!["group:system:masters"], good.clone(), 2, "no role is asked for"),
        (vec!["node:n1"], good.clone(), 2, "by the node authorizer"),
        (
            vec!["user:jane"],
            event("list", "/apis/*/v1/*", &wild),
            0,
            "only a rule of everything would allow it",
        ),
        (vec!["group:dev"], event("get", "/apis/x", &named), 0, ""),
    ] {
        let output = minimal(&arguments, &log);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(said), "{arguments:?}: {}", stderr(&output));
        let text = stdout(&output);
        assert!(!text.contains("ClusterRole") || text.contains("\\u"), "{text}");
        assert_eq!(text.matches("\n---\n").count(), usize::from(text.contains("RoleBinding")), "{text}");
    }
}

/// Authorizers in the order that an API server is told: by its flag, or by its file.
#[test]
fn authorizers_are_asked_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rbac.yaml"), MADE).unwrap();
    let webhook = |name: &str, condition: &str| {
        format!(
            "- {{type: Webhook, name: {name}, webhook: {{timeout: 3s, subjectAccessReviewVersion: v1, matchConditionSubjectAccessReviewVersion: v1, failurePolicy: Deny, connectionInfo: {{type: KubeConfigFile, kubeConfigFile: /etc/webhook}}, matchConditions: [{{expression: {condition:?}}}]}}}}\n"
        )
    };
    let file = |authorizers: &[String]| {
        let head = "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthorizationConfiguration\nauthorizers:\n";
        format!("{head}{}", authorizers.concat())
    };
    let rbac = "- {type: RBAC, name: rbac}\n".to_owned();
    let guard = webhook("guard", "request.user == 'jane'");
    let other = webhook("guard", "request.user == 'eve'");
    let odd = webhook("guard", "request.user.matches('^j')");
    for (configuration, more, code, said) in [
        (None, &["--authorization-mode", "AlwaysDeny"][..], 1, "no: "),
        (None, &["--authorization-mode", "AlwaysAllow"], 0, "AlwaysAllow"),
        (None, &["--authorization-mode", "Node,RBAC"], 0, "yes: "),
        (None, &["--authorization-mode", "Webhook,RBAC"], 4, "the webhook `webhook` is asked"),
        (None, &["--authorization-mode", "RBAC,RBAC"], 2, "named twice"),
        (Some(file(&[guard.clone(), rbac.clone()])), &[], 4, "the webhook `guard` is asked"),
        (Some(file(&[rbac.clone(), guard])), &[], 0, "yes: "),
        (Some(file(&[other, rbac.clone()])), &[], 0, "yes: "),
        (Some(file(&[odd, rbac])), &[], 4, "request.user.matches"),
        (Some("kind: Pod".to_owned()), &[], 2, "it is no AuthorizationConfiguration"),
        (Some("a: [".to_owned()), &[], 2, "authorization.yaml:1:"),
    ] {
        let mut command = seawall(&["can", "user:jane", "get", "pods", "-n", "shop", "--no-config"]);
        command.args(more).current_dir(folder.path());
        if let Some(configuration) = &configuration {
            std::fs::write(folder.path().join("authorization.yaml"), configuration).unwrap();
            command.args(["--authorization-config", "authorization.yaml"]);
        }
        let output = command.args(["--", "rbac.yaml"]).output().unwrap();
        let told = format!("{}{}", stdout(&output), stderr(&output));
        assert_eq!(output.status.code(), Some(code), "{configuration:?} {more:?}: {told}");
        assert!(told.contains(said), "{configuration:?} {more:?}: {told}");
    }
}
