//! What a cluster did not say, and what to do about it.

use std::path::PathBuf;
use std::time::Duration;

use kube::Error;
use seawall_inventory::{Place, Problem, Weight};

use crate::credentials;
use crate::error::ClusterError;
use crate::failure::{Failure, timed_out};
use crate::list::Wanted;
use crate::stop::Stopped;
use crate::target::CONNECT;

/// A cluster that does not say what it serves.
pub(crate) fn silent(cluster: &str, failure: &Failure) -> Problem {
    let words = said(failure);
    let (code, message, help) = match failure.code() {
        Some(401) => (
            "cluster-refused",
            format!("the API server does not accept the credentials: {words}"),
            "log in again, or see what the kubeconfig gives: `kubectl auth whoami`",
        ),
        Some(403) => (
            "cluster-refused",
            format!("the API server refuses to say what it serves: {words}"),
            "see as whom it is asked: `kubectl auth whoami`; everyone who has logged in may ask (ClusterRole `system:discovery`)",
        ),
        Some(_) => {
            ("cluster-silent", format!("the API server does not say what it serves: {words}"), help(failure))
        }
        None => ("cluster-silent", format!("the API server cannot be asked: {words}"), help(failure)),
    };
    problem(code, cluster.into(), message, help.to_owned())
}

/// A cluster that there is no way to, by the context that was asked for.
pub(crate) fn no_way(context: Option<&str>, error: &ClusterError) -> Problem {
    let name = context.unwrap_or("cluster");
    problem(
        "cluster-silent",
        name.into(),
        format!("the cluster cannot be asked: {}", chain(error)),
        format!("see what the kubeconfig says of the context: `kubectl --context {name} version`"),
    )
}

/// A list, or a Namespace, that was refused or failed, after so many of its objects.
pub(crate) fn unlisted(wanted: &Wanted, failure: &Failure, objects: usize) -> Problem {
    let (resource, name, words) = (wanted.resource.name(), wanted.name(), said(failure));
    let (verb, listed, were) = match wanted.single() {
        Some(_) => ("get", "read", "was"),
        None => ("list", "listed", "were"),
    };
    let place = wanted.shown.clone();
    if let Failure::Stopped(Stopped::Interrupted) = failure {
        let message = format!("the scan was stopped before {name} {were} {listed}");
        return problem("interrupted", place, message, "run it again".to_owned());
    }
    let what = match objects {
        0 => format!("{name} cannot be {listed}"),
        read => format!("{name} cannot be {listed} beyond the first {read}"),
    };
    match failure.code() {
        Some(403) => problem(
            "list-refused",
            place,
            format!("{name} may not be {listed}"),
            format!("allow `{verb}` on {resource}, or say --allow-incomplete; what was refused: {words}"),
        ),
        Some(401) => problem(
            "list-refused",
            place,
            format!("{what}: the API server no longer accepts the credentials: {words}"),
            "log in again, or see what the kubeconfig gives: `kubectl auth whoami`".to_owned(),
        ),
        _ => problem("list-failed", place, format!("{what}: {words}"), help(failure).to_owned()),
    }
}

/// A list that may be read and not watched.
pub(crate) fn unwatched(wanted: &Wanted, failure: &Failure, every: Duration) -> Problem {
    let (resource, name, every) = (wanted.resource.name(), wanted.name(), every.as_secs());
    problem(
        "watch-refused",
        wanted.shown.clone(),
        format!("{name} may not be watched, and are listed each {every} s: {}", said(failure)),
        format!("allow `watch` on {resource}"),
    )
}

/// A cluster that was followed and does not answer.
pub(crate) fn out_of_reach(cluster: &str, why: &str) -> Problem {
    let message = format!("{cluster} does not answer, and what is known may be out of date: {why}");
    let help = "it is asked again until it does".to_owned();
    problem("cluster-silent", cluster.into(), message, help)
}

/// An extension of the API that does not say what it serves, and why.
pub(crate) fn silent_extension(cluster: &str, version: &str, why: &str) -> Problem {
    problem(
        "extension-silent",
        format!("{cluster}/{version}").into(),
        format!("nobody says what {version} holds: {why}"),
        "see why with `kubectl get apiservices`, and delete the APIService of one that is no longer there"
            .to_owned(),
    )
}

/// Resources whose names cannot be asked for.
pub(crate) fn misnamed(cluster: &str, count: usize) -> Problem {
    problem(
        "misnamed-resource",
        cluster.into(),
        format!("{count} of the resources that the API server names have names that no resource can have"),
        "see what serves them: `kubectl get --raw /apis`; an API server refuses such names".to_owned(),
    )
}

fn problem(code: &'static str, place: PathBuf, message: String, help: String) -> Problem {
    Problem { code, weight: Weight::Incomplete, place: Place::Path(place), message, help }
}

/// What went wrong, in one line.
pub(crate) fn said(failure: &Failure) -> String {
    match failure {
        Failure::Refused { status, retry_after } => {
            let words = one_line(&status.message);
            let words = if words.is_empty() { format!("HTTP status {}", status.code) } else { words };
            match retry_after {
                Some(pause) => format!("{words} (it asks to wait for {} s)", pause.as_secs()),
                None => words,
            }
        }
        Failure::Client(Error::Auth(error)) => {
            format!("there are no credentials: {}", one_line(&credentials::wrong(error)))
        }
        Failure::Client(error) if timed_out(error) => format!("no connection within {} s", CONNECT.as_secs()),
        Failure::Client(error @ (Error::Service(_) | Error::HyperError(_))) => {
            std::error::Error::source(error).map_or_else(|| chain(error), chain)
        }
        Failure::Client(error) => chain(error),
        Failure::Slow(patience) => format!("no whole answer within {}", seconds(*patience)),
        Failure::TooLong(limit) => format!("the answer is longer than {} MiB", limit >> 20),
        Failure::Endless => "the list has no end: its chunks lead to ever more".to_owned(),
        Failure::Malformed(why) => format!("the answer cannot be read: {why}"),
        Failure::Stopped(Stopped::Interrupted) => "the scan was stopped".to_owned(),
        Failure::Stopped(Stopped::TimeUp(time)) => {
            format!("the time for reading the cluster is up ({})", seconds(*time))
        }
    }
}

/// What to do about it.
pub(crate) fn help(failure: &Failure) -> &'static str {
    match failure {
        Failure::Refused { status, .. } if status.code == 429 => {
            "the API server has too much to do, or a flow schema gives this user too little; ask again later"
        }
        Failure::Refused { .. } => {
            "ask again later; if it stays, see whether the API server or the extension that serves it is well"
        }
        Failure::Client(Error::Auth(_)) => "see the `user` of the kubeconfig: `kubectl auth whoami`",
        Failure::Client(error) if chain(error).contains("certificate") => {
            "see `certificate-authority-data` and `tls-server-name` of the kubeconfig: the certificate of the API server has to \
             be of this authority, for this name, and valid today"
        }
        Failure::Client(_) => {
            "see whether it can be reached from here, and whether the kubeconfig names it rightly: `kubectl version`"
        }
        Failure::Slow(_) => {
            "see whether the API server is well: `kubectl get --raw /readyz`; --request-timeout waits longer"
        }
        Failure::TooLong(_) | Failure::Malformed(_) | Failure::Endless => {
            "see what answers: an extension of the API, or a proxy before the API server; `kubectl get -v=8` shows its answers"
        }
        Failure::Stopped(Stopped::Interrupted) => "run it again",
        Failure::Stopped(Stopped::TimeUp(_)) => "give it more with --timeout, or read one namespace with -n",
    }
}

fn seconds(time: std::time::Duration) -> String {
    format!("{} s", time.as_secs_f64())
}

/// An error and what caused it, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let mut texts: Vec<String> = Vec::new();
    for cause in causes.take(8) {
        let text = one_line(&cause.to_string());
        // Many errors say what their causes say; that of hyper-util says in which of its parts it arose.
        if !text.starts_with("client error (") && !texts.iter().any(|known| known.contains(&text)) {
            texts.push(text);
        }
    }
    texts.join(": ")
}

/// Most characters of what others say that are shown.
const MAX_WORDS: usize = 600;

fn one_line(text: &str) -> String {
    let text: String = text.chars().take(MAX_WORDS).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
