//! Pods.

use smol_str::SmolStr;

use super::{Container, PodSecurityContext, Volume};
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
        /// Deprecated name of `serviceAccountName`.
        service_account: SmolStr = "serviceAccount",
        /// Whether a token of the service account is mounted; over the account's own setting.
        automount_service_account_token: Option<bool> = "automountServiceAccountToken",
        /// Operating system, when declared.
        os: Option<PodOs> = "os",
        /// Labels a node must have.
        node_selector: StringMap = "nodeSelector",
        /// A fixed node, past the scheduler.
        node_name: SmolStr = "nodeName",
        /// Placement rules.
        affinity: Option<Box<Affinity>> = "affinity",
        /// Taints that are tolerated.
        tolerations: Box<[Toleration]> = "tolerations",
        /// Spread over nodes and zones.
        topology_spread_constraints: Box<[TopologySpreadConstraint]> = "topologySpreadConstraints",
        /// Entries put in /etc/hosts.
        host_aliases: Box<[HostAlias]> = "hostAliases",
        /// Pull credentials.
        image_pull_secrets: Box<[ImagePullSecret]> = "imagePullSecrets",
        /// Sandbox.
        runtime_class_name: Option<SmolStr> = "runtimeClassName",
        /// Priority class.
        priority_class_name: SmolStr = "priorityClassName",
        /// `Always`, `OnFailure` or `Never`.
        restart_policy: SmolStr = "restartPolicy",
        /// Seconds to stop in; 30 when not given.
        termination_grace_period_seconds: Option<i64> = "terminationGracePeriodSeconds",
        /// `ClusterFirst` and its like.
        dns_policy: SmolStr = "dnsPolicy",
        /// Whether Services are put in the environment; true when not given.
        enable_service_links: Option<bool> = "enableServiceLinks",
    }

    /// `PodOS`.
    PodOs {
        /// `linux` or `windows`.
        name: SmolStr = "name",
    }

    /// `Affinity`.
    Affinity {
        /// Towards nodes.
        node_affinity: Option<Present> = "nodeAffinity",
        /// Towards other pods.
        pod_affinity: Option<Present> = "podAffinity",
        /// Away from other pods.
        pod_anti_affinity: Option<Present> = "podAntiAffinity",
    }

    /// `Toleration`.
    Toleration {
        /// Taint key; all when empty with operator `Exists`.
        key: SmolStr = "key",
        /// `Exists` or `Equal`.
        operator: SmolStr = "operator",
        /// Taint value.
        value: SmolStr = "value",
        /// `NoSchedule`, `PreferNoSchedule`, `NoExecute`; all when empty.
        effect: SmolStr = "effect",
    }

    /// `TopologySpreadConstraint`.
    TopologySpreadConstraint {
        /// Label of nodes that makes the domains.
        topology_key: SmolStr = "topologyKey",
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
