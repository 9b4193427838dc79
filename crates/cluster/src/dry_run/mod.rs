//! What an API server would make of objects, without making them.
//!
//! Each is created in a dry run (KEP-576), under a name that the API server makes up: all of its defaults and its admission, as for
//! an object that is applied for the first time. kubectl's ways would not do (k8s.io/kubectl v0.36.3 pkg/cmd/diff/diff.go). Both of
//! its patches are merged with what is there: by `--server-side` with each field that somebody else owns, without it with each field
//! that was not in the file when it was applied last. So what was added to an object beside its file, which is what is looked for,
//! would be in the answer, and no difference.

mod runner;
mod supports;

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use futures::stream::{self, StreamExt};
use seawall_inventory::{Listing, Object};
use seawall_yaml::Limits;
use serde_json::{Map, Value};

pub(crate) use runner::DryRunner;
use supports::Supports;

use crate::discovery::{self, Resource};
use crate::dns::is_dns_label;
use crate::error::ClusterError;
use crate::failure::Failure;
use crate::problem;
use crate::read::{AT_ONCE, connect, unusable};
use crate::stop::Stop;
use crate::target::{Scope, Target};

/// An object as it is written, of which it is asked what would become.
#[derive(Clone, Debug)]
pub struct Written {
    /// What the answer is told by.
    pub number: usize,
    /// The namespace that it is applied to; empty for what stands in none.
    pub namespace: String,
    /// The object. What it holds of a Secret is sent, and not kept.
    pub object: Value,
}

/// What would become of objects.
#[derive(Debug, Default)]
pub struct DryRun {
    /// What the API server would make of them.
    pub made: BTreeMap<usize, Object>,
    /// Why it does not say what it would make of the others.
    pub refused: BTreeMap<usize, String>,
}

/// Asks an API server what it would make of objects. Nothing is made: each request has `dryRun=All`, and none is sent for a resource
/// of which the API server does not itself say that it knows dry runs.
///
/// `progress` is told how many are done, of how many.
///
/// # Errors
/// There is no configuration of the client, or it is wrong.
pub fn dry_run(
    target: &Target,
    written: Vec<Written>,
    cancel: &AtomicBool,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<DryRun, ClusterError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(ClusterError::Runtime)?;
    let answers = runtime.block_on(ask_all(target, written, cancel, progress));
    runtime.shutdown_background();
    answers
}

async fn ask_all(
    target: &Target,
    written: Vec<Written>,
    cancel: &AtomicBool,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<DryRun, ClusterError> {
    let mut answers = DryRun::default();
    let refuse_all = |failure: &Failure| {
        let refused = written.iter().map(|written| (written.number, problem::said(failure)));
        DryRun { refused: refused.collect(), ..DryRun::default() }
    };
    let stop = Stop::new(cancel, target.patience.whole);
    let (config, cluster) = target.config().await?;
    let reader = match stop.or(connect(config, target)).await {
        Ok(reader) => reader.map_err(|error| unusable(&cluster, error))?,
        Err(failure) => return Ok(refuse_all(&failure)),
    };
    // All namespaces: what stands in none is written too.
    let scope = Scope { namespaces: Vec::new(), ..target.scope.clone() };
    let served = match stop.or(discovery::served(&reader, &scope)).await {
        Ok(served) => served,
        Err(failure) => return Ok(refuse_all(&failure)),
    };
    let runner = reader.dry_runner();
    let mut supports = Supports::of(&reader);
    let mut asked: Vec<(Written, Resource)> = Vec::new();
    for one in written {
        let known = match resource(&one.object, &served.resources) {
            Ok(resource) => {
                supports.dry_run(&resource, !one.namespace.is_empty(), &stop).await.map(|()| resource)
            }
            Err(why) => Err(why.to_owned()),
        };
        match known {
            Ok(resource) => asked.push((one, resource)),
            Err(why) => drop(answers.refused.insert(one.number, why)),
        }
    }
    let total = asked.len();
    let (runner, stop) = (&runner, &stop);
    let mut made = stream::iter(asked)
        .map(|(one, resource)| async move { (one.number, stop.or(ask(runner, &resource, one)).await) })
        .buffered(AT_ONCE);
    let mut done = 0;
    while let Some((number, result)) = made.next().await {
        match result {
            Ok(object) => drop(answers.made.insert(number, object)),
            Err(failure) => drop(answers.refused.insert(number, refusal(&failure))),
        }
        done += 1;
        progress(done, total);
    }
    Ok(answers)
}

/// What the API server would make of it. The text of the answer, which holds what Secrets hold, ends here.
async fn ask(runner: &DryRunner, resource: &Resource, written: Written) -> Result<Object, Failure> {
    let Written { namespace, object, .. } = written;
    let namespace = Some(namespace.as_str()).filter(|namespace| !namespace.is_empty());
    let text = runner.create(resource, namespace, &anew(object, namespace)).await?;
    let text = str::from_utf8(&text).map_err(|_| Failure::Malformed("it is not UTF-8".to_owned()))?;
    let mut listing = Listing::new("dry run".into(), &resource.api_version(), &resource.kind);
    listing.take(text, &Limits::default());
    let object = listing.finish().objects.pop();
    object.ok_or_else(|| Failure::Malformed("it is not an object".to_owned()))
}

/// The prefix of the names that are made up.
const PREFIX: &str = "seawall-";

/// The object as one that nobody has made yet. Under a name of its own it is merged with nothing that is there, and cannot stand in
/// the place of anything.
fn anew(mut object: Value, namespace: Option<&str>) -> Value {
    if let Value::Object(fields) = &mut object {
        fields.remove("status");
        let mut metadata = Map::new();
        if let Some(Value::Object(written)) = fields.remove("metadata") {
            let kept = |key: &String| ["labels", "annotations"].contains(&key.as_str());
            metadata.extend(written.into_iter().filter(|(key, _)| kept(key)));
        }
        metadata.insert("generateName".to_owned(), PREFIX.into());
        if let Some(namespace) = namespace {
            metadata.insert("namespace".to_owned(), namespace.into());
        }
        fields.insert("metadata".to_owned(), Value::Object(metadata));
    }
    object
}

/// The resource of an object, in the version that is written.
fn resource(object: &Value, served: &[Resource]) -> Result<Resource, &'static str> {
    let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
    let api_version = text("apiVersion");
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    let found = served.iter().find(|resource| resource.group == group && resource.kind == text("kind"));
    let resource = found.ok_or("the API server does not serve its kind")?;
    if !is_dns_label(version) {
        return Err("its version is none");
    }
    Ok(Resource { version: version.to_owned(), ..resource.clone() })
}

/// Why it does not say what it would make. Its own words may quote the object, and what that holds of a Secret: the reason and the
/// fields are told.
fn refusal(failure: &Failure) -> String {
    let Failure::Refused { status, .. } = failure else { return problem::said(failure) };
    let reason = if status.reason.is_empty() { "no reason given" } else { &status.reason };
    let causes = status.details.iter().flat_map(|details| &details.causes);
    let mut fields: Vec<&str> =
        causes.map(|cause| cause.field.as_str()).filter(|field| !field.is_empty()).collect();
    fields.dedup();
    let fields = if fields.is_empty() { String::new() } else { format!(": {}", fields.join(", ")) };
    format!("HTTP status {} ({reason}{fields})", status.code)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{anew, resource};
    use crate::discovery::Resource;

    fn deployments() -> Resource {
        Resource {
            group: "apps".into(),
            version: "v1".into(),
            plural: "deployments".into(),
            kind: "Deployment".into(),
        }
    }

    #[test]
    fn an_object_is_sent_as_one_that_is_not_there() {
        let written = json!({"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"replicas": 2}, "status": {"replicas": 1},
            "metadata": {"name": "web", "uid": "u", "resourceVersion": "1", "namespace": "other", "labels": {"a": "b"},
                "finalizers": ["x/y"], "ownerReferences": [{}]}});
        let sent = json!({"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"replicas": 2},
            "metadata": {"generateName": "seawall-", "namespace": "shop", "labels": {"a": "b"}}});
        assert_eq!(anew(written, Some("shop")), sent);
        assert_eq!(anew(json!({}), None), json!({"metadata": {"generateName": "seawall-"}}));
    }

    #[test]
    fn an_object_is_sent_in_the_version_that_is_written() {
        let of = |api_version: &str, kind: &str| {
            resource(&json!({"apiVersion": api_version, "kind": kind}), &[deployments()])
                .map(|resource| resource.path(Some("n")))
        };
        assert_eq!(of("apps/v1beta2", "Deployment").unwrap(), "/apis/apps/v1beta2/namespaces/n/deployments");
        assert!(of("apps/v1/../../v1", "Deployment").is_err());
        assert!(of("v1", "Deployment").is_err() && of("apps/v1", "Pod").is_err());
    }
}
