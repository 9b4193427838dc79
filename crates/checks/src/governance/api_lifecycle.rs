//! Since when, and until when, Kubernetes serves a kind of its own.

mod table;

use std::sync::LazyLock;

use seawall_finding::{Fix, Safety};
use seawall_inventory::{KubernetesVersion, Object};
use seawall_yaml::Path;

use self::table::APIS;

/// A kind in one version of its API group.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Api {
    /// `apps/v1beta1`
    pub api_version: &'static str,
    /// `Deployment`
    pub kind: &'static str,
    /// The first version of Kubernetes that serves it, as far as that is known.
    pub introduced: Option<KubernetesVersion>,
    /// The version in which it was, or is to be, deprecated.
    pub deprecated: Option<KubernetesVersion>,
    /// The first version that does not serve it any more. Of versions to come, a plan.
    pub removed: Option<KubernetesVersion>,
    /// The `apiVersion` of the same kind that takes its place.
    successor: Option<&'static str>,
}

/// How stable a version of an API is promised to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stability {
    /// `v1alpha1`: not served unless switched on, may vanish with the next release.
    Alpha,
    /// `v1beta1`: since v1.24 not served unless switched on, ends after nine months or three releases.
    Beta,
    /// `v1`
    Stable,
}

/// One row of the table; see there.
const fn api(
    api_version: &'static str,
    kind: &'static str,
    introduced: u16,
    deprecated: u16,
    removed: u16,
    successor: &'static str,
) -> Api {
    const fn version(minor: u16) -> Option<KubernetesVersion> {
        if minor == 0 { None } else { Some(KubernetesVersion::minor(minor)) }
    }
    Api {
        api_version,
        kind,
        introduced: version(introduced),
        deprecated: version(deprecated),
        removed: version(removed),
        successor: if successor.is_empty() { None } else { Some(successor) },
    }
}

/// What is known of the kind of `object`; `None` for kinds that are not Kubernetes' own, or of the core group.
pub(super) fn of(object: &Object) -> Option<&'static Api> {
    find(&object.api_version, &object.kind)
}

fn find(api_version: &str, kind: &str) -> Option<&'static Api> {
    let key = |api: &Api| (api.api_version, api.kind);
    let index = APIS.binary_search_by(|api| key(api).cmp(&(api_version, kind))).ok()?;
    APIS.get(index)
}

impl Api {
    /// Whether an API server of `version` serves it, when it is switched on.
    pub(super) fn is_served_in(&self, version: KubernetesVersion) -> bool {
        self.introduced.is_none_or(|introduced| introduced <= version)
            && self.removed.is_none_or(|removed| version < removed)
    }

    /// The most stable API of the same kind that is served in `version`, by following successors.
    pub(super) fn replacement(&self, version: KubernetesVersion) -> Option<&'static Api> {
        let next = |api: &Api| find(api.successor?, api.kind);
        // Successors are ever more stable; their number bounds the walk whatever the table says.
        let chain = std::iter::successors(next(self), |api| next(api)).take(APIS.len());
        chain.filter(|api| api.is_served_in(version)).last()
    }

    /// How stable it is promised to be.
    pub(super) fn stability(&self) -> Stability {
        let version = self.api_version.rsplit('/').next().unwrap_or_default();
        match version {
            _ if version.contains("alpha") => Stability::Alpha,
            _ if version.contains("beta") => Stability::Beta,
            _ => Stability::Stable,
        }
    }

    /// Writes the `apiVersion` of `successor`, where that is all there is to do.
    pub(super) fn fix(&self, successor: &Api) -> Option<Fix> {
        let unchanged = UNCHANGED.iter().any(|(from, kinds)| {
            *from == self.api_version && (kinds.is_empty() || kinds.contains(&self.kind))
        });
        unchanged.then(|| Fix::set(place(), successor.api_version, Safety::Safe))
    }
}

/// `apiVersion` of an object.
pub(super) fn place() -> Path {
    static PLACE: LazyLock<Path> = LazyLock::new(|| Path::root().field("apiVersion"));
    PLACE.clone()
}

/// APIs whose successors have the same fields with the same meaning and defaults, all kinds of them where none is named.
/// Source: the types and defaults of k8s.io/api and k8s.io/kubernetes pkg/apis of the last release that served both, and
/// the notable changes of the deprecated API migration guide. Not here, for example: Ingress (backends), CronJob of
/// `batch/v2alpha1`, PodDisruptionBudget (an empty selector), CustomResourceDefinition (schema), webhook configurations
/// (`sideEffects`), `extensions/v1beta1` workloads (`selector`).
const UNCHANGED: &[(&str, &[&str])] = &[
    (
        "admissionregistration.k8s.io/v1beta1",
        &["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"],
    ),
    ("apiregistration.k8s.io/v1beta1", &[]),
    ("apps/v1beta2", &["ControllerRevision", "DaemonSet", "Deployment", "ReplicaSet"]),
    ("batch/v1beta1", &["CronJob"]),
    ("coordination.k8s.io/v1beta1", &["Lease"]),
    ("extensions/v1beta1", &["NetworkPolicy"]),
    ("networking.k8s.io/v1beta1", &["IPAddress", "ServiceCIDR"]),
    ("node.k8s.io/v1beta1", &[]),
    ("rbac.authorization.k8s.io/v1alpha1", &["ClusterRole", "Role"]),
    ("rbac.authorization.k8s.io/v1beta1", &[]),
    ("scheduling.k8s.io/v1beta1", &["PriorityClass"]),
    (
        "storage.k8s.io/v1beta1",
        &["CSIDriver", "CSINode", "CSIStorageCapacity", "StorageClass", "VolumeAttachment"],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    const fn minor(minor: u16) -> KubernetesVersion {
        KubernetesVersion::minor(minor)
    }

    #[test]
    fn every_row_is_found_and_its_successor_too() {
        assert!(APIS.is_sorted_by_key(|api| (api.api_version, api.kind)));
        for api in APIS {
            assert_eq!(find(api.api_version, api.kind), Some(api));
            if let Some(successor) = api.successor {
                assert!(
                    find(successor, api.kind).is_some(),
                    "{successor} {} of {}",
                    api.kind,
                    api.api_version
                );
            }
            assert!(
                api.removed.is_none() || api.deprecated < api.removed,
                "{} {}",
                api.api_version,
                api.kind
            );
        }
    }

    #[test]
    fn what_has_a_fix_exists() {
        for (api_version, kinds) in UNCHANGED {
            assert!(APIS.iter().any(|api| api.api_version == *api_version), "{api_version}");
            for kind in *kinds {
                assert!(find(api_version, kind).is_some(), "{api_version} {kind}");
            }
        }
    }

    /// As the deprecated API migration guide of the Kubernetes documentation lists what changes.
    #[test]
    fn a_fix_is_offered_where_nothing_but_the_version_changes() {
        for (api_version, kind, expected) in [
            ("batch/v1beta1", "CronJob", true),
            ("extensions/v1beta1", "NetworkPolicy", true),
            ("rbac.authorization.k8s.io/v1beta1", "RoleBinding", true),
            ("rbac.authorization.k8s.io/v1alpha1", "RoleBinding", false),
            ("apps/v1beta2", "DaemonSet", true),
            ("extensions/v1beta1", "DaemonSet", false),
            ("extensions/v1beta1", "Ingress", false),
            ("policy/v1beta1", "PodDisruptionBudget", false),
            ("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", false),
        ] {
            let api = find(api_version, kind).unwrap();
            let successor = find(api.successor.unwrap(), kind).unwrap();
            assert_eq!(api.fix(successor).is_some(), expected, "{api_version} {kind}");
        }
    }

    #[test]
    fn the_replacement_is_one_that_is_served() {
        for (api_version, kind, version, expected) in [
            ("extensions/v1beta1", "Ingress", 18, None),
            ("extensions/v1beta1", "Ingress", 19, Some("networking.k8s.io/v1")),
            (
                "flowcontrol.apiserver.k8s.io/v1beta1",
                "FlowSchema",
                28,
                Some("flowcontrol.apiserver.k8s.io/v1beta3"),
            ),
            (
                "flowcontrol.apiserver.k8s.io/v1beta1",
                "FlowSchema",
                29,
                Some("flowcontrol.apiserver.k8s.io/v1"),
            ),
            ("resource.k8s.io/v1alpha3", "ResourceClaim", 37, Some("resource.k8s.io/v1")),
            ("extensions/v1beta1", "PodSecurityPolicy", 24, Some("policy/v1beta1")),
            ("extensions/v1beta1", "PodSecurityPolicy", 25, None),
            ("apps/v1", "Deployment", 37, None),
        ] {
            let found = find(api_version, kind).unwrap().replacement(minor(version));
            assert_eq!(found.map(|api| api.api_version), expected, "{api_version} {kind} in 1.{version}");
        }
    }
}
