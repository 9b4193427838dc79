//! From a Snapshot to a [`Policy`].

use std::collections::hash_map::Entry;

use std::sync::OnceLock;

use foldhash::{HashMap, HashMapExt};
use seawall_inventory::{Object, Snapshot, View};
use smol_str::SmolStr;

use crate::about::About;
use crate::aggregate::aggregate;
use crate::candidates::Held;
use crate::doubt::Doubt;
use crate::policy::{Binding, BindingId, HolderKey, Policy, Role, RoleId, Rule, RuleContent};
use crate::rule::ALL;
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
    note_about(&mut policy);
    let mut named = Named::default();
    for kind in ["ClusterRoleBinding", "RoleBinding"] {
        for (number, object) in View::from(snapshot).numbered(GROUP, kind) {
            let binding = binding(&mut policy, number, object);
            named.note(&mut policy, binding, object);
        }
    }
    let subjects = order(&mut policy, named);
    note_certain(&mut policy);
    index(&mut policy, subjects);
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
    policy.roles.push(Role {
        object: number,
        standing,
        own,
        gathered: None,
        about: About::default(),
        is_contested,
        variant: None,
    });
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

/// Bindings as they are read, and whom they name. In this order objects are read as they stand in memory.
#[derive(Default)]
struct Named<'s> {
    bindings: Vec<Binding>,
    /// Whom they name, with their places in `bindings`.
    subjects: Vec<(HolderKey, BindingId)>,
    first: HashMap<(Option<Symbol>, &'s str), BindingId>,
    /// Those of one name that do not say the same, by the first: hardly any has others.
    several: HashMap<BindingId, Vec<BindingId>>,
    /// A user's name, as it is put together.
    user: String,
}

impl<'s> Named<'s> {
    /// Takes a binding, unless it is a copy of one that has been taken.
    fn note(&mut self, policy: &mut Policy<'s>, binding: Binding, object: &'s Object) {
        let name = object.metadata.name.as_str();
        let id = number_of(self.bindings.len());
        if !name.is_empty() {
            match self.first.entry((binding.namespace, name)) {
                Entry::Vacant(entry) => drop(entry.insert(id)),
                Entry::Occupied(entry) => {
                    let named = self.several.entry(*entry.get()).or_insert_with(|| vec![*entry.get()]);
                    let others = named.iter().filter_map(|other| self.bindings.get(*other as usize));
                    let mut others = others.filter_map(|other| policy.object(other.object as usize));
                    if others.any(|other| other.says_the_same(object)) {
                        return;
                    }
                    named.push(id);
                }
            }
        }
        let symbols = &mut policy.symbols;
        let place = binding.namespace;
        let namespace = SmolStr::new(place.map_or("", |place| symbols.text(place)));
        let subjects = object.body.role_binding().map(|body| &body.subjects);
        for subject in subjects.into_iter().flatten() {
            if let Some((is_group, name)) = Subject::key(subject, &namespace, &mut self.user) {
                self.subjects.push(((place, is_group, symbols.add_text(name)), id));
            }
        }
        self.bindings.push(binding);
    }
}

/// Puts bindings into the order of the API server; whom they name, with the numbers that they have now.
fn order(policy: &mut Policy<'_>, named: Named<'_>) -> Vec<(HolderKey, BindingId)> {
    let Named { bindings, mut subjects, several, .. } = named;
    let mut ordered: Vec<(BindingId, Binding)> = (0..).zip(bindings).collect();
    // Stable: within a place they stay in the order of objects. A ClusterRoleBinding stands before all else.
    ordered.sort_by_key(|(_, binding)| binding.namespace);
    let mut now = vec![0; ordered.len()];
    for (id, (before, _)) in (0..).zip(&ordered) {
        if let Some(now) = now.get_mut(*before as usize) {
            *now = id;
        }
    }
    let now = |before: BindingId| now.get(before as usize).copied().unwrap_or(before);
    policy.bindings = ordered.into_iter().map(|(_, binding)| binding).collect();
    for several in several.into_values().filter(|several| several.len() > 1) {
        let ids: Box<[BindingId]> = several.into_iter().map(now).collect();
        policy.contested.extend(ids.iter().map(|id| (*id, ids.clone())));
    }
    for (_, binding) in &mut subjects {
        *binding = now(*binding);
    }
    subjects
}

/// Notes where bindings stand, and who has roles by them.
fn index(policy: &mut Policy<'_>, mut subjects: Vec<(HolderKey, BindingId)>) {
    for (id, binding) in (0..).zip(&policy.bindings) {
        policy.scopes.entry(binding.namespace).or_insert(id..id).end = id + 1;
        if binding.standing.is_open || binding.standing.any_namespace {
            policy.open.push(id);
        }
    }
    subjects.sort_unstable();
    subjects.dedup();
    policy.holders.reserve(subjects.chunk_by(|(one, _), (next, _)| one == next).count());
    for (at, (key, _)) in (0..).zip(&subjects) {
        policy.holders.entry(*key).or_insert(at..at).end = at + 1;
    }
    let with_about = |(_, binding)| Held { binding, about: policy.about(binding) };
    policy.held = subjects.into_iter().map(with_about).collect();
}

/// Notes what roles are about.
fn note_about(policy: &mut Policy<'_>) {
    let all = policy.symbols.find(ALL);
    let mut roles = std::mem::take(&mut policy.roles);
    for role in &mut roles {
        let doubtful =
            role.gathered.iter().flat_map(|gathered| gathered.doubtful.iter().map(|(rule, _)| *rule));
        let rules = policy.rules_of(role).chain(doubtful).filter_map(|rule| policy.rule(rule));
        let about = rules.map(|rule| About::rule(&rule.content, &policy.symbols, all));
        role.about = about.fold(About::default(), About::or);
    }
    policy.roles = roles;
}

/// Notes of which bindings all is known.
fn note_certain(policy: &mut Policy<'_>) {
    let mut bindings = std::mem::take(&mut policy.bindings);
    for (id, binding) in bindings.iter_mut().enumerate() {
        binding.is_certain = binding.standing == Standing::default()
            && !policy.contested.contains_key(&number_of(id))
            && policy.variants(binding.role).all(Role::is_certain);
    }
    policy.bindings = bindings;
}

impl Policy<'_> {
    /// What a binding may allow. One that is not sound, or refers to nothing, is to be told of whatever is asked.
    fn about(&self, binding: BindingId) -> About {
        let certain = self.binding(binding).filter(|binding| binding.is_certain);
        let role = certain.and_then(|binding| self.role(binding.role?));
        role.map_or(About::ANYTHING, |role| role.about)
    }

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
