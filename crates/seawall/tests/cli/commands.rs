//! Runs the commands that the documentation shows, and those under `cmd/`, and compares what they say.
//!
//! `TRYCMD=overwrite cargo test -p seawall --test commands` writes what they say now; read the difference before keeping it.

#[test]
fn documented_commands_say_what_is_written() {
    trycmd::TestCases::new()
        .case("../../docs/cli/*.md")
        .case("tests/cmd/*.md")
        .env("COLUMNS", "100")
        .env("SEAWALL_THREADS", "2")
        .run();
}
