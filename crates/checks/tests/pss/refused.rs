//! Whether a namespace refuses a pod, decided by its labels: on Kubernetes' own fixtures, whose folder says what is to come out, and by
//! Kubernetes' own code, which says which controls it is.

use std::fs;

use seawall_checks::{Settings, Subject};
use seawall_finding::Verdict;
use seawall_rig::PodSecurityQuestion;

use crate::judge::LEVELS;
use crate::text::snapshot;

#[test]
fn a_namespace_refuses_what_kubernetes_refuses() {
    let check =
        seawall_checks::all().into_iter().find(|check| check.meta.name == "refused-by-pod-security").unwrap();
    let root = seawall_rig::pod_security_fixtures().unwrap();
    let mut oracle = seawall_rig::pod_security_oracle().unwrap();
    let (mut judged, mut wrong) = (0, Vec::new());
    for file in seawall_rig::files_below(&root, &["yaml"]).unwrap() {
        let parts: Vec<&str> =
            file.strip_prefix(&root).unwrap().iter().map(|part| part.to_str().unwrap()).collect();
        let [own_level, version, _, _] = parts[..] else { panic!("{}", file.display()) };
        let pod = fs::read_to_string(&file).unwrap();
        for level in LEVELS {
            let question = PodSecurityQuestion {
                level: level.name(),
                version: version.to_owned(),
                pod: pod.as_str().into(),
            };
            let kubernetes = oracle.ask(&[question]).unwrap().remove(0).unwrap();
            let text = format!(
                "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n  labels:\n    pod-security.kubernetes.io/enforce: {level}\n    \
                 pod-security.kubernetes.io/enforce-version: {version}\n---\n{}",
                pod.replacen("metadata:\n", "metadata:\n  namespace: a\n", 1)
            );
            let snapshot = snapshot(&text);
            assert_eq!(snapshot.objects[1].metadata.namespace, "a", "{text}");
            let outcome = check.on_object(&Subject::new(&snapshot, 1).unwrap(), &Settings::default());
            let told = outcome.findings.first().map_or("", |finding| finding.message.as_ref());
            let list = told.split_once("forbids ").map(|(_, list)| list.split(", "));
            let mut controls: Vec<&str> = list.into_iter().flatten().collect();
            controls.sort_unstable();
            let mut expected: Vec<&str> = kubernetes.iter().map(String::as_str).collect();
            expected.sort_unstable();
            let verdict = if expected.is_empty() { Verdict::Pass } else { Verdict::Fail };
            judged += 1;
            if outcome.verdict != verdict || controls != expected {
                wrong.push(format!(
                    "{own_level} {} held to {level}: {controls:?} for {expected:?}",
                    file.display()
                ));
            }
        }
    }
    assert!(judged > 2 * 3_000, "only {judged} pods");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
