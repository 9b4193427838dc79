//! Whether the clock of the API server is that of who asks.

use std::time::{Duration, SystemTime};

use jiff::fmt::rfc2822::DateTimeParser;

use super::{Answer, Question, State};
use crate::client::Answered;
use crate::failure::Failure;
use crate::problem::{help, said};

/// In seconds: what an API server allows the clock of who has issued a token (`DefaultLeeway` of go-jose v2.6.3 jwt/validation.go, by
/// which `Validate` of k8s.io/kubernetes v1.36.3 pkg/serviceaccount/claims.go goes). Certificates are allowed nothing.
const BOUND: f64 = 60.0;

pub(super) fn judged(answered: Result<Answered, Failure>) -> Answer {
    let question = Question::Clock;
    let answered = match answered {
        Ok(answered) => answered,
        Err(failure) => {
            return Answer::new(question, State::Unknown, format!("it was not told: {}", said(&failure)))
                .with_help(help(&failure));
        }
    };
    match measured(&answered) {
        Some(ahead) => of(ahead),
        None => Answer::new(question, State::Unknown, "the API server does not say what time it is (`Date`)"),
    }
}

/// By how many seconds the clock of the API server is ahead of that here.
#[derive(Clone, Copy, Debug)]
struct Ahead {
    by: f64,
    /// How far that may be wrong.
    margin: f64,
}

/// `Date` was written between sending and receiving, and says a whole second: the time was half a second later, give or take another
/// half and half of the round trip.
fn measured(answered: &Answered) -> Option<Ahead> {
    let date = DateTimeParser::new().parse_timestamp(answered.date.as_deref()?).ok()?;
    let trip = seconds(answered.received) - seconds(answered.sent);
    let middle = seconds(answered.sent) + trip / 2.0;
    // A clock that was set back in between says nothing.
    let by = f64::from(u32::try_from(date.as_second()).ok()?) + 0.5 - middle;
    (trip >= 0.0).then_some(Ahead { by, margin: 0.5 + trip / 2.0 })
}

fn seconds(time: SystemTime) -> f64 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs_f64()
}

fn of(Ahead { by, margin }: Ahead) -> Answer {
    let question = Question::Clock;
    if margin > BOUND {
        let message =
            format!("the API server takes {:.0} s to answer, too long to compare clocks", margin * 2.0);
        return Answer::new(question, State::Unknown, message);
    }
    if by.abs() <= margin {
        return Answer::new(
            question,
            State::Ok,
            format!("that of the API server is the one here, give or take {margin:.1} s"),
        );
    }
    let way = if by > 0.0 { "ahead of" } else { "behind" };
    let message = format!("that of the API server is {:.0} s {way} the one here", by.abs());
    if by.abs() - margin <= BOUND {
        return Answer::new(question, State::Ok, message);
    }
    Answer::new(question, State::Warning, message).with_help(
        "have both set by NTP: tokens and certificates are valid by the clock, and are refused, or taken for longer than they should \
         be, where it is wrong",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-30T12:00:00Z
    const NOON: u64 = 1_796_040_000;

    fn answer(date: &str, sent: f64, received: f64) -> Answer {
        let at = |second: f64| {
            SystemTime::UNIX_EPOCH + Duration::from_secs(NOON) + Duration::from_secs_f64(second)
        };
        judged(Ok(Answered { date: Some(date.to_owned()), sent: at(sent), received: at(received) }))
    }

    #[test]
    fn clocks_are_compared_as_far_as_the_answer_allows() {
        for (date, sent, received, state, says) in [
            ("Mon, 30 Nov 2026 12:00:00 GMT", 0.1, 0.2, State::Ok, "is the one here"),
            ("Mon, 30 Nov 2026 12:00:00 GMT", 0.9, 1.1, State::Ok, "is the one here"),
            ("Mon, 30 Nov 2026 12:00:30 GMT", 0.4, 0.6, State::Ok, "30 s ahead of the one here"),
            ("Mon, 30 Nov 2026 12:01:00 GMT", 0.4, 0.6, State::Ok, "60 s ahead of"),
            ("Mon, 30 Nov 2026 12:01:01 GMT", 0.4, 0.6, State::Warning, "61 s ahead of"),
            ("Mon, 30 Nov 2026 11:55:00 GMT", 0.4, 0.6, State::Warning, "300 s behind the one here"),
            // Twenty seconds on the way: between 50 and 71.
            ("Mon, 30 Nov 2026 12:01:10 GMT", 0.0, 20.0, State::Ok, "s ahead of"),
            ("Mon, 30 Nov 2026 12:01:00 GMT", 0.0, 200.0, State::Unknown, "too long"),
            ("Mon, 30 Nov 2026 12:00:00 GMT", 2.0, 1.0, State::Unknown, "does not say"),
            ("noon", 0.0, 0.0, State::Unknown, "does not say what time it is"),
        ] {
            let answer = answer(date, sent, received);
            assert!(answer.state == state && answer.message.contains(says), "{date}: {answer:?}");
        }
    }
}
