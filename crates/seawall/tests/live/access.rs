//! Answers about a cluster are those of its API server.

use std::path::Path;
use std::process::Output;

use seawall_rig::{ApiServer, Random};
use serde_json::{Value, json};

use super::{seawall, server, stderr, stdout};

/// How many questions are asked.
const QUESTIONS: usize = 60;
const RBAC: &str = "rbac.authorization.k8s.io";
const NAMESPACES: [&str; 2] = ["shop", "bank"];
const VERBS: [&str; 6] = ["get", "list", "create", "delete", "impersonate", "*"];
/// What is asked about: group, resource, subresource.
const RESOURCES: [(&str, &str, &str); 8] = [
    ("", "pods", ""),
    ("", "pods", "exec"),
    ("", "pods", "log"),
    ("", "secrets", ""),
    ("apps", "deployments", ""),
    ("apps", "deployments", "scale"),
    ("", "nodes", "proxy"),
    ("example.com", "widgets", ""),
];
const WORDS: [&str; 8] =
    ["pods", "pods/exec", "*/log", "secrets", "deployments", "*/scale", "nodes/proxy", "*"];
/// Who asks, as it is written, with the name and the groups that he has.
const ASKERS: [(&str, &str, &[&str]); 6] = [
    ("user:jane", "jane", &["system:authenticated"]),
    ("group:team", "", &["team", "system:authenticated"]),
    (
        "sa:shop/web",
        "system:serviceaccount:shop:web",
        &["system:serviceaccounts", "system:serviceaccounts:shop", "system:authenticated"],
    ),
    (
        "sa:bank/web",
        "system:serviceaccount:bank:web",
        &["system:serviceaccounts", "system:serviceaccounts:bank", "system:authenticated"],
    ),
    ("anonymous", "system:anonymous", &["system:unauthenticated"]),
    ("node:n1", "system:node:n1", &["system:nodes", "system:authenticated"]),
];

/// How long the API server may take to know what was written to it.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

fn pick<'p, T>(random: &mut Random, pool: &'p [T]) -> &'p T {
    &pool[random.below(pool.len())]
}

/// Roles and bindings, the last of which says that all before it is known.
fn world(random: &mut Random) -> Vec<Value> {
    let mut objects = Vec::new();
    for number in 0..24 {
        let namespace = pick(random, &NAMESPACES);
        let is_cluster = random.below(3) == 0;
        let mut some = |pool: &[&str]| -> Vec<String> {
            (0..1 + random.below(4)).map(|_| pick(random, pool).to_string()).collect()
        };
        let mut rule = json!({
            "verbs": some(&VERBS),
            "apiGroups": some(&["", "apps", "*", "example.com"]),
            "resources": some(&WORDS),
        });
        if random.below(4) == 0 {
            rule["resourceNames"] = json!(["one", "two"]);
        }
        let (name, prefix) = (format!("r{number}"), if is_cluster { "Cluster" } else { "" });
        let metadata = |name: &str| {
            if is_cluster { json!({"name": name}) } else { json!({"name": name, "namespace": namespace}) }
        };
        let subject = match random.below(5) {
            0 => json!({"kind": "User", "apiGroup": RBAC, "name": "jane"}),
            1 => json!({"kind": "Group", "apiGroup": RBAC, "name": "team"}),
            2 => json!({"kind": "ServiceAccount", "namespace": "shop", "name": "web"}),
            3 => json!({"kind": "Group", "apiGroup": RBAC, "name": "system:serviceaccounts:bank"}),
            _ => json!({"kind": "Group", "apiGroup": RBAC, "name": "system:unauthenticated"}),
        };
        objects.push(json!({
            "apiVersion": format!("{RBAC}/v1"), "kind": format!("{prefix}Role"), "metadata": metadata(&name), "rules": [rule],
        }));
        objects.push(json!({
            "apiVersion": format!("{RBAC}/v1"), "kind": format!("{prefix}RoleBinding"), "metadata": metadata(&name),
            "roleRef": {"apiGroup": RBAC, "kind": format!("{prefix}Role"), "name": name},
            "subjects": [subject],
        }));
    }
    objects
}

/// Writes objects, and waits until the authorizer knows each of them: it hears of each kind in the order in which it was written.
fn fill(server: &ApiServer, objects: &[Value]) {
    for namespace in NAMESPACES {
        server.kubectl(&["create", "namespace", namespace], "").unwrap();
    }
    let mut objects = objects.to_vec();
    for (prefix, namespace) in [("", Some("shop")), ("Cluster", None)] {
        let metadata = json!({"name": "settled", "namespace": namespace});
        objects.push(json!({
            "apiVersion": format!("{RBAC}/v1"), "kind": format!("{prefix}Role"), "metadata": metadata,
            "rules": [{"verbs": ["get"], "apiGroups": [""], "resources": [format!("settled{prefix}").to_lowercase()]}],
        }));
        objects.push(json!({
            "apiVersion": format!("{RBAC}/v1"), "kind": format!("{prefix}RoleBinding"), "metadata": metadata,
            "roleRef": {"apiGroup": RBAC, "kind": format!("{prefix}Role"), "name": "settled"},
            "subjects": [{"kind": "User", "apiGroup": RBAC, "name": "settled"}],
        }));
    }
    let list = json!({"apiVersion": "v1", "kind": "List", "items": objects});
    server.kubectl(&["create", "-f", "-"], list.to_string()).unwrap();
    let start = std::time::Instant::now();
    for resource in ["settled", "settledcluster"] {
        let spec = json!({"user": "settled", "resourceAttributes": {"verb": "get", "resource": resource, "namespace": "shop"}});
        while review(server, "SubjectAccessReview", "subjectaccessreviews", &spec, &[])["allowed"] != true {
            assert!(start.elapsed() < PATIENCE, "the API server does not come to know what was written");
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }
}

/// The status of a review.
fn review(server: &ApiServer, kind: &str, plural: &str, spec: &Value, as_user: &[&str]) -> Value {
    let review = json!({"apiVersion": "authorization.k8s.io/v1", "kind": kind, "spec": spec});
    let path = format!("/apis/authorization.k8s.io/v1/{plural}");
    let mut arguments = vec!["create", "--raw", &path, "-f", "-"];
    arguments.extend(as_user);
    let said = server.kubectl(&arguments, review.to_string()).unwrap();
    serde_json::from_str::<Value>(&said).unwrap()["status"].take()
}

fn json_of(output: &Output) -> Value {
    serde_json::from_str(&stdout(output)).unwrap_or_else(|_| panic!("{}{}", stdout(output), stderr(output)))
}

#[test]
fn can_says_what_a_review_says() {
    let server = ApiServer::start_with(seawall_rig::Setup {
        users: &[("reader", &["system:masters"])],
        nodes: true,
        ..Default::default()
    })
    .unwrap();
    let kubeconfig = server.kubeconfig("reader").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let seed = std::env::var("SEAWALL_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(7);
    let mut random = Random::seeded(seed);
    fill(&server, &world(&mut random));
    let (mut allowed, mut denied) = (0, 0);
    for _ in 0..QUESTIONS {
        let (who, user, groups) = pick(&mut random, &ASKERS);
        let (group, resource, subresource) = pick(&mut random, &RESOURCES);
        let verb = pick(&mut random, &VERBS);
        let name = pick(&mut random, &["", "", "one"]);
        let everywhere = random.below(5) == 0;
        let is_cluster = *resource == "nodes";
        let namespace = pick(&mut random, &NAMESPACES);
        let spec = json!({
            "user": user, "groups": groups,
            "resourceAttributes": {
                "verb": verb, "group": group, "resource": resource, "subresource": subresource, "name": name,
                "namespace": if everywhere || is_cluster { "" } else { namespace },
            },
        });
        let status = review(&server, "SubjectAccessReview", "subjectaccessreviews", &spec, &[]);
        let what = if group.is_empty() { (*resource).to_owned() } else { format!("{resource}.{group}") };
        let mut arguments = vec!["can", who, verb, &what, "--cluster", "-o", "json"];
        arguments.extend(if everywhere { vec!["-A"] } else { vec!["-n", namespace] });
        if !name.is_empty() {
            arguments.extend(["--name", name]);
        }
        if !subresource.is_empty() {
            arguments.extend(["--subresource", subresource]);
        }
        let output = seawall(folder.path(), &kubeconfig, &arguments);
        let answer = json_of(&output);
        let (expected, code) = if status["allowed"] == true { ("allowed", 0) } else { ("denied", 1) };
        assert_eq!(
            answer["answer"], expected,
            "seed {seed}: {arguments:?}: {answer:#}\nthe API server: {status}"
        );
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        // Its reason names one of the chains that are told.
        if let Some(told) =
            status["reason"].as_str().and_then(|reason| reason.strip_prefix("RBAC: allowed by "))
        {
            let binding = told.split('"').nth(1).unwrap().split('/').next().unwrap();
            let bindings = answer["grants"].as_array().unwrap();
            let names = bindings.iter().map(|grant| grant["binding"]["object"]["name"].as_str().unwrap());
            assert!(names.into_iter().any(|name| name == binding), "{arguments:?}: {answer:#}\n{told}");
        }
        if code == 0 { allowed += 1 } else { denied += 1 }
    }
    assert!(
        allowed >= 5 && denied >= 5,
        "seed {seed}: {allowed} allowed, {denied} denied: little is at stake"
    );
    lists(&server, folder.path(), &kubeconfig);
}

/// Holds `can --list` against SelfSubjectRulesReviews, rule by rule.
fn lists(server: &ApiServer, folder: &Path, kubeconfig: &Path) {
    let mut rules = 0;
    for (who, user, groups) in
        ASKERS.iter().filter(|(_, user, _)| !user.is_empty() && *user != "system:anonymous")
    {
        for namespace in NAMESPACES {
            let mut as_user = vec!["--as".to_owned(), (*user).to_owned()];
            as_user.extend(groups.iter().flat_map(|group| ["--as-group".to_owned(), (*group).to_owned()]));
            let as_user: Vec<&str> = as_user.iter().map(String::as_str).collect();
            let spec = json!({"namespace": namespace});
            let status = review(server, "SelfSubjectRulesReview", "selfsubjectrulesreviews", &spec, &as_user);
            let output = seawall(
                folder,
                kubeconfig,
                &["can", who, "--list", "-n", namespace, "--cluster", "-o", "json"],
            );
            let list = json_of(&output);
            assert_eq!(output.status.code(), Some(0), "{list:#}");
            let own = list["rules"].as_array().unwrap().iter().map(|rule| sorted(&rule["rule"]));
            let mut own: Vec<String> = own.collect();
            let told = ["resourceRules", "nonResourceRules"].into_iter();
            let told = told.flat_map(|field| status[field].as_array().cloned().unwrap_or_default());
            let mut told: Vec<String> = told.map(|rule| sorted(&rule)).collect();
            own.sort();
            if *user == "system:node:n1" {
                // The node authorizer lists rules of its own, which ours does not.
                own.iter().for_each(|rule| assert!(told.contains(rule), "{rule}: {told:#?}"));
            } else {
                told.sort();
                assert_eq!(own, told, "{who} in {namespace}");
            }
            rules += own.len();
        }
    }
    assert!(rules > 20, "{rules}");
}

/// A rule with its fields in order, and without empty ones.
fn sorted(rule: &Value) -> String {
    let fields = ["verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs"];
    let given = fields.iter().filter(|field| rule[**field].as_array().is_some_and(|list| !list.is_empty()));
    given.map(|field| format!("{field}={} ", rule[*field])).collect()
}

/// Whom a file is of, and whom the API server takes its bearer for.
#[test]
fn files_are_of_whom_the_api_server_takes_them_for() {
    let (server, kubeconfig) = server();
    let folder = tempfile::tempdir().unwrap();
    let certificate = server.client_certificate("jane", "team").unwrap();
    server.kubectl(&["create", "namespace", "shop"], "").unwrap();
    server.kubectl(&["create", "serviceaccount", "web", "-n", "shop"], "").unwrap();
    let token = server.kubectl(&["create", "token", "web", "-n", "shop"], "").unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("token"), token.trim()).unwrap();
    let user = |fields: Value| {
        let config = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "one",
            "clusters": [{"name": "one", "cluster": {"server": server.url(), "certificate-authority": server.authority()}}],
            "contexts": [{"name": "one", "context": {"cluster": "one", "user": "one"}}],
            "users": [{"name": "one", "user": fields}],
        });
        config.to_string()
    };
    let by_certificate =
        json!({"client-certificate": certificate.certificate, "client-key": certificate.key});
    std::fs::write(path("certificate.json"), user(by_certificate)).unwrap();
    std::fs::write(path("token.json"), user(json!({"tokenFile": "token"}))).unwrap();
    std::fs::write(
        path("exec.json"),
        user(json!({"exec": {"command": "aws", "apiVersion": "client.authentication.k8s.io/v1"}})),
    )
    .unwrap();
    std::fs::write(path("opaque.json"), user(json!({"token": server.token("reader").unwrap()}))).unwrap();

    let pem = certificate.certificate.display().to_string();
    for (file, config) in [
        (pem.as_str(), "certificate.json"),
        ("certificate.json", "certificate.json"),
        ("token", "token.json"),
        ("token.json", "token.json"),
    ] {
        let config = path(config).display().to_string();
        let whoami = server.kubectl(&["auth", "whoami", "--kubeconfig", &config, "-o", "json"], "").unwrap();
        let whoami: Value = serde_json::from_str(&whoami).unwrap();
        let output = seawall(
            folder.path(),
            &kubeconfig,
            &["can", &format!("file:{file}"), "get", "pods", "--cluster", "-o", "json"],
        );
        let answer = json_of(&output);
        let info = &whoami["status"]["userInfo"];
        assert_eq!(answer["user"]["name"], info["username"], "{file}: {answer:#}");
        let groups = |groups: &Value| -> Vec<String> {
            let mut groups: Vec<String> =
                groups.as_array().unwrap().iter().map(|group| group.as_str().unwrap().to_owned()).collect();
            groups.sort();
            groups
        };
        assert_eq!(groups(&answer["user"]["groups"]), groups(&info["groups"]), "{file}");
        assert!(stderr(&output).contains("not verified"), "{}", stderr(&output));
    }
    for (file, said) in [("exec.json", "`aws`"), ("opaque.json", "kubectl auth whoami")] {
        let output = seawall(
            folder.path(),
            &kubeconfig,
            &["can", &format!("file:{file}"), "get", "pods", "--cluster"],
        );
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        assert!(stderr(&output).contains(said), "{}", stderr(&output));
        assert!(!stderr(&output).contains(server.token("reader").unwrap()));
    }
}

/// What may not be listed makes what depends on it unknown, and nothing else.
#[test]
fn what_may_not_be_read_is_not_known() {
    let (server, kubeconfig) = server();
    let folder = tempfile::tempdir().unwrap();
    server
        .kubectl(
            &[
                "create",
                "clusterrole",
                "half",
                "--verb=list",
                "--resource=roles,clusterroles,clusterrolebindings",
            ],
            "",
        )
        .unwrap();
    server
        .kubectl(&["create", "clusterrolebinding", "half", "--clusterrole=half", "--user=half"], "")
        .unwrap();
    let can = |who: &str, more: &[&str]| {
        let arguments = ["can", who, "list", "roles", "--cluster", "--as", "half"];
        seawall(folder.path(), &kubeconfig, &[&arguments[..], more].concat())
    };
    let start = std::time::Instant::now();
    while can("user:half", &[]).status.code() != Some(0) {
        assert!(start.elapsed() < PATIENCE, "{}", stdout(&can("user:half", &[])));
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let output = can("user:jane", &[]);
    assert_eq!(output.status.code(), Some(4), "{}", stdout(&output));
    assert!(
        stdout(&output).contains("rolebindings.rbac.authorization.k8s.io may not be listed"),
        "{}",
        stdout(&output)
    );
    assert_eq!(can("user:jane", &["--allow-incomplete"]).status.code(), Some(1));
    // Of all namespaces at once no RoleBinding counts.
    assert_eq!(can("user:jane", &["-A"]).status.code(), Some(1));
}

/// The table of resources is what is served, and says of it what discovery says.
#[test]
fn resources_are_called_what_the_api_server_calls_them() {
    let (server, _) = server();
    let raw = |path: &str| -> Value {
        serde_json::from_str(&server.kubectl(&["get", "--raw", path], "").unwrap()).unwrap()
    };
    let mut paths = vec![(String::new(), "/api/v1".to_owned())];
    for group in raw("/apis")["groups"].as_array().unwrap() {
        let name = group["name"].as_str().unwrap();
        for version in group["versions"].as_array().unwrap() {
            paths.push((name.to_owned(), format!("/apis/{}", version["groupVersion"].as_str().unwrap())));
        }
    }
    let mut held = 0;
    for (group, path) in paths {
        for served in raw(&path)["resources"].as_array().unwrap() {
            let name = served["name"].as_str().unwrap();
            let (plural, subresource) = name.split_once('/').unwrap_or((name, ""));
            let known = seawall_inventory::ApiResource::ALL
                .iter()
                .find(|known| known.group == group && known.plural == plural)
                .unwrap_or_else(|| panic!("{name} of {group} is missing"));
            assert_eq!(known.is_namespaced, served["namespaced"] == true, "{name}");
            if subresource.is_empty() {
                assert_eq!(served["kind"], known.kind, "{name}");
                assert_eq!(served["singularName"], known.kind.to_lowercase(), "{name}");
                assert_eq!(
                    served["shortNames"].as_array().cloned().unwrap_or_default(),
                    known.short,
                    "{name}"
                );
            } else {
                assert!(known.subresources.contains(&subresource), "{name}");
            }
            held += 1;
        }
    }
    assert!(held > 90, "{held}");
}
