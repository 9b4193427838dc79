//! One list, chunk by chunk, or one Namespace.

use std::path::PathBuf;

use kube::core::Status;
use seawall_inventory::{Listing, Reading};
use seawall_yaml::Limits;
use serde::Deserialize;

use crate::client::Reader;
use crate::discovery::Resource;
use crate::failure::Failure;
use crate::items::items;

/// Most objects in a chunk: what kubectl asks for (`--chunk-size`).
const CHUNK: usize = 500;

/// How large a chunk should be, in bytes. Where objects are large fewer are asked for at once.
const AIM: usize = 4 << 20;

/// Most chunks of one list: ten times what the largest cluster needs, whose etcd holds 8 GiB.
const MAX_CHUNKS: usize = 20_000;

/// HTTP status of a continue token that is too old: the API server no longer has the state that the list began with.
const GONE: u16 = 410;

/// What to list, and what to call it.
#[derive(Clone)]
pub(crate) struct Wanted {
    pub resource: Resource,
    /// The namespace; `None` for all.
    pub namespace: Option<String>,
    /// How much of each object.
    pub form: Form,
    /// `CLUSTER/apps/v1/deployments`.
    pub shown: PathBuf,
}

impl Wanted {
    /// What takes its objects.
    pub(crate) fn listing(&self) -> Listing {
        let (shown, api_version, kind) =
            (self.shown.clone(), self.resource.api_version(), &self.resource.kind);
        match self.form {
            Form::Whole | Form::Metadata => Listing::new(shown, &api_version, kind),
            Form::Owner => Listing::of_owners(shown, &api_version, kind),
        }
    }
}

/// How much of an object is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// All of it.
    Whole,
    /// Its metadata alone.
    Metadata,
    /// Who it is and who owns it.
    Owner,
}

impl Wanted {
    /// The name of the only object that is read, when it is no list.
    ///
    /// With `--namespace` that is the Namespace itself. A Role of the namespace may allow to get it: the API server takes a request
    /// for it as one within it (`NewRequestInfo` of k8s.io/apiserver v0.36.3 pkg/endpoints/request/requestinfo.go), but not a list
    /// that a selector narrows down to it.
    pub(crate) fn single(&self) -> Option<&str> {
        self.namespace.as_deref().filter(|_| self.resource.is_of_namespaces())
    }

    /// What people call it, for sentences of many: `secrets in namespace shop`, `namespace shop`.
    pub(crate) fn name(&self) -> String {
        match (self.single(), &self.namespace) {
            (Some(name), _) => format!("namespace {name}"),
            (None, Some(namespace)) => format!("{} in namespace {namespace}", self.resource.name()),
            (None, None) => self.resource.name(),
        }
    }
}

impl Form {
    /// The media types to ask for a single object, as an event of a watch holds it.
    pub(crate) fn accept_one(self) -> &'static str {
        match self {
            Self::Whole => "application/json",
            Self::Metadata | Self::Owner => {
                "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json"
            }
        }
    }

    /// The media types to ask for, the best one first: "Receiving resources as … Metadata" of the Kubernetes API Concepts. A
    /// server that extends the API need not have the second form.
    pub(crate) fn accept(self) -> &'static str {
        match self {
            Self::Whole => "application/json",
            Self::Metadata | Self::Owner => {
                "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
            }
        }
    }
}

/// Lists it into `readings`; when it fails, what was read before stands in them. Returns the state of the cluster that it began
/// with, from which it can be watched on; empty where the API server does not say it, and for what is no list.
///
/// All chunks are of one state of the cluster, that of the first one. Where the API server has forgotten that state before the
/// end (after five minutes), the rest is of the state that it has then, from the same name on: an object that was there all the
/// time is listed once.
pub(crate) async fn list(
    reader: &Reader,
    wanted: &Wanted,
    readings: &mut Vec<Reading>,
) -> Result<String, Failure> {
    let path = wanted.resource.path(wanted.namespace.as_deref());
    if let Some(name) = wanted.single() {
        readings.extend(single(reader, wanted, &path, name).await?);
        return Ok(String::new());
    }
    let reader = if wanted.resource.is_secret() { &reader.hanging_up() } else { reader };
    let mut size = CHUNK;
    let (mut token, mut version) = (String::new(), None);
    for _ in 0..MAX_CHUNKS {
        let limit = size.to_string();
        let mut parameters = vec![("limit", &*limit)];
        if !token.is_empty() {
            parameters.push(("continue", &token));
        }
        let query = query(&path, &parameters);
        let answer = match reader.get(&query, wanted.form.accept()).await {
            Ok(answer) => answer,
            Err(Failure::TooLong(_)) if size > 1 => {
                size = (size / 8).max(1);
                continue;
            }
            Err(Failure::Refused { status, .. }) if status.code == GONE && !token.is_empty() => {
                let next = rest(*status);
                if next.is_empty() {
                    // Nothing leads to the rest: the list begins anew.
                    readings.clear();
                    version = None;
                }
                token = next;
                continue;
            }
            Err(failure) => return Err(failure),
        };
        let length = answer.len();
        let mut listing = wanted.listing();
        // The thread that waits for the network should not be kept from it.
        let decoded = tokio::task::spawn_blocking(move || {
            // The text, which holds what Secrets hold, ends here.
            let meta = items(&answer, |item| listing.take(item, &Limits::default()))?;
            Ok::<_, Failure>((listing.finish(), meta))
        })
        .await;
        let (reading, meta) = decoded.map_err(|error| Failure::Malformed(error.to_string()))??;
        let next = meta.token.unwrap_or_default();
        version = version.or(meta.resource_version);
        size = (AIM / (length / reading.documents.max(1)).max(1)).clamp(1, CHUNK);
        readings.push(reading);
        if next.is_empty() {
            return Ok(version.unwrap_or_default());
        }
        if next == token {
            return Err(Failure::Endless);
        }
        token = next;
    }
    Err(Failure::Endless)
}

/// The object of this name; nothing when there is none.
async fn single(
    reader: &Reader,
    wanted: &Wanted,
    path: &str,
    name: &str,
) -> Result<Option<Reading>, Failure> {
    #[derive(Deserialize)]
    struct Named {
        metadata: Metadata,
    }
    #[derive(Deserialize)]
    struct Metadata {
        name: String,
    }
    let answer = match reader.get(path, wanted.form.accept_one()).await {
        Err(failure) if failure.code() == Some(404) => return Ok(None),
        answer => answer?,
    };
    let named: Named = serde_json::from_slice(&answer).map_err(|error| Failure::malformed(&error))?;
    if named.metadata.name != name {
        return Err(Failure::Malformed("it is another object".to_owned()));
    }
    let mut listing =
        Listing::new(wanted.shown.clone(), &wanted.resource.api_version(), &wanted.resource.kind);
    listing.take(&String::from_utf8_lossy(&answer), &Limits::default());
    Ok(Some(listing.finish()))
}

/// A path with parameters behind it.
pub(crate) fn query(path: &str, parameters: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(format!("{path}?")).extend_pairs(parameters).finish()
}

/// The token with which a list goes on that took too long (`handleCompactedErrorForPaging` of k8s.io/apiserver v0.36.3
/// pkg/storage/etcd3/errors.go); empty when there is none.
fn rest(status: Status) -> String {
    status.metadata.and_then(|metadata| metadata.continue_).unwrap_or_default()
}
