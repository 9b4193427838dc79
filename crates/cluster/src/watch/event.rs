//! One line of a watch.

use seawall_inventory::{Change, Object, ObjectRef};
use seawall_yaml::Limits;
use serde::Deserialize;

use crate::failure::Failure;
use crate::items::event;
use crate::list::Wanted;

/// What a line says.
pub(super) enum Said {
    /// Something happened to an object. The version behind it is where to go on from.
    Changed(Change, String),
    /// Nothing happened up to this version: a bookmark (KEP-956).
    Nothing(String),
    /// The API server no longer knows what happened since then.
    Forgotten,
    /// The API server cannot go on, and what it says.
    Failed(String),
}

#[derive(Deserialize)]
struct Event {
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    code: u16,
    #[serde(default)]
    message: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Metadata {
    name: String,
    namespace: String,
    resource_version: String,
}

/// HTTP status of what is too old.
pub(super) const GONE: u16 = 410;

/// What a line of the watch of `wanted` says. The text, which may hold what Secrets hold, ends here.
pub(super) fn said(wanted: &Wanted, line: &[u8]) -> Result<Said, Failure> {
    let (what, object) = event(line)?;
    let Event { metadata, code, message } =
        serde_json::from_str(object).map_err(|error| Failure::malformed(&error))?;
    let Metadata { name, namespace, resource_version: version } = metadata;
    let resource = &wanted.resource;
    Ok(match &*what {
        "ADDED" | "MODIFIED" => {
            let mut listing = wanted.listing();
            listing.take(object, &Limits::default());
            let object: Option<Object> = listing.finish().objects.pop();
            let object =
                object.ok_or_else(|| Failure::Malformed("an event is about no object".to_owned()))?;
            Said::Changed(Change::Set(Box::new(object)), version)
        }
        "DELETED" => {
            let reference = ObjectRef {
                group: resource.group.as_str().into(),
                kind: resource.kind.as_str().into(),
                namespace: namespace.into(),
                name: name.into(),
            };
            Said::Changed(Change::Removed(reference), version)
        }
        "BOOKMARK" => Said::Nothing(version),
        "ERROR" if code == GONE => Said::Forgotten,
        "ERROR" => Said::Failed(message),
        _ => return Err(Failure::Malformed("an event is of no known type".to_owned())),
    })
}

#[cfg(test)]
mod tests {
    use crate::discovery::Resource;
    use crate::list::Form;

    use super::*;

    fn told(line: &str) -> String {
        let resource = Resource {
            group: "apps".into(),
            version: "v1".into(),
            plural: "deployments".into(),
            kind: "Deployment".into(),
        };
        let wanted = Wanted { resource, namespace: None, form: Form::Whole, shown: "c".into() };
        match said(&wanted, line.as_bytes()) {
            Ok(Said::Changed(Change::Set(object), version)) => {
                format!("{} is there, {version}", object.reference())
            }
            Ok(Said::Changed(Change::Removed(reference), version)) => {
                format!("{reference} is gone, {version}")
            }
            Ok(Said::Nothing(version)) => format!("nothing, {version}"),
            Ok(Said::Forgotten) => "forgotten".to_owned(),
            Ok(Said::Failed(message)) => format!("failed: {message}"),
            Err(Failure::Malformed(why)) => why,
            Err(other) => panic!("{other:?}"),
        }
    }

    /// `WatchEvent` of k8s.io/apimachinery pkg/apis/meta/v1/watch.go.
    #[test]
    fn lines_say_what_happened() {
        let object =
            r#"{"kind":"Deployment","metadata":{"namespace":"shop","name":"web","resourceVersion":"7"}}"#;
        for (line, expected) in [
            (format!(r#"{{"type":"ADDED","object":{object}}}"#), "Deployment shop/web is there, 7"),
            (
                format!(r#" {{ "object" : {object} , "type" : "MODIFIED" }} "#),
                "Deployment shop/web is there, 7",
            ),
            (format!(r#"{{"type":"DELETED","object":{object}}}"#), "Deployment shop/web is gone, 7"),
            (r#"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9"}}}"#.to_owned(), "nothing, 9"),
            (
                r#"{"type":"ERROR","object":{"kind":"Status","code":410,"message":"too old"}}"#.to_owned(),
                "forgotten",
            ),
            (
                r#"{"type":"ERROR","object":{"kind":"Status","code":500,"message":"etcd"}}"#.to_owned(),
                "failed: etcd",
            ),
            (format!(r#"{{"type":"OTHER","object":{object}}}"#), "an event is of no known type"),
            (r#"{"type":"ADDED"}"#.to_owned(), "it is not an event"),
            (r#"{"type":"ADDED","object":{"metadata":"#.to_owned(), "the JSON ends too early"),
            (String::new(), "the JSON ends too early"),
        ] {
            assert_eq!(told(&line), expected, "{line}");
        }
    }
}
