//! Marks: what a saved Snapshot holds in place of what is not kept.
//!
//! A value of a Secret is judged while it is read, and its judgement is all that there is of it. It is written as a map with a
//! reserved key, `{"$seawall": "ordinary 8-31"}`, where Kubernetes has a string: what a value looks like can then not be
//! taken for a value. Marks mean something in saved Snapshots alone; in a manifest they are what they are for Kubernetes, wrong.

use seawall_yaml::Node;
use smol_str::{SmolStr, ToSmolStr};

use crate::decode::Decoding;
use crate::tree::Tree;

/// The key of a mark.
pub(crate) const KEY: &str = "$seawall";

/// Something stands there, and nothing more is known of it.
pub(crate) const PRESENT: &str = "present";

/// What the mark at `node` says; `None` when there is none, or none is expected.
pub(crate) fn of<'t>(node: Node<'t>, cx: &Decoding) -> Option<&'t str> {
    if !cx.saved || !node.is_map() {
        return None;
    }
    node.get(KEY)?.as_str()
}

/// A mark that says `what`.
pub(crate) fn mark(what: impl ToSmolStr) -> Tree {
    Tree::Map(vec![(SmolStr::new_static(KEY), Tree::Text(what.to_smolstr()))])
}
