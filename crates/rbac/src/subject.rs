//! To whom a binding gives its role.
//!
//! Source: `appliesTo` of k8s.io/kubernetes pkg/registry/rbac/validation/rule.go v1.36.3.

use std::fmt;

use seawall_inventory::kinds::RbacSubject;
use smol_str::SmolStr;

use crate::user::{User, service_account_name, write_service_account_name};

/// To whom a binding gives its role.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// Whoever is in a group.
    Group(SmolStr),
    /// A service account: its namespace, and its name.
    ServiceAccount(SmolStr, SmolStr),
    /// Whoever has a name, that of a service account perhaps.
    User(SmolStr),
}

impl Subject {
    /// What a subject of a binding in `namespace` means, empty for a ClusterRoleBinding; `None` when it is nobody. Its API group
    /// is not asked for, nor the namespace of a user or a group.
    pub fn of(subject: &RbacSubject, namespace: &str) -> Option<Self> {
        let name = subject.name.clone();
        match subject.kind.as_str() {
            "User" => Some(Self::User(name)),
            "Group" => Some(Self::Group(name)),
            "ServiceAccount" => {
                let own = if subject.namespace.is_empty() { namespace } else { &subject.namespace };
                (!own.is_empty()).then(|| Self::ServiceAccount(SmolStr::new(own), name))
            }
            _ => None,
        }
    }

    /// Whether somebody is meant.
    pub fn is(&self, user: &User) -> bool {
        match self {
            Self::User(name) => user.name == *name,
            Self::Group(name) => user.is_in(name),
            Self::ServiceAccount(namespace, name) => user.name == service_account_name(namespace, name),
        }
    }

    /// Whether a subject of a binding is a group, and its name or that of the user: as [`Subject::of`], for very many. A service
    /// account is written to `user`.
    pub(crate) fn key<'k>(
        subject: &'k RbacSubject,
        namespace: &str,
        user: &'k mut String,
    ) -> Option<(bool, &'k str)> {
        match subject.kind.as_str() {
            "User" => Some((false, &subject.name)),
            "Group" => Some((true, &subject.name)),
            "ServiceAccount" => {
                let own = if subject.namespace.is_empty() { namespace } else { &subject.namespace };
                user.clear();
                write_service_account_name(own, &subject.name, user);
                (!own.is_empty()).then_some((false, user))
            }
            _ => None,
        }
    }
}

impl fmt::Display for Subject {
    /// `User jane`, `ServiceAccount shop/web`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(name) => write!(f, "User {name}"),
            Self::Group(name) => write!(f, "Group {name}"),
            Self::ServiceAccount(namespace, name) => write!(f, "ServiceAccount {namespace}/{name}"),
        }
    }
}
