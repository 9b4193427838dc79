//! Everybody who may do something.

use std::collections::BTreeSet;

use seawall_inventory::{Object, Within};
use smol_str::SmolStr;

use crate::attributes::Attributes;
use crate::doubt::Doubt;
use crate::grants::{Dangling, Grant, RuleAt};
use crate::policy::{Binding, BindingId, Policy, RoleId};
use crate::question::Question;
use crate::subject::Subject;
use crate::user::group;

/// Everybody who may do something.
#[derive(Clone, Debug, Default)]
pub struct WhoCan<'s> {
    /// Who may, once for each binding that says so; first who may do everything.
    pub holders: Vec<Holder<'s>>,
    /// Bindings that count there, of roles that do not exist.
    pub dangling: Vec<Dangling<'s>>,
    /// Why there may be others. When there are some, no holders does not mean that nobody may.
    pub doubts: Vec<Doubt>,
}

/// Somebody who may do something.
#[derive(Clone, Debug)]
pub struct Holder<'s> {
    /// Who.
    pub subject: Subject,
    /// Why; `None` for `system:masters`, who need no reason.
    pub grant: Option<Grant<'s>>,
}

impl<'s> Policy<'s> {
    /// Everybody who may do something (`SubjectAccessEvaluator.AllowedSubjects` of k8s.io/kubernetes
    /// plugin/pkg/auth/authorizer/rbac/subject_locator.go), each for each binding.
    pub fn who_can(&self, attributes: &Attributes<'_>) -> WhoCan<'s> {
        let question = Question::new(attributes, self);
        let place = self.bindings_at(question.namespace);
        let doubts = self.doubts(&[], question.namespace, attributes.namespace(), Some(&question));
        self.holders(&[question], doubts, place)
    }

    /// Everybody who may do one of some things somewhere: by a ClusterRoleBinding in all namespaces and outside of them, by a
    /// RoleBinding in its own. Namespaces of `requests` are not looked at. Takes time in the number of bindings, and of rules once.
    pub fn who_can_somewhere(&self, requests: &[Attributes<'_>]) -> WhoCan<'s> {
        let questions: Vec<Question<'_>> = requests.iter().map(|asked| Question::new(asked, self)).collect();
        self.holders(&questions, self.unread_bindings(), self.all_bindings())
    }

    /// Bindings that were not read, anywhere.
    pub(crate) fn unread_bindings(&self) -> Vec<Doubt> {
        let kinds = [("ClusterRoleBinding", Within::Cluster), ("RoleBinding", Within::Everywhere)];
        kinds.into_iter().filter_map(|(kind, within)| self.not_read(kind, &within)).collect()
    }

    /// Whom some bindings let do one of some things; there may be others by `doubts`.
    fn holders<'p>(
        &'p self,
        questions: &[Question<'_>],
        doubts: Vec<Doubt>,
        bindings: impl Iterator<Item = (BindingId, &'p Binding)>,
    ) -> WhoCan<'s> {
        let privileged = Subject::Group(SmolStr::new_static(group::MASTERS));
        let mut found =
            WhoCan { holders: vec![Holder { subject: privileged, grant: None }], ..WhoCan::default() };
        let mut known: Vec<Option<Known<'s>>> = Vec::new();
        known.resize_with(self.roles.len(), || None);
        let mut doubts: BTreeSet<Doubt> = doubts.into_iter().collect();
        for (id, binding) in bindings {
            let Some(first) = binding.role else {
                match binding.standing.doubt {
                    Some(_) => {
                        for question in questions {
                            self.doubts_of(id, Some(question), &mut doubts);
                        }
                    }
                    None => found.dangling.extend(self.dangling(&[id])),
                }
                continue;
            };
            let Some(role) = known.get_mut(first as usize) else { continue };
            let role = role.get_or_insert_with(|| self.know(first, questions));
            doubts.extend(role.doubts.iter().copied());
            if binding.standing.doubt.is_some() || self.contested.contains_key(&id) {
                for question in questions {
                    self.doubts_of(id, Some(question), &mut doubts);
                }
            }
            if let Some(allows) = role.allows.filter(|_| binding.standing.doubt.is_none()) {
                self.hold(id, binding, allows, questions, &mut found.holders);
            }
        }
        found.doubts = doubts.into_iter().collect();
        found
    }

    fn hold(
        &self,
        id: BindingId,
        binding: &Binding,
        Allows { asked, role, rule }: Allows<'s>,
        questions: &[Question<'_>],
        holders: &mut Vec<Holder<'s>>,
    ) {
        let number = binding.object as usize;
        let Some(object) = self.object(number) else { return };
        let is_contested = self.contested.contains_key(&id);
        for (place, subject) in self.subjects_of(binding) {
            if is_contested && !self.is_sure(id, &|other| *other == subject, questions.get(asked)) {
                continue;
            }
            let grant = Grant { binding: object, number, subject: place, role, rule };
            holders.push(Holder { subject, grant: Some(grant) });
        }
    }

    fn know(&self, first: RoleId, questions: &[Question<'_>]) -> Known<'s> {
        let allows = questions.iter().enumerate().find_map(|(asked, question)| {
            let role = self.role(first)?;
            let rule = self.allowing(role, Some(question))?;
            let all = self.variants(Some(first)).all(|role| self.allowing(role, Some(question)).is_some());
            all.then_some(Allows { asked, role: self.object(role.object)?, rule: self.written(rule)? })
        });
        let mut doubts = BTreeSet::new();
        if allows.is_none() {
            for role in self.variants(Some(first)).filter(|role| !role.is_certain()) {
                for question in questions {
                    self.doubts_of_role(role, Some(question), &mut doubts);
                }
            }
        }
        Known { allows, doubts: doubts.into_iter().collect() }
    }
}

/// What is known of a role.
struct Known<'s> {
    allows: Option<Allows<'s>>,
    doubts: Vec<Doubt>,
}

/// What a role allows for certain.
#[derive(Clone, Copy)]
struct Allows<'s> {
    /// The number of the question that it allows.
    asked: usize,
    /// The role that bindings name.
    role: &'s Object,
    /// The rule, where it was written.
    rule: RuleAt<'s>,
}
