//! The client, which can only read, and ask about itself.

mod review;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use http::header::{ACCEPT, CONNECTION, DATE, RETRY_AFTER};
use http::{HeaderMap, Request, Response};
use http_body_util::BodyExt;
use kube::client::Body;
use kube::core::Status;
use kube::{Client, Config, Error};
use tokio::time::{sleep, timeout};

use crate::dry_run::DryRunner;
use crate::failure::Failure;
use crate::lines::Lines;
use crate::pauses::Pauses;

pub(crate) use review::{Asker, Identity, Right};

/// A client with GET as its only request, so that nothing that is built on it can change a cluster.
#[derive(Clone)]
pub(crate) struct Reader {
    client: Client,
    /// How long a request may take.
    patience: Option<Duration>,
    /// Whether the last connection that was tried came about. What has never been there is not waited for.
    reached: Arc<AtomicBool>,
    /// Whether each connection ends with its answer.
    hangs_up: bool,
}

/// When a request was answered.
pub(crate) struct Answered {
    /// By the clock of who answered, to the second (`Date`).
    pub date: Option<String>,
    /// By the clock here, before it was asked.
    pub sent: SystemTime,
    /// By the clock here, when the answer had begun.
    pub received: SystemTime,
}

/// Most bytes of one answer, or of one event of a watch. An object has at most 1.5 MiB in etcd (`--max-request-bytes`), unless that
/// is raised; of what is served a resource takes some hundred bytes, and a cluster has a few thousand at most.
pub(crate) const MAX_ANSWER: usize = 32 << 20;

/// In bytes. What is said with a refusal is a sentence.
const MAX_REFUSAL: usize = 64 << 10;

impl Reader {
    /// A client whose requests may take this long, each with all that is sent and answered.
    pub(crate) fn new(mut config: Config, patience: Option<Duration>) -> Result<Self, Error> {
        // The client's own repetition waits as long as it is told to.
        config.default_retry = false;
        Ok(Self { client: Client::try_from(config)?, patience, reached: Arc::default(), hangs_up: false })
    }

    /// The same, whose connections end with their answers: what is left of an answer in the buffers of a connection goes with it.
    pub(crate) fn hanging_up(&self) -> Self {
        Self { hangs_up: true, ..self.clone() }
    }

    /// Who asks the same API server for dry runs.
    pub(crate) fn dry_runner(&self) -> DryRunner {
        DryRunner::of(self)
    }

    /// The answer to GET of `path`, of at most [`MAX_ANSWER`] bytes.
    ///
    /// What is refused for a moment, and what breaks off, is asked for again ([`Pauses`]).
    pub(crate) async fn get(&self, path: &str, accept: &str) -> Result<Vec<u8>, Failure> {
        self.again(|| self.whole(self.get_of(path, accept))).await
    }

    /// The answer to GET of `path` as it comes, line by line, once it begins. It may take as long as it takes.
    pub(crate) async fn lines(&self, path: &str, accept: &str) -> Result<Lines, Failure> {
        self.send(self.get_of(path, accept)).await.map(Lines::of)
    }

    /// When GET of `path` was answered, whatever the answer is.
    pub(crate) async fn time(&self, path: &str) -> Result<Answered, Failure> {
        self.in_time(async {
            let sent = SystemTime::now();
            let answer = self.answer(self.get_of(path, "application/json")).await?;
            let date = answer.headers().get(DATE).and_then(|date| date.to_str().ok()).map(str::to_owned);
            Ok(Answered { date, sent, received: SystemTime::now() })
        })
        .await
    }

    /// What an attempt leads to that is made again as long as there is hope.
    async fn again<A: Future<Output = Result<Vec<u8>, Failure>>>(
        &self,
        attempt: impl Fn() -> A,
    ) -> Result<Vec<u8>, Failure> {
        let mut pauses = Pauses::default();
        loop {
            let failure = match self.in_time(attempt()).await {
                Err(failure) => failure,
                answer => return answer,
            };
            let broken = failure.is_broken_connection();
            if broken && !self.reached.load(Ordering::Relaxed) {
                return Err(failure);
            }
            let Some(pause) = pauses.before_next(&failure) else {
                // The next request does not wait for what this one has waited for in vain.
                self.reached.fetch_and(!broken, Ordering::Relaxed);
                return Err(failure);
            };
            sleep(pause).await;
        }
    }

    /// What `work` leads to in the time that a request may take.
    pub(crate) async fn in_time<T>(
        &self,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        match self.patience {
            Some(patience) => timeout(patience, work).await.unwrap_or(Err(Failure::Slow(patience))),
            None => work.await,
        }
    }

    /// The whole answer to a request, of at most [`MAX_ANSWER`] bytes.
    pub(crate) async fn whole(&self, request: http::Result<Request<Body>>) -> Result<Vec<u8>, Failure> {
        bytes(self.send(request).await?, MAX_ANSWER).await
    }

    async fn send(&self, request: http::Result<Request<Body>>) -> Result<Body, Failure> {
        accepted(self.answer(request).await?).await
    }

    fn get_of(&self, path: &str, accept: &str) -> http::Result<Request<Body>> {
        let request = Request::get(path).header(ACCEPT, accept);
        let request = if self.hangs_up { request.header(CONNECTION, "close") } else { request };
        request.body(Body::empty())
    }

    async fn answer(&self, request: http::Result<Request<Body>>) -> Result<Response<Body>, Failure> {
        let request = request.map_err(|error| Failure::Client(Error::HttpError(error)))?;
        let answer = self.client.send(request).await.map_err(Failure::Client)?;
        self.reached.store(true, Ordering::Relaxed);
        Ok(answer)
    }
}

/// What comes, unless it is a refusal.
async fn accepted(response: Response<Body>) -> Result<Body, Failure> {
    let (parts, body) = response.into_parts();
    if parts.status.is_success() {
        return Ok(body);
    }
    let said = bytes(body, MAX_REFUSAL).await.unwrap_or_default();
    let status = serde_json::from_slice(&said).unwrap_or_else(|_| {
        let reason = parts.status.canonical_reason().unwrap_or("no reason given");
        Status::failure(reason, reason)
    });
    let status = Box::new(status.with_code(parts.status.as_u16()));
    Err(Failure::Refused { status, retry_after: retry_after(&parts.headers) })
}

/// All of a body, unless it is longer than `limit`.
async fn bytes(mut body: Body, limit: usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(Failure::Client)?;
        let Some(data) = frame.data_ref() else { continue };
        if bytes.len() + data.len() > limit {
            return Err(Failure::TooLong(limit));
        }
        bytes.extend_from_slice(data);
    }
    Ok(bytes)
}

/// In seconds; API servers do not say it as a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok().map(Duration::from_secs)
}
