//! All lists of a cluster, each followed by itself.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use futures::StreamExt;
use futures::channel::mpsc::UnboundedReceiver;
use futures::future::{Either, select};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use super::follow::follow;
use super::news::{ListId, News};
use crate::client::Reader;
use crate::discovery::{self, Others, Resource};
use crate::list::Wanted;
use crate::read::{AT_ONCE, wanted};
use crate::target::Scope;

/// What makes two lists one, in whatever version they are served: group, name and namespace.
type Key = (String, String, Option<String>);

struct Followed {
    id: ListId,
    /// Where it is listed, with its version.
    path: String,
    task: JoinHandle<()>,
}

/// What is served, to begin with.
pub(super) struct Begin {
    pub cluster: String,
    pub scope: Scope,
    /// How often it is asked what is served: definitions of custom resources come and go.
    pub rediscover: Duration,
    /// The lists to follow.
    pub lists: Vec<(ListId, Wanted)>,
    /// Lists to follow besides, as it turns out that their objects own what is read.
    pub more: UnboundedReceiver<(ListId, Wanted)>,
    /// Gives numbers to lists.
    pub next: Arc<AtomicUsize>,
    pub others: Others,
}

/// Follows lists, and those that come to be served later, for as long as somebody listens.
pub(super) async fn serve(reader: Reader, begin: Begin, news: SyncSender<News>) {
    let Begin { cluster, scope, rediscover, lists, mut more, next, mut others } = begin;
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let begin = |id: ListId, wanted: Wanted| {
        let path = wanted.resource.path(wanted.namespace.as_deref());
        let task = tokio::spawn(follow(reader.clone(), wanted, id, news.clone(), Arc::clone(&turns)));
        Followed { id, path, task }
    };
    let mut followed: BTreeMap<Key, Followed> =
        lists.into_iter().map(|(id, wanted)| (key(&wanted), begin(id, wanted))).collect();
    let mut due = Instant::now() + rediscover;
    loop {
        match select(pin!(sleep_until(due)), more.next()).await {
            Either::Right((Some((id, wanted)), _)) => {
                followed.insert(key(&wanted), begin(id, wanted));
                continue;
            }
            Either::Right((None, _)) => return,
            Either::Left(_) => due = Instant::now() + rediscover,
        }
        // What fails here is asked again; what it means for lists they say themselves.
        let Ok(served) = discovery::served(&reader, &scope).await else { continue };
        let whole = served.is_whole();
        // Of what else is served those that are followed already.
        let is_followed = |resource: &&Resource| {
            followed.keys().any(|(group, plural, _)| *group == resource.group && *plural == resource.plural)
        };
        let above = served.others.iter().filter(is_followed).cloned();
        let resources = served.resources.into_iter().chain(above).collect();
        let now: BTreeMap<Key, Wanted> =
            wanted(&cluster, resources, &scope).into_iter().map(|wanted| (key(&wanted), wanted)).collect();
        let gone: Vec<Key> =
            followed.keys().filter(|key| whole && !now.contains_key(*key)).cloned().collect();
        for key in gone {
            let Some(Followed { id, task, .. }) = followed.remove(&key) else { continue };
            task.abort();
            if news.send(News::Unserved { list: id }).is_err() {
                return;
            }
        }
        for (key, wanted) in now {
            let path = wanted.resource.path(wanted.namespace.as_deref());
            let id = match followed.get(&key) {
                Some(known) if known.path == path => continue,
                Some(known) => {
                    known.task.abort();
                    known.id
                }
                None => ListId(next.fetch_add(1, Ordering::Relaxed)),
            };
            if news.send(News::Served { list: id, wanted: wanted.clone() }).is_err() {
                return;
            }
            followed.insert(key, begin(id, wanted));
        }
        if served.others != others {
            others = served.others;
            if news.send(News::Others(others.clone())).is_err() {
                return;
            }
        }
    }
}

fn key(wanted: &Wanted) -> Key {
    (wanted.resource.group.clone(), wanted.resource.plural.clone(), wanted.namespace.clone())
}
