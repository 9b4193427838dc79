//! Light typed Kubernetes objects: the fields that checks read, under the names of the API. Other fields are skipped.
//!
//! Fields that are rarely given stand in boxes: a large cluster has a hundred thousand pods.
//!
//! Source of names and types: `k8s.io/api/core/v1/types.go` v0.36, unless a type says otherwise.

mod container;
mod controller;
mod limit_range;
mod metadata;
mod pod_spec;
mod probe;
mod security_context;
mod volume;

pub use container::{
    Capabilities, Container, ContainerPort, EnvFromSource, EnvVar, EnvVarSource, KeySelector, NamedSource,
    QuantityText, ResourceMap, ResourceRequirements, VolumeMount,
};
pub use controller::{ControllerSpec, UpdateStrategy, VolumeClaimTemplate};
pub use limit_range::{LimitRangeItem, LimitRangeSpec};
pub use metadata::{Metadata, OwnerReference};
pub use pod_spec::{
    Affinity, HostAlias, ImagePullSecret, PodOs, PodSpec, Toleration, TopologySpreadConstraint,
};
pub use probe::{ExecAction, GrpcAction, Handler, HttpGetAction, Lifecycle, Probe, TcpSocketAction};
pub use security_context::{
    AppArmorProfile, PodSecurityContext, SeLinuxOptions, SeccompProfile, SecurityContext, Sysctl,
    WindowsSecurityContextOptions,
};
pub use volume::{
    CsiVolume, EmptyDir, HostPathVolume, NamedVolumeSource, ProjectedSource, ProjectedVolume, SecretVolume,
    ServiceAccountTokenProjection, Volume,
};
