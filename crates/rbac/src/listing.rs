//! Everything that somebody may do in a namespace.

use smol_str::SmolStr;

use crate::about::About;
use crate::candidates::Place;
use crate::doubt::Doubt;
use crate::grants::{Dangling, Grant, RuleAt};
use crate::policy::Policy;
use crate::user::User;

/// What somebody may do in a namespace by RBAC, as the API server answers a SelfSubjectRulesReview. What `system:masters` may by
/// itself is not in it, nor what other authorizers allow.
#[derive(Clone, Debug, Default)]
pub struct Rules<'s> {
    /// The rules of all roles that he has there, as often as he has them.
    pub grants: Vec<Grant<'s>>,
    /// Bindings that are about him, of roles that do not exist.
    pub dangling: Vec<Dangling<'s>>,
    /// Why there may be more.
    pub doubts: Vec<Doubt>,
}

/// A rule about resources, as the API server tells it (`ResourceRule` of k8s.io/api/authorization/v1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ResourceRule<'s> {
    /// Verbs.
    pub verbs: &'s [SmolStr],
    /// API groups.
    pub api_groups: &'s [SmolStr],
    /// Resources.
    pub resources: &'s [SmolStr],
    /// Names; all when there are none.
    pub resource_names: &'s [SmolStr],
}

/// A rule about paths that are no resources, as the API server tells it. Of a RoleBinding it is told and allows nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NonResourceRule<'s> {
    /// Verbs.
    pub verbs: &'s [SmolStr],
    /// Paths.
    pub non_resource_urls: &'s [SmolStr],
}

/// What a role allows where it is bound.
#[derive(Clone, Debug, Default)]
pub struct RoleRules<'s> {
    /// Its rules, in order: its own, or those that it gathers.
    pub rules: Vec<RuleAt<'s>>,
    /// Rules that it may have besides.
    pub doubtful: Vec<(RuleAt<'s>, Doubt)>,
    /// Why it may have rules that nobody knows, or nobody can bind it.
    pub doubt: Option<Doubt>,
}

impl<'s> Policy<'s> {
    /// What the role at this number among the objects allows; `None` when there is none, or when it says what another one of its
    /// name does.
    pub fn rules_of_role(&self, number: usize) -> Option<RoleRules<'s>> {
        let role = self.roles.iter().find(|role| role.object == number)?;
        let gathered = role.gathered.as_ref();
        let doubtful = gathered.into_iter().flat_map(|gathered| gathered.doubtful.iter());
        Some(RoleRules {
            rules: self.rules_of(role).filter_map(|id| self.written(id)).collect(),
            doubtful: doubtful.filter_map(|(rule, doubt)| Some((self.written(*rule)?, *doubt))).collect(),
            doubt: role.standing.doubt.or(gathered.and_then(|gathered| gathered.open)),
        })
    }

    /// The rules by which somebody may do something in a namespace, those of the cluster among them
    /// (`DefaultRuleResolver.RulesFor`); with no namespace, those of the cluster alone.
    pub fn rules_for(&self, user: &User, namespace: &str) -> Rules<'s> {
        let place: Place = (!namespace.is_empty()).then(|| self.symbols.find(namespace));
        let candidates = self.candidates(user, place, About::ANYTHING);
        let mut grants = Vec::new();
        for id in &candidates {
            let all = self.grants_by(*id, user, None);
            // Somebody who is several subjects of a binding has its role once.
            let first = all.first().map(|grant| grant.subject);
            grants.extend(all.into_iter().filter(|grant| Some(grant.subject) == first));
        }
        let doubts = self.doubts(&candidates, place, namespace, None);
        Rules { grants, dangling: self.dangling(&candidates), doubts }
    }
}

impl<'s> Rules<'s> {
    /// The rules about resources.
    pub fn resource_rules(&self) -> impl Iterator<Item = ResourceRule<'s>> {
        let rules = self.grants.iter().map(|grant| grant.rule.rule).filter(|rule| !rule.resources.is_empty());
        rules.map(|rule| ResourceRule {
            verbs: &rule.verbs,
            api_groups: &rule.api_groups,
            resources: &rule.resources,
            resource_names: &rule.resource_names,
        })
    }

    /// The rules about paths that are no resources.
    pub fn non_resource_rules(&self) -> impl Iterator<Item = NonResourceRule<'s>> {
        let rules = self.grants.iter().map(|grant| grant.rule.rule);
        let rules = rules.filter(|rule| !rule.non_resource_urls.is_empty());
        rules.map(|rule| NonResourceRule { verbs: &rule.verbs, non_resource_urls: &rule.non_resource_urls })
    }
}
