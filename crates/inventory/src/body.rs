//! What an object is, beyond its metadata and pods: one variant per kind of which checks read more.

use seawall_yaml::Node;
use smol_str::SmolStr;

use crate::decode::{Decode, Decoding};
use crate::encode::Encode;
use crate::kinds::*;
use crate::tree::{Entries, Tree};

/// Declares [`Body`], how each variant is decoded, and a method for each that gives it when the body is one.
///
/// `spec` is decoded from the field of that name, and is its default when there is none; `root` from the whole object; `status`
/// from the field of that name, which files do not have.
macro_rules! bodies {
    (@give root $body:ident $root:ident) => { merge($body.encode(), $root) };
    (@give status $body:ident $root:ident) => { $root.push((SmolStr::new_static("status"), $body.encode())) };
    (@give spec $body:ident $root:ident) => { $root.push((SmolStr::new_static("spec"), $body.encode())) };
    ($(
        $(#[$doc:meta])*
        $variant:ident($type:ty), $method:ident: $( ($group:literal, $kind:pat) )|+ => $place:ident;
    )*) => {
        /// What an object is, beyond its metadata and pods.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub enum Body {
            /// A kind of which no check reads more.
            #[default]
            Other,
            $( $(#[$doc])* $variant(Box<$type>), )*
        }

        impl Body {
            /// The body of an object of `group` and `kind` whose tree is `root`.
            pub(crate) fn decode(group: &str, kind: &str, root: Node<'_>, cx: &mut Decoding) -> Self {
                match (group, kind) {
                    $( $( ($group, $kind) )|+ => $place(root, cx).map_or(Self::Other, Self::$variant), )*
                    _ => Self::Other,
                }
            }

            /// Writes it among the fields of the object that is its `root`.
            pub(crate) fn give(&self, root: &mut Entries) {
                match self {
                    Self::Other => {}
                    $( Self::$variant(body) => bodies!(@give $place body root), )*
                }
            }

            /// Whether the objects of `group` and `kind` have a body of which checks read more.
            pub(crate) fn is_read(group: &str, kind: &str) -> bool {
                match (group, kind) {
                    $( $( ($group, $kind) )|+ => true, )*
                    _ => false,
                }
            }

            /// The patterns of group and kind that have a body.
            #[cfg(test)]
            pub(crate) const PATTERNS: &[&str] = &[$($(stringify!(($group, $kind))),+),*];

            $(
                #[doc = concat!("The [`", stringify!($type), "`], when it is one.")]
                pub fn $method(&self) -> Option<&$type> {
                    match self {
                        Self::$variant(body) => Some(body),
                        _ => None,
                    }
                }
            )*
        }
    };
}

bodies! {
    /// `Secret`
    Secret(Secret), secret:
        ("", "Secret") => root;
    /// `ConfigMap`
    ConfigMap(ConfigMap), config_map:
        ("", "ConfigMap") => root;
    /// `ServiceAccount`
    ServiceAccount(ServiceAccount), service_account:
        ("", "ServiceAccount") => root;
    /// `Service`
    Service(ServiceSpec), service:
        ("", "Service") => spec;
    /// `EndpointSlice`
    EndpointSlice(EndpointSlice), endpoint_slice:
        ("discovery.k8s.io", "EndpointSlice") => root;
    /// `Endpoints`
    Endpoints(Endpoints), endpoints:
        ("", "Endpoints") => root;
    /// `PersistentVolumeClaim`
    Claim(ClaimSpec), claim:
        ("", "PersistentVolumeClaim") => spec;
    /// `PersistentVolume`
    PersistentVolume(PersistentVolumeSpec), persistent_volume:
        ("", "PersistentVolume") => spec;
    /// `LimitRange`
    LimitRange(LimitRangeSpec), limit_range:
        ("", "LimitRange") => spec;
    /// `ResourceQuota`
    ResourceQuota(ResourceQuotaSpec), resource_quota:
        ("", "ResourceQuota") => spec;
    /// `Pod`, of which a cluster says what became of it
    Pod(PodStatus), pod_status:
        ("", "Pod") => status;
    /// `NetworkPolicy`, once of a group of its own
    NetworkPolicy(NetworkPolicySpec), network_policy:
        ("networking.k8s.io", "NetworkPolicy") | ("extensions", "NetworkPolicy") => spec;
    /// `ClusterNetworkPolicy`, `AdminNetworkPolicy`, `BaselineAdminNetworkPolicy`
    ClusterNetworkPolicy(ClusterNetworkPolicySpec), cluster_network_policy:
        ("policy.networking.k8s.io", "ClusterNetworkPolicy" | "AdminNetworkPolicy" | "BaselineAdminNetworkPolicy") => spec;
    /// Calico's `NetworkPolicy`, `GlobalNetworkPolicy`, and those that are staged
    CalicoPolicy(CalicoPolicySpec), calico_policy:
        ("crd.projectcalico.org", "GlobalNetworkPolicy" | "NetworkPolicy" | "StagedGlobalNetworkPolicy"
            | "StagedKubernetesNetworkPolicy" | "StagedNetworkPolicy") |
        ("projectcalico.org", "GlobalNetworkPolicy" | "NetworkPolicy" | "StagedGlobalNetworkPolicy"
            | "StagedKubernetesNetworkPolicy" | "StagedNetworkPolicy") => spec;
    /// `Tier` of Calico
    CalicoTier(CalicoTierSpec), calico_tier:
        ("crd.projectcalico.org", "Tier") | ("projectcalico.org", "Tier") => spec;
    /// `NetworkSet`, `GlobalNetworkSet` of Calico
    CalicoNetworkSet(CalicoNetworkSetSpec), calico_network_set:
        ("crd.projectcalico.org", "NetworkSet" | "GlobalNetworkSet") |
        ("projectcalico.org", "NetworkSet" | "GlobalNetworkSet") => spec;
    /// `CiliumNetworkPolicy`, `CiliumClusterwideNetworkPolicy`
    CiliumPolicy(CiliumPolicySpec), cilium_policy:
        ("cilium.io", "CiliumNetworkPolicy" | "CiliumClusterwideNetworkPolicy") => spec;
    /// `Ingress`, once of a group of its own
    Ingress(IngressSpec), ingress:
        ("networking.k8s.io", "Ingress") | ("extensions", "Ingress") => spec;
    /// `Gateway` of Gateway API
    Gateway(GatewaySpec), gateway:
        ("gateway.networking.k8s.io", "Gateway") => spec;
    /// What leads from a `Gateway` to Services
    Route(RouteSpec), route:
        ("gateway.networking.k8s.io", "HTTPRoute" | "GRPCRoute" | "TLSRoute" | "TCPRoute" | "UDPRoute") => spec;
    /// `ReferenceGrant` of Gateway API
    ReferenceGrant(ReferenceGrantSpec), reference_grant:
        ("gateway.networking.k8s.io", "ReferenceGrant") => spec;
    /// `PeerAuthentication` of Istio
    PeerAuthentication(PeerAuthenticationSpec), peer_authentication:
        ("security.istio.io", "PeerAuthentication") => spec;
    /// `AuthorizationPolicy` of Istio
    IstioAuthorization(IstioAuthorizationSpec), istio_authorization:
        ("security.istio.io", "AuthorizationPolicy") => spec;
    /// `DestinationRule` of Istio
    DestinationRule(DestinationRuleSpec), destination_rule:
        ("networking.istio.io", "DestinationRule") => spec;
    /// `Server` of Linkerd
    Server(ServerSpec), server:
        ("policy.linkerd.io", "Server") => spec;
    /// `ServerAuthorization` of Linkerd
    ServerAuthorization(ServerAuthorizationSpec), server_authorization:
        ("policy.linkerd.io", "ServerAuthorization") => spec;
    /// `AuthorizationPolicy` of Linkerd
    LinkerdAuthorization(LinkerdAuthorizationSpec), linkerd_authorization:
        ("policy.linkerd.io", "AuthorizationPolicy") => spec;
    /// `MeshTLSAuthentication` of Linkerd
    MeshTlsAuthentication(MeshTlsAuthenticationSpec), mesh_tls_authentication:
        ("policy.linkerd.io", "MeshTLSAuthentication") => spec;
    /// `NetworkAuthentication` of Linkerd
    NetworkAuthentication(NetworkAuthenticationSpec), network_authentication:
        ("policy.linkerd.io", "NetworkAuthentication") => spec;
    /// `ServiceMonitor`, `PodMonitor` of the Prometheus Operator
    Monitor(MonitorSpec), monitor:
        ("monitoring.coreos.com", "ServiceMonitor" | "PodMonitor") => spec;
    /// `Job`, of which a cluster says what became of it
    Job(JobStatus), job_status:
        ("batch", "Job") => status;
    /// `CronJob`; its jobs are what its pods' controller says.
    CronJob(CronJobSpec), cron_job:
        ("batch", "CronJob") => spec;
    /// `StorageClass`
    StorageClass(StorageClass), storage_class:
        ("storage.k8s.io", "StorageClass") => root;
    /// `VolumeAttributesClass`
    VolumeAttributesClass(VolumeAttributesClass), volume_attributes_class:
        ("storage.k8s.io", "VolumeAttributesClass") => root;
    /// `VolumeAttachment`
    VolumeAttachment(VolumeAttachmentSpec), volume_attachment:
        ("storage.k8s.io", "VolumeAttachment") => spec;
    /// `ResourceSlice`
    ResourceSlice(ResourceSliceSpec), resource_slice:
        ("resource.k8s.io", "ResourceSlice") => spec;
    /// `PodDisruptionBudget`
    DisruptionBudget(PodDisruptionBudgetSpec), disruption_budget:
        ("policy", "PodDisruptionBudget") => spec;
    /// `HorizontalPodAutoscaler`
    Autoscaler(HorizontalPodAutoscalerSpec), autoscaler:
        ("autoscaling", "HorizontalPodAutoscaler") => spec;
    /// `ScaledObject` of KEDA
    ScaledObject(ScaledObjectSpec), scaled_object:
        ("keda.sh", "ScaledObject") => spec;
    /// `PriorityClass`
    PriorityClass(PriorityClass), priority_class:
        ("scheduling.k8s.io", "PriorityClass") => root;
    /// `RuntimeClass`
    RuntimeClass(RuntimeClass), runtime_class:
        ("node.k8s.io", "RuntimeClass") => root;
    /// `ValidatingWebhookConfiguration`, `MutatingWebhookConfiguration`
    Webhooks(WebhookConfiguration), webhooks:
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration") => root;
    /// `ValidatingAdmissionPolicy`, `MutatingAdmissionPolicy`
    AdmissionPolicy(AdmissionPolicySpec), admission_policy:
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy" | "MutatingAdmissionPolicy") => spec;
    /// `ValidatingAdmissionPolicyBinding`, `MutatingAdmissionPolicyBinding`
    PolicyBinding(PolicyBindingSpec), policy_binding:
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding" | "MutatingAdmissionPolicyBinding") => spec;
    /// `EncryptionConfiguration`; until v1.12 `EncryptionConfig` of the core group
    Encryption(EncryptionConfiguration), encryption:
        ("apiserver.config.k8s.io", "EncryptionConfiguration") | ("", "EncryptionConfig" | "EncryptionConfiguration") => root;
    /// `AdmissionConfiguration`
    Admission(AdmissionConfiguration), admission:
        ("apiserver.config.k8s.io", "AdmissionConfiguration") => root;
    /// `PodSecurityConfiguration`
    PodSecurity(PodSecurityConfiguration), pod_security:
        ("pod-security.admission.config.k8s.io", "PodSecurityConfiguration") => root;
    /// `SecurityContextConstraints` of OpenShift; once of the core group
    SecurityContextConstraints(SecurityContextConstraints), security_context_constraints:
        ("security.openshift.io", "SecurityContextConstraints") | ("", "SecurityContextConstraints") => root;
    /// `Role`
    Role(Role), role:
        ("rbac.authorization.k8s.io", "Role") => root;
    /// `ClusterRole`
    ClusterRole(ClusterRole), cluster_role:
        ("rbac.authorization.k8s.io", "ClusterRole") => root;
    /// `RoleBinding`, `ClusterRoleBinding`
    RoleBinding(RoleBinding), role_binding:
        ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") => root;
    /// `SealedSecret`
    SealedSecret(SealedSecretSpec), sealed_secret:
        ("bitnami.com", "SealedSecret") => spec;
    /// `ExternalSecret`
    ExternalSecret(ExternalSecretSpec), external_secret:
        ("external-secrets.io", "ExternalSecret") => spec;
    /// `ClusterExternalSecret`
    ClusterExternalSecret(ClusterExternalSecretSpec), cluster_external_secret:
        ("external-secrets.io", "ClusterExternalSecret") => spec;
    /// `SecretStore`, `ClusterSecretStore`
    SecretStore(SecretStoreSpec), secret_store:
        ("external-secrets.io", "SecretStore" | "ClusterSecretStore") => spec;
    /// `SecretProviderClass`
    SecretProviderClass(SecretProviderClassSpec), secret_provider_class:
        ("secrets-store.csi.x-k8s.io", "SecretProviderClass") => spec;
    /// `Certificate` of cert-manager
    Certificate(CertificateSpec), certificate:
        ("cert-manager.io", "Certificate") => spec;
    /// `ClusterPolicy`, `Policy` of Kyverno
    KyvernoPolicy(KyvernoPolicySpec), kyverno_policy:
        ("kyverno.io", "ClusterPolicy" | "Policy") => spec;
    /// `ValidatingPolicy`, `ImageValidatingPolicy` of Kyverno, and those of a namespace
    KyvernoCelPolicy(KyvernoCelPolicySpec), kyverno_cel_policy:
        ("policies.kyverno.io", "ValidatingPolicy" | "NamespacedValidatingPolicy" | "ImageValidatingPolicy" | "NamespacedImageValidatingPolicy") => spec;
    /// `ClusterImagePolicy` of sigstore
    ClusterImagePolicy(ClusterImagePolicySpec), cluster_image_policy:
        ("policy.sigstore.dev", "ClusterImagePolicy") => spec;
    /// A constraint of Gatekeeper
    Constraint(ConstraintSpec), constraint:
        ("constraints.gatekeeper.sh", _) => spec;
    /// `Schedule` of Velero
    BackupSchedule(ScheduleSpec), backup_schedule:
        ("velero.io", "Schedule") => spec;
    /// `BackupStorageLocation` of Velero
    BackupStorageLocation(BackupStorageLocationSpec), backup_storage_location:
        ("velero.io", "BackupStorageLocation") => spec;
}

fn root<T: Decode>(root: Node<'_>, cx: &mut Decoding) -> Option<Box<T>> {
    Some(Decode::decode(root, cx))
}

fn spec<T: Decode>(root: Node<'_>, cx: &mut Decoding) -> Option<Box<T>> {
    Some(root.get("spec").map(|spec| Decode::decode(spec, cx)).unwrap_or_default())
}

fn status<T: Decode + PartialEq>(root: Node<'_>, cx: &mut Decoding) -> Option<Box<T>> {
    let status: Box<T> = Decode::decode(root.get("status")?, cx);
    (*status != T::default()).then_some(status)
}

/// Adds the entries of a map.
fn merge(body: Tree, root: &mut Entries) {
    if let Tree::Map(entries) = body {
        root.extend(entries);
    }
}
