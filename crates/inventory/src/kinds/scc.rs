//! `SecurityContextConstraints` of OpenShift.

use smol_str::SmolStr;

use crate::decode::record;

record! {
    /// `SecurityContextConstraints` of openshift/api security/v1: fields stand at the top of the object.
    SecurityContextConstraints {
        /// Whether privileged containers are allowed.
        allow_privileged_container: Option<bool> = "allowPrivilegedContainer",
        /// Whether a process may gain more rights than its parent; true when absent.
        allow_privilege_escalation: Option<bool> = "allowPrivilegeEscalation",
        /// Whether `hostPath` volumes are allowed.
        allow_host_dir_volume_plugin: Option<bool> = "allowHostDirVolumePlugin",
        /// Whether the node's network is allowed.
        allow_host_network: Option<bool> = "allowHostNetwork",
        /// Whether the node's processes may be seen.
        allow_host_pid: Option<bool> = "allowHostPID",
        /// Whether the node's IPC may be shared.
        allow_host_ipc: Option<bool> = "allowHostIPC",
        /// Whether host ports are allowed.
        allow_host_ports: Option<bool> = "allowHostPorts",
        /// Capabilities that may be asked for; `*` for all.
        allowed_capabilities: Box<[SmolStr]> = "allowedCapabilities",
        /// Capabilities that every container gets.
        default_add_capabilities: Box<[SmolStr]> = "defaultAddCapabilities",
        /// Capabilities that every container loses.
        required_drop_capabilities: Box<[SmolStr]> = "requiredDropCapabilities",
        /// Volume types; `*` for all.
        volumes: Box<[SmolStr]> = "volumes",
        /// Which user.
        run_as_user: Option<Strategy> = "runAsUser",
        /// Users who may use it.
        users: Box<[SmolStr]> = "users",
        /// Groups who may use it.
        groups: Box<[SmolStr]> = "groups",
        /// Higher is tried first.
        priority: Option<i64> = "priority",
    }

    /// `RunAsUserStrategyOptions`.
    Strategy {
        /// `MustRunAs`, `MustRunAsRange`, `MustRunAsNonRoot`, `RunAsAny`.
        type_: SmolStr = "type",
    }
}
