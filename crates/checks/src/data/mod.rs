//! Secrets and data: credentials where others can read them, and data at rest.

mod encryption;

crate::check::checks! {
    // Credentials where others can read them.
    credential_in_environment,
    credential_in_arguments,
    credential_in_config_map,
    credential_in_annotation,
    plain_secret,
    non_expiring_token,
    // Data at rest.
    identity_provider_first,
    unencrypted_resource,
    weak_encryption_provider,
    guessable_encryption_key,
}
