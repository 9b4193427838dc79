//! One cause gives one finding: what the Pod Security Standards checks say about a pod in the strict profile, where all of
//! them run.

#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

mod text;

use seawall_engine::{Config, Report, Selection};
use seawall_finding::{Profile, Verdict};
use serde_json::{Value, json};
use text::snapshot;

/// A pod that meets the restricted level, with two containers.
fn hardened() -> Value {
    let container = |name: &str| {
        json!({
            "name": name,
            "image": "registry.example/app:1.0",
            "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}},
        })
    };
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "pod"},
        "spec": {
            "securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [container("app"), container("proxy")],
        },
    })
}

/// What is changed in the hardened pod (JSON pointer and value; `null` takes the field away), and what is found.
type Row = (&'static [(&'static str, &'static str)], &'static [&'static str]);

const ROWS: &[Row] = &[
    (&[], &[]),
    // Everything else that is said about a privileged container is how privileged containers are.
    (
        &[("/spec/containers/0/securityContext", r#"{"privileged": true}"#)],
        &["critical SW1001 spec.containers[0].securityContext.privileged"],
    ),
    (
        &[(
            "/spec/containers/0/securityContext",
            r#"{"privileged": true, "procMount": "Unmasked", "capabilities": {"add": ["ALL", "CHOWN"]},
                "seccompProfile": {"type": "Unconfined"}, "appArmorProfile": {"type": "Unconfined"},
                "seLinuxOptions": {"type": "spc_t"}}"#,
        )],
        &["critical SW1001 spec.containers[0].securityContext.privileged"],
    ),
    // A profile that all miss is missing once, at the pod; from a privileged container it is not missing.
    (
        &[("/spec/securityContext/seccompProfile", "null")],
        &["low SW1020 spec.securityContext.seccompProfile"],
    ),
    (
        &[
            ("/spec/securityContext/seccompProfile", "null"),
            ("/spec/containers/0/securityContext", r#"{"privileged": true}"#),
        ],
        &[
            "critical SW1001 spec.containers[0].securityContext.privileged",
            "low SW1020 spec.securityContext.seccompProfile",
        ],
    ),
    (
        &[("/spec/securityContext/seccompProfile/type", r#""Unconfined""#)],
        &["medium SW1012 spec.securityContext.seccompProfile.type"],
    ),
    // Who is root, may be root, or is not kept from being root.
    (&[("/spec/securityContext/runAsNonRoot", "null")], &["medium SW1018 spec.securityContext.runAsNonRoot"]),
    (
        &[("/spec/securityContext/runAsNonRoot", "false")],
        &["medium SW1018 spec.securityContext.runAsNonRoot"],
    ),
    (
        &[("/spec/containers/1/securityContext/runAsNonRoot", "false")],
        &["medium SW1018 spec.containers[1].securityContext.runAsNonRoot"],
    ),
    (
        &[("/spec/securityContext/runAsNonRoot", "null"), ("/spec/securityContext/runAsUser", "0")],
        &["medium SW1019 spec.securityContext.runAsUser"],
    ),
    (
        &[
            ("/spec/securityContext/runAsNonRoot", "null"),
            ("/spec/containers/0/securityContext/runAsUser", "0"),
        ],
        &[
            "medium SW1018 spec.securityContext.runAsNonRoot",
            "medium SW1019 spec.containers[0].securityContext.runAsUser",
        ],
    ),
    (
        &[("/spec/securityContext/runAsNonRoot", "null"), ("/spec/securityContext/runAsUser", "10001")],
        &["low SW1090 spec.securityContext.runAsNonRoot"],
    ),
    (
        &[
            ("/spec/securityContext/runAsNonRoot", "null"),
            ("/spec/securityContext/runAsUser", "0"),
            ("/spec/hostUsers", "false"),
        ],
        &[],
    ),
    // A capability is told once, and as bad as it is there.
    (
        &[("/spec/containers/0/securityContext/capabilities/add", r#"["SYS_ADMIN", "CHOWN"]"#)],
        &[
            "critical SW1008 spec.containers[0].securityContext.capabilities.add[0]",
            "low SW1022 spec.containers[0].securityContext.capabilities.add[1]",
        ],
    ),
    (
        &[
            ("/spec/containers/0/securityContext/capabilities/add", r#"["SYS_ADMIN"]"#),
            ("/spec/hostUsers", "false"),
        ],
        &["medium SW1008 spec.containers[0].securityContext.capabilities.add[0]"],
    ),
    (
        &[
            ("/spec/containers/0/securityContext/capabilities/add", r#"["SYS_PTRACE", "NET_ADMIN"]"#),
            ("/spec/hostPID", "true"),
        ],
        &[
            "critical SW1008 spec.containers[0].securityContext.capabilities.add[0]",
            "high SW1003 spec.hostPID",
            "medium SW1008 spec.containers[0].securityContext.capabilities.add[1]",
        ],
    ),
    // In the host's network the port of the container is the port of the node.
    (
        &[
            ("/spec/hostNetwork", "true"),
            ("/spec/containers/0/ports", r#"[{"containerPort": 80, "hostPort": 80}]"#),
        ],
        &["high SW1002 spec.hostNetwork"],
    ),
    (
        &[(
            "/spec/containers/0/ports",
            r#"[{"hostPort": 80}, {"hostPort": 81, "hostIP": "127.0.0.1"}, {"hostPort": 0}]"#,
        )],
        &[
            "low SW1006 spec.containers[0].ports[1].hostPort",
            "medium SW1006 spec.containers[0].ports[0].hostPort",
        ],
    ),
    (
        &[("/spec/volumes", r#"[{"name": "a", "hostPath": {"path": "/srv"}}, {"name": "b", "nfs": {}}]"#)],
        &["low SW1016 spec.volumes[1].nfs", "medium SW1005 spec.volumes[0].hostPath"],
    ),
    (
        &[("/spec/containers/0/securityContext/procMount", r#""Unmasked""#)],
        &["high SW1011 spec.containers[0].securityContext.procMount"],
    ),
    (
        &[("/spec/containers/0/securityContext/procMount", r#""Unmasked""#), ("/spec/hostUsers", "false")],
        &["low SW1015 spec.containers[0].securityContext.procMount"],
    ),
];

#[test]
fn each_cause_is_told_once() {
    for (changes, expected) in ROWS {
        let mut pod = hardened();
        for (pointer, value) in *changes {
            change(&mut pod, pointer, serde_json::from_str(value).unwrap());
        }
        let report = scan(&pod.to_string());
        let mut found: Vec<String> = report
            .active()
            .map(|reported| &reported.finding)
            .filter(|finding| finding.check.pss.is_some())
            .map(|finding| format!("{} {} {}", finding.severity, finding.check.id, finding.path))
            .collect();
        found.sort();
        assert_eq!(found, *expected, "{changes:?}");
    }
}

/// A Task holds the containers of a pod whose other fields are given elsewhere.
#[test]
fn what_a_part_of_a_pod_does_not_say_is_unknown() {
    let report = scan(
        "apiVersion: tekton.dev/v1\nkind: Task\nmetadata: {name: build}\nspec:\n  steps:\n  - name: step\n    \
         image: registry.example/app:1.0\n",
    );
    for check in seawall_checks::all().iter().filter(|check| check.meta.pss.is_some()) {
        let counts = report.counts[check.meta.id];
        let verdict = match (counts.passed, counts.failed, counts.not_applicable, counts.unknown) {
            (1, 0, 0, 0) => Verdict::Pass,
            (0, 1, 0, 0) => Verdict::Fail,
            (0, 0, 0, 1) => Verdict::Unknown("".into()),
            _ => Verdict::NotApplicable,
        };
        let expected = match check.meta.id {
            // What only a container can set is decided by it.
            "SW1001" | "SW1006" | "SW1008" | "SW1011" | "SW1014" | "SW1015" | "SW1022" => Verdict::Pass,
            "SW1017" | "SW1021" => Verdict::Fail,
            _ => Verdict::Unknown("".into()),
        };
        assert_eq!(verdict, expected, "{}", check.meta.id);
    }
}

fn change(pod: &mut Value, pointer: &str, value: Value) {
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    let fields = pod.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match value {
        Value::Null => fields.remove(field),
        value => fields.insert(field.to_owned(), value),
    };
}

fn scan(text: &str) -> Report {
    let snapshot = snapshot(text);
    assert!(snapshot.problems.is_empty(), "{:?}", snapshot.problems);
    let flags = Selection { profile: Some(Profile::Strict), ..Selection::default() };
    let plan = seawall_engine::plan(&Config::default(), &flags, &seawall_checks::all()).unwrap();
    seawall_engine::evaluate(&snapshot, &plan)
}
