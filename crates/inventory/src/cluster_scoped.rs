//! Kinds whose objects stand in no namespace.

/// Kinds by group. Sources: k8s.io/kubernetes v1.36.3 (`NamespaceScoped` of the strategies in pkg/registry) for the built-in kinds;
/// the CRDs of Argo, Tekton, cert-manager, Calico, network-policy-api, External Secrets, Kyverno, sigstore/policy-controller, OpenShift for theirs.
const KINDS: &[(&str, &[&str])] = &[
    ("", &["ComponentStatus", "Namespace", "Node", "PersistentVolume", "SecurityContextConstraints"]),
    (
        "admissionregistration.k8s.io",
        &[
            "MutatingAdmissionPolicy",
            "MutatingAdmissionPolicyBinding",
            "MutatingWebhookConfiguration",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding",
            "ValidatingWebhookConfiguration",
        ],
    ),
    ("apiextensions.k8s.io", &["CustomResourceDefinition"]),
    ("apiregistration.k8s.io", &["APIService"]),
    ("argoproj.io", &["ClusterAnalysisTemplate", "ClusterWorkflowTemplate"]),
    ("cert-manager.io", &["ClusterIssuer"]),
    ("certificates.k8s.io", &["CertificateSigningRequest", "ClusterTrustBundle"]),
    ("cilium.io", &["CiliumClusterwideNetworkPolicy"]),
    ("external-secrets.io", &["ClusterExternalSecret", "ClusterSecretStore", "ClusterPushSecret"]),
    (
        "crd.projectcalico.org",
        &["GlobalNetworkPolicy", "GlobalNetworkSet", "StagedGlobalNetworkPolicy", "Tier"],
    ),
    ("extensions", &["PodSecurityPolicy"]),
    ("flowcontrol.apiserver.k8s.io", &["FlowSchema", "PriorityLevelConfiguration"]),
    ("kyverno.io", &["ClusterPolicy", "ClusterCleanupPolicy"]),
    ("networking.k8s.io", &["IPAddress", "IngressClass", "ServiceCIDR"]),
    ("node.k8s.io", &["RuntimeClass"]),
    (
        "policies.kyverno.io",
        &[
            "DeletingPolicy",
            "GeneratingPolicy",
            "ImageValidatingPolicy",
            "MutatingPolicy",
            "ValidatingPolicy",
        ],
    ),
    ("policy", &["PodSecurityPolicy"]),
    (
        "policy.networking.k8s.io",
        &["AdminNetworkPolicy", "BaselineAdminNetworkPolicy", "ClusterNetworkPolicy"],
    ),
    ("policy.sigstore.dev", &["ClusterImagePolicy", "TrustRoot"]),
    ("projectcalico.org", &["GlobalNetworkPolicy", "GlobalNetworkSet", "StagedGlobalNetworkPolicy", "Tier"]),
    ("rbac.authorization.k8s.io", &["ClusterRole", "ClusterRoleBinding"]),
    ("resource.k8s.io", &["DeviceClass", "DeviceTaintRule", "ResourceSlice"]),
    ("scheduling.k8s.io", &["PriorityClass"]),
    ("security.openshift.io", &["SecurityContextConstraints"]),
    ("tekton.dev", &["ClusterTask"]),
    (
        "storage.k8s.io",
        &["CSIDriver", "CSINode", "StorageClass", "VolumeAttachment", "VolumeAttributesClass"],
    ),
];

/// Whether objects of the kind stand in no namespace. Of kinds that are not known here it is not.
pub(crate) fn is_cluster_scoped(group: &str, kind: &str) -> bool {
    // Whatever its kind, a constraint of Gatekeeper is of the whole cluster.
    group == "constraints.gatekeeper.sh"
        || KINDS.iter().any(|(known, kinds)| *known == group && kinds.contains(&kind))
}
