//! Which versions of Kubernetes restrict what.
//!
//! Source: k8s.io/kubernetes plugin/pkg/admission/noderestriction/admission.go and pkg/features/kube_features.go of these versions, in
//! the last patch of each that v1.26.13 to v1.37.1 are of.

use seawall_inventory::VersionRange;

/// ResourceSlices are of the node (KEP-4381).
pub(super) const SLICES: VersionRange = VersionRange::since(30);
/// Signing requests for kubelets have their name (`AllowInsecureKubeletCertificateSigningRequests`, off since).
pub(super) const REQUESTS: VersionRange = VersionRange::since(31);
/// A node does not change who owns it.
pub(super) const OWNERS: VersionRange = VersionRange::since(31);
/// A claim tells how its growth stands (KEP-1790, `RecoverVolumeExpansionFailure`).
pub(super) const RECOVERY: VersionRange = VersionRange::since(32);
/// Tokens are for whom the pod says (KEP-4412, `ServiceAccountNodeAudienceRestriction`).
pub(super) const AUDIENCES: VersionRange = VersionRange::since(33);
/// The authorizers may let a node have tokens for others.
pub(super) const AUDIENCES_BY_RULE: VersionRange = VersionRange::since(33);
/// The claims of devices of a pod are not changed by its status (KEP-3063).
pub(super) const CLAIM_STATUSES: VersionRange = VersionRange::since(28);
/// Nor is the one for extended resources (KEP-5004).
pub(super) const EXTENDED_STATUS: VersionRange = VersionRange::since(34);
/// What is allocatable by a node's devices (KEP-5517).
pub(super) const ALLOCATABLE_STATUSES: VersionRange = VersionRange::since(37);
/// A mirror pod refers to no trust bundles.
pub(super) const NO_BUNDLES: VersionRange = VersionRange::since(29);
/// Nor to claims of devices.
pub(super) const NO_CLAIMS: VersionRange = VersionRange::since(32);
/// Nor to anything else of the API (`HasAPIObjectReference` of pkg/api/pod/util.go).
pub(super) const NO_REFERENCES: VersionRange = VersionRange::since(34);
/// Certificates for pods are requested (KEP-4317, `PodCertificateRequest`, off until 1.36).
pub(super) const CERTIFICATES: VersionRange = VersionRange::between(34, 37);
