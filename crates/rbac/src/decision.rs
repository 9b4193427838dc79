//! The decision about one request.

use std::collections::BTreeSet;

use seawall_inventory::{What, Within};

use crate::attributes::Attributes;
use crate::candidates::Place;
use crate::doubt::Doubt;
use crate::grants::{Dangling, Grant};
use crate::policy::{BindingId, Policy, Role};
use crate::question::Question;
use crate::user::{User, group};
use crate::validity::GROUP;

/// What RBAC says of a request, as far as it is known.
#[derive(Clone, Debug)]
pub enum Decision<'s> {
    /// He may, whatever else is not known.
    Allowed(Allowed<'s>),
    /// Nothing allows it. Another authorizer may; without one the API server refuses.
    NoOpinion(Denied<'s>),
    /// Nothing that is known allows it, and this is not known: each once, never none.
    Unknown(Vec<Doubt>),
}

/// Why somebody may.
#[derive(Clone, Copy, Debug)]
pub enum Allowed<'s> {
    /// He is in `system:masters`, which is asked for before any authorizer (`NewPrivilegedGroups` of k8s.io/apiserver
    /// pkg/authorization/authorizerfactory).
    Privileged,
    /// The first of what allows it ([`Policy::grants`] has all).
    Granted(Grant<'s>),
}

/// Why somebody may not.
#[derive(Clone, Debug, Default)]
pub struct Denied<'s> {
    /// Bindings that are about him and of roles that do not exist: the API server skips them, and names them.
    pub dangling: Vec<Dangling<'s>>,
}

impl Decision<'_> {
    /// Whether he may for certain.
    pub fn is_allowed(&self) -> bool {
        matches!(self, Self::Allowed(_))
    }
}

impl<'s> Policy<'s> {
    /// Whether somebody may do something (`RBACAuthorizer.Authorize`, behind the privileged group).
    pub fn decide(&self, user: &User, attributes: &Attributes<'_>) -> Decision<'s> {
        if user.is_in(group::MASTERS) {
            return Decision::Allowed(Allowed::Privileged);
        }
        let question = Question::new(attributes, self);
        let candidates = self.candidates(user, question.namespace, question.about);
        if let Some(grant) = candidates.iter().find_map(|id| self.first_grant(*id, user, &question)) {
            return Decision::Allowed(Allowed::Granted(grant));
        }
        let doubts = self.doubts(&candidates, question.namespace, attributes.namespace(), Some(&question));
        if doubts.is_empty() {
            Decision::NoOpinion(Denied { dangling: self.dangling(&candidates) })
        } else {
            Decision::Unknown(doubts)
        }
    }

    fn first_grant(&self, id: BindingId, user: &User, question: &Question<'_>) -> Option<Grant<'s>> {
        let binding = self.binding(id)?;
        // Most roles allow nothing of a question: their rules are asked before all else.
        let role = self.role(binding.role?)?;
        let rule = self.allowing(role, Some(question))?;
        if !self.is_sure(id, &|subject| subject.is(user), Some(question)) {
            return None;
        }
        let (subject, _) = self.subjects_of(binding).find(|(_, subject)| subject.is(user))?;
        self.grant(binding, subject, role, rule)
    }

    /// Those of some bindings whose roles do not exist.
    pub(crate) fn dangling(&self, bindings: &[BindingId]) -> Vec<Dangling<'s>> {
        let bindings = bindings.iter().filter_map(|id| self.binding(*id));
        let dangling = bindings.filter(|binding| binding.role.is_none() && binding.standing.doubt.is_none());
        dangling
            .filter_map(|binding| {
                let number = binding.object as usize;
                Some(Dangling { binding: self.object(number)?, number })
            })
            .collect()
    }

    /// All bindings of roles that do not exist, and why there may be others.
    pub fn all_dangling(&self) -> (Vec<Dangling<'s>>, Vec<Doubt>) {
        let ids: Vec<BindingId> = self.all_bindings().map(|(id, _)| id).collect();
        let doubts = self.bindings.iter().filter_map(|binding| binding.standing.doubt);
        let mut doubts: Vec<Doubt> = self.unread_bindings().into_iter().chain(doubts).collect();
        doubts.sort_unstable();
        doubts.dedup();
        (self.dangling(&ids), doubts)
    }

    /// By what somebody may be allowed something that is not known: of the bindings that are about him, of those that may be, and
    /// of those that were not read.
    pub(crate) fn doubts(
        &self,
        candidates: &[BindingId],
        place: Place,
        namespace: &str,
        question: Option<&Question<'_>>,
    ) -> Vec<Doubt> {
        let mut doubts = BTreeSet::new();
        doubts.extend(self.not_read("ClusterRoleBinding", &Within::Cluster));
        if !namespace.is_empty() {
            doubts.extend(self.not_read("RoleBinding", &Within::Namespace(namespace.into())));
        }
        for id in candidates.iter().copied().chain(self.open_at(place)) {
            self.doubts_of(id, question, &mut doubts);
        }
        doubts.into_iter().collect()
    }

    pub(crate) fn not_read(&self, kind: &str, within: &Within) -> Option<Doubt> {
        let coverage = &self.snapshot.coverage;
        if coverage.gaps.is_empty() {
            return None;
        }
        let what = What::Kind { group: GROUP.into(), kind: kind.into() };
        coverage.gap(&what, within, None).map(Doubt::NotRead)
    }

    /// What is not known of a binding that may allow something.
    pub(crate) fn doubts_of(
        &self,
        id: BindingId,
        question: Option<&Question<'_>>,
        doubts: &mut BTreeSet<Doubt>,
    ) {
        let Some(binding) = self.binding(id).filter(|binding| !binding.is_certain) else { return };
        let own = binding.standing.doubt;
        if binding.standing.any_role {
            doubts.extend(own);
            return;
        }
        let mut may = false;
        for role in self.variants(binding.role) {
            may |= self.doubts_of_role(role, question, doubts);
        }
        if may {
            doubts.extend(own);
            if self.contested.contains_key(&id) {
                doubts.insert(Doubt::Contested(binding.object as usize));
            }
        }
    }

    /// Whether a role may allow something, and what is not known of it then.
    pub(crate) fn doubts_of_role(
        &self,
        role: &Role,
        question: Option<&Question<'_>>,
        doubts: &mut BTreeSet<Doubt>,
    ) -> bool {
        let gathered = role.gathered.as_ref();
        let open = gathered.and_then(|gathered| gathered.open);
        let doubtful = gathered.into_iter().flat_map(|gathered| gathered.doubtful.iter());
        let doubtful = doubtful.filter(|(rule, _)| self.allows(*rule, question)).map(|(_, doubt)| *doubt);
        let of_gathered: Vec<Doubt> = open.into_iter().chain(doubtful).collect();
        let may = !of_gathered.is_empty()
            || role.standing.is_open
            || self.rules_of(role).any(|rule| self.allows(rule, question));
        doubts.extend(of_gathered);
        if may {
            doubts.extend(role.standing.doubt);
            doubts.extend(role.is_contested.then_some(Doubt::Contested(role.object)));
        }
        may
    }
}
