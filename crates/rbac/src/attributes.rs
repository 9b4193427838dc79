//! What somebody wants to do.

use std::fmt;

/// What somebody wants to do, as authorizers see it (`authorizer.Attributes` of k8s.io/apiserver pkg/authorization/authorizer).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attributes<'a> {
    /// `get`, `list`, `create`, …: for resources as the API server makes them of methods, for other paths the method in lower
    /// case.
    pub verb: &'a str,
    /// With what.
    pub target: Target<'a>,
}

/// With what somebody wants to do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'a> {
    /// Objects of the API.
    Resource(Resource<'a>),
    /// A path that is no resource: `/healthz`.
    Path(&'a str),
}

/// Objects of the API that somebody wants something with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resource<'a> {
    /// API group, empty for the core group.
    pub group: &'a str,
    /// The resource as paths name it: `pods`.
    pub resource: &'a str,
    /// `log` of `pods/log`; empty for the objects themselves.
    pub subresource: &'a str,
    /// Namespace; empty for what stands in none, and for all namespaces at once. Of a Namespace it is its own name.
    pub namespace: &'a str,
    /// Name; empty for what asks for several objects, or makes one.
    pub name: &'a str,
    /// What fields of the objects that are asked for are equal to: field, and value. RBAC does not look at them, the node
    /// authorizer does.
    pub fields: &'a [(&'a str, &'a str)],
}

impl<'a> Attributes<'a> {
    /// A verb on objects of the API.
    pub fn resource(verb: &'a str, resource: Resource<'a>) -> Self {
        Self { verb, target: Target::Resource(resource) }
    }

    /// A verb on a path that is no resource.
    pub fn path(verb: &'a str, path: &'a str) -> Self {
        Self { verb, target: Target::Path(path) }
    }

    /// The namespace; empty when there is none.
    pub fn namespace(&self) -> &'a str {
        match self.target {
            Target::Resource(resource) => resource.namespace,
            Target::Path(_) => "",
        }
    }
}

impl fmt::Display for Attributes<'_> {
    /// `get pods/log in shop, named web`, `get /healthz`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.verb)?;
        match self.target {
            Target::Path(path) => write!(f, " {path}"),
            Target::Resource(Resource { group, resource, subresource, namespace, name, fields: _ }) => {
                write!(f, " {resource}")?;
                if !group.is_empty() {
                    write!(f, ".{group}")?;
                }
                if !subresource.is_empty() {
                    write!(f, "/{subresource}")?;
                }
                if !namespace.is_empty() {
                    write!(f, " in {namespace}")?;
                }
                if name.is_empty() { Ok(()) } else { write!(f, ", named {name}") }
            }
        }
    }
}
