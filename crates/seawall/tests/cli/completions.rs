//! Completion in a real shell.

use std::os::unix::fs::symlink;
use std::process::Command;

use seawall_rig::Tool;

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

/// A kubeconfig of two clusters that do not answer.
const KUBECONFIG: &str = "\
apiVersion: v1
kind: Config
current-context: prod
contexts:
  - {name: prod, context: {cluster: a, user: alice}}
  - {name: preview, context: {cluster: a, user: bob}}
clusters: [{name: a, cluster: {server: 'https://127.0.0.1:9'}}]
users: [{name: alice, user: {token: t}}, {name: bob, user: {token: t}}]
";

/// What the real kubectl offers for `kubectl seawall WORDS`, completed at its end, and what it tells the shell to do besides.
fn kubectl_offers(words: &[&str]) -> (Vec<String>, String) {
    let folder = tempfile::tempdir().unwrap();
    for name in ["kubectl-seawall", "kubectl_complete-seawall"] {
        symlink(SEAWALL, folder.path().join(name)).unwrap();
    }
    let kubeconfig = folder.path().join("config");
    std::fs::write(&kubeconfig, KUBECONFIG).unwrap();
    let output = Command::new(seawall_rig::tool(Tool::Kubectl).unwrap())
        .args(["__complete", "seawall"])
        .args(words)
        .env("PATH", folder.path())
        .env("HOME", folder.path())
        .env("KUBECONFIG", kubeconfig)
        .current_dir(folder.path())
        .output()
        .unwrap();
    let offered = String::from_utf8(output.stdout).unwrap();
    let mut lines: Vec<&str> = offered.lines().collect();
    let directive = lines.pop().unwrap_or_default().to_owned();
    (lines.into_iter().map(|line| line.split('\t').next().unwrap().to_owned()).collect(), directive)
}

#[test]
fn kubectl_completes_the_plugin() {
    let (offered, directive) = kubectl_offers(&["expl"]);
    assert_eq!((offered, &*directive), (vec!["explain".to_owned()], ":4"));
    assert_eq!(kubectl_offers(&["scan", "--cluster", "--context", "p"]).0, ["prod", "preview"]);
    assert_eq!(kubectl_offers(&["cluster", "doctor", "--context", "p"]).0, ["prod", "preview"]);
    assert_eq!(kubectl_offers(&["scan", "--cluster", "--user", ""]).0, ["alice", "bob"]);
    assert!(kubectl_offers(&["scan", "--as-"]).0.contains(&"--as-group".to_owned()));
    // A path goes on where a folder ends.
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("deploy")).unwrap();
    let path = format!("{}/dep", folder.path().display());
    let (offered, directive) = kubectl_offers(&["scan", &path]);
    assert_eq!((offered, &*directive), (vec![format!("{path}loy/")], ":6"));
}

#[test]
fn namespaces_are_those_of_the_cluster() {
    let server = seawall_rig::ApiServer::start().unwrap();
    for name in ["shop", "shipping", "bank"] {
        server.kubectl(&["create", "namespace", name], "").unwrap();
    }
    let kubeconfig = server.kubeconfig("admin").unwrap();
    for command in ["scan --cluster", "cluster doctor"] {
        let line = format!("seawall {command} --kubeconfig {} -n sh", kubeconfig.display());
        let mut offered = bash_offers(&line);
        offered.sort();
        assert_eq!(offered, ["shipping", "shop"]);
    }
}
