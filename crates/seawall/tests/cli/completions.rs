//! Completion in a real shell.

use std::process::Command;

use super::SEAWALL;

/// What bash offers for `line`, completed at its end.
fn bash_offers(line: &str) -> Vec<String> {
    let script = format!(
        r#"
        source <("$SEAWALL" completions bash)
        COMP_LINE={line:?}
        read -ra COMP_WORDS <<< "$COMP_LINE"
        [[ "$COMP_LINE" == *" " ]] && COMP_WORDS+=("")
        COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))
        COMP_POINT=${{#COMP_LINE}}
        COMP_TYPE=9
        _clap_complete_seawall seawall "${{COMP_WORDS[COMP_CWORD]}}" "${{COMP_WORDS[COMP_CWORD-1]}}"
        printf '%s\n' "${{COMPREPLY[@]}}"
        "#
    );
    let folder = std::path::Path::new(SEAWALL).parent().unwrap();
    let path = std::env::join_paths(
        std::iter::once(folder.to_path_buf())
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    )
    .unwrap();
    let output = Command::new("bash")
        .args(["--norc", "-c", &script])
        .env("SEAWALL", SEAWALL)
        .env("PATH", path)
        .output()
        .expect("bash runs; install it to test completions");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_and_names_of_checks() {
    assert_eq!(bash_offers("seawall expl"), ["explain"]);
    assert!(bash_offers("seawall explain privileged-c").contains(&"privileged-container".to_owned()));
    assert!(bash_offers("seawall explain SW10").contains(&"SW1001".to_owned()));
    assert_eq!(bash_offers("seawall list --domain workl"), ["workload"]);
}

#[test]
fn every_shell_gets_a_script() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = Command::new(SEAWALL).args(["completions", shell]).output().unwrap();
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && script.contains("seawall"), "{shell}");
        // The script calls the program by name, not by where it happened to be when the script was made.
        assert!(!script.contains(SEAWALL), "{shell}");
    }
}
