//! Tests that share one cluster.

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use libtest_mimic::{Arguments, Conclusion, Failed, Trial};

use super::Cluster;
use super::requirements::without_node;

/// A test, which panics when it fails.
pub type NodeTest = fn(&Cluster);

/// Runs tests against one cluster, which the first of them starts; the `main` of a test program with `harness = false`.
///
/// With the variable `SEAWALL_RIG_WITHOUT_NODE` set they are listed as ignored, and it is said why.
pub fn run_node_tests(tests: &[(&str, NodeTest)]) -> ExitCode {
    let without = without_node();
    if let Some(words) = &without {
        // Where nobody hears it the list of tests says so, too.
        let _ = writeln!(io::stderr(), "{words}");
    }
    let cluster: Arc<OnceLock<Result<Cluster, String>>> = Arc::default();
    let trials = tests.iter().map(|(name, test)| {
        let (cluster, test) = (Arc::clone(&cluster), *test);
        let run = move || {
            let cluster = cluster.get_or_init(|| Cluster::start().map_err(|error| format!("{error:#}")));
            test(cluster.as_ref().map_err(Failed::from)?);
            Ok(())
        };
        Trial::test(*name, run).with_ignored_flag(without.is_some())
    });
    let conclusion: Conclusion = libtest_mimic::run(&Arguments::from_args(), trials.collect());
    conclusion.exit_code()
}
