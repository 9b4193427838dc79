//! Pictures of who has which roles: nothing is lost, nothing overlaps, and nothing of names is more than a name.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::{Value, json};

use super::{schema, seawall, stderr, stdout};

const RBAC: &str = "rbac.authorization.k8s.io";

/// Roles and bindings: teams that are alike, and ones that are not. So many bindings of the second sort are there as of the first.
fn cluster(bindings: usize) -> String {
    let mut random = seawall_rig::Random::seeded(11);
    let mut text = String::new();
    let mut add = |kind: &str, name: String, namespace: &str, fields: Value| {
        let metadata = if namespace.is_empty() {
            json!({"name": name})
        } else {
            json!({"name": name, "namespace": namespace})
        };
        let mut object = json!({"apiVersion": format!("{RBAC}/v1"), "kind": kind, "metadata": metadata});
        object.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let _ = writeln!(text, "---\n{object}");
    };
    let pool = ["pods", "secrets", "pods/exec", "configmaps", "nodes", "events", "services", "widgets"];
    let verbs = ["get", "list", "create", "delete", "*", "escalate"];
    let odd = (bindings / 40).max(2);
    for number in 0..odd {
        let rules: Vec<Value> = (0..=random.below(3))
            .map(|_| json!({"apiGroups": [""], "resources": [pool[random.below(pool.len())]], "verbs": [verbs[random.below(verbs.len())]]}))
            .collect();
        add("ClusterRole", format!("odd-{number}"), "", json!({"rules": rules}));
    }
    for number in 0..bindings {
        let namespace = format!("team-{}", number / 4);
        let (role, subject) = if number % 2 == 0 {
            let rules = json!([{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}]);
            add("Role", format!("web-{number}"), &namespace, json!({"rules": rules}));
            (
                json!({"apiGroup": RBAC, "kind": "Role", "name": format!("web-{number}")}),
                json!({"kind": "ServiceAccount", "name": "web", "namespace": namespace}),
            )
        } else {
            let subject =
                json!({"apiGroup": RBAC, "kind": "User", "name": format!("user-{}", random.below(bindings))});
            (
                json!({"apiGroup": RBAC, "kind": "ClusterRole", "name": format!("odd-{}", random.below(odd))}),
                subject,
            )
        };
        add(
            "RoleBinding",
            format!("b-{number}"),
            &namespace,
            json!({"roleRef": role, "subjects": [subject]}),
        );
    }
    text
}

fn graph(manifests: &str, arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rbac.yaml"), manifests).unwrap();
    let mut command = seawall(&["access", "graph"]);
    command.args(arguments).args(["--no-config", "--", "rbac.yaml"]).current_dir(folder.path());
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    stdout(&output).to_owned()
}

fn number(node: roxmltree::Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).unwrap().parse().unwrap()
}

/// The boxes of a picture, as left, top, right and bottom.
fn boxes(svg: &roxmltree::Document<'_>) -> Vec<[f64; 4]> {
    let rects = svg.descendants().filter(|node| node.attribute("class") == Some("box"));
    rects
        .map(|rect| {
            let (x, y) = (number(rect, "x"), number(rect, "y"));
            [x, y, x + number(rect, "width"), y + number(rect, "height")]
        })
        .collect()
}

#[test]
fn all_is_drawn_or_counted_and_nothing_overlaps() {
    let schema = schema("access");
    for bindings in [3, 300, 30_000] {
        let manifests = cluster(bindings);
        let document: Value = serde_json::from_str(&graph(&manifests, &["--all", "-o", "json"])).unwrap();
        assert!(schema.is_valid(&document), "{document:#}");
        // Each subject that is written is in one box.
        let written: BTreeSet<String> = manifests
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .flat_map(|object| object["subjects"].as_array().cloned().unwrap_or_default())
            .map(|subject| match subject["namespace"].as_str() {
                Some(namespace) => {
                    format!("ServiceAccount {namespace}/{}", subject["name"].as_str().unwrap())
                }
                None => format!("User {}", subject["name"].as_str().unwrap()),
            })
            .collect();
        let boxes_of = |column: &str| -> Vec<Value> {
            let all = document["boxes"].as_array().unwrap().iter();
            all.filter(|own| own["column"] == column).cloned().collect()
        };
        let drawn: Vec<String> = boxes_of("subjects")
            .iter()
            .flat_map(|own| own["members"].as_array().unwrap().clone())
            .map(|member| member.as_str().unwrap().to_owned())
            .collect();
        assert_eq!(drawn.len(), written.len());
        assert_eq!(drawn.into_iter().collect::<BTreeSet<_>>(), written);
        // Each binding is a hop, or one of those that a hop counts.
        let hops = document["hops"].as_array().unwrap();
        let is_role =
            |hop: &&Value| document["boxes"][hop["to"].as_u64().unwrap() as usize]["column"] == "roles";
        let counted: u64 = hops.iter().filter(is_role).map(|hop| hop["count"].as_u64().unwrap()).sum();
        // A user may be bound to one role twice in a namespace.
        assert!(counted <= bindings as u64 && counted > bindings as u64 * 9 / 10, "{counted} of {bindings}");
        for column in ["subjects", "roles", "rights"] {
            assert!(boxes_of(column).len() <= 25, "{column}");
        }
        if bindings > 300 {
            let left_out = document["leftOut"].as_array().unwrap();
            assert!(
                left_out.iter().any(|left| left.as_str().unwrap().contains("which do not fit")),
                "{left_out:?}"
            );
        }

        let svg = graph(&manifests, &["--all", "-o", "svg"]);
        let svg = roxmltree::Document::parse(&svg).unwrap();
        let all = boxes(&svg);
        assert_eq!(all.len(), document["boxes"].as_array().unwrap().len());
        let view: Vec<f64> = svg
            .root_element()
            .attribute("viewBox")
            .unwrap()
            .split(' ')
            .map(|part| part.parse().unwrap())
            .collect();
        for (index, [left, top, right, bottom]) in all.iter().enumerate() {
            assert!(*left >= 0.0 && *top >= 0.0 && *right <= view[2] && *bottom <= view[3]);
            for [other_left, other_top, other_right, other_bottom] in &all[index + 1..] {
                let is_apart =
                    right < other_left || other_right < left || bottom < other_top || other_bottom < top;
                assert!(is_apart, "boxes overlap");
            }
        }
        // Each text stands in its box, from 8 pixels on: a letter of a wide font, as DejaVu Sans, takes 7.5 of 13 on the average.
        for text in svg
            .descendants()
            .filter(|node| node.has_tag_name("text") && node.attribute("class") != Some("head"))
        {
            let size = if text.attribute("class") == Some("dim") { 12.0 } else { 13.0 };
            let width = text.text().unwrap_or_default().chars().count() as f64 * size * 7.5 / 13.0;
            assert!(width + 16.0 <= 342.0, "{:?}", text.text());
        }
        // Whoever sees nothing is told the same, box by box, by the keyboard too.
        let spoken = svg
            .descendants()
            .filter(|node| node.attribute("aria-label").is_some() && node.attribute("tabindex") == Some("0"));
        assert_eq!(spoken.count(), all.len());
    }
}

#[test]
fn a_team_for_each_namespace_is_one_row() {
    let mut manifests = cluster(0);
    for number in 0..300 {
        let _ = write!(
            manifests,
            "---\napiVersion: {RBAC}/v1\nkind: Role\nmetadata: {{name: web, namespace: n{number}}}\nrules: [{{apiGroups: [\"\"], resources: [pods], verbs: [get]}}]\n\
             ---\napiVersion: {RBAC}/v1\nkind: RoleBinding\nmetadata: {{name: web, namespace: n{number}}}\n\
             roleRef: {{apiGroup: {RBAC}, kind: Role, name: web}}\nsubjects: [{{kind: ServiceAccount, name: web}}]\n"
        );
    }
    let document: Value = serde_json::from_str(&graph(&manifests, &["--all", "-o", "json"])).unwrap();
    let titles: Vec<&str> =
        document["boxes"].as_array().unwrap().iter().map(|own| own["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["300 ServiceAccounts", "300 roles", "read pods"]);
    assert_eq!(document["hops"][0]["count"], 300);
}

/// Names that would be more than names in HTML, SVG, DOT or a terminal.
#[test]
fn names_are_nothing_but_names() {
    let odd = "</title><script>alert(1)</script>\"'&\\\"];n1 -> n2//\u{1b}[31m\u{202e}\n--";
    let long = "x".repeat(1 << 20);
    let mut manifests = String::new();
    for (number, name) in [odd, &long].into_iter().enumerate() {
        let role = json!({
            "apiVersion": format!("{RBAC}/v1"), "kind": "ClusterRole", "metadata": {"name": format!("r{number}")},
            "rules": [{"apiGroups": [name], "resources": [name], "verbs": [name]}],
        });
        let binding = json!({
            "apiVersion": format!("{RBAC}/v1"), "kind": "ClusterRoleBinding", "metadata": {"name": format!("b{number}")},
            "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": format!("r{number}")},
            "subjects": [{"apiGroup": RBAC, "kind": "User", "name": name}],
        });
        let _ = writeln!(manifests, "---\n{role}\n---\n{binding}");
    }
    let html = graph(&manifests, &["--all"]);
    assert!(
        !html.to_lowercase().contains("<script") && !html.contains('\u{1b}') && !html.contains('\u{202e}')
    );
    // All leads somewhere within the page, and to nothing outside.
    let mut links = 0;
    for link in html.split("href=\"").skip(1) {
        let target = link.split('"').next().unwrap();
        let id = target.strip_prefix('#').unwrap_or_else(|| panic!("{target}"));
        assert!(html.contains(&format!("id=\"{id}\"")), "{target}");
        links += 1;
    }
    assert!(links >= 8, "{links}");
    let svg = graph(&manifests, &["--all", "-o", "svg"]);
    let svg = roxmltree::Document::parse(&svg).unwrap();
    assert!(svg.descendants().all(|node| !node.has_tag_name("script")));
    let dot = graph(&manifests, &["--all", "-o", "dot"]);
    assert_eq!(dot.lines().filter(|line| line.contains(" -> ") && line.starts_with("  n")).count(), 4);
    for line in dot.lines().filter(|line| line.contains("label=")) {
        // A string ends where its quote is, and nowhere before.
        let inner = line.split_once("label=\"").unwrap().1;
        let mut is_escaped = false;
        let end = inner.char_indices().find(|(_, char)| {
            let ends = *char == '"' && !is_escaped;
            is_escaped = *char == '\\' && !is_escaped;
            ends
        });
        let rest = &inner[end.unwrap().0..];
        assert!(
            ["\"];", "\", color=red4, fontcolor=red4];", "\", style=\"rounded,dashed\"];"].contains(&rest),
            "{line}"
        );
    }
}

#[test]
fn a_picture_is_of_whom_it_is_asked_for() {
    let manifests = cluster(12);
    let document: Value = serde_json::from_str(&graph(&manifests, &["sa:team-0/web", "-o", "json"])).unwrap();
    let subjects = document["boxes"].as_array().unwrap().iter().filter(|own| own["column"] == "subjects");
    let members: Vec<&Value> = subjects.flat_map(|own| own["members"].as_array().unwrap()).collect();
    assert_eq!(members, ["ServiceAccount team-0/web"]);
    assert!(document["hops"][0]["place"].as_str().unwrap().starts_with("rbac.yaml:"), "{document:#}");
}
