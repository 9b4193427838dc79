//! Names that a command line is completed with.

use std::path::Path;
use std::time::Duration;

use kube::config::Kubeconfig;
use serde::Deserialize;

use crate::client::Reader;
use crate::list::Form;
use crate::target::Target;

/// What a kubeconfig has names for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Its contexts.
    pub contexts: Vec<String>,
    /// Its users.
    pub users: Vec<String>,
}

impl Names {
    /// Those of the kubeconfig that counts; none when it cannot be read.
    pub fn of(kubeconfig: Option<&Path>) -> Self {
        let read = match kubeconfig {
            Some(path) => Kubeconfig::read_from(path),
            None => Kubeconfig::read(),
        };
        read.map_or_else(
            |_| Self::default(),
            |read| Self {
                contexts: read.contexts.into_iter().map(|context| context.name).collect(),
                users: read.auth_infos.into_iter().map(|user| user.name).collect(),
            },
        )
    }
}

/// The names of the namespaces of a cluster; none when it does not tell them within `patience`.
pub fn namespaces(target: &Target, patience: Duration) -> Vec<String> {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return Vec::new();
    };
    let asked = async { tokio::time::timeout(patience, ask(target)).await.ok().flatten() };
    let names = runtime.block_on(asked).unwrap_or_default();
    // A name server that does not answer is not waited for.
    runtime.shutdown_background();
    names
}

async fn ask(target: &Target) -> Option<Vec<String>> {
    #[derive(Deserialize)]
    struct List {
        items: Vec<Item>,
    }
    #[derive(Deserialize)]
    struct Item {
        metadata: Metadata,
    }
    #[derive(Deserialize)]
    struct Metadata {
        name: String,
    }
    let (config, _) = target.config().await.ok()?;
    let client = Reader::new(config, None).ok()?;
    let answer = client.get("/api/v1/namespaces", Form::Metadata.accept()).await.ok()?;
    let list: List = serde_json::from_slice(&answer).ok()?;
    Some(list.items.into_iter().map(|item| item.metadata.name).collect())
}
