//! The findings that docs/precision.md judges are those that there are.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{seawall, stderr, stdout};

/// Where the projects stand in the corpus.
const PROJECTS: [(&str, &str); 5] = [
    ("argo-cd", "manifests/argo-cd"),
    ("kube-prometheus", "manifests/kube-prometheus"),
    ("kubernetes-goat", "manifests/kubernetes-goat"),
    ("microservices-demo", "manifests/microservices-demo"),
    ("ingress-nginx", "charts/ingress-nginx"),
];

/// How ids begin of checks of which every finding is judged.
const JUDGED: [&str; 2] = ["SW2", "SW3"];

#[test]
fn each_finding_about_access_and_the_network_is_judged() {
    let page = include_str!("../../../../docs/precision.md");
    let section = page.split("## Access").nth(1).unwrap();
    let mut judged: BTreeMap<(String, String), usize> = BTreeMap::new();
    let is_judged = |id: &str| JUDGED.iter().any(|beginning| id.starts_with(beginning));
    for row in section.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        if !is_judged(cells[2]) {
            continue;
        }
        let id = cells[2].split(' ').next().unwrap();
        judged.insert((cells[1].to_owned(), id.to_owned()), cells[3].parse().unwrap());
        assert!(
            cells[4..7].iter().all(|verdict| ["yes", "right"].contains(verdict)),
            "mend the check: {row}"
        );
    }
    let helm = seawall_rig::tool(seawall_rig::Tool::Helm4).unwrap();
    let corpus = seawall_rig::corpus().unwrap();
    let mut found: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (project, path) in PROJECTS {
        let output = seawall(&["scan", "--no-config", "-q", "-o", "json", "--helm"])
            .arg(&helm)
            .arg(corpus.join(path))
            .output()
            .unwrap();
        let report: Value =
            serde_json::from_str(stdout(&output)).unwrap_or_else(|_| panic!("{}", stderr(&output)));
        for finding in report["findings"].as_array().unwrap() {
            let id = finding["check"]["id"].as_str().unwrap();
            if is_judged(id) {
                *found.entry((project.to_owned(), id.to_owned())).or_default() += 1;
            }
        }
    }
    assert_eq!(found, judged);
}
