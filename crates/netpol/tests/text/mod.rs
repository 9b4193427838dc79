//! A Snapshot of one text.

use seawall_inventory::{Provenance, Snapshot};
use seawall_yaml::Limits;

pub fn snapshot(text: &str) -> Snapshot {
    let (path, limits) = ("cluster.yaml".into(), Limits::default());
    let reading = seawall_inventory::read(path, text.as_bytes(), Provenance::Verbatim, &limits);
    let snapshot = Snapshot::assemble(vec![reading], Vec::new(), Vec::new(), Vec::new());
    assert!(snapshot.problems.is_empty(), "{:?}\n{text}", snapshot.problems);
    snapshot
}
