//! Access: who may do what, and what that amounts to.

mod account;
mod alike;
mod extension;
mod granted;
mod subjects;
mod takeover;

crate::check::checks! {
    // What somebody can do.
    everything_granted,
    secrets_readable,
    pods_creatable,
    commands_in_pods,
    pods_reachable,
    traces_removable,
    roles_escalatable,
    impersonation,
    kubelets_reachable,
    certificates_approvable,
    webhooks_editable,
    tokens_requestable,
    volumes_creatable,
    dns_editable,
    service_status_editable,
    network_policies_editable,
    namespace_labels_editable,
    nodes_editable,
    aws_auth_editable,
    pod_status_editable,
    pods_changeable,
    // Whom it is given to.
    wildcard_in_role,
    anonymous_bound,
    authenticated_bound,
    masters_bound,
    default_account_bound,
    aws_auth_mapped,
    takeable_cloud_identity,
    // What leads nowhere, or is there twice.
    dangling_binding,
    dangling_subject,
    redundant_binding,
    unused_role,
    moot_rule,
    // What pods get of it.
    unrequested_token,
    default_account_used,
    powerful_account,
    missing_account,
    deprecated_account_field,
}
