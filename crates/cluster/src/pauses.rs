//! How long to wait before something is asked for again.

use std::time::Duration;

use crate::failure::Failure;

/// Pauses between attempts at one request.
///
/// What the API server puts off is asked for again when it says (`Retry-After` of 429 and of errors of its own, as
/// `checkWait` of client-go v0.37.0 rest/with_retry.go has it; API priority and fairness is obeyed so). Where it does not
/// say, and where the connection broke, pauses grow.
#[derive(Debug, Default)]
pub(crate) struct Pauses {
    taken: u32,
    waited: Duration,
}

impl Pauses {
    /// How often what the API server puts off is asked for again: `maxRetries` of client-go v0.37.0 rest/request.go.
    const MOST: u32 = 10;

    /// How often when nothing says that it will be better: 12.7 s in all, in which an API server starts anew.
    const MOST_UNASKED: u32 = 7;

    /// The first pause of those that grow; each is twice the one before.
    const FIRST: Duration = Duration::from_millis(100);

    /// How long to wait in all, whatever the API server asks for.
    const PATIENCE: Duration = Duration::from_secs(60);

    /// How long to wait until what failed like this is asked for again; `None` when it should not be, or was often enough.
    pub(crate) fn before_next(&mut self, failure: &Failure) -> Option<Duration> {
        let grown = Self::FIRST.saturating_mul(2_u32.saturating_pow(self.taken));
        let (pause, most) = match failure {
            Failure::Refused { status, retry_after: Some(asked) }
                if status.code == 429 || status.code >= 500 =>
            {
                (*asked, Self::MOST)
            }
            // What stands before an API server says this while there is none, or too much to do.
            Failure::Refused { status, .. } if matches!(status.code, 429 | 502 | 503 | 504) => {
                (grown, Self::MOST_UNASKED)
            }
            failure if failure.is_broken_connection() => (grown, Self::MOST_UNASKED),
            _ => return None,
        };
        let waited = self.waited.saturating_add(pause);
        if self.taken >= most || waited > Self::PATIENCE {
            return None;
        }
        (self.taken, self.waited) = (self.taken + 1, waited);
        Some(pause)
    }
}

#[cfg(test)]
mod tests {
    use kube::Error;
    use kube::core::Status;

    use super::*;

    fn refused(code: u16, retry_after: Option<u64>) -> Failure {
        let status = Box::new(Status::failure("no", "No").with_code(code));
        Failure::Refused { status, retry_after: retry_after.map(Duration::from_secs) }
    }

    fn broken(kind: std::io::ErrorKind) -> Failure {
        Failure::Client(Error::Service(std::io::Error::from(kind).into()))
    }

    /// All pauses that are made when it fails in this way again and again, in milliseconds.
    fn pauses(failure: &Failure) -> Vec<u128> {
        let mut pauses = Pauses::default();
        std::iter::from_fn(|| pauses.before_next(failure).map(|pause| pause.as_millis())).collect()
    }

    #[test]
    fn a_storm_has_an_end() {
        let growing = [100, 200, 400, 800, 1600, 3200, 6400];
        for (failure, expected) in [
            (refused(429, Some(1)), &[1000; 10][..]),
            (refused(429, Some(0)), &[0; 10]),
            (refused(429, Some(25)), &[25_000, 25_000]),
            (refused(429, Some(61)), &[]),
            (refused(429, Some(u64::MAX)), &[]),
            (refused(429, None), &growing),
            (refused(500, Some(2)), &[2000; 10]),
            (refused(500, None), &[]),
            (refused(502, None), &growing),
            (refused(503, None), &growing),
            (refused(504, None), &growing),
            (refused(401, Some(1)), &[]),
            (refused(403, None), &[]),
            (refused(410, None), &[]),
            (broken(std::io::ErrorKind::ConnectionReset), &growing),
            (broken(std::io::ErrorKind::TimedOut), &[]),
            (Failure::Slow(Duration::from_secs(1)), &[]),
            (Failure::Endless, &[]),
        ] {
            assert_eq!(pauses(&failure), expected, "{failure:?}");
        }
    }
}
