//! What every node may do, whatever runs on it, and which versions of Kubernetes ask for more.
//!
//! Source: `NodeRules` of k8s.io/kubernetes plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go, and
//! pkg/features/kube_features.go, v1.36.3.

use seawall_inventory::{KubernetesVersion, VersionRange};

use crate::attributes::Resource;

/// Kubelets see their own Node and the pods of their node alone (KEP-4601, `AuthorizeNodeWithSelectors`).
pub(super) const WITH_SELECTORS: VersionRange = VersionRange::since(32);
/// Kubelets may get the service accounts of their pods (KEP-4412, `KubeletServiceAccountTokenForCredentialProviders`).
pub(super) const GET_SERVICE_ACCOUNTS: VersionRange = VersionRange::since(34);
/// Devices are claimed (KEP-4381, `DynamicResourceAllocation`).
const DEVICES: VersionRange = VersionRange::since(34);

const READ: &[&str] = &["get", "list", "watch"];
const WRITE: &[&str] = &["create", "update", "patch"];
const CHANGE: &[&str] = &["update", "patch"];

/// A rule: verbs, group, resources with their subresources, and since when.
type NodeRule = (&'static [&'static str], &'static str, &'static [&'static str], VersionRange);

/// What the authorizer does not look at more closely.
const RULES: &[NodeRule] = &[
    (&["create"], "authentication.k8s.io", &["tokenreviews"], VersionRange::ALWAYS),
    (
        &["create"],
        "authorization.k8s.io",
        &["subjectaccessreviews", "localsubjectaccessreviews"],
        VersionRange::ALWAYS,
    ),
    (READ, "", &["services", "nodes", "pods"], VersionRange::ALWAYS),
    (WRITE, "", &["nodes", "events"], VersionRange::ALWAYS),
    (CHANGE, "", &["nodes/status", "pods/status"], VersionRange::ALWAYS),
    (WRITE, "events.k8s.io", &["events"], VersionRange::ALWAYS),
    (&["create", "delete"], "", &["pods"], VersionRange::ALWAYS),
    (&["create"], "", &["pods/eviction"], VersionRange::ALWAYS),
    (&["get"], "", &["endpoints"], VersionRange::ALWAYS),
    (
        &["create", "get", "list", "watch"],
        "certificates.k8s.io",
        &["certificatesigningrequests"],
        VersionRange::ALWAYS,
    ),
    (READ, "storage.k8s.io", &["csidrivers"], VersionRange::ALWAYS),
    (READ, "node.k8s.io", &["runtimeclasses"], VersionRange::ALWAYS),
    (&["deletecollection"], "resource.k8s.io", &["resourceslices"], DEVICES),
];

/// Whether every node may do it.
pub(super) fn allow(verb: &str, asked: &Resource<'_>, version: KubernetesVersion) -> bool {
    let is_asked = |own: &str| match own.split_once('/') {
        Some((resource, subresource)) => asked.resource == resource && asked.subresource == subresource,
        None => asked.resource == own && asked.subresource.is_empty(),
    };
    RULES.iter().any(|(verbs, group, resources, range)| {
        range.contains(version)
            && verbs.contains(&verb)
            && *group == asked.group
            && resources.iter().any(|own| is_asked(own))
    })
}
