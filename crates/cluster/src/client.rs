//! The client, which can only read.

use http::Request;
use http::header::ACCEPT;
use kube::client::Body;
use kube::{Client, Config, Error};

/// A client with GET as its only request, so that nothing that is built on it can change a cluster.
#[derive(Clone)]
pub(crate) struct Reader(Client);

impl Reader {
    pub(crate) fn new(config: Config) -> Result<Self, Error> {
        // Requests that are refused for a moment (429, 503, 504) are repeated by the client, after the time that the API
        // server asks for (`Retry-After`) or with growing pauses (`RetryPolicy::server_retry` of kube-client).
        Client::try_from(config).map(Self)
    }

    /// The answer to GET of `path`, as JSON. Errors of the API server are [`Error::Api`].
    pub(crate) async fn get(&self, path: &str, accept: &str) -> Result<Vec<u8>, Error> {
        let request = Request::get(path).header(ACCEPT, accept).body(Body::empty());
        let response = self.0.send(request.map_err(Error::HttpError)?).await?;
        let status = response.status();
        let bytes = response.into_body().collect_bytes().await?;
        if status.is_success() {
            return Ok(bytes.into());
        }
        let refused = serde_json::from_slice(&bytes).unwrap_or_else(|_| {
            let reason = status.canonical_reason().unwrap_or("no reason given");
            kube::core::Status::failure(reason, reason).with_code(status.as_u16())
        });
        Err(Error::Api(Box::new(refused)))
    }
}
