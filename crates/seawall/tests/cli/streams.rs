//! Standard output and standard error: colours, pipes, plugin names.

use std::io::Read;
use std::process::{Command, Stdio};

use super::{SEAWALL, seawall, stdout};

const ESCAPE: char = '\u{1b}';

type Variables = &'static [(&'static str, &'static str)];

#[test]
fn a_pipe_gets_colours_only_when_told() {
    let explain = ["explain", "privileged-container"];
    let cases: [(&[&str], Variables, bool); 8] = [
        (&[], &[], false),
        (&[], &[("TERM", "xterm-256color")], false),
        (&[], &[("CLICOLOR_FORCE", "1")], true),
        (&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
        (&["--color", "always"], &[], true),
        (&["--color", "always"], &[("NO_COLOR", "1")], true),
        (&["--color", "always"], &[("TERM", "dumb")], true),
        (&["--color", "never"], &[("CLICOLOR_FORCE", "1")], false),
    ];
    for (flags, env, expected) in cases {
        let output = seawall(&explain).args(flags).envs(env.iter().copied()).output().unwrap();
        assert!(output.status.success());
        assert_eq!(stdout(&output).contains(ESCAPE), expected, "{flags:?} {env:?}");
    }
}

#[test]
fn text_keeps_to_the_width_of_the_terminal() {
    for columns in ["60", "90"] {
        let output = seawall(&["explain", "privileged-container"]).env("COLUMNS", columns).output().unwrap();
        let text = stdout(&output);
        let prose = text.lines().filter(|line| !line.starts_with("    "));
        let longest = prose.map(|line| line.chars().count()).max().unwrap();
        let columns: usize = columns.parse().unwrap();
        assert!(longest <= columns + 1, "{longest} columns of {columns}");
        assert!(longest > columns / 2, "{longest} columns of {columns}");
    }
}

#[test]
fn a_reader_that_goes_away_ends_the_program_quietly() {
    // More than a pipe holds, so that a write must fail.
    let mut child = seawall(&["explain", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take().unwrap());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    let status = child.wait().unwrap();
    assert_eq!((status.code(), said.as_str()), (Some(0), ""));
}

#[test]
fn help_shows_the_name_that_was_typed() {
    let folder = tempfile::tempdir().unwrap();
    let plugin = folder.path().join("kubectl-seawall");
    std::os::unix::fs::symlink(SEAWALL, &plugin).unwrap();
    let help = Command::new(&plugin).args(["explain", "--help"]).output().unwrap();
    let text = stdout(&help);
    assert!(text.contains("Usage: kubectl seawall explain"), "{text}");
    assert!(text.contains("\n  kubectl seawall explain privileged-container"), "{text}");
    assert!(!text.contains("  seawall "), "{text}");

    let alone = Command::new(&plugin).output().unwrap();
    assert!(stdout(&alone).contains("kubectl seawall scan"));
}

#[test]
fn a_full_disk_is_an_error_and_no_clean_result() {
    let full = || std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output = seawall(&["list"]).stdout(full()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(super::stderr(&output), "error: cannot write to standard output: no space is left\n");
}
