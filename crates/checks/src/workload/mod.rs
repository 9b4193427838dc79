//! Workloads: what a pod template asks of the node it runs on.

mod capability;
mod exemption;
mod names;
mod root;
mod seccomp;

crate::check::checks! {
    // Pod Security Standards, baseline.
    privileged_container,
    host_network,
    host_pid,
    host_ipc,
    host_path_volume,
    host_port,
    windows_host_process,
    added_capability,
    unconfined_apparmor,
    custom_selinux_options,
    unmasked_proc,
    unconfined_seccomp,
    unsafe_sysctl,
    probe_to_other_host,
    // Pod Security Standards, restricted.
    non_default_proc_mount,
    unrestricted_volume_type,
    privilege_escalation,
    possible_root_user,
    non_root_not_enforced,
    root_user,
    missing_seccomp_profile,
    undropped_capabilities,
    readded_capability,
}
