use seawall_inventory::Text;

use crate::format::Format;
use crate::locate::Snippets;
use crate::testing::{Story, Told, WEB};
use crate::view::View;

/// Check and place of every finding, which are the same whether or not documents are kept and texts are packed.
fn places(mut told: Told) -> Vec<String> {
    assert!(told.snapshot.files.iter().any(|file| !file.text.documents().is_empty()));
    let kept = (places_in(&told.view()), told.render(Format::Terminal));
    for form in [Text::unparsed, Text::packed] {
        for file in &mut told.snapshot.files {
            file.text = form(file.text.clone());
            assert!(file.text.documents().is_empty());
        }
        assert_eq!((places_in(&told.view()), told.render(Format::Terminal)), kept);
    }
    kept.0
}

/// `SW1901 15:23-15:27` with what the caret covers.
fn places_in(view: &View<'_>) -> Vec<String> {
    let place = |located: &crate::view::Located<'_>| {
        let region = located.location.region.unwrap();
        let snippet = Snippets::new(view.snapshot).of(located).unwrap();
        let line: Vec<char> = snippet.lines.last().unwrap().text.chars().collect();
        let caret: String = line[snippet.caret.clone()].iter().collect();
        let missing = located.finding().path.tail(located.location.missing);
        let missing = if missing.is_empty() { String::new() } else { format!(" missing {missing}") };
        format!(
            "{} {}:{}-{}:{} `{caret}`{missing}",
            located.finding().check.id,
            region.start.line,
            region.start.column,
            region.end.line,
            region.end.column
        )
    };
    view.findings.iter().map(place).collect()
}

#[test]
fn fields_missing_fields_and_items() {
    let told = Story::default().file("web.yaml", WEB).tell();
    assert_eq!(
        places(told),
        [
            "SW1901 15:11-15:27 `true`",
            "SW1903 9:7-9:20 `true`",
            "SW4901 20:11-20:25 `[redacted]`",
            "SW1902 13:9-13:24 `securityContext` missing runAsNonRoot",
            "SW1902 16:9-16:20 `name: proxy` missing securityContext.runAsNonRoot",
        ]
    );
}

#[test]
fn every_way_to_write_a_pod() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n";
    let table: &[(&str, String, &str)] = &[
        ("flow style", format!("{pod}spec: {{hostPID: true, containers: []}}\n"), "SW1903 4:8-4:21 `true`"),
        ("yes", format!("{pod}spec:\n  hostPID:   yes\n"), "SW1903 5:3-5:17 `yes`"),
        ("value on the next line", format!("{pod}spec:\n  hostPID:\n    true\n"), "SW1903 5:3-5:10 `hostPID`"),
        ("quoted key", format!("{pod}spec:\n  \"hostPID\": true\n"), "SW1903 5:3-5:18 `true`"),
        ("duplicate key", format!("{pod}spec:\n  hostPID: false\n  hostPID: true\n"), "SW1903 6:3-6:16 `true`"),
        (
            "merge key",
            format!("x: &x\n  hostPID: true\n{pod}spec:\n  <<: *x\n"),
            "SW1903 2:3-2:16 `true`",
        ),
        ("alias", format!("x: &x true\n{pod}spec:\n  hostPID: *x\n"), "SW1903 6:3-6:14 `*x`"),
        ("CRLF", format!("{pod}spec:\n  hostPID: true\n").replace('\n', "\r\n"), "SW1903 5:3-5:16 `true`"),
        ("wide characters", format!("{pod}spec: {{x: 'größe 日本', hostPID: true}}\n"), "SW1903 4:23-4:36 `true`"),
        ("second document", format!("---\n# ü\n---\n{pod}spec:\n  hostPID: true\n"), "SW1903 8:3-8:16 `true`"),
        (
            "JSON",
            "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\"},\"spec\":{\"hostPID\":true}}".to_owned(),
            "SW1903 1:65-1:79 `true`",
        ),
        (
            "flow mapping as a document of a stream",
            format!("{pod}---\n{{apiVersion: v1, kind: Pod, metadata: {{name: a}}, spec: {{hostPID: true}}}}\n"),
            "SW1903 5:57-5:70 `true`",
        ),
        (
            "item of a list",
            "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n  spec:\n    hostPID: true\n".to_owned(),
            "SW1903 8:5-8:18 `true`",
        ),
    ];
    for (case, text, expected) in table {
        let told = Story::default().file("pod.yaml", text).tell();
        assert_eq!(places(told), [*expected], "{case}");
    }
}

#[test]
fn the_field_itself_is_found_after_a_document_that_cannot_be_read() {
    let text = format!("a: [\n---\n{WEB}");
    let told = Story::default().file("web.yaml", &text).tell();
    assert_eq!(places(told)[0], "SW1901 17:11-17:27 `true`");
}

#[test]
fn a_snippet_shows_the_item_that_the_line_belongs_to() {
    let told = Story::default().file("web.yaml", WEB).tell();
    let view = told.view();
    let snippet = Snippets::new(view.snapshot).of(&view.findings[0]).unwrap();
    let lines: Vec<(u32, &str)> = snippet.lines.iter().map(|line| (line.number, line.text.trim())).collect();
    assert_eq!(lines, [(11, "- name: app"), (15, "privileged: true  # for the debugger")]);
}

#[test]
fn a_line_of_any_length_is_cut_to_what_surrounds_the_caret() {
    let filler = "x".repeat(100_000);
    let text = format!(
        "{{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{{\"name\":\"{filler}\"}},\"spec\":{{\"hostPID\":true,\"x\":\"{filler}\"}}}}"
    );
    let told = Story::default().file("pod.json", &text).tell();
    let view = told.view();
    let snippet = Snippets::new(view.snapshot).of(&view.findings[0]).unwrap();
    let line = &snippet.lines[0].text;
    assert!(line.chars().count() < 500 && line.starts_with('…') && line.ends_with('…'), "{line}");
    assert_eq!(line.chars().skip(snippet.caret.start).take(4).collect::<String>(), "true");
}

#[test]
fn problems_stand_where_they_are() {
    let told = Story::default()
        .file("a.yaml", "kind: Pod\n\tx: 1\n")
        .file("b.yaml", "a: 1\n---\na: 1\na: 2\n")
        .tell();
    let view = told.view();
    let found: Vec<String> = view
        .problems
        .iter()
        .map(|located| format!("{} {}", located.problem.code, located.location.place()))
        .collect();
    assert_eq!(found, ["tab a.yaml:2:1", "duplicate-key b.yaml:4:1"]);
}

#[test]
fn a_snippet_of_what_could_not_be_parsed_shows_no_secret() {
    let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  a: aGk=\n  b: 'aGk=\n";
    let told = Story::default().file("a.yaml", text).tell();
    let view = told.view();
    assert!(!view.problems.is_empty());
    assert!(
        !format!("{:?}", view.problems.iter().map(|problem| &problem.snippet).collect::<Vec<_>>())
            .contains("aGk")
    );
}

/// What is planted, and where: nothing of it may stand in any output.
#[test]
fn no_format_shows_a_planted_credential() {
    const PLANTED: &str = "apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations:
    dashboard: https://ops:PLANTEDa1b2c3@dash.example
spec:
  containers:
  - name: web
    image: registry.example/web:1
    command: [mysql, -pPLANTEDd4e5f6]
    args: ['--db-password=PLANTEDg7h8i9', --api-token, PLANTEDj0k1l2m3n4]
    env:
    - name: DB_PASSWORD
      value: PLANTEDo5p6q7
    - {name: DATABASE_URL, value: 'postgres://shop:PLANTEDr8s9t0@db/x'}
    readinessProbe:
      httpGet:
        port: 80
        httpHeaders:
        - name: X-Api-Token
          value: PLANTEDu1v2w3x4y5
        path: /ready?token=PLANTEDl8m9n0p1
    lifecycle:
      preStop:
        httpGet:
          port: 80
          httpHeaders: [{name: Authorization, value: Bearer PLANTEDq2r3s4t5u6}]
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
data:
  db.password: PLANTEDz6a7b8
  one.json: '{\"password\":\"PLANTEDc9d0e1\"}'
  app.yaml: |
    password: PLANTEDf2g3h4
---
apiVersion: v1
kind: Secret
metadata:
  name: db
stringData: {password: PLANTEDi5j6k7}
";
    let checks: Vec<&'static seawall_checks::Check> =
        seawall_checks::all().into_iter().filter(|check| check.meta.id.starts_with("SW40")).collect();
    let told = Story::default().file("web.yaml", PLANTED).checks(checks).tell();
    let found: Vec<&str> = told.view().findings.iter().map(|located| located.finding().check.id).collect();
    for (id, times) in [("SW4001", 2), ("SW4002", 6), ("SW4003", 3), ("SW4004", 1), ("SW4005", 1)] {
        assert_eq!(found.iter().filter(|found| **found == id).count(), times, "{id}");
    }
    for format in Format::ALL {
        let output = told.render(format);
        assert!(!output.contains("PLANTED"), "{format:?}\n{output}");
    }
}
