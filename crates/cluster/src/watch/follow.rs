//! One list, followed.

use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use seawall_inventory::Reading;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout};

use super::event::{GONE, Said, said};
use super::news::{ListId, News};
use crate::client::{MAX_ANSWER, Reader};
use crate::failure::Failure;
use crate::list::{Wanted, list, query};
use crate::problem;

/// How long the API server is asked to go on. It is asked again then, from where it was.
const ROUND: Duration = Duration::from_secs(300);

/// How long it may say nothing: it sends a bookmark each minute (`bookmarkFrequency` of k8s.io/apiserver
/// pkg/storage/cacher/watch_cache.go).
const SILENCE: Duration = Duration::from_secs(150);

/// How long after a change of a Secret its connection ends, in whose buffers the change is, when no other one follows.
const FORGET: Duration = Duration::from_secs(2);

/// What ends before has failed.
const SHORTEST: Duration = Duration::from_secs(1);

/// How long the answer to a watch may take to begin.
const BEGIN: Duration = Duration::from_secs(30);

/// The first pause after a failure; each is twice the one before.
const FIRST: Duration = Duration::from_millis(100);

/// The longest pause.
const LONGEST: Duration = Duration::from_secs(30);

/// How often what cannot be watched is listed.
const POLL: Duration = Duration::from_secs(60);

/// Nobody listens any more.
struct Unheard;

/// Lists, then watches, and goes on from where it was whatever happens, for as long as somebody listens.
///
/// It lists when it is its turn.
pub(super) async fn follow(
    reader: Reader,
    wanted: Wanted,
    id: ListId,
    news: SyncSender<News>,
    turns: Arc<Semaphore>,
) {
    let _ = Follower { reader, wanted, id, news, turns, pause: None, troubled: None }.follow().await;
}

struct Follower {
    reader: Reader,
    wanted: Wanted,
    id: ListId,
    news: SyncSender<News>,
    turns: Arc<Semaphore>,
    /// The pause before the next attempt, after a failure.
    pause: Option<Duration>,
    /// What was told to fail.
    troubled: Option<Trouble>,
}

/// What fails.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trouble {
    /// Listing, or all.
    All,
    /// Watching alone.
    Watch,
}

/// Why a watch ended.
enum End {
    /// The API server has said all that it was asked for.
    Round,
    /// It does not know any more what happened since then.
    Forgotten,
    Failed(Failure),
}

impl Follower {
    async fn follow(mut self) -> Result<(), Unheard> {
        // Where the watch goes on; empty when everything is to be listed.
        let mut version = String::new();
        loop {
            if version.is_empty() {
                let mut readings: Vec<Reading> = Vec::new();
                let turn = self.turns.acquire().await.map_err(|_| Unheard)?;
                let listed = list(&self.reader, &self.wanted, &mut readings).await;
                drop(turn);
                match listed {
                    Ok(at) => version = at,
                    Err(failure) => {
                        self.fail(failure).await?;
                        continue;
                    }
                }
                let objects = readings.into_iter().flat_map(|reading| reading.objects).collect();
                self.tell(News::Listed { list: self.id, objects })?;
                if self.troubled == Some(Trouble::All) {
                    self.well()?;
                }
                if version.is_empty() {
                    // An extension that knows no versions, or a Namespace, which a Role of it allows to get and not to watch.
                    sleep(POLL).await;
                    continue;
                }
            }
            match self.watch(&mut version).await? {
                End::Round => {}
                End::Forgotten => version.clear(),
                // What is not served any more is told by discovery.
                End::Failed(failure) if failure.code() == Some(404) => {
                    version.clear();
                    sleep(POLL).await;
                }
                // What cannot be watched is listed again and again.
                End::Failed(failure) if matches!(failure.code(), Some(400 | 403 | 405 | 422)) => {
                    version.clear();
                    if self.troubled.is_none() {
                        self.troubled = Some(Trouble::Watch);
                        let problem = Box::new(problem::unwatched(&self.wanted, &failure, POLL));
                        self.tell(News::Troubled { list: self.id, problem })?;
                    }
                    sleep(POLL).await;
                }
                End::Failed(failure) => self.fail(failure).await?,
            }
        }
    }

    /// Watches from `version` on, which it keeps current.
    async fn watch(&mut self, version: &mut String) -> Result<End, Unheard> {
        let path = self.wanted.resource.path(self.wanted.namespace.as_deref());
        let seconds = ROUND.as_secs().to_string();
        let query = query(
            &path,
            &[
                ("watch", "true"),
                ("allowWatchBookmarks", "true"),
                ("timeoutSeconds", &seconds),
                ("resourceVersion", version),
            ],
        );
        let opened = timeout(BEGIN, self.reader.lines(&query, self.wanted.form.accept_one())).await;
        let mut lines = match opened {
            Ok(Ok(lines)) => lines,
            Ok(Err(failure)) if failure.code() == Some(GONE) => return Ok(End::Forgotten),
            Ok(Err(failure)) => return Ok(End::Failed(failure)),
            Err(_) => return Ok(End::Failed(Failure::Slow(BEGIN))),
        };
        self.well()?;
        let began = Instant::now();
        let mut silence = SILENCE;
        loop {
            let line = lines.next(MAX_ANSWER, silence).await;
            let at_once = began.elapsed() < SHORTEST;
            if !at_once {
                // What breaks now is another failure than what was before.
                self.pause = None;
            }
            let line = match line {
                Ok(Some(line)) => line,
                Ok(None) if at_once => {
                    let why = "the watch ends as soon as it begins".to_owned();
                    return Ok(End::Failed(Failure::Malformed(why)));
                }
                Ok(None) => return Ok(End::Round),
                // It goes on from there with another one.
                Err(Failure::Slow(FORGET)) => return Ok(End::Round),
                Err(failure) => return Ok(End::Failed(failure)),
            };
            match said(&self.wanted, &line) {
                Ok(Said::Changed(change, at)) => {
                    self.tell(News::Changed { list: self.id, change })?;
                    *version = at;
                    if self.wanted.resource.is_secret() {
                        silence = FORGET;
                    }
                }
                Ok(Said::Nothing(at)) => *version = at,
                Ok(Said::Forgotten) => return Ok(End::Forgotten),
                Ok(Said::Failed(message)) => {
                    version.clear();
                    return Ok(End::Failed(Failure::Malformed(message)));
                }
                Err(failure) => {
                    // What this line said is not known: everything is listed again.
                    version.clear();
                    return Ok(End::Failed(failure));
                }
            }
        }
    }

    /// Waits before the next attempt. That it fails is told once, and not when the first attempt after it is good.
    async fn fail(&mut self, failure: Failure) -> Result<(), Unheard> {
        if self.pause.is_some() && self.troubled != Some(Trouble::All) {
            self.troubled = Some(Trouble::All);
            self.tell(News::troubled(self.id, &self.wanted, &failure))?;
        }
        let pause = self.pause.unwrap_or(FIRST);
        self.pause = Some(pause.saturating_mul(2).min(LONGEST));
        sleep(pause).await;
        Ok(())
    }

    fn well(&mut self) -> Result<(), Unheard> {
        if self.troubled.take().is_some() {
            self.tell(News::Mended { list: self.id })?;
        }
        Ok(())
    }

    fn tell(&self, news: News) -> Result<(), Unheard> {
        // It waits when the other side has enough to do, and with it this connection.
        self.news.send(news).map_err(|_| Unheard)
    }
}
