//! The kinds that checks read, and what RBAC calls them.

use crate::template::embeds_pods;

/// A kind of which checks read objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind {
    /// API group, empty for the core group.
    pub group: &'static str,
    /// `Deployment`; `*` for all kinds of the group.
    pub kind: &'static str,
    /// The resource as paths and RBAC name it: `deployments`, or `*`. Empty for what no cluster serves: what stands in files of the
    /// API server's configuration, and what was served until v1.16 or OpenShift 3.
    pub plural: &'static str,
}

impl Kind {
    /// All of them, by group. Sources of the resources: k8s.io/kubernetes v1.36.3 for the built-in kinds, the CRDs of each project
    /// for theirs; tested against the discovery of a real API server.
    pub const ALL: &[Self] = ALL;

    /// Whether it is the kind of that group and name.
    pub fn is(&self, group: &str, kind: &str) -> bool {
        self.group == group && (self.kind == kind || self.kind == "*")
    }

    /// Whether its objects are pods, or embed them.
    pub fn embeds_pods(&self) -> bool {
        embeds_pods(self.group, self.kind)
    }

    /// The resource as people name it: `deployments.apps`.
    pub fn resource(&self) -> String {
        if self.group.is_empty() { self.plural.to_owned() } else { format!("{}.{}", self.plural, self.group) }
    }

    /// Whether its objects stand in no namespace.
    pub fn is_cluster_scoped(&self) -> bool {
        crate::cluster_scoped::is_cluster_scoped(self.group, self.kind)
    }
}

/// Whether checks read objects of a kind, or ask whether there are any.
pub fn is_read(group: &str, kind: &str) -> bool {
    ALL.iter().any(|known| known.is(group, kind))
}

const fn kind(group: &'static str, kind: &'static str, plural: &'static str) -> Kind {
    Kind { group, kind, plural }
}

const ALL: &[Kind] = &[
    kind("", "ConfigMap", "configmaps"),
    kind("", "EncryptionConfig", ""),
    kind("", "EncryptionConfiguration", ""),
    kind("", "Endpoints", "endpoints"),
    kind("", "LimitRange", "limitranges"),
    kind("", "Namespace", "namespaces"),
    kind("", "Node", "nodes"),
    kind("", "PersistentVolume", "persistentvolumes"),
    kind("", "PersistentVolumeClaim", "persistentvolumeclaims"),
    kind("", "Pod", "pods"),
    kind("", "PodTemplate", "podtemplates"),
    kind("", "ReplicationController", "replicationcontrollers"),
    kind("", "ResourceQuota", "resourcequotas"),
    kind("", "Secret", "secrets"),
    kind("", "SecurityContextConstraints", ""),
    kind("", "Service", "services"),
    kind("", "ServiceAccount", "serviceaccounts"),
    kind("admissionregistration.k8s.io", "MutatingAdmissionPolicy", "mutatingadmissionpolicies"),
    kind("admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding", "mutatingadmissionpolicybindings"),
    kind("admissionregistration.k8s.io", "MutatingWebhookConfiguration", "mutatingwebhookconfigurations"),
    kind("admissionregistration.k8s.io", "ValidatingAdmissionPolicy", "validatingadmissionpolicies"),
    kind(
        "admissionregistration.k8s.io",
        "ValidatingAdmissionPolicyBinding",
        "validatingadmissionpolicybindings",
    ),
    kind("admissionregistration.k8s.io", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations"),
    kind("agents.x-k8s.io", "Sandbox", "sandboxes"),
    kind("apiserver.config.k8s.io", "AdmissionConfiguration", ""),
    kind("apiserver.config.k8s.io", "EncryptionConfiguration", ""),
    kind("apps", "DaemonSet", "daemonsets"),
    kind("apps", "Deployment", "deployments"),
    kind("apps", "ReplicaSet", "replicasets"),
    kind("apps", "StatefulSet", "statefulsets"),
    kind("apps.openshift.io", "DeploymentConfig", "deploymentconfigs"),
    kind("argoproj.io", "ClusterWorkflowTemplate", "clusterworkflowtemplates"),
    kind("argoproj.io", "CronWorkflow", "cronworkflows"),
    kind("argoproj.io", "Rollout", "rollouts"),
    kind("argoproj.io", "Workflow", "workflows"),
    kind("argoproj.io", "WorkflowTemplate", "workflowtemplates"),
    kind("autoscaling", "HorizontalPodAutoscaler", "horizontalpodautoscalers"),
    kind("batch", "CronJob", "cronjobs"),
    kind("batch", "Job", "jobs"),
    kind("bitnami.com", "SealedSecret", "sealedsecrets"),
    kind("cert-manager.io", "Certificate", "certificates"),
    kind("cilium.io", "CiliumClusterwideNetworkPolicy", "ciliumclusterwidenetworkpolicies"),
    kind("cilium.io", "CiliumNetworkPolicy", "ciliumnetworkpolicies"),
    kind("constraints.gatekeeper.sh", "*", "*"),
    kind("crd.projectcalico.org", "GlobalNetworkPolicy", "globalnetworkpolicies"),
    kind("crd.projectcalico.org", "GlobalNetworkSet", "globalnetworksets"),
    kind("crd.projectcalico.org", "NetworkPolicy", "networkpolicies"),
    kind("crd.projectcalico.org", "NetworkSet", "networksets"),
    kind("crd.projectcalico.org", "StagedGlobalNetworkPolicy", "stagedglobalnetworkpolicies"),
    kind("crd.projectcalico.org", "StagedKubernetesNetworkPolicy", "stagedkubernetesnetworkpolicies"),
    kind("crd.projectcalico.org", "StagedNetworkPolicy", "stagednetworkpolicies"),
    kind("crd.projectcalico.org", "Tier", "tiers"),
    kind("discovery.k8s.io", "EndpointSlice", "endpointslices"),
    kind("extensions", "DaemonSet", ""),
    kind("extensions", "Deployment", ""),
    kind("extensions", "Ingress", ""),
    kind("extensions", "NetworkPolicy", ""),
    kind("extensions", "ReplicaSet", ""),
    kind("extensions.agents.x-k8s.io", "SandboxTemplate", "sandboxtemplates"),
    kind("external-secrets.io", "ClusterExternalSecret", "clusterexternalsecrets"),
    kind("external-secrets.io", "ClusterSecretStore", "clustersecretstores"),
    kind("external-secrets.io", "ExternalSecret", "externalsecrets"),
    kind("external-secrets.io", "SecretStore", "secretstores"),
    kind("gateway.networking.k8s.io", "GRPCRoute", "grpcroutes"),
    kind("gateway.networking.k8s.io", "Gateway", "gateways"),
    kind("gateway.networking.k8s.io", "HTTPRoute", "httproutes"),
    kind("gateway.networking.k8s.io", "ReferenceGrant", "referencegrants"),
    kind("gateway.networking.k8s.io", "TCPRoute", "tcproutes"),
    kind("gateway.networking.k8s.io", "TLSRoute", "tlsroutes"),
    kind("gateway.networking.k8s.io", "UDPRoute", "udproutes"),
    kind("keda.sh", "ScaledObject", "scaledobjects"),
    kind("kyverno.io", "ClusterPolicy", "clusterpolicies"),
    kind("kyverno.io", "Policy", "policies"),
    kind("monitoring.coreos.com", "PodMonitor", "podmonitors"),
    kind("monitoring.coreos.com", "ServiceMonitor", "servicemonitors"),
    kind("networking.istio.io", "DestinationRule", "destinationrules"),
    kind("networking.k8s.io", "Ingress", "ingresses"),
    kind("networking.k8s.io", "NetworkPolicy", "networkpolicies"),
    kind("node.k8s.io", "RuntimeClass", "runtimeclasses"),
    kind("pod-security.admission.config.k8s.io", "PodSecurityConfiguration", ""),
    kind("policies.kyverno.io", "ImageValidatingPolicy", "imagevalidatingpolicies"),
    kind("policies.kyverno.io", "NamespacedImageValidatingPolicy", "namespacedimagevalidatingpolicies"),
    kind("policies.kyverno.io", "NamespacedValidatingPolicy", "namespacedvalidatingpolicies"),
    kind("policies.kyverno.io", "ValidatingPolicy", "validatingpolicies"),
    kind("policy", "PodDisruptionBudget", "poddisruptionbudgets"),
    kind("policy.linkerd.io", "AuthorizationPolicy", "authorizationpolicies"),
    kind("policy.linkerd.io", "MeshTLSAuthentication", "meshtlsauthentications"),
    kind("policy.linkerd.io", "NetworkAuthentication", "networkauthentications"),
    kind("policy.linkerd.io", "Server", "servers"),
    kind("policy.linkerd.io", "ServerAuthorization", "serverauthorizations"),
    kind("policy.networking.k8s.io", "AdminNetworkPolicy", "adminnetworkpolicies"),
    kind("policy.networking.k8s.io", "BaselineAdminNetworkPolicy", "baselineadminnetworkpolicies"),
    kind("policy.networking.k8s.io", "ClusterNetworkPolicy", "clusternetworkpolicies"),
    kind("policy.sigstore.dev", "ClusterImagePolicy", "clusterimagepolicies"),
    kind("projectcalico.org", "GlobalNetworkPolicy", "globalnetworkpolicies"),
    kind("projectcalico.org", "GlobalNetworkSet", "globalnetworksets"),
    kind("projectcalico.org", "NetworkPolicy", "networkpolicies"),
    kind("projectcalico.org", "NetworkSet", "networksets"),
    kind("projectcalico.org", "StagedGlobalNetworkPolicy", "stagedglobalnetworkpolicies"),
    kind("projectcalico.org", "StagedKubernetesNetworkPolicy", "stagedkubernetesnetworkpolicies"),
    kind("projectcalico.org", "StagedNetworkPolicy", "stagednetworkpolicies"),
    kind("projectcalico.org", "Tier", "tiers"),
    kind("rbac.authorization.k8s.io", "ClusterRole", "clusterroles"),
    kind("rbac.authorization.k8s.io", "ClusterRoleBinding", "clusterrolebindings"),
    kind("rbac.authorization.k8s.io", "Role", "roles"),
    kind("rbac.authorization.k8s.io", "RoleBinding", "rolebindings"),
    kind("resource.k8s.io", "ResourceSlice", "resourceslices"),
    kind("scheduling.k8s.io", "PriorityClass", "priorityclasses"),
    kind("secrets-store.csi.x-k8s.io", "SecretProviderClass", "secretproviderclasses"),
    kind("security.istio.io", "AuthorizationPolicy", "authorizationpolicies"),
    kind("security.istio.io", "PeerAuthentication", "peerauthentications"),
    kind("security.openshift.io", "SecurityContextConstraints", "securitycontextconstraints"),
    kind("serving.knative.dev", "Configuration", "configurations"),
    kind("serving.knative.dev", "Service", "services"),
    kind("storage.k8s.io", "StorageClass", "storageclasses"),
    kind("storage.k8s.io", "VolumeAttachment", "volumeattachments"),
    kind("storage.k8s.io", "VolumeAttributesClass", "volumeattributesclasses"),
    kind("tekton.dev", "ClusterTask", "clustertasks"),
    kind("tekton.dev", "Pipeline", "pipelines"),
    kind("tekton.dev", "PipelineRun", "pipelineruns"),
    kind("tekton.dev", "Task", "tasks"),
    kind("tekton.dev", "TaskRun", "taskruns"),
    kind("velero.io", "BackupStorageLocation", "backupstoragelocations"),
    kind("velero.io", "Schedule", "schedules"),
];

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use seawall_yaml::Limits;

    use super::ALL;
    use crate::body::Body;
    use crate::origin::Provenance;
    use crate::template;

    #[test]
    fn what_is_decoded_is_what_is_read() {
        assert!(ALL.is_sorted_by_key(|kind| (kind.group, kind.kind)), "by group and kind, each once");
        for kind in ALL {
            let version = if kind.group.is_empty() { "v1".to_owned() } else { format!("{}/v1", kind.group) };
            let text = format!(
                "apiVersion: {version}\nkind: {}\nmetadata: {{name: a}}\n",
                kind.kind.replace('*', "Any")
            );
            let path = PathBuf::from("a.yaml");
            let reading = crate::read(path, text.as_bytes(), Provenance::Verbatim, &Limits::default());
            let has_body = !matches!(reading.objects[0].body, Body::Other);
            let by_itself = kind.group.is_empty() && matches!(kind.kind, "Namespace" | "Node");
            assert!(has_body || kind.embeds_pods() || by_itself, "{kind:?}: nothing of it is decoded");
        }
        let known = |group, kind| ALL.iter().any(|known| (known.group, known.kind) == (group, kind));
        for (group, kind) in template::kinds() {
            assert!(known(group, kind), "{group} {kind}");
        }
        // `("a", "B" | "C") | ("", "D")`
        for alternative in
            Body::PATTERNS.iter().flat_map(|pattern| pattern.split(')')).filter(|text| text.contains('('))
        {
            let mut words = alternative.split('"').skip(1).step_by(2);
            let group = words.next().unwrap();
            let kinds: Vec<&str> = words.collect();
            for kind in if kinds.is_empty() { vec!["*"] } else { kinds } {
                assert!(known(group, kind), "{group} {kind}");
            }
        }
    }
}
