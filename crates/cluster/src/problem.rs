//! What a cluster did not say, and what to do about it.

use kube::Error;
use seawall_inventory::{Place, Problem, Weight};

use crate::list::Wanted;

/// A cluster that does not say what it serves.
pub(crate) fn silent(cluster: &str, error: &Error) -> Problem {
    let (code, message, help) = match error {
        Error::Api(status) if matches!(status.code, 401 | 403) => (
            "cluster-refused",
            format!("the API server refuses to say what it serves: {}", one_line(&status.message)),
            "see whether the credentials of the kubeconfig are still valid: `kubectl auth whoami`",
        ),
        Error::Api(status) => (
            "cluster-silent",
            format!("the API server does not say what it serves: {}", one_line(&status.message)),
            "ask again later",
        ),
        other => (
            "cluster-silent",
            format!("the API server cannot be asked: {}", chain(other)),
            "see whether it can be reached from here, and whether the kubeconfig names it rightly: `kubectl version`",
        ),
    };
    let place = Place::Path(cluster.into());
    Problem { code, weight: Weight::Incomplete, place, message, help: help.to_owned() }
}

/// A list that was refused or failed.
pub(crate) fn unlisted(wanted: &Wanted, error: &Error) -> Problem {
    let resource = wanted.resource.name();
    let within = wanted.namespace.as_ref().map(|name| format!(" in namespace {name}")).unwrap_or_default();
    let (code, message, help) = match error {
        Error::Api(status) if matches!(status.code, 401 | 403) => (
            "list-refused",
            format!("{resource}{within} may not be listed"),
            format!(
                "allow `list` on {resource}, or say --allow-incomplete; what was refused: {}",
                one_line(&status.message)
            ),
        ),
        Error::Api(status) => (
            "list-failed",
            format!("{resource}{within} cannot be listed: {}", one_line(&status.message)),
            "ask again later; if it stays, see whether the API server or the extension that serves it is well".to_owned(),
        ),
        other => (
            "list-failed",
            format!("{resource}{within} cannot be listed: {}", chain(other)),
            "see whether the API server can be reached, and ask again".to_owned(),
        ),
    };
    Problem { code, weight: Weight::Incomplete, place: Place::Path(wanted.shown.clone()), message, help }
}

/// What a list that a scan was stopped before leaves out.
pub(crate) fn interrupted(wanted: &Wanted) -> Problem {
    Problem {
        code: "interrupted",
        weight: Weight::Incomplete,
        place: Place::Path(wanted.shown.clone()),
        message: format!("the scan was stopped before {} were listed", wanted.resource.name()),
        help: "run it again".to_owned(),
    }
}

/// An error and what caused it, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let mut texts: Vec<String> = Vec::new();
    for cause in causes.take(8) {
        let text = one_line(&cause.to_string());
        // Many errors say what their causes say.
        if !texts.iter().any(|known| known.contains(&text)) {
            texts.push(text);
        }
    }
    texts.join(": ")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
