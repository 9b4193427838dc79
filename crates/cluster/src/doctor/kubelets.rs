//! Whether kubelets are of versions that go with that of the API server.

use seawall_inventory::{KubernetesVersion, VersionRange};

use super::nodes::{Node, Unlisted};
use super::version::{Version, minor};
use super::{Answer, Detail, Question, State};
use crate::problem::{help, said};

/// By how many minor versions a kubelet may be older than the API server, by its own version (the policy on version skew of Kubernetes,
/// "kubelet"; KEP-3935).
const OLDER: &[(VersionRange, u16)] = &[(VersionRange::between(0, 25), 2), (VersionRange::since(25), 3)];

pub(super) fn judged(version: Option<&Version>, nodes: &Result<Vec<Node>, Unlisted>) -> Answer {
    let question = Question::Kubelets;
    let nodes = match nodes {
        Ok(nodes) => nodes,
        Err(why) => return unknown(why),
    };
    let Some(server) = version.and_then(Version::minor) else {
        return Answer::new(question, State::Unknown, "the version of the API server is not known");
    };
    let wrong: Vec<Detail> =
        nodes.iter().filter(|node| !goes_with(server, kubelet(node))).map(detail).collect();
    let known = KubernetesVersion::minor(server);
    if wrong.is_empty() {
        let message = match nodes.as_slice() {
            [] => "there are no nodes".to_owned(),
            nodes => format!("{} of {} are of versions that go with {known}", nodes.len(), nodes.len()),
        };
        return Answer::new(question, State::Ok, message);
    }
    let message = format!("{} of {} are of versions that do not go with {known}", wrong.len(), nodes.len());
    let oldest = KubernetesVersion::minor(server.saturating_sub(3));
    Answer::new(question, State::Warning, message)
        .with_help(format!(
            "make them of {oldest} to {known}: Kubernetes does not support a kubelet that is newer than the API server, or more than three \
             minor versions older"
        ))
        .with_details(wrong)
}

/// Whether a kubelet goes with an API server of this minor version.
fn goes_with(server: u16, kubelet: &str) -> bool {
    let Some(kubelet) = minor(kubelet) else { return false };
    let mut rules = OLDER.iter().filter(|(range, _)| range.contains(KubernetesVersion::minor(kubelet)));
    let older = rules.next().map_or(0, |(_, older)| *older);
    kubelet <= server && server - kubelet <= older
}

fn kubelet(node: &Node) -> &str {
    &node.status.node_info.kubelet_version
}

fn detail(node: &Node) -> Detail {
    Detail::Kubelet { node: node.metadata.name.clone(), version: kubelet(node).to_owned() }
}

fn unknown(why: &Unlisted) -> Answer {
    let question = Question::Kubelets;
    match why {
        Unlisted::Outside => {
            Answer::new(question, State::Unknown, "nodes stand in no namespace, and were not asked for")
        }
        Unlisted::Refused => Answer::new(question, State::Unknown, "nodes may not be listed")
            .with_help("allow `list` on nodes"),
        Unlisted::Failed(failure) => {
            Answer::new(question, State::Unknown, format!("nodes cannot be listed: {}", said(failure)))
                .with_help(help(failure))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::goes_with;

    #[test]
    fn a_kubelet_is_at_most_three_versions_older_and_never_newer() {
        for (server, kubelet, expected) in [
            (36, "v1.36.3", true),
            (36, "v1.33.0-eks-1", true),
            (36, "v1.32.9", false),
            (36, "v1.37.0", false),
            (36, "", false),
            (28, "v1.25.16+k3s4", true),
            // Of a version that may be older by two alone.
            (27, "v1.24.17", false),
            (26, "v1.24.17", true),
        ] {
            assert_eq!(goes_with(server, kubelet), expected, "{server} {kubelet}");
        }
    }
}
