//! Rights that are lacking.

use std::fmt::Write;
use std::time::{Duration, Instant};

use seawall_cluster::Target;
use seawall_rig::ApiServer;

use crate::{read_now, target, told};

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
