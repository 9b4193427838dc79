//! What a mode asks for, one after another.
//!
//! Source: `constrainedImpersonationModeState`, `impersonationModeState` of k8s.io/apiserver
//! pkg/endpoints/filters/impersonation/mode.go v0.36.3.

use super::mode::{ImpersonationMode, UID_LAST};
use super::required::Required;
use super::{Lack, extra};
use crate::attributes::Attributes;
use crate::decision::{Allowed, Decision};
use crate::doubt::Doubt;
use crate::policy::Policy;
use crate::rule::ALL;
use crate::user::{User, group};
use seawall_inventory::KubernetesVersion;

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
        let on = self.mode.required_on(request).and_then(|on| self.ask(on));
        let lack = on.or_else(|| self.ask(self.mode.required_name(wanted)));
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

    fn uid(&mut self, wanted: &User) -> Option<Lack> {
        self.mode.required_uid(wanted).and_then(|uid| self.ask(uid))
    }

    fn groups(&mut self, wanted: &User) -> Option<Lack> {
        let groups = &wanted.groups;
        let one = |name: &str| self.mode.required_group(name);
        let is_constrained = self.mode != ImpersonationMode::Legacy;
        if is_constrained && groups.iter().any(|group| group.is_empty()) {
            return Some(self.lack(one(""), Some("a group has no name".to_owned())));
        }
        if is_constrained && wanted.is_in(group::MASTERS) {
            let why = format!("the group `{}` is never given", group::MASTERS);
            return Some(self.lack(one(group::MASTERS), Some(why)));
        }
        let all = (is_constrained && groups.len() >= MANY).then(|| one(ALL));
        self.ask_many(all, self.mode.required_groups(wanted).collect())
    }

    fn extras(&mut self, wanted: &User) -> Option<Lack> {
        let extra = &wanted.extra;
        let one = |key: &str, value: &str| self.mode.required_extra(key, value);
        let is_constrained = self.mode != ImpersonationMode::Legacy;
        if is_constrained && let Some(why) = extra::refusal(extra) {
            return Some(self.lack(one("", ""), Some(why)));
        }
        let is_large = extra.len() >= MANY || extra.values().map(Vec::len).sum::<usize>() >= MANY;
        let all = (is_constrained && is_large).then(|| one(ALL, ALL));
        self.ask_many(all, self.mode.required_extras(wanted).collect())
    }

    fn lack(&self, required: Required, never: Option<String>) -> Lack {
        Lack { mode: self.mode, required, never }
    }
}
