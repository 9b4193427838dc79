//! What subjects hold, worked out once and kept apart from the Snapshot.

use std::collections::{BTreeMap, BTreeSet};

use seawall_inventory::{KubernetesVersion, ObjectRef};
use smol_str::SmolStr;

use crate::policy::Policy;
use crate::power::{POWERS, Power};
use crate::subject::Subject;
use crate::user::{group, service_account_name};

/// Which powers the subjects of all bindings hold, and who has any right at all. It holds nothing of the Snapshot, so that it stands
/// for as long as roles and bindings do.
#[derive(Debug, Default)]
pub struct Rights {
    is_empty: bool,
    held: BTreeMap<Subject, Vec<Right>>,
    /// Whoever has a role that API servers do not bind when they start.
    has_some: BTreeSet<Subject>,
    /// Of bindings that are not known for certain, whom they name, and why.
    doubts: BTreeMap<Subject, BTreeSet<String>>,
    /// Why anybody may hold more.
    open: BTreeSet<String>,
    /// Who holds what in one namespace.
    within: BTreeMap<SmolStr, Vec<(Subject, &'static Power)>>,
    /// Why more may be held in one.
    doubts_within: BTreeMap<SmolStr, BTreeSet<String>>,
}

/// A power that a binding gives.
#[derive(Clone, Debug)]
pub struct Right {
    /// Which.
    pub power: &'static Power,
    /// In which namespace; `None` in all of them, and outside.
    pub namespace: Option<SmolStr>,
    /// By which binding.
    pub binding: ObjectRef,
    /// The role that the rule is written in.
    pub role: ObjectRef,
    /// Which of its rules allows the first thing that the power needs.
    pub rule: usize,
}

/// What a service account, or the members of a group, hold.
#[derive(Debug)]
pub struct HeldRights<'r> {
    /// Powers, in the order of [`POWERS`], then of bindings.
    pub powers: Vec<&'r Right>,
    /// Whether there is any right beyond those that everybody has.
    pub has_some: bool,
    /// Why there may be more.
    pub doubts: Vec<&'r str>,
}

impl Policy<'_> {
    /// What the subjects of all bindings hold in a version, but for what API servers bind when they start.
    pub fn rights(&self, version: KubernetesVersion) -> Rights {
        let mut rights = Rights { is_empty: self.is_empty(), ..Rights::default() };
        let unread = self.unread_bindings().into_iter().map(|doubt| doubt.describe(self.snapshot));
        rights.open.extend(unread);
        if rights.is_empty {
            return rights;
        }
        for power in POWERS {
            for holding in self.holders_of(power, version).0 {
                let Some(grant) = holding.grants.first() else { continue };
                if self.is_made_at_start(grant.number, version) {
                    continue;
                }
                if let Some(namespace) = &holding.namespace {
                    let within = rights.within.entry(namespace.clone()).or_default();
                    within.push((holding.subject.clone(), power));
                }
                let role = self.snapshot.identity(grant.rule.role.reference());
                let binding = self.snapshot.identity(grant.binding.reference());
                let right =
                    Right { power, namespace: holding.namespace, binding, role, rule: grant.rule.index };
                rights.held.entry(holding.subject).or_default().push(right);
            }
        }
        for (id, binding) in self.all_bindings() {
            if self.is_made_at_start(binding.object as usize, version) {
                continue;
            }
            if binding.role.is_some() {
                rights.has_some.extend(self.subjects_of(binding).map(|(_, subject)| subject));
            }
            let mut doubts = BTreeSet::new();
            self.doubts_of(id, None, &mut doubts);
            let reasons: BTreeSet<String> =
                doubts.into_iter().map(|doubt| doubt.describe(self.snapshot)).collect();
            if reasons.is_empty() {
                continue;
            }
            if binding.standing.is_open {
                rights.open.extend(reasons.iter().cloned());
            }
            if binding.namespace.is_some() {
                let namespace = SmolStr::new(self.namespace_of(binding));
                rights.doubts_within.entry(namespace).or_default().extend(reasons.iter().cloned());
            }
            for (_, subject) in self.subjects_of(binding) {
                rights.doubts.entry(subject).or_default().extend(reasons.iter().cloned());
            }
        }
        rights
    }
}

impl Rights {
    /// Whether there are no bindings.
    pub fn is_empty(&self) -> bool {
        self.is_empty
    }

    /// What a service account holds, by its name and by its groups. Rights of everybody who has a name are not its own.
    pub fn of_account(&self, namespace: &str, name: &str) -> HeldRights<'_> {
        let own = [
            Subject::ServiceAccount(SmolStr::new(namespace), SmolStr::new(name)),
            Subject::User(service_account_name(namespace, name)),
            Subject::Group([group::SERVICE_ACCOUNTS, ":", namespace].concat().into()),
        ];
        let everybody = [group::SERVICE_ACCOUNTS, group::AUTHENTICATED];
        let everybody = everybody.map(|name| Subject::Group(SmolStr::new_static(name)));
        self.of(&own, &everybody)
    }

    /// What the members of a group hold by it.
    pub fn of_group(&self, name: &str) -> HeldRights<'_> {
        self.of(&[Subject::Group(SmolStr::new(name))], &[])
    }

    /// The service accounts of a namespace that hold something by their own names, in order.
    pub fn accounts_in(&self, namespace: &str) -> impl Iterator<Item = &str> {
        let first = Subject::ServiceAccount(SmolStr::new(namespace), SmolStr::default());
        self.held.range(first..).map_while(move |(subject, _)| match subject {
            Subject::ServiceAccount(of, name) if *of == namespace => Some(name.as_str()),
            _ => None,
        })
    }

    /// Who holds one of some powers, by their names, in this one namespace and not in all; and why there may be others.
    pub fn holders_in(&self, namespace: &str, powers: &[&str]) -> (Vec<&Subject>, Vec<&str>) {
        let within = self.within.get(namespace).into_iter().flatten();
        let holders = within.filter(|(_, power)| powers.contains(&power.name)).map(|(subject, _)| subject);
        let doubts = self.doubts_within.get(namespace).into_iter().flatten().chain(&self.open);
        (holders.collect(), doubts.map(String::as_str).collect())
    }

    fn of(&self, own: &[Subject], everybody: &[Subject]) -> HeldRights<'_> {
        let all = || own.iter().chain(everybody);
        let mut powers: Vec<&Right> = all().filter_map(|subject| self.held.get(subject)).flatten().collect();
        let order = |right: &Right| POWERS.iter().position(|power| power.name == right.power.name);
        powers.sort_by_key(|right| (order(right), right.namespace.is_some()));
        let doubts = all().filter_map(|subject| self.doubts.get(subject)).flatten().chain(&self.open);
        let doubts: BTreeSet<&str> = doubts.map(String::as_str).collect();
        HeldRights {
            powers,
            has_some: own.iter().any(|subject| self.has_some.contains(subject)),
            doubts: doubts.into_iter().collect(),
        }
    }
}
