//! Secrets and data: credentials where others can read them, and data at rest.

crate::check::checks! {}
