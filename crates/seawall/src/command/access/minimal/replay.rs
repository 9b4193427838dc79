//! What authorizers say of roles.

use std::path::PathBuf;

use anyhow::{Result, bail};
use seawall_inventory::{Provenance, Snapshot, read};
use seawall_rbac::{Decision, Need, Policy, User};
use seawall_yaml::Limits;

/// Whether somebody may do what he needs.
pub(super) fn is_allowed(policy: &Policy<'_>, user: &User, need: &Need) -> bool {
    matches!(policy.decide(user, &need.attributes()), Decision::Allowed(_))
}

/// Asks of roles, as they would be applied, whether they allow all that is needed.
///
/// # Errors
/// They do not.
pub(super) fn check<'n>(yaml: &str, user: &User, needs: impl Iterator<Item = &'n Need>) -> Result<()> {
    let reading = read(PathBuf::new(), yaml.as_bytes(), Provenance::Verbatim, &Limits::default());
    let snapshot = Snapshot::assemble(vec![reading], Vec::new(), Vec::new(), Vec::new());
    if !snapshot.problems.is_empty() {
        bail!("the roles are larger than an API server takes: say --wider names");
    }
    let policy = Policy::new(&snapshot);
    for need in needs {
        if !is_allowed(&policy, user, need) {
            bail!("these roles do not allow to {need}: this is a mistake in seawall");
        }
    }
    Ok(())
}
