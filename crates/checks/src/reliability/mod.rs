//! Reliability: resources, probes, and settings that Kubernetes refuses or that bring a service down.

mod default_conflicts;
mod in_effect;
mod limit_bounds;
mod quota_scope;
mod resources;
mod scale;
mod server;
mod share;

crate::check::checks! {
    memory_limit_missing,
    memory_request_missing,
    cpu_request_missing,
    cpu_limit_missing,
    request_over_limit,
    ephemeral_storage_limit_missing,
    memory_volume_without_limit,
    liveness_probe_missing,
    readiness_probe_missing,
    identical_probes,
    undeclared_probe_port,
    duplicate_environment_variable,
    single_replica,
    priority_class_missing,
    unbounded_job,
    recreated_deployment,
    invalid_quantity,
    mismatched_selector,
    undeclared_volume,
    rollout_stops_all_replicas,
    invalid_restart_policy,
    ineffective_spread,
    invalid_volume_claim,
    refused_by_quota,
    refused_by_limit_range,
    quota_exceeded,
    invalid_label,
    exclusive_volume_with_replicas,
    overcommitted_memory,
    namespace_without_quota,
    finished_job_kept,
    disruption_budget_missing,
    unspread_replicas,
    statefulset_without_service,
    late_cron_job,
    system_priority_class,
    single_replica_autoscaler,
    ineffective_autoscaler,
    replicas_with_autoscaler,
    blocked_eviction,
    unhealthy_pod_blocks_eviction,
    disruption_budget_selects_nothing,
}
