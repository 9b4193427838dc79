//! `seawall cluster rbac`

use super::{seawall, server, stdout};

#[test]
fn what_the_role_of_a_check_allows_is_all_that_a_scan_with_it_needs() {
    let (server, kubeconfig) = server();
    let folder = tempfile::tempdir().unwrap();
    let chosen = ["--no-config", "--select", "plain-secret,namespace-without-quota"];
    let mut arguments = vec!["cluster", "rbac", "--user", "jane"];
    arguments.extend(chosen);
    let role = stdout(&seawall(folder.path(), &kubeconfig, &arguments));
    server.kubectl(&["apply", "-f", "-"], &role).unwrap();

    let mut scan = vec!["scan", "--cluster", "--as", "jane", "-o", "json"];
    scan.extend(chosen);
    let start = std::time::Instant::now();
    loop {
        let output = seawall(folder.path(), &kubeconfig, &scan);
        let report: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
        if report["problems"].as_array().unwrap().is_empty() {
            assert_eq!(report["summary"]["unknown"], 0, "{report}");
            assert_ne!(output.status.code(), Some(4));
            break;
        }
        assert!(start.elapsed().as_secs() < 30, "{report}");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }

    // Without the rule of Secrets one check is undecided, the report says which, and the exit code that something is missing.
    let less = role.replace("  - secrets\n", "  - nothing\n");
    assert_ne!(less, role);
    server.kubectl(&["apply", "-f", "-"], &less).unwrap();
    let start = std::time::Instant::now();
    loop {
        let output = seawall(folder.path(), &kubeconfig, &[&scan[..], &["--fail-on", "never"]].concat());
        let report: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
        let problems = report["problems"].as_array().unwrap();
        if let [problem] = problems.as_slice() {
            assert_eq!(problem["undecided"], serde_json::json!(["SW4005"]), "{report}");
            assert!(problem["help"].as_str().unwrap().contains("`list` on secrets"), "{problem}");
            assert_eq!(report["unknowns"][0]["reason"], "secrets may not be listed");
            assert_eq!(output.status.code(), Some(4));
            break;
        }
        assert!(problems.is_empty() && start.elapsed().as_secs() < 30, "{report}");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}
