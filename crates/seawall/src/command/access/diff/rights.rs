//! Rights that one side gives and the other does not.

use std::collections::{BTreeMap, BTreeSet};

use seawall_inventory::Snapshot;
use seawall_inventory::kinds::PolicyRule;
use seawall_rbac::{Atom, Doubt, Grant, Policy, Rules, Subject, User, group, uncovered};
use smol_str::{SmolStr, format_smolstr};

use super::super::bound::bindings;
use super::super::chain::{Chain, chains, name};
use crate::args::ask::World;

/// One side of a comparison.
pub(super) struct Side<'w> {
    world: &'w World,
    policy: &'w Policy<'w>,
}

/// What one side gives and the other does not.
pub(super) struct Gained<'w> {
    pub gains: Vec<Gain<'w>>,
    /// Why there may be more.
    pub unknowns: Vec<Doubt>,
}

/// Rights that somebody gains by one rule.
pub(super) struct Gain<'w> {
    pub subject: Subject,
    /// Where; `None` for everywhere.
    pub namespace: Option<SmolStr>,
    pub right: Right<'w>,
}

/// What somebody gains.
pub(super) enum Right<'w> {
    /// What is new of a rule, as a rule, and the chain that gives it.
    Known(PolicyRule, Box<Chain<'w>>),
    /// Whatever a role allows that was not read: what it is called, and the binding.
    OfRole(String, String),
}

impl<'w> Side<'w> {
    pub(super) fn of(world: &'w World, policy: &'w Policy<'w>) -> Self {
        Self { world, policy }
    }

    pub(super) fn snapshot(&self) -> &'w Snapshot {
        &self.world.snapshot
    }

    /// Whom bindings name, and the namespaces in which they do.
    fn subjects(&self) -> BTreeMap<Subject, BTreeSet<Option<SmolStr>>> {
        let snapshot = self.snapshot();
        let mut found: BTreeMap<Subject, BTreeSet<Option<SmolStr>>> = BTreeMap::new();
        for binding in bindings(snapshot) {
            let namespace = name(snapshot, binding).namespace;
            for subject in binding.body.role_binding().into_iter().flat_map(|body| body.subjects.iter()) {
                // Its members may do everything, whatever is bound to them.
                let subject = Subject::of(subject, &namespace).filter(|subject| !is_privileged(subject));
                if let Some(subject) = subject {
                    let place = (!namespace.is_empty()).then(|| namespace.clone());
                    found.entry(account(subject)).or_default().insert(place);
                }
            }
        }
        found
    }

    /// The rules that a subject has by itself in a place, and everywhere.
    fn rules(&self, subject: &Subject, place: Option<&SmolStr>) -> Rules<'w> {
        self.policy.rules_for(&alone(subject), place.map_or("", SmolStr::as_str))
    }

    /// Roles that were not read, and that a subject has in a place; with the binding.
    fn unread_roles(&self, rules: &Rules<'_>, place: Option<&SmolStr>) -> BTreeMap<String, String> {
        let snapshot = self.snapshot();
        let bound = rules.doubts.iter().filter_map(|doubt| match doubt {
            Doubt::RoleNotRead(number) => snapshot.objects.get(*number),
            _ => None,
        });
        let here = bound.filter_map(|binding| {
            let reference = name(snapshot, binding);
            let role = &binding.body.role_binding()?.role_ref;
            let is_here = reference.namespace == place.map_or("", SmolStr::as_str);
            is_here.then(|| (format!("{} {}", role.kind, role.name), reference.to_string()))
        });
        here.collect()
    }
}

/// What `head` gives and `base` does not. Rights are compared, not rules: the covering of rules is that by which Kubernetes
/// keeps people from giving more than they have.
pub(super) fn gained<'w>(base: &Side<'_>, head: &Side<'w>) -> Gained<'w> {
    let mut gains = Vec::new();
    let (mut unknowns, mut known) = (BTreeSet::new(), BTreeSet::new());
    for (subject, places) in head.subjects() {
        for place in places {
            let (before, now) = (base.rules(&subject, place.as_ref()), head.rules(&subject, place.as_ref()));
            gains.extend(new_rights(&subject, place.as_ref(), &before, &now, head));
            let roles_before = base.unread_roles(&before, place.as_ref());
            let everywhere = base.unread_roles(&base.rules(&subject, None), None);
            for (role, binding) in head.unread_roles(&now, place.as_ref()) {
                if !roles_before.contains_key(&role) && !everywhere.contains_key(&role) {
                    let right = Right::OfRole(role, binding);
                    gains.push(Gain { subject: subject.clone(), namespace: place.clone(), right });
                }
            }
            let others = |doubt: &&Doubt| !matches!(doubt, Doubt::RoleNotRead(_));
            unknowns.extend(now.doubts.iter().filter(others).copied());
            known.extend(before.doubts.iter().filter(others).map(|doubt| doubt.describe(base.snapshot())));
        }
    }
    // What was as little known before is no difference that is known of.
    unknowns.retain(|doubt| !known.contains(&doubt.describe(head.snapshot())));
    Gained { gains, unknowns: unknowns.into_iter().collect() }
}

fn new_rights<'w>(
    subject: &Subject,
    place: Option<&SmolStr>,
    before: &Rules<'_>,
    now: &Rules<'w>,
    head: &Side<'w>,
) -> Vec<Gain<'w>> {
    let owned: Vec<&PolicyRule> = before.grants.iter().map(|grant| grant.rule.rule).collect();
    let is_here = |grant: &&Grant<'_>| (grant.binding.kind == "RoleBinding") == place.is_some();
    let mut told: BTreeSet<Atom> = BTreeSet::new();
    let mut found: Vec<(PolicyRule, Grant<'w>)> = Vec::new();
    for grant in now.grants.iter().filter(is_here) {
        let rules = [grant.rule.rule];
        let atoms = uncovered(&owned, &rules);
        // Paths that are no resources are allowed by ClusterRoleBindings alone.
        let atoms = atoms.filter(|atom| place.is_none() || matches!(atom, Atom::Resource { .. }));
        let new: Vec<Atom> = atoms.filter(|atom| told.insert(atom.clone())).collect();
        found.extend(together(new).into_iter().map(|rule| (rule, *grant)));
    }
    let grants: Vec<Grant<'w>> = found.iter().map(|(_, grant)| *grant).collect();
    let chains = chains(head.snapshot(), &grants);
    let gain = |((rule, _), chain): ((PolicyRule, Grant<'w>), Chain<'w>)| Gain {
        subject: subject.clone(),
        namespace: place.cloned(),
        right: Right::Known(rule, Box::new(chain)),
    };
    found.into_iter().zip(chains).map(gain).collect()
}

/// What verbs are on, and what resources have the same verbs: the group, the name, and whether it is a path.
type On = (bool, SmolStr, SmolStr, Option<SmolStr>);

/// What things that stand in one rule have in common: whether they are paths, the group, the name, the verbs.
type Same = (bool, SmolStr, Option<SmolStr>, BTreeSet<SmolStr>);

/// Rules that say what atoms say: one for each group, name and set of verbs.
fn together(atoms: Vec<Atom>) -> Vec<PolicyRule> {
    let mut verbs: BTreeMap<On, BTreeSet<SmolStr>> = BTreeMap::new();
    for atom in atoms {
        let (on, verb) = match atom {
            Atom::Resource { verb, group, resource, name } => ((false, group, resource, name), verb),
            Atom::Path { verb, path } => ((true, SmolStr::default(), path, None), verb),
        };
        verbs.entry(on).or_default().insert(verb);
    }
    let mut things: BTreeMap<Same, Vec<SmolStr>> = BTreeMap::new();
    for ((is_path, group, thing, name), verbs) in verbs {
        things.entry((is_path, group, name, verbs)).or_default().push(thing);
    }
    let rule = |((is_path, group, name, verbs), things): (_, Vec<SmolStr>)| {
        let verbs: Box<[SmolStr]> = BTreeSet::into_iter(verbs).collect();
        if is_path {
            return PolicyRule { verbs, non_resource_urls: things.into(), ..PolicyRule::default() };
        }
        PolicyRule {
            verbs,
            api_groups: [group].into(),
            resources: things.into(),
            resource_names: Option::<SmolStr>::into_iter(name).collect(),
            ..PolicyRule::default()
        }
    };
    things.into_iter().map(rule).collect()
}

fn is_privileged(subject: &Subject) -> bool {
    matches!(subject, Subject::Group(name) if name == group::MASTERS)
}

/// A user that has the name of a service account is that account.
fn account(subject: Subject) -> Subject {
    match &subject {
        Subject::User(user) => match User::named(user).as_service_account() {
            Some((namespace, name)) => Subject::ServiceAccount(namespace.into(), name.into()),
            None => subject,
        },
        Subject::Group(_) | Subject::ServiceAccount(..) => subject,
    }
}

/// Somebody who is this subject and no other: in none of the groups that it would be in.
fn alone(subject: &Subject) -> User {
    let none: [&str; 0] = [];
    match subject {
        Subject::User(name) => User::with_groups(name, none),
        Subject::Group(name) => User::with_groups("", [name.clone()]),
        Subject::ServiceAccount(namespace, name) => {
            User::with_groups(&format_smolstr!("system:serviceaccount:{namespace}:{name}"), none)
        }
    }
}

#[cfg(test)]
mod tests;
