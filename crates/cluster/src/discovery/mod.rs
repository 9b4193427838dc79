//! Which resources an API server serves, and which of them are read.

mod aggregated;
mod by_version;

use std::collections::BTreeSet;

use seawall_inventory::{Gap, OwnerKind, Problem, has_content, is_read};
use serde::{Deserialize, Deserializer};

use crate::client::Reader;
use crate::dns::{is_dns_label, is_dns_subdomain};
use crate::failure::Failure;
use crate::gap;
use crate::list::Form;
use crate::problem;
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
    /// `Deployment`
    pub kind: String,
}

impl Resource {
    /// `apps/v1`; `v1` for the core group.
    pub(crate) fn api_version(&self) -> String {
        if self.group.is_empty() { self.version.clone() } else { format!("{}/{}", self.group, self.version) }
    }

    /// Whether its objects are namespaces. Of one that was chosen the Namespace itself is read.
    pub(crate) fn is_of_namespaces(&self) -> bool {
        self.group.is_empty() && self.plural == "namespaces"
    }

    /// The path of its list, in a namespace or in all; of namespaces, that of the one.
    pub(crate) fn path(&self, namespace: Option<&str>) -> String {
        let Self { group, plural, .. } = self;
        let root = if group.is_empty() { "/api" } else { "/apis" };
        let api_version = self.api_version();
        match namespace {
            Some(namespace) if self.is_of_namespaces() => {
                format!("{root}/{api_version}/namespaces/{namespace}")
            }
            Some(namespace) => format!("{root}/{api_version}/namespaces/{namespace}/{plural}"),
            None => format!("{root}/{api_version}/{plural}"),
        }
    }

    /// Its name as RBAC and people have it: `deployments.apps`.
    pub(crate) fn name(&self) -> String {
        if self.group.is_empty() { self.plural.clone() } else { format!("{}.{}", self.plural, self.group) }
    }

    /// Whether its objects hold what is secret.
    pub(crate) fn is_secret(&self) -> bool {
        self.group.is_empty() && self.kind == "Secret"
    }

    /// How much of its objects is read.
    pub(crate) fn form(&self) -> Form {
        let Self { group, kind, .. } = self;
        match (is_read(group, kind), has_content(group, kind)) {
            (false, _) => Form::Owner,
            (true, false) => Form::Metadata,
            (true, true) => Form::Whole,
        }
    }
}

/// What an API server serves, as far as it is read.
#[derive(Debug, Default)]
pub(crate) struct Served {
    /// The resources to list, sorted.
    pub resources: Vec<Resource>,
    /// The names of all groups, read or not.
    pub groups: BTreeSet<String>,
    /// Others that can be listed, should their objects own what is read.
    pub others: Others,
    /// Versions of groups of which it is not known what they hold.
    pub silent: Vec<Silent>,
    /// How many names could not be names.
    pub misnamed: usize,
    /// Why nothing but the core group is known.
    pub failure: Option<Failure>,
}

/// Resources of which no check reads anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Others(Vec<Resource>);

impl Others {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Resource> {
        self.0.iter()
    }

    /// The resource whose objects are of the kind.
    pub(crate) fn of_kind(&self, (group, kind): &OwnerKind) -> Option<&Resource> {
        self.0.iter().find(|resource| resource.group == *group && resource.kind == *kind)
    }
}

/// A version of a group of which it is not known what it holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Silent {
    /// `apps.openshift.io/v1`
    pub version: String,
    /// Why it is not known.
    pub why: String,
}

/// What is asked for: all groups, versions and resources in one answer, in the order of [`aggregated::KIND`]'s versions (what a request
/// header does not ask for in this order is not served); and what an API server that does not know it gives in its place.
const ACCEPT: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,\
                      application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,\
                      application/json";

/// Most resources of an answer. Large clusters have some two thousand kinds.
const MAX_RESOURCES: usize = 50_000;

/// What is served and read. When the core group is known and the others are not, that is not all.
pub(crate) async fn served(reader: &Reader, scope: &Scope) -> Result<Served, Failure> {
    served_in(ACCEPT, reader, scope).await
}

/// What is served and read, asked for in these media types.
async fn served_in(accept: &str, reader: &Reader, scope: &Scope) -> Result<Served, Failure> {
    let mut served = Served::default();
    for group in groups("/api", accept, reader, scope).await? {
        served.add(group, scope);
    }
    match groups("/apis", accept, reader, scope).await {
        Ok(groups) => groups.into_iter().for_each(|group| served.add(group, scope)),
        Err(failure) => served.failure = Some(failure),
    }
    served.resources.sort();
    served.others.0.sort();
    Ok(served)
}

async fn groups(root: &str, accept: &str, reader: &Reader, scope: &Scope) -> Result<Vec<Group>, Failure> {
    let answer = reader.get(root, accept).await?;
    let Answer { kind } = serde_json::from_slice(&answer).map_err(malformed)?;
    let groups = match &*kind {
        aggregated::KIND => aggregated::groups(&answer)?,
        by_version::CORE => by_version::core(reader, &answer, scope).await?,
        by_version::OTHERS => by_version::others(reader, &answer, scope).await?,
        _ => return Err(Failure::Malformed("it does not say which groups there are".to_owned())),
    };
    let named = |group: &Group| group.versions.iter().map(|version| version.resources.len()).sum::<usize>();
    if groups.iter().map(named).sum::<usize>() > MAX_RESOURCES {
        return Err(too_many());
    }
    Ok(groups)
}

fn too_many() -> Failure {
    Failure::Malformed(format!("it names more than {MAX_RESOURCES} resources"))
}

fn malformed(error: serde_json::Error) -> Failure {
    Failure::malformed(&error)
}

impl Served {
    /// What is not known of what is served: as problems, and as gaps that name them by their number.
    pub(crate) fn unknown(&self, cluster: &str) -> (Vec<Problem>, Vec<Gap>) {
        let Self { silent, misnamed, failure, .. } = self;
        let (mut problems, mut gaps) = (Vec::new(), Vec::new());
        if let Some(failure) = failure {
            gaps.push(gap::everything(problems.len()));
            problems.push(problem::silent(&format!("{cluster}/apis"), failure));
        }
        for Silent { version, why } in silent {
            gaps.push(gap::silent(version, problems.len()));
            problems.push(problem::silent_extension(cluster, version, why));
        }
        if *misnamed > 0 {
            gaps.push(gap::everything(problems.len()));
            problems.push(problem::misnamed(cluster, *misnamed));
        }
        (problems, gaps)
    }

    /// Whether all that is served is known.
    pub(crate) fn is_whole(&self) -> bool {
        self.failure.is_none() && self.silent.is_empty()
    }

    /// Takes the resources of a group, each in the version that stands first: the preferred one.
    fn add(&mut self, group: Group, scope: &Scope) {
        let Group { name, versions } = group;
        self.groups.insert(name.clone());
        let (first, first_other) = (self.resources.len(), self.others.0.len());
        for Version { name: version, resources, silence } in versions {
            if let Some(why) = silence.filter(|_| scope.reads_group(&name)) {
                self.silent.push(Silent { version: format!("{name}/{version}"), why });
            }
            for Offered { plural, kind, is_namespaced, verbs } in resources {
                let left_out = scope.no_secrets && name.is_empty() && kind == "Secret";
                // What stands in no namespace is not in those that were asked for, but they themselves are.
                let is_namespace = name.is_empty() && kind == "Namespace";
                let in_scope = scope.namespaces.is_empty() || is_namespace || is_namespaced;
                let is_listed = verbs.iter().any(|verb| verb == "list");
                let is_wanted = scope.reads(&name, &kind);
                if !is_listed || !in_scope || left_out || !is_wanted && is_read(&name, &kind) {
                    continue;
                }
                let (known, first) =
                    if is_wanted { (&mut self.resources, first) } else { (&mut self.others.0, first_other) };
                if known.iter().skip(first).any(|known| known.plural == plural) {
                    continue;
                }
                // The core group has no name.
                let group_is_name = name.is_empty() || is_dns_subdomain(&name);
                if group_is_name && is_dns_label(&version) && is_dns_label(&plural) {
                    let (group, version) = (name.clone(), version.clone());
                    known.push(Resource { group, version, plural, kind });
                } else if is_wanted {
                    self.misnamed += 1;
                }
            }
        }
    }
}

/// A group of the API, in whatever form it is told.
struct Group {
    /// Empty for the core one.
    name: String,
    /// The preferred one first.
    versions: Vec<Version>,
}

struct Version {
    /// `v1`
    name: String,
    resources: Vec<Offered>,
    /// Why it is not known what it holds.
    silence: Option<String>,
}

/// A resource that is served.
struct Offered {
    plural: String,
    kind: String,
    is_namespaced: bool,
    verbs: Vec<String>,
}

/// What an answer is.
#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    kind: String,
}

/// Go writes `null` for what is empty.
pub(crate) fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    value: D,
) -> Result<T, D::Error> {
    Option::deserialize(value).map(Option::unwrap_or_default)
}

#[cfg(test)]
mod tests;
