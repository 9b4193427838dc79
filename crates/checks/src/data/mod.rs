//! Secrets and data: credentials where others can read them, and data at rest.

mod configuration;
mod encryption;
mod projected_tokens;
mod references;

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
    // Data at rest.
    identity_provider_first,
    unencrypted_resource,
    weak_encryption_provider,
    guessable_encryption_key,
}
