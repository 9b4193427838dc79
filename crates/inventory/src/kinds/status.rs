//! What a cluster says became of pods and jobs.

use core::net::IpAddr;

use seawall_yaml::Node;
use smol_str::SmolStr;

use crate::decode::{Decode, Decoding, record};
use crate::encode::Encode;
use crate::tree::Tree;

record! {
    /// `PodStatus`.
    PodStatus {
        /// How far it is.
        phase: Phase = "phase",
        /// Its address of the first family.
        pod_ip: SmolStr = "podIP",
        /// One address of each family.
        pod_ips: Box<[PodIp]> = "podIPs",
        /// The address of its node of the first family.
        host_ip: SmolStr = "hostIP",
        /// One address of its node of each family.
        host_ips: Box<[PodIp]> = "hostIPs",
        /// Of the containers.
        container_statuses: Box<[ContainerStatus]> = "containerStatuses",
        /// Of the init containers and sidecars.
        init_container_statuses: Box<[ContainerStatus]> = "initContainerStatuses",
        /// Of the ephemeral containers.
        ephemeral_container_statuses: Box<[ContainerStatus]> = "ephemeralContainerStatuses",
        /// Of the claims of devices that are made of templates.
        resource_claim_statuses: Option<Box<[ResourceClaimStatus]>> = "resourceClaimStatuses",
        /// Of the claim of devices that is made of resources.
        extended_resource_claim_status: Option<Box<ExtendedResourceClaimStatus>> = "extendedResourceClaimStatus",
    }

    /// `PodIP`, `HostIP`.
    PodIp {
        /// The address.
        ip: SmolStr = "ip",
    }

    /// `PodResourceClaimStatus`.
    ResourceClaimStatus {
        /// What the pod calls it.
        name: SmolStr = "name",
        /// Name of the claim; none is needed when it is not given.
        resource_claim_name: Option<SmolStr> = "resourceClaimName",
    }

    /// `PodExtendedResourceClaimStatus`.
    ExtendedResourceClaimStatus {
        /// Name of the claim.
        resource_claim_name: SmolStr = "resourceClaimName",
    }

    /// `ContainerStatus`.
    ContainerStatus {
        /// Name of the container.
        name: SmolStr = "name",
        /// The image that it runs; as the runtime calls it, with its digest: `registry.example/app@sha256:…`.
        image_id: SmolStr = "imageID",
    }

    /// `JobStatus` of k8s.io/api batch/v1.
    JobStatus {
        /// How far it is.
        conditions: Box<[JobCondition]> = "conditions",
    }

    /// `JobCondition` of k8s.io/api batch/v1.
    JobCondition {
        /// `Complete`, `Failed`, `Suspended`, …
        type_: SmolStr = "type",
        /// `True`, `False` or `Unknown`.
        status: SmolStr = "status",
    }
}

/// `PodPhase`, as far as it matters: that a pod is about to run or runs is no news.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// `Pending`, `Running` or `Unknown`.
    #[default]
    Current,
    /// `Succeeded` or `Failed`: its containers have ended for good.
    Ended,
}

impl Decode for Phase {
    fn decode(node: Node<'_>, cx: &mut Decoding) -> Self {
        match SmolStr::decode(node, cx).as_str() {
            "Succeeded" | "Failed" => Self::Ended,
            _ => Self::Current,
        }
    }
}

impl Encode for Phase {
    fn encode(&self) -> Tree {
        Tree::Text(SmolStr::new_static(match self {
            Self::Current => "",
            Self::Ended => "Succeeded",
        }))
    }
}

impl PodStatus {
    /// Whether nothing of it runs any more.
    pub fn has_ended(&self) -> bool {
        self.phase == Phase::Ended
    }

    /// Its addresses; none before it runs.
    pub fn addresses(&self) -> Vec<IpAddr> {
        addresses(&self.pod_ip, &self.pod_ips)
    }

    /// Addresses of its node; none before it has one.
    pub fn node_addresses(&self) -> Vec<IpAddr> {
        addresses(&self.host_ip, &self.host_ips)
    }

    /// The digest of the image that a container runs: `sha256:…`. Without one the image has no name that others know.
    pub fn digest(&self, container: &str) -> Option<&str> {
        let lists =
            [&self.container_statuses, &self.init_container_statuses, &self.ephemeral_container_statuses];
        let status = lists.into_iter().flatten().find(|status| status.name == container)?;
        status.image_id.rsplit_once('@').map(|(_, digest)| digest).filter(|digest| !digest.is_empty())
    }
}

/// Those of a list, or the one that old API servers give alone.
fn addresses(first: &SmolStr, all: &[PodIp]) -> Vec<IpAddr> {
    let first = [first].into_iter().filter(|_| all.is_empty());
    all.iter().map(|one| &one.ip).chain(first).filter_map(|address| address.parse().ok()).collect()
}

impl JobStatus {
    /// Whether it starts no more pods (`IsJobFinished` of k8s.io/kubernetes pkg/controller/job/utils.go, v1.36.3).
    pub fn has_ended(&self) -> bool {
        self.conditions
            .iter()
            .any(|condition| matches!(&*condition.type_, "Complete" | "Failed") && condition.status == "True")
    }
}
