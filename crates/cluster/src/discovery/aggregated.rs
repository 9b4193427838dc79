//! Discovery in one answer, as API servers give it since v1.27 (KEP-3352; stable since v1.30).

use serde::Deserialize;

use super::{Group, Offered, Version, malformed, or_default};
use crate::failure::Failure;

/// The kind of the answer.
pub(super) const KIND: &str = "APIGroupDiscoveryList";

/// The groups that an answer of [`KIND`] describes.
pub(super) fn groups(answer: &[u8]) -> Result<Vec<Group>, Failure> {
    let Groups { items } = serde_json::from_slice(answer).map_err(malformed)?;
    Ok(items.into_iter().map(Group::from).collect())
}

/// `APIGroupDiscoveryList` of k8s.io/api apidiscovery/v2.
#[derive(Deserialize)]
struct Groups {
    #[serde(deserialize_with = "or_default")]
    items: Vec<Described>,
}

#[derive(Deserialize)]
struct Described {
    #[serde(default)]
    metadata: Metadata,
    #[serde(default, deserialize_with = "or_default")]
    versions: Vec<DescribedVersion>,
}

#[derive(Default, Deserialize)]
struct Metadata {
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct DescribedVersion {
    version: String,
    #[serde(default, deserialize_with = "or_default")]
    resources: Vec<Resource>,
    #[serde(default)]
    freshness: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    resource: String,
    /// `null` for what has nothing but subresources.
    #[serde(default, deserialize_with = "or_default")]
    response_kind: Kind,
    scope: String,
    #[serde(default, deserialize_with = "or_default")]
    verbs: Vec<String>,
}

#[derive(Default, Deserialize)]
struct Kind {
    #[serde(default)]
    kind: String,
}

impl From<Described> for Group {
    fn from(group: Described) -> Self {
        let versions = group.versions.into_iter().map(Version::from).collect();
        Self { name: group.metadata.name, versions }
    }
}

impl From<DescribedVersion> for Version {
    fn from(DescribedVersion { version, resources, freshness }: DescribedVersion) -> Self {
        // What was once known is listed all the same, and its list says what is wrong.
        let is_silent = freshness == "Stale" && resources.is_empty();
        let silence = is_silent.then(|| "the server that extends the API by it does not answer".to_owned());
        Self { name: version, resources: resources.into_iter().map(Offered::from).collect(), silence }
    }
}

impl From<Resource> for Offered {
    fn from(Resource { resource, response_kind, scope, verbs }: Resource) -> Self {
        Self { plural: resource, kind: response_kind.kind, is_namespaced: scope == "Namespaced", verbs }
    }
}
