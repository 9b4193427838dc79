//! What the repository offers to others: the hooks of .pre-commit-hooks.yaml and the action of action.yml.
//!
//! Their real hosts (pre-commit, a runner of GitHub) are not needed: the hooks' entries and the action's shell steps are run as the
//! hosts would, on a repository made for the test.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use seawall_yaml::{Document, Limits, Node};

use super::inputs::{Folder, PRIVILEGED, UNPRIVILEGED};
use super::{SEAWALL, stderr, stdout};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A YAML file of the repository.
fn document(path: &str) -> Document {
    let text = std::fs::read(root().join(path)).unwrap();
    let stream = seawall_yaml::parse(&text, &Limits::default());
    assert!(stream.problems.is_empty(), "{path}: {:?}", stream.problems);
    stream.documents.into_iter().next().unwrap()
}

fn text<'t>(node: Node<'t>, key: &str) -> &'t str {
    node.get(key).and_then(|value| value.as_str()).unwrap_or_else(|| panic!("`{key}` is missing"))
}

/// PATH with the program in front, and with what `folder` holds before that.
fn path(folder: &Folder) -> OsString {
    let program = Path::new(SEAWALL).parent().unwrap().to_path_buf();
    let inherited = std::env::var_os("PATH").unwrap();
    let folders = [folder.at("bin"), program].into_iter().chain(std::env::split_paths(&inherited));
    std::env::join_paths(folders).unwrap()
}

#[test]
fn the_manifest_of_hooks_is_what_pre_commit_reads() {
    let manifest = document(".pre-commit-hooks.yaml");
    let mut ids = Vec::new();
    for hook in manifest.root().items() {
        ids.push(text(hook, "id"));
        assert!(!text(hook, "name").is_empty());
        assert!(["script", "system"].contains(&text(hook, "language")));
        assert_eq!(hook.get("pass_filenames").and_then(|value| value.as_bool()), Some(false));
        // pre-commit searches with Python's `re`; this pattern means the same to a reader of suffixes.
        assert_eq!(text(hook, "files"), r"\.(ya?ml|json|tpl)$");
        // Everything that the entry says is understood by the program it starts.
        assert!(!text(hook, "entry").is_empty());
    }
    assert_eq!(ids, ["seawall", "seawall-system"]);
}

#[test]
fn hooks_fail_a_commit_with_a_finding_and_pass_one_without() {
    for (id, entry) in hooks() {
        for (pod, code) in [(PRIVILEGED, 1), (UNPRIVILEGED, 0)] {
            let folder = Folder::with(&[("pod.yaml", pod)]);
            // The hook that builds: cargo has "built" the program under test.
            folder.script("bin/cargo", "printf '%s\\n' \"$@\" > \"$CARGO_TARGET_DIR/arguments\"");
            std::fs::create_dir_all(folder.at("target/release")).unwrap();
            std::os::unix::fs::symlink(SEAWALL, folder.at("target/release/seawall")).unwrap();
            let mut words = entry.iter();
            let output = Command::new(words.next().unwrap())
                .args(words)
                .args(["--select", "privileged-container", "pod.yaml"])
                .current_dir(folder.path())
                .env("PATH", path(&folder))
                .env("CARGO_TARGET_DIR", folder.at("target"))
                .output()
                .unwrap();
            assert_eq!(output.status.code(), Some(code), "{id}: {}{}", stdout(&output), stderr(&output));
            assert_eq!(stdout(&output).contains("pod.yaml:10:"), code == 1, "{id}: {}", stdout(&output));
            if id == "seawall" {
                let arguments = std::fs::read_to_string(folder.at("target/arguments")).unwrap();
                let manifest = root().join("Cargo.toml");
                assert!(
                    arguments.ends_with(&format!("--manifest-path\n{}\n", manifest.display())),
                    "{arguments}"
                );
            }
        }
    }
}

/// As krew's release bot does: tag, address and digest.
#[test]
fn the_manifest_of_krew_is_one_when_a_release_has_filled_it_in() {
    let template =
        std::fs::read_to_string(root().join(".krew.yaml")).unwrap().replace("{{ .TagName }}", "v0.1.0");
    let mut filled = String::new();
    for line in template.lines() {
        match line.split_once("{{addURIAndSha ") {
            Some((indent, call)) => {
                let address = call.split('"').nth(1).unwrap();
                filled += &format!("{indent}uri: {address}\n{indent}sha256: {}\n", "a".repeat(64));
            }
            None => filled += &format!("{line}\n"),
        }
    }
    let stream = seawall_yaml::parse(filled.as_bytes(), &Limits::default());
    assert!(stream.problems.is_empty() && stream.documents.len() == 1, "{:?}", stream.problems);
    let manifest = stream.documents[0].root();
    assert_eq!(text(manifest.get("metadata").unwrap(), "name"), "seawall");
    let spec = manifest.get("spec").unwrap();
    assert_eq!(text(spec, "version"), "v0.1.0");
    // Longer ones are cut off in `kubectl krew search` (krew's guide for plugins).
    assert!(text(spec, "shortDescription").len() <= 50);
    for platform in spec.get("platforms").unwrap().items() {
        let labels = platform.get("selector").and_then(|selector| selector.get("matchLabels")).unwrap();
        let program = if text(labels, "os") == "windows" { "seawall.exe" } else { "seawall" };
        assert_eq!(text(platform, "bin"), program);
        let address = text(platform, "uri");
        assert!(address.contains(text(labels, "os")) && address.contains(text(labels, "arch")), "{address}");
        assert_eq!(text(platform, "sha256").len(), 64);
    }
}

/// Each hook and the words of its entry; a script is named from the root of the repository.
fn hooks() -> Vec<(String, Vec<String>)> {
    let manifest = document(".pre-commit-hooks.yaml");
    manifest
        .root()
        .items()
        .map(|hook| {
            let mut words: Vec<String> = text(hook, "entry").split(' ').map(str::to_owned).collect();
            if text(hook, "language") == "script" {
                words[0] = root().join(&words[0]).display().to_string();
            }
            (text(hook, "id").to_owned(), words)
        })
        .collect()
}

/// What a run of the action left.
struct Ran {
    outputs: BTreeMap<String, String>,
    summary: String,
    stdout: String,
    /// Exit code of the last step that ran.
    code: Option<i32>,
}

/// Runs the shell steps of action.yml in a workspace, with inputs that differ from their defaults.
fn act(workspace: &Folder, inputs: &[(&str, &str)]) -> Ran {
    let action = document("action.yml");
    let runs = action.root().get("runs").unwrap();
    assert_eq!(text(runs, "using"), "composite");
    let given: BTreeMap<&str, &str> = inputs.iter().copied().collect();
    let mut values: BTreeMap<String, String> = action
        .root()
        .get("inputs")
        .unwrap()
        .entries()
        .map(|(name, _, input)| {
            let value = given.get(name).copied().unwrap_or_else(|| text(input, "default"));
            (format!("inputs.{name}"), value.to_owned())
        })
        .collect();
    values.insert("github.action_path".to_owned(), root().display().to_string());
    let runner = Folder::with(&[("summary", "")]);
    let mut ran = Ran { outputs: BTreeMap::new(), summary: String::new(), stdout: String::new(), code: None };
    for step in runs.get("steps").unwrap().items() {
        let Some(script) = step.get("run").and_then(|run| run.as_str()) else { continue };
        assert_eq!(text(step, "shell"), "bash");
        assert!(!script.contains("${{"), "an expression in a script is how inputs become commands: {script}");
        let outputs = runner.at("outputs");
        std::fs::write(&outputs, "").unwrap();
        let mut command = Command::new("bash");
        // As runners start it: https://docs.github.com/actions, "defaults.run.shell".
        command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script]);
        for (name, _, value) in step.get("env").unwrap().entries() {
            command.env(name, expanded(value.as_str().unwrap(), &values));
        }
        let output = command
            .current_dir(workspace.path())
            .env("GITHUB_OUTPUT", &outputs)
            .env("GITHUB_STEP_SUMMARY", runner.at("summary"))
            .env("RUNNER_TEMP", runner.path())
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        ran.stdout.push_str(stdout(&output));
        for line in std::fs::read_to_string(&outputs).unwrap().lines() {
            let (name, value) = line.split_once('=').unwrap();
            ran.outputs.insert(name.to_owned(), value.to_owned());
            if let Some(id) = step.get("id").and_then(|id| id.as_str()) {
                values.insert(format!("steps.{id}.outputs.{name}"), value.to_owned());
            }
        }
        ran.code = output.status.code();
        if !output.status.success() {
            break;
        }
    }
    ran.summary = std::fs::read_to_string(runner.at("summary")).unwrap();
    ran
}

/// `${{ name }}` with what it stands for.
fn expanded(value: &str, values: &BTreeMap<String, String>) -> String {
    let Some((before, rest)) = value.split_once("${{") else { return value.to_owned() };
    let (name, after) = rest.split_once("}}").unwrap();
    let name = name.trim();
    let known = values.get(name).unwrap_or_else(|| panic!("action.yml uses `{name}`, which nothing sets"));
    format!("{before}{known}{}", expanded(after, values))
}

const NARROW: (&str, &str) = ("args", "--select\nprivileged-container");

type Inputs = &'static [(&'static str, &'static str)];

#[test]
fn the_action_reports_and_fails_by_its_inputs() {
    let cases: [(&str, Inputs, i32); 5] = [
        (PRIVILEGED, &[], 1),
        (PRIVILEGED, &[("fail-on", "never")], 0),
        (UNPRIVILEGED, &[], 0),
        (UNPRIVILEGED, &[("paths", "deploy\nno such folder")], 4),
        (PRIVILEGED, &[("fail-on", "hihg")], 2),
    ];
    for (pod, inputs, code) in cases {
        let workspace = Folder::with(&[("deploy/pod.yaml", pod)]);
        let ran = act(&workspace, &[&[("seawall", SEAWALL), NARROW], inputs].concat());
        assert_eq!(ran.code, Some(code), "{inputs:?}: {}", ran.stdout);
        assert_eq!(ran.outputs["exit-code"], code.to_string(), "{inputs:?}");
        if code == 2 {
            assert!(!ran.outputs.contains_key("sarif"), "{inputs:?}");
            continue;
        }
        let sarif = std::fs::read(workspace.at(&ran.outputs["sarif"])).unwrap();
        let sarif: serde_json::Value = serde_json::from_slice(&sarif).unwrap();
        let results = sarif["runs"][0]["results"].as_array().unwrap().len();
        assert_eq!(results, usize::from(pod == PRIVILEGED), "{inputs:?}");
        assert_eq!(ran.summary.contains("privileged-container"), pod == PRIVILEGED, "{}", ran.summary);
        assert_eq!(ran.stdout.contains("::error file=deploy/pod.yaml,"), pod == PRIVILEGED, "{}", ran.stdout);
    }
}

#[test]
fn inputs_of_the_action_are_data_and_not_commands() {
    let workspace = Folder::with(&[("deploy/pod.yaml", UNPRIVILEGED)]);
    let evil = "deploy; touch pwned\n$(touch pwned)\n`touch pwned`\n--output=json=pwned";
    let ran =
        act(&workspace, &[("seawall", SEAWALL), NARROW, ("paths", evil), ("fail-on", "$(touch pwned)")]);
    assert_eq!(ran.code, Some(2), "{}", ran.stdout);
    let ran = act(&workspace, &[("seawall", SEAWALL), NARROW, ("paths", evil)]);
    assert_eq!(ran.code, Some(4), "{}", ran.stdout);
    assert!(!workspace.at("pwned").exists());
}

#[test]
fn the_action_builds_its_own_revision_when_no_program_is_given() {
    let workspace = Folder::with(&[("pod.yaml", UNPRIVILEGED)]);
    let tools = Folder::with(&[]);
    // A cargo that "builds" the program under test.
    let script = format!(
        "mkdir -p \"$CARGO_TARGET_DIR/release\"; ln -sf '{SEAWALL}' \"$CARGO_TARGET_DIR/release/seawall\""
    );
    tools.script("bin/cargo", &format!("printf '%s\\n' \"$*\" > '{}'\n{script}", tools.at("said").display()));
    let action = document("action.yml");
    let build = action.root().get("runs").unwrap().get("steps").unwrap().items().next().unwrap();
    let output: Output = Command::new("bash")
        .args(["-eo", "pipefail", "-c", text(build, "run")])
        .env("PATH", path(&tools))
        .env("SEAWALL_GIVEN", "")
        .env("ACTION_PATH", root())
        .env("RUNNER_TEMP", tools.path())
        .env_remove("RUNNER_TOOL_CACHE")
        .env("GITHUB_OUTPUT", tools.at("outputs"))
        .current_dir(workspace.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let said = std::fs::read_to_string(tools.at("said")).unwrap();
    assert!(
        said.contains("build") && said.contains("--locked") && said.contains("--package seawall"),
        "{said}"
    );
    let outputs = std::fs::read_to_string(tools.at("outputs")).unwrap();
    let built = outputs.trim().strip_prefix("seawall=").unwrap();
    assert!(Command::new(built).arg("version").output().unwrap().status.success());
}
