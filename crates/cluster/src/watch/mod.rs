//! A cluster that is followed: what is there, and then what changes.
//!
//! Each list is read in chunks and then watched from the state that it is of. Streaming lists (KEP-3157) would ask less of an
//! API server, but not every version that is read serves them, and chunks keep what is held of an answer small.

mod above;
mod event;
mod follow;
mod news;
mod serve;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use futures::channel::mpsc::unbounded;
use futures::channel::oneshot;
use futures::future::select;
use seawall_inventory::{
    Change, Coverage, FileId, Gap, Object, ObjectRef, Problem, Provenance, Snapshot, View,
};

use crate::client::Reader;
use crate::discovery::{self, Others, Served};
use crate::error::ClusterError;
use crate::failure::Failure;
use crate::gap;
use crate::list::{Form, Wanted};
use crate::problem;
use crate::read::{connect, unusable, wanted};
use crate::stop::Stop;
use crate::target::Target;
use above::Above;
use news::{ListId, News};
use serve::Begin;

/// Changes that come in so short a time are told together.
const TOGETHER: Duration = Duration::from_millis(25);

/// So many changes are told at once, however fast they come.
const MOST: usize = 5_000;

/// What is not yet told. When it is full, connections wait.
const QUEUE: usize = 1_024;

/// How long Ctrl-C may take to be noticed.
const PATIENCE: Duration = Duration::from_millis(50);

/// A cluster that is followed in a thread of its own, by GET alone, until this is dropped.
pub struct Watching {
    // Dropped in this order: who still tells is not listened to, and ends.
    news: Receiver<News>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    cluster: String,
    lists: BTreeMap<ListId, Known>,
    troubles: BTreeMap<ListId, Trouble>,
    /// What is to be told first next time.
    early: Option<News>,
    /// What is never read, however long it is followed.
    problems: Vec<Problem>,
    /// What is never known, however long it is followed.
    gaps: Vec<Gap>,
    /// What else is followed, for what it owns; nothing when nothing is followed.
    above: Option<Above>,
}

/// A list that is followed.
struct Known {
    wanted: Wanted,
    file: Option<FileId>,
    /// Whether its objects were told once.
    listed: bool,
    /// Whether it was not served when it began: until it is listed, what is not known of it was made since.
    late: bool,
}

impl Known {
    fn of(wanted: &Wanted) -> Self {
        Self { wanted: wanted.clone(), file: None, listed: false, late: false }
    }

    /// Whether no check needs it.
    fn only_owns(&self) -> bool {
        self.wanted.form == Form::Owner
    }
}

/// That a list cannot be followed for now.
struct Trouble {
    /// Whether it is one of the whole cluster.
    unreachable: bool,
}

/// What happened in a short time.
#[derive(Debug, Default)]
pub struct Batch {
    /// What happened to objects, to be applied together.
    pub changes: Vec<Change>,
    /// What cannot be read any more.
    pub problems: Vec<Problem>,
    /// What can be read again, in words.
    pub mended: Vec<String>,
    /// Whether what is known to be all of its kind is not what it was: everything is to be judged again.
    pub coverage: bool,
}

impl Watching {
    /// Begins to follow a cluster. When it does not answer, nothing is followed, and [`Self::problems`] says why.
    ///
    /// # Errors
    /// There is no configuration of the client, or it is wrong; a namespace has a name that none can have.
    pub fn start(target: &Target, cancel: &AtomicBool) -> Result<Self, ClusterError> {
        target.scope.check()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(ClusterError::Runtime)?;
        let (cluster, begun) = runtime.block_on(begin(target, cancel))?;
        let (sender, news) = mpsc::sync_channel(QUEUE);
        let mut watching = Self {
            news,
            stop: None,
            thread: None,
            cluster: cluster.clone(),
            lists: BTreeMap::new(),
            troubles: BTreeMap::new(),
            early: None,
            problems: Vec::new(),
            gaps: gap::of_scope(&target.scope),
            above: None,
        };
        let (reader, served) = match begun {
            Ok(begun) => begun,
            Err(failure) => {
                watching.gaps.push(gap::everything(0));
                watching.problems.push(problem::silent(&cluster, &failure));
                return Ok(watching);
            }
        };
        let (problems, gaps) = served.unknown(&cluster);
        watching.problems = problems;
        watching.gaps.extend(gaps);
        let (scope, others) = (target.scope.clone(), served.others);
        let lists: Vec<(ListId, Wanted)> =
            (0..).map(ListId).zip(wanted(&cluster, served.resources, &scope)).collect();
        watching.lists.extend(lists.iter().map(|(id, wanted)| (*id, Known::of(wanted))));
        let next = Arc::new(AtomicUsize::new(lists.len()));
        let (to_serve, more) = unbounded();
        watching.above = Some(Above {
            cluster: cluster.clone(),
            scope: scope.clone(),
            others: others.clone(),
            followed: BTreeSet::new(),
            next: Arc::clone(&next),
            more: to_serve,
        });
        let rediscover = target.patience.kinds;
        let begin = Begin { cluster, scope, rediscover, lists, more, next, others };
        let (stop, stopped) = oneshot::channel::<()>();
        watching.stop = Some(stop);
        watching.thread = Some(std::thread::spawn(move || {
            let serving = serve::serve(reader, begin, sender);
            runtime.block_on(select(Box::pin(serving), stopped));
            runtime.shutdown_background();
        }));
        Ok(watching)
    }

    /// What is there: waits until each list was read, or has failed. `progress` is told how many are done, of how many.
    pub fn first(&mut self, cancel: &AtomicBool, progress: &(dyn Fn(usize, usize) + Sync)) -> Snapshot {
        let mut snapshot = Snapshot::default();
        let mut batch = Batch::default();
        let is_done = |watching: &Self, id: &ListId| {
            watching.troubles.contains_key(id) || watching.lists.get(id).is_some_and(|known| known.listed)
        };
        loop {
            let done = self.lists.keys().filter(|id| is_done(self, id)).count();
            progress(done, self.lists.len());
            if done == self.lists.len() || cancel.load(Ordering::Relaxed) {
                break;
            }
            match self.news.recv_timeout(PATIENCE) {
                Ok(news) => {
                    let known = news.list().and_then(|list| self.lists.get(&list));
                    if news.compares() && known.is_some_and(|known| known.listed) {
                        snapshot.apply(std::mem::take(&mut batch.changes));
                    }
                    self.take(news, &mut snapshot, &mut batch);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        snapshot.apply(batch.changes);
        snapshot.problems = self.problems.clone();
        snapshot.problems.extend(batch.problems);
        snapshot.coverage = self.coverage();
        snapshot
    }

    /// What could not be read when it began.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Whether something cannot be read now.
    pub fn is_incomplete(&self) -> bool {
        let is_needed = |id: &ListId| self.lists.get(id).is_none_or(|known| !known.only_owns());
        !self.problems.is_empty() || self.troubles.keys().any(is_needed)
    }

    /// What happens within `patience`; with the first of it, what follows within some milliseconds. `snapshot` is what is known so
    /// far, with all that was told before.
    pub fn next(&mut self, snapshot: &mut Snapshot, patience: Duration) -> Batch {
        let mut batch = Batch::default();
        let first = self.early.take().or_else(|| self.news.recv_timeout(patience).ok());
        let Some(first) = first else { return batch };
        self.take(first, snapshot, &mut batch);
        let end = Instant::now() + TOGETHER;
        while batch.changes.len() < MOST {
            let Ok(news) = self.news.recv_timeout(end.saturating_duration_since(Instant::now())) else {
                break;
            };
            if news.compares() && !batch.changes.is_empty() {
                // It is compared with what is known, when that is told.
                self.early = Some(news);
                break;
            }
            self.take(news, snapshot, &mut batch);
        }
        let coverage = self.coverage();
        if snapshot.coverage != coverage {
            snapshot.coverage = coverage;
            batch.coverage = true;
        }
        batch
    }

    /// What is known of the cluster: lists that were told once are, though they may be old.
    fn coverage(&self) -> Coverage {
        let is_known =
            |id: &ListId, known: &Known| known.listed || known.late && !self.troubles.contains_key(id);
        let unknown = self.lists.iter().filter(|(id, known)| !is_known(id, known) && !known.only_owns());
        // Their problems were told when they came; refused or failed is all one to who asks for them now.
        let unlisted = unknown.map(|(_, known)| gap::unlisted(&known.wanted, false, None));
        Coverage::live(self.gaps.iter().cloned().chain(unlisted).collect())
    }

    fn take(&mut self, news: News, snapshot: &mut Snapshot, batch: &mut Batch) {
        let Some(list) = news.list() else {
            if let News::Others(others) = news {
                self.others(others, snapshot);
            }
            return;
        };
        let only_owns = self.lists.get(&list).is_some_and(Known::only_owns);
        match news {
            News::Changed { change: Change::Removed(reference), .. } => {
                batch.changes.push(Change::Removed(reference));
            }
            News::Changed { change: Change::Set(object), .. } => {
                if let Some(file) = self.file(list, snapshot) {
                    self.look_above(&object, only_owns);
                    batch.changes.push(Change::Set(Box::new(from(*object, file))));
                }
            }
            News::Listed { objects, .. } => {
                let Some(file) = self.file(list, snapshot) else { return };
                objects.iter().for_each(|object| self.look_above(object, only_owns));
                let listed: HashSet<ObjectRef> = objects.iter().map(Object::reference).collect();
                batch.changes.extend(self.gone(list, snapshot, &listed));
                batch
                    .changes
                    .extend(objects.into_iter().map(|object| Change::Set(Box::new(from(object, file)))));
                if let Some(known) = self.lists.get_mut(&list) {
                    known.listed = true;
                }
            }
            // What no check needs is not missed: what it owns is told with the last owner that is known by name.
            News::Troubled { .. } | News::Unreachable { .. } if only_owns => {
                self.troubles.insert(list, Trouble { unreachable: false });
            }
            News::Mended { .. } if only_owns => {
                self.troubles.remove(&list);
            }
            News::Troubled { problem, .. } => {
                self.troubles.insert(list, Trouble { unreachable: false });
                batch.problems.push(*problem);
            }
            News::Unreachable { why, .. } => {
                if !self.troubles.values().any(|trouble| trouble.unreachable) {
                    batch.problems.push(problem::out_of_reach(&self.cluster, &why));
                }
                self.troubles.insert(list, Trouble { unreachable: true });
            }
            News::Mended { .. } => {
                let Some(trouble) = self.troubles.remove(&list) else { return };
                let others = self.troubles.values().any(|trouble| trouble.unreachable);
                match self.lists.get(&list) {
                    Some(known) if !trouble.unreachable => {
                        let are = if known.wanted.single().is_some() { "is" } else { "are" };
                        batch.mended.push(format!("{} {are} read again", known.wanted.name()));
                    }
                    _ if !others => batch.mended.push(format!("{} answers again", self.cluster)),
                    _ => {}
                }
            }
            News::Served { wanted, .. } => {
                self.lists.insert(list, Known { late: true, ..Known::of(&wanted) });
            }
            News::Unserved { .. } => {
                batch.changes.extend(self.gone(list, snapshot, &HashSet::new()));
                self.troubles.remove(&list);
                if let Some((known, above)) = self.lists.remove(&list).zip(self.above.as_mut()) {
                    above.forget(&known.wanted);
                }
            }
            News::Others(_) => {}
        }
    }

    /// Follows the controller of what is told with it, when it is of a kind that no check reads.
    fn look_above(&mut self, object: &Object, only_owns: bool) {
        let is_told_with_it = only_owns || !object.pods.is_empty();
        if let Some(above) = self.above.as_mut().filter(|_| is_told_with_it) {
            let lists = above.follow(object);
            self.lists.extend(lists.iter().map(|(id, wanted)| (*id, Known::of(wanted))));
        }
    }

    /// Kinds have come that may own what is known.
    fn others(&mut self, others: Others, snapshot: &Snapshot) {
        if let Some(above) = &mut self.above {
            above.others = others;
        }
        for object in &snapshot.objects {
            self.look_above(object, snapshot.only_owns(object));
        }
    }

    /// What is known of a list and is not in it any more.
    fn gone(&self, list: ListId, snapshot: &Snapshot, listed: &HashSet<ObjectRef>) -> Vec<Change> {
        let Some(Known { wanted, .. }) = self.lists.get(&list) else { return Vec::new() };
        let known = View::from(snapshot).of_kind(&wanted.resource.group, &wanted.resource.kind);
        let within = |object: &&Object| match (wanted.single(), &wanted.namespace) {
            (Some(name), _) => object.metadata.name == name,
            (None, Some(namespace)) => object.metadata.namespace == *namespace,
            (None, None) => true,
        };
        let references = known.filter(within).map(Object::reference);
        references.filter(|reference| !listed.contains(reference)).map(Change::Removed).collect()
    }

    /// What the objects of a list say they are from.
    fn file(&mut self, list: ListId, snapshot: &mut Snapshot) -> Option<FileId> {
        let known = self.lists.get_mut(&list)?;
        let provenance = if known.only_owns() { Provenance::Owners } else { Provenance::Live };
        Some(*known.file.get_or_insert_with(|| snapshot.list(&known.wanted.shown, provenance)))
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        // Who waits to tell something is told that nobody listens.
        let (_, nothing) = mpsc::sync_channel(0);
        self.news = nothing;
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // A panic of it was said when it happened.
            let _ = thread.join();
        }
    }
}

fn from(mut object: Object, file: FileId) -> Object {
    object.origin.file = file;
    object
}

async fn begin(
    target: &Target,
    cancel: &AtomicBool,
) -> Result<(String, Result<(Reader, Served), Failure>), ClusterError> {
    let stop = Stop::new(cancel, target.patience.whole);
    let (config, cluster) = target.config().await?;
    let reader = match stop.or(connect(config, target)).await {
        Ok(reader) => reader.map_err(|error| unusable(&cluster, error))?,
        Err(failure) => return Ok((cluster, Err(failure))),
    };
    let served = stop.or(discovery::served(&reader, &target.scope)).await;
    Ok((cluster, served.map(|served| (reader, served))))
}
