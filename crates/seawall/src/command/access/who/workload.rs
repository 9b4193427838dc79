//! What a workload runs as.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use seawall_inventory::Snapshot;
use seawall_rbac::User;

use super::Asker;
use crate::workload::Workload;

/// Who runs in a workload, where one without a namespace of its own is asked for in `namespace`.
pub(super) fn runs_as(workload: &Workload, snapshot: &Snapshot, namespace: &str) -> Result<Asker> {
    let mut accounts = BTreeSet::new();
    let mut called = None;
    for object in &snapshot.objects {
        let reference = snapshot.identity(object.reference());
        if workload.is(&reference, namespace) {
            let own = snapshot.pods_of(object).map(|pod| pod.service_account());
            accounts.extend(own.map(str::to_owned));
            called = Some(reference);
        }
    }
    let namespace = workload.namespace.as_deref().unwrap_or(namespace);
    let accounts: Vec<String> = accounts.into_iter().collect();
    match (called, accounts.as_slice()) {
        (Some(called), [account]) => {
            let asker = Asker::of(User::service_account(namespace, account));
            let note = format!("{called} runs as ServiceAccount {namespace}/{account}");
            Ok(asker.with_note(note))
        }
        (Some(called), []) => bail!("{called} has no pods"),
        (Some(called), several) => {
            bail!(
                "{called} runs as several service accounts: write sa:{namespace}/NAME with one of {}",
                several.join(", ")
            )
        }
        (None, _) => bail!("there is no {} in what was read", workload.describe(namespace)),
    }
}
