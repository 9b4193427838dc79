//! The smallest change by which a binding gives a power no more.

use std::fmt;

use foldhash::{HashMap, HashMapExt};
use seawall_inventory::kinds::PolicyRule;
use seawall_inventory::{KubernetesVersion, Object};
use smol_str::SmolStr;

use super::{EVERYTHING, POWERS, Power};
use crate::attributes::Attributes;
use crate::bootstrap::Bootstrap;
use crate::grants::RuleAt;
use crate::policy::{Policy, RoleId, RuleId};
use crate::rule::{ALL, rule_allows};

/// A change by which a binding gives powers no more.
#[derive(Clone, Debug)]
pub enum Change<'s> {
    /// Rules of the role allow less.
    Rules(Vec<RuleChange<'s>>),
    /// The binding names these of its subjects no more: the role is not for anybody to change, or gives more such powers besides.
    Subjects(Vec<usize>),
}

/// A rule that is to allow less.
#[derive(Clone, Debug)]
pub struct RuleChange<'s> {
    /// The role that it is written in.
    pub role: &'s Object,
    /// Which of its rules.
    pub index: usize,
    /// What is left out.
    pub less: Less,
}

/// What is left out of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Less {
    /// Names of objects.
    Names(Vec<SmolStr>),
    /// Verbs.
    Verbs(Vec<SmolStr>),
    /// Resources.
    Resources(Vec<SmolStr>),
    /// All of it.
    Rule,
}

/// A role, and where it is bound: in the one namespace that a power is of, and whether in any.
type Asked = (RoleId, Option<&'static str>, bool);

/// Finds changes by which bindings give none of some powers any more. Each role is looked at once.
#[derive(Debug)]
pub struct Changes<'p, 's> {
    policy: &'p Policy<'s>,
    powers: Vec<&'static Power>,
    version: KubernetesVersion,
    known: HashMap<Asked, Option<Vec<RuleChange<'s>>>>,
}

impl<'s> Policy<'s> {
    /// What finds changes by which bindings give none of these powers any more.
    pub fn changes(&self, powers: Vec<&'static Power>, version: KubernetesVersion) -> Changes<'_, 's> {
        Changes { policy: self, powers, version, known: HashMap::new() }
    }

    /// The role of a binding, by the number of its object, where there is one of that name.
    fn role_of(&self, binding: usize) -> Option<RoleId> {
        let roles = || {
            let roles = self.bindings.iter().filter_map(|one| Some((one.object as usize, one.role?)));
            roles.collect::<HashMap<usize, RoleId>>()
        };
        let role = self.role_of_binding.get_or_init(roles).get(&binding).copied()?;
        self.role(role).filter(|role| role.variant.is_none()).map(|_| role)
    }
}

impl<'s> Changes<'_, 's> {
    /// The smallest change by which the binding numbered `binding` gives its `subjects` none of the powers any more, in `namespace` or
    /// in the cluster. It is held against the rules that are left: what it says is enough for this binding, and no other power of
    /// it comes to light. What other bindings give is not looked at.
    pub fn smallest(&mut self, binding: usize, namespace: Option<&str>, subjects: Vec<usize>) -> Change<'s> {
        let Some(role) = self.policy.role_of(binding) else { return Change::Subjects(subjects) };
        let only = self.powers.iter().filter_map(|power| power.only).find(|only| namespace == Some(*only));
        let key = (role, only, namespace.is_some());
        let Self { policy, powers, version, .. } = self;
        let known = self.known.entry(key);
        let rules = known.or_insert_with(|| policy.rules_to_change(role, namespace, powers, *version));
        rules.clone().map_or(Change::Subjects(subjects), Change::Rules)
    }
}

impl<'s> Policy<'s> {
    fn rules_to_change(
        &self,
        role: RoleId,
        namespace: Option<&str>,
        powers: &[&Power],
        version: KubernetesVersion,
    ) -> Option<Vec<RuleChange<'s>>> {
        let role = self.role(role)?;
        let asked = asked(powers.iter().copied(), namespace, version);
        // Who could do everything was told for nothing else.
        let is_everything = powers.iter().any(|power| power.name == EVERYTHING.name);
        let hidden = if is_everything { self::asked(POWERS.iter(), namespace, version) } else { Vec::new() };
        let mut changes = Vec::new();
        for id in self.rules_of(role) {
            let RuleAt { role: object, index, rule } = self.written(id)?;
            let allowed: Vec<Attributes<'_>> =
                asked.iter().filter(|asked| rule_allows(rule, asked)).copied().collect();
            let left = if allowed.is_empty() {
                Some(rule.clone())
            } else {
                let less = Less::smallest(rule, &allowed);
                let left = less.of(rule);
                self.is_to_change(id).then(|| changes.push(RuleChange { role: object, index, less }))?;
                left
            };
            let allows = |left: &PolicyRule| hidden.iter().any(|asked| rule_allows(left, asked));
            if left.as_ref().is_some_and(allows) {
                return None;
            }
        }
        (!changes.is_empty()).then_some(changes)
    }

    /// Whether it is of use to change a rule: API servers and controllers write some anew.
    fn is_to_change(&self, id: RuleId) -> bool {
        let role = self.rule(id).and_then(|rule| self.role(rule.role));
        let object = role.and_then(|role| self.snapshot.objects.get(role.object));
        object.is_some_and(|object| {
            let is_filled = self.snapshot.coverage.live
                && object.body.cluster_role().is_some_and(|role| role.aggregation_rule.is_some());
            !is_filled && !Bootstrap::is_labelled(object)
        })
    }
}

/// What the first thing is that powers need, where they work.
fn asked<'p>(
    powers: impl Iterator<Item = &'p Power>,
    namespace: Option<&str>,
    version: KubernetesVersion,
) -> Vec<Attributes<'static>> {
    let first = powers.filter(|power| power.works_in(namespace)).filter_map(|power| power.needs.first());
    let asks = first.flat_map(|asks| asks.iter()).filter(|ask| ask.versions.contains(version));
    asks.map(super::Ask::attributes).collect()
}

impl Less {
    /// What has to be left out of a rule, so that it allows none of what it allows of `asked`: of what is enough, what takes away
    /// least.
    fn smallest(rule: &PolicyRule, asked: &[Attributes<'_>]) -> Self {
        let lists =
            [&rule.resource_names, &rule.verbs, &rule.resources, &rule.api_groups, &rule.non_resource_urls];
        if lists.iter().map(|list| list.len()).sum::<usize>() > WORDS {
            return Self::Rule;
        }
        let alone = |left: &PolicyRule| asked.iter().any(|asked| rule_allows(left, asked));
        // A word of a list stands for some of it when the rule with this word alone allows some of it.
        let guilty = |words: &[SmolStr], of: &dyn Fn(SmolStr) -> PolicyRule| -> Vec<SmolStr> {
            words.iter().filter(|word| alone(&of((*word).clone()))).cloned().collect()
        };
        let one = |word: SmolStr| -> Box<[SmolStr]> { Box::new([word]) };
        let names =
            guilty(&rule.resource_names, &|word| PolicyRule { resource_names: one(word), ..rule.clone() });
        let verbs = guilty(&rule.verbs, &|word| PolicyRule { verbs: one(word), ..rule.clone() });
        let resources = guilty(&rule.resources, &|word| PolicyRule { resources: one(word), ..rule.clone() });
        let candidates = [Self::Names(names), Self::Verbs(verbs), Self::Resources(resources)];
        let enough = candidates.into_iter().filter_map(|less| Some((less.of(rule)?, less)));
        let enough = enough.filter(|(left, _)| !alone(left));
        // Of those that leave as much the first.
        let most = enough.reduce(|most, other| if weight(&other.0) > weight(&most.0) { other } else { most });
        most.map_or(Self::Rule, |(_, less)| less)
    }

    /// What is left of a rule; `None` when nothing is.
    pub fn of(&self, rule: &PolicyRule) -> Option<PolicyRule> {
        let without = |list: &[SmolStr], words: &[SmolStr]| -> Option<Box<[SmolStr]>> {
            let left: Box<[SmolStr]> = list.iter().filter(|word| !words.contains(word)).cloned().collect();
            (!left.is_empty()).then_some(left)
        };
        let rule = rule.clone();
        match self {
            Self::Names(names) => {
                Some(PolicyRule { resource_names: without(&rule.resource_names, names)?, ..rule })
            }
            Self::Verbs(verbs) => Some(PolicyRule { verbs: without(&rule.verbs, verbs)?, ..rule }),
            Self::Resources(resources) => {
                Some(PolicyRule { resources: without(&rule.resources, resources)?, ..rule })
            }
            Self::Rule => None,
        }
    }
}

/// Words of a rule that are tried one by one; of what is longer all is left out.
const WORDS: usize = 256;

/// What a rule that is left is weighed by: a wildcard is as much as anybody writes.
const WILDCARD: usize = 50;

fn weight(rule: &PolicyRule) -> usize {
    let of = |list: &[SmolStr]| -> usize {
        list.iter().map(|word| if word == ALL { WILDCARD } else { 1 }).sum::<usize>().max(1)
    };
    [&rule.verbs, &rule.api_groups, &rule.resources, &rule.resource_names]
        .iter()
        .fold(1, |product: usize, list| product.saturating_mul(of(list)))
}

impl fmt::Display for Change<'_> {
    /// As an order.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rules(changes) => {
                for (number, change) in changes.iter().enumerate() {
                    write!(f, "{}{change}", if number == 0 { "" } else { ", and " })?;
                }
                Ok(())
            }
            Self::Subjects(subjects) => {
                let places: Vec<String> =
                    subjects.iter().map(|subject| format!("subjects[{subject}]")).collect();
                write!(f, "take {} out of this binding", places.join(", "))
            }
        }
    }
}

impl fmt::Display for RuleChange<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, words) = match &self.less {
            Less::Rule => ("", &[][..]),
            Less::Names(names) => ("names", names.as_slice()),
            Less::Verbs(verbs) => ("verbs", verbs.as_slice()),
            Less::Resources(resources) => ("resources", resources.as_slice()),
        };
        f.write_str("leave ")?;
        if !words.is_empty() {
            write!(f, "{what} `{}` ", words.join("`, `"))?;
        }
        let role = &self.role;
        write!(
            f,
            "{}rules[{}] of {} {}",
            if words.is_empty() { "" } else { "out of " },
            self.index,
            role.kind,
            role.metadata.name
        )?;
        if words.is_empty() { f.write_str(" out") } else { Ok(()) }
    }
}
