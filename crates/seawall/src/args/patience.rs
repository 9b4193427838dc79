//! How long reading a cluster may take.

use std::time::Duration;

use clap::Args;
use seawall_cluster::Patience;
use seawall_inventory::duration::nanoseconds;

/// How long reading a cluster may take.
#[derive(Debug, Args)]
#[command(next_help_heading = "Cluster")]
#[group(id = "patience")]
pub(crate) struct PatienceArgs {
    /// How long one request may take, as in 90s or 5m; 0 for as long as it takes [default: 60s]
    #[arg(long, value_name = "TIME", value_parser = time)]
    request_timeout: Option<Time>,
    /// How long reading the cluster may take; 0 for as long as it takes [default: 10m]
    #[arg(long, value_name = "TIME", value_parser = time)]
    timeout: Option<Time>,
}

/// How long something may take; none for as long as it takes.
#[derive(Clone, Copy, Debug)]
struct Time(Option<Duration>);

impl PatienceArgs {
    /// What the flags say, and else what is usual.
    pub(crate) fn patience(&self) -> Patience {
        let default = Patience::default();
        Patience {
            request: self.request_timeout.map_or(default.request, |time| time.0),
            whole: self.timeout.map_or(default.whole, |time| time.0),
            ..default
        }
    }
}

/// Reads what kubectl reads as `--request-timeout` (`ParseTimeout` of client-go v0.36.3 tools/clientcmd): seconds, or a duration
/// of Go.
fn time(written: &str) -> Result<Time, String> {
    let duration = match written.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => nanoseconds(written).and_then(|time| u64::try_from(time).ok()).map(Duration::from_nanos),
    };
    let duration = duration.ok_or("write a number and s, m or h, as in 90s")?;
    Ok(Time(Some(duration).filter(|duration| !duration.is_zero())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_kubectl() {
        let seconds = |seconds| Some(Some(Duration::from_secs(seconds)));
        for (written, expected) in [
            ("0", Some(None)),
            ("0s", Some(None)),
            ("5", seconds(5)),
            ("90s", seconds(90)),
            ("1h1m", seconds(3660)),
            ("500ms", Some(Some(Duration::from_millis(500)))),
            ("-1s", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(time(written).ok().map(|time| time.0), expected, "{written}");
        }
    }
}
