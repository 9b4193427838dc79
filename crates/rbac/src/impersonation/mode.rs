//! The ways to act as somebody else, and which versions have them.
//!
//! Source: k8s.io/apiserver pkg/endpoints/filters/impersonation/mode.go v0.36.3.

use std::fmt;

use seawall_inventory::selector::is_dns_subdomain;
use seawall_inventory::{KubernetesVersion, VersionRange};
use smol_str::{SmolStr, format_smolstr};

use crate::user::{ANONYMOUS, User, group, node_name};

/// A way to act as somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ImpersonationMode {
    /// A service account acts as the node that its pod runs on: its token says which.
    AssociatedNode,
    /// As any node.
    ArbitraryNode,
    /// As a service account.
    ServiceAccount,
    /// As whoever is neither: a name with groups, a uid and extras.
    UserInfo,
    /// As anybody, with everything that he may do.
    Legacy,
}

/// Modes that are constrained to what a request does (KEP-5284, `ConstrainedImpersonation` of k8s.io/apiserver
/// pkg/features/kube_features.go v0.36.3): alpha and off in 1.35, beta and on since 1.36.
const CONSTRAINED: VersionRange = VersionRange::since(36);

/// All, in the order in which they are tried (`allImpersonationModes`).
const MODES: [(ImpersonationMode, VersionRange); 5] = [
    (ImpersonationMode::AssociatedNode, CONSTRAINED),
    (ImpersonationMode::ArbitraryNode, CONSTRAINED),
    (ImpersonationMode::ServiceAccount, CONSTRAINED),
    (ImpersonationMode::UserInfo, CONSTRAINED),
    (ImpersonationMode::Legacy, VersionRange::ALWAYS),
];

/// In which versions the uid is asked for after everything else: those whose filter knows no modes (`buildImpersonationRequests` of
/// impersonation.go).
pub(super) const UID_LAST: VersionRange = VersionRange::between(0, 36);

/// Which node the pod of a token runs on (`NodeNameKey` of k8s.io/apiserver pkg/authentication/serviceaccount/util.go).
const NODE_OF_TOKEN: &str = "authentication.kubernetes.io/node-name";

impl ImpersonationMode {
    /// Those of a version with the features that are on by default, in the order in which they are tried.
    pub fn of(version: KubernetesVersion) -> impl Iterator<Item = Self> {
        MODES.into_iter().filter(move |(_, range)| range.contains(version)).map(|(mode, _)| mode)
    }

    /// Its name in verbs: `user-info` of `impersonate:user-info`.
    pub fn name(self) -> &'static str {
        match self {
            Self::AssociatedNode => "associated-node",
            Self::ArbitraryNode => "arbitrary-node",
            Self::ServiceAccount => "serviceaccount",
            Self::UserInfo => "user-info",
            Self::Legacy => "legacy",
        }
    }

    /// The one whose verb this is, as audit logs have it: nothing for [`Self::Legacy`].
    pub fn of_constraint(verb: &str) -> Option<Self> {
        let constrained = || MODES.into_iter().map(|(mode, _)| mode).find(|mode| mode.verb() == verb);
        if verb.is_empty() { Some(Self::Legacy) } else { constrained() }
    }

    /// The verb on whom one wants to be.
    pub fn verb(self) -> SmolStr {
        match self {
            Self::Legacy => SmolStr::new_static("impersonate"),
            mode => format_smolstr!("impersonate:{}", mode.name()),
        }
    }

    /// The verb on what one wants to do; `None` where that does not matter.
    pub fn verb_on(self, verb: &str) -> Option<SmolStr> {
        (self != Self::Legacy).then(|| format_smolstr!("impersonate-on:{}:{verb}", self.name()))
    }

    /// Whether it is one for somebody who wants to be somebody.
    pub(super) fn fits(self, user: &User, wanted: &User) -> bool {
        let is_name = wanted.uid.is_empty() && wanted.groups.is_empty() && wanted.extra.is_empty();
        let node = as_node(wanted);
        match self {
            Self::AssociatedNode => {
                let own = user.extra.get(NODE_OF_TOKEN).map(Vec::as_slice).unwrap_or_default();
                let is_own = node.is_some_and(|node| matches!(own, [own] if own == node));
                is_name && is_own && user.as_service_account().is_some()
            }
            Self::ArbitraryNode => is_name && node.is_some(),
            Self::ServiceAccount => is_name && wanted.as_service_account().is_some(),
            Self::UserInfo => node.is_none() && wanted.as_service_account().is_none(),
            Self::Legacy => true,
        }
    }

    /// Who somebody is then. Groups that are told stand; without any, a service account has its own, and in a constrained mode a
    /// node.
    pub fn becomes(self, wanted: &User) -> User {
        let mut user = wanted.clone();
        if let (Some((namespace, _)), []) = (wanted.as_service_account(), wanted.groups.as_slice()) {
            let all = SmolStr::new_static(group::SERVICE_ACCOUNTS);
            user.groups = vec![all, format_smolstr!("{}:{namespace}", group::SERVICE_ACCOUNTS)];
        }
        if self != Self::Legacy && as_node(wanted).is_some() {
            user.groups = vec![SmolStr::new_static(group::NODES)];
        }
        let added = if wanted.name == ANONYMOUS {
            Some(group::UNAUTHENTICATED)
        } else {
            (!user.is_in(group::UNAUTHENTICATED)).then_some(group::AUTHENTICATED)
        };
        if let Some(added) = added.filter(|added| !user.is_in(added)) {
            user.groups.push(SmolStr::new_static(added));
        }
        user
    }
}

/// The node that somebody is by his name alone (`isNodeUsername`).
pub(super) fn as_node(user: &User) -> Option<&str> {
    node_name(&user.name).filter(|node| is_dns_subdomain(node))
}

impl fmt::Display for ImpersonationMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use seawall_inventory::KubernetesVersion;

    use super::ImpersonationMode::{self, *};
    use crate::user::User;

    #[test]
    fn who_somebody_becomes() {
        for (mode, name, groups, expected) in [
            (Legacy, "jane", &[][..], &["system:authenticated"][..]),
            (UserInfo, "jane", &["dev"], &["dev", "system:authenticated"]),
            (Legacy, "jane", &["system:unauthenticated"], &["system:unauthenticated"]),
            (Legacy, "jane", &["system:authenticated", "dev"], &["system:authenticated", "dev"]),
            (Legacy, "system:anonymous", &[], &["system:unauthenticated"]),
            (
                Legacy,
                "system:anonymous",
                &["system:authenticated"],
                &["system:authenticated", "system:unauthenticated"],
            ),
            (Legacy, "system:node:n1", &[], &["system:authenticated"]),
            (ArbitraryNode, "system:node:n1", &[], &["system:nodes", "system:authenticated"]),
            (
                ServiceAccount,
                "system:serviceaccount:shop:web",
                &[],
                &["system:serviceaccounts", "system:serviceaccounts:shop", "system:authenticated"],
            ),
            (Legacy, "system:serviceaccount:shop:web", &["dev"], &["dev", "system:authenticated"]),
        ] {
            let user = mode.becomes(&User::with_groups(name, groups.iter().copied()));
            assert_eq!(user, User::with_groups(name, expected.iter().copied()), "{mode} {name} {groups:?}");
        }
    }

    #[test]
    fn modes_of_versions() {
        let of = |minor| ImpersonationMode::of(KubernetesVersion::minor(minor)).collect::<Vec<_>>();
        assert_eq!(of(35), [Legacy]);
        assert_eq!(of(36), [AssociatedNode, ArbitraryNode, ServiceAccount, UserInfo, Legacy]);
    }
}
