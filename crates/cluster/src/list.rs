//! One list, chunk by chunk.

use std::path::PathBuf;

use kube::Error;
use seawall_inventory::{Provenance, Reading, Text};
use seawall_yaml::Limits;
use serde::Deserialize;

use crate::client::Reader;
use crate::discovery::Resource;

/// Objects in a chunk: what kubectl asks for (`--chunk-size`).
const CHUNK: usize = 500;

/// HTTP status of a continue token that is too old: the API server no longer has the state that the list began with.
const GONE: u16 = 410;

/// What to list, and what to call it.
pub(crate) struct Wanted {
    pub resource: Resource,
    /// The namespace; `None` for all.
    pub namespace: Option<String>,
    /// `CLUSTER/apps/v1/deployments`.
    pub shown: PathBuf,
}

/// Lists it. All chunks are of one state of the cluster, that of the first one; where the API server has forgotten it before
/// the end, everything is asked for again at once, as kubectl does.
pub(crate) async fn list(reader: &Reader, wanted: &Wanted) -> Result<Vec<Reading>, Error> {
    match chunks(reader, wanted, CHUNK).await {
        Err(Error::Api(status)) if status.code == GONE => chunks(reader, wanted, 0).await,
        result => result,
    }
}

async fn chunks(reader: &Reader, wanted: &Wanted, size: usize) -> Result<Vec<Reading>, Error> {
    let path = wanted.resource.path(wanted.namespace.as_deref());
    let mut readings = Vec::new();
    let mut token = String::new();
    loop {
        let mut query = form_urlencoded::Serializer::new(format!("{path}?"));
        query.append_pair("limit", &size.to_string());
        if !token.is_empty() {
            query.append_pair("continue", &token);
        }
        let answer = reader.get(&query.finish(), "application/json").await?;
        let shown = wanted.shown.clone();
        // The thread that waits for the network should not be kept from it.
        let decoded = tokio::task::spawn_blocking(move || decode(shown, &answer)).await;
        let (reading, next) = decoded.map_err(|error| Error::Service(error.into()))??;
        readings.push(reading);
        if next.is_empty() {
            return Ok(readings);
        }
        token = next;
    }
}

/// The objects of a chunk, and the token of the next one. The text, which holds what Secrets hold, ends here.
fn decode(shown: PathBuf, answer: &[u8]) -> Result<(Reading, String), Error> {
    #[derive(Deserialize)]
    struct List {
        #[serde(default)]
        metadata: Metadata,
    }
    #[derive(Default, Deserialize)]
    struct Metadata {
        #[serde(default, rename = "continue")]
        token: String,
    }
    let list: List = serde_json::from_slice(answer).map_err(Error::SerdeError)?;
    let mut reading = seawall_inventory::read(shown, answer, Provenance::Live, &Limits::default());
    reading.file.text = Text::from("");
    Ok((reading, list.metadata.token))
}
