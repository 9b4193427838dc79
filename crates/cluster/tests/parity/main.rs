//! A cluster that the corpus was applied to has the findings of the corpus: the same fingerprints, but for differences that
//! are listed, each with its reason.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests stop at the first surprise"
)]

mod apply;
mod corpus;
mod differences;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use seawall_cluster::{Scope, Target, read};
use seawall_engine::{Config, Plan, Selection, evaluate, plan};
use seawall_finding::{Fingerprint, Profile, stable_path};
use seawall_inventory::{ObjectRef, Snapshot};
use seawall_rig::ApiServer;

use differences::Differences;

/// What is known of a finding: `check object field`.
type Findings = BTreeMap<Fingerprint, String>;

#[test]
fn a_cluster_has_the_findings_of_what_was_applied_to_it() {
    let server = ApiServer::start().unwrap();
    let before = live(&server);
    let projects = corpus::projects();
    let applied = apply::apply(&server, &projects);
    let plan = everything();

    let mut files = Findings::new();
    for project in &applied.projects {
        files.extend(findings(&project.snapshot(), &plan));
    }
    gather(&server);
    let after = live(&server);
    assert!(after.coverage.is_complete(), "{:?}", after.problems);
    let made_by_server: BTreeSet<ObjectRef> =
        before.objects.iter().map(|object| before.identity(object.reference())).collect();
    let made = |object: &ObjectRef| made_by_server.contains(object) || applied.made.contains(object);
    let cluster = findings_but(&after, &plan, made);
    assert!(files.len() > 4_000, "{} findings", files.len());

    let only = |some: &Findings, others: &Findings, side: &str| -> Vec<String> {
        let missing = some.iter().filter(|(fingerprint, _)| !others.contains_key(*fingerprint));
        missing.map(|(_, what)| format!("{side}\t{what}")).collect()
    };
    let mut found = only(&files, &cluster, "file");
    found.extend(only(&cluster, &files, "live"));
    found.extend(applied.refused);
    found.extend(projects.into_iter().flat_map(|project| project.left_out));
    let surprises = Differences::read(include_str!("differences.tsv")).explain(&found);
    assert!(
        surprises.is_empty(),
        "{} findings of files, {} of the cluster:\n{}",
        files.len(),
        cluster.len(),
        surprises.join("\n")
    );
}

/// Has the roles filled that gather the rules of others, as in every cluster that runs.
fn gather(server: &ApiServer) {
    server.start_controllers(&["clusterrole-aggregation-controller"]).unwrap();
    let start = Instant::now();
    for role in ["admin", "edit", "view"] {
        let rules = || server.kubectl(&["get", "clusterrole", role, "-o", "jsonpath={.rules}"], "").unwrap();
        while matches!(rules().as_str(), "" | "null" | "[]") {
            assert!(start.elapsed() < Duration::from_secs(60), "ClusterRole {role} is not filled");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

fn everything() -> Plan {
    let selection = Selection { profile: Some(Profile::All), ..Selection::default() };
    plan(&Config::default(), &selection, &seawall_checks::all()).unwrap()
}

fn live(server: &ApiServer) -> Snapshot {
    let kubeconfig: PathBuf = server.kubeconfig("admin").unwrap();
    let target = Target { kubeconfig: Some(kubeconfig), scope: Scope::default(), ..Target::default() };
    read(&target, &AtomicBool::new(false), &|_, _| {}).unwrap()
}

fn findings(snapshot: &Snapshot, plan: &Plan) -> Findings {
    findings_but(snapshot, plan, |_| false)
}

fn findings_but(snapshot: &Snapshot, plan: &Plan, left_out: impl Fn(&ObjectRef) -> bool) -> Findings {
    let mut found = Findings::new();
    for reported in evaluate(snapshot, plan).findings {
        let finding = &reported.finding;
        let object = snapshot.identity(reported.subject(snapshot));
        if !left_out(&object) {
            let path = stable_path(finding, snapshot.objects.get(finding.object));
            found.insert(
                reported.fingerprint,
                format!("{}\t{object}\t{path}\t{}", finding.check.id, finding.message),
            );
        }
    }
    found
}
