//! Which distribution a cluster is of, and what cannot be seen there.

mod table;

use std::collections::BTreeSet;

use super::nodes::{Node, Unlisted};
use super::{Answer, Detail, Question, State};
use table::DISTRIBUTIONS;

/// A way in which clusters are made and run.
struct Distribution {
    name: &'static str,
    /// What tells it: one is enough.
    signs: &'static [Sign],
    /// What of it no API shows, so that Seawall cannot see it.
    unseen: &'static [&'static str],
}

/// A fact that tells a distribution. With each its source is written.
enum Sign {
    /// The version of the API server holds this.
    Version(&'static str),
    /// This API group is served.
    Group(&'static str),
    /// The name of the API server ends like this.
    Host(&'static str),
    /// A node has labels of all these keys.
    Label(&'static [&'static str]),
    /// A node has an annotation of this key.
    Annotation(&'static str),
    /// The `providerID` of a node begins like this.
    Provider(&'static str),
    /// The operating system of a node is called like this.
    System(&'static str),
}

/// What is known of a cluster.
pub(super) struct Facts<'f> {
    /// The name of the API server.
    pub host: &'f str,
    /// Its version; empty when it is not known.
    pub version: &'f str,
    /// The API groups that it serves.
    pub groups: &'f BTreeSet<String>,
    pub nodes: &'f [Node],
}

/// `unlisted` is why there are no nodes among the facts.
pub(super) fn judged(facts: &Facts<'_>, unlisted: Option<&Unlisted>) -> Answer {
    let question = Question::Distribution;
    let Some(distribution) = recognised(facts) else {
        let answer = Answer::new(question, State::Unknown, "nothing tells which one it is");
        return match unlisted {
            Some(Unlisted::Refused) => answer.with_help("allow `list` on nodes, whose labels tell it"),
            Some(Unlisted::Outside) => answer.with_help("ask without --namespace: labels of nodes tell it"),
            _ => answer,
        };
    };
    let unseen: Vec<Detail> = distribution.unseen.iter().copied().map(Detail::Unseen).collect();
    Answer::new(question, State::Ok, distribution.name).with_details(unseen)
}

/// The first of the table of which a sign is seen.
fn recognised(facts: &Facts<'_>) -> Option<&'static Distribution> {
    DISTRIBUTIONS.iter().find(|distribution| distribution.signs.iter().any(|sign| sign.is_seen(facts)))
}

impl Sign {
    fn is_seen(&self, facts: &Facts<'_>) -> bool {
        let on_a_node = |is: &dyn Fn(&Node) -> bool| facts.nodes.iter().any(is);
        match *self {
            Self::Version(part) => facts.version.contains(part),
            Self::Group(group) => facts.groups.contains(group),
            Self::Host(end) => facts.host.ends_with(end),
            Self::Label(keys) => {
                on_a_node(&|node| keys.iter().all(|key| node.metadata.labels.contains_key(*key)))
            }
            Self::Annotation(key) => on_a_node(&|node| node.metadata.annotations.contains_key(key)),
            Self::Provider(start) => on_a_node(&|node| node.spec.provider_id.starts_with(start)),
            Self::System(start) => on_a_node(&|node| node.status.node_info.os_image.starts_with(start)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    /// What clusters say of themselves, one of each distribution, cut down to what may tell it.
    const CLUSTERS: &str = include_str!("clusters.json");

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Cluster {
        distribution: Option<String>,
        host: String,
        version: Version,
        groups: BTreeSet<String>,
        nodes: Vec<Node>,
        /// Whether it is told without its nodes, too.
        without_nodes: bool,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Version {
        git_version: String,
    }

    fn name(facts: &Facts<'_>) -> Option<String> {
        recognised(facts).map(|distribution| distribution.name.to_owned())
    }

    #[test]
    fn each_distribution_is_told_by_what_its_clusters_say() {
        let clusters: Vec<Cluster> = serde_json::from_str(CLUSTERS).unwrap();
        for Cluster { distribution, host, version, groups, nodes, without_nodes } in &clusters {
            let facts = Facts { host, version: &version.git_version, groups, nodes };
            assert_eq!(name(&facts), *distribution, "{host}");
            let alone = name(&Facts { nodes: &[], ..facts });
            assert_eq!(alone, distribution.clone().filter(|_| *without_nodes), "{host} without nodes");
        }
        for known in DISTRIBUTIONS {
            let told = |cluster: &Cluster| cluster.distribution.as_deref() == Some(known.name);
            assert!(clusters.iter().any(told), "no cluster of {}", known.name);
            assert!(!known.unseen.is_empty());
        }
    }

    #[test]
    fn each_sign_alone_tells() {
        for distribution in DISTRIBUTIONS {
            for sign in distribution.signs {
                let (mut groups, mut node) = (BTreeSet::new(), Node::default());
                let (mut host, mut version) = ("10.0.0.1".to_owned(), "v1.36.3".to_owned());
                match *sign {
                    Sign::Version(part) => version.push_str(part),
                    Sign::Group(group) => drop(groups.insert(group.to_owned())),
                    Sign::Host(end) => host = format!("a{end}"),
                    Sign::Label(keys) => {
                        node.metadata.labels.extend(keys.iter().map(|key| ((*key).to_owned(), String::new())))
                    }
                    Sign::Annotation(key) => {
                        drop(node.metadata.annotations.insert(key.to_owned(), String::new()));
                    }
                    Sign::Provider(start) => node.spec.provider_id = format!("{start}a"),
                    Sign::System(start) => node.status.node_info.os_image = format!("{start} (v1)"),
                }
                let facts = Facts { host: &host, version: &version, groups: &groups, nodes: &[node] };
                assert_eq!(name(&facts).as_deref(), Some(distribution.name));
            }
        }
    }
}
