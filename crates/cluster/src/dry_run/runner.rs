//! The client of dry runs, which can do nothing else.

use http::Request;
use http::header::{ACCEPT, CONTENT_TYPE};
use kube::client::Body;
use serde_json::Value;

use crate::client::Reader;
use crate::discovery::Resource;
use crate::failure::Failure;

/// A client whose only request is a dry run.
pub(crate) struct DryRunner(Reader);

impl DryRunner {
    /// One that asks the API server of `reader`.
    pub(crate) fn of(reader: &Reader) -> Self {
        Self(reader.clone())
    }

    /// Where the object is created in a dry run: the only place where the path of one is made.
    fn path(resource: &Resource, namespace: Option<&str>) -> String {
        // What is misspelt in a file is dropped, as it was when it was applied.
        format!("{}?dryRun=All&fieldManager=seawall&fieldValidation=Ignore", resource.path(namespace))
    }

    /// The answer to POST of `object`, as JSON.
    pub(super) async fn create(
        &self,
        resource: &Resource,
        namespace: Option<&str>,
        object: &Value,
    ) -> Result<Vec<u8>, Failure> {
        let request = Request::post(Self::path(resource, namespace))
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/json")
            .body(Body::from(object.to_string().into_bytes()));
        let Self(reader) = self;
        reader.in_time(reader.whole(request)).await
    }
}

#[cfg(test)]
mod tests {
    use super::DryRunner;
    use crate::discovery::Resource;

    #[test]
    fn each_request_is_a_dry_run() {
        let resource = Resource {
            group: "apps".into(),
            version: "v1".into(),
            plural: "deployments".into(),
            kind: "Deployment".into(),
        };
        for namespace in [None, Some("shop")] {
            let path = DryRunner::path(&resource, namespace);
            let (_, query) = path.split_once('?').unwrap();
            assert_eq!(query.split('&').filter(|pair| *pair == "dryRun=All").count(), 1, "{path}");
        }
    }
}
