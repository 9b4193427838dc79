//! Whether two objects say the same (`Semantic.DeepEqual` of k8s.io/apimachinery pkg/api/equality): nothing is as good as an empty
//! list, and `1Gi` as `1024Mi`.

use std::collections::BTreeSet;

use seawall_inventory::quantity::Quantity;
use seawall_yaml::{Node, Value};

/// Whether both say the same.
pub(super) fn same(one: Option<Node<'_>>, other: Option<Node<'_>>) -> bool {
    is_same(one, other, &[], &[], &mut Vec::new())
}

/// Fields of a claim that a node may change, and what the API server itself keeps apart.
const OF_NODES: &[&[&str]] = &[
    &["apiVersion"],
    &["kind"],
    &["metadata", "resourceVersion"],
    &["metadata", "managedFields"],
    &["status", "capacity"],
    &["status", "conditions"],
];
const OF_RECOVERY: &[&[&str]] =
    &[&["status", "allocatedResources"], &["status", "allocatedResourceStatuses"]];

/// What a claim says that does not say it (`SetDefaults_PersistentVolumeClaim` of pkg/apis/core/v1/defaults.go).
const DEFAULTS: &[(&[&str], &str)] =
    &[(&["spec", "volumeMode"], "Filesystem"), (&["status", "phase"], "Pending")];

/// Whether a claim is as before in all that a node may not change.
pub(super) fn is_claim_as_before(new: Option<Node<'_>>, old: Option<Node<'_>>, with_recovery: bool) -> bool {
    let but: Vec<&[&str]> =
        OF_NODES.iter().chain(OF_RECOVERY.iter().filter(|_| with_recovery)).copied().collect();
    is_same(new, old, &but, DEFAULTS, &mut Vec::new())
}

fn is_same<'w>(
    one: Option<Node<'w>>,
    other: Option<Node<'w>>,
    but: &[&[&str]],
    defaults: &[(&[&str], &str)],
    path: &mut Vec<&'w str>,
) -> bool {
    if but.contains(&path.as_slice()) {
        return true;
    }
    let default = defaults.iter().find(|(at, _)| *at == path.as_slice()).map(|(_, default)| *default);
    let said =
        |node: Option<Node<'w>>| node.and_then(Node::as_str).filter(|text| !text.is_empty()).or(default);
    if let (Some(one), Some(other)) = (said(one), said(other)) {
        return one == other || is_same_quantity(one, other, path);
    }
    let value = |node: Option<Node<'w>>| node.map_or(Value::Null, Node::value);
    match (value(one), value(other)) {
        (Value::Map(_) | Value::Null, Value::Map(_) | Value::Null) => {
            let keys = |node: Option<Node<'w>>| node.into_iter().flat_map(Node::entries).map(|(key, ..)| key);
            let keys: BTreeSet<&str> = keys(one).chain(keys(other)).collect();
            keys.into_iter().all(|key| {
                let field = |node: Option<Node<'w>>| node.and_then(|node| node.get(key));
                path.push(key);
                let is_same = is_same(field(one), field(other), but, defaults, path);
                path.pop();
                is_same
            })
        }
        (Value::Seq(_) | Value::Null, Value::Seq(_) | Value::Null) => {
            let items = |node: Option<Node<'w>>| node.into_iter().flat_map(Node::items).collect::<Vec<_>>();
            let (one, other) = (items(one), items(other));
            let pairs = one.iter().zip(&other);
            one.len() == other.len() && pairs.into_iter().all(|(one, other)| same(Some(*one), Some(*other)))
        }
        (Value::Str("") | Value::Null, Value::Str("") | Value::Null) => true,
        (Value::Bool(one), Value::Bool(other)) => one == other,
        (Value::Int(one), Value::Int(other)) => one == other,
        (Value::Float(one), Value::Float(other)) => one.to_bits() == other.to_bits(),
        _ => false,
    }
}

fn is_same_quantity(one: &str, other: &str, path: &[&str]) -> bool {
    let is_amount = path.iter().any(|field| ["requests", "limits"].contains(field));
    let quantity = |text: &str| text.parse::<Quantity>().ok();
    is_amount && quantity(one).is_some() && quantity(one) == quantity(other)
}
