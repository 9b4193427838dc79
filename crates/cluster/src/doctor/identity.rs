//! As whom the API server takes who asks.

use super::{Answer, Detail, Question, State};
use crate::client::Identity;
use crate::failure::Failure;
use crate::problem::{help, said};

/// The user of requests without credentials, where they are taken (k8s.io/apiserver v0.36.3 pkg/authentication/user/user.go).
const ANONYMOUS: &str = "system:anonymous";

pub(super) fn judged(who: &Result<Identity, Failure>) -> Answer {
    let question = Question::Identity;
    match who {
        Ok(who) if who.username == ANONYMOUS => anonymous().with_details(details(who)),
        Ok(who) => Answer::new(question, State::Ok, format!("`{}`", who.username)).with_details(details(who)),
        Err(failure @ Failure::Stopped(_)) => Answer::unknown(question, failure),
        Err(failure) => match failure.code() {
            Some(401) => Answer::new(
                question,
                State::Failed,
                format!("the API server does not accept the credentials: {}", said(failure)),
            )
            .with_help("log in again, or see the `user` of the kubeconfig"),
            // `forbiddenMessage` of k8s.io/apiserver v0.36.3 pkg/endpoints/handlers/responsewriters/errors.go
            Some(403) if said(failure).contains(&format!("User \"{ANONYMOUS}\"")) => anonymous(),
            // Served since v1.28 (KEP-3325).
            Some(404) => Answer::new(question, State::Unknown, "the API server does not say it before v1.28"),
            _ => Answer::new(
                question,
                State::Unknown,
                format!("the API server does not say it: {}", said(failure)),
            )
            .with_help(help(failure)),
        },
    }
}

fn anonymous() -> Answer {
    let message =
        format!("nobody in particular: without credentials the API server takes who asks for `{ANONYMOUS}`");
    Answer::new(Question::Identity, State::Warning, message)
        .with_help("give the kubeconfig a `user` with credentials, or log in")
}

fn details(who: &Identity) -> Vec<Detail> {
    let groups = who.groups.iter().cloned().map(Detail::Group);
    [Detail::User(who.username.clone())].into_iter().chain(groups).collect()
}
