//! What a cluster does not say, or says wrongly, is named, and the rest is read: a real API server that cannot or will not say it,
//! and one whose answers are spoilt on the way.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests stop at the first surprise"
)]

mod doctor;
mod extensions;
mod rights;
mod server;
mod way;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use seawall_cluster::{Patience, Target, read};
use seawall_inventory::{Place, Snapshot};
use seawall_rig::ApiServer;

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
    let patience = Patience {
        request: Some(Duration::from_secs(30)),
        whole: Some(Duration::from_secs(120)),
        ..Patience::default()
    };
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
