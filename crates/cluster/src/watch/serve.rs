//! All lists of a cluster, each followed by itself.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::follow::follow;
use super::news::{ListId, News};
use crate::client::Reader;
use crate::discovery;
use crate::list::Wanted;
use crate::read::{AT_ONCE, wanted};
use crate::target::Scope;

/// How often it is asked what is served: definitions of custom resources come and go.
const REDISCOVER: Duration = Duration::from_secs(60);

/// What makes two lists one, in whatever version they are served: group, name and namespace.
type Key = (String, String, Option<String>);

struct Followed {
    id: ListId,
    /// Where it is listed, with its version.
    path: String,
    task: JoinHandle<()>,
}

/// Follows `lists`, and those that come to be served later, for as long as somebody listens.
pub(super) async fn serve(
    reader: Reader,
    cluster: String,
    scope: Scope,
    lists: Vec<(ListId, Wanted)>,
    news: SyncSender<News>,
) {
    let mut next = lists.len();
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let begin = |id: ListId, wanted: Wanted| {
        let path = wanted.resource.path(wanted.namespace.as_deref());
        let task = tokio::spawn(follow(reader.clone(), wanted, id, news.clone(), Arc::clone(&turns)));
        Followed { id, path, task }
    };
    let mut followed: BTreeMap<Key, Followed> =
        lists.into_iter().map(|(id, wanted)| (key(&wanted), begin(id, wanted))).collect();
    loop {
        sleep(REDISCOVER).await;
        // What fails here is asked again; what it means for lists they say themselves.
        let Ok(served) = discovery::served(&reader, &scope).await else { continue };
        let whole = served.is_whole();
        let now: BTreeMap<Key, Wanted> = wanted(&cluster, served.resources, &scope)
            .into_iter()
            .map(|wanted| (key(&wanted), wanted))
            .collect();
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
                None => {
                    next += 1;
                    ListId(next - 1)
                }
            };
            if news.send(News::Served { list: id, wanted: wanted.clone() }).is_err() {
                return;
            }
            followed.insert(key, begin(id, wanted));
        }
    }
}

fn key(wanted: &Wanted) -> Key {
    (wanted.resource.group.clone(), wanted.resource.plural.clone(), wanted.namespace.clone())
}
