//! What the API server knows of who asks, and allows him.

use http::Request;
use http::header::{ACCEPT, CONTENT_TYPE};
use kube::client::Body;
use serde::{Deserialize, Serialize};

use super::Reader;
use crate::discovery::or_default;
use crate::failure::Failure;

/// Asks the API server about who asks: the only requests of this crate that are not GET.
///
/// They are of the verb `create`, and nothing comes to be by them: reviews are answered and not stored (`REST.Create` of k8s.io/kubernetes
/// v1.36.3 pkg/registry/authentication/selfsubjectreview and pkg/registry/authorization/selfsubjectaccessreview). Everybody who has
/// logged in may ask (ClusterRole `system:basic-user`).
#[derive(Clone)]
pub(crate) struct Asker(Reader);

/// What may be asked. There is no other path.
#[derive(Clone, Copy, Debug)]
enum Review {
    /// Who asks.
    Subject,
    /// Whether he may do something.
    Access,
}

impl Review {
    const fn path(self) -> &'static str {
        match self {
            Self::Subject => "/apis/authentication.k8s.io/v1/selfsubjectreviews",
            Self::Access => "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        }
    }
}

/// As whom the API server takes who asks (`UserInfo` of k8s.io/api authentication/v1), without what was proven with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Identity {
    #[serde(default)]
    pub username: String,
    #[serde(default, deserialize_with = "or_default")]
    pub groups: Vec<String>,
}

/// What somebody may do or not (`ResourceAttributes` of k8s.io/api authorization/v1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Right {
    pub verb: &'static str,
    pub group: String,
    pub version: String,
    pub resource: String,
    /// Empty for all namespaces, and for what stands in none.
    pub namespace: String,
    /// Empty for all objects.
    pub name: String,
}

impl Asker {
    pub(crate) fn of(reader: &Reader) -> Self {
        Self(reader.clone())
    }

    /// Who asks.
    pub(crate) async fn who(&self) -> Result<Identity, Failure> {
        #[derive(Deserialize)]
        struct Answer {
            status: Status,
        }
        #[derive(Deserialize)]
        struct Status {
            #[serde(rename = "userInfo")]
            user_info: Identity,
        }
        let review =
            serde_json::json!({ "apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview" });
        let answer: Answer = self.ask(Review::Subject, &review).await?;
        Ok(answer.status.user_info)
    }

    /// Whether who asks has this right.
    pub(crate) async fn may(&self, right: &Right) -> Result<bool, Failure> {
        #[derive(Deserialize)]
        struct Answer {
            status: Status,
        }
        #[derive(Deserialize)]
        struct Status {
            allowed: bool,
        }
        let review = serde_json::json!({
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": { "resourceAttributes": right },
        });
        let answer: Answer = self.ask(Review::Access, &review).await?;
        Ok(answer.status.allowed)
    }

    async fn ask<T: for<'de> Deserialize<'de>>(
        &self,
        about: Review,
        review: &serde_json::Value,
    ) -> Result<T, Failure> {
        const JSON: &str = "application/json";
        let Self(reader) = self;
        let question = || {
            let request = Request::post(about.path()).header(ACCEPT, JSON).header(CONTENT_TYPE, JSON);
            reader.whole(request.body(Body::from(review.to_string().into_bytes())))
        };
        // Asked again it is the same question.
        let answer = reader.again(question).await?;
        serde_json::from_slice(&answer).map_err(|error| Failure::malformed(&error))
    }
}
