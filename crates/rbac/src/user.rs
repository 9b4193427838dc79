//! Who asks, with the groups that authentication adds.

use std::collections::BTreeMap;

use seawall_inventory::selector::is_dns_subdomain;
use smol_str::{SmolStr, format_smolstr};

/// Names of groups and users that Kubernetes itself gives (k8s.io/apiserver pkg/authentication/user/user.go,
/// pkg/authentication/serviceaccount/util.go; k8s.io/cluster-bootstrap token/api/types.go, v0.36.3).
pub mod group {
    /// Whoever is in it may do everything; no binding gives that, and none takes it away.
    pub const MASTERS: &str = "system:masters";
    /// Kubelets.
    pub const NODES: &str = "system:nodes";
    /// Everybody who has proved who he is.
    pub const AUTHENTICATED: &str = "system:authenticated";
    /// Everybody who has not.
    pub const UNAUTHENTICATED: &str = "system:unauthenticated";
    /// All service accounts; behind a colon, those of a namespace.
    pub const SERVICE_ACCOUNTS: &str = "system:serviceaccounts";
    /// All bootstrap tokens; those of a token begin so.
    pub const BOOTSTRAPPERS: &str = "system:bootstrappers";
}

/// The name of whoever has no credentials.
pub const ANONYMOUS: &str = "system:anonymous";
const NODE: &str = "system:node:";
const SERVICE_ACCOUNT: &str = "system:serviceaccount:";
const BOOTSTRAP: &str = "system:bootstrap:";

/// Who asks (`user.Info`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct User {
    /// Name.
    pub name: SmolStr,
    /// What tells two of one name apart; no authorizer of Kubernetes reads it.
    pub uid: SmolStr,
    /// Groups, all of them: those that authentication adds, too.
    pub groups: Vec<SmolStr>,
    /// What else authentication knows, by key.
    pub extra: BTreeMap<SmolStr, Vec<SmolStr>>,
}

impl User {
    /// Somebody with exactly these groups, as in a SubjectAccessReview.
    pub fn with_groups(name: &str, groups: impl IntoIterator<Item = impl Into<SmolStr>>) -> Self {
        let groups = groups.into_iter().map(Into::into).collect();
        Self { name: SmolStr::new(name), groups, ..Self::default() }
    }

    /// Somebody who has proved to be `name` of `groups`, by a certificate (its CN and O) or a token: `system:authenticated` is
    /// added (`AuthenticatedGroupAdder` of k8s.io/apiserver pkg/authentication/group).
    pub fn authenticated(name: &str, groups: impl IntoIterator<Item = impl Into<SmolStr>>) -> Self {
        let mut user = Self::with_groups(name, groups);
        let is_told =
            |group: &SmolStr| [group::AUTHENTICATED, group::UNAUTHENTICATED].contains(&group.as_str());
        if name != ANONYMOUS && !user.groups.iter().any(is_told) {
            user.groups.push(SmolStr::new_static(group::AUTHENTICATED));
        }
        user
    }

    /// A service account, by its token (`ServiceAccountInfo.UserInfo` of k8s.io/apiserver pkg/authentication/serviceaccount).
    pub fn service_account(namespace: &str, name: &str) -> Self {
        let groups = [
            SmolStr::new_static(group::SERVICE_ACCOUNTS),
            format_smolstr!("{}:{namespace}", group::SERVICE_ACCOUNTS),
        ];
        Self::authenticated(&service_account_name(namespace, name), groups)
    }

    /// Somebody who has not proved who he is, where that is allowed (`NewAuthenticator` of k8s.io/apiserver
    /// pkg/authentication/request/anonymous).
    pub fn anonymous() -> Self {
        Self::with_groups(ANONYMOUS, [group::UNAUTHENTICATED])
    }

    /// The kubelet of a node, by the certificate that the node authorizer wants (`NodeIdentity` of k8s.io/kubernetes
    /// pkg/auth/nodeidentifier).
    pub fn node(name: &str) -> Self {
        Self::authenticated(&format!("{NODE}{name}"), [group::NODES])
    }

    /// A bootstrap token, with what its `auth-extra-groups` says (`AuthenticateToken` of k8s.io/kubernetes
    /// plugin/pkg/auth/authenticator/token/bootstrap).
    pub fn bootstrap_token(id: &str, extra_groups: impl IntoIterator<Item = impl Into<SmolStr>>) -> Self {
        let groups = [SmolStr::new_static(group::BOOTSTRAPPERS)];
        let groups = groups.into_iter().chain(extra_groups.into_iter().map(Into::into));
        Self::authenticated(&format!("{BOOTSTRAP}{id}"), groups)
    }

    /// Who is known by this name alone, with the groups that only he can have: those of a service account, of a node, of nobody.
    /// Groups that an identity provider or a certificate adds are not known by a name.
    pub fn named(name: &str) -> Self {
        if name == ANONYMOUS {
            return Self::anonymous();
        }
        if let Some((namespace, account)) = split_service_account(name) {
            return Self::service_account(namespace, account);
        }
        match node_name(name) {
            Some(node) if !node.is_empty() => Self::node(node),
            _ => Self::authenticated(name, [] as [&str; 0]),
        }
    }

    /// Whether he is in the group.
    pub fn is_in(&self, group: &str) -> bool {
        self.groups.iter().any(|own| own == group)
    }

    /// The namespace and name of the service account that he is (`SplitUsername`).
    pub fn as_service_account(&self) -> Option<(&str, &str)> {
        split_service_account(&self.name)
    }
}

/// The user that a service account is (`MakeUsername`). A subject matches whoever has the same name, however the parts fall
/// (`MatchesUsername`).
pub(crate) fn service_account_name(namespace: &str, name: &str) -> SmolStr {
    format_smolstr!("{SERVICE_ACCOUNT}{namespace}:{name}")
}

/// The same, at the end of a text.
pub(crate) fn write_service_account_name(namespace: &str, name: &str, text: &mut String) {
    for part in [SERVICE_ACCOUNT, namespace, ":", name] {
        text.push_str(part);
    }
}

/// The node that a name means, whatever it is.
pub(crate) fn node_name(name: &str) -> Option<&str> {
    name.strip_prefix(NODE)
}

fn split_service_account(name: &str) -> Option<(&str, &str)> {
    let (namespace, account) = name.strip_prefix(SERVICE_ACCOUNT)?.split_once(':')?;
    let is_valid = is_dns_subdomain(account) && is_dns_subdomain(namespace) && !namespace.contains('.');
    (is_valid && namespace.len() <= 63).then_some((namespace, account))
}

#[cfg(test)]
mod tests {
    use super::User;

    #[test]
    fn groups_that_authentication_adds() {
        for (user, name, groups) in [
            (
                User::service_account("shop", "web"),
                "system:serviceaccount:shop:web",
                &["system:serviceaccounts", "system:serviceaccounts:shop", "system:authenticated"][..],
            ),
            (User::anonymous(), "system:anonymous", &["system:unauthenticated"]),
            (User::node("n1"), "system:node:n1", &["system:nodes", "system:authenticated"]),
            (
                User::bootstrap_token("abcdef", ["system:bootstrappers:x"]),
                "system:bootstrap:abcdef",
                &["system:bootstrappers", "system:bootstrappers:x", "system:authenticated"],
            ),
            (User::authenticated("jane", ["dev"]), "jane", &["dev", "system:authenticated"]),
            (
                User::authenticated("jane", ["system:authenticated", "dev"]),
                "jane",
                &["system:authenticated", "dev"],
            ),
            (User::authenticated("jane", ["system:unauthenticated"]), "jane", &["system:unauthenticated"]),
            (User::with_groups("jane", ["dev"]), "jane", &["dev"]),
        ] {
            assert_eq!(
                (user.name.as_str(), user.groups.as_slice()),
                (name, &groups.iter().map(|g| (*g).into()).collect::<Vec<_>>()[..])
            );
        }
    }

    #[test]
    fn a_name_alone_says_who_somebody_is() {
        for (name, expected) in [
            ("system:anonymous", User::anonymous()),
            ("system:serviceaccount:shop:web.v1", User::service_account("shop", "web.v1")),
            ("system:node:n1", User::node("n1")),
            ("system:node:", User::authenticated("system:node:", [""; 0])),
            ("system:serviceaccount:a.b:web", User::authenticated("system:serviceaccount:a.b:web", [""; 0])),
            (
                "system:serviceaccount:shop:a:b",
                User::authenticated("system:serviceaccount:shop:a:b", [""; 0]),
            ),
            ("system:serviceaccount:shop:", User::authenticated("system:serviceaccount:shop:", [""; 0])),
            ("jane", User::authenticated("jane", [""; 0])),
        ] {
            assert_eq!(User::named(name), expected);
        }
    }
}
