//! The checks: one file each, in one folder per domain.
