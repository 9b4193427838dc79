//! From a cluster to a Snapshot.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use futures::stream::{self, StreamExt};
use kube::{Config, Error};
use seawall_inventory::{Coverage, Problem, Reading, Snapshot};

use crate::client::Reader;
use crate::credentials;
use crate::discovery::{self, Resource};
use crate::error::ClusterError;
use crate::failure::Failure;
use crate::gap;
use crate::list::{Wanted, list};
use crate::owners::Above;
use crate::problem;
use crate::stop::{Stop, Stopped};
use crate::target::{Scope, Target};

/// Lists that are asked for at once: enough that one is decoded while others are on their way, and no load for an API server.
pub(crate) const AT_ONCE: usize = 4;

/// Reads a cluster. A list that is refused or fails is a problem in the Snapshot, and so is a cluster that does not answer; the
/// rest is read all the same.
///
/// Each list is of one state of the cluster, the newest one when it began (a list without `resourceVersion` is the most recent,
/// "Resource versions" of the Kubernetes API Concepts), but for lists that take longer than the API server remembers (five
/// minutes): their rest is newer. Different lists may be of states that are as far apart as the reading takes: an object
/// may be there without one that it names, though the cluster never was like that.
///
/// Above pods and what embeds them, controllers of kinds that no check reads are listed too, as metadata alone, so that pods of an
/// operator are told with the resource that somebody wrote.
///
/// When `cancel` is set or the time of the target is up, what is not read is left out, each list as a problem. `progress` is
/// told how many lists are done, of how many.
///
/// # Errors
/// There is no configuration of the client, or it is wrong; a namespace has a name that none can have.
pub fn read(
    target: &Target,
    cancel: &AtomicBool,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Snapshot, ClusterError> {
    target.scope.check()?;
    finish(read_all(target, cancel, progress))
}

/// Reads clusters at the same time, each in a thread, and gives them in the order of `targets`. One that there is no way to stops no
/// other: it is a cluster of which nothing was read, with the problem. `done` is called after each.
///
/// # Errors
/// A namespace has a name that none can have.
pub fn read_several(
    targets: &[Target],
    cancel: &AtomicBool,
    done: &(dyn Fn() + Sync),
) -> Result<Vec<Snapshot>, ClusterError> {
    targets.iter().try_for_each(|target| target.scope.check())?;
    let one = |target: &Target| {
        let snapshot = read(target, cancel, &|_, _| {});
        done();
        snapshot.unwrap_or_else(|error| unread(problem::no_way(target.context.as_deref(), &error)))
    };
    Ok(std::thread::scope(|scope| {
        let threads: Vec<_> = targets.iter().map(|target| scope.spawn(|| one(target))).collect();
        let snapshots = threads.into_iter().zip(targets).map(|(thread, target)| {
            // A panic of it was said when it happened.
            let lost = |_| unread(problem::no_way(target.context.as_deref(), &ClusterError::Thread));
            thread.join().unwrap_or_else(lost)
        });
        snapshots.collect()
    }))
}

/// Does `work` in this thread. Threads that still wait for a name server or a program with credentials then are not waited for.
pub(crate) fn finish<T>(work: impl Future<Output = Result<T, ClusterError>>) -> Result<T, ClusterError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(ClusterError::Runtime)?;
    let result = runtime.block_on(work);
    runtime.shutdown_background();
    result
}

async fn read_all(
    target: &Target,
    cancel: &AtomicBool,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Snapshot, ClusterError> {
    let stop = Stop::new(cancel, target.patience.whole);
    let (config, cluster) = target.config().await?;
    let connected = stop.or(connect(config, target)).await;
    let client = match connected {
        Ok(client) => client.map_err(|error| unusable(&cluster, error))?,
        Err(failure) => return Ok(unread(problem::silent(&cluster, &failure))),
    };
    let served = match stop.or(discovery::served(&client, &target.scope)).await {
        Ok(served) => served,
        Err(failure) => return Ok(unread(problem::silent(&cluster, &failure))),
    };
    let (mut problems, mut gaps) = served.unknown(&cluster);
    let wanted = wanted(&cluster, served.resources, &target.scope);
    let total = wanted.len();
    let (client, stop) = (&client, &stop);
    let mut answers = stream::iter(wanted)
        .map(|wanted| async move {
            let mut listed: Vec<Reading> = Vec::new();
            let result = stop.or(list(client, &wanted, &mut listed)).await;
            (wanted, listed, result)
        })
        .buffered(AT_ONCE);
    let mut readings = Vec::new();
    let mut done = 0;
    while let Some((wanted, listed, result)) = answers.next().await {
        if let Err(failure) = result {
            let objects = listed.iter().map(|reading| reading.objects.len()).sum();
            let refused = matches!(failure.code(), Some(401 | 403));
            gaps.push(gap::unlisted(&wanted, refused, Some(problems.len())));
            problems.push(problem::unlisted(&wanted, &failure, objects));
        }
        readings.extend(listed);
        done += 1;
        progress(done, total);
    }
    let above = Above { client, stop, cluster: &cluster, scope: &target.scope, others: &served.others };
    let (owners, skipped) = above.read(&readings, &|more, of| progress(done + more, total + of)).await;
    readings.extend(owners);
    gaps.extend(gap::of_scope(&target.scope));
    let mut snapshot = Snapshot::assemble(readings, Vec::new(), problems, skipped);
    snapshot.coverage = Coverage::live(gaps);
    Ok(snapshot)
}

/// The lists of `resources`, in each namespace of `scope`.
pub(crate) fn wanted(cluster: &str, resources: Vec<Resource>, scope: &Scope) -> Vec<Wanted> {
    let mut namespaces: Vec<Option<String>> = scope.namespaces.iter().cloned().map(Some).collect();
    if namespaces.is_empty() {
        namespaces.push(None);
    }
    let mut wanted = Vec::new();
    for resource in resources {
        let shown = Path::new(cluster).join(resource.path(None).trim_start_matches('/'));
        wanted.extend(namespaces.iter().map(|namespace| Wanted {
            form: resource.form(),
            resource: resource.clone(),
            namespace: namespace.clone(),
            shown: shown.clone(),
        }));
    }
    wanted
}

/// Makes the client. The kubeconfig may name a program that gives the credentials, which may wait for its user.
pub(crate) async fn connect(config: Config, target: &Target) -> Result<Result<Reader, Error>, Failure> {
    let patience = target.patience.request;
    let made = tokio::task::spawn_blocking(move || Reader::new(config, patience)).await;
    // It panics for nobody; and when it does, there is no client.
    made.map_err(|_| Failure::Stopped(Stopped::Interrupted))
}

pub(crate) fn unusable(cluster: &str, error: Error) -> ClusterError {
    let cluster = cluster.to_owned();
    match error {
        Error::Auth(error) => ClusterError::Credentials { cluster, why: credentials::wrong(&error) },
        cause => ClusterError::Client { cluster, cause: Box::new(cause) },
    }
}

/// A cluster of which nothing was read, and why.
fn unread(problem: Problem) -> Snapshot {
    let mut snapshot = Snapshot::assemble(Vec::new(), Vec::new(), vec![problem], Vec::new());
    snapshot.coverage = Coverage::live(vec![gap::everything(0)]);
    snapshot
}
