//! `seawall cluster doctor`

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{seawall, server, stdout};

#[test]
fn what_is_missing_is_named_and_what_it_says_mends_it() {
    let (server, kubeconfig) = server();
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let output = seawall(folder.path(), &kubeconfig, arguments);
        (stdout(&output), output.status.code())
    };
    let chosen = ["--no-config", "--select", "plain-secret,namespace-without-quota"];
    let doctor = |more: &[&str]| run(&[&["cluster", "doctor"], &chosen[..], more].concat());

    let (text, code) = doctor(&[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.ends_with("\na scan will be complete\n"), "{text}");
    assert!(text.contains("\nok       identity      `reader`\n"), "{text}");

    let (text, code) = doctor(&["--as", "jane", "-o", "json"]);
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&report["complete"], code), (&json!(false), Some(4)), "{report}");
    let checks = report["checks"].as_array().unwrap();
    let of = |name: &str| checks.iter().find(|check| check["check"] == name).unwrap();
    assert_eq!(of("identity")["details"][0], json!({"user": "jane"}));
    let permissions = of("permissions");
    assert_eq!(permissions["state"], "failed");
    let secrets = json!({"verb": "list", "resource": "secrets", "namespace": null});
    assert!(permissions["details"].as_array().unwrap().contains(&secrets), "{permissions}");

    let (text, _) = doctor(&["--as", "jane"]);
    let line = text.lines().find(|line| line.contains("seawall cluster rbac")).unwrap();
    let command = line.split('`').nth(1).unwrap();
    let arguments: Vec<&str> = command.split(' ').skip(1).collect();
    assert_eq!(arguments, ["cluster", "rbac", "--user", "jane"]);
    let (role, _) = run(&[&arguments[..], &chosen].concat());
    server.kubectl(&["apply", "-f", "-"], role).unwrap();
    let started = Instant::now();
    while doctor(&["--as", "jane"]).1 != Some(0) {
        assert!(started.elapsed() < Duration::from_secs(30), "{}", doctor(&["--as", "jane"]).0);
    }
    // What watch needs is more.
    let (text, code) = doctor(&["--as", "jane", "--watch"]);
    assert!(code == Some(4) && text.contains("may not watch: "), "{text}");
}
