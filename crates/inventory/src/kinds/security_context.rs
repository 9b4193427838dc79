//! Security contexts of pods and containers.

use smol_str::SmolStr;

use super::Capabilities;
use crate::decode::record;

record! {
    /// `SecurityContext` of a container.
    SecurityContext {
        /// All of the host's devices and capabilities.
        privileged: Option<bool> = "privileged",
        /// Whether a process may gain more rights than its parent (`no_new_privs` when false).
        allow_privilege_escalation: Option<bool> = "allowPrivilegeEscalation",
        /// Capabilities added and dropped.
        capabilities: Option<Box<Capabilities>> = "capabilities",
        /// `Default` or `Unmasked`.
        proc_mount: Option<SmolStr> = "procMount",
        /// Whether the root filesystem is read-only.
        read_only_root_filesystem: Option<bool> = "readOnlyRootFilesystem",
        /// GID of the first process; over the pod's.
        run_as_group: Option<i64> = "runAsGroup",
        /// Whether the kubelet refuses UID 0; over the pod's.
        run_as_non_root: Option<bool> = "runAsNonRoot",
        /// UID of the first process; over the pod's.
        run_as_user: Option<i64> = "runAsUser",
        /// SELinux context; over the pod's.
        se_linux_options: Option<Box<SeLinuxOptions>> = "seLinuxOptions",
        /// Seccomp profile; over the pod's.
        seccomp_profile: Option<Box<SeccompProfile>> = "seccompProfile",
        /// AppArmor profile; over the pod's.
        app_armor_profile: Option<Box<AppArmorProfile>> = "appArmorProfile",
        /// Windows settings; each field over the pod's.
        windows_options: Option<Box<WindowsSecurityContextOptions>> = "windowsOptions",
    }

    /// `PodSecurityContext`.
    PodSecurityContext {
        /// Owner group of volumes.
        fs_group: Option<i64> = "fsGroup",
        /// GID of first processes.
        run_as_group: Option<i64> = "runAsGroup",
        /// Whether the kubelet refuses UID 0.
        run_as_non_root: Option<bool> = "runAsNonRoot",
        /// UID of first processes.
        run_as_user: Option<i64> = "runAsUser",
        /// SELinux context.
        se_linux_options: Option<Box<SeLinuxOptions>> = "seLinuxOptions",
        /// Seccomp profile.
        seccomp_profile: Option<Box<SeccompProfile>> = "seccompProfile",
        /// AppArmor profile.
        app_armor_profile: Option<Box<AppArmorProfile>> = "appArmorProfile",
        /// Additional groups.
        supplemental_groups: Box<[i64]> = "supplementalGroups",
        /// Kernel parameters of the pod's namespaces.
        sysctls: Box<[Sysctl]> = "sysctls",
        /// Windows settings.
        windows_options: Option<Box<WindowsSecurityContextOptions>> = "windowsOptions";
        /// What few pods say.
        rare: RarePodSecurityFields
    }

    /// Fields of `PodSecurityContext` that few pods give.
    RarePodSecurityFields {
        /// `Merge` when absent, or `Strict` (KEP-3619).
        supplemental_groups_policy: Option<SmolStr> = "supplementalGroupsPolicy",
        /// `MountOption` when absent, or `Recursive` (KEP-1710).
        se_linux_change_policy: Option<SmolStr> = "seLinuxChangePolicy",
        /// `Always` when absent, or `OnRootMismatch`.
        fs_group_change_policy: Option<SmolStr> = "fsGroupChangePolicy",
    }

    /// `SELinuxOptions`.
    SeLinuxOptions {
        /// User of the SELinux context.
        user: SmolStr = "user",
        /// Role of the SELinux context.
        role: SmolStr = "role",
        /// Type of the SELinux context.
        type_: SmolStr = "type",
        /// Level of the SELinux context.
        level: SmolStr = "level",
    }

    /// `SeccompProfile`.
    SeccompProfile {
        /// `RuntimeDefault`, `Localhost` or `Unconfined`.
        type_: SmolStr = "type",
        /// File below the kubelet's profile folder, for `Localhost`.
        localhost_profile: Option<SmolStr> = "localhostProfile",
    }

    /// `AppArmorProfile`, from v1.30 on.
    AppArmorProfile {
        /// `RuntimeDefault`, `Localhost` or `Unconfined`.
        type_: SmolStr = "type",
        /// Name of a profile loaded on the node, for `Localhost`.
        localhost_profile: Option<SmolStr> = "localhostProfile",
    }

    /// `Sysctl`.
    Sysctl {
        /// Name, with dots or slashes.
        name: SmolStr = "name",
        /// Value.
        value: SmolStr = "value",
    }

    /// `WindowsSecurityContextOptions`.
    WindowsSecurityContextOptions {
        /// Whether the container runs as a process of the host.
        host_process: Option<bool> = "hostProcess",
        /// User name of the first process.
        run_as_user_name: Option<SmolStr> = "runAsUserName",
    }
}
