//! Governance: versions of the API, policies in force, isolation of tenants, backups.

crate::check::checks! {}
