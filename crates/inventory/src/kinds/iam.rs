//! Whom of a cloud a ConfigMap makes whom of a cluster, as `aws-auth` of EKS does.
//!
//! Source: kubernetes-sigs/aws-iam-authenticator v0.7 pkg/mapper/configmap/configmap.go, pkg/config/types.go.

use seawall_yaml::{Limits, Node};
use smol_str::SmolStr;

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

/// Writes mappings to the values of a ConfigMap, which are not kept as they were.
pub(super) fn write(mappings: &[IamMapping], values: &mut [(SmolStr, Tree)]) {
    for (key, arn) in KEYS {
        let own = mappings.iter().filter(|mapping| mapping.key == key);
        let list: Vec<Tree> = own.map(|mapping| tree(mapping, arn)).collect();
        let value = values.iter_mut().find(|(name, _)| name == key);
        if let Some((_, value)) = value.filter(|_| !list.is_empty()) {
            let mut text = String::new();
            Tree::List(list).write_json(&mut text);
            *value = Tree::Text(text.into());
        }
    }
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
