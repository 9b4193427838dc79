//! The roles and bindings that API servers make when they start, by content and version.
//!
//! A name and a label anybody can give. What an API server of a version makes is known, and what becomes of it too: at each start it
//! adds what is missing, and takes nothing away that is there besides, so that what somebody has added once stays.
//!
//! Source: k8s.io/kubernetes pkg/registry/rbac/rest/storage_rbac.go and plugin/pkg/auth/authorizer/rbac/bootstrappolicy of each version
//! in the table; k8s.io/component-helpers auth/rbac/reconciliation v0.36.3.

mod difference;
mod table;
mod version;

use foldhash::HashMap;
use seawall_inventory::kinds::{PolicyRule, RbacSubject, RoleRef};
use seawall_inventory::{KubernetesVersion, Object, VersionRange};
use smol_str::SmolStr;

pub use self::difference::{BootstrapDifference, BootstrapPart};
use crate::validity::GROUP;

/// The label of all of them.
const LABEL: (&str, &str) = ("kubernetes.io/bootstrapping", "rbac-defaults");
/// On an object that is said to be left alone by the API server, it is `false`.
const AUTO_UPDATE: &str = "rbac.authorization.kubernetes.io/autoupdate";
/// How the labels begin by which the API server's own roles gather rules.
const LABELS: &str = "rbac.authorization.k8s.io/";

/// The roles and bindings that API servers make when they start.
#[derive(Debug)]
pub struct Bootstrap {
    objects: Vec<BootstrapObject>,
    places: HashMap<Place, usize>,
}

/// Kind, namespace and name.
type Place = (SmolStr, SmolStr, SmolStr);

/// A role or binding that API servers of some versions make.
#[derive(Debug)]
pub struct BootstrapObject {
    place: Place,
    when: When,
    parts: Vec<(Part, When)>,
}

/// A part of what it is made with.
#[derive(Debug)]
enum Part {
    Label(SmolStr, SmolStr),
    /// The rules of ClusterRoles with this label.
    Gathers(SmolStr, SmolStr),
    Rule(PolicyRule),
    Of(RoleRef),
    To(RbacSubject),
}

/// Of which versions something is.
#[derive(Clone, Debug, Default)]
struct When {
    by_default: Vec<VersionRange>,
    /// With a feature gate that is off by default.
    gated: Vec<VersionRange>,
}

impl Bootstrap {
    /// Reads the table; it is read once, as that takes some milliseconds.
    pub fn new() -> Self {
        let objects = table::objects();
        let places = objects.iter().enumerate().map(|(at, object)| (object.place.clone(), at)).collect();
        Self { objects, places }
    }

    /// All of them, whatever the version.
    pub fn objects(&self) -> &[BootstrapObject] {
        &self.objects
    }

    /// What API servers make under the name of this object. Whether it is that, its content says
    /// ([`BootstrapObject::difference`]).
    pub fn of(&self, object: &Object) -> Option<&BootstrapObject> {
        if object.group() != GROUP {
            return None;
        }
        let metadata = &object.metadata;
        let place = (object.kind.clone(), metadata.namespace.clone(), metadata.name.clone());
        self.places.get(&place).and_then(|at| self.objects.get(*at))
    }

    /// Whether an object says that an API server has made it. Anybody may say so: of those that [`Bootstrap::of`] does not know
    /// somebody did.
    pub fn is_labelled(object: &Object) -> bool {
        object.metadata.labels.get(LABEL.0) == Some(LABEL.1)
    }

    /// The versions that the table is of.
    pub fn versions() -> impl DoubleEndedIterator<Item = KubernetesVersion> {
        (table::OLDEST..=KubernetesVersion::LATEST.as_minor()).map(KubernetesVersion::minor)
    }
}

impl Default for Bootstrap {
    fn default() -> Self {
        Self::new()
    }
}

impl BootstrapObject {
    /// `ClusterRole`, `Role`, `ClusterRoleBinding` or `RoleBinding`.
    pub fn kind(&self) -> &str {
        &self.place.0
    }

    /// Namespace; empty for what stands in none.
    pub fn namespace(&self) -> &str {
        &self.place.1
    }

    /// Name.
    pub fn name(&self) -> &str {
        &self.place.2
    }

    /// Whether an API server of this version makes it with the feature gates of a release.
    pub fn is_made_by(&self, version: KubernetesVersion) -> bool {
        self.when.by_default(version)
    }

    /// Whether an API server of this version makes it with some feature gates.
    pub fn may_be_made_by(&self, version: KubernetesVersion) -> bool {
        self.when.contains(version)
    }

    /// Whether a cluster of this version may have it: its API server makes it, or one that it had before did.
    pub fn may_be_left_in(&self, version: KubernetesVersion) -> bool {
        Bootstrap::versions().any(|earlier| earlier <= version && self.may_be_made_by(earlier))
            || self.may_be_made_by(version)
    }

    /// Its labels with the feature gates of a release, but for the one that all have.
    pub fn labels(&self, version: KubernetesVersion) -> impl Iterator<Item = (&str, &str)> {
        self.made_with(version).filter_map(|part| match part {
            Part::Label(key, value) => Some((key.as_str(), value.as_str())),
            _ => None,
        })
    }

    /// The labels of the ClusterRoles whose rules it gathers, each for a selector of its own.
    pub fn gathers(&self, version: KubernetesVersion) -> impl Iterator<Item = (&str, &str)> {
        self.made_with(version).filter_map(|part| match part {
            Part::Gathers(key, value) => Some((key.as_str(), value.as_str())),
            _ => None,
        })
    }

    /// Its rules with the feature gates of a release.
    pub fn rules(&self, version: KubernetesVersion) -> impl Iterator<Item = &PolicyRule> {
        self.made_with(version).filter_map(|part| match part {
            Part::Rule(rule) => Some(rule),
            _ => None,
        })
    }

    /// The role that it binds.
    pub fn role(&self) -> Option<&RoleRef> {
        self.parts.iter().find_map(|(part, _)| match part {
            Part::Of(role) => Some(role),
            _ => None,
        })
    }

    /// To whom it gives its role with the feature gates of a release.
    pub fn subjects(&self, version: KubernetesVersion) -> impl Iterator<Item = &RbacSubject> {
        self.made_with(version).filter_map(|part| match part {
            Part::To(subject) => Some(subject),
            _ => None,
        })
    }

    fn made_with(&self, version: KubernetesVersion) -> impl Iterator<Item = &Part> {
        let parts = self.parts.iter().filter(move |(_, when)| when.by_default(version));
        parts.map(|(part, _)| part)
    }

    /// What it may be made with, whatever the feature gates.
    fn may_be_made_with(&self, version: KubernetesVersion) -> impl Iterator<Item = &Part> {
        let parts = self.parts.iter().filter(move |(_, when)| when.contains(version));
        parts.map(|(part, _)| part)
    }
}

impl When {
    fn by_default(&self, version: KubernetesVersion) -> bool {
        self.by_default.iter().any(|range| range.contains(version))
    }

    fn contains(&self, version: KubernetesVersion) -> bool {
        self.by_default(version) || self.gated.iter().any(|range| range.contains(version))
    }
}
