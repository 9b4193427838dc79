//! All authorizers of an API server, one after another: those of `--authorization-mode`, or of the file of `--authorization-config`.
//!
//! The first that allows or denies decides; one without an opinion leaves it to the next. Who is in `system:masters` is let before
//! all of them, and no webhook hears of it. What a webhook says is not known; whether it is asked is, where the conditions in front of
//! it are decided ([`Condition`]).
//!
//! Source: k8s.io/kubernetes pkg/kubeapiserver/authorizer (config.go, reload.go) v1.36.3; k8s.io/apiserver
//! pkg/authorization/union/union.go, plugin/pkg/authorizer/webhook/webhook.go v0.36.3.

mod condition;
mod configuration;
mod evaluate;
mod parse;

use smol_str::SmolStr;

use crate::attributes::Attributes;
use crate::decision::{Allowed, Decision};
use crate::doubt::Doubt;
use crate::node::{NodeAuthorizer, NodeDecision};
use crate::policy::Policy;
use crate::user::{User, group};

pub use self::condition::Condition;
use self::condition::Outcome;

/// The authorizers of an API server, in order.
#[derive(Clone, Debug)]
pub struct Chain {
    authorizers: Vec<Authorizer>,
}

/// One authorizer of an API server.
#[derive(Clone, Debug)]
pub enum Authorizer {
    /// What kubelets may do ([`NodeAuthorizer`]).
    Node,
    /// Roles and bindings ([`Policy`]).
    Rbac,
    /// Lets everybody do everything.
    AlwaysAllow,
    /// Has no opinion about anything; alone, it refuses everything.
    AlwaysDeny,
    /// A file of policies, which is not read.
    Abac,
    /// Asks somebody else.
    Webhook(Webhook),
}

/// An authorizer that asks somebody else.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// Its name.
    pub name: SmolStr,
    /// Whether it denies when a condition fails, or nobody answers; otherwise it has no opinion then.
    pub denies_on_failure: bool,
    /// All of them hold for what it is asked.
    pub conditions: Vec<Condition>,
}

/// What all authorizers say of a request.
#[derive(Clone, Debug)]
pub enum ChainDecision<'s> {
    /// It is let: by the authorizer of this number, or by none for `system:masters`; with what RBAC says.
    Allowed(Option<usize>, Option<Allowed<'s>>),
    /// The authorizer of this number denies it, whatever those behind it say.
    Denied(usize),
    /// Nobody allows it: the API server refuses.
    NoOpinion,
    /// It depends on what is not known.
    Unknown(Vec<ChainDoubt>),
}

/// What is not known of an authorizer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainDoubt {
    /// Objects that decide.
    Objects(Doubt),
    /// The webhook of this name is asked, and nobody knows what it says.
    WebhookAsked(SmolStr),
    /// Whether the webhook of this name is asked depends on this condition, which is not decided here.
    Condition(SmolStr, String),
    /// The file of policies of ABAC is not read.
    Abac,
}

/// What one authorizer says.
enum Said<'s> {
    Allows(Option<Allowed<'s>>),
    Denies,
    Nothing,
    /// It allows or says nothing.
    MayAllow(Vec<ChainDoubt>),
    /// It may say anything.
    May(Vec<ChainDoubt>),
}

impl Default for Chain {
    /// Those of `--authorization-mode=Node,RBAC`, as kubeadm and the managed services start an API server.
    fn default() -> Self {
        Self { authorizers: vec![Authorizer::Node, Authorizer::Rbac] }
    }
}

impl Chain {
    /// The authorizers, in order.
    pub fn authorizers(&self) -> &[Authorizer] {
        &self.authorizers
    }

    /// What an API server with these authorizers says of a request.
    pub fn decide<'s>(
        &self,
        user: &User,
        request: &Attributes<'_>,
        policy: &Policy<'s>,
        nodes: &NodeAuthorizer<'s>,
    ) -> ChainDecision<'s> {
        if user.is_in(group::MASTERS) {
            return ChainDecision::Allowed(None, Some(Allowed::Privileged));
        }
        let (mut doubts, mut may_deny) = (Vec::new(), false);
        for (number, authorizer) in self.authorizers.iter().enumerate() {
            match authorizer.ask(user, request, policy, nodes) {
                // Who might have allowed it before would have said the same; who might have denied it would not.
                Said::Allows(by) if !may_deny => return ChainDecision::Allowed(Some(number), by),
                Said::Denies if doubts.is_empty() => return ChainDecision::Denied(number),
                Said::Allows(_) | Said::Denies => break,
                Said::Nothing => {}
                Said::MayAllow(more) => doubts.extend(more),
                Said::May(more) => {
                    doubts.extend(more);
                    may_deny = true;
                }
            }
        }
        if doubts.is_empty() { ChainDecision::NoOpinion } else { ChainDecision::Unknown(doubts) }
    }
}

impl Authorizer {
    fn ask<'s>(
        &self,
        user: &User,
        request: &Attributes<'_>,
        policy: &Policy<'s>,
        nodes: &NodeAuthorizer<'s>,
    ) -> Said<'s> {
        let objects =
            |doubts: Vec<Doubt>| Said::MayAllow(doubts.into_iter().map(ChainDoubt::Objects).collect());
        match self {
            Self::AlwaysAllow => Said::Allows(None),
            Self::AlwaysDeny => Said::Nothing,
            Self::Abac => Said::MayAllow(vec![ChainDoubt::Abac]),
            Self::Node => match nodes.decide(user, request) {
                NodeDecision::Allowed => Said::Allows(None),
                NodeDecision::NoOpinion => Said::Nothing,
                NodeDecision::Unknown(doubts) => objects(doubts),
            },
            Self::Rbac => match policy.decide(user, request) {
                Decision::Allowed(by) => Said::Allows(Some(by)),
                Decision::NoOpinion(_) => Said::Nothing,
                Decision::Unknown(doubts) => objects(doubts),
            },
            Self::Webhook(webhook) => webhook.ask(user, request),
        }
    }
}

impl Webhook {
    /// `CELMatcher.Eval`: one condition that does not hold keeps the webhook from being asked, whatever becomes of the others.
    fn ask<'s>(&self, user: &User, request: &Attributes<'_>) -> Said<'s> {
        let (mut fails, mut unknown) = (false, Vec::new());
        for condition in &self.conditions {
            match condition.holds(user, request) {
                Outcome::Holds => {}
                Outcome::HoldsNot => return Said::Nothing,
                Outcome::Fails => fails = true,
                Outcome::Unknown => {
                    unknown.push(ChainDoubt::Condition(self.name.clone(), condition.text().to_owned()));
                }
            }
        }
        match (unknown.is_empty(), fails, self.denies_on_failure) {
            (true, true, true) => Said::Denies,
            (true, true, false) | (false, true, false) => Said::Nothing,
            (true, false, _) => Said::May(vec![ChainDoubt::WebhookAsked(self.name.clone())]),
            (false, ..) => Said::May(unknown),
        }
    }
}
