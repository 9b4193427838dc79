//! Whether the API server says what it serves.

use super::{Answer, Question, State};
use crate::discovery::Served;
use crate::failure::Failure;
use crate::problem;

pub(super) fn judged(cluster: &str, served: &Result<Served, Failure>) -> Answer {
    let question = Question::Discovery;
    let served = match served {
        Ok(served) => served,
        Err(failure @ Failure::Stopped(_)) => return Answer::unknown(question, failure),
        Err(failure) => {
            let problem = problem::silent(cluster, failure);
            return Answer::new(question, State::Failed, problem.message).with_help(problem.help);
        }
    };
    let (problems, _) = served.unknown(cluster);
    let kinds = served.resources.len();
    match problems.as_slice() {
        [] => Answer::new(question, State::Ok, format!("it serves {kinds} kinds that the checks read")),
        [problem, others @ ..] => {
            let more = if others.is_empty() { String::new() } else { format!(", and {} more", others.len()) };
            Answer::new(question, State::Failed, format!("{}{more}", problem.message))
                .with_help(problem.help.clone())
        }
    }
}
