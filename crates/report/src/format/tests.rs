//! What holds for every format of every report.

use std::io;

use proptest::prelude::*;
use serde_json::Value;

use super::{Format, render};
use crate::plain::is_unsafe;
use crate::style::Style;
use crate::testing::{Story, WEB, corpus, quoted};

fn data(path: &str) -> Value {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

/// Every violation of `schema` in what `format` writes, for every story; `parts` takes the output apart.
fn violations(format: Format, schema: &Value, parts: fn(&str) -> Vec<Value>) -> Vec<String> {
    let validator = jsonschema::options().should_validate_formats(true).build(schema).unwrap();
    let mut violations = Vec::new();
    for (story, told) in corpus() {
        for part in parts(&told.render(format)) {
            let errors = validator.iter_errors(&part);
            violations.extend(errors.map(|error| format!("{story}: {}: {error}", error.instance_path())));
        }
    }
    violations
}

fn whole(text: &str) -> Vec<Value> {
    vec![serde_json::from_str(text).unwrap()]
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn json_is_what_its_schema_says() {
    let schema = data("docs/schema/seawall-report.schema.json");
    let violations = violations(Format::Json, &schema, whole);
    assert!(violations.is_empty(), "{violations:#?}");
}

#[test]
fn jsonl_is_what_the_schema_of_a_line_says() {
    let mut schema = data("docs/schema/seawall-report.schema.json");
    let defs = schema["$defs"].take();
    let line = serde_json::json!({ "$schema": schema["$schema"], "$ref": "#/$defs/line", "$defs": defs });
    let violations = violations(Format::Jsonl, &line, lines);
    assert!(violations.is_empty(), "{violations:#?}");
}

#[test]
fn the_schema_notices_what_it_does_not_describe() {
    let schema = data("docs/schema/seawall-report.schema.json");
    let validator = jsonschema::validator_for(&schema).unwrap();
    let (_, told) = corpus().swap_remove(1);
    let report = whole(&told.render(Format::Json)).remove(0);
    assert!(validator.is_valid(&report));
    for pointer in ["", "/summary", "/findings/0", "/findings/0/location", "/findings/0/fix", "/checks/0"] {
        let mut changed = report.clone();
        changed.pointer_mut(pointer).unwrap()["extra"] = Value::from(1);
        assert!(!validator.is_valid(&changed), "{pointer}");
    }
}

#[test]
fn sarif_is_what_the_official_schema_says() {
    let schema = data("testing/data/sarif/sarif-schema-2.1.0.json");
    let violations = violations(Format::Sarif, &schema, whole);
    assert!(violations.is_empty(), "{violations:#?}");
}

#[test]
fn gitlab_is_what_its_documentation_says() {
    // docs.gitlab.com, "Code Quality report format"; paths are relative and without `./`.
    let schema = serde_json::json!({
        "type": "array",
        "items": {
            "type": "object",
            "required": ["description", "check_name", "fingerprint", "severity", "location"],
            "properties": {
                "description": { "type": "string", "minLength": 1 },
                "check_name": { "type": "string", "minLength": 1 },
                "fingerprint": { "type": "string", "minLength": 1 },
                "severity": { "enum": ["info", "minor", "major", "critical", "blocker"] },
                "location": {
                    "type": "object",
                    "required": ["path", "lines"],
                    "properties": {
                        "path": { "type": "string", "not": { "pattern": "^\\./" } },
                        "lines": {
                            "type": "object",
                            "required": ["begin"],
                            "properties": { "begin": { "type": "integer", "minimum": 1 } }
                        }
                    }
                }
            }
        }
    });
    let violations = violations(Format::Gitlab, &schema, whole);
    assert!(violations.is_empty(), "{violations:#?}");
    for (story, told) in corpus() {
        let report = whole(&told.render(Format::Gitlab)).remove(0);
        let mut fingerprints: Vec<&str> = report
            .as_array()
            .unwrap()
            .iter()
            .map(|violation| violation["fingerprint"].as_str().unwrap())
            .collect();
        fingerprints.sort_unstable();
        let all = fingerprints.len();
        fingerprints.dedup();
        assert_eq!(fingerprints.len(), all, "{story}: fingerprints are unique");
    }
}

#[test]
fn junit_is_xml_whose_sums_are_right() {
    for (story, told) in corpus() {
        let text = told.render(Format::Junit);
        let document =
            roxmltree::Document::parse(&text).unwrap_or_else(|error| panic!("{story}: {error}\n{text}"));
        let sums = document.root_element();
        let suites: Vec<_> = sums.children().filter(roxmltree::Node::is_element).collect();
        for (attribute, tag) in
            [("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")]
        {
            let count =
                |node: &roxmltree::Node| node.descendants().filter(|node| node.has_tag_name(tag)).count();
            for node in suites.iter().chain([&sums]) {
                let said: usize = node.attribute(attribute).unwrap().parse().unwrap();
                assert_eq!(said, count(node), "{story}: {attribute} of {:?}", node.attribute("name"));
            }
        }
    }
}

#[test]
fn github_commands_are_one_per_line() {
    for (story, told) in corpus() {
        for line in told.render(Format::Github).lines() {
            let commands = ["::error ", "::warning ", "::notice "];
            assert!(commands.iter().any(|command| line.starts_with(command)), "{story}: {line}");
            let (_, properties) = line.split_once(' ').unwrap();
            let (properties, _) = properties.split_once("::").unwrap();
            for property in properties.split(',') {
                let (name, _) = property.split_once('=').unwrap_or_else(|| panic!("{story}: {line}"));
                assert!(["file", "line", "col", "endColumn", "title"].contains(&name), "{story}: {line}");
            }
        }
    }
}

#[test]
fn no_format_lets_a_control_character_through() {
    for (story, told) in corpus() {
        for format in Format::ALL {
            let text = told.render(format);
            let found = text.chars().find(|character| *character != '\n' && is_unsafe(*character));
            assert_eq!(found, None, "{story} as {format}:\n{text}");
            assert!(!text.contains("\n::error::pwned"), "{story} as {format}:\n{text}");
        }
        let style = Style { colour: true, hyperlinks: true, width: 60 };
        let text = told.render_with(Format::Terminal, &style);
        let ours = text.replace("\u{1b}]8;;https://seawall.dev/", "").replace("\u{1b}]8;;\u{1b}\\", "");
        assert!(!ours.contains("\u{1b}]") && !text.contains(['\u{9b}', '\u{7}', '\r']), "{story}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_name_is_safe_to_show_and_whole_for_machines(name in "[\\PC\\p{C}]{1,20}", path in "[^/\u{0}]{1,12}") {
        let quoted = quoted(&name);
        let text = format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n  containers:\n  - name: {quoted}\n    securityContext: {{privileged: true}}\n"
        );
        let told = Story::default().file(&path, &text).tell();
        for format in Format::ALL {
            let text = told.render(format);
            let found = text.chars().find(|character| *character != '\n' && is_unsafe(*character));
            prop_assert_eq!(found, None, "{}", format);
        }
        let report = whole(&told.render(Format::Json)).remove(0);
        // What YAML does not take for text is a problem instead.
        if let Some(finding) = report["findings"].get(0) {
            let message = finding["message"].as_str().unwrap();
            prop_assert!(message.contains(&name), "{:?} in {:?}", name, message);
            prop_assert_eq!(finding["location"]["path"].as_str(), Some(path.as_str()));
        } else {
            prop_assert!(!report["problems"].as_array().unwrap().is_empty());
        }
    }
}

#[test]
fn no_format_prints_a_secret() {
    for (story, told) in corpus() {
        for format in Format::ALL {
            assert!(!told.render(format).contains("hunter2"), "{story} as {format}");
        }
    }
}

#[test]
fn every_format_tells_every_finding_that_counts_and_every_problem() {
    for (story, told) in corpus() {
        if story == "a thousand equal findings" {
            continue;
        }
        let view = told.view();
        for format in Format::ALL {
            let text = told.render(format);
            for located in view.active() {
                // GitLab knows checks by name.
                let told =
                    text.contains(located.finding().check.id) || text.contains(located.finding().check.name);
                assert!(told, "{story} as {format}: {}\n{text}", located.finding().check.id);
            }
            for located in &view.problems {
                let told = match format {
                    Format::Markdown => text.contains("cannot") || text.contains(&located.problem.message),
                    _ => text.contains(located.problem.code),
                };
                assert!(told, "{story} as {format}: {}\n{text}", located.problem.code);
            }
        }
    }
}

#[test]
fn a_thousand_equal_findings_are_told_once_to_people_and_whole_to_machines() {
    let told = corpus().into_iter().find(|(story, _)| *story == "a thousand equal findings").unwrap().1;
    let terminal = told.render(Format::Terminal);
    assert!(terminal.lines().count() < 25, "{terminal}");
    let words = terminal.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("999 more: ") && words.contains("and 994 not shown (--all)"), "{terminal}");
    let markdown = told.render(Format::Markdown);
    assert!(markdown.lines().count() < 75 && markdown.contains("- 950 more"), "{markdown}");
    assert_eq!(told.render(Format::Concise).lines().count(), 1000);
    assert_eq!(whole(&told.render(Format::Json))[0]["findings"].as_array().unwrap().len(), 1000);
    assert_eq!(told.render(Format::Jsonl).lines().count(), 1001);
    assert_eq!(whole(&told.render(Format::Sarif))[0]["runs"][0]["results"].as_array().unwrap().len(), 1000);
    let github = told.render(Format::Github);
    assert!(
        github
            .starts_with("::notice title=Seawall::1000 annotations; GitHub shows the first 10 of each kind"),
        "{github}"
    );
}

#[test]
fn the_same_report_is_the_same_text_on_any_number_of_threads() {
    let one = rayon_of(1);
    let many = rayon_of(7);
    for (first, second) in one.into_iter().zip(many) {
        assert_eq!(first, second);
    }
}

fn rayon_of(threads: usize) -> Vec<String> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| {
        let told = corpus();
        told.iter().flat_map(|(_, told)| Format::ALL.map(|format| told.render(format))).collect()
    })
}

#[test]
fn a_closed_pipe_is_an_error_that_the_caller_sees() {
    struct Closed;
    impl io::Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let (_, told) = corpus().swap_remove(1);
    for format in Format::ALL {
        let error = render(format, &told.view(), &mut Closed, &Style::default()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe, "{format}");
    }
}

#[test]
fn names_of_formats() {
    for format in Format::ALL {
        assert_eq!(format.name().parse(), Ok(format));
    }
    assert!("xml".parse::<Format>().unwrap_err().to_string().contains("terminal, concise, json"));
}

#[test]
fn one_workload_in_the_formats_for_people() {
    let told = Story::default().file("deploy/web.yaml", WEB).tell();
    insta::assert_snapshot!(told.render(Format::Concise), @r#"
deploy/web.yaml:15:11: critical[SW1901] container `app` is privileged (privileged)
deploy/web.yaml:9:7: high[SW1903] shares the processes of the node (host-pid)
deploy/web.yaml:20:11: high[SW4901] variable DB_PASSWORD holds a credential (credential-in-env)
deploy/web.yaml:13:9: medium[SW1902] container `app` may run as root (may-run-as-root)
deploy/web.yaml:16:9: medium[SW1902] container `proxy` may run as root (may-run-as-root)
"#);
    insta::assert_snapshot!(told.render(Format::Github), @r#"
::error file=deploy/web.yaml,line=15,col=11,endColumn=27,title=SW1901 privileged (critical)::Deployment shop/web: container `app` is privileged%0Afix: set `spec.template.spec.containers[0].securityContext.privileged: false`
::error file=deploy/web.yaml,line=9,col=7,endColumn=20,title=SW1903 host-pid (high)::Deployment shop/web: shares the processes of the node%0Afix: remove `spec.template.spec.hostPID`
::error file=deploy/web.yaml,line=20,col=11,endColumn=25,title=SW4901 credential-in-env (high)::Deployment shop/web: variable DB_PASSWORD holds a credential
::warning file=deploy/web.yaml,line=13,col=9,endColumn=24,title=SW1902 may-run-as-root (medium)::Deployment shop/web: container `app` may run as root%0Afix: set `spec.template.spec.containers[0].securityContext.runAsNonRoot: true`
::warning file=deploy/web.yaml,line=16,col=9,endColumn=20,title=SW1902 may-run-as-root (medium)::Deployment shop/web: container `proxy` may run as root%0Afix: set `spec.template.spec.containers[1].securityContext.runAsNonRoot: true`
"#);
    insta::assert_snapshot!(told.render(Format::Markdown), @r#"
## Seawall

**1 critical, 2 high, 2 medium** in 1 object.

First: fix **privileged** in 1 place, starting at <code>deploy/web.yaml:15</code>; that takes away 1 critical.

### <code>Deployment shop/web</code>: 1 critical, 2 high, 2 medium

| | Finding | Where | Fix |
|---|---|---|---|
| 🟣 critical | container <code>app</code> is privileged [SW1901](https://seawall.dev/checks/SW1901) | <code>deploy/web.yaml:15</code> | set <code>spec.template.spec.containers&#91;0&#93;.securityContext.privileged: false</code> |
| 🔴 high | shares the processes of the node [SW1903](https://seawall.dev/checks/SW1903) | <code>deploy/web.yaml:9</code> | remove <code>spec.template.spec.hostPID</code> |
| 🔴 high | variable DB&#95;PASSWORD holds a credential [SW4901](https://seawall.dev/checks/SW4901) | <code>deploy/web.yaml:20</code> |  |
| 🟠 medium | container <code>app</code> may run as root [SW1902](https://seawall.dev/checks/SW1902) | <code>deploy/web.yaml:13</code> | set <code>spec.template.spec.containers&#91;0&#93;.securityContext.runAsNonRoot: true</code> |
| 🟠 medium | container <code>proxy</code> may run as root [SW1902](https://seawall.dev/checks/SW1902) | <code>deploy/web.yaml:16</code> | set <code>spec.template.spec.containers&#91;1&#93;.securityContext.runAsNonRoot: true</code> |

Scanned 1 object in 1 document of 1 file; profile default, Kubernetes v1.33.
"#);
}
