//! What allows somebody something: chains of a subject, a binding, a role and a rule.

use std::fmt;

use seawall_inventory::Object;
use seawall_inventory::kinds::{PolicyRule, RbacSubject, RoleRef};

use crate::attributes::Attributes;
use crate::policy::{Binding, BindingId, Policy, Role, RuleId};
use crate::question::Question;
use crate::subject::Subject;
use crate::user::User;

/// Why somebody is allowed something: a binding gives him a role, of which a rule allows it.
#[derive(Clone, Copy, Debug)]
pub struct Grant<'s> {
    /// The binding.
    pub binding: &'s Object,
    /// Its number in the Snapshot.
    pub number: usize,
    /// Which of its subjects he is.
    pub subject: usize,
    /// The role that it binds.
    pub role: &'s Object,
    /// The rule.
    pub rule: RuleAt<'s>,
}

/// A rule where it was written.
#[derive(Clone, Copy, Debug)]
pub struct RuleAt<'s> {
    /// The role that it was written in: the bound one, or one whose rules that one gathers.
    pub role: &'s Object,
    /// Which of its rules.
    pub index: usize,
    /// The rule.
    pub rule: &'s PolicyRule,
}

/// A binding of a role that does not exist. Whoever may create a role of that name decides what it grants.
#[derive(Clone, Copy, Debug)]
pub struct Dangling<'s> {
    /// The binding.
    pub binding: &'s Object,
    /// Its number in the Snapshot.
    pub number: usize,
}

impl<'s> Policy<'s> {
    /// Everything that allows somebody something, in the order of the API server; nothing for what `system:masters` may by
    /// itself, and nothing that is not certain.
    pub fn grants<'q>(
        &'q self,
        user: &'q User,
        attributes: &Attributes<'q>,
    ) -> impl Iterator<Item = Grant<'s>> + use<'q, 's> {
        let question = Question::new(attributes, self);
        let candidates = self.candidates(user, question.namespace, question.about);
        candidates.into_iter().flat_map(move |id| self.grants_by(id, user, Some(&question)))
    }

    /// What a binding allows for certain of a question, or at all.
    pub(crate) fn grants_by(
        &self,
        id: BindingId,
        user: &User,
        question: Option<&Question<'_>>,
    ) -> Vec<Grant<'s>> {
        let is_about = |subject: &Subject| subject.is(user);
        if !self.is_sure(id, &is_about, question) {
            return Vec::new();
        }
        let Some(binding) = self.binding(id) else { return Vec::new() };
        let mut grants = Vec::new();
        for (subject, _) in self.subjects_of(binding).filter(|(_, subject)| is_about(subject)) {
            for role in self.variants(binding.role) {
                let rules = self.rules_of(role).filter(|rule| self.allows(*rule, question));
                grants.extend(rules.filter_map(|rule| self.grant(binding, subject, role, rule)));
            }
        }
        grants
    }

    /// Whether a binding allows something for certain: whatever its definitions and those of its role disagree about.
    pub(crate) fn is_sure(
        &self,
        id: BindingId,
        is_about: &impl Fn(&Subject) -> bool,
        question: Option<&Question<'_>>,
    ) -> bool {
        let by_itself = |id: &BindingId| {
            self.binding(*id).is_some_and(|binding| {
                binding.standing.doubt.is_none()
                    && binding.role.is_some()
                    && self.variants(binding.role).all(|role| self.allowing(role, question).is_some())
                    && self.subjects_of(binding).any(|(_, subject)| is_about(&subject))
            })
        };
        by_itself(&id) && self.contested.get(&id).is_none_or(|all| all.iter().all(by_itself))
    }

    /// The first rule of a role that allows something for certain.
    pub(crate) fn allowing(&self, role: &Role, question: Option<&Question<'_>>) -> Option<RuleId> {
        if role.standing.doubt.is_some() || question.is_some_and(|asked| !asked.about.meets(role.about)) {
            return None;
        }
        let mut rules = self.rules_of(role);
        rules.find(|rule| self.allows(*rule, question))
    }

    pub(crate) fn allows(&self, rule: RuleId, question: Option<&Question<'_>>) -> bool {
        let Some(question) = question else { return true };
        self.rule(rule).is_some_and(|rule| question.is_allowed_by(&rule.content, &self.symbols))
    }

    /// Whom a binding is about, each with its number.
    pub(crate) fn subjects_of(
        &self,
        binding: &Binding,
    ) -> impl Iterator<Item = (usize, Subject)> + use<'_, 's> {
        let body = self.object(binding.object as usize).and_then(|object| object.body.role_binding());
        let namespace = self.namespace_of(binding);
        let subjects = body.into_iter().flat_map(|body| body.subjects.iter().enumerate());
        subjects.filter_map(move |(number, subject)| Some((number, Subject::of(subject, namespace)?)))
    }

    pub(crate) fn grant(
        &self,
        binding: &Binding,
        subject: usize,
        role: &Role,
        rule: RuleId,
    ) -> Option<Grant<'s>> {
        Some(Grant {
            binding: self.object(binding.object as usize)?,
            number: binding.object as usize,
            subject,
            role: self.object(role.object)?,
            rule: self.written(rule)?,
        })
    }
}

impl<'s> Grant<'s> {
    /// The subject as it is written.
    pub fn subject(&self) -> Option<&'s RbacSubject> {
        self.binding.body.role_binding()?.subjects.get(self.subject)
    }

    fn role_ref(&self) -> Option<&'s RoleRef> {
        self.binding.body.role_binding().map(|binding| &binding.role_ref)
    }
}

impl fmt::Display for Grant<'_> {
    /// In the words of the API server: `RoleBinding "read/shop" of Role "reader" to ServiceAccount "web/shop"`
    /// (`roleBindingDescriber` of k8s.io/kubernetes pkg/registry/rbac/validation/rule.go v1.36.3).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Some(subject), Some(role)) = (self.subject(), self.role_ref()) else { return Ok(()) };
        let namespace =
            if self.binding.kind == "RoleBinding" { &self.binding.metadata.namespace } else { "" };
        let name = &self.binding.metadata.name;
        let binding = if namespace.is_empty() { name.to_string() } else { format!("{name}/{namespace}") };
        let who = if subject.kind == "ServiceAccount" {
            let own = if subject.namespace.is_empty() { namespace } else { &subject.namespace };
            format!("{}/{own}", subject.name)
        } else {
            subject.name.to_string()
        };
        let (kind, of, to) = (&self.binding.kind, &role.kind, &subject.kind);
        write!(f, "{kind} {binding:?} of {of} {:?} to {to} {who:?}", role.name)
    }
}
