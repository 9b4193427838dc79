//! The least roles that allow what somebody was seen doing.

mod need;

use std::collections::{BTreeMap, BTreeSet};

use seawall_inventory::kinds::PolicyRule;
use smol_str::SmolStr;

pub use self::need::{Need, Wider};
use crate::covers::Atom;

/// Roles by namespace; under the empty name the ClusterRole, which counts in all of them.
pub type LeastRoles = BTreeMap<SmolStr, Vec<PolicyRule>>;

/// The roles that allow these and, but for what rules cannot tell apart, nothing else: a request that names no object is allowed
/// only together with those that name one.
///
/// Nothing in them can be left out: without any one role, rule, verb, API group, resource, name or path one of the needs is not
/// allowed. Work grows with the number of needs times its logarithm.
pub fn least_roles<'n>(needs: impl IntoIterator<Item = &'n Need>) -> LeastRoles {
    let mut places: BTreeMap<&SmolStr, Things<'n>> = BTreeMap::new();
    for need in needs {
        places.entry(&need.namespace).or_default().add(&need.atom);
    }
    // Those of the cluster come first: the empty name.
    let mut cluster: Option<Things<'n>> = None;
    let mut roles = LeastRoles::new();
    for (namespace, mut things) in places {
        things.drop_covered(cluster.as_ref());
        let rules = things.rules();
        if !rules.is_empty() {
            roles.insert(namespace.clone(), rules);
        }
        if namespace.is_empty() {
            cluster = Some(things);
        }
    }
    roles
}

type Words<'n> = BTreeSet<&'n str>;

/// What is needed in one place.
#[derive(Debug, Default)]
struct Things<'n> {
    resources: BTreeMap<(&'n str, &'n str), Verbs<'n>>,
    paths: BTreeMap<&'n str, Words<'n>>,
}

/// The verbs that are needed on a resource.
#[derive(Debug, Default)]
struct Verbs<'n> {
    /// On objects of any name.
    any: Words<'n>,
    by_name: BTreeMap<&'n str, Words<'n>>,
}

/// What rules have in common that can be one: names, and verbs.
type Shape<'n> = (Vec<&'n str>, Words<'n>);

impl<'n> Things<'n> {
    fn add(&mut self, atom: &'n Atom) {
        match atom {
            Atom::Path { verb, path } => {
                self.paths.entry(path).or_default().insert(verb);
            }
            Atom::Resource { verb, group, resource, name } => {
                let verbs = self.resources.entry((group, resource)).or_default();
                let verbs = match name {
                    None => &mut verbs.any,
                    Some(name) => verbs.by_name.entry(name).or_default(),
                };
                verbs.insert(verb);
            }
        }
    }

    /// Leaves out what is allowed by what is needed besides: of all names here, or in the whole cluster.
    fn drop_covered(&mut self, cluster: Option<&Self>) {
        let none = Verbs::default();
        for (resource, verbs) in &mut self.resources {
            let wider = cluster.and_then(|cluster| cluster.resources.get(resource)).unwrap_or(&none);
            verbs.any.retain(|verb| !wider.any.contains(verb));
            for (name, own) in &mut verbs.by_name {
                let named = wider.by_name.get(name);
                own.retain(|verb| {
                    let is_wide = verbs.any.contains(verb) || wider.any.contains(verb);
                    !is_wide && !named.is_some_and(|named| named.contains(verb))
                });
            }
        }
    }

    /// As few rules as there are shapes: each part of what a rule allows is needed, and stands in no other.
    fn rules(&self) -> Vec<PolicyRule> {
        let mut shapes: BTreeMap<Shape<'n>, BTreeMap<&str, Words<'n>>> = BTreeMap::new();
        for ((group, resource), verbs) in &self.resources {
            let mut names: BTreeMap<&Words<'n>, Vec<&str>> = BTreeMap::new();
            for (name, verbs) in &verbs.by_name {
                names.entry(verbs).or_default().push(name);
            }
            let all = std::iter::once((&verbs.any, Vec::new()));
            for (verbs, names) in all.chain(names).filter(|(verbs, _)| !verbs.is_empty()) {
                let groups = shapes.entry((names, verbs.clone())).or_default();
                groups.entry(group).or_default().insert(resource);
            }
        }
        let mut rules = Vec::new();
        for ((names, verbs), groups) in &shapes {
            // Groups of which the same resources are needed.
            let mut alike: BTreeMap<&Words<'n>, Vec<&str>> = BTreeMap::new();
            for (group, resources) in groups {
                alike.entry(resources).or_default().push(group);
            }
            rules.extend(alike.into_iter().map(|(resources, groups)| PolicyRule {
                verbs: texts(verbs),
                api_groups: texts(&groups),
                resources: texts(resources),
                resource_names: texts(names),
                non_resource_urls: Box::default(),
            }));
        }
        rules.sort_by(|a, b| {
            let key = |rule: &PolicyRule| {
                let PolicyRule { api_groups, resources, resource_names, verbs, non_resource_urls: _ } = rule;
                (api_groups.clone(), resources.clone(), resource_names.clone(), verbs.clone())
            };
            key(a).cmp(&key(b))
        });
        let mut paths: BTreeMap<&Words<'n>, Vec<&str>> = BTreeMap::new();
        for (path, verbs) in &self.paths {
            paths.entry(verbs).or_default().push(path);
        }
        rules.extend(paths.into_iter().map(|(verbs, paths)| PolicyRule {
            verbs: texts(verbs),
            non_resource_urls: texts(&paths),
            ..PolicyRule::default()
        }));
        rules
    }
}

fn texts<'t>(texts: impl IntoIterator<Item = &'t &'t str>) -> Box<[SmolStr]> {
    texts.into_iter().map(SmolStr::new).collect()
}
