//! Reports: several at once, to standard output and to files.

use std::fs;

use super::inputs::{Folder, PRIVILEGED, UNPRIVILEGED};
use super::{seawall, stderr, stdout};

#[test]
fn each_report_is_what_it_would_be_alone() {
    let folder = Folder::with(&[("pod.yaml", PRIVILEGED), ("broken.yaml", "a: [\n")]);
    let formats = seawall(&["list", "formats", "-o", "json"]).output().unwrap();
    let formats: serde_json::Value = serde_json::from_slice(&formats.stdout).unwrap();
    let formats: Vec<&str> =
        formats.as_array().unwrap().iter().map(|format| format["name"].as_str().unwrap()).collect();
    assert!(formats.len() >= 4, "{formats:?}");
    let scan = |outputs: &[String]| {
        let mut command = seawall(&["scan", "pod.yaml", "broken.yaml"]);
        for output in outputs {
            command.args(["-o", output]);
        }
        let output = command.current_dir(folder.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        output
    };
    let files: Vec<String> = formats.iter().map(|format| format!("{format}=out/{format}")).collect();
    fs::create_dir(folder.at("out")).unwrap();
    let all = scan(&[&files[..], &["concise".to_owned()]].concat());
    assert_eq!(stdout(&all), stdout(&scan(&["concise".to_owned()])));
    for format in &formats {
        let alone = scan(&[(*format).to_owned()]);
        assert_eq!(
            fs::read_to_string(folder.at(&format!("out/{format}"))).unwrap(),
            stdout(&alone),
            "{format}"
        );
        assert!(stdout(&alone).contains("pod.yaml"), "{format}");
    }
    assert_eq!(fs::read_dir(folder.at("out")).unwrap().count(), formats.len());
}

#[test]
fn problems_are_told_once_wherever_reports_go() {
    let folder = Folder::with(&[("pod.yaml", UNPRIVILEGED), ("broken.yaml", "a: [\n")]);
    let cases: [(&[&str], bool, bool); 5] = [
        (&["-o", "terminal"], true, false),
        (&["-o", "concise"], true, false),
        (&["-o", "json"], true, true),
        (&["-o", "json=out.json"], false, true),
        (&["-o", "json=out.json", "-q"], false, false),
    ];
    for (flags, on_stdout, on_stderr) in cases {
        let output = seawall(&["scan", "pod.yaml", "broken.yaml"])
            .args(flags)
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert_eq!(stdout(&output).contains("broken.yaml"), on_stdout, "{flags:?}");
        assert_eq!(stderr(&output).contains("broken.yaml:"), on_stderr, "{flags:?} {}", stderr(&output));
        assert_eq!(output.status.code(), Some(4), "{flags:?}");
    }
}

#[test]
fn a_report_that_cannot_be_written_is_an_error_that_names_it() {
    let folder = Folder::with(&[("pod.yaml", UNPRIVILEGED), ("kept.json", "kept")]);
    let cases: [(&[&str], &str); 4] = [
        (&["-o", "json=no/such/out.json"], "cannot write no/such/out.json"),
        (&["-o", "json=."], "cannot write .: it is a folder"),
        (&["-o", "json="], "a file is expected behind `=`"),
        (&["-o", "json=a", "-o", "concise=a"], "two reports would be written to a"),
    ];
    for (flags, says) in cases {
        let output = seawall(&["scan", "pod.yaml"]).args(flags).current_dir(folder.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{flags:?}");
        assert!(stderr(&output).contains(says), "{flags:?}: {}", stderr(&output));
    }
    // What was there before a run that could not begin is still there.
    let output = seawall(&["scan", "pod.yaml", "--select", "nonesuch", "-o", "json=kept.json"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read_to_string(folder.at("kept.json")).unwrap(), "kept");
}

#[test]
fn a_configured_output_holds_until_a_flag_says_otherwise() {
    let folder =
        Folder::with(&[("pod.yaml", PRIVILEGED), ("seawall.yaml", "output: [concise, json=out.json]\n")]);
    let scan = |flags: &[&str]| {
        let output = seawall(&["scan"]).args(flags).current_dir(folder.path()).output().unwrap();
        (stdout(&output).to_owned(), folder.at("out.json").exists())
    };
    let (flagged, written) = scan(&["-o", "json"]);
    assert!(flagged.starts_with('{') && !written, "{flagged}");
    let (configured, written) = scan(&[]);
    assert!(configured.starts_with("pod.yaml:") && written, "{configured}");
}
