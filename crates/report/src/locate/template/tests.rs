use proptest::prelude::*;
use seawall_yaml::{Limits, parse};

use super::Template;
use crate::locate::descend::Descent;

/// Templates with what they render to, and for paths of the rendered text the line of the template that made them.
///
/// A template line that is expected for a path ends in `# <- path`; so the expectation stands where it belongs. The comment
/// is no part of the template.
struct Pair {
    what: &'static str,
    template: &'static str,
    rendered: &'static str,
}

const PAIRS: &[Pair] = &[
    Pair {
        what: "the chart of `helm create`",
        template: "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include \"web.fullname\" . }}  # <- 0 metadata.name
  labels:
    {{- include \"web.labels\" . | nindent 4 }}  # <- 0 metadata.labels.app
spec:
  {{- if not .Values.autoscaling.enabled }}
  replicas: {{ .Values.replicaCount }}  # <- 0 spec.replicas
  {{- end }}
  template:
    metadata:
      {{- with .Values.podAnnotations }}
      annotations:
        {{- toYaml . | nindent 8 }}  # <- 0 spec.template.metadata.annotations.a
      {{- end }}
    spec:  # <- 0 spec.template.spec
      {{- with .Values.imagePullSecrets }}
      imagePullSecrets:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      securityContext:
        {{- toYaml .Values.podSecurityContext | nindent 8 }}  # <- 0 spec.template.spec.securityContext.fsGroup
      containers:
        - name: {{ .Chart.Name }}  # <- 0 spec.template.spec.containers[0]
          securityContext:
            {{- toYaml .Values.securityContext | nindent 12 }}  # <- 0 spec.template.spec.containers[0].securityContext.privileged
          image: \"{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}\"  # <- 0 spec.template.spec.containers[0].image
          ports:
            - name: http
              containerPort: {{ .Values.service.port }}  # <- 0 spec.template.spec.containers[0].ports[0].containerPort
          {{- with .Values.livenessProbe }}
          livenessProbe:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          resources:
            {{- toYaml .Values.resources | nindent 12 }}  # <- 0 spec.template.spec.containers[0].resources.limits.cpu
",
        rendered: "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: r-web
  labels:
    app: web
spec:
  replicas: 1
  template:
    metadata:
      annotations:
        a: b
    spec:
      securityContext:
        fsGroup: 2000
      containers:
        - name: web
          securityContext:
            privileged: true
          image: \"nginx:1.16.0\"
          ports:
            - name: http
              containerPort: 80
          resources:
            limits:
              cpu: 1
",
    },
    Pair {
        what: "branches of a condition",
        template: "\
kind: Pod
spec:
  {{- if .Values.debug }}
  hostPID: true  # <- 0 spec.hostPID
  {{- else }}
  hostPID: false
  {{- end }}
",
        rendered: "kind: Pod\nspec:\n  hostPID: true\n",
    },
    Pair {
        what: "the second branch",
        template: "\
kind: Pod
spec:
  {{- if .Values.debug }}
  hostPID: true
  {{- else }}
  hostPID: false  # <- 0 spec.hostPID
  {{- end }}
",
        rendered: "kind: Pod\nspec:\n  hostPID: false\n",
    },
    Pair {
        what: "a container that a condition leaves out, and one behind it",
        template: "\
kind: Pod
spec:
  containers:
  {{- if .Values.proxy.enabled }}
  - name: proxy
    image: proxy
    securityContext:
      privileged: {{ .Values.proxy.privileged }}
  {{- end }}
  - name: {{ .Values.name }}-app
    image: {{ .Values.image }}
    securityContext:
      privileged: {{ .Values.privileged }}  # <- 0 spec.containers[0].securityContext.privileged
  - name: agent  # <- 0 spec.containers[1].name
    image: agent:1  # <- 0 spec.containers[1].image
",
        rendered: "\
kind: Pod
spec:
  containers:
  - name: web-app
    image: web
    securityContext:
      privileged: true
  - name: agent
    image: agent:1
",
    },
    Pair {
        what: "a range",
        template: "\
kind: Pod
spec:
  containers:
  {{- range $name, $c := .Values.containers }}
  - name: {{ $name }}
    image: {{ $c.image }}  # <- 0 spec.containers[0].image # <- 0 spec.containers[2].image
    {{- if $c.debug }}
    securityContext: {privileged: true}  # <- 0 spec.containers[1].securityContext.privileged
    {{- end }}
  {{- end }}
",
        rendered: "\
kind: Pod
spec:
  containers:
  - name: a
    image: a:1
  - name: b
    image: b:1
    securityContext: {privileged: true}
  - name: c
    image: c:1
",
    },
    Pair {
        what: "several documents, one of which is left out",
        template: "\
{{- if .Values.rbac }}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}
{{- end }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}-web
spec:
  type: {{ .Values.type }}  # <- 0 spec.type
---
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}-metrics
spec:
  type: ClusterIP  # <- 1 spec.type
",
        rendered: "\
apiVersion: v1
kind: Service
metadata:
  name: r-web
spec:
  type: NodePort
---
apiVersion: v1
kind: Service
metadata:
  name: r-metrics
spec:
  type: ClusterIP
",
    },
    Pair {
        what: "all of it from a library chart",
        template: "\
{{/*
  kind: Pod
*/}}
{{- if .Values.enabled }}
{{ include \"lib.pod\" . }}  # <- 0 spec.hostPID # <- 0 metadata.name
{{- end }}
",
        rendered: "kind: Pod\nmetadata:\n  name: a\nspec:\n  hostPID: true\n",
    },
    Pair {
        what: "definitions in the same file are not where they stand",
        template: "\
{{- define \"spec\" }}
spec:
  hostPID: true
{{- end }}
kind: Pod
{{- template \"spec\" . }}  # <- 0 spec.hostPID
",
        rendered: "kind: Pod\nspec:\n  hostPID: true\n",
    },
    Pair {
        what: "text in a block scalar is no structure",
        template: "\
kind: Pod
metadata:
  annotations:
    script: |
      spec:
        hostPID: true
{{ toYaml .Values.more | indent 6 }}
spec:
  hostPID: {{ .Values.hostPID }}  # <- 0 spec.hostPID
",
        rendered: "\
kind: Pod
metadata:
  annotations:
    script: |
      spec:
        hostPID: true
      more
spec:
  hostPID: true
",
    },
    Pair {
        what: "an action over several lines, and keys with holes",
        template: "\
kind: Pod
metadata:
  labels:
    app: {{ include \"x\"
      (dict \"a\" 1
            \"b\" 2) }}
    {{ .Values.prefix }}/tier: web  # <- 0 metadata.labels[\"acme/tier\"]
    {{- range $k, $v := .Values.labels }}
    {{ $k }}: {{ $v | quote }}  # <- 0 metadata.labels.other
    {{- end }}
spec:
  hostPID: true  # <- 0 spec.hostPID
",
        rendered: "\
kind: Pod
metadata:
  labels:
    app: x
    acme/tier: web
    other: \"1\"
spec:
  hostPID: true
",
    },
    Pair {
        what: "items in the column of their key, scalars in a list",
        template: "\
kind: Pod
spec:
  tolerations:
  {{- toYaml .Values.tolerations | nindent 2 }}  # <- 0 spec.tolerations[0].key
  containers:
  - name: app
    args:
    - --port={{ .Values.port }}
    {{- if .Values.insecure }}
    - --insecure  # <- 0 spec.containers[0].args[1]
    {{- end }}
    - --log=debug  # <- 0 spec.containers[0].args[2]
    {{- with .Values.extraArgs }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
",
        rendered: "\
kind: Pod
spec:
  tolerations:
  - key: a
  containers:
  - name: app
    args:
    - --port=80
    - --insecure
    - --log=debug
",
    },
    Pair {
        what: "a resource that Kustomize gave a prefix and patched",
        template: "\
apiVersion: v1
kind: Service
metadata:
  name: web
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web  # <- 0 metadata.name
spec:
  template:
    spec:  # <- 0 spec.template.spec.hostPID
      containers:
      - image: web  # <- 0 spec.template.spec.containers[0].image
        name: web
",
        rendered: "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: prod-web
spec:
  template:
    spec:
      hostPID: true
      containers:
      - image: web
        name: web
",
    },
];

#[test]
fn lines_of_templates() {
    for pair in PAIRS {
        let expected = expectations(pair.template);
        assert!(!expected.is_empty(), "{}", pair.what);
        let template: String = pair.template.split_inclusive('\n').map(without_marks).collect();
        let stream = parse(pair.rendered.as_bytes(), &Limits::default());
        assert!(stream.problems.is_empty(), "{}: {:?}", pair.what, stream.problems);
        let mut matcher = Template::new(&template);
        for (line, document, path) in expected {
            let path = path.parse().unwrap();
            let steps = Descent::new(&stream.documents[document]).steps(&path);
            assert_eq!(steps.len(), path.len() + 1, "{}: no {path} in the rendered text", pair.what);
            let spot = matcher.spot(document, &path, &steps);
            let found = template[..spot.region.start as usize].matches('\n').count() + 1;
            assert_eq!(found, line, "{}: line of {path}", pair.what);
        }
    }
}

/// Line, document and path of each mark.
fn expectations(template: &str) -> Vec<(usize, usize, &str)> {
    template
        .lines()
        .enumerate()
        .flat_map(|(index, line)| line.split("# <- ").skip(1).map(move |mark| (index + 1, mark.trim())))
        .map(|(line, mark)| {
            let (document, path) = mark.split_once(' ').unwrap();
            (line, document.parse().unwrap(), path)
        })
        .collect()
}

fn without_marks(line: &str) -> String {
    match line.split_once("  # <- ") {
        Some((line, _)) => format!("{line}\n"),
        None => line.to_owned(),
    }
}

/// Pieces that templates are made of, in any order.
fn anything() -> impl Strategy<Value = String> {
    let pieces = [
        "{{",
        "}}",
        "{{-",
        "-}}",
        "{{ end }}",
        "{{ if .x }}",
        "{{ range .x }}",
        "{{ define \"a\" }}",
        "{{/*",
        "*/}}",
        "`",
        "\"",
        "'",
        "\n",
        "\r\n",
        "\n  ",
        "\n    ",
        "- ",
        "-",
        "---\n",
        "kind: Pod",
        "spec:",
        "containers:",
        "name: a",
        ": ",
        ":",
        " #",
        "|",
        "é",
        "日本",
        "\t",
        "a",
        "| nindent 4 }}",
        "toYaml .",
        "\u{feff}",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_template_gives_a_place_within_it(text in anything()) {
        let rendered = "kind: Pod\nspec:\n  containers:\n  - name: a\n    x: [1, {y: 2}]\n  -\n  - *a\n".replace("*a", "b");
        let stream = parse(rendered.as_bytes(), &Limits::default());
        let mut matcher = Template::new(&text);
        for path in ["", "kind", "spec.containers[0].name", "spec.containers[0].x[1].y", "spec.containers[1]", "spec.containers[2].z"] {
            let path = path.parse().unwrap();
            let steps = Descent::new(&stream.documents[0]).steps(&path);
            let spot = matcher.spot(0, &path, &steps);
            for span in [spot.region, spot.caret] {
                prop_assert!(text.get(span.range()).is_some(), "{span:?} in {text:?}");
            }
        }
    }
}
