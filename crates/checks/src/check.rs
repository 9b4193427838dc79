//! What a check is made of, and how it is run on one object.

use std::borrow::Cow;

use seawall_finding::{Finding, Meta, Verdict};
use seawall_inventory::{ContainerView, Object, PodView, View};
use seawall_rbac::{GROUP, Policy};

use crate::needs::KindWord;
use crate::out::{Out, Settings};
use crate::rights::RightsSource;

/// A check: what it is, and how it decides.
#[derive(Debug)]
pub struct Check {
    /// What it is.
    pub meta: Meta,
    /// How it decides.
    pub run: Run,
    /// Of which kinds it judges the objects.
    pub subjects: &'static [KindWord],
    /// Of which kinds it asks for other objects than the one at hand.
    pub reads: &'static [KindWord],
}

/// How a check decides, by what it looks at.
#[derive(Clone, Copy, Debug)]
pub enum Run {
    /// Called for each pod template.
    Workload(fn(&PodView<'_>, &mut Out<'_>)),
    /// Called for each container of each pod template.
    Container(fn(&ContainerView<'_>, &mut Out<'_>)),
    /// Called for each object.
    Object(fn(&Object, &mut Out<'_>)),
    /// Called once.
    Snapshot(fn(&View<'_>, &mut Out<'_>)),
    /// Called once, with who may do what. It says what holds whatever else there is: what is found stays found where some roles or
    /// bindings could not be read.
    Access(fn(&Policy<'_>, &mut Out<'_>)),
}

/// What a check said about one object, or about the Snapshot.
#[derive(Debug)]
pub struct Outcome {
    /// The verdict.
    pub verdict: Verdict,
    /// The findings; some when the verdict is fail, none otherwise.
    pub findings: Vec<Finding>,
    /// Why there may be more than these findings, where the check says so.
    pub besides: Option<Cow<'static, str>>,
}

/// An object, its pods and their containers, seen once for all checks.
#[derive(Debug)]
pub struct Subject<'s> {
    view: View<'s>,
    index: usize,
    object: &'s Object,
    pods: Vec<PodView<'s>>,
    containers: Vec<ContainerView<'s>>,
    rights: Option<RightsSource<'s>>,
}

impl<'s> Subject<'s> {
    /// The object at `index`; `None` when there is no such object.
    pub fn new(view: impl Into<View<'s>>, index: usize) -> Option<Self> {
        let view = view.into();
        let object = view.subject(index)?;
        let pods: Vec<PodView<'s>> = view.pods_of(object).collect();
        let containers = pods.iter().flat_map(PodView::containers).collect();
        Some(Self { view, index, object, pods, containers, rights: None })
    }

    /// The same, where checks may ask who holds what. Without, that is unknown.
    pub fn with_rights(self, rights: RightsSource<'s>) -> Self {
        Self { rights: Some(rights), ..self }
    }
}

impl Check {
    /// Runs the check on one object. A check of the whole Snapshot does not apply to an object.
    pub fn on_object(&'static self, subject: &Subject<'_>, settings: &Settings) -> Outcome {
        // Most checks are about pods, and most objects have none.
        if subject.pods.is_empty() && matches!(self.run, Run::Workload(_) | Run::Container(_)) {
            return Outcome { verdict: Verdict::NotApplicable, findings: Vec::new(), besides: None };
        }
        let object = subject.object;
        let mut out = Out::new(self, subject.view, Some(subject.index), settings).with_rights(subject.rights);
        if let Run::Object(run) = self.run {
            out.enter_object();
            run(object, &mut out);
            out.leave();
        }
        self.run.on_pods(&subject.pods, &subject.containers, &mut out);
        let mut outcome = out.finish();
        if object.malformed && outcome.verdict == Verdict::Pass {
            outcome.verdict =
                Verdict::Unknown(Cow::Borrowed("a field of the object has a type that Kubernetes refuses"));
        }
        outcome
    }

    /// Runs a check of pods on one of them, with other settings, for the check that `out` belongs to.
    pub(crate) fn on_pod(&'static self, pod: &PodView<'_>, out: &Out<'_>, settings: &Settings) -> Outcome {
        let containers: Vec<ContainerView<'_>> = pod.containers().collect();
        let mut own = out.of_other(self, settings);
        self.run.on_pods(&[*pod], &containers, &mut own);
        own.finish()
    }

    /// Runs a check of the whole Snapshot. Others do not apply.
    pub fn on_snapshot<'s>(&'static self, view: impl Into<View<'s>>, settings: &'s Settings) -> Outcome {
        let view = view.into();
        let mut out = Out::new(self, view, None, settings);
        if let Run::Snapshot(run) = self.run {
            out.enter_object();
            run(&view, &mut out);
            out.leave();
        }
        out.finish()
    }
}

impl Check {
    /// Runs a check of who may do what; `rights` are those of the policy. Others do not apply.
    pub fn on_access<'s>(
        &'static self,
        policy: &Policy<'s>,
        rights: RightsSource<'s>,
        view: impl Into<View<'s>>,
        settings: &'s Settings,
    ) -> Outcome {
        let view = view.into();
        // All of them were asked for, when the policy was made.
        let malformed = RBAC_KINDS.map(|kind| view.of_kind(GROUP, kind).any(|object| object.malformed));
        let mut out = Out::new(self, view, None, settings).with_rights(Some(rights));
        if let Run::Access(run) = self.run {
            out.enter_object();
            run(policy, &mut out);
            out.leave();
        }
        if malformed.contains(&true) {
            out.unknown("a field of a role or binding has a type that Kubernetes refuses");
        }
        out.finish()
    }

    /// Whether it is run once, and not on each object.
    pub fn is_of_all(&self) -> bool {
        matches!(self.run, Run::Snapshot(_) | Run::Access(_))
    }
}

/// The kinds of roles and bindings.
pub(crate) const RBAC_KINDS: [&str; 4] = ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"];

impl Run {
    /// Calls what looks at pods, or at containers; nothing for what looks at more.
    fn on_pods<'a>(self, pods: &[PodView<'a>], containers: &'a [ContainerView<'a>], out: &mut Out<'a>) {
        match self {
            Self::Workload(run) => {
                for pod in pods {
                    out.enter_object();
                    run(pod, out);
                    out.leave();
                }
            }
            Self::Container(run) => {
                for container in containers {
                    out.enter_container(container);
                    run(container, out);
                    out.leave();
                }
            }
            Self::Object(_) | Self::Snapshot(_) | Self::Access(_) => {}
        }
    }
}

/// Declares a check. The doc comment is its documentation; its examples are its tests. `cargo xtask mutants` puts `run` beside
/// it, for a tool that does not look into macros.
macro_rules! check {
    (
        $(#[doc = $doc:literal])*
        id: $id:literal,
        name: $name:literal,
        severity: $severity:ident,
        scope: $scope:ident,
        $(subjects: $subjects:expr,)?
        $(reads: $reads:expr,)?
        since: $since:literal,
        profile: $profile:ident,
        $(pss: $pss:expr,)?
        $(tags: $tags:expr,)?
        $(frameworks: $frameworks:expr,)?
        $(params: $params:expr,)?
        $(subsumes: $subsumes:expr,)?
        $(peers: [$($tool:ident($peer:literal, $relation:ident, $why:literal)),* $(,)?],)?
        $(fn run($subject:ident, $out:ident) $body:block)?
    ) => {
        #[doc = concat!("`", $id, "` ", $name)]
        pub static CHECK: $crate::Check = $crate::Check {
            meta: seawall_finding::Meta {
                id: $id,
                name: $name,
                severity: seawall_finding::Severity::$severity,
                scope: seawall_finding::Scope::$scope,
                since: $since,
                profile: seawall_finding::Profile::$profile,
                pss: $crate::check::optional!($($pss)?),
                tags: $crate::check::list!($($tags)?),
                frameworks: $crate::check::list!($($frameworks)?),
                params: $crate::check::list!($($params)?),
                subsumes: $crate::check::list!($($subsumes)?),
                peers: &[$($(
                    seawall_finding::peer::$tool($peer, seawall_finding::Relation::$relation, $why)
                ),*)?],
                doc: concat!($($doc, "\n"),*),
            },
            run: $crate::Run::$scope(run),
            subjects: $crate::check::subjects!($scope $($subjects)?),
            reads: $crate::check::list!($($reads)?),
        };

        $(fn run($subject: &$crate::check::subject!($scope), $out: &mut $crate::Out<'_>) $body)?

        #[cfg(test)]
        #[test]
        fn examples() {
            $crate::testing::verify(&CHECK);
        }
    };
}

macro_rules! optional {
    () => {
        None
    };
    ($value:expr) => {
        Some($value)
    };
}

macro_rules! list {
    () => {
        &[]
    };
    ($list:expr) => {
        &$list
    };
}

macro_rules! subjects {
    (Workload) => {
        &["pods"]
    };
    (Container) => {
        &["pods"]
    };
    (Object $list:expr) => {
        &$list
    };
    // What is judged once for all rests on what it asks for.
    (Snapshot) => {
        &[]
    };
    (Access) => {
        &[]
    };
}

macro_rules! subject {
    (Workload) => { seawall_inventory::PodView<'_> };
    (Container) => { seawall_inventory::ContainerView<'_> };
    (Object) => { seawall_inventory::Object };
    (Snapshot) => { seawall_inventory::View<'_> };
    (Access) => { seawall_rbac::Policy<'_> };
}

/// Lists the checks of a folder: one line each.
macro_rules! checks {
    ($($module:ident),* $(,)?) => {
        $(mod $module;)*

        /// The checks of this domain.
        pub(crate) const LIST: &[&$crate::Check] = &[$(&$module::CHECK),*];
    };
}

pub(crate) use {check, checks, list, optional, subject, subjects};
