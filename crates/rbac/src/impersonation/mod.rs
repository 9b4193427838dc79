//! Who may act as whom: what the API server decides when a request says `Impersonate-User`.
//!
//! Before 1.36 there is one way, `impersonate`, which says whom one may become and not what for. Since then ways that are constrained
//! (KEP-5284) are tried before it: each asks for the right to be somebody, and for the right to do as somebody else what the
//! request does.
//!
//! Source: k8s.io/apiserver pkg/endpoints/filters/impersonation (impersonation.go, constrained_impersonation.go, mode.go) v0.36.3.

mod check;
mod extra;
mod mode;
mod required;

use crate::attributes::Attributes;
use crate::decision::{Allowed, Decision, Denied};
use crate::doubt::Doubt;
use crate::policy::Policy;
use crate::user::User;
use seawall_inventory::KubernetesVersion;

use self::check::Checks;
pub use self::mode::ImpersonationMode;
pub use self::required::{ImpersonatedPart, Required};

/// Whether somebody may act as somebody else.
#[derive(Clone, Debug)]
pub enum Impersonation<'s> {
    /// He may, whatever else is not known.
    Allowed(Impersonated<'s>),
    /// He may not: what he lacks for each mode that is one for whom he wants to be, in the order in which they are tried. The
    /// API server tells the first, never none.
    Refused(Vec<Lack>),
    /// Nobody is somebody without a name. Groups, a uid or an extra alone make a bad request (400); nothing at all makes one of
    /// himself.
    NoName,
    /// Nothing that is known lets him, and this is not known: each once, never none.
    Unknown(Vec<Doubt>),
}

/// Whom somebody becomes, and why he may.
#[derive(Clone, Debug)]
pub struct Impersonated<'s> {
    /// The way by which he may.
    pub mode: ImpersonationMode,
    /// Who the request is from then on, with all groups.
    pub user: User,
    /// What was asked for, all of it, and by what he has it.
    pub by: Vec<(Required, Allowed<'s>)>,
    /// What is not known, by which a mode that is tried before might be the one, and make somebody else of him.
    pub doubts: Vec<Doubt>,
}

/// What somebody lacks to act as somebody else by a mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// The mode.
    pub mode: ImpersonationMode,
    /// What is asked for first of what he has not.
    pub required: Required,
    /// Why nobody could have it; `None` where a rule could give it.
    pub never: Option<String>,
}

/// Whether somebody who acts as somebody else may do something.
#[derive(Clone, Debug)]
pub enum Acting<'s> {
    /// He may: act as whom, and by what that one may do it.
    Allowed(Impersonated<'s>, Allowed<'s>),
    /// He may act as that one, whom nothing allows it. Another authorizer may.
    NoOpinion(Impersonated<'s>, Denied<'s>),
    /// He may not act as that one ([`Impersonation::Refused`]).
    Refused(Vec<Lack>),
    /// There is no name ([`Impersonation::NoName`]).
    NoName,
    /// Nothing that is known lets him, and this is not known.
    Unknown(Vec<Doubt>),
}

/// What a mode says.
enum ByMode<'s> {
    /// It is none for whom somebody wants to be.
    Unfit,
    Allowed(Impersonated<'s>),
    Refused(Lack),
    Unknown(Vec<Doubt>),
}

impl<'s> Policy<'s> {
    /// Whether somebody may make a request as somebody else, `wanted`, of whom is given what headers say and no more:
    /// [`User::with_groups`].
    ///
    /// The modes are tried in their order. An API server tries first the one that somebody has used last: who is allowed
    /// and who is not remains the same by that, but of a node the groups may be fewer.
    pub fn may_impersonate(
        &self,
        user: &User,
        wanted: &User,
        request: &Attributes<'_>,
        version: KubernetesVersion,
    ) -> Impersonation<'s> {
        if wanted.name.is_empty() {
            return Impersonation::NoName;
        }
        let (mut lacks, mut doubts, mut perhaps) = (Vec::new(), Vec::new(), false);
        for mode in ImpersonationMode::of(version) {
            match self.by_mode(mode, user, wanted, request, version) {
                ByMode::Unfit => {}
                ByMode::Refused(lack) => lacks.push(lack),
                ByMode::Unknown(more) => {
                    doubts.extend(more);
                    perhaps |= mode.becomes(wanted) != ImpersonationMode::Legacy.becomes(wanted);
                }
                ByMode::Allowed(mut impersonated) => {
                    let is_another = perhaps && mode == ImpersonationMode::Legacy;
                    impersonated.doubts = if is_another { each_once(doubts) } else { Vec::new() };
                    return Impersonation::Allowed(impersonated);
                }
            }
        }
        if doubts.is_empty() {
            Impersonation::Refused(lacks)
        } else {
            Impersonation::Unknown(each_once(doubts))
        }
    }

    /// The same by one mode alone; `None` when it is none for whom he wants to be, or the version has it not.
    pub fn may_impersonate_by(
        &self,
        mode: ImpersonationMode,
        user: &User,
        wanted: &User,
        request: &Attributes<'_>,
        version: KubernetesVersion,
    ) -> Option<Impersonation<'s>> {
        if wanted.name.is_empty() {
            return Some(Impersonation::NoName);
        }
        ImpersonationMode::of(version).find(|known| *known == mode)?;
        match self.by_mode(mode, user, wanted, request, version) {
            ByMode::Unfit => None,
            ByMode::Allowed(impersonated) => Some(Impersonation::Allowed(impersonated)),
            ByMode::Refused(lack) => Some(Impersonation::Refused(vec![lack])),
            ByMode::Unknown(doubts) => Some(Impersonation::Unknown(each_once(doubts))),
        }
    }

    /// Whether somebody may do something by acting as somebody else: both whether he may act as him, and whether that one may do
    /// it by RBAC.
    pub fn may_act(
        &self,
        user: &User,
        wanted: &User,
        request: &Attributes<'_>,
        version: KubernetesVersion,
    ) -> Acting<'s> {
        match self.may_impersonate(user, wanted, request, version) {
            Impersonation::NoName => Acting::NoName,
            Impersonation::Refused(lacks) => Acting::Refused(lacks),
            Impersonation::Unknown(doubts) => Acting::Unknown(doubts),
            Impersonation::Allowed(impersonated) => match self.decide(&impersonated.user, request) {
                Decision::Allowed(by) => Acting::Allowed(impersonated, by),
                Decision::NoOpinion(denied) if impersonated.doubts.is_empty() => {
                    Acting::NoOpinion(impersonated, denied)
                }
                Decision::NoOpinion(_) => Acting::Unknown(impersonated.doubts),
                Decision::Unknown(doubts) => {
                    Acting::Unknown(each_once(doubts.into_iter().chain(impersonated.doubts).collect()))
                }
            },
        }
    }

    fn by_mode(
        &self,
        mode: ImpersonationMode,
        user: &User,
        wanted: &User,
        request: &Attributes<'_>,
        version: KubernetesVersion,
    ) -> ByMode<'s> {
        if !mode.fits(user, wanted) {
            return ByMode::Unfit;
        }
        let mut checks = Checks::new(self, user, mode);
        match checks.run(wanted, request, version) {
            Some(lack) => ByMode::Refused(lack),
            None if checks.doubts.is_empty() => {
                let user = mode.becomes(wanted);
                ByMode::Allowed(Impersonated { mode, user, by: checks.passed, doubts: Vec::new() })
            }
            None => ByMode::Unknown(checks.doubts),
        }
    }
}

fn each_once(mut doubts: Vec<Doubt>) -> Vec<Doubt> {
    doubts.sort_unstable();
    doubts.dedup();
    doubts
}
