//! Discovery as API servers give it before v1.27, and one whose feature gate `AggregatedDiscoveryEndpoint` is off: the groups, and then
//! each version of a group in an answer of its own.

use futures::stream::{self, StreamExt};
use serde::Deserialize;

use super::{Group, MAX_RESOURCES, Offered, Version, malformed, or_default, too_many};
use crate::client::Reader;
use crate::dns::is_dns_label;
use crate::failure::Failure;
use crate::problem;
use crate::read::AT_ONCE;
use crate::target::Scope;

/// What is asked for when nothing else is offered.
pub(super) const ACCEPT: &str = "application/json";

/// The kind of the answer about the core group.
pub(super) const CORE: &str = "APIVersions";

/// The kind of the answer about the other groups.
pub(super) const OTHERS: &str = "APIGroupList";

/// Most versions of groups. Large clusters have some two hundred.
const MAX_VERSIONS: usize = 1_000;

/// The core group, whose versions an answer of [`CORE`] names. It is served by the API server itself, so that there is nothing
/// to be known of one that does not describe it.
pub(super) async fn core(reader: &Reader, answer: &[u8], scope: &Scope) -> Result<Vec<Group>, Failure> {
    let Versions { versions } = serde_json::from_slice(answer).map_err(malformed)?;
    let asked = versions.into_iter().map(|version| (String::new(), version)).collect();
    let mut groups = Vec::new();
    for (group, version, described) in describe(reader, asked, scope).await? {
        take(&mut groups, group, Version { name: version, resources: described?, silence: None });
    }
    Ok(groups)
}

/// The groups that an answer of [`OTHERS`] names, with what they hold as far as checks read them. A version that is not described is
/// silent.
pub(super) async fn others(reader: &Reader, answer: &[u8], scope: &Scope) -> Result<Vec<Group>, Failure> {
    let GroupList { groups: named } = serde_json::from_slice(answer).map_err(malformed)?;
    let unread = named.iter().filter(|group| !scope.reads_group(&group.name));
    let mut groups: Vec<Group> =
        unread.map(|group| Group { name: group.name.clone(), versions: Vec::new() }).collect();
    let asked = named.into_iter().flat_map(Named::versions).collect();
    for (group, name, described) in describe(reader, asked, scope).await? {
        let version = match described {
            Ok(resources) => Version { name, resources, silence: None },
            Err(failure) => Version { name, resources: Vec::new(), silence: Some(problem::said(&failure)) },
        };
        take(&mut groups, group, version);
    }
    Ok(groups)
}

/// A version of a group, and what it holds.
type Answer = (String, String, Result<Vec<Offered>, Failure>);

/// What the versions of groups hold, in this order, for those that are in scope.
async fn describe(
    reader: &Reader,
    mut asked: Vec<(String, String)>,
    scope: &Scope,
) -> Result<Vec<Answer>, Failure> {
    asked.retain(|(group, _)| scope.reads_group(group));
    if asked.len() > MAX_VERSIONS {
        return Err(Failure::Malformed(format!("it names more than {MAX_VERSIONS} versions of groups")));
    }
    let mut answers = stream::iter(asked)
        .map(|(group, version)| async move {
            let resources = resources(reader, &group, &version).await;
            (group, version, resources)
        })
        .buffered(AT_ONCE);
    let (mut described, mut known) = (Vec::new(), 0);
    while let Some(answer) = answers.next().await {
        known += answer.2.as_ref().map_or(0, Vec::len);
        if known > MAX_RESOURCES {
            return Err(too_many());
        }
        described.push(answer);
    }
    Ok(described)
}

/// What a version of a group holds.
async fn resources(reader: &Reader, group: &str, version: &str) -> Result<Vec<Offered>, Failure> {
    // The name of the group is one that checks know.
    if !is_dns_label(version) {
        return Err(Failure::Malformed("no version has such a name".to_owned()));
    }
    let path = match group {
        "" => format!("/api/{version}"),
        group => format!("/apis/{group}/{version}"),
    };
    let answer = reader.get(&path, ACCEPT).await?;
    let ResourceList { kind, resources } = serde_json::from_slice(&answer).map_err(malformed)?;
    if kind != "APIResourceList" {
        return Err(Failure::Malformed("it is not an APIResourceList".to_owned()));
    }
    // A subresource, as client-go tells it (`fetchGroupVersionResources`, discovery/discovery_client.go, v0.36.3).
    let resources = resources.into_iter().filter(|resource| !resource.name.contains('/'));
    Ok(resources.map(Offered::from).collect())
}

/// Puts a version behind the others of its group.
fn take(groups: &mut Vec<Group>, group: String, version: Version) {
    match groups.last_mut() {
        Some(last) if last.name == group => last.versions.push(version),
        _ => groups.push(Group { name: group, versions: vec![version] }),
    }
}

/// `APIVersions` of k8s.io/apimachinery pkg/apis/meta/v1/types.go, as all that follow.
#[derive(Deserialize)]
struct Versions {
    #[serde(deserialize_with = "or_default")]
    versions: Vec<String>,
}

/// `APIGroupList`
#[derive(Deserialize)]
struct GroupList {
    #[serde(deserialize_with = "or_default")]
    groups: Vec<Named>,
}

/// `APIGroup`
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Named {
    name: String,
    #[serde(default, deserialize_with = "or_default")]
    versions: Vec<NamedVersion>,
    #[serde(default, deserialize_with = "or_default")]
    preferred_version: NamedVersion,
}

/// `GroupVersionForDiscovery`
#[derive(Default, Deserialize)]
struct NamedVersion {
    #[serde(default)]
    version: String,
}

impl Named {
    /// The versions, each with the group; the preferred one first.
    fn versions(self) -> impl Iterator<Item = (String, String)> {
        let Self { name, mut versions, preferred_version: preferred } = self;
        versions.sort_by_key(|known| known.version != preferred.version);
        versions.into_iter().map(move |known| (name.clone(), known.version))
    }
}

/// `APIResourceList`
#[derive(Deserialize)]
struct ResourceList {
    #[serde(default)]
    kind: String,
    #[serde(default, deserialize_with = "or_default")]
    resources: Vec<Resource>,
}

/// `APIResource`
#[derive(Deserialize)]
struct Resource {
    name: String,
    #[serde(default)]
    namespaced: bool,
    #[serde(default)]
    kind: String,
    #[serde(default, deserialize_with = "or_default")]
    verbs: Vec<String>,
}

impl From<Resource> for Offered {
    fn from(Resource { name, namespaced, kind, verbs }: Resource) -> Self {
        Self { plural: name, kind, is_namespaced: namespaced, verbs }
    }
}
