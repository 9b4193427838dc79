//! Whether the API server answers.

use http::Uri;

use super::{Answer, Question, State};
use crate::failure::Failure;
use crate::problem;

/// Where the API server is asked, without what a URL may hold of credentials.
pub(super) fn server(url: &Uri) -> String {
    let scheme = url.scheme_str().unwrap_or("https");
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{scheme}://{}{port}", url.host().unwrap_or_default())
}

/// What it means that the first question was answered, or not.
pub(super) fn judged(cluster: &str, server: &str, failure: Option<&Failure>) -> Answer {
    let question = Question::Reachability;
    match failure {
        None => Answer::new(question, State::Ok, format!("{server} answers")),
        Some(failure) => match (failure, failure.code()) {
            // It is there, and has looked at who asks.
            (_, Some(401 | 403)) => Answer::new(question, State::Ok, format!("{server} answers")),
            (Failure::Stopped(_), _) => Answer::unknown(question, failure),
            _ => {
                let problem = problem::silent(cluster, failure);
                Answer::new(question, State::Failed, problem.message).with_help(problem.help)
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::server;

    #[test]
    fn credentials_of_a_url_are_not_shown() {
        for (url, expected) in [
            ("https://10.0.0.1:6443", "https://10.0.0.1:6443"),
            ("https://PLANTED:PLANTED@api.example/k8s/clusters/c-1", "https://api.example"),
            ("http://[::1]:8001/", "http://[::1]:8001"),
        ] {
            assert_eq!(server(&url.parse().unwrap()), expected);
        }
    }
}
