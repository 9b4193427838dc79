//! Who has which roles, and what these allow, one by one.

use std::collections::{BTreeMap, BTreeSet};

use seawall_inventory::{KubernetesVersion, Object};
use seawall_rbac::power::{EVERYTHING, POWERS};
use seawall_rbac::{Bound, Doubt, Policy, Power, RuleAt, Subject, Target};
use smol_str::SmolStr;

use super::super::chain::name;
use super::super::who::Asker;

/// Whose roles are drawn.
#[derive(Clone, Copy)]
pub(super) enum Whose<'w> {
    /// Everybody's.
    All,
    /// Everybody's, but for what an API server binds when it starts.
    Added,
    /// Those of somebody, by his name and by his groups.
    Of(&'w Asker),
}

/// Who has which roles, and what these allow.
#[derive(Default)]
pub(super) struct Model<'s> {
    pub subjects: Vec<Subject>,
    pub roles: Vec<Held<'s>>,
    pub rights: Vec<Right>,
    /// Which subject has which role, by the first binding that gives it.
    pub gives: BTreeMap<(usize, usize), Give<'s>>,
    /// Which role allows which right, by its first rule that does.
    pub allows: BTreeMap<(usize, usize), RuleAt<'s>>,
    /// Bindings that are drawn.
    pub bindings: usize,
    /// Bindings that are left out, as an API server makes them.
    pub made_at_start: usize,
    /// Why there may be more.
    pub doubts: Vec<Doubt>,
}

/// A role where it counts.
pub(super) struct Held<'s> {
    /// `ClusterRole view`, `Role shop/reader`.
    pub name: String,
    /// The role; `None` when it is not among what was read.
    pub role: Option<&'s Object>,
    /// Where it counts; everywhere when `None`.
    pub namespace: Option<SmolStr>,
}

/// A binding, and which of its subjects is meant.
#[derive(Clone, Copy)]
pub(super) struct Give<'s> {
    pub binding: &'s Object,
    pub subject: usize,
}

/// What a role allows, in a few words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Right {
    /// One that amounts to more than it seems: its number among [`POWERS`], which is by how much.
    Power(usize),
    /// Any other.
    Other {
        /// `read`, `change`, `approve`, …
        does: SmolStr,
        /// With what, and of which names when not of all.
        what: SmolStr,
    },
}

/// What is numbered, in the order in which it was found.
struct Numbers<K> {
    of: BTreeMap<K, usize>,
}

impl<K: Ord> Numbers<K> {
    fn get(&mut self, key: K, add: impl FnOnce()) -> usize {
        let next = self.of.len();
        *self.of.entry(key).or_insert_with(|| {
            add();
            next
        })
    }
}

impl<K> Default for Numbers<K> {
    fn default() -> Self {
        Self { of: BTreeMap::new() }
    }
}

impl Right {
    /// Behind "can".
    pub(super) fn words(&self) -> String {
        match self {
            Self::Power(number) => POWERS.get(*number).map(|power| power.can.to_owned()).unwrap_or_default(),
            Self::Other { does, what } => format!("{does} {what}"),
        }
    }
}

impl<'s> Model<'s> {
    /// All that bindings of a policy give to those whose it is.
    pub(super) fn of(policy: &Policy<'s>, version: KubernetesVersion, whose: Whose<'_>) -> Self {
        let mut model = Self::default();
        let is_meant = |subject: &Subject| match whose {
            Whose::Of(asker) => subject.is(&asker.user),
            Whose::All | Whose::Added => true,
        };
        let is_made =
            |number: usize| matches!(whose, Whose::Added) && policy.is_made_at_start(number, version);
        let (mut subjects, mut roles) = (Numbers::default(), Numbers::default());
        // The role of each binding that is drawn.
        let mut drawn: BTreeMap<usize, usize> = BTreeMap::new();
        let mut own: BTreeMap<usize, Bound<'s>> = BTreeMap::new();
        for bound in policy.bound() {
            if is_made(bound.number) {
                model.made_at_start += 1;
                continue;
            }
            let meant: Vec<_> =
                policy.subjects_bound(&bound).filter(|(_, subject)| is_meant(subject)).collect();
            if meant.is_empty() {
                continue;
            }
            model.bindings += 1;
            let held = Held::by(policy, &bound);
            let key = (held.name.clone(), held.namespace.clone());
            let role = roles.get(key, || model.roles.push(held));
            drawn.insert(bound.number, role);
            own.entry(role).or_insert(bound);
            for (index, subject) in meant {
                let number = subjects.get(subject.clone(), || model.subjects.push(subject));
                let give = Give { binding: bound.binding, subject: index };
                model.gives.entry((number, role)).or_insert(give);
            }
        }
        model.add_rights(policy, version, &is_meant, &drawn, &own);
        model
    }

    fn add_rights(
        &mut self,
        policy: &Policy<'s>,
        version: KubernetesVersion,
        is_meant: &dyn Fn(&Subject) -> bool,
        drawn: &BTreeMap<usize, usize>,
        own: &BTreeMap<usize, Bound<'s>>,
    ) {
        let mut numbers = Numbers::default();
        // What of which role's rules has been told as a power.
        let mut told: BTreeSet<(usize, Right)> = BTreeSet::new();
        let mut doubts = BTreeSet::new();
        for (rank, power) in POWERS.iter().enumerate() {
            let (held, unknown) = policy.holders_of(power, version);
            doubts.extend(unknown);
            let held = held.into_iter().filter(|holding| is_meant(&holding.subject));
            // Who can do everything can do this, too.
            let is_more = |holding: &_| power.name != EVERYTHING.name && policy.gives_everything(holding);
            for holding in held.filter(|holding| !is_more(holding)) {
                for grant in &holding.grants {
                    let Some(role) = drawn.get(&grant.number) else { continue };
                    let right = numbers.get(Right::Power(rank), || self.rights.push(Right::Power(rank)));
                    self.allows.entry((*role, right)).or_insert(grant.rule);
                    told.extend(parts(power, version).map(|part| (*role, part)));
                }
            }
        }
        for (role, bound) in own {
            for rule in policy.rules_bound(bound).filter(|_| bound.is_certain) {
                for right in rights(&rule).into_iter().filter(|right| !told.contains(&(*role, right.clone())))
                {
                    let number = numbers.get(right.clone(), || self.rights.push(right));
                    self.allows.entry((*role, number)).or_insert(rule);
                }
            }
        }
        self.doubts = doubts.into_iter().collect();
    }
}

impl<'s> Held<'s> {
    fn by(policy: &Policy<'s>, bound: &Bound<'s>) -> Self {
        let snapshot = policy.snapshot();
        let role_ref = bound.binding.body.role_binding().map(|body| &body.role_ref);
        let namespace = name(snapshot, bound.binding).namespace;
        let is_everywhere = bound.binding.kind == "ClusterRoleBinding";
        let of = role_ref.map(|role| match role.kind.as_str() {
            "Role" => format!("Role {namespace}/{}", role.name),
            kind => format!("{kind} {}", role.name),
        });
        Self {
            name: of.unwrap_or_default(),
            role: bound.role,
            namespace: (!is_everywhere).then_some(namespace),
        }
    }
}

/// What a power is made of, as rights of their own.
fn parts(power: &Power, version: KubernetesVersion) -> impl Iterator<Item = Right> {
    let asks = power.needs.iter().flat_map(|asks| asks.iter());
    asks.filter(move |ask| ask.versions.contains(version)).map(|ask| {
        let asked = ask.attributes();
        let what = match asked.target {
            Target::Resource(asked) if asked.subresource.is_empty() => called(asked.group, asked.resource),
            Target::Resource(asked) => {
                called(asked.group, &format!("{}/{}", asked.resource, asked.subresource))
            }
            Target::Path(path) => path.to_owned(),
        };
        Right::Other { does: does(asked.verb), what: what.into() }
    })
}

/// A resource, with its group but for the core.
fn called(group: &str, resource: &str) -> String {
    match (group, resource) {
        (_, "*") if ["", "*"].contains(&group) => "all resources".to_owned(),
        ("" | "*", resource) => resource.to_owned(),
        (group, "*") => format!("all resources of {group}"),
        (group, resource) => format!("{resource}.{group}"),
    }
}

fn does(verb: &str) -> SmolStr {
    match verb {
        "get" | "list" | "watch" => SmolStr::new_static("read"),
        "create" | "update" | "patch" | "delete" | "deletecollection" => SmolStr::new_static("change"),
        "*" => SmolStr::new_static("do everything with"),
        verb => SmolStr::new(verb),
    }
}

/// What a rule allows in a few words.
fn rights(rule: &RuleAt<'_>) -> BTreeSet<Right> {
    let written = rule.rule;
    let names = match written.resource_names.len() {
        0 => "",
        1 => " of one name",
        _ => " of some names",
    };
    let resources = written
        .api_groups
        .iter()
        .flat_map(|group| written.resources.iter().map(move |resource| called(group, resource) + names));
    let paths = written.non_resource_urls.iter().map(|path| match path.as_str() {
        "*" => "all paths".to_owned(),
        path => path.to_owned(),
    });
    let things = resources.chain(paths);
    let does: BTreeSet<SmolStr> = written.verbs.iter().map(|verb| does(verb)).collect();
    let with = |what: String| {
        let what = SmolStr::from(what);
        does.iter()
            .map(move |does| Right::Other { does: does.clone(), what: what.clone() })
            .collect::<Vec<_>>()
    };
    things.flat_map(with).collect()
}
