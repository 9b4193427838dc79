//! Kubernetes' own fixtures: `{baseline,restricted}/v1.N/{pass,fail}/CONTROLn.yaml`, each a pod that violates the control of
//! its name, or none at all.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use seawall_engine::Plan;
use seawall_inventory::KubernetesVersion;
use seawall_rig::PodSecurityQuestion;

use crate::judge::{self, LEVELS, violated};

#[test]
fn fixtures_of_the_corpus() {
    let verdicts = judge_all(&seawall_rig::corpus().unwrap().join("pss"));
    println!("{} of {} fixtures", verdicts.judged - verdicts.wrong.len(), verdicts.judged);
    assert!(verdicts.judged > 3_000, "only {} fixtures in the corpus", verdicts.judged);
    assert!(verdicts.wrong.is_empty(), "{}", verdicts.wrong.join("\n"));
}

#[test]
fn fixtures_of_all_versions() {
    let verdicts = judge_all(&seawall_rig::pod_security_fixtures().unwrap());
    println!("{} of {} fixtures", verdicts.judged - verdicts.wrong.len(), verdicts.judged);
    assert_eq!(verdicts.versions, judge::versions().collect(), "versions with fixtures");
    assert!(verdicts.wrong.is_empty(), "{}", verdicts.wrong.join("\n"));
}

#[derive(Default)]
struct Verdicts {
    judged: usize,
    versions: BTreeSet<KubernetesVersion>,
    wrong: Vec<String>,
}

fn judge_all(root: &Path) -> Verdicts {
    let mut oracle = seawall_rig::pod_security_oracle().unwrap();
    let mut verdicts = Verdicts::default();
    for level in LEVELS {
        for folder in entries(&root.join(level.name())) {
            let version: KubernetesVersion = name(&folder).parse().unwrap();
            verdicts.versions.insert(version);
            let plan = judge::plan(level, version);
            let files: Vec<PathBuf> =
                ["pass", "fail"].iter().flat_map(|verdict| entries(&folder.join(verdict))).collect();
            let pods: Vec<String> = files.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
            let question = |pod: &String| PodSecurityQuestion {
                level: level.name(),
                version: version.to_string(),
                pod: pod.as_str().into(),
            };
            let answers = oracle.ask(&pods.iter().map(question).collect::<Vec<_>>()).unwrap();
            for ((path, pod), answer) in files.iter().zip(&pods).zip(answers) {
                let found = violated(&plan, pod.as_bytes());
                verdicts.judged += 1;
                let complaint = complaint(path, &plan, &found, &answer.unwrap().into_iter().collect());
                verdicts.wrong.extend(complaint.map(|text| format!("{}: {text}", path.display())));
            }
        }
    }
    verdicts
}

/// What is wrong with the controls `found` in the fixture at `path`. The folder and the name say whether the pod is to fail, and by
/// which control; Kubernetes' own code, which controls it violates in all: some fixtures cannot help violating a second one.
fn complaint(
    path: &Path,
    plan: &Plan,
    found: &BTreeSet<&str>,
    kubernetes: &BTreeSet<String>,
) -> Option<String> {
    let fails = name(path.parent().unwrap()) == "fail";
    if fails && !found.contains(control_of(path, plan)) {
        return Some(format!("passes {}, found {found:?}", control_of(path, plan)));
    }
    if !fails && !found.is_empty() {
        return Some(format!("to pass, found {found:?}"));
    }
    let same = found.iter().copied().eq(kubernetes.iter().map(String::as_str));
    (!same).then(|| format!("Kubernetes finds {kubernetes:?}, Seawall {found:?}"))
}

/// The control that a file is named after, or the demanded one that takes its place.
fn control_of(path: &Path, plan: &Plan) -> &'static str {
    let file = name(path);
    let named = file.trim_end_matches(".yaml").trim_end_matches(|c: char| c.is_ascii_digit());
    let demanded = || plan.checks.iter().filter_map(|check| check.meta.pss);
    let is_named = |control: &&str| control.to_lowercase() == named;
    let itself = demanded().find(|pss| is_named(&pss.control));
    let in_its_place = demanded().find(|pss| pss.overrides.iter().any(is_named));
    itself.or(in_its_place).unwrap_or_else(|| panic!("{}: no control of this name", path.display())).control
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}
