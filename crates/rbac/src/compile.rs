//! From a Snapshot to a [`Policy`].

use std::collections::hash_map::Entry;

use std::sync::OnceLock;

use foldhash::{HashMap, HashMapExt};
use seawall_inventory::{Object, Snapshot, View};
use smol_str::SmolStr;

use crate::aggregate::aggregate;
use crate::doubt::Doubt;
use crate::policy::{Binding, BindingId, HolderKey, Policy, Role, RoleId, Rule, RuleContent};
use crate::standing::{Standing, rules};
use crate::subject::Subject;
use crate::symbol::{Symbol, Symbols};
use crate::validity::GROUP;

pub(crate) fn compile<'s>(snapshot: &'s Snapshot, assumed: &'s [Object]) -> Policy<'s> {
    let mut policy = Policy {
        snapshot,
        assumed,
        symbols: Symbols::default(),
        rules: Vec::new(),
        roles: Vec::new(),
        names: HashMap::new(),
        bindings: Vec::new(),
        scopes: HashMap::new(),
        holders: HashMap::new(),
        held: Vec::new(),
        open: Vec::new(),
        contested: HashMap::new(),
        defaults: OnceLock::new(),
        role_of_binding: OnceLock::new(),
        everything: OnceLock::new(),
    };
    for kind in ["ClusterRole", "Role"] {
        for (number, object) in View::from(snapshot).numbered(GROUP, kind) {
            add_role(&mut policy, number, object);
        }
    }
    for (number, object) in (snapshot.objects.len()..).zip(assumed) {
        let name = policy.symbols.add(&object.metadata.name);
        let namespace = namespace(&mut policy.symbols, object, snapshot);
        if !policy.names.contains_key(&(namespace, name)) {
            add_role(&mut policy, number, object);
        }
    }
    aggregate(&mut policy);
    for kind in ["ClusterRoleBinding", "RoleBinding"] {
        for (number, object) in View::from(snapshot).numbered(GROUP, kind) {
            let binding = binding(&mut policy, number, object);
            policy.bindings.push(binding);
        }
    }
    drop_copies(&mut policy);
    index(&mut policy);
    note_certain(&mut policy);
    policy
}

/// The namespace that an object stands in or will be applied to; `None` for what stands in none.
fn namespace(symbols: &mut Symbols, object: &Object, snapshot: &Snapshot) -> Option<Symbol> {
    let namespace = snapshot.identity(object.reference()).namespace;
    (!namespace.is_empty()).then(|| symbols.add(&namespace))
}

fn add_role(policy: &mut Policy<'_>, number: usize, object: &Object) {
    let standing = Standing::of(object, number, policy.snapshot);
    let name = policy.symbols.add(&object.metadata.name);
    let key = (namespace(&mut policy.symbols, object, policy.snapshot), name);
    let same = |role: &Role| policy.object(role.object).is_some_and(|other| other.says_the_same(object));
    let first = policy.names.get(&key).copied();
    if policy.variants(first).any(same) {
        return;
    }
    let id = number_of(policy.roles.len());
    let start = number_of(policy.rules.len());
    for rule in rules(object) {
        let mut list = |texts: &[SmolStr]| policy.symbols.add_list(texts);
        let content = RuleContent {
            verbs: list(&rule.verbs),
            groups: list(&rule.api_groups),
            resources: list(&rule.resources),
            names: list(&rule.resource_names),
            urls: list(&rule.non_resource_urls),
        };
        policy.rules.push(Rule { content, role: id });
    }
    let own = start..number_of(policy.rules.len());
    let is_contested = first.is_some();
    policy.roles.push(Role { object: number, standing, own, gathered: None, is_contested, variant: None });
    // The definitions of a name are a chain, in order.
    match policy.last_variant_mut(first) {
        Some(last) => {
            last.variant = Some(id);
            last.is_contested = true;
        }
        None => {
            policy.names.insert(key, id);
        }
    }
}

fn binding(policy: &mut Policy<'_>, number: usize, object: &Object) -> Binding {
    let snapshot = policy.snapshot;
    let namespace = namespace(&mut policy.symbols, object, snapshot);
    let mut standing = Standing::of(object, number, snapshot);
    let role_ref = object.body.role_binding().map(|binding| &binding.role_ref);
    let role = role_ref.and_then(|role_ref| policy.role_named(namespace.map(Some), role_ref));
    if let Some(role_ref) = role_ref.filter(|_| role.is_none() && standing.doubt.is_none()) {
        let own = &object.metadata.namespace;
        if !policy.is_known_to_be_missing(own, role_ref.kind == "ClusterRole") {
            standing = Standing { doubt: Some(Doubt::RoleNotRead(number)), any_role: true, ..standing };
        }
    }
    Binding { object: number_of(number), namespace, role, standing, is_certain: false }
}

/// Leaves bindings of one name that say the same once, and notes those that do not.
fn drop_copies(policy: &mut Policy<'_>) {
    let snapshot = policy.snapshot;
    let mut bindings = std::mem::take(&mut policy.bindings);
    // Stable: within a place they stay in the order of objects. A ClusterRoleBinding stands before all else.
    bindings.sort_by_key(|binding| binding.namespace);
    let mut kept: Vec<Binding> = Vec::with_capacity(bindings.len());
    let mut first: HashMap<(Option<Symbol>, &str), BindingId> = HashMap::with_capacity(bindings.len());
    // By the first of a name: hardly any has others.
    let mut several: HashMap<BindingId, Vec<BindingId>> = HashMap::new();
    for binding in bindings {
        let Some(object) = snapshot.objects.get(binding.object as usize) else { continue };
        let name = object.metadata.name.as_str();
        let id = number_of(kept.len());
        if !name.is_empty() {
            match first.entry((binding.namespace, name)) {
                Entry::Vacant(entry) => drop(entry.insert(id)),
                Entry::Occupied(entry) => {
                    let named = several.entry(*entry.get()).or_insert_with(|| vec![*entry.get()]);
                    let is_copy = named.iter().filter_map(|other| kept.get(*other as usize)).any(|other| {
                        let other = snapshot.objects.get(other.object as usize);
                        other.is_some_and(|other| other.says_the_same(object))
                    });
                    if is_copy {
                        continue;
                    }
                    named.push(id);
                }
            }
        }
        kept.push(binding);
    }
    for several in several.into_values().filter(|several| several.len() > 1) {
        let ids: Box<[BindingId]> = several.into();
        policy.contested.extend(ids.iter().map(|id| (*id, ids.clone())));
    }
    policy.bindings = kept;
}

/// Notes where bindings stand, and who has roles by them.
fn index(policy: &mut Policy<'_>) {
    let mut held: Vec<(HolderKey, BindingId)> = Vec::with_capacity(policy.bindings.len());
    let mut user = String::new();
    let Policy { snapshot, symbols, bindings, scopes, open, .. } = policy;
    for (id, binding) in bindings.iter().enumerate() {
        let id = number_of(id);
        let place = binding.namespace;
        scopes.entry(place).or_insert(id..id).end = id + 1;
        if binding.standing.is_open || binding.standing.any_namespace {
            open.push(id);
        }
        let object = snapshot.objects.get(binding.object as usize);
        let subjects = object.and_then(|object| object.body.role_binding()).map(|body| &body.subjects);
        let namespace = SmolStr::new(place.map_or("", |place| symbols.text(place)));
        for subject in subjects.into_iter().flatten() {
            if let Some((is_group, name)) = Subject::key(subject, &namespace, &mut user) {
                held.push(((place, is_group, symbols.add_text(name)), id));
            }
        }
    }
    held.sort_unstable();
    held.dedup();
    policy.holders.reserve(held.chunk_by(|(one, _), (next, _)| one == next).count());
    for (at, (key, _)) in held.iter().enumerate() {
        let at = number_of(at);
        policy.holders.entry(*key).or_insert(at..at).end = at + 1;
    }
    policy.held = held.into_iter().map(|(_, id)| id).collect();
}

/// Notes of which bindings all is known.
fn note_certain(policy: &mut Policy<'_>) {
    let mut bindings = std::mem::take(&mut policy.bindings);
    for (id, binding) in bindings.iter_mut().enumerate() {
        binding.is_certain = binding.standing == Standing::default()
            && !policy.contested.contains_key(&number_of(id))
            && policy.variants(binding.role).all(|role| {
                let gathered = role.gathered.as_ref();
                role.standing == Standing::default()
                    && !role.is_contested
                    && gathered.is_none_or(|gathered| gathered.open.is_none() && gathered.doubtful.is_empty())
            });
    }
    policy.bindings = bindings;
}

impl Policy<'_> {
    fn last_variant_mut(&mut self, first: Option<RoleId>) -> Option<&mut Role> {
        let mut at = first?;
        while let Some(next) = self.role(at)?.variant {
            at = next;
        }
        self.roles.get_mut(at as usize)
    }
}

/// Numbers of what stands in memory: 2³² roles do not.
pub(crate) fn number_of(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
