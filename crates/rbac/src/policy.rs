//! All roles and bindings of a Snapshot, compiled for questions.

use std::ops::Range;
use std::sync::OnceLock;

use foldhash::{HashMap, HashSet};
use seawall_inventory::kinds::RoleRef;
use seawall_inventory::{KubernetesVersion, Object, Snapshot, What, Within};
use smol_str::SmolStr;

use crate::about::About;
use crate::aggregate::Gathered;
use crate::bootstrap::Bootstrap;
use crate::candidates::{Held, Place};
use crate::grants::RuleAt;
use crate::standing::{self, Standing};
use crate::symbol::{ListId, Symbol, Symbols};
use crate::validity::GROUP;

/// Who may do what by the roles and bindings of a Snapshot.
///
/// Compiled, a rule takes 24 bytes, a binding some 60, a subject of a binding 16 and each pair of a subject and the place where it has
/// roles some 20; strings and lists of them are kept once.
#[derive(Debug)]
pub struct Policy<'s> {
    pub(crate) snapshot: &'s Snapshot,
    /// Roles that are there though no file says so; their numbers begin where those of the Snapshot end.
    pub(crate) assumed: &'s [Object],
    pub(crate) symbols: Symbols,
    /// The rules of all roles, each role's together, in order.
    pub(crate) rules: Vec<Rule>,
    pub(crate) roles: Vec<Role>,
    /// The first definition of each role, by namespace and name; a ClusterRole stands in none.
    pub(crate) names: HashMap<(Option<Symbol>, Symbol), RoleId>,
    /// ClusterRoleBindings, then RoleBindings by namespace; otherwise in the order of objects.
    pub(crate) bindings: Vec<Binding>,
    /// Where in `bindings` those of a namespace stand; `None` are the ClusterRoleBindings.
    pub(crate) scopes: HashMap<Option<Symbol>, Range<u32>>,
    /// The bindings by which somebody has roles in a place.
    pub(crate) holders: HashMap<HolderKey, Range<u32>>,
    /// The bindings of `holders`.
    pub(crate) held: Vec<Held>,
    /// Bindings of which it is not known to whom they give their role, or where.
    pub(crate) open: Vec<BindingId>,
    /// Bindings of one name that say different things.
    pub(crate) contested: HashMap<BindingId, Box<[BindingId]>>,
    /// Numbers of the roles and bindings that are as an API server has made them.
    pub(crate) defaults: OnceLock<HashSet<usize>>,
    /// The role of each binding, by the number of the binding's object.
    pub(crate) role_of_binding: OnceLock<HashMap<usize, RoleId>>,
    /// Numbers of the bindings that give everything, and in which namespace.
    pub(crate) everything: OnceLock<HashSet<(usize, Option<SmolStr>)>>,
}

/// Where somebody has roles, whether he is a group, and his name.
pub(crate) type HolderKey = (Option<Symbol>, bool, Symbol);
/// Number of a [`Rule`].
pub(crate) type RuleId = u32;
/// Number of a [`Role`].
pub(crate) type RoleId = u32;
/// Number of a [`Binding`].
pub(crate) type BindingId = u32;

/// A rule as it was written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    pub content: RuleContent,
    /// The role that it was written in.
    pub role: RoleId,
}

/// What a rule says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RuleContent {
    pub verbs: ListId,
    pub groups: ListId,
    pub resources: ListId,
    pub names: ListId,
    pub urls: ListId,
}

/// A Role or ClusterRole.
#[derive(Clone, Debug)]
pub(crate) struct Role {
    /// Number of the object.
    pub object: usize,
    pub standing: Standing,
    /// What was written in it.
    pub own: Range<RuleId>,
    /// What counts instead, when it gathers the rules of others.
    pub gathered: Option<Gathered>,
    /// What its rules are about, those that may be gathered too.
    pub about: About,
    /// Whether there are several definitions of its name, which say different things.
    pub is_contested: bool,
    /// The next of them.
    pub variant: Option<RoleId>,
}

/// A RoleBinding or ClusterRoleBinding.
#[derive(Clone, Debug)]
pub(crate) struct Binding {
    /// Number of the object.
    pub object: u32,
    /// Where its role counts; `None` everywhere.
    pub namespace: Option<Symbol>,
    /// The role, by its first definition.
    pub role: Option<RoleId>,
    pub standing: Standing,
    /// Whether nothing of it or of its role is in doubt.
    pub is_certain: bool,
}

impl Role {
    /// Whether nothing of it is in doubt.
    pub fn is_certain(&self) -> bool {
        let is_whole = |gathered: &Gathered| gathered.open.is_none() && gathered.doubtful.is_empty();
        self.standing == Standing::default()
            && !self.is_contested
            && self.gathered.as_ref().is_none_or(is_whole)
    }
}

impl<'s> Policy<'s> {
    /// Compiles the roles and bindings of a Snapshot.
    pub fn new(snapshot: &'s Snapshot) -> Self {
        Self::assuming(snapshot, &[])
    }

    /// The same, where these roles are there besides, as those that an API server makes when it starts: a file that binds
    /// `cluster-admin` does not say what that is. One of the Snapshot stands in the place of one of the same name.
    pub fn assuming(snapshot: &'s Snapshot, roles: &'s [Object]) -> Self {
        crate::compile::compile(snapshot, roles)
    }

    /// Whether there are no bindings.
    pub fn is_empty(&self) -> bool {
        self.bindings.is_empty()
    }

    /// Whether an object, by its number, is a role or binding with nothing besides what API servers of this version, or of one before,
    /// make when they start; of a binding its role too.
    pub fn is_made_at_start(&self, number: usize, version: KubernetesVersion) -> bool {
        self.object(number).is_some_and(Bootstrap::is_labelled)
            && self.defaults.get_or_init(|| self.made_at_start(version)).contains(&number)
    }

    fn made_at_start(&self, version: KubernetesVersion) -> HashSet<usize> {
        let bootstrap = Bootstrap::new();
        let as_made = |number: &usize| {
            let object = self.object(*number);
            let made = object.and_then(|object| Some((bootstrap.of(object)?, object)));
            made.is_some_and(|(made, object)| made.difference(object, version).extra.is_empty())
        };
        let roles: HashSet<usize> = self.roles.iter().map(|role| role.object).filter(as_made).collect();
        let bindings = self.bindings.iter().filter(|binding| {
            binding.role.and_then(|role| self.role(role)).is_some_and(|role| roles.contains(&role.object))
        });
        let bindings = bindings.map(|binding| binding.object as usize).filter(as_made).collect::<Vec<_>>();
        roles.into_iter().chain(bindings).collect()
    }

    /// The Snapshot that it was made of.
    pub fn snapshot(&self) -> &'s Snapshot {
        self.snapshot
    }

    pub(crate) fn object(&self, number: usize) -> Option<&'s Object> {
        let beyond = || self.assumed.get(number.checked_sub(self.snapshot.objects.len())?);
        self.snapshot.objects.get(number).or_else(beyond)
    }

    /// What the API server reads as the rules of a role, in order.
    pub(crate) fn rules_of(&self, role: &Role) -> impl Iterator<Item = RuleId> {
        let (own, gathered) = match &role.gathered {
            Some(gathered) => (0..0, gathered.rules.as_ref()),
            None => (role.own.clone(), [].as_slice()),
        };
        own.chain(gathered.iter().copied())
    }

    /// A role, and its other definitions.
    pub(crate) fn variants(&self, role: Option<RoleId>) -> impl Iterator<Item = &Role> {
        let next = move |role: &&Role| self.role(role.variant?);
        std::iter::successors(role.and_then(|role| self.role(role)), next)
    }

    /// The role that a binding in a place refers to.
    pub(crate) fn role_named(&self, place: Place, role_ref: &RoleRef) -> Option<RoleId> {
        let name = self.symbols.find(&role_ref.name)?;
        let at = match role_ref.kind.as_str() {
            "ClusterRole" => None,
            "Role" => Some(place.flatten()?),
            _ => return None,
        };
        self.names.get(&(at, name)).copied()
    }

    /// Whether all roles were read among which one of a binding in a namespace would be, so that it is dangling. Of files nobody
    /// knows what else there is.
    pub(crate) fn is_known_to_be_missing(&self, namespace: &str, is_cluster: bool) -> bool {
        let kind = if is_cluster { "ClusterRole" } else { "Role" };
        let what = What::Kind { group: GROUP.into(), kind: kind.into() };
        let within = if is_cluster { Within::Cluster } else { Within::Namespace(namespace.into()) };
        self.snapshot.coverage.live && self.snapshot.coverage.gap(&what, &within, None).is_none()
    }

    pub(crate) fn role(&self, id: RoleId) -> Option<&Role> {
        self.roles.get(id as usize)
    }

    pub(crate) fn rule(&self, id: RuleId) -> Option<&Rule> {
        self.rules.get(id as usize)
    }

    pub(crate) fn binding(&self, id: BindingId) -> Option<&Binding> {
        self.bindings.get(id as usize)
    }

    /// A rule where it was written.
    pub(crate) fn written(&self, id: RuleId) -> Option<RuleAt<'s>> {
        let role = self.role(self.rule(id)?.role)?;
        let index = id.checked_sub(role.own.start)? as usize;
        let object = self.object(role.object)?;
        Some(RuleAt { role: object, index, rule: standing::rules(object).get(index)? })
    }

    /// The namespace of a binding; empty for a ClusterRoleBinding.
    pub(crate) fn namespace_of(&self, binding: &Binding) -> &str {
        binding.namespace.map_or("", |namespace| self.symbols.text(namespace))
    }
}
