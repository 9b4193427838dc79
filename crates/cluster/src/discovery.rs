//! Which resources an API server serves, and which of them are read.

use std::collections::BTreeSet;

use seawall_inventory::{Gap, OwnerKind, Problem, has_content, is_group_read, is_read};
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
    /// Groups with their version of which the API server does not know what they hold: the server that extends the API by
    /// them does not answer.
    pub silent: Vec<String>,
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

/// All groups, versions and resources in one answer (KEP-3352; on since v1.27, stable since v1.30). What a request header does
/// not ask for in this order is not served.
const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,\
                          application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList";

/// Most resources of an answer. Large clusters have some two thousand kinds.
const MAX_RESOURCES: usize = 50_000;

/// What is served and read. When the core group is known and the others are not, that is not all.
pub(crate) async fn served(reader: &Reader, scope: &Scope) -> Result<Served, Failure> {
    let mut served = Served::default();
    for group in groups(reader, "/api").await? {
        served.add(group, scope);
    }
    match groups(reader, "/apis").await {
        Ok(groups) => groups.into_iter().for_each(|group| served.add(group, scope)),
        Err(failure) => served.failure = Some(failure),
    }
    served.resources.sort();
    served.others.0.sort();
    Ok(served)
}

async fn groups(reader: &Reader, root: &str) -> Result<Vec<Group>, Failure> {
    let answer = reader.get(root, AGGREGATED).await?;
    let groups: Groups = serde_json::from_slice(&answer).map_err(|error| Failure::malformed(&error))?;
    if groups.kind != "APIGroupDiscoveryList" {
        return Err(Failure::Malformed("it is not an APIGroupDiscoveryList".to_owned()));
    }
    let named = |group: &Group| group.versions.iter().map(|version| version.resources.len()).sum::<usize>();
    if groups.items.iter().map(named).sum::<usize>() > MAX_RESOURCES {
        return Err(Failure::Malformed(format!("it names more than {MAX_RESOURCES} resources")));
    }
    Ok(groups.items)
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
        for version in silent {
            gaps.push(gap::silent(version, problems.len()));
            problems.push(problem::silent_extension(cluster, version));
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
        let name = group.metadata.name;
        self.groups.insert(name.clone());
        let (first, first_other) = (self.resources.len(), self.others.0.len());
        for Version { version, resources, freshness } in group.versions {
            // What was once known is listed all the same, and its list says what is wrong.
            if freshness == "Stale" && resources.is_empty() && is_group_read(&name) {
                self.silent.push(format!("{name}/{version}"));
            }
            for resource in resources {
                let kind = resource.response_kind.kind;
                let left_out = scope.no_secrets && name.is_empty() && kind == "Secret";
                // What stands in no namespace is not in those that were asked for, but they themselves are.
                let is_namespace = name.is_empty() && kind == "Namespace";
                let in_scope = scope.namespaces.is_empty() || is_namespace || resource.scope == "Namespaced";
                let is_listed = resource.verbs.iter().any(|verb| verb == "list");
                let is_wanted = scope.reads(&name, &kind);
                if !is_listed || !in_scope || left_out || !is_wanted && is_read(&name, &kind) {
                    continue;
                }
                let (known, first) =
                    if is_wanted { (&mut self.resources, first) } else { (&mut self.others.0, first_other) };
                if known.iter().skip(first).any(|known| known.plural == resource.resource) {
                    continue;
                }
                // The core group has no name.
                let group_is_name = name.is_empty() || is_dns_subdomain(&name);
                if group_is_name && is_dns_label(&version) && is_dns_label(&resource.resource) {
                    known.push(Resource {
                        group: name.clone(),
                        version: version.clone(),
                        plural: resource.resource,
                        kind,
                    });
                } else if is_wanted {
                    self.misnamed += 1;
                }
            }
        }
    }
}

/// `APIGroupDiscoveryList` of k8s.io/api apidiscovery/v2.
#[derive(Deserialize)]
struct Groups {
    kind: String,
    #[serde(deserialize_with = "or_default")]
    items: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    #[serde(default)]
    metadata: Metadata,
    #[serde(default, deserialize_with = "or_default")]
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
    #[serde(default, deserialize_with = "or_default")]
    resources: Vec<ServedResource>,
    #[serde(default)]
    freshness: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ServedResource {
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

/// Go writes `null` for what is empty.
pub(crate) fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    value: D,
) -> Result<T, D::Error> {
    Option::deserialize(value).map(Option::unwrap_or_default)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is taken of a group that is described like this.
    fn taken(group: &str) -> (Vec<String>, Vec<String>, usize) {
        let mut served = Served::default();
        served.add(serde_json::from_str(group).unwrap(), &Scope::default());
        let paths = served.resources.iter().map(|resource| resource.path(Some("n"))).collect();
        (paths, served.silent, served.misnamed)
    }

    fn group(name: &str, version: &str, plural: &str, kind: &str) -> String {
        format!(
            r#"{{"metadata":{{"name":"{name}"}},"versions":[{{"version":"{version}","resources":[{{"resource":"{plural}",
               "responseKind":{{"kind":"{kind}"}},"scope":"Namespaced","verbs":["list"]}}]}}]}}"#
        )
    }

    #[test]
    fn names_that_are_none_are_counted_and_not_asked_for() {
        let path = |path: &str| (vec![path.to_owned()], Vec::new(), 0);
        assert_eq!(taken(&group("", "v1", "pods", "Pod")), path("/api/v1/namespaces/n/pods"));
        assert_eq!(taken(&group("", "v1", "namespaces", "Namespace")), path("/api/v1/namespaces/n"));
        assert_eq!(
            taken(&group("apps", "v1", "deployments", "Deployment")),
            path("/apis/apps/v1/namespaces/n/deployments")
        );
        for (name, version, plural) in [
            ("apps", "v1", "../../api/v1/secrets"),
            ("apps", "v1/x", "deployments"),
            ("apps", "..", "deployments"),
            ("apps", "v1", "deployments?watch=1"),
            ("apps", "v1", ""),
        ] {
            assert_eq!(taken(&group(name, version, plural, "Deployment")), (vec![], vec![], 1), "{plural}");
        }
        let evil = group("constraints.gatekeeper.sh", "v1", "a%2fb", "Any");
        assert_eq!(taken(&evil), (vec![], vec![], 1));
        assert_eq!(taken(&group("metrics.k8s.io", "v1", "../x", "Any")), (vec![], vec![], 0));
    }

    #[test]
    fn what_no_check_reads_is_known_for_what_it_may_own() {
        let mut served = Served::default();
        for (name, version, plural, kind) in [
            ("kafka.strimzi.io", "v1beta2", "kafkas", "Kafka"),
            ("kafka.strimzi.io", "v1beta2", "../../api", "Evil"),
            ("apps", "v1", "deployments", "Deployment"),
        ] {
            served.add(serde_json::from_str(&group(name, version, plural, kind)).unwrap(), &Scope::default());
        }
        let of_kind = |group: &str, kind: &str| {
            served.others.of_kind(&(group.into(), kind.into())).map(|found| found.path(None))
        };
        let kafkas = "/apis/kafka.strimzi.io/v1beta2/kafkas".to_owned();
        assert_eq!(of_kind("kafka.strimzi.io", "Kafka"), Some(kafkas));
        assert_eq!(of_kind("kafka.strimzi.io", "Evil"), None);
        assert_eq!(of_kind("apps", "Deployment"), None);
        assert_eq!(served.misnamed, 0);
    }

    #[test]
    fn what_is_null_is_empty() {
        let text = r#"{"metadata":{"name":"apps"},"versions":[{"version":"v1","freshness":"Current","resources":[
            {"resource":"scales","responseKind":null,"scope":"Namespaced","verbs":null}]},{"version":"v2","resources":null}]}"#;
        assert_eq!(taken(text), (vec![], vec![], 0));
    }

    #[test]
    fn an_extension_that_was_never_heard_of_is_silent() {
        let stale = |group: &str| {
            format!(
                r#"{{"metadata":{{"name":"{group}"}},"versions":[{{"version":"v1","freshness":"Stale"}}]}}"#
            )
        };
        let silent = vec!["apps.openshift.io/v1".to_owned()];
        assert_eq!(taken(&stale("apps.openshift.io")), (vec![], silent, 0));
        // No check reads anything of it.
        assert_eq!(taken(&stale("metrics.k8s.io")), (vec![], vec![], 0));
    }
}
