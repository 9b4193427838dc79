//! Light typed Kubernetes objects: the fields that checks read, under the names of the API. Other fields are skipped.
//!
//! Fields that are rarely given stand in boxes: a large cluster has a hundred thousand pods.
//!
//! Source of names and types: `k8s.io/api/core/v1/types.go` v0.36, unless a type says otherwise.

mod admission;
mod affinity;
mod api_server;
mod autoscaler;
mod calico;
mod cilium;
mod cluster_network_policy;
mod container;
mod controller;
mod core;
mod disruption_budget;
mod encryption;
mod endpoints;
mod iam;
mod istio;
mod limit_range;
mod linkerd;
mod metadata;
mod monitoring;
mod network;
mod pod_spec;
mod policy_engine;
mod probe;
mod rbac;
mod resource_quota;
mod resource_slice;
mod scc;
mod scheduling;
mod secret_source;
mod security_context;
mod status;
mod storage;
mod velero;
mod volume;

pub use self::core::{ConfigMap, ObjectName, Secret, ServiceAccount, ServicePort, ServiceSpec};
pub use admission::{
    AdmissionPolicySpec, AdmissionRule, MatchResources, ParamRef, PolicyBindingSpec, ServiceReference,
    Webhook, WebhookClient, WebhookConfiguration,
};
pub use affinity::{
    Affinity, NodeAffinity, NodeSelector, NodeSelectorTerm, PodAffinity, PodAffinityTerm, PreferredNode,
    PreferredPod, Toleration, TopologySpreadConstraint,
};
pub use api_server::{
    AdmissionConfiguration, AdmissionPlugin, ImagePolicy, PluginConfiguration, PodSecurityConfiguration,
    PodSecurityDefaults, PodSecurityExemptions,
};
pub use autoscaler::{
    HorizontalPodAutoscalerSpec, Metric, MetricTarget, ResourceMetric, ScaleTarget, ScaledObjectSpec,
};
pub use calico::{
    CalicoAccounts, CalicoEntity, CalicoNetworkSetSpec, CalicoPolicySpec, CalicoRule, CalicoService,
    CalicoTierSpec,
};
pub use cilium::CiliumPolicySpec;
pub use cluster_network_policy::{
    AdminPolicyPort, AdminPortNumber, AdminPortRange, ClusterNetworkPolicySpec, ClusterPolicyNamespaces,
    ClusterPolicyPeer, ClusterPolicyPods, ClusterPolicyPort, ClusterPolicyPortRange, ClusterPolicyProtocol,
    ClusterPolicyRule, ClusterPolicyTransport,
};
pub use container::{
    Capabilities, Container, ContainerPort, EnvFromSource, EnvVar, EnvVarSource, KeySelector, NamedSource,
    QuantityText, ResourceMap, ResourceRequirements, VolumeMount,
};
pub use controller::{
    ControllerSpec, CronJobSpec, RareControllerFields, RollingUpdate, UpdateStrategy, VolumeClaimTemplate,
};
pub use disruption_budget::PodDisruptionBudgetSpec;
pub use encryption::{
    EncryptedResources, EncryptionConfiguration, EncryptionKey, EncryptionKeys, EncryptionProvider,
    KmsProvider,
};
pub use endpoints::{
    EndpointAddress, EndpointPort, EndpointSlice, EndpointSubset, EndpointTarget, Endpoints, SliceEndpoint,
};
pub use iam::IamMapping;
pub use istio::{
    AuthorizationRule, ClientTls, DestinationRuleSpec, IstioAuthorizationSpec, MutualTls,
    PeerAuthenticationSpec, PolicyTarget, PortModes, PortSelector, PortTrafficPolicy, RareRuleSource,
    RuleCondition, RuleFrom, RuleOperation, RuleSource, RuleTo, TrafficPolicy, TrafficSubset,
    WorkloadSelector,
};
pub use limit_range::{LimitRangeItem, LimitRangeSpec};
pub use linkerd::{
    LinkerdAuthorizationSpec, MeshAccount, MeshTls, MeshTlsAuthenticationSpec, Network,
    NetworkAuthenticationSpec, ServerAuthorizationSpec, ServerChoice, ServerClient, ServerSpec,
};
pub use metadata::{LAST_APPLIED, LastApplied, Metadata, OwnerReference};
pub use monitoring::{MonitorEndpoint, MonitorSpec, MonitoredNamespaces};
pub use network::{
    BackendRef, GatewaySpec, GrantFrom, GrantTo, HttpIngressPath, HttpIngressRule, IngressBackend,
    IngressRule, IngressService, IngressSpec, IngressTls, IpBlock, Listener, NetworkPolicyEgressRule,
    NetworkPolicyIngressRule, NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicySpec, ParentRef,
    ReferenceGrantSpec, RouteRule, RouteSpec, ServicePortRef,
};
pub use pod_spec::{
    DnsConfig, DnsOption, HostAlias, ImagePullSecret, PodOs, PodResourceClaim, PodSpec, RarePodFields,
};
pub use policy_engine::{
    ClusterImagePolicySpec, ConstraintKinds, ConstraintMatch, ConstraintParameters, ConstraintSpec,
    ImageAuthority, ImagePattern, ImageValidation, KyvernoCelPolicySpec, KyvernoFilter, KyvernoImages,
    KyvernoMatch, KyvernoPolicySpec, KyvernoResources, KyvernoRule, KyvernoValidation, KyvernoWebhook,
    MatchImageReference, StaticAuthority,
};
pub use probe::{
    ExecAction, GrpcAction, Handler, HttpGetAction, HttpHeader, Lifecycle, Probe, TcpSocketAction,
};
pub use rbac::{AggregationRule, ClusterRole, PolicyRule, RbacSubject, Role, RoleBinding, RoleRef};
pub use resource_quota::{ResourceQuotaSpec, ScopeRequirement, ScopeSelector};
pub use resource_slice::ResourceSliceSpec;
pub use scc::{SecurityContextConstraints, Strategy};
pub use scheduling::{Overhead, PriorityClass, RuntimeClass, RuntimeScheduling};
pub use secret_source::{
    CertificateSpec, ClusterExternalSecretSpec, ExternalData, ExternalDataFrom, ExternalFind,
    ExternalSecretSpec, ExternalTarget, ExternalTemplate, FindName, SealedSecretSpec, SealedTemplate,
    SecretProviderClassSpec, SecretStoreRef, SecretStoreSpec, StoreCondition, StoreProvider, SyncedKey,
    SyncedSecret,
};
pub use security_context::{
    AppArmorProfile, PodSecurityContext, RarePodSecurityFields, SeLinuxOptions, SeccompProfile,
    SecurityContext, Sysctl, WindowsSecurityContextOptions,
};
pub use status::{
    ContainerStatus, ExtendedResourceClaimStatus, JobCondition, JobStatus, Phase, PodIp, PodStatus,
    ResourceClaimStatus,
};
pub use storage::{
    ClaimResources, ClaimSpec, CsiPersistentVolume, NfsVolume, PersistentVolumeSpec, StorageClass,
    TopologyRequirement, TopologyTerm, VolumeAttachmentSpec, VolumeAttributesClass, VolumeNodeAffinity,
    VolumeSettings,
};
pub use velero::{BackupSpec, BackupStorageLocationSpec, ObjectStorage, ScheduleSpec};
pub use volume::{
    ClaimVolume, CsiVolume, DriverVolume, EmptyDir, EphemeralVolume, HostPathVolume, ImageVolume, KeyToPath,
    NamedVolumeSource, ProjectedSource, ProjectedVolume, SecretVolume, ServiceAccountTokenProjection, Volume,
};
