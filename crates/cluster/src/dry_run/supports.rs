//! Which resources know dry runs, as the API server says it.

use std::collections::HashMap;

use serde::Deserialize;

use crate::client::Reader;
use crate::discovery::Resource;
use crate::failure::Failure;
use crate::problem;
use crate::stop::Stop;

/// Which resources know dry runs. An extension of the API that does not would make the object.
pub(super) struct Supports<'r> {
    reader: &'r Reader,
    /// By group and version: the paths where a dry run can be asked for, or why that is not known.
    known: HashMap<String, Result<Vec<String>, String>>,
}

impl<'r> Supports<'r> {
    pub(super) fn of(reader: &'r Reader) -> Self {
        Self { reader, known: HashMap::new() }
    }

    /// Whether a dry run can be asked for: if not, why.
    pub(super) async fn dry_run(
        &mut self,
        resource: &Resource,
        namespaced: bool,
        stop: &Stop<'_>,
    ) -> Result<(), String> {
        let api_version = resource.api_version();
        if !self.known.contains_key(&api_version) {
            let paths = stop.or(paths(self.reader, resource)).await;
            let paths = paths.map_err(|failure| {
                format!("the API server does not say whether it knows dry runs: {}", problem::said(&failure))
            });
            self.known.insert(api_version.clone(), paths);
        }
        let wanted = resource.path(namespaced.then_some("{namespace}"));
        match self.known.get(&api_version) {
            Some(Ok(paths)) if paths.contains(&wanted) => Ok(()),
            Some(Err(why)) => Err(why.clone()),
            _ => Err(format!("the API server does not say that it knows dry runs of {}", resource.name())),
        }
    }
}

/// The paths of a group and version where POST takes `dryRun`, as the API server describes them (KEP-2896), which is where kubectl
/// looks too (k8s.io/cli-runtime v0.36.3 pkg/resource/query_param_verifier_v3.go).
async fn paths(reader: &Reader, resource: &Resource) -> Result<Vec<String>, Failure> {
    let root = if resource.group.is_empty() { "api" } else { "apis" };
    let path = format!("/openapi/v3/{root}/{}", resource.api_version());
    let text = reader.get(&path, "application/json").await?;
    let described: Described = serde_json::from_slice(&text).map_err(|error| Failure::malformed(&error))?;
    let takes_it = |(path, item): (String, Item)| {
        let parameters = item.post?.parameters;
        parameters.iter().any(|parameter| parameter.name == "dryRun").then_some(path)
    };
    Ok(described.paths.into_iter().filter_map(takes_it).collect())
}

/// A description in OpenAPI 3, as far as it is read.
#[derive(Deserialize)]
struct Described {
    paths: HashMap<String, Item>,
}

#[derive(Deserialize)]
struct Item {
    post: Option<Operation>,
}

#[derive(Deserialize)]
struct Operation {
    #[serde(default)]
    parameters: Vec<Parameter>,
}

#[derive(Deserialize)]
struct Parameter {
    #[serde(default)]
    name: String,
}
