use insta::assert_snapshot;

use crate::format::Format;
use crate::style::Style;
use crate::testing::{Story, WEB};
use crate::view::Show;

#[test]
fn one_workload() {
    let told = Story::default().file("deploy/web.yaml", WEB).tell();
    assert_snapshot!(told.render(Format::Terminal), @r#"
Deployment shop/web: 1 critical, 2 high, 2 medium

critical[SW1901]: container `app` is privileged
  --> deploy/web.yaml:15:11
   |
11 |       - name: app
...
15 |           privileged: true  # for the debugger
   |                       ^^^^
   = found: spec.template.spec.containers[0].securityContext.privileged: true
   = why: Whoever runs code in it is root on the node.
   = fix: set `spec.template.spec.containers[0].securityContext.privileged: false` (review first: a
          workload may rely on it)
   = help: seawall explain privileged

high[SW1903]: shares the processes of the node
 --> deploy/web.yaml:9:7
  |
9 |       hostPID: true
  |                ^^^^
  = found: spec.template.spec.hostPID: true
  = see: these see them (deploy/web.yaml:10)
  = why: Processes of the node can be seen and killed.
  = fix: remove `spec.template.spec.hostPID` (review first: a workload may rely on it)
  = help: seawall explain host-pid

high[SW4901]: variable DB_PASSWORD holds a credential
  --> deploy/web.yaml:20:11
   |
19 |         - name: DB_PASSWORD
20 |           value: [redacted]
   |                  ^^^^^^^^^^
   = found: spec.template.spec.containers[1].env[0].value: its name says so
   = why: Everyone who may read the object has it.
   = help: seawall explain credential-in-env

medium[SW1902]: container `app` may run as root
  --> deploy/web.yaml:13:9
   |
11 |       - name: app
...
13 |         securityContext:
   |         ^^^^^^^^^^^^^^^ `runAsNonRoot` would go in here
   = found: spec.template.spec.containers[0].securityContext.runAsNonRoot is missing: the image
            decides
   = why: Root in the container is root on the node when something else fails.
   = fix: set `spec.template.spec.containers[0].securityContext.runAsNonRoot: true` (review first: a
          workload may rely on it)
   = help: seawall explain may-run-as-root

medium[SW1902]: container `proxy` may run as root
  --> deploy/web.yaml:16:9
   |
16 |       - name: proxy
   |         ^^^^^^^^^^^ `securityContext.runAsNonRoot` would go in here
   = found: spec.template.spec.containers[1].securityContext.runAsNonRoot is missing: the image
            decides
   = fix: set `spec.template.spec.containers[1].securityContext.runAsNonRoot: true` (review first: a
          workload may rely on it)

5 findings in 1 object: 1 critical, 2 high, 2 medium
scanned: 1 object in 1 document of 1 file; profile default, Kubernetes v1.33
next: fix privileged in 1 place, starting at deploy/web.yaml:15; that takes away 1 critical
"#);
}

#[test]
fn a_chart() {
    let template = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-web
spec:
  template:
    spec:
      {{- with .Values.hostPID }}
      hostPID: {{ . }}
      {{- end }}
      containers:
        - name: {{ .Chart.Name }}
          image: \"{{ .Values.image.repository }}:{{ .Values.image.tag }}\"
          securityContext:
            {{- toYaml .Values.securityContext | nindent 12 }}
";
    let rendered = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: r-web
spec:
  template:
    spec:
      hostPID: true
      containers:
        - name: web
          image: \"web:1\"
          securityContext:
            privileged: true
";
    let told = Story::default().rendered("chart/templates/web.yaml", Some(template), rendered).tell();
    assert_snapshot!(told.render(Format::Terminal), @r#"
Deployment r-web: 1 critical, 1 high, 1 medium

critical[SW1901]: container `web` is privileged
  --> chart/templates/web.yaml:15:13 (best match; rendered by Helm chart chart)
   |
15 |             {{- toYaml .Values.securityContext | nindent 12 }}
   |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
   = found: spec.template.spec.containers[0].securityContext.privileged: true
   = why: Whoever runs code in it is root on the node.
   = fix: set `spec.template.spec.containers[0].securityContext.privileged: false` (review first: a
          workload may rely on it)
   = help: seawall explain privileged

high[SW1903]: shares the processes of the node
 --> chart/templates/web.yaml:9:7 (best match; rendered by Helm chart chart)
  |
9 |       hostPID: {{ . }}
  |                ^^^^^^^
  = found: spec.template.spec.hostPID: true
  = see: these see them (chart/templates/web.yaml:11)
  = why: Processes of the node can be seen and killed.
  = fix: remove `spec.template.spec.hostPID` (review first: a workload may rely on it)
  = help: seawall explain host-pid

medium[SW1902]: container `web` may run as root
  --> chart/templates/web.yaml:14:11 (best match; rendered by Helm chart chart)
   |
14 |           securityContext:
   |           ^^^^^^^^^^^^^^^ `runAsNonRoot` would go in here
   = found: spec.template.spec.containers[0].securityContext.runAsNonRoot is missing: the image
            decides
   = why: Root in the container is root on the node when something else fails.
   = fix: set `spec.template.spec.containers[0].securityContext.runAsNonRoot: true` (review first: a
          workload may rely on it)
   = help: seawall explain may-run-as-root

3 findings in 1 object: 1 critical, 1 high, 1 medium
scanned: 1 object in 1 document of 1 file; profile default, Kubernetes v1.33
next: fix privileged in 1 place, starting at chart/templates/web.yaml:15; that takes away 1 critical
"#);
}

#[test]
fn what_repeats_is_told_once() {
    let pods: Vec<String> = (0..7)
        .map(|n| format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: p{n}}}\nspec:\n  hostPID: true\n"))
        .collect();
    let told = Story::default().file("pods.yaml", &pods.join("---\n")).tell();
    assert_snapshot!(told.render(Format::Terminal), @r#"
host-pid in 7 objects: 7 high

high[SW1903]: shares the processes of the node
 --> pods.yaml:5:3
  |
5 |   hostPID: true
  |            ^^^^
  = found: spec.hostPID: true
  = see: these see them (pods.yaml:4)
  = why: Processes of the node can be seen and killed.
  = fix: remove `spec.hostPID` (review first: a workload may rely on it)
  = help: seawall explain host-pid
  = also: 6 more: pods.yaml:11, pods.yaml:17, pods.yaml:23, pods.yaml:29, pods.yaml:35, pods.yaml:41

7 findings in 7 objects: 7 high
scanned: 7 objects in 7 documents of 1 file; profile default, Kubernetes v1.33
next: fix host-pid in 7 places, starting at pods.yaml:5; that takes away 7 high
"#);
}

#[test]
fn one_line_that_overlays_render_several_times_is_told_once() {
    let pod = |namespace| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: a, namespace: {namespace}}}\nspec:\n  hostPID: true\n"
        )
    };
    let template = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  hostPID: true\n";
    let told = Story::default()
        .rendered("base/pod.yaml", Some(template), &pod("dev"))
        .rendered("base/pod.yaml", Some(template), &pod("prod"))
        .tell();
    assert_snapshot!(told.render(Format::Terminal), @r#"
Pod dev/a: 2 high

high[SW1903]: shares the processes of the node
 --> base/pod.yaml:5:3 (best match; rendered by Helm chart chart)
  |
5 |   hostPID: true
  |            ^^^^
  = found: spec.hostPID: true
  = see: these see them (base/pod.yaml:4)
  = why: Processes of the node can be seen and killed.
  = fix: remove `spec.hostPID` (review first: a workload may rely on it)
  = help: seawall explain host-pid
  = also: 1 more here: Pod prod/a

2 findings in 2 objects: 2 high
scanned: 2 objects in 2 documents of 2 files; profile default, Kubernetes v1.33
next: fix host-pid in 1 place, starting at base/pod.yaml:5; that takes away 2 high
"#);
}

#[test]
fn problems_and_nothing_else() {
    let told = Story::default().file("a.yaml", "apiVersion: v1\nkind: Pod\nspec:\n\thostPID: true\n").tell();
    assert_snapshot!(told.render(Format::Terminal), @r#"
problem[tab]: a tab cannot indent a key or an item
 --> a.yaml:4:1
  |
4 |     hostPID: true
  | ^^^^
  = help: indent with spaces

nothing was scanned
incomplete: 1 problem kept something from being read
scanned: 0 objects in 0 documents of 1 file; profile default, Kubernetes v1.33
next: correct a.yaml:4 (tab), then scan again
"#);
}

#[test]
fn a_clean_workload() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: []}\n";
    let told = Story::default().file("a.yaml", pod).tell();
    assert_snapshot!(told.render(Format::Terminal), @r#"
no findings
scanned: 1 object in 1 document of 1 file; profile default, Kubernetes v1.33
"#);
}

#[test]
fn a_narrow_terminal_with_colour_and_links() {
    let told = Story::default().file("deploy/web.yaml", WEB).tell();
    let style = Style { width: 50, colour: true, hyperlinks: true };
    let written = told.render_with(Format::Terminal, &style);
    assert!(written.contains("\u{1b}]8;;https://seawall.dev/checks/SW1901\u{1b}\\SW1901\u{1b}]8;;\u{1b}\\"));
    assert!(written.contains("\u{1b}[1m"));
    let plain = told.render_with(Format::Terminal, &Style { width: 50, colour: false, hyperlinks: false });
    assert!(!plain.contains('\u{1b}'), "{plain}");
    assert_eq!(without_escapes(&written), plain, "colour and links change nothing else");
}

/// The text without SGR and OSC 8 sequences.
fn without_escapes(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        let end = if behind.starts_with(']') {
            behind.find("\u{1b}\\").unwrap() + 2
        } else {
            behind.find('m').unwrap() + 1
        };
        rest = &behind[end..];
    }
    plain + rest
}

/// Thirty pods, each with a finding that no other has, and equal ones.
fn thirty_pods() -> Story {
    (0..30).fold(Story::default(), |story, n| {
        let env = format!("env: [{{name: P{n}_PASSWORD, value: x}}]");
        let spec = format!("spec: {{containers: [{{name: a, {env}}}]}}");
        story.file(
            &format!("p{n:02}.yaml"),
            &format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: p{n}}}\n{spec}\n"),
        )
    })
}

#[test]
fn the_first_groups_are_shown_and_the_others_counted() {
    let written = thirty_pods().tell().render(Format::Terminal);
    assert_eq!(written.matches("high[").count(), 20, "{written}");
    assert_eq!(written.matches("medium[").count(), 0, "{written}");
    assert!(
        written.contains("\n11 more groups with 10 high, 30 medium are not shown; --all shows them\n"),
        "{written}"
    );
    assert!(written.contains("60 findings in 30 objects: 30 high, 30 medium"), "{written}");
}

#[test]
fn all_shows_every_group_and_every_place() {
    let written = thirty_pods().show(Show { all: true, ..Show::default() }).tell().render(Format::Terminal);
    assert_eq!(written.matches("high[").count(), 30, "{written}");
    assert_eq!(written.matches("medium[").count(), 1, "{written}");
    let places: String = (1..30).map(|n| format!(" p{n:02}.yaml:4")).collect();
    let words: Vec<&str> = written
        .split_whitespace()
        .filter(|word| word.ends_with(".yaml:4") || word.ends_with(".yaml:4,"))
        .collect();
    assert!(words.join(" ").replace(',', "").contains(places.trim()), "{written}");
    assert!(!written.contains("not shown"), "{written}");
}

#[test]
fn the_summary_is_short() {
    let written = thirty_pods().file("x.yaml", "a: [").tell().render(Format::Terminal);
    let summary = written.rsplit("\n\n").next().unwrap();
    assert!(summary.starts_with("60 findings") && summary.lines().count() <= 6, "{summary}");
}
