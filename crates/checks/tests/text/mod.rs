//! What a text holds.

use seawall_inventory::{Provenance, Snapshot};
use seawall_yaml::Limits;

/// What a text holds.
pub fn snapshot(text: impl AsRef<[u8]>) -> Snapshot {
    let reading =
        seawall_inventory::read("a.yaml".into(), text.as_ref(), Provenance::Verbatim, &Limits::default());
    Snapshot::assemble(vec![reading], Vec::new(), Vec::new(), Vec::new())
}
