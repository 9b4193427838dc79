//! Governance: versions of the API, policies in force, isolation of tenants, backups.

mod api_lifecycle;
mod deprecations;
mod namespace_selectors;
mod pod_security_configuration;
mod pod_security_labels;
mod webhooks;
mod wildcard;

crate::check::checks! {
    // Versions of the API.
    removed_api,
    deprecated_api,
    unstable_api,
    deprecated_field,
    dropped_field,
    // Pod Security admission.
    unenforced_pod_security,
    pod_security_label_without_effect,
    refused_by_pod_security,
    outdated_pod_security_version,
    broad_pod_security_exemption,
    privileged_security_context_constraints,
    // Webhooks and policies.
    fail_open_webhook,
    self_blocking_webhook,
    catch_all_webhook,
    slow_webhook,
    fail_open_policy,
    policy_not_enforced,
    policy_opt_out_label,
    bypassable_admission_rule,
    // Nodes.
    control_plane_toleration,
    fixed_node,
    shared_node,
    // Backups.
    uncovered_backup,
    unencrypted_backup,
    ineffective_backup,
    // Ownership.
    required_label_missing,
}
