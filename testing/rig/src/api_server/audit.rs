//! What the API server writes about each request.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde::Deserialize;

/// How long requests that are under way are waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// What tells how a request was authorized (`WithAuthorization` in k8s.io/apiserver pkg/endpoints/filters, v0.36.3).
const DECISION: &str = "authorization.k8s.io/decision";

/// A request to the API server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    /// What tells it from all others: the header `Audit-ID` of the request, when it has one.
    pub id: String,
    /// Who asked: `system:anonymous` for nobody in particular, empty when the credentials were refused.
    pub user: String,
    /// `get`, `list`, `watch`, `create`, ….
    pub verb: String,
    /// Path and query.
    pub request_uri: String,
    /// `pods`; nothing for a path that is no resource, such as `/readyz`.
    pub resource: Option<String>,
    /// `log` of a pod, `status`, ….
    pub subresource: Option<String>,
    /// Nothing for all namespaces, and for what is in none.
    pub namespace: Option<String>,
    /// The HTTP status of the answer; nothing while there is none.
    pub code: Option<u16>,
    /// Whom the one who asked was allowed to act as; nothing while that is not decided.
    pub impersonated: Option<Impersonated>,
    /// Whether an authorizer allowed it; nothing while that is not decided, and when it did not come to that.
    pub is_authorized: Option<bool>,
}

/// Whom a request is from in place of who asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Impersonated {
    /// Name.
    pub username: String,
    /// What tells two of one name apart.
    pub uid: String,
    /// Groups, all of them.
    pub groups: Vec<String>,
    /// What else is known of him.
    pub extra: BTreeMap<String, Vec<String>>,
    /// The verb that it was allowed by when it is constrained, such as `impersonate:user-info`; otherwise empty.
    #[serde(skip)]
    pub constraint: String,
}

/// Every request that the API server has received, in this order. Those that were received when this is called are waited
/// for, but for at most 10 s: the log may come after the answer.
pub(super) fn read(log: &Path) -> Result<Vec<AuditEvent>> {
    let started = Instant::now();
    let mut requests = requests(log)?;
    let received = requests.len();
    while requests.iter().take(received).any(|request| request.code.is_none()) && started.elapsed() < PATIENCE
    {
        thread::sleep(Duration::from_millis(5));
        requests = self::requests(log)?;
    }
    Ok(requests)
}

fn requests(log: &Path) -> Result<Vec<AuditEvent>> {
    let text = fs::read_to_string(log).with_context(|| format!("cannot read {}", log.display()))?;
    understand(&text)
}

/// The log has a line when a request is received, and one or two more when it is answered. Only one that is refused for
/// its credentials has but the last (`WithFailedAuthenticationAudit` in k8s.io/apiserver, v0.36.3).
fn understand(log: &str) -> Result<Vec<AuditEvent>> {
    let mut requests: Vec<AuditEvent> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    // What follows the last line break is a line of which the rest is to come.
    let whole = log.rsplit_once('\n').map_or("", |(whole, _)| whole);
    for line in whole.lines() {
        let event: Event = serde_json::from_str(line).context("a line of the audit log is not understood")?;
        let Event { id, verb, user, request_uri, object, answer, impersonated, authentication, annotations } =
            event;
        let code = answer.map(|answer| answer.code);
        let impersonated = impersonated
            .map(|user| Impersonated { constraint: authentication.unwrap_or_default().constraint, ..user });
        let is_authorized = annotations.get(DECISION).map(|decision| decision == "allow");
        if let Some(known) = places.get(&id).and_then(|place| requests.get_mut(*place)) {
            known.code = code.or(known.code);
            known.impersonated = impersonated.or(known.impersonated.take());
            known.is_authorized = is_authorized.or(known.is_authorized);
            continue;
        }
        places.insert(id.clone(), requests.len());
        let Object { resource, subresource, namespace } = object.unwrap_or_default();
        let user = user.username;
        requests.push(AuditEvent {
            id,
            user,
            verb,
            request_uri,
            resource,
            subresource,
            namespace,
            code,
            impersonated,
            is_authorized,
        });
    }
    Ok(requests)
}

/// `Event` of k8s.io/apiserver/pkg/apis/audit/v1.
#[derive(Deserialize)]
struct Event {
    #[serde(rename = "auditID")]
    id: String,
    verb: String,
    #[serde(default)]
    user: User,
    #[serde(rename = "requestURI")]
    request_uri: String,
    #[serde(rename = "objectRef")]
    object: Option<Object>,
    #[serde(rename = "responseStatus")]
    answer: Option<Answer>,
    #[serde(rename = "impersonatedUser")]
    impersonated: Option<Impersonated>,
    #[serde(rename = "authenticationMetadata")]
    authentication: Option<Authentication>,
    #[serde(default)]
    annotations: HashMap<String, String>,
}

#[derive(Default, Deserialize)]
struct Authentication {
    #[serde(default, rename = "impersonationConstraint")]
    constraint: String,
}

#[derive(Default, Deserialize)]
struct User {
    #[serde(default)]
    username: String,
}

#[derive(Default, Deserialize)]
struct Object {
    resource: Option<String>,
    subresource: Option<String>,
    namespace: Option<String>,
}

#[derive(Deserialize)]
struct Answer {
    code: u16,
}

#[cfg(test)]
mod tests {
    use super::{AuditEvent, Impersonated, understand};

    const WATCHED: &str = r#"{"stage":"RequestReceived","auditID":"a","requestURI":"/api/v1/namespaces/n/pods/p/log?follow=true","verb":"get","user":{"username":"u"},"objectRef":{"resource":"pods","subresource":"log","namespace":"n","name":"p"}}"#;
    const STARTED: &str = r#"{"stage":"ResponseStarted","auditID":"a","requestURI":"/api/v1/namespaces/n/pods/p/log?follow=true","verb":"get","user":{"username":"u"},"objectRef":{"resource":"pods"},"responseStatus":{"code":200},"impersonatedUser":{"username":"v","groups":["g"]},"authenticationMetadata":{"impersonationConstraint":"impersonate:user-info"},"annotations":{"authorization.k8s.io/decision":"allow"}}"#;
    const REFUSED: &str = r#"{"stage":"ResponseStarted","auditID":"b","requestURI":"/readyz","verb":"get","user":{},"responseStatus":{"status":"Failure","code":401}}"#;

    #[test]
    fn lines_of_one_request_are_one() {
        let log = |id: &str, user: &str, uri: &str, code| AuditEvent {
            id: id.into(),
            user: user.into(),
            verb: "get".into(),
            request_uri: uri.into(),
            resource: None,
            subresource: None,
            namespace: None,
            code,
            impersonated: None,
            is_authorized: None,
        };
        let pod = |code| AuditEvent {
            resource: Some("pods".into()),
            subresource: Some("log".into()),
            namespace: Some("n".into()),
            ..log("a", "u", "/api/v1/namespaces/n/pods/p/log?follow=true", code)
        };
        let impersonated = Impersonated {
            username: "v".into(),
            groups: vec!["g".into()],
            constraint: "impersonate:user-info".into(),
            ..Impersonated::default()
        };
        let answered =
            AuditEvent { impersonated: Some(impersonated), is_authorized: Some(true), ..pod(Some(200)) };
        let refused = log("b", "", "/readyz", Some(401));
        for (text, expected) in [
            (String::new(), vec![]),
            (WATCHED.into(), vec![]),
            (format!("{WATCHED}\n"), vec![pod(None)]),
            (format!("{WATCHED}\n{REFUSED}\n{}", &STARTED[..90]), vec![pod(None), refused.clone()]),
            (format!("{WATCHED}\n{REFUSED}\n{STARTED}\n"), vec![answered, refused]),
        ] {
            assert_eq!(understand(&text).unwrap(), expected, "{text}");
        }
        assert!(understand("{}\n").is_err());
    }
}
