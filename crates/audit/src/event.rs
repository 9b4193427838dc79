//! What an audit log says of a request.

use std::collections::BTreeMap;

use seawall_rbac::User;
use serde::Deserialize;
use smol_str::SmolStr;

/// A stage of a request (`Event` of audit.k8s.io).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// `get`, `list`, … as authorizers were asked.
    pub verb: String,
    /// Who asked.
    pub user: User,
    /// Whom he was allowed to be.
    pub impersonation: Option<Impersonation>,
    /// With what; `None` for a path that is no resource.
    pub object: Option<Object>,
    /// The path, with its query.
    pub uri: String,
    /// Whether it was allowed.
    pub outcome: Outcome,
    /// The status of the answer, as in HTTP; `None` when there was none yet.
    pub code: Option<u16>,
    /// When the request came, as the log has it: RFC 3339, in UTC. Empty when it does not say.
    pub at: String,
}

/// Somebody whom another one was allowed to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Impersonation {
    /// Who.
    pub user: User,
    /// The verb of constrained impersonation that allowed it, `impersonate:user-info`; empty for `impersonate`.
    pub constraint: String,
}

/// Objects of the API (`ObjectReference`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Object {
    /// The resource as paths name it.
    pub resource: String,
    /// Namespace.
    pub namespace: String,
    /// Name; of one that is made, its name from what was sent.
    pub name: String,
    /// API group.
    pub api_group: String,
    /// `log` of `pods/log`.
    pub subresource: String,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Authorizers allowed it; what else became of it is another matter.
    Allowed,
    /// They, or authentication, did not.
    Refused,
    /// The event is of before they were asked.
    Undecided,
}

/// A line of a log: an event, a list of them, or either as text in an envelope of what has carried it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Raw {
    pub kind: String,
    pub api_version: String,
    pub items: Vec<Raw>,
    pub message: Option<String>,
    pub log: Option<String>,
    stage: String,
    verb: String,
    #[serde(rename = "requestURI")]
    request_uri: String,
    user: RawUser,
    impersonated_user: Option<RawUser>,
    authentication_metadata: Option<Metadata>,
    object_ref: Option<Object>,
    response_status: Option<Status>,
    annotations: Annotations,
    request_received_timestamp: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawUser {
    username: String,
    uid: String,
    groups: Vec<String>,
    extra: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Metadata {
    impersonation_constraint: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Status {
    code: Option<u16>,
}

/// Those of authorization (k8s.io/apiserver pkg/endpoints/filters/authorization.go).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Annotations {
    #[serde(rename = "authorization.k8s.io/decision")]
    decision: String,
}

impl Raw {
    pub fn event(self) -> Event {
        let code = self.response_status.and_then(|status| status.code);
        let outcome = match (self.annotations.decision.as_str(), code) {
            ("allow", _) => Outcome::Allowed,
            ("forbid", _) => Outcome::Refused,
            // Annotations are lost where a log is thinned out.
            _ if self.stage == "RequestReceived" => Outcome::Undecided,
            (_, None) => Outcome::Undecided,
            (_, Some(401 | 403)) => Outcome::Refused,
            (_, Some(_)) => Outcome::Allowed,
        };
        let constraint = self.authentication_metadata.unwrap_or_default().impersonation_constraint;
        let impersonated = self.impersonated_user.map(RawUser::user);
        Event {
            verb: self.verb,
            user: self.user.user(),
            impersonation: impersonated.map(|user| Impersonation { user, constraint }),
            object: self.object_ref.filter(|object| !object.resource.is_empty()),
            uri: self.request_uri,
            outcome,
            code,
            at: self.request_received_timestamp,
        }
    }
}

impl RawUser {
    fn user(self) -> User {
        let Self { username, uid, groups, extra } = self;
        let texts = |texts: Vec<String>| texts.into_iter().map(SmolStr::from).collect::<Vec<_>>();
        User {
            name: username.into(),
            uid: uid.into(),
            groups: texts(groups),
            extra: extra.into_iter().map(|(key, values)| (key.into(), texts(values))).collect(),
        }
    }
}
