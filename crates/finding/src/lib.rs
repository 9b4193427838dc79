//! What a check says: findings, severities, verdicts, fixes, fingerprints and the metadata of checks.
