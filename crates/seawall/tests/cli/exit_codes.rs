//! Each exit code, and what is said with it.

use super::inputs::{Folder, PRIVILEGED, UNPRIVILEGED};
use super::{seawall, stderr};

/// A run in a folder that holds `bad.yaml`, `good.yaml`, `broken.yaml`, `other/package.json` and `empty/`.
struct Case {
    arguments: &'static [&'static str],
    code: i32,
    /// Parts of what standard error says.
    says: &'static [&'static str],
}

const fn case(arguments: &'static [&'static str], code: i32, says: &'static [&'static str]) -> Case {
    Case { arguments, code, says }
}

const CASES: &[Case] = &[
    // Clean, or below --fail-on.
    case(&["scan", "good.yaml"], 0, &[]),
    case(&["scan", "bad.yaml", "--fail-on", "never"], 0, &[]),
    case(&["scan", "bad.yaml", "--ignore", "privileged-container", "--extend-select", "SW1002"], 0, &[]),
    // Findings, also when something could not be read.
    case(&["scan", "bad.yaml"], 1, &[]),
    case(&["scan", "bad.yaml", "--fail-on", "critical"], 1, &[]),
    case(&["scan", "bad.yaml", "broken.yaml"], 1, &[]),
    case(&["scan", "bad.yaml", "nowhere"], 1, &[]),
    // A level of the Pod Security Standards is kept or not, however mild the finding.
    case(&["scan", "good.yaml", "--pss", "baseline"], 0, &[]),
    case(&["scan", "good.yaml", "--pss", "restricted"], 1, &[]),
    case(&["scan", "good.yaml", "--pss", "restricted", "--fail-on", "high"], 0, &[]),
    // Usage and configuration.
    case(&["scna"], 2, &["unrecognized subcommand 'scna'", "'scan'"]),
    case(&["scan", "--slect", "SW1001"], 2, &["--slect", "'--select'"]),
    case(
        &["scan", "--select", "priviledged-container"],
        2,
        &["--select", "did you mean `privileged-container`?"],
    ),
    case(&["scan", "--ignore", "worklod"], 2, &["--ignore", "did you mean `workload`?"]),
    case(&["scan", "--profile", "strct"], 2, &["did you mean `strict`?"]),
    case(&["scan", "--profile", "strict", "--pss", "baseline"], 2, &["--pss"]),
    case(&["scan", "--pss", "baseline:v1.99"], 2, &["--pss", "baseline:v1.99"]),
    case(&["scan", "--fail-on", "hihg"], 2, &["did you mean `high`?"]),
    case(&["scan", "--kubernetes-version", "1.99"], 2, &["1.99"]),
    case(&["scan", "--threads", "0"], 2, &["--threads"]),
    case(&["scan", "--exclude", "[z-a]"], 2, &["--exclude", "`[z-a]` is not a pattern"]),
    case(&["scan", "--set", "novalue"], 2, &["--set", "key=value"]),
    case(&["scan", "--helm-timeout", "soon"], 2, &["--helm-timeout", "90s"]),
    case(&["scan", "-", "-"], 2, &["standard input, which can be read only once"]),
    case(&["scan", "--config", "nowhere.yaml"], 2, &["cannot read the configuration nowhere.yaml"]),
    case(
        &["scan", "--config", "wrong-config.yaml"],
        2,
        &["wrong-config.yaml:1:1", "did you mean `profile`?"],
    ),
    case(&["config", "check", "wrong-config.yaml"], 2, &["wrong-config.yaml:1:1", "did you mean `profile`?"]),
    case(&["config", "check"], 2, &["no seawall.yaml", "seawall config init"]),
    case(&["config", "init", "good.yaml"], 2, &["good.yaml is there already", "--force"]),
    case(&["explain", "host-netwrok"], 2, &["there is no check `host-netwrok`"]),
    case(&["list", "chekcs"], 2, &["'checks'"]),
    case(&["list", "--domain", "netwrok"], 2, &["did you mean `network`?"]),
    case(&["list", "--tag", "nonesuch"], 2, &["no check has the tag `nonesuch`"]),
    case(&["completions", "bsh"], 2, &["'bash'"]),
    case(&["man", "good.yaml"], 2, &["cannot write manual pages into good.yaml"]),
    case(
        &["config", "init", "nowhere/seawall.yaml"],
        2,
        &["cannot write nowhere/seawall.yaml: there is no such"],
    ),
    case(&["explain", "\u{1b}[31mred"], 2, &["there is no check `\\u{1b}[31mred`"]),
    // Nothing was scanned.
    case(&["scan", "empty"], 3, &[]),
    case(&["scan", "other"], 3, &[]),
    case(&["scan", "nowhere", "--allow-incomplete"], 3, &[]),
    // Incomplete.
    case(&["scan", "nowhere"], 4, &[]),
    case(&["scan", "good.yaml", "nowhere"], 4, &[]),
    case(&["scan", "good.yaml", "broken.yaml"], 4, &[]),
    case(&["scan", "good.yaml", "broken.yaml", "--allow-incomplete"], 0, &[]),
    // Help and the like.
    case(&[], 0, &[]),
    case(&["--help"], 0, &[]),
    case(&["help", "scan"], 0, &[]),
    case(&["scan", "--help"], 0, &[]),
    case(&["--version"], 0, &[]),
];

fn folder() -> Folder {
    let folder = Folder::with(&[
        ("bad.yaml", PRIVILEGED),
        ("good.yaml", UNPRIVILEGED),
        ("broken.yaml", "apiVersion: v1\nkind: Pod\nmetadata: [\n"),
        ("other/package.json", "{\"name\": \"x\"}\n"),
        ("wrong-config.yaml", "profle: strict\n"),
    ]);
    std::fs::create_dir(folder.at("empty")).unwrap();
    folder
}

#[test]
fn every_case_ends_with_its_code_and_says_why() {
    let folder = folder();
    for Case { arguments, code, says } in CASES {
        let mut command = seawall(arguments);
        // What other checks would find is not the point here.
        let selects = ["--extend-select", "--pss"].iter().any(|flag| arguments.contains(flag));
        let narrow = arguments.first() == Some(&"scan") && *code != 2 && !selects;
        if narrow {
            command.args(["--select", "privileged-container"]);
        }
        let output = command.current_dir(folder.path()).output().unwrap();
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(*code), "{arguments:?} said {said}");
        for part in *says {
            assert!(said.contains(part), "{arguments:?} said {said} and not {part}");
        }
        // Who reads a usage error knows where; a panic or a backtrace is never it.
        assert!(!said.contains("panicked"), "{arguments:?} said {said}");
        if *code == 2 {
            assert!(said.starts_with("error: "), "{arguments:?} said {said}");
            assert!(
                output.stdout.is_empty(),
                "{arguments:?} wrote {}",
                String::from_utf8_lossy(&output.stdout)
            );
        }
    }
}

#[test]
fn every_code_is_met_and_documented() {
    let help = seawall(&["--help"]).output().unwrap();
    let help = super::stdout(&help);
    for code in 0..=4 {
        assert!(CASES.iter().any(|case| case.code == code), "{code}");
        assert!(help.contains(&format!("\n  {code}  ")), "{code}: {help}");
    }
}
