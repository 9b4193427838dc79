//! WHO asks: a user, a group, a service account, a workload, a node, nobody in particular, or whom a file is of.

mod certificate;
mod file;
mod kubeconfig;
mod token;
mod workload;

use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Result, bail};
use seawall_inventory::{Kind, Snapshot};
use seawall_rbac::{ANONYMOUS, Subject, User, group};
use smol_str::SmolStr;

use crate::args::ask::Asked;
use crate::workload::Workload;

/// How WHO is written, for help.
pub(super) const FORMS: &str = "\
WHO is one of
  user:NAME                      by the name that authentication gives; groups with --group
  group:NAME                     what every member of it may
  sa:NAMESPACE/NAME              a service account; also system:serviceaccount:NAMESPACE:NAME
  deployment/NAMESPACE/NAME      what a workload runs as; any kind with pods
  node:NAME                      the kubelet of a node
  anonymous, authenticated       whoever has no credentials (also: anyone), and whoever has some
  file:PATH                      whom a certificate, a kubeconfig or a token is of";

/// WHO asks, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Who {
    User(String),
    Group(String),
    /// The namespace, when it was written, and the name.
    ServiceAccount(Option<String>, String),
    Workload(Workload),
    Node(String),
    Anonymous,
    Authenticated,
    File(PathBuf),
}

/// WHO asks, as the API server would see him.
#[derive(Clone, Debug)]
pub(super) struct Asker {
    /// Name and groups.
    pub user: User,
    /// What he is called: `ServiceAccount shop/web`.
    pub called: String,
    /// What whoever asked should know of how he was found.
    pub notes: Vec<String>,
}

impl FromStr for Who {
    type Err = String;

    fn from_str(written: &str) -> Result<Self, String> {
        let named = |name: &str| if name.is_empty() { Err(wrong(written)) } else { Ok(name.to_owned()) };
        match written {
            "anyone" | "anonymous" | ANONYMOUS => return Ok(Self::Anonymous),
            "authenticated" => return Ok(Self::Authenticated),
            _ => {}
        }
        if written.starts_with("system:serviceaccount:") {
            let mut parts = written.split(':').skip(2);
            return match (parts.next(), parts.next(), parts.next()) {
                (Some(namespace), Some(name), None) => {
                    Ok(Self::ServiceAccount(Some(named(namespace)?), named(name)?))
                }
                _ => Err(wrong(written)),
            };
        }
        match written.split_once(':') {
            Some(("user", name)) => Ok(Self::User(named(name)?)),
            Some(("group", name)) => Ok(Self::Group(named(name)?)),
            Some(("node", name)) => Ok(Self::Node(named(name)?)),
            Some(("file", path)) => Ok(Self::File(named(path)?.into())),
            Some(("sa" | "serviceaccount", account)) => match account.split_once('/') {
                Some((namespace, name)) => Ok(Self::ServiceAccount(Some(named(namespace)?), named(name)?)),
                None => Ok(Self::ServiceAccount(None, named(account)?)),
            },
            Some(_) => Err(wrong(written)),
            None => Workload::parse(written).map(Self::Workload).ok_or_else(|| wrong(written)),
        }
    }
}

fn wrong(written: &str) -> String {
    let hint = if written.starts_with("system:") {
        format!("write user:{written} or group:{written}")
    } else {
        "write user:NAME, group:NAME, sa:NAMESPACE/NAME, deployment/NAMESPACE/NAME, node:NAME, anonymous, authenticated or file:PATH"
            .to_owned()
    };
    format!("it is not clear who that is: {hint}")
}

impl Who {
    /// Who he is, when that is known before anything is read: all but a workload.
    ///
    /// # Errors
    /// The file cannot be read, or does not say it; no namespace is known.
    pub(super) fn known(&self, groups: &[String], asked: &Asked) -> Result<Option<Asker>> {
        let found = match self {
            Self::Workload(_) => return Ok(None),
            Self::User(name) => Asker::of(User::named(name)),
            Self::Group(name) => member_of(name),
            Self::ServiceAccount(namespace, name) => {
                let Some(namespace) = namespace.as_deref().or(in_namespace(asked)) else {
                    bail!("which namespace is the service account of? Write sa:NAMESPACE/{name}");
                };
                Asker::of(User::service_account(namespace, name))
            }
            Self::Node(name) => Asker::of(User::node(name)),
            Self::Anonymous => {
                let note = "where the API server takes requests without credentials (`--anonymous-auth`)";
                Asker::of(User::anonymous()).with_note(note.to_owned())
            }
            Self::Authenticated => member_of(group::AUTHENTICATED),
            Self::File(path) => file::read(path)?,
        };
        Ok(Some(found.also_in(groups)))
    }

    /// Who he is, after all was read.
    ///
    /// # Errors
    /// There is no such workload, or there are several that run as different accounts.
    pub(super) fn find(&self, snapshot: &Snapshot, groups: &[String], asked: &Asked) -> Result<Asker> {
        match self {
            Self::Workload(workload) => {
                Ok(workload::runs_as(workload, snapshot, asked.namespace())?.also_in(groups))
            }
            // Known before.
            _ => self.known(groups, asked)?.map_or_else(|| bail!("it is not clear who that is"), Ok),
        }
    }

    /// Whom a binding would name for him, once he is found.
    pub(super) fn subject(&self, asker: &Asker) -> Subject {
        match self {
            Self::Group(name) => Subject::Group(name.into()),
            Self::Authenticated => Subject::Group(SmolStr::new_static(group::AUTHENTICATED)),
            _ => match asker.user.as_service_account() {
                Some((namespace, name)) => Subject::ServiceAccount(namespace.into(), name.into()),
                None => Subject::User(asker.user.name.clone()),
            },
        }
    }

    /// Objects of which kinds say who he is.
    pub(super) fn kinds(&self) -> Vec<&'static Kind> {
        match self {
            Self::Workload(workload) => workload.kinds.clone(),
            _ => Vec::new(),
        }
    }
}

fn in_namespace(asked: &Asked) -> Option<&str> {
    match asked {
        Asked::Namespace(namespace) => Some(namespace),
        Asked::Everywhere | Asked::Default => None,
    }
}

/// Somebody of whom nothing is known but that he is in a group, and in those that whoever is in it is in too.
fn member_of(name: &str) -> Asker {
    let accounts = name.starts_with(&format!("{}:", group::SERVICE_ACCOUNTS));
    let mut groups = vec![SmolStr::new(name)];
    groups.extend(accounts.then(|| SmolStr::new_static(group::SERVICE_ACCOUNTS)));
    let user = if name == group::UNAUTHENTICATED {
        User::with_groups("", groups)
    } else {
        User::authenticated("", groups)
    };
    Asker { user, called: format!("a member of Group {name}"), notes: Vec::new() }
}

impl Asker {
    /// Somebody by his name and groups.
    pub(super) fn of(user: User) -> Self {
        let called = match user.as_service_account() {
            Some((namespace, name)) => format!("ServiceAccount {namespace}/{name}"),
            None if user.name == ANONYMOUS => "whoever has no credentials".to_owned(),
            None => match user.name.strip_prefix("system:node:").filter(|_| user.is_in(group::NODES)) {
                Some(node) => format!("the kubelet of Node {node}"),
                None => format!("User {}", user.name),
            },
        };
        Self { user, called, notes: Vec::new() }
    }

    /// Whoever a subject of a binding is: of a group, somebody of whom nothing else is known.
    pub(super) fn of_subject(subject: &Subject) -> Self {
        match subject {
            Subject::Group(name) => member_of(name),
            Subject::User(name) => Self::of(User::named(name)),
            Subject::ServiceAccount(namespace, name) => Self::of(User::service_account(namespace, name)),
        }
    }

    fn with_note(mut self, note: String) -> Self {
        self.notes.push(note);
        self
    }

    fn also_in(mut self, groups: &[String]) -> Self {
        for group in groups {
            if !self.user.is_in(group) {
                self.user.groups.push(SmolStr::new(group));
                self.called.push_str(&format!(" in Group {group}"));
            }
        }
        self
    }

    /// Whether the node authorizer has a say.
    pub(super) fn is_node(&self) -> bool {
        self.user.is_in(group::NODES)
    }
}

#[cfg(test)]
mod tests {
    use super::{Asked, Who};

    #[test]
    fn who_is_written_in_one_way_alone() {
        for (written, name, groups) in [
            ("user:jane", "jane", &["system:authenticated"][..]),
            ("user:a:b/c", "a:b/c", &["system:authenticated"]),
            (
                "sa:shop/web",
                "system:serviceaccount:shop:web",
                &["system:serviceaccounts", "system:serviceaccounts:shop", "system:authenticated"],
            ),
            (
                "serviceaccount:web",
                "system:serviceaccount:here:web",
                &["system:serviceaccounts", "system:serviceaccounts:here", "system:authenticated"],
            ),
            (
                "system:serviceaccount:shop:web",
                "system:serviceaccount:shop:web",
                &["system:serviceaccounts", "system:serviceaccounts:shop", "system:authenticated"],
            ),
            ("node:n1", "system:node:n1", &["system:nodes", "system:authenticated"]),
            ("anyone", "system:anonymous", &["system:unauthenticated"]),
            ("anonymous", "system:anonymous", &["system:unauthenticated"]),
            ("authenticated", "", &["system:authenticated"]),
            ("group:dev", "", &["dev", "system:authenticated"]),
            ("group:system:unauthenticated", "", &["system:unauthenticated"]),
            (
                "group:system:serviceaccounts:shop",
                "",
                &["system:serviceaccounts:shop", "system:serviceaccounts", "system:authenticated"],
            ),
        ] {
            let who: Who = written.parse().unwrap();
            let user = who.known(&[], &Asked::Namespace("here".into())).unwrap().unwrap().user;
            assert_eq!(
                (user.name.as_str(), user.groups.as_slice()),
                (name, &*groups.iter().map(|group| (*group).into()).collect::<Vec<_>>())
            );
        }
    }

    #[test]
    fn who_could_be_several_is_refused() {
        for (written, said) in [
            ("jane", "write user:NAME"),
            ("system:masters", "write user:system:masters or group:system:masters"),
            ("user:", "write user:NAME"),
            ("sa:shop/", "write user:NAME"),
            ("system:serviceaccount:shop", "write user:system"),
            ("system:serviceaccount:shop:a:b", "write user:system"),
            ("configmap/shop/web", "write user:NAME"),
            ("role:x", "write user:NAME"),
        ] {
            let error = written.parse::<Who>().unwrap_err();
            assert!(error.contains(said), "{written}: {error}");
        }
        let who: Who = "sa:web".parse().unwrap();
        assert!(who.known(&[], &Asked::Default).unwrap_err().to_string().contains("sa:NAMESPACE/web"));
    }
}
