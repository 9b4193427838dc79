//! WHAT somebody may do: a resource, or a path that is none.

mod lookup;

use anyhow::{Result, bail};
use clap::Args;
use seawall_engine::suggest;
use seawall_inventory::Snapshot;
use seawall_rbac::{Attributes, Resource, Target};

use self::lookup::{Known, lookup, subresources};
use crate::args::ask::Asked;
use crate::console::Console;
use seawall_report::plain;

// What more there is to say of WHAT.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Question")]
pub(super) struct WhatArgs {
    /// The object of this name alone
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// A subresource, as in pods --subresource log
    #[arg(long, value_name = "NAME")]
    subresource: Option<String>,
}

/// What somebody may do, as the API server would see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct What {
    pub verb: String,
    pub group: String,
    pub resource: String,
    pub subresource: String,
    pub namespace: String,
    pub name: String,
    /// A path that is no resource; the rest is empty then.
    pub path: String,
    /// What whoever asked should know.
    pub notes: Vec<String>,
    /// Whether Seawall does not know the resource.
    is_unknown: bool,
    /// Whether its objects stand in no namespace.
    is_cluster_scoped: bool,
}

/// Verbs on resources. `impersonate` begins many (KEP-5284).
const VERBS: &[&str] = &[
    "get",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
    "approve",
    "attest",
    "bind",
    "escalate",
    "impersonate",
    "sign",
    "use",
    "*",
];

/// Verbs on paths that are no resources: methods of HTTP (`RequestInfo` of k8s.io/apiserver pkg/endpoints/request v0.36.3).
const METHODS: &[&str] = &["get", "put", "post", "head", "options", "delete", "patch", "*"];

impl What {
    /// Understands what was written. Nothing is guessed in silence: what can be read in two ways is an error or a note.
    ///
    /// # Errors
    /// What contradicts itself, or can be read in two ways.
    pub(super) fn parse(verb: &str, written: &str, args: &WhatArgs, asked: &Asked) -> Result<Self> {
        let mut what = if written.starts_with('/') {
            Self::of_path(written, args)?
        } else {
            Self::of_resource(written, args, asked)?
        };
        what.verb = verb.to_owned();
        what.judge_verb();
        Ok(what)
    }

    /// What authorizers are asked, without a doubt about it.
    pub(super) fn of(asked: &Attributes<'_>) -> Self {
        let verb = asked.verb.to_owned();
        match asked.target {
            Target::Path(path) => Self { verb, path: path.to_owned(), ..Self::default() },
            Target::Resource(Resource { group, resource, subresource, namespace, name, fields: _ }) => Self {
                verb,
                group: group.to_owned(),
                resource: resource.to_owned(),
                subresource: subresource.to_owned(),
                namespace: namespace.to_owned(),
                name: name.to_owned(),
                ..Self::default()
            },
        }
    }

    fn of_path(written: &str, args: &WhatArgs) -> Result<Self> {
        if args.name.is_some() || args.subresource.is_some() {
            bail!("`{written}` is a path: it has no --name and no --subresource");
        }
        Ok(Self { path: written.to_owned(), ..Self::default() })
    }

    fn of_resource(written: &str, args: &WhatArgs, asked: &Asked) -> Result<Self> {
        let mut parts = written.split('/');
        let word = parts.next().unwrap_or_default();
        let rest: Vec<&str> = parts.collect();
        if word.is_empty() || rest.iter().any(|part| part.is_empty()) || rest.len() > 2 {
            bail!("`{written}` is no resource: write RESOURCE, RESOURCE/SUBRESOURCE or RESOURCE/NAME");
        }
        let (known, mut notes) = lookup(word);
        let mut what = Self {
            group: known.group.clone(),
            resource: known.resource.clone(),
            is_unknown: !known.is_known,
            is_cluster_scoped: known.is_cluster_scoped,
            ..Self::default()
        };
        let (name, subresource) = behind_slash(written, &known, &rest, &mut notes)?;
        what.name = one_of("--name", args.name.as_deref(), name, written)?;
        what.subresource = one_of("--subresource", args.subresource.as_deref(), subresource, written)?;
        what.namespace = namespace(&what, &known, asked, &mut notes);
        let of_known = subresources(&known);
        if !what.subresource.is_empty() && known.is_known && !of_known.contains(&&*what.subresource) {
            notes.push(format!(
                "`{}` has no subresource `{}` that is known",
                known.resource, what.subresource
            ));
        }
        what.notes = notes;
        Ok(what)
    }

    fn judge_verb(&mut self) {
        let (known, of) = if self.path.is_empty() {
            (VERBS, "resources")
        } else {
            (METHODS, "paths that are no resources")
        };
        let verb = self.verb.as_str();
        if !known.contains(&verb) && !verb.starts_with("impersonate") {
            let near = suggest(verb, known.iter().copied().filter(|verb| *verb != "*"));
            let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            self.notes.push(format!("`{verb}` is no verb on {of} that is known{near}"));
        }
        // The name of what is made stands in the request, which authorizers do not see (`ServeHTTP` of
        // k8s.io/apiserver pkg/endpoints/filters/authorization.go v0.36.3).
        if ["create", "deletecollection"].contains(&verb)
            && !self.name.is_empty()
            && self.subresource.is_empty()
        {
            self.notes.push(format!(
                "a request to {verb} carries no name, so that rules with `resourceNames` never allow it; asked is whether one with a name would be allowed"
            ));
        }
    }

    /// What authorizers are asked.
    pub(super) fn attributes(&self) -> Attributes<'_> {
        self.attributes_in(&self.namespace)
    }

    /// What authorizers are asked in another namespace; in all of them at once when it is empty.
    pub(super) fn attributes_in<'a>(&'a self, namespace: &'a str) -> Attributes<'a> {
        if !self.path.is_empty() {
            return Attributes::path(&self.verb, &self.path);
        }
        let Self { group, resource, subresource, name, .. } = self;
        Attributes::resource(
            &self.verb,
            Resource { group, resource, subresource, namespace, name, fields: &[] },
        )
    }

    /// The same in another namespace; in all of them at once when it is empty.
    pub(super) fn in_namespace(&self, namespace: &str) -> Self {
        Self { namespace: namespace.to_owned(), ..self.clone() }
    }

    /// What was asked, in a few words: `get pods/log in shop, named web`, `list secrets in all namespaces`.
    pub(super) fn describe(&self) -> String {
        let everywhere = if self.is_everywhere() { " in all namespaces" } else { "" };
        format!("{}{everywhere}", self.attributes())
    }

    /// Whether all namespaces are meant at once.
    fn is_everywhere(&self) -> bool {
        self.path.is_empty() && self.namespace.is_empty() && !self.is_cluster_scoped
    }

    /// Says what whoever asked should know.
    pub(super) fn say(&self, snapshot: &Snapshot, console: &Console) {
        for note in &self.notes {
            console.warning(plain(note));
        }
        if self.is_unknown && !is_defined(snapshot, &self.group, &self.resource) {
            let separator = if self.group.is_empty() { "" } else { "." };
            let near = lookup::near(&self.resource).map(|near| format!("; did you mean `{near}`?"));
            console.warning(plain(&format!(
                "no resource `{}{separator}{}` is known, and it is asked for as it is written{}",
                self.resource,
                self.group,
                near.unwrap_or_default()
            )));
        }
    }
}

/// Whether a CustomResourceDefinition among what was read defines the resource: its name says which.
fn is_defined(snapshot: &Snapshot, group: &str, resource: &str) -> bool {
    let name = format!("{resource}.{group}");
    snapshot.objects.iter().any(|object| {
        object.group() == "apiextensions.k8s.io"
            && object.kind == "CustomResourceDefinition"
            && object.metadata.name == name
    })
}

/// What stands behind the slashes: a name, and a subresource. kubectl takes all of it for a name, so that its `create pods/exec`
/// asks whether somebody may create a pod.
fn behind_slash<'w>(
    written: &str,
    known: &Known,
    rest: &[&'w str],
    notes: &mut Vec<String>,
) -> Result<(Option<&'w str>, Option<&'w str>)> {
    let is_subresource = |part: &str| subresources(known).contains(&part);
    match rest {
        [] => Ok((None, None)),
        [part] if is_subresource(part) => Ok((None, Some(part))),
        [part] if known.is_known => {
            notes.push(format!("`{part}` is taken for a name; --subresource {part} asks for a subresource"));
            Ok((Some(part), None))
        }
        [name, subresource] => Ok((Some(name), Some(subresource))),
        _ => bail!("`{written}`: is that a name, or a subresource? Say --name or --subresource"),
    }
}

/// A value that was given behind a slash, or by a flag.
fn one_of(flag: &str, by_flag: Option<&str>, behind: Option<&str>, written: &str) -> Result<String> {
    match (by_flag, behind) {
        (Some(one), Some(other)) if one != other => {
            bail!("`{written}` says `{other}`, and {flag} says `{one}`: say one of them")
        }
        (one, other) => Ok(one.or(other).unwrap_or_default().to_owned()),
    }
}

/// The namespace of the request. Of a Namespace it is its own name (`NewRequestInfo` of k8s.io/apiserver
/// pkg/endpoints/request/requestinfo.go v0.36.3), so that a RoleBinding in it counts; what stands in none has none.
fn namespace(what: &What, known: &Known, asked: &Asked, notes: &mut Vec<String>) -> String {
    if (what.group.as_str(), what.resource.as_str()) == ("", "namespaces") {
        return what.name.clone();
    }
    if known.is_cluster_scoped {
        if let Asked::Namespace(namespace) = asked {
            notes.push(format!(
                "`{}` stand in no namespace: `{namespace}` is not asked about",
                known.resource
            ));
        }
        return String::new();
    }
    asked.namespace().to_owned()
}

#[cfg(test)]
mod tests;
