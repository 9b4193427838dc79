//! Which version the API server is of.

use seawall_inventory::KubernetesVersion;
use serde::Deserialize;

use super::{Answer, Question, State};
use crate::client::Reader;
use crate::failure::Failure;
use crate::problem::{help, said};

/// What everybody may ask, and what is served whatever else is not (ClusterRole `system:public-info-viewer`).
pub(super) const PATH: &str = "/version";

/// The oldest minor version that Seawall is held against: of older ones an API server cannot be built (`testing/go`).
const FIRST: u16 = 26;

/// `Info` of k8s.io/apimachinery pkg/version.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Version {
    /// `v1.36.3`, with what the distribution appends.
    #[serde(rename = "gitVersion")]
    pub git_version: String,
}

pub(super) async fn ask(reader: &Reader) -> Result<Version, Failure> {
    let answer = reader.get(PATH, "application/json").await?;
    serde_json::from_slice(&answer).map_err(|error| Failure::malformed(&error))
}

impl Version {
    /// The `N` of `v1.N`.
    pub(super) fn minor(&self) -> Option<u16> {
        minor(&self.git_version)
    }
}

/// The `N` of `v1.N.PATCH`, whatever is appended; also of versions that nobody knows yet.
pub(super) fn minor(version: &str) -> Option<u16> {
    let rest = version.strip_prefix('v').unwrap_or(version).strip_prefix("1.")?;
    rest.split(['.', '-', '+']).next()?.parse().ok()
}

/// `judged_by` is the version that checks judge by.
pub(super) fn judged(version: &Result<Version, Failure>, judged_by: KubernetesVersion) -> Answer {
    let question = Question::Version;
    let version = match version {
        Ok(version) => version,
        Err(failure) => {
            let message = format!("the API server does not say it: {}", said(failure));
            return Answer::new(question, State::Unknown, message).with_help(help(failure));
        }
    };
    let said = &version.git_version;
    let newest = KubernetesVersion::LATEST;
    let Some(minor) = version.minor() else {
        return Answer::new(question, State::Unknown, format!("`{said}` is no version of Kubernetes"));
    };
    let known = KubernetesVersion::minor(minor);
    if minor < FIRST {
        let first = KubernetesVersion::minor(FIRST);
        return Answer::new(
            question,
            State::Warning,
            format!("{said} is older than {first}, the oldest that Seawall is held against"),
        )
        .with_help("hold what is found against what `seawall scan` says of `kubectl get -A -o yaml`");
    }
    if known > newest {
        let message = format!("{said} is newer than {newest}, the newest that Seawall knows");
        return Answer::new(question, State::Warning, message)
            .with_help("see whether there is a newer Seawall: what has changed since is judged as it was");
    }
    let answer = Answer::new(question, State::Ok, format!("{said}; checks judge by {judged_by}"));
    if known == judged_by {
        return answer;
    }
    answer.with_help(format!("--kubernetes-version {known} judges by the version of the API server"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_known_too_old_or_too_new() {
        for (git_version, state, says) in [
            ("v1.37.1", State::Ok, "v1.37.1; checks judge by v1.37"),
            ("v1.29.4-eks-036c24b", State::Ok, "v1.29.4-eks-036c24b; checks judge by v1.37"),
            ("v1.26.0", State::Ok, "v1.26.0; "),
            ("v1.25.16+rke2r1", State::Warning, "older than v1.26"),
            ("v1.38.0-alpha.1", State::Warning, "newer than v1.37"),
            ("v2.0.0", State::Unknown, "`v2.0.0` is no version"),
            ("", State::Unknown, "is no version"),
        ] {
            let version = Ok(Version { git_version: git_version.to_owned() });
            let answer = judged(&version, KubernetesVersion::LATEST);
            assert!(answer.state == state && answer.message.contains(says), "{git_version}: {answer:?}");
            let hint = answer.help.contains("--kubernetes-version");
            assert_eq!(hint, state == State::Ok && !git_version.contains("1.37"), "{answer:?}");
        }
    }
}
