//! Something that somebody was seen doing, as rules are about it.

use std::fmt;

use smol_str::SmolStr;

use crate::attributes::{Attributes, Resource, Target};
use crate::covers::Atom;
use crate::rule::ALL;

/// Something that somebody was seen doing, as rules are about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Need {
    /// Namespace; empty for what stands in none, and for all at once.
    pub namespace: SmolStr,
    /// What.
    pub atom: Atom,
}

/// In which ways roles may be wider than what was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wider {
    /// Objects of all names, where some were named.
    pub names: bool,
    /// All namespaces, where some were seen.
    pub namespaces: bool,
    /// All verbs that read, where one was seen; all that change what is there, where one was.
    pub verbs: bool,
}

/// Verbs of which who needs one will need the others: a client that caches lists, watches and gets; and one changes an object with
/// a patch or with the whole of it.
const FAMILIES: [&[&str]; 2] = [&["get", "list", "watch"], &["patch", "update"]];

impl Need {
    /// What it takes to allow a request; `None` for one that a rule can allow only by allowing all: it asks for a resource, a group
    /// or a path whose name is a wildcard in rules.
    pub fn of(attributes: &Attributes<'_>) -> Option<Self> {
        let verb = SmolStr::new(attributes.verb);
        let (atom, words) = match attributes.target {
            Target::Path(path) => (Atom::Path { verb, path: SmolStr::new(path) }, [path, "", ""]),
            Target::Resource(asked) => {
                let resource = match asked.subresource {
                    "" => SmolStr::new(asked.resource),
                    sub => smol_str::format_smolstr!("{}/{sub}", asked.resource),
                };
                let name = (!asked.name.is_empty()).then(|| SmolStr::new(asked.name));
                let group = SmolStr::new(asked.group);
                (Atom::Resource { verb, group, resource, name }, ["", asked.group, asked.resource])
            }
        };
        let [path, group, resource] = words;
        let is_wild = [attributes.verb, group, resource].contains(&ALL) || path.ends_with('*');
        (!is_wild).then(|| Self { namespace: SmolStr::new(attributes.namespace()), atom })
    }

    /// The request.
    pub fn attributes(&self) -> Attributes<'_> {
        match &self.atom {
            Atom::Path { verb, path } => Attributes::path(verb, path),
            Atom::Resource { verb, group, resource, name } => {
                let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
                let name = name.as_deref().unwrap_or_default();
                let namespace = self.namespace.as_str();
                let asked = Resource { group, resource, subresource, namespace, name, fields: &[] };
                Attributes::resource(verb, asked)
            }
        }
    }

    /// What is needed in its place when roles may be wider.
    pub fn wider(&self, wider: Wider) -> impl Iterator<Item = Self> {
        let mut own = self.clone();
        if wider.namespaces {
            own.namespace = SmolStr::default();
        }
        let mut verbs = Vec::new();
        if let Atom::Resource { verb, name, .. } = &mut own.atom {
            if wider.names {
                *name = None;
            }
            if wider.verbs {
                let family = FAMILIES.iter().find(|family| family.contains(&verb.as_str()));
                verbs.extend(
                    family.into_iter().flat_map(|family| family.iter()).map(|verb| SmolStr::new_static(verb)),
                );
            }
        }
        let with = move |verb: SmolStr| {
            let mut other = own.clone();
            match &mut other.atom {
                Atom::Resource { verb: own, .. } | Atom::Path { verb: own, .. } => *own = verb,
            }
            other
        };
        if verbs.is_empty() {
            verbs.push(SmolStr::new(self.attributes().verb));
        }
        verbs.into_iter().map(with)
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.attributes().fmt(f)
    }
}
