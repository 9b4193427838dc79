//! Whether somebody may write a role or a binding: the registry lets nobody give more than he has.
//!
//! These checks come after the authorizers have allowed the request itself ([`Policy::decide`] on `create roles`).
//!
//! Source: k8s.io/kubernetes pkg/registry/rbac/escalation_check.go, pkg/registry/rbac/*/policybased/storage.go,
//! pkg/registry/rbac/validation/rule.go v1.36.3.

use std::collections::BTreeSet;

use seawall_inventory::kinds::{PolicyRule, RoleRef};
use smol_str::SmolStr;

use crate::attributes::{Attributes, Resource};
use crate::covers::{Atom, uncovered};
use crate::decision::{Allowed, Decision};
use crate::doubt::Doubt;
use crate::grants::Grant;
use crate::policy::Policy;
use crate::rule::ALL;
use crate::user::{User, group};
use crate::validity::GROUP;

/// Whether somebody may write a role or a binding.
#[derive(Clone, Debug)]
pub enum Escalation<'s> {
    /// He may.
    Allowed(Mandate<'s>),
    /// He may not: this he would give, and has not himself.
    Forbidden(Atom),
    /// He may not: the role that he binds does not exist, so that nobody can tell what he would give.
    NoRole,
    /// The role that he binds was not read; without `bind` it decides.
    RoleNotRead,
    /// Nothing that is known lets him, and this is not known.
    Unknown(Vec<Doubt>),
}

/// By what somebody may write a role or a binding.
#[derive(Clone, Copy, Debug)]
pub enum Mandate<'s> {
    /// He is in `system:masters`.
    Privileged,
    /// He may `escalate` the role, or `bind` it.
    Verb(Grant<'s>),
    /// He has all that he would give.
    Covered,
}

/// A role that somebody writes.
#[derive(Clone, Copy, Debug)]
pub struct RoleWrite<'a> {
    /// Namespace of a Role; empty for a ClusterRole.
    pub namespace: &'a str,
    /// Name, as the path of the request says it: empty where a role is created.
    pub name: &'a str,
    /// What it is to allow.
    pub rules: &'a [PolicyRule],
    /// Whether it is to gather the rules of others, or has done so until now.
    pub gathers: bool,
}

impl<'s> Policy<'s> {
    /// Whether somebody may write a role. An update of nothing but owners and finalizers is not checked.
    pub fn may_write_role(&self, user: &User, role: &RoleWrite<'_>) -> Escalation<'s> {
        let RoleWrite { namespace, name, rules, gathers } = *role;
        let resource = if namespace.is_empty() { "clusterroles" } else { "roles" };
        let asked = Resource { group: GROUP, resource, namespace, name, ..Resource::default() };
        let by_verb = self.by_verb(user, &Attributes::resource("escalate", asked));
        if let Some(Ok(mandate)) = by_verb {
            return Escalation::Allowed(mandate);
        }
        let rules: Vec<&PolicyRule> = rules.iter().collect();
        let mut may = self.may_give(user, namespace, &rules);
        if gathers && matches!(may, Escalation::Allowed(_)) {
            let [resources, paths] = everything();
            may = self.may_give(user, namespace, &[&resources, &paths]);
        }
        with_doubts(may, by_verb)
    }

    /// Whether somebody may bind a role in a namespace, an empty one for a ClusterRoleBinding. It is checked again whenever a
    /// binding is changed, with more subjects for example.
    pub fn may_bind(&self, user: &User, namespace: &str, role_ref: &RoleRef) -> Escalation<'s> {
        let is_cluster = role_ref.kind == "ClusterRole";
        let resource = if is_cluster { "clusterroles" } else { "roles" };
        let group = if role_ref.api_group.is_empty() { GROUP } else { &role_ref.api_group };
        let asked = Resource { group, resource, namespace, name: &role_ref.name, ..Resource::default() };
        let by_verb = self.by_verb(user, &Attributes::resource("bind", asked));
        if let Some(Ok(mandate)) = by_verb {
            return Escalation::Allowed(mandate);
        }
        with_doubts(self.may_give_role(user, namespace, role_ref), by_verb)
    }

    fn may_give_role(&self, user: &User, namespace: &str, role_ref: &RoleRef) -> Escalation<'s> {
        let place = (!namespace.is_empty()).then(|| self.symbols.find(namespace));
        let mut variants = self.variants(self.role_named(place, role_ref)).peekable();
        if variants.peek().is_none() {
            let is_missing = self.is_known_to_be_missing(namespace, role_ref.kind == "ClusterRole");
            return if is_missing { Escalation::NoRole } else { Escalation::RoleNotRead };
        }
        let mut doubts = BTreeSet::new();
        let mut rules = Vec::new();
        for role in variants {
            self.doubts_of_role(role, None, &mut doubts);
            rules.extend(self.rules_of(role).filter_map(|rule| self.written(rule)).map(|at| at.rule));
        }
        match self.may_give(user, namespace, &rules) {
            // Who has what a role may have besides is not asked: it is not known.
            Escalation::Allowed(Mandate::Covered) if !doubts.is_empty() => {
                Escalation::Unknown(doubts.into_iter().collect())
            }
            may => may,
        }
    }

    /// Whether a verb, or a group, is enough; `Some(Err)` when that is not known.
    fn by_verb(&self, user: &User, asked: &Attributes<'_>) -> Option<Result<Mandate<'s>, Vec<Doubt>>> {
        if user.is_in(group::MASTERS) {
            return Some(Ok(Mandate::Privileged));
        }
        match self.decide(user, asked) {
            Decision::Allowed(Allowed::Privileged) => Some(Ok(Mandate::Privileged)),
            Decision::Allowed(Allowed::Granted(grant)) => Some(Ok(Mandate::Verb(grant))),
            Decision::NoOpinion(_) => None,
            Decision::Unknown(doubts) => Some(Err(doubts)),
        }
    }

    /// Whether somebody has in a namespace all that rules give (`ConfirmNoEscalation`).
    fn may_give(&self, user: &User, namespace: &str, rules: &[&PolicyRule]) -> Escalation<'s> {
        let own = self.rules_for(user, namespace);
        let owned: Vec<&PolicyRule> = own.grants.iter().map(|grant| grant.rule.rule).collect();
        match uncovered(&owned, rules).next() {
            None => Escalation::Allowed(Mandate::Covered),
            Some(missing) if own.doubts.is_empty() => Escalation::Forbidden(missing),
            Some(_) => Escalation::Unknown(own.doubts),
        }
    }
}

/// What was not known about a verb makes a refusal unknown.
fn with_doubts<'s>(may: Escalation<'s>, by_verb: Option<Result<Mandate<'s>, Vec<Doubt>>>) -> Escalation<'s> {
    match (may, by_verb) {
        (Escalation::Forbidden(_) | Escalation::NoRole | Escalation::RoleNotRead, Some(Err(doubts))) => {
            Escalation::Unknown(doubts)
        }
        (may, _) => may,
    }
}

/// Every verb on every resource and path: what who lets a role gather the rules of others has to have (`fullAuthority`).
fn everything() -> [PolicyRule; 2] {
    let all = || -> Box<[SmolStr]> { Box::new([SmolStr::new_static(ALL)]) };
    [
        PolicyRule { verbs: all(), api_groups: all(), resources: all(), ..PolicyRule::default() },
        PolicyRule { verbs: all(), non_resource_urls: all(), ..PolicyRule::default() },
    ]
}
