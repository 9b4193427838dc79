//! From a cluster to a Snapshot.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::stream::{self, StreamExt};
use kube::Error;
use seawall_inventory::{Reading, Snapshot};

use crate::client::Reader;
use crate::discovery;
use crate::error::ClusterError;
use crate::list::{Wanted, list};
use crate::problem;
use crate::target::Target;

/// Lists that are asked for at once: enough that one is decoded while others are on their way, and no load for an API server.
const AT_ONCE: usize = 4;

/// Reads a cluster. A list that is refused or fails is a problem in the Snapshot, and so is a cluster that does not answer; the
/// rest is read all the same.
///
/// Each list is of one state of the cluster; different lists may be of states that are as far apart as the reading takes. When
/// `cancel` is set, the lists that are not begun are left out. `progress` is told how many lists are done, of how many.
///
/// # Errors
/// There is no configuration of the client, or it is wrong.
pub fn read(
    target: &Target,
    cancel: &AtomicBool,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Snapshot, ClusterError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(ClusterError::Runtime)?.block_on(read_all(target, cancel, progress))
}

async fn read_all(
    target: &Target,
    cancel: &AtomicBool,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Snapshot, ClusterError> {
    let (config, cluster) = target.config().await?;
    let client = Reader::new(config)
        .map_err(|cause| ClusterError::Client { cluster: cluster.clone(), cause: Box::new(cause) })?;
    let resources = match discovery::resources(&client, &target.scope).await {
        Ok(resources) => resources,
        Err(error) => {
            let problem = problem::silent(&cluster, &error);
            return Ok(Snapshot::assemble(Vec::new(), Vec::new(), vec![problem], Vec::new()));
        }
    };
    let mut namespaces: Vec<Option<String>> = target.scope.namespaces.iter().cloned().map(Some).collect();
    if namespaces.is_empty() {
        namespaces.push(None);
    }
    let mut wanted = Vec::new();
    for resource in resources {
        let shown = Path::new(&cluster).join(resource.path(None).trim_start_matches('/'));
        wanted.extend(namespaces.iter().map(|namespace| Wanted {
            resource: resource.clone(),
            namespace: namespace.clone(),
            shown: shown.clone(),
        }));
    }

    let total = wanted.len();
    let client = &client;
    let mut answers = stream::iter(wanted)
        .map(|wanted| async move {
            let stopped = cancel.load(Ordering::Relaxed);
            let answer: Option<Result<Vec<Reading>, Error>> =
                if stopped { None } else { Some(list(client, &wanted).await) };
            (wanted, answer)
        })
        .buffered(AT_ONCE);
    let (mut readings, mut problems) = (Vec::new(), Vec::new());
    let mut done = 0;
    while let Some((wanted, answer)) = answers.next().await {
        match answer {
            Some(Ok(listed)) => readings.extend(listed),
            Some(Err(error)) => problems.push(problem::unlisted(&wanted, &error)),
            None => problems.push(problem::interrupted(&wanted)),
        }
        done += 1;
        progress(done, total);
    }
    let complete = problems.is_empty() && target.scope.namespaces.is_empty() && !target.scope.no_secrets;
    let mut snapshot = Snapshot::assemble(readings, Vec::new(), problems, Vec::new());
    snapshot.complete = complete;
    Ok(snapshot)
}
