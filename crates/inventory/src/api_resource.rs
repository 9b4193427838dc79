//! What Kubernetes serves by itself, and what people call it: the resources that requests and rules of RBAC name.

/// A resource of Kubernetes' own API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiResource {
    /// API group, empty for the core group.
    pub group: &'static str,
    /// Name in paths and rules: `deployments`.
    pub plural: &'static str,
    /// Kind of its objects: `Deployment`. Empty for what has none: what is asked for by authorizers alone.
    pub kind: &'static str,
    /// Other names that kubectl takes: `deploy`.
    pub short: &'static [&'static str],
    /// Whether its objects stand in a namespace.
    pub is_namespaced: bool,
    /// Its subresources: `scale`, `status`.
    pub subresources: &'static [&'static str],
}

impl ApiResource {
    /// All of them, by group and name, the core group first. Sources: the discovery of kube-apiserver v1.36.3, against which the table
    /// is tested, and pkg/registry/*/rest of k8s.io/kubernetes v1.36.3 for what it serves only when it is told to.
    pub const ALL: &[Self] = ALL;

    /// Whether `word` names it, as it may be called without its group: by its plural, its kind or a short name, in any case.
    pub fn is_called(&self, word: &str) -> bool {
        word.eq_ignore_ascii_case(self.plural)
            || !self.kind.is_empty() && word.eq_ignore_ascii_case(self.kind)
            || self.short.iter().any(|short| word.eq_ignore_ascii_case(short))
    }

    /// The resource as people name it: `deployments.apps`.
    pub fn name(&self) -> String {
        if self.group.is_empty() { self.plural.to_owned() } else { format!("{}.{}", self.plural, self.group) }
    }
}

const fn namespaced(
    group: &'static str,
    plural: &'static str,
    kind: &'static str,
    short: &'static [&'static str],
    subresources: &'static [&'static str],
) -> ApiResource {
    ApiResource { group, plural, kind, short, is_namespaced: true, subresources }
}

const fn cluster(
    group: &'static str,
    plural: &'static str,
    kind: &'static str,
    short: &'static [&'static str],
    subresources: &'static [&'static str],
) -> ApiResource {
    ApiResource { group, plural, kind, short, is_namespaced: false, subresources }
}

/// What the kubelet asks for when somebody speaks with it: no API server serves it (`NewNodeAuthorizerAttributesGetter` of
/// k8s.io/kubernetes pkg/kubelet/server/auth.go v1.36.3), but for the first two.
const OF_NODES: &[&str] =
    &["proxy", "status", "checkpoint", "configz", "healthz", "log", "metrics", "pods", "stats", "statusz"];

const ALL: &[ApiResource] = &[
    namespaced("", "bindings", "Binding", &[], &[]),
    cluster("", "componentstatuses", "ComponentStatus", &["cs"], &[]),
    namespaced("", "configmaps", "ConfigMap", &["cm"], &[]),
    namespaced("", "endpoints", "Endpoints", &["ep"], &[]),
    namespaced("", "events", "Event", &["ev"], &[]),
    cluster("", "groups", "", &[], &[]),
    namespaced("", "limitranges", "LimitRange", &["limits"], &[]),
    cluster("", "namespaces", "Namespace", &["ns"], &["finalize", "status"]),
    cluster("", "nodes", "Node", &["no"], OF_NODES),
    namespaced("", "persistentvolumeclaims", "PersistentVolumeClaim", &["pvc"], &["status"]),
    cluster("", "persistentvolumes", "PersistentVolume", &["pv"], &["status"]),
    namespaced(
        "",
        "pods",
        "Pod",
        &["po"],
        &[
            "attach",
            "binding",
            "ephemeralcontainers",
            "eviction",
            "exec",
            "log",
            "portforward",
            "proxy",
            "resize",
            "status",
        ],
    ),
    namespaced("", "podtemplates", "PodTemplate", &[], &[]),
    namespaced("", "replicationcontrollers", "ReplicationController", &["rc"], &["scale", "status"]),
    namespaced("", "resourcequotas", "ResourceQuota", &["quota"], &["status"]),
    namespaced("", "secrets", "Secret", &[], &[]),
    namespaced("", "serviceaccounts", "ServiceAccount", &["sa"], &["token"]),
    namespaced("", "services", "Service", &["svc"], &["proxy", "status"]),
    cluster("", "users", "", &[], &[]),
    cluster("admissionregistration.k8s.io", "mutatingadmissionpolicies", "MutatingAdmissionPolicy", &[], &[]),
    cluster(
        "admissionregistration.k8s.io",
        "mutatingadmissionpolicybindings",
        "MutatingAdmissionPolicyBinding",
        &[],
        &[],
    ),
    cluster(
        "admissionregistration.k8s.io",
        "mutatingwebhookconfigurations",
        "MutatingWebhookConfiguration",
        &[],
        &[],
    ),
    cluster(
        "admissionregistration.k8s.io",
        "validatingadmissionpolicies",
        "ValidatingAdmissionPolicy",
        &[],
        &["status"],
    ),
    cluster(
        "admissionregistration.k8s.io",
        "validatingadmissionpolicybindings",
        "ValidatingAdmissionPolicyBinding",
        &[],
        &[],
    ),
    cluster(
        "admissionregistration.k8s.io",
        "validatingwebhookconfigurations",
        "ValidatingWebhookConfiguration",
        &[],
        &[],
    ),
    cluster(
        "apiextensions.k8s.io",
        "customresourcedefinitions",
        "CustomResourceDefinition",
        &["crd", "crds"],
        &["status"],
    ),
    cluster("apiregistration.k8s.io", "apiservices", "APIService", &[], &["status"]),
    namespaced("apps", "controllerrevisions", "ControllerRevision", &[], &[]),
    namespaced("apps", "daemonsets", "DaemonSet", &["ds"], &["status"]),
    namespaced("apps", "deployments", "Deployment", &["deploy"], &["scale", "status"]),
    namespaced("apps", "replicasets", "ReplicaSet", &["rs"], &["scale", "status"]),
    namespaced("apps", "statefulsets", "StatefulSet", &["sts"], &["scale", "status"]),
    cluster("authentication.k8s.io", "selfsubjectreviews", "SelfSubjectReview", &[], &[]),
    cluster("authentication.k8s.io", "tokenreviews", "TokenReview", &[], &[]),
    cluster("authentication.k8s.io", "uids", "", &[], &[]),
    cluster("authentication.k8s.io", "userextras", "", &[], &[]),
    namespaced("authorization.k8s.io", "localsubjectaccessreviews", "LocalSubjectAccessReview", &[], &[]),
    cluster("authorization.k8s.io", "selfsubjectaccessreviews", "SelfSubjectAccessReview", &[], &[]),
    cluster("authorization.k8s.io", "selfsubjectrulesreviews", "SelfSubjectRulesReview", &[], &[]),
    cluster("authorization.k8s.io", "subjectaccessreviews", "SubjectAccessReview", &[], &[]),
    namespaced("autoscaling", "horizontalpodautoscalers", "HorizontalPodAutoscaler", &["hpa"], &["status"]),
    namespaced("batch", "cronjobs", "CronJob", &["cj"], &["status"]),
    namespaced("batch", "jobs", "Job", &[], &["status"]),
    cluster(
        "certificates.k8s.io",
        "certificatesigningrequests",
        "CertificateSigningRequest",
        &["csr"],
        &["approval", "status"],
    ),
    cluster("certificates.k8s.io", "clustertrustbundles", "ClusterTrustBundle", &[], &[]),
    namespaced("certificates.k8s.io", "podcertificaterequests", "PodCertificateRequest", &[], &["status"]),
    cluster("certificates.k8s.io", "signers", "", &[], &[]),
    namespaced("coordination.k8s.io", "leasecandidates", "LeaseCandidate", &[], &[]),
    namespaced("coordination.k8s.io", "leases", "Lease", &[], &[]),
    namespaced("discovery.k8s.io", "endpointslices", "EndpointSlice", &[], &[]),
    namespaced("events.k8s.io", "events", "Event", &["ev"], &[]),
    cluster("flowcontrol.apiserver.k8s.io", "flowschemas", "FlowSchema", &[], &["status"]),
    cluster(
        "flowcontrol.apiserver.k8s.io",
        "prioritylevelconfigurations",
        "PriorityLevelConfiguration",
        &[],
        &["status"],
    ),
    cluster("internal.apiserver.k8s.io", "storageversions", "StorageVersion", &[], &["status"]),
    cluster("networking.k8s.io", "ingressclasses", "IngressClass", &[], &[]),
    namespaced("networking.k8s.io", "ingresses", "Ingress", &["ing"], &["status"]),
    cluster("networking.k8s.io", "ipaddresses", "IPAddress", &["ip"], &[]),
    namespaced("networking.k8s.io", "networkpolicies", "NetworkPolicy", &["netpol"], &[]),
    cluster("networking.k8s.io", "servicecidrs", "ServiceCIDR", &[], &["status"]),
    cluster("node.k8s.io", "runtimeclasses", "RuntimeClass", &[], &[]),
    namespaced("policy", "poddisruptionbudgets", "PodDisruptionBudget", &["pdb"], &["status"]),
    cluster("rbac.authorization.k8s.io", "clusterrolebindings", "ClusterRoleBinding", &[], &[]),
    cluster("rbac.authorization.k8s.io", "clusterroles", "ClusterRole", &[], &[]),
    namespaced("rbac.authorization.k8s.io", "rolebindings", "RoleBinding", &[], &[]),
    namespaced("rbac.authorization.k8s.io", "roles", "Role", &[], &[]),
    cluster("resource.k8s.io", "deviceclasses", "DeviceClass", &[], &[]),
    cluster("resource.k8s.io", "devicetaintrules", "DeviceTaintRule", &[], &["status"]),
    namespaced("resource.k8s.io", "resourceclaims", "ResourceClaim", &[], &["status"]),
    namespaced("resource.k8s.io", "resourceclaimtemplates", "ResourceClaimTemplate", &[], &[]),
    cluster("resource.k8s.io", "resourcepoolstatusrequests", "ResourcePoolStatusRequest", &[], &["status"]),
    cluster("resource.k8s.io", "resourceslices", "ResourceSlice", &[], &[]),
    namespaced("scheduling.k8s.io", "podgroups", "PodGroup", &[], &["status"]),
    cluster("scheduling.k8s.io", "priorityclasses", "PriorityClass", &["pc"], &[]),
    namespaced("scheduling.k8s.io", "workloads", "Workload", &[], &["status"]),
    cluster("storage.k8s.io", "csidrivers", "CSIDriver", &[], &[]),
    cluster("storage.k8s.io", "csinodes", "CSINode", &[], &[]),
    namespaced("storage.k8s.io", "csistoragecapacities", "CSIStorageCapacity", &[], &[]),
    cluster("storage.k8s.io", "storageclasses", "StorageClass", &["sc"], &[]),
    cluster("storage.k8s.io", "volumeattachments", "VolumeAttachment", &[], &["status"]),
    cluster("storage.k8s.io", "volumeattributesclasses", "VolumeAttributesClass", &["vac"], &[]),
    cluster(
        "storagemigration.k8s.io",
        "storageversionmigrations",
        "StorageVersionMigration",
        &[],
        &["status"],
    ),
];

#[cfg(test)]
mod tests {
    use super::ALL;
    use crate::kind::Kind;

    #[test]
    fn each_stands_once_and_in_order() {
        assert!(ALL.is_sorted_by_key(|resource| (resource.group, resource.plural)));
        let mut names: Vec<String> = ALL.iter().map(super::ApiResource::name).collect();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
    }

    /// The other table of resources, of those that are read, says the same of Kubernetes' own.
    #[test]
    fn what_is_read_is_called_the_same() {
        let mut held = 0;
        for kind in Kind::ALL.iter().filter(|kind| !kind.plural.is_empty()) {
            let Some(resource) =
                ALL.iter().find(|resource| (resource.group, resource.kind) == (kind.group, kind.kind))
            else {
                // Projects of Kubernetes that are no part of its API server.
                let is_beside =
                    kind.group == "gateway.networking.k8s.io" || kind.group == "policy.networking.k8s.io";
                let is_own = !kind.group.contains('.') || kind.group.ends_with(".k8s.io");
                assert!(!is_own || is_beside, "{kind:?} is missing");
                continue;
            };
            assert_eq!(resource.plural, kind.plural);
            assert_eq!(resource.is_namespaced, !kind.is_cluster_scoped(), "{kind:?}");
            held += 1;
        }
        assert!(held > 30, "{held}");
    }

    #[test]
    fn people_call_them_in_several_ways() {
        let called = |word: &str| -> Vec<String> {
            ALL.iter().filter(|resource| resource.is_called(word)).map(super::ApiResource::name).collect()
        };
        for (word, names) in [
            ("deploy", &["deployments.apps"][..]),
            ("Deployment", &["deployments.apps"]),
            ("DEPLOYMENTS", &["deployments.apps"]),
            ("po", &["pods"]),
            ("ev", &["events", "events.events.k8s.io"]),
            ("users", &["users"]),
            ("", &[]),
            ("deploymentss", &[]),
        ] {
            assert_eq!(called(word), names, "{word}");
        }
    }
}
