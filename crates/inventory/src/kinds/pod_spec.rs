//! Pods.

use smol_str::SmolStr;

use super::{
    Affinity, Container, PodSecurityContext, ResourceMap, ResourceRequirements, Toleration,
    TopologySpreadConstraint, Volume,
};
use crate::decode::{Present, StringMap, record};

record! {
    /// `PodSpec`.
    PodSpec {
        /// Containers that run for the pod's life.
        containers: Box<[Container]> = "containers",
        /// Containers that run before them, one after another; and sidecars.
        init_containers: Box<[Container]> = "initContainers",
        /// Containers added to a running pod.
        ephemeral_containers: Box<[Container]> = "ephemeralContainers",
        /// Volumes.
        volumes: Box<[Volume]> = "volumes",
        /// Whether the pod uses the node's network.
        host_network: Option<bool> = "hostNetwork",
        /// Whether the pod sees the node's processes.
        host_pid: Option<bool> = "hostPID",
        /// Whether the pod shares the node's System V IPC and POSIX message queues.
        host_ipc: Option<bool> = "hostIPC",
        /// `false`: a user namespace of its own.
        host_users: Option<bool> = "hostUsers",
        /// Whether containers see each other's processes.
        share_process_namespace: Option<bool> = "shareProcessNamespace",
        /// Security settings of all containers.
        security_context: Option<Box<PodSecurityContext>> = "securityContext",
        /// Service account; `default` when empty.
        service_account_name: SmolStr = "serviceAccountName",
        /// Whether a token of the service account is mounted; over the account's own setting.
        automount_service_account_token: Option<bool> = "automountServiceAccountToken",
        /// Labels a node must have.
        node_selector: StringMap = "nodeSelector",
        /// Placement rules.
        affinity: Option<Box<Affinity>> = "affinity",
        /// Taints that are tolerated.
        tolerations: Box<[Toleration]> = "tolerations",
        /// Spread over nodes and zones.
        topology_spread_constraints: Box<[TopologySpreadConstraint]> = "topologySpreadConstraints",
        /// Pull credentials.
        image_pull_secrets: Box<[ImagePullSecret]> = "imagePullSecrets",
        /// Whether Services are put in the environment; true when not given.
        enable_service_links: Option<bool> = "enableServiceLinks";
        /// What few pod templates say.
        rare: RarePodFields
    }

    /// Fields of `PodSpec` that few pod templates give.
    RarePodFields {
        /// Deprecated name of `serviceAccountName`.
        service_account: SmolStr = "serviceAccount",
        /// Operating system, when declared.
        os: Option<PodOs> = "os",
        /// A fixed node, past the scheduler.
        node_name: SmolStr = "nodeName",
        /// Entries put in /etc/hosts.
        host_aliases: Box<[HostAlias]> = "hostAliases",
        /// Sandbox.
        runtime_class_name: Option<SmolStr> = "runtimeClassName",
        /// Priority class.
        priority_class_name: SmolStr = "priorityClassName",
        /// `Always`, `OnFailure` or `Never`.
        restart_policy: SmolStr = "restartPolicy",
        /// Requests and limits of the pod as a whole (KEP-2837).
        resources: Option<Box<ResourceRequirements>> = "resources",
        /// Seconds after which the pod is stopped; never when not given.
        active_deadline_seconds: Option<i64> = "activeDeadlineSeconds",
        /// Priority, as the class gave it.
        priority: Option<i64> = "priority",
        /// `PreemptLowerPriority` when absent, or `Never`.
        preemption_policy: Option<SmolStr> = "preemptionPolicy",
        /// What the pod costs beside its containers, as the runtime class gave it.
        overhead: ResourceMap = "overhead",
        /// Scheduler; the default one when absent.
        scheduler_name: Option<SmolStr> = "schedulerName",
        /// A host name of its own (KEP-4762).
        hostname_override: Option<Present> = "hostnameOverride",
        /// `ClusterFirst` when empty, `ClusterFirstWithHostNet`, `Default` (the node's) or `None`.
        dns_policy: SmolStr = "dnsPolicy",
        /// What is asked for names, beside what the policy says.
        dns_config: Option<Box<DnsConfig>> = "dnsConfig",
        /// Devices that are claimed (KEP-4381).
        resource_claims: Option<Box<[PodResourceClaim]>> = "resourceClaims",
    }

    /// `PodDNSConfig`.
    DnsConfig {
        /// Addresses of name servers.
        nameservers: Box<[SmolStr]> = "nameservers",
        /// Options of the resolver.
        options: Box<[DnsOption]> = "options",
    }

    /// `PodDNSConfigOption`.
    DnsOption {
        /// Name.
        name: SmolStr = "name",
        /// Value, where it takes one.
        value: SmolStr = "value",
    }

    /// `PodResourceClaim`.
    PodResourceClaim {
        /// What containers call it.
        name: SmolStr = "name",
        /// Name of the claim.
        resource_claim_name: Option<SmolStr> = "resourceClaimName",
        /// Name of the template that it is made of.
        resource_claim_template_name: Option<SmolStr> = "resourceClaimTemplateName",
    }

    /// `PodOS`.
    PodOs {
        /// `linux` or `windows`.
        name: SmolStr = "name",
    }

    /// `HostAlias`.
    HostAlias {
        /// Address.
        ip: SmolStr = "ip",
        /// Names for it.
        hostnames: Box<[SmolStr]> = "hostnames",
    }

    /// `LocalObjectReference` to a pull Secret.
    ImagePullSecret {
        /// Name of the Secret.
        name: SmolStr = "name",
    }
}
