//! The nodes of a cluster, as far as they say what they are.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::client::{Asker, Reader, Right};
use crate::discovery::or_default;
use crate::failure::Failure;
use crate::items::items;
use crate::list::query;
use crate::stop::Stop;
use crate::target::Scope;

/// Most nodes of an answer: each takes some ten to fifty kilobytes, most of it images.
const CHUNK: &str = "200";

/// Most nodes of a cluster: twice what Kubernetes supports is as many as anybody wants to be told of.
const MOST: usize = 10_000;

/// Why there are no nodes to look at.
#[derive(Debug)]
pub(super) enum Unlisted {
    /// They stand outside of the namespaces that were chosen.
    Outside,
    /// They may not be listed.
    Refused,
    Failed(Failure),
}

/// What a node says of itself.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Node {
    pub metadata: Metadata,
    #[serde(deserialize_with = "or_default")]
    pub spec: Spec,
    #[serde(deserialize_with = "or_default")]
    pub status: Status,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Metadata {
    pub name: String,
    #[serde(deserialize_with = "or_default")]
    pub labels: BTreeMap<String, String>,
    #[serde(deserialize_with = "or_default")]
    pub annotations: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Spec {
    #[serde(rename = "providerID")]
    pub provider_id: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Status {
    pub node_info: Info,
}

/// `NodeSystemInfo` of k8s.io/api core/v1.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Info {
    pub kubelet_version: String,
    pub os_image: String,
}

/// The nodes, when they may be listed. Whether they may is asked before: what is refused stands in the audit log of the cluster, and may
/// wake somebody.
pub(super) async fn read(
    reader: &Reader,
    asker: &Asker,
    stop: &Stop<'_>,
    scope: &Scope,
) -> Result<Vec<Node>, Unlisted> {
    if !scope.namespaces.is_empty() {
        return Err(Unlisted::Outside);
    }
    let right = Right {
        verb: "list",
        group: String::new(),
        version: "v1".to_owned(),
        resource: "nodes".to_owned(),
        namespace: String::new(),
        name: String::new(),
    };
    match stop.or(asker.may(&right)).await {
        Ok(true) => stop.or(list(reader)).await.map_err(Unlisted::Failed),
        Ok(false) => Err(Unlisted::Refused),
        Err(failure) => Err(Unlisted::Failed(failure)),
    }
}

async fn list(reader: &Reader) -> Result<Vec<Node>, Failure> {
    let mut nodes = Vec::new();
    let mut token = String::new();
    while nodes.len() < MOST {
        let path = query("/api/v1/nodes", &[("limit", CHUNK), ("continue", &token)]);
        let answer = reader.get(&path, "application/json").await?;
        let before = nodes.len();
        let mut wrong = None;
        let meta = items(&answer, |item| match serde_json::from_str(item) {
            Ok(node) => nodes.push(node),
            Err(error) => wrong = Some(Failure::malformed(&error)),
        })?;
        if let Some(wrong) = wrong {
            return Err(wrong);
        }
        token = meta.token.unwrap_or_default();
        if token.is_empty() || nodes.len() == before {
            break;
        }
    }
    Ok(nodes)
}
