//! Which resources an API server serves, and which of them are read.

use kube::Error;
use serde::Deserialize;

use crate::client::Reader;
use crate::target::Scope;

/// A resource to list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Resource {
    /// API group; empty for the core one.
    pub group: String,
    /// Version that is read: the one that the API server prefers.
    pub version: String,
    /// Name in paths: `deployments`.
    pub plural: String,
}

impl Resource {
    /// The path of its list, in a namespace or in all.
    pub(crate) fn path(&self, namespace: Option<&str>) -> String {
        let Self { group, version, plural, .. } = self;
        let root =
            if group.is_empty() { format!("/api/{version}") } else { format!("/apis/{group}/{version}") };
        match namespace {
            Some(namespace) => format!("{root}/namespaces/{namespace}/{plural}"),
            None => format!("{root}/{plural}"),
        }
    }

    /// Its name as RBAC and people have it: `deployments.apps`.
    pub(crate) fn name(&self) -> String {
        if self.group.is_empty() { self.plural.clone() } else { format!("{}.{}", self.plural, self.group) }
    }
}

/// All groups, versions and resources in one answer (KEP-3352; stable since v1.30). What a request header does not ask for in
/// this order is not served.
const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,\
                          application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList";

/// The resources to read, sorted.
pub(crate) async fn resources(reader: &Reader, scope: &Scope) -> Result<Vec<Resource>, Error> {
    let mut found = Vec::new();
    for root in ["/api", "/apis"] {
        let answer = reader.get(root, AGGREGATED).await?;
        let groups: Groups = serde_json::from_slice(&answer).map_err(Error::SerdeError)?;
        found.extend(wanted(groups, scope));
    }
    found.sort();
    Ok(found)
}

/// Of each group the resources that some check reads, each in the version that stands first: the preferred one.
fn wanted(groups: Groups, scope: &Scope) -> Vec<Resource> {
    let mut found: Vec<Resource> = Vec::new();
    for group in groups.items {
        let name = group.metadata.name;
        for version in group.versions {
            for resource in version.resources {
                let known =
                    found.iter().any(|known| known.group == name && known.plural == resource.resource);
                let kind = resource.response_kind.kind;
                let left_out = scope.no_secrets && name.is_empty() && kind == "Secret";
                // What stands in no namespace is not in those that were asked for.
                let in_scope = scope.namespaces.is_empty() || resource.scope == "Namespaced";
                let is_listed = resource.verbs.iter().any(|verb| verb == "list");
                if is_listed && in_scope && !left_out && !known && seawall_inventory::is_read(&name, &kind) {
                    found.push(Resource {
                        group: name.clone(),
                        version: version.version.clone(),
                        plural: resource.resource,
                    });
                }
            }
        }
    }
    found
}

#[derive(Deserialize)]
struct Groups {
    items: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    versions: Vec<Version>,
}

#[derive(Default, Deserialize)]
struct Metadata {
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct Version {
    version: String,
    #[serde(default)]
    resources: Vec<Served>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Served {
    resource: String,
    #[serde(default)]
    response_kind: Kind,
    scope: String,
    #[serde(default)]
    verbs: Vec<String>,
}

#[derive(Default, Deserialize)]
struct Kind {
    #[serde(default)]
    kind: String,
}
