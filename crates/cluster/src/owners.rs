//! What is above pods: owners of kinds that no check reads, for what they own alone.
//!
//! A pod of an operator is told with the resource that a person wrote, and that is found by going up owner by owner
//! (`ownerReferences` with `controller: true`). What may not be listed is no gap: no check needs it. The pods are told then with
//! the last owner that is known by name.

use std::collections::BTreeSet;
use std::path::PathBuf;

use futures::stream::{self, StreamExt};
use seawall_inventory::{Chains, OwnerKind, Reading, Skipped};

use crate::client::Reader;
use crate::discovery::{Others, Resource};
use crate::failure::Failure;
use crate::list::{Wanted, list};
use crate::read::{AT_ONCE, wanted};
use crate::stop::Stop;
use crate::target::Scope;

/// Most steps up from what checks read. Operators stack two or three.
const MOST_STEPS: usize = 8;

/// Most kinds that are listed for what they own. Each is a list more for the API server; a cluster with that many operators whose
/// resources own one another has not been seen.
pub(crate) const MOST_KINDS: usize = 64;

/// Lists owners, step by step, until no more are named: which cluster, and how.
pub(crate) struct Above<'a> {
    pub client: &'a Reader,
    pub stop: &'a Stop<'a>,
    pub cluster: &'a str,
    pub scope: &'a Scope,
    pub others: &'a Others,
}

impl Above<'_> {
    /// The owners above what was read. Those above nothing are not kept. `progress` is told how many lists more are done.
    pub(crate) async fn read(
        &self,
        readings: &[Reading],
        progress: &(dyn Fn(usize, usize) + Sync),
    ) -> (Vec<Reading>, Vec<Skipped>) {
        let mut chains = Chains::of(readings.iter().flat_map(|reading| &reading.objects));
        let (mut owners, mut skipped): (Vec<Reading>, Vec<Skipped>) = Default::default();
        let mut asked: BTreeSet<OwnerKind> = BTreeSet::new();
        let (mut done, mut total) = (0, 0);
        for _ in 0..MOST_STEPS {
            let mut resources: Vec<Resource> = Vec::new();
            for kind in chains.ends() {
                if asked.len() < MOST_KINDS && asked.insert(kind.clone()) {
                    resources.extend(self.others.of_kind(&kind).cloned());
                }
            }
            if resources.is_empty() {
                break;
            }
            let lists = wanted(self.cluster, resources, self.scope);
            total += lists.len();
            let mut answers = stream::iter(lists).map(|wanted| self.list(wanted)).buffered(AT_ONCE);
            while let Some((wanted, listed, result)) = answers.next().await {
                if let Err(failure) = result {
                    skipped.push(unlisted(wanted.shown, &failure));
                }
                chains.add(listed.iter().flat_map(|reading| &reading.objects));
                owners.extend(listed);
                done += 1;
                progress(done, total);
            }
        }
        let reached = chains.reached();
        for reading in &mut owners {
            reading.objects.retain(|object| reached.contains(&object.reference()));
            // They are not what was asked for.
            reading.documents = 0;
        }
        owners.retain(|reading| !reading.objects.is_empty());
        (owners, skipped)
    }

    async fn list(&self, wanted: Wanted) -> (Wanted, Vec<Reading>, Result<String, Failure>) {
        let mut listed: Vec<Reading> = Vec::new();
        let result = self.stop.or(list(self.client, &wanted, &mut listed)).await;
        (wanted, listed, result)
    }
}

fn unlisted(path: PathBuf, failure: &Failure) -> Skipped {
    let reason = match failure.code() {
        Some(401 | 403) => {
            "these may not be listed; what they own is told with the last owner that is known by name"
        }
        _ => "these could not be listed; what they own is told with the last owner that is known by name",
    };
    Skipped { path, document: None, reason }
}
