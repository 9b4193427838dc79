//! Who may do what: the decision that the API server of Kubernetes makes, from a [`Snapshot`](seawall_inventory::Snapshot) alone,
//! with every binding and rule that decides it, and with what is not known.
//!
//! [`Policy::new`] compiles the roles and bindings of a Snapshot once; [`Policy::decide`] answers for one request,
//! [`Policy::who_can`] for all subjects, [`Policy::survey`] for many requests at once, [`Policy::holders_of`] for rights that
//! amount to more than they seem ([`power`]), [`Policy::rules_for`] lists what somebody may do. [`Policy::may_write_role`] and
//! [`Policy::may_bind`] are the checks of the registry, by which nobody gives more than he has, and [`NodeAuthorizer`] is what
//! stands before RBAC for kubelets, with [`NodeRestriction`] behind it; a [`Chain`] asks all authorizers in their order, and
//! [`Policy::may_impersonate`] says who may be whom. [`Bootstrap`] knows the roles and bindings that API servers make themselves,
//! and what has become of them. [`least_roles`] are those that allow what somebody was seen doing.
//!
//! Sources, all of v1.36.3: plugin/pkg/auth/authorizer/{rbac,node}, pkg/registry/rbac, pkg/apis/rbac and
//! pkg/controller/clusterroleaggregation of k8s.io/kubernetes; pkg/authorization and pkg/authentication of k8s.io/apiserver.

mod about;
mod aggregate;
mod assumed;
mod attributes;
mod bootstrap;
mod bound;
mod candidates;
mod chain;
mod compile;
mod covers;
mod decision;
mod doubt;
mod escalation;
mod grants;
mod impersonation;
mod least;
mod listing;
mod manifest;
mod node;
mod policy;
pub mod power;
mod question;
mod redundant;
mod rights;
mod rule;
mod standing;
mod subject;
mod survey;
mod symbol;
mod unused;
mod user;
mod validity;
mod who_can;

pub use assumed::{default_objects, default_roles};
pub use attributes::{Attributes, Resource, Target};
pub use bootstrap::{Bootstrap, BootstrapDifference, BootstrapObject, BootstrapPart};
pub use bound::Bound;
pub use chain::{Authorizer, Chain, ChainDecision, ChainDoubt, Condition, Webhook};
pub use covers::{Atom, covers_rule, uncovered};
pub use decision::{Allowed, Decision, Denied};
pub use doubt::Doubt;
pub use escalation::{Escalation, Mandate, RoleWrite};
pub use grants::{Dangling, Grant, RuleAt};
pub use impersonation::{
    Acting, Impersonated, ImpersonatedPart, Impersonation, ImpersonationMode, Lack, Required,
};
pub use least::{LeastRoles, Need, Wider, least_roles};
pub use listing::{NonResourceRule, ResourceRule, RoleRules, Rules};
pub use manifest::Manifest;
pub use node::{Admission, NodeAuthorizer, NodeDecision, NodeRestriction, NodeWrite, Operation};
pub use policy::Policy;
pub use power::{Change, Changes, Holding, Less, Power, RuleChange};
pub use redundant::{Redundant, Why};
pub use rights::{HeldRights, Right, Rights};
pub use rule::{
    api_group_matches, non_resource_url_matches, resource_matches, resource_name_matches, rule_allows,
    verb_matches,
};
pub use subject::Subject;
pub use survey::{Held, Survey};
pub use user::{ANONYMOUS, User, group};
pub use validity::{GROUP, refusal};
pub use who_can::{Holder, WhoCan};
