//! The client, which can only read.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::header::{ACCEPT, RETRY_AFTER};
use http::{HeaderMap, Request};
use http_body_util::BodyExt;
use kube::client::Body;
use kube::core::Status;
use kube::{Client, Config, Error};
use tokio::time::{sleep, timeout};

use crate::failure::Failure;
use crate::lines::Lines;
use crate::pauses::Pauses;

/// A client with GET as its only request, so that nothing that is built on it can change a cluster.
#[derive(Clone)]
pub(crate) struct Reader {
    client: Client,
    /// How long a request may take.
    patience: Option<Duration>,
    /// Whether the last connection that was tried came about. What has never been there is not waited for.
    reached: Arc<AtomicBool>,
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
        Ok(Self { client: Client::try_from(config)?, patience, reached: Arc::default() })
    }

    /// The answer to GET of `path`, of at most [`MAX_ANSWER`] bytes.
    ///
    /// What is refused for a moment, and what breaks off, is asked for again ([`Pauses`]).
    pub(crate) async fn get(&self, path: &str, accept: &str) -> Result<Vec<u8>, Failure> {
        let mut pauses = Pauses::default();
        loop {
            let attempt = self.attempt(path, accept);
            let result = match self.patience {
                Some(patience) => timeout(patience, attempt).await.unwrap_or(Err(Failure::Slow(patience))),
                None => attempt.await,
            };
            let failure = match result {
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

    /// The answer to GET of `path` as it comes, line by line, once it begins. It may take as long as it takes.
    pub(crate) async fn lines(&self, path: &str, accept: &str) -> Result<Lines, Failure> {
        self.send(path, accept).await.map(Lines::of)
    }

    async fn attempt(&self, path: &str, accept: &str) -> Result<Vec<u8>, Failure> {
        bytes(self.send(path, accept).await?, MAX_ANSWER).await
    }

    async fn send(&self, path: &str, accept: &str) -> Result<Body, Failure> {
        let request = Request::get(path).header(ACCEPT, accept).body(Body::empty());
        let request = request.map_err(|error| Failure::Client(Error::HttpError(error)))?;
        let response = self.client.send(request).await.map_err(Failure::Client)?;
        self.reached.store(true, Ordering::Relaxed);
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
