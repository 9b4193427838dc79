//! Who has which of several powers, anywhere: asked of all bindings at once, for what would take a question for each namespace.

use std::collections::BTreeSet;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};
use seawall_inventory::{Object, Within};
use smol_str::SmolStr;

use crate::attributes::{Attributes, Target};
use crate::compile::number_of;
use crate::doubt::Doubt;
use crate::policy::{Policy, RoleId};
use crate::question::Question;
use crate::subject::Subject;

/// Who has which of several powers, anywhere.
#[derive(Clone, Debug, Default)]
pub struct Survey<'s> {
    /// Whom a binding gives some of them. `system:masters` are not named: they have all.
    pub held: Vec<Held<'s>>,
    /// Of each power, in the order in which they were asked for, why others may have it.
    pub doubts: Vec<Vec<Doubt>>,
}

/// Somebody to whom a binding gives powers.
#[derive(Clone, Debug)]
pub struct Held<'s> {
    /// Who.
    pub subject: Subject,
    /// The binding.
    pub binding: &'s Object,
    /// Where he has them; empty for everywhere.
    pub namespace: SmolStr,
    /// Which, by their numbers in the order in which they were asked for: never none.
    pub powers: Arc<[usize]>,
}

/// What a role gives of what is asked for.
struct Given {
    everywhere: Arc<[usize]>,
    /// Without paths, which a RoleBinding gives nobody.
    in_namespace: Arc<[usize]>,
    doubts: Vec<(usize, Doubt)>,
}

/// What is asked for.
struct Asked<'a> {
    question: Question<'a>,
    is_path: bool,
}

impl<'s> Policy<'s> {
    /// Who has which of these powers, anywhere: in which namespace they are asked for does not matter.
    pub fn survey(&self, asked: &[Attributes<'_>]) -> Survey<'s> {
        let asked: Vec<Asked<'_>> = asked
            .iter()
            .map(|attributes| Asked {
                question: Question::new(attributes, self),
                is_path: matches!(attributes.target, Target::Path(_)),
            })
            .collect();
        let mut doubts: Vec<BTreeSet<Doubt>> = asked.iter().map(|one| self.unread(one)).collect();
        let mut held = Vec::new();
        let mut given: HashMap<RoleId, Given> = HashMap::new();
        for (id, binding) in self.bindings.iter().enumerate() {
            let id = number_of(id);
            let is_cluster = binding.namespace.is_none();
            let is_contested = self.contested.contains_key(&id);
            if binding.standing.doubt.is_some() || is_contested {
                for (one, doubts) in
                    asked.iter().zip(&mut doubts).filter(|(one, _)| is_cluster || !one.is_path)
                {
                    self.doubts_of(id, Some(&one.question), doubts);
                }
            }
            let Some(role) = binding.role else { continue };
            let given = given.entry(role).or_insert_with(|| self.given(role, &asked));
            for (number, doubt) in &given.doubts {
                let is_path = asked.get(*number).is_some_and(|one| one.is_path);
                if let Some(doubts) = doubts.get_mut(*number).filter(|_| is_cluster || !is_path) {
                    doubts.insert(*doubt);
                }
            }
            let powers = if is_cluster { &given.everywhere } else { &given.in_namespace };
            if powers.is_empty() || binding.standing.doubt.is_some() {
                continue;
            }
            let Some(object) = self.object(binding.object as usize) else { continue };
            let namespace = SmolStr::new(self.namespace_of(binding));
            for (_, subject) in self.subjects_of(binding) {
                let powers = if is_contested {
                    let is_sure =
                        |one: &Asked<'_>| self.is_sure(id, &|other| *other == subject, Some(&one.question));
                    powers.iter().copied().filter(|number| asked.get(*number).is_some_and(is_sure)).collect()
                } else {
                    powers.clone()
                };
                if !powers.is_empty() {
                    held.push(Held { subject, binding: object, namespace: namespace.clone(), powers });
                }
            }
        }
        Survey { held, doubts: doubts.into_iter().map(|doubts| doubts.into_iter().collect()).collect() }
    }

    /// Bindings that were not read, by which somebody may have a power.
    fn unread(&self, asked: &Asked<'_>) -> BTreeSet<Doubt> {
        let local = self.not_read("RoleBinding", &Within::Everywhere).filter(|_| !asked.is_path);
        self.not_read("ClusterRoleBinding", &Within::Cluster).into_iter().chain(local).collect()
    }

    fn given(&self, role: RoleId, asked: &[Asked<'_>]) -> Given {
        let mut doubts = Vec::new();
        let mut powers = Vec::new();
        for (number, one) in asked.iter().enumerate() {
            let question = Some(&one.question);
            if self.variants(Some(role)).all(|role| self.allowing(role, question).is_some()) {
                powers.push(number);
                continue;
            }
            let mut of_role = BTreeSet::new();
            for variant in self.variants(Some(role)) {
                self.doubts_of_role(variant, question, &mut of_role);
            }
            doubts.extend(of_role.into_iter().map(|doubt| (number, doubt)));
        }
        let local =
            powers.iter().copied().filter(|number| asked.get(*number).is_some_and(|one| !one.is_path));
        Given { in_namespace: local.collect(), everywhere: powers.into(), doubts }
    }
}
