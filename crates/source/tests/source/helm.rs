//! Charts, rendered by the real Helm 3 and 4.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use seawall_inventory::{Object, Place, Provenance, Snapshot, UnitKind};
use seawall_rig::{Tool, corpus, tool};
use seawall_source::{Control, HelmOptions, Input, Options, load};
use seawall_yaml::Limits;

use crate::folder::{POD, account, folder, is_complete, place, scan, the_problem, with_tools, write};

const HELMS: [Tool; 2] = [Tool::Helm3, Tool::Helm4];

const CHART: (&str, &str) = ("web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n");

/// A template of a pod with these lines behind it.
fn pod(lines: &str) -> String {
    format!("apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{{{ .Release.Name }}}}\n{lines}")
}

/// `kind namespace/name` of every object, sorted.
fn objects(snapshot: &Snapshot) -> Vec<String> {
    let mut objects: Vec<String> = snapshot
        .objects
        .iter()
        .map(|object| format!("{} {}", object.api_version, object.reference()))
        .collect();
    objects.sort();
    objects
}

/// The same objects as `helm template` prints, each in the file of its template, and every template accounted for.
#[test]
fn charts_of_the_corpus_render_whole() {
    let corpus = corpus().unwrap();
    for chart in [
        "charts/argo-helm/charts/argo-rollouts",
        "charts/ingress-nginx/charts/ingress-nginx",
        "charts/podinfo/charts/podinfo",
        "manifests/microservices-demo/helm-chart",
        "manifests/kubernetes-goat/scenarios/metadata-db",
    ] {
        for helm in HELMS {
            let folder = corpus.join(chart);
            let snapshot = scan(&folder, &with_tools(helm));
            assert_eq!(snapshot.problems, [], "{chart} {helm:?}");
            assert_eq!(snapshot.units.len(), 1);
            assert_eq!(
                (snapshot.units[0].path.as_path(), snapshot.units[0].kind),
                (Path::new("."), UnitKind::HelmChart)
            );

            let printed = Command::new(tool(helm).unwrap())
                .args(["template", "release-name", "--kube-version=v1.37.0"])
                .arg(&folder)
                .output()
                .unwrap();
            assert!(printed.status.success(), "{printed:?}");
            let whole = seawall_inventory::read(
                "-".into(),
                &printed.stdout,
                Provenance::Verbatim,
                &Limits::default(),
            );
            let verbatim = |object: &Object| {
                snapshot.file(object.origin.file).unwrap().provenance == Provenance::Verbatim
            };
            let expected = identities(whole.objects.iter());
            let rendered = identities(snapshot.objects.iter().filter(|object| !verbatim(object)));
            assert_eq!(rendered, expected, "{chart} {helm:?}");
            assert!(!rendered.is_empty());

            every_template_is_accounted_for(&folder, &snapshot);
        }
    }
}

/// Charts may end names with letters drawn at random.
fn identities<'o>(objects: impl Iterator<Item = &'o Object>) -> Vec<String> {
    let without_random = |object: &Object| {
        let identity = format!("{} {}", object.api_version, object.reference());
        match identity.rsplit_once("-test-") {
            Some((fixed, random)) if random.len() == 5 => format!("{fixed}-test-?"),
            _ => identity,
        }
    };
    let mut identities: Vec<String> = objects.map(without_random).collect();
    identities.sort();
    identities
}

fn every_template_is_accounted_for(chart: &Path, snapshot: &Snapshot) {
    for file in &snapshot.files {
        let Provenance::Rendered { template, .. } = &file.provenance else { continue };
        let on_disk = fs::read_to_string(chart.join(&file.path)).unwrap();
        assert_eq!(template.as_deref(), Some(on_disk.as_str()), "{}", file.path.display());
    }
    let rendered: BTreeSet<&PathBuf> = snapshot.files.iter().map(|file| &file.path).collect();
    let skipped: BTreeSet<&PathBuf> = snapshot.skipped.iter().map(|skipped| &skipped.path).collect();
    let mut folders = vec![chart.join("templates")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let called = path.strip_prefix(chart).unwrap().to_path_buf();
            assert!(rendered.contains(&called) != skipped.contains(&called), "{}", called.display());
        }
    }
}

#[test]
fn a_chart_is_a_unit_and_what_stands_beside_it_is_read() {
    let template = pod("---\n{{ if .Values.second }}\nkind: Second\n{{ end }}\n");
    let files = [
        CHART,
        ("web/values.yaml", "second: false\n"),
        ("web/templates/pod.yaml", &template),
        ("web/templates/_helpers.tpl", "{{ define \"x\" }}{{ end }}"),
        ("web/templates/NOTES.txt", "apiVersion: v1\nkind: Note\n"),
        ("web/templates/off.yaml", "{{ if .Values.off }}\nkind: x\n{{ end }}"),
        (
            "web/templates/hook.yaml",
            "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: hook\n  annotations:\n    helm.sh/hook: post-install\n",
        ),
        (
            "web/crds/crd.yaml",
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: crd}\n",
        ),
        ("web/charts/db/Chart.yaml", "apiVersion: v2\nname: database\nversion: 1.0.0\n"),
        (
            "web/charts/db/crds/crd.yaml",
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: db}\n",
        ),
        ("web/examples/pod.yaml", POD),
        ("pod.yaml", POD),
    ];
    let folder = folder(&files);
    for helm in HELMS {
        for include_crds in [false, true] {
            let mut options = with_tools(helm);
            options.helm.include_crds = include_crds;
            let snapshot = scan(folder.path(), &options);
            assert_eq!(
                account(&snapshot),
                [
                    "pod.yaml: 1 object",
                    "web/Chart.yaml: - configuration of a Helm chart",
                    "web/charts/db/Chart.yaml: - configuration of a Helm chart",
                    "web/charts/db/crds/crd.yaml: 1 object",
                    "web/crds/crd.yaml: 1 object",
                    "web/examples/pod.yaml: 1 object",
                    "web/templates/NOTES.txt: - neither .yaml, .yml nor .json",
                    "web/templates/_helpers.tpl: - neither .yaml, .yml nor .json",
                    "web/templates/hook.yaml: rendered, 1 object",
                    "web/templates/off.yaml: - renders nothing with these values",
                    "web/templates/pod.yaml: rendered, 1 object",
                    "web/values.yaml: - configuration of a Helm chart",
                ]
            );
            assert_eq!(snapshot.units[0].path, Path::new("web"));
        }
    }
}

/// A subchart is part of its parent: rendered once, with the parent's values, and called by where its files lie even when
/// folder, name and alias differ.
#[test]
fn subcharts_are_part_of_their_parent() {
    let files = [
        (
            "web/Chart.yaml",
            "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- {name: db, version: 1.0.0, alias: store}\n- {name: cache, version: 1.0.0, condition: cache.enabled}\n",
        ),
        ("web/values.yaml", "store: {size: big}\ncache: {enabled: false}\n"),
        ("web/templates/pod.yaml", &pod("")),
        ("web/charts/database/Chart.yaml", "apiVersion: v2\nname: db\nversion: 1.0.0\n"),
        ("web/charts/database/values.yaml", "size: small\n"),
        ("web/charts/database/templates/pod.yaml", &pod("  labels: {size: \"{{ .Values.size }}\"}\n")),
        ("web/charts/database/charts/inner/Chart.yaml", "apiVersion: v2\nname: inner\nversion: 1.0.0\n"),
        ("web/charts/database/charts/inner/templates/pod.yaml", &pod("")),
        ("web/charts/cache/Chart.yaml", "apiVersion: v2\nname: cache\nversion: 1.0.0\n"),
        ("web/charts/cache/templates/pod.yaml", &pod("")),
    ];
    let folder = folder(&files);
    for helm in HELMS {
        let snapshot = scan(folder.path(), &with_tools(helm));
        assert!(is_complete(&snapshot), "{:#?}", snapshot.problems);
        assert_eq!(snapshot.units.len(), 1);
        let templates: Vec<String> =
            account(&snapshot).into_iter().filter(|line| line.contains("templates")).collect();
        assert_eq!(
            templates,
            [
                "web/charts/cache/templates/pod.yaml: - renders nothing with these values",
                "web/charts/database/charts/inner/templates/pod.yaml: rendered, 1 object",
                "web/charts/database/templates/pod.yaml: rendered, 1 object",
                "web/templates/pod.yaml: rendered, 1 object",
            ]
        );
        let database =
            snapshot.files.iter().find(|file| file.path.ends_with("database/templates/pod.yaml")).unwrap();
        assert!(database.text.get().contains("size: \"big\""), "{:?}", database.text);
    }
}

#[test]
fn a_library_chart_is_left_out_with_the_reason() {
    let folder = folder(&[
        ("lib/Chart.yaml", "apiVersion: v2\nname: lib\nversion: 1.0.0\ntype: library\n"),
        ("lib/templates/pod.yaml", &pod("")),
    ]);
    assert_eq!(
        account(&scan(folder.path(), &with_tools(Tool::Helm4))),
        [
            "lib/Chart.yaml: - configuration of a Helm chart",
            "lib/templates/pod.yaml: - a template of a library chart"
        ]
    );
}

#[test]
fn a_packaged_chart_is_rendered_when_it_is_named() {
    for helm in HELMS {
        let folder = folder(&[CHART, ("web/templates/pod.yaml", &pod(""))]);
        let packaged = Command::new(tool(helm).unwrap())
            .current_dir(folder.path())
            .args(["package", "web"])
            .output()
            .unwrap();
        assert!(packaged.status.success(), "{packaged:?}");
        fs::remove_dir_all(folder.path().join("web")).unwrap();
        let options = with_tools(helm);
        let reason = "web-1.0.0.tgz: - an archive; a packaged chart is read when it is named itself";
        assert!(account(&scan(folder.path(), &options)).contains(&reason.to_owned()));
        let archive =
            Input::Folder { at: folder.path().join("web-1.0.0.tgz"), shown_as: "web-1.0.0.tgz".into() };
        let snapshot = load(vec![archive], &options, Control::default());
        assert_eq!(account(&snapshot), ["web-1.0.0.tgz/templates/pod.yaml: rendered, 1 object"]);
        assert_eq!(snapshot.units[0].path, Path::new("web-1.0.0.tgz"));
    }
}

#[test]
fn what_the_user_gives_reaches_helm() {
    let template = pod(
        "  namespace: {{ .Release.Namespace }}\n  labels:\n    a: {{ .Values.a | quote }}\n    b: {{ .Values.b | quote }}\n    c: {{ .Values.c | quote }}\n    d: {{ .Values.d | quote }}\n    kube: {{ .Capabilities.KubeVersion.Version }}\n    api: {{ .Capabilities.APIVersions.Has \"example.com/v1\" | quote }}\n",
    );
    let folder = folder(&[
        CHART,
        ("web/templates/pod.yaml", &template),
        ("my values.yaml", "a: 1\nb: 1\n"),
        ("content", "c"),
    ]);
    for helm in HELMS {
        let defaults = with_tools(helm);
        let mut options = defaults.clone();
        options.helm = HelmOptions {
            values: vec![folder.path().join("my values.yaml")],
            set: vec!["b=2".into()],
            set_file: vec![format!("c={}", folder.path().join("content").display())],
            set_string: vec!["d=0123".into()],
            kube_version: Some("v1.30.1".into()),
            api_versions: vec!["example.com/v1".into()],
            release_name: "mine".into(),
            namespace: Some("shop".into()),
            ..defaults.helm.clone()
        };
        let snapshot = scan(&folder.path().join("web"), &options);
        assert_eq!(snapshot.problems, []);
        assert_eq!(objects(&snapshot), ["v1 Pod shop/mine"]);
        let labels: Vec<_> = snapshot.objects[0].metadata.labels.iter().collect();
        let expected =
            [("a", "1"), ("b", "2"), ("c", "c"), ("d", "0123"), ("kube", "v1.30.1"), ("api", "true")];
        assert_eq!(labels, expected);

        // Without a word about it, the version that is scanned for, and Helm's own names.
        let snapshot = scan(&folder.path().join("web"), &defaults);
        assert_eq!(objects(&snapshot), ["v1 Pod default/release-name"]);
        assert_eq!(snapshot.objects[0].metadata.labels.get("kube"), Some("v1.37.0"));
    }
}

/// A name, the files of the chart, what Helm says, what is said to do, and the place.
type Refusal<'t> = (&'t str, &'t [(&'t str, &'t str)], &'t str, &'t str, &'t str);

/// Each failure carries Helm's words, says what to do, points at the template that Helm names, and hides nothing else.
#[test]
fn what_helm_refuses_is_a_problem_in_its_words() {
    let required = pod("spec:\n  nodeName: {{ required \"say which node\" .Values.node }}\n");
    let schema = r#"{"type":"object","required":["replicas"],"properties":{"replicas":{"type":"integer"}}}"#;
    let table: [Refusal; 6] = [
        (
            "required",
            &[CHART, ("web/templates/pod.yaml", &required)],
            "say which node",
            "--values",
            "web/templates/pod.yaml",
        ),
        ("schema", &[CHART, ("web/values.schema.json", schema)], "replicas", "values.schema.json", "web"),
        (
            "dependency",
            &[(
                "web/Chart.yaml",
                "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{name: db, version: 1.0.0, repository: \"https://example.com\"}]\n",
            )],
            "found in Chart.yaml, but missing in charts/ directory: db",
            "`helm dependency build web`",
            "web",
        ),
        (
            "syntax",
            &[CHART, ("web/templates/pod.yaml", "{{ if }}")],
            "missing value for if",
            "`helm template web`",
            "web/templates/pod.yaml",
        ),
        (
            "not yaml",
            &[CHART, ("web/templates/pod.yaml", "a: [")],
            "YAML parse error",
            "`helm template web`",
            "web/templates/pod.yaml",
        ),
        (
            "kubernetes",
            &[("web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\nkubeVersion: '<1.0'\n")],
            "kubeVersion",
            "--kube-version",
            "web",
        ),
    ];
    for helm in HELMS {
        for (name, files, said, remedy, at) in table {
            let folder = folder(files);
            write(folder.path(), "pod.yaml", POD);
            write(folder.path(), "web/templates/other.yaml", "kind: {{ .Values.x }}");
            let snapshot = scan(folder.path(), &with_tools(helm));
            let problem = the_problem(&snapshot, "helm-failed");
            assert!(problem.message.contains(said), "{name} {helm:?}: {}", problem.message);
            assert!(problem.help.contains(remedy), "{name} {helm:?}: {}", problem.help);
            assert_eq!(place(problem, &snapshot), Path::new(at), "{name} {helm:?}: {}", problem.message);
            assert!(!is_complete(&snapshot));
            assert_eq!(objects(&snapshot), ["v1 Pod a"], "{name}: the rest is read");
            // Templates are not read as if they were manifests.
            let other = "web/templates/other.yaml: - a template of a chart that could not be rendered";
            assert!(account(&snapshot).contains(&other.to_owned()), "{:#?}", account(&snapshot));
        }
    }
}

#[test]
fn a_refusal_points_at_the_line_of_the_template() {
    let template = pod("spec:\n  nodeName: {{ required \"say which node\" .Values.node }}\n");
    let folder = folder(&[CHART, ("web/templates/pod.yaml", &template)]);
    for helm in HELMS {
        let snapshot = scan(folder.path(), &with_tools(helm));
        let Place::Aside { file, span } = &the_problem(&snapshot, "helm-failed").place else {
            panic!("{:?}", snapshot.problems);
        };
        let at = &file.text.get()[span.start as usize..span.end as usize];
        assert!(at.starts_with("required") && template.contains(&format!("nodeName: {{{{ {at}")), "{at:?}");
    }
}

fn script(folder: &Path, text: &str) -> PathBuf {
    let path = folder.join("program");
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[test]
fn a_program_that_does_not_behave_is_a_problem() {
    let folder = folder(&[CHART, ("web/templates/pod.yaml", &pod("")), ("pod.yaml", POD)]);
    let tools = tempfile::tempdir().unwrap();
    let with = |program: PathBuf, timeout| {
        let mut options = Options::default();
        options.helm.program = Some(program);
        options.helm.timeout = timeout;
        options.limits.max_bytes = 1 << 20;
        scan(folder.path(), &options)
    };
    let long = Duration::from_secs(60);
    let snapshot = with(script(tools.path(), "sleep 1000"), Duration::from_millis(100));
    assert!(the_problem(&snapshot, "timeout").help.contains("--helm-timeout"));
    assert_eq!(objects(&snapshot), ["v1 Pod a"]);
    the_problem(&with(script(tools.path(), "yes"), long), "output-too-large");
    the_problem(&with(tools.path().join("gone"), long), "not-started");
    let hostile = with(script(tools.path(), "printf 'Error: \\033[31mred\\n' >&2; exit 1"), long);
    let message = &the_problem(&hostile, "helm-failed").message;
    assert!(!message.contains('\u{1b}') && message.contains("red"), "{message:?}");
}

/// Found on PATH, or said to be missing: nothing is quietly left unrendered.
#[test]
fn without_helm_a_chart_is_a_problem() {
    let folder = folder(&[CHART, ("web/templates/pod.yaml", &pod("")), ("pod.yaml", POD)]);
    let tools = tempfile::tempdir().unwrap();
    let mut options = Options { program_path: Some(tools.path().into()), ..Options::default() };
    let snapshot = scan(folder.path(), &options);
    let problem = the_problem(&snapshot, "helm-missing");
    assert!(problem.help.contains("install Helm") && problem.help.contains("--no-helm"), "{}", problem.help);
    assert!(!is_complete(&snapshot));
    assert_eq!(objects(&snapshot), ["v1 Pod a"]);

    symlink(tool(Tool::Helm4).unwrap(), tools.path().join("helm")).unwrap();
    options.program_path =
        Some([Path::new("relative"), tools.path()].map(|path| path.to_str().unwrap()).join(":").into());
    let snapshot = scan(folder.path(), &options);
    assert_eq!(objects(&snapshot), ["v1 Pod a", "v1 Pod release-name"]);
}

#[test]
fn nothing_is_fetched_unasked() {
    let folder = folder(&[CHART, ("web/templates/pod.yaml", &pod(""))]);
    let tools = tempfile::tempdir().unwrap();
    for helm in [
        HelmOptions { values: vec!["https://example.com/values.yaml".into()], ..HelmOptions::default() },
        HelmOptions { set_file: vec!["a=https://example.com/a".into()], ..HelmOptions::default() },
    ] {
        let trace = tools.path().join("ran");
        let program = Some(script(tools.path(), &format!("touch {}", trace.display())));
        let options = Options { helm: HelmOptions { program, ..helm }, ..Options::default() };
        let snapshot = scan(folder.path(), &options);
        assert!(the_problem(&snapshot, "remote-refused").help.contains("--allow-remote"));
        assert!(!trace.exists(), "helm was run");
    }
}

#[test]
fn a_name_that_looks_like_a_flag_is_a_name() {
    let folder = folder(&[CHART, ("web/templates/pod.yaml", &pod(""))]);
    for helm in HELMS {
        let mut options = with_tools(helm);
        options.helm.release_name = "--post-renderer=/bin/true".into();
        let snapshot = scan(folder.path(), &options);
        let message = &the_problem(&snapshot, "helm-failed").message;
        assert!(message.contains("invalid release name"), "{message}");
    }
}

#[test]
fn charts_can_be_left_out() {
    let folder = folder(&[CHART, ("web/templates/pod.yaml", &pod("")), ("pod.yaml", POD)]);
    let mut options = Options::default();
    options.helm.enabled = false;
    assert_eq!(
        account(&scan(folder.path(), &options)),
        [
            "pod.yaml: 1 object",
            "web/Chart.yaml: - configuration of a Helm chart",
            "web/templates/pod.yaml: - a template of a chart, and charts are not rendered",
        ]
    );
}
