//! What a mode asks for, one after another.
//!
//! Source: `constrainedImpersonationModeState`, `impersonationModeState` of k8s.io/apiserver
//! pkg/endpoints/filters/impersonation/mode.go v0.36.3.

use seawall_inventory::KubernetesVersion;
use smol_str::SmolStr;

use super::mode::{ImpersonationMode, UID_LAST, as_node};
use super::required::{ImpersonatedPart, Required};
use super::{Lack, extra};
use crate::attributes::Attributes;
use crate::decision::{Allowed, Decision};
use crate::doubt::Doubt;
use crate::policy::Policy;
use crate::rule::ALL;
use crate::user::{User, group};

const AUTHENTICATION: &str = "authentication.k8s.io";

/// From how many groups, or extras, a constrained mode asks first for all at once (`manyAuthorizationChecksInLoop`).
const MANY: usize = 4;

/// What a mode has asked for so far.
pub(super) struct Checks<'p, 's> {
    policy: &'p Policy<'s>,
    user: &'p User,
    mode: ImpersonationMode,
    /// What he has.
    pub passed: Vec<(Required, Allowed<'s>)>,
    /// Why he may have what is not in `passed`.
    pub doubts: Vec<Doubt>,
}

impl<'p, 's> Checks<'p, 's> {
    pub(super) fn new(policy: &'p Policy<'s>, user: &'p User, mode: ImpersonationMode) -> Self {
        Self { policy, user, mode, passed: Vec::new(), doubts: Vec::new() }
    }

    /// Asks for everything. The first that he lacks for certain.
    pub(super) fn run(
        &mut self,
        wanted: &User,
        request: &Attributes<'_>,
        version: KubernetesVersion,
    ) -> Option<Lack> {
        let on = self.mode.verb_on(request.verb).and_then(|verb| self.ask(Required::on(verb, request)));
        let lack = on.or_else(|| self.ask(self.name(wanted)));
        if UID_LAST.contains(version) {
            return lack
                .or_else(|| self.groups(wanted))
                .or_else(|| self.extras(wanted))
                .or_else(|| self.uid(wanted));
        }
        lack.or_else(|| self.uid(wanted)).or_else(|| self.groups(wanted)).or_else(|| self.extras(wanted))
    }

    fn ask(&mut self, required: Required) -> Option<Lack> {
        match self.policy.decide(self.user, &required.attributes()) {
            Decision::Allowed(by) => self.passed.push((required, by)),
            Decision::Unknown(doubts) => self.doubts.extend(doubts),
            Decision::NoOpinion(_) => return Some(self.lack(required, None)),
        }
        None
    }

    /// Asks for all of something at once, and only then for each.
    fn ask_many(&mut self, all: Option<Required>, each: Vec<Required>) -> Option<Lack> {
        let before = self.doubts.len();
        let Some(all) = all else { return each.into_iter().find_map(|one| self.ask(one)) };
        let lacks_all = self.ask(all).is_some();
        let is_unknown = self.doubts.len() > before;
        if !lacks_all && !is_unknown {
            return None;
        }
        let of_all = self.doubts.split_off(before);
        let lack = each.into_iter().find_map(|one| self.ask(one));
        if is_unknown && (lack.is_some() || self.doubts.len() > before) {
            // Who has all has each.
            self.doubts.extend(of_all);
            return None;
        }
        lack
    }

    fn name(&self, wanted: &User) -> Required {
        let mut required = self.required(ImpersonatedPart::Name, self.group(), "users", &wanted.name);
        if let Some((namespace, name)) = wanted.as_service_account() {
            required.resource = SmolStr::new_static("serviceaccounts");
            (required.namespace, required.name) = (SmolStr::new(namespace), SmolStr::new(name));
        }
        if self.mode != ImpersonationMode::Legacy
            && let Some(node) = as_node(wanted)
        {
            required.resource = SmolStr::new_static("nodes");
            // Answers are kept for the account, whichever of its nodes it is on.
            let is_own = self.mode == ImpersonationMode::AssociatedNode;
            required.name = SmolStr::new(if is_own { ALL } else { node });
        }
        required
    }

    fn uid(&mut self, wanted: &User) -> Option<Lack> {
        if wanted.uid.is_empty() {
            return None;
        }
        self.ask(self.required(ImpersonatedPart::Uid, AUTHENTICATION, "uids", &wanted.uid))
    }

    fn groups(&mut self, wanted: &User) -> Option<Lack> {
        let groups = &wanted.groups;
        let one = |name: &str| self.required(ImpersonatedPart::Group, self.group(), "groups", name);
        let is_constrained = self.mode != ImpersonationMode::Legacy;
        if is_constrained && groups.iter().any(|group| group.is_empty()) {
            return Some(self.lack(one(""), Some("a group has no name".to_owned())));
        }
        if is_constrained && wanted.is_in(group::MASTERS) {
            let why = format!("the group `{}` is never given", group::MASTERS);
            return Some(self.lack(one(group::MASTERS), Some(why)));
        }
        let all = (is_constrained && groups.len() >= MANY).then(|| one(ALL));
        let each = groups.iter().map(|group| one(group)).collect();
        self.ask_many(all, each)
    }

    fn extras(&mut self, wanted: &User) -> Option<Lack> {
        let extra = &wanted.extra;
        let one = |key: &str, value: &str| Required {
            subresource: SmolStr::new(key),
            ..self.required(ImpersonatedPart::Extra, AUTHENTICATION, "userextras", value)
        };
        let is_constrained = self.mode != ImpersonationMode::Legacy;
        if is_constrained && let Some(why) = extra::refusal(extra) {
            return Some(self.lack(one("", ""), Some(why)));
        }
        let is_large = extra.len() >= MANY || extra.values().map(Vec::len).sum::<usize>() >= MANY;
        let all = (is_constrained && is_large).then(|| one(ALL, ALL));
        let each = extra.iter().flat_map(|(key, values)| values.iter().map(|value| one(key, value)));
        let each = each.collect();
        self.ask_many(all, each)
    }

    /// The API group of names and groups.
    fn group(&self) -> &'static str {
        if self.mode == ImpersonationMode::Legacy { "" } else { AUTHENTICATION }
    }

    fn required(
        &self,
        part: ImpersonatedPart,
        group: &'static str,
        resource: &'static str,
        name: &str,
    ) -> Required {
        Required {
            part,
            verb: self.mode.verb(),
            group: SmolStr::new_static(group),
            resource: SmolStr::new_static(resource),
            name: SmolStr::new(name),
            ..Required::default()
        }
    }

    fn lack(&self, required: Required, never: Option<String>) -> Lack {
        Lack { mode: self.mode, required, never }
    }
}
