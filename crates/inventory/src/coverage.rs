//! How far a Snapshot knows a cluster, and what it does not know of it.

use smol_str::SmolStr;

use crate::kind::Kind;
use crate::view::{What, Within};

/// How far a Snapshot knows a cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Whether a cluster was read. Of files it is not known what they leave out: they have no gaps, and are never complete.
    pub live: bool,
    /// What of the kinds that checks read was not, in order.
    pub gaps: Vec<Gap>,
}

/// Objects that were not read, so that nobody knows whether there are any.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// API group; `None` for all.
    pub group: Option<SmolStr>,
    /// Kind; `None` for all of the group.
    pub kind: Option<SmolStr>,
    /// Where they were not read.
    pub missing: Missing,
    /// What cannot be said therefore, as the reason of a verdict: `deployments.apps may not be listed`.
    pub reason: SmolStr,
    /// The number of the problem of the Snapshot that tells of it; `None` when it was left out on purpose.
    pub problem: Option<usize>,
}

/// Where objects were not read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Missing {
    /// Nowhere were they read.
    Everywhere,
    /// In these namespaces they were not.
    Within(Vec<SmolStr>),
    /// In no other place than these namespaces, which were chosen, they were.
    Outside(Vec<SmolStr>),
}

impl Coverage {
    /// A cluster that was read but for these gaps.
    pub fn live(mut gaps: Vec<Gap>) -> Self {
        gaps.sort();
        Self { live: true, gaps }
    }

    /// Whether everything was read of a cluster that checks read.
    pub fn is_complete(&self) -> bool {
        self.live && self.gaps.is_empty()
    }

    /// The number of the first gap that what was asked for, by its name or without, falls into. A Namespace that is asked for by
    /// name stands where it is for: what was read of a namespace holds it too.
    pub fn gap(&self, what: &What, within: &Within, name: Option<&str>) -> Option<usize> {
        let itself = name.filter(|_| what.is_namespace()).map(|name| Within::Namespace(name.into()));
        let within = itself.as_ref().unwrap_or(within);
        self.gaps.iter().position(|gap| gap.is_about(what) && gap.missing.has(within))
    }
}

impl Gap {
    /// Whether objects of the kind are missing. Kinds that are never read are no gap: nothing was expected of them.
    pub fn has(&self, kind: &Kind) -> bool {
        let group = self.group.as_ref().is_none_or(|group| kind.group == group);
        // Of constraints each is a kind of its own.
        group && self.kind.as_ref().is_none_or(|name| kind.kind == name || kind.kind == "*")
    }

    fn is_about(&self, what: &What) -> bool {
        match what {
            What::Pods => Kind::ALL.iter().any(|kind| kind.embeds_pods() && self.has(kind)),
            What::Kind { group, kind } => {
                self.group.as_ref().is_none_or(|own| own == group)
                    && self.kind.as_ref().is_none_or(|own| own == kind)
                    && Kind::ALL.iter().any(|known| known.is(group, kind))
            }
        }
    }
}

impl What {
    fn is_namespace(&self) -> bool {
        matches!(self, Self::Kind { group, kind } if group.is_empty() && kind == "Namespace")
    }
}

impl Missing {
    fn has(&self, within: &Within) -> bool {
        match (self, within) {
            (Self::Everywhere, _) | (_, Within::Everywhere) => true,
            (Self::Within(names), Within::Namespace(name)) => names.contains(name),
            (Self::Outside(names), Within::Namespace(name)) => !names.contains(name),
            (Self::Within(_), _) => false,
            (Self::Outside(_), _) => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Coverage, Gap, Missing};
    use crate::view::{What, Within};

    fn gap(group: Option<&str>, kind: Option<&str>, missing: Missing) -> Coverage {
        let (group, kind) = (group.map(Into::into), kind.map(Into::into));
        Coverage::live(vec![Gap { group, kind, missing, reason: "".into(), problem: None }])
    }

    #[test]
    fn what_is_asked_for_falls_into_a_gap_or_not() {
        let kind = |group: &str, kind: &str| What::Kind { group: group.into(), kind: kind.into() };
        let (secret, set, foreign) =
            (kind("", "Secret"), kind("apps", "StatefulSet"), kind("example.com", "Widget"));
        let shop = || vec!["shop".into()];
        let [in_shop, elsewhere] = ["shop", "other"].map(|name| Within::Namespace(name.into()));
        let everywhere = Missing::Everywhere;
        for (coverage, what, within, falls) in [
            (gap(Some(""), Some("Secret"), everywhere.clone()), &secret, &in_shop, true),
            (gap(Some(""), Some("Secret"), everywhere.clone()), &set, &in_shop, false),
            (gap(Some(""), Some("Secret"), everywhere.clone()), &What::Pods, &in_shop, false),
            (gap(Some("apps"), Some("StatefulSet"), everywhere.clone()), &What::Pods, &in_shop, true),
            (gap(Some("apps"), None, everywhere.clone()), &set, &Within::Everywhere, true),
            (gap(Some("apps"), None, everywhere.clone()), &What::Pods, &elsewhere, true),
            (gap(Some("storage.k8s.io"), None, everywhere.clone()), &What::Pods, &elsewhere, false),
            (gap(None, None, everywhere.clone()), &secret, &in_shop, true),
            (gap(None, None, everywhere.clone()), &foreign, &in_shop, false),
            (gap(None, None, Missing::Outside(shop())), &secret, &in_shop, false),
            (gap(None, None, Missing::Outside(shop())), &secret, &elsewhere, true),
            (gap(None, None, Missing::Outside(shop())), &kind("", "Node"), &Within::Cluster, true),
            (gap(None, None, Missing::Outside(shop())), &secret, &Within::Everywhere, true),
            (gap(Some(""), Some("Secret"), Missing::Within(shop())), &secret, &in_shop, true),
            (gap(Some(""), Some("Secret"), Missing::Within(shop())), &secret, &elsewhere, false),
            (gap(Some(""), Some("Secret"), Missing::Within(shop())), &secret, &Within::Everywhere, true),
        ] {
            assert_eq!(coverage.gap(what, within, None).is_some(), falls, "{coverage:?} {what:?} {within:?}");
        }
        let namespace = kind("", "Namespace");
        for (coverage, what, name, falls) in [
            (gap(None, None, Missing::Outside(shop())), &namespace, Some("shop"), false),
            (gap(None, None, Missing::Outside(shop())), &namespace, Some("other"), true),
            (gap(None, None, Missing::Outside(shop())), &namespace, None, true),
            (gap(None, None, Missing::Outside(shop())), &kind("", "Node"), Some("shop"), true),
            (gap(Some(""), Some("Namespace"), Missing::Within(shop())), &namespace, Some("shop"), true),
            (gap(Some(""), Some("Namespace"), Missing::Within(shop())), &namespace, Some("other"), false),
            (gap(Some(""), Some("Namespace"), everywhere), &namespace, Some("shop"), true),
        ] {
            let fell = coverage.gap(what, &Within::Cluster, name).is_some();
            assert_eq!(fell, falls, "{coverage:?} {what:?} {name:?}");
        }
    }
}
