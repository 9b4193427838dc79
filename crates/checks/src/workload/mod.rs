//! Workloads: what a pod template asks of the node it runs on.

mod capability;
mod exemption;
mod host_paths;
mod names;
pub(crate) mod node_role;
mod root;
mod seccomp;
mod sensitive_paths;

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
    // The file system and the node.
    writable_root_filesystem,
    container_runtime_socket,
    sensitive_host_path,
    writable_host_path,
    cloud_credentials_on_host,
    bidirectional_mount,
    privileged_by_design,
    // Users and namespaces.
    shared_process_namespace,
    low_user_id,
    low_group_id,
    root_group,
    user_namespace_missing,
    apparmor_profile_missing,
    // Where and how it runs.
    host_aliases,
    ssh_port,
    privileged_port,
    naked_pod,
    default_namespace,
    workload_in_kube_system,
    debug_container,
    // What it runs.
    sudo_in_command,
    downloaded_script,
    reverse_shell,
    node_namespace_entry,
    cryptocurrency_miner,
    docker_api_without_tls,
    git_sync_hook,
    kubernetes_dashboard,
    tiller,
    unauthenticated_interface,
    agent_without_sandbox,
}
