//! Governance: versions of the API, policies in force, isolation of tenants, backups.

mod api_lifecycle;

crate::check::checks! {
    removed_api,
    deprecated_api,
    unstable_api,
}
