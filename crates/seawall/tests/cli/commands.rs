//! Runs the commands that the documentation shows, and compares what they say.
//!
//! `TRYCMD=overwrite cargo test -p seawall --test cli commands` writes what they say now; read the difference before keeping it.

#[test]
fn documented_commands_say_what_is_written() {
    let cases = trycmd::TestCases::new();
    cases.case("../../docs/cli/*.md").env("COLUMNS", "100").env("SEAWALL_THREADS", "2");
    for name in super::ENVIRONMENT {
        if !["COLUMNS", "SEAWALL_THREADS"].contains(name) {
            // Empty counts as not set.
            cases.env(*name, "");
        }
    }
    cases.run();
}
