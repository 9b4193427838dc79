//! Whom of a cloud a ConfigMap makes whom of a cluster, as `aws-auth` of EKS does.
//!
//! Source: kubernetes-sigs/aws-iam-authenticator v0.7 pkg/mapper/configmap/configmap.go, pkg/config/types.go.

use seawall_credential::{Judged, judge_text};
use seawall_yaml::{Limits, Node};
use smol_str::SmolStr;

use crate::judged::JudgedMap;
use crate::tree::Tree;

/// The keys whose texts are lists of mappings, and what names somebody of the cloud in each.
const KEYS: [(&str, &str); 2] = [("mapRoles", "rolearn"), ("mapUsers", "userarn")];

/// Who of a cloud becomes whom of the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IamMapping {
    /// The key that it stands in: `mapRoles` or `mapUsers`.
    pub key: SmolStr,
    /// The role or user of the cloud.
    pub arn: SmolStr,
    /// The name that he gets.
    pub username: SmolStr,
    /// The groups that he is put in.
    pub groups: Box<[SmolStr]>,
}

/// The mappings in the values of a ConfigMap; what is no list of them has none, as for the authenticator.
pub(super) fn mappings(data: Node<'_>) -> Box<[IamMapping]> {
    let mut mappings = Vec::new();
    for (key, arn) in KEYS {
        let Some(text) = data.get(key).and_then(Node::as_str) else { continue };
        let stream = seawall_yaml::parse(text.as_bytes(), &Limits::default());
        let Some(document) = stream.documents.first() else { continue };
        mappings.extend(document.root().items().filter_map(|item| mapping(item, key, arn)));
    }
    mappings.into()
}

fn mapping(item: Node<'_>, key: &str, arn: &str) -> Option<IamMapping> {
    let text = |name: &str| item.get(name).and_then(Node::as_str).map(SmolStr::new).unwrap_or_default();
    let groups = item.get("groups").into_iter().flat_map(Node::items);
    let mapping = IamMapping {
        key: SmolStr::new(key),
        arn: text(arn),
        username: text("username"),
        groups: groups.filter_map(Node::as_str).map(SmolStr::new).collect(),
    };
    (!mapping.arn.is_empty()).then_some(mapping)
}

/// Judges a value of a ConfigMap; a text of mappings by how it is written again, unless it holds a credential beside them.
pub(super) fn judge_as_written(mappings: &[IamMapping], key: &str, text: &str) -> Judged {
    let judged = judge_text(key, text);
    match written(mappings, key).filter(|_| !judged.is_credential()) {
        Some(written) => judge_text(key, &written),
        None => judged,
    }
}

/// Writes mappings to the values of a ConfigMap, which are not kept as they were; none of a text that holds a credential.
pub(super) fn write(mappings: &[IamMapping], data: &JudgedMap, values: &mut [(SmolStr, Tree)]) {
    for (key, value) in values {
        let judged = data.get(key).filter(|judged| !judged.is_credential());
        let text = written(mappings, key).filter(|text| judged == Some(judge_text(key, text)));
        if let Some(text) = text {
            *value = Tree::Text(text.into());
        }
    }
}

/// The mappings of a key as a text; `None` when there are none.
fn written(mappings: &[IamMapping], key: &str) -> Option<String> {
    let (_, arn) = KEYS.into_iter().find(|(own, _)| *own == key)?;
    let list: Vec<Tree> =
        mappings.iter().filter(|mapping| mapping.key == key).map(|mapping| tree(mapping, arn)).collect();
    let mut text = String::new();
    if list.is_empty() {
        return None;
    }
    Tree::List(list).write_json(&mut text);
    Some(text)
}

fn tree(mapping: &IamMapping, arn: &'static str) -> Tree {
    let groups = mapping.groups.iter().cloned().map(Tree::Text).collect();
    let fields = [
        (arn, Tree::Text(mapping.arn.clone())),
        ("username", Tree::Text(mapping.username.clone())),
        ("groups", Tree::List(groups)),
    ];
    Tree::Map(fields.into_iter().map(|(key, value)| (SmolStr::new_static(key), value)).collect())
}
