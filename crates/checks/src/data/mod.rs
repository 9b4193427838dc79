//! Secrets and data: credentials where others can read them, and data at rest.

mod configuration;
mod encryption;
mod encryption_refusal;
mod kms_endpoint;
pub(crate) mod projected_tokens;
mod references;
mod secret_store;
mod volume_drivers;

crate::check::checks! {
    // Credentials where others can read them.
    credential_in_environment,
    credential_in_arguments,
    credential_in_config_map,
    credential_in_annotation,
    plain_secret,
    secret_in_environment,
    portable_sealed_secret,
    missing_configuration_key,
    // Tokens of service accounts.
    long_lived_projected_token,
    token_without_audience,
    non_expiring_token,
    // Stores of secrets outside of the cluster.
    unrestricted_secret_store,
    insecure_secret_store,
    external_secret_takes_all,
    secret_never_refreshed,
    synced_secret,
    vault_token_in_container,
    // Data at rest.
    identity_provider_first,
    unencrypted_resource,
    encryption_wildcard_hole,
    weak_encryption_provider,
    short_encryption_key,
    guessable_encryption_key,
    leftover_identity_provider,
    refused_encryption_configuration,
    // Volumes.
    unencrypted_volume,
    unrequested_volume_encryption,
    volume_deleted_with_claim,
    shared_writable_volume,
}
