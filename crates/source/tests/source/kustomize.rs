//! Kustomize directories, built by the Kustomize in the real kubectl.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use seawall_inventory::{Provenance, Snapshot, UnitKind};
use seawall_rig::{Tool, corpus, tool};
use seawall_source::Options;

use crate::folder::{account, folder, is_complete, scan, the_problem, with_tools};

const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n";
const DEPLOYMENT: &str =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 1\n";
const PATCH: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 3\n";
const BASE: [(&str, &str); 3] = [
    ("base/kustomization.yaml", "resources: [service.yaml, deployment.yaml]\n"),
    ("base/service.yaml", SERVICE),
    ("base/deployment.yaml", DEPLOYMENT),
];

fn kubectl() -> Options {
    with_tools(Tool::Helm4)
}

fn with<'f>(more: &[(&'f str, &'f str)]) -> tempfile::TempDir {
    folder(&[&BASE[..], more].concat())
}

/// Every kustomization of the corpus that is built gives what Kustomize itself gives; the others are problems that name
/// what is not there.
#[test]
fn kustomizations_of_the_corpus_build_as_by_kustomize_itself() {
    let corpus = corpus().unwrap();
    let mut built = 0;
    for project in ["manifests/argo-cd", "manifests/microservices-demo", "charts/podinfo"] {
        let folder = corpus.join(project);
        let snapshot = scan(&folder, &kubectl());
        for (number, unit) in snapshot.units.iter().enumerate() {
            if unit.kind != UnitKind::Kustomization {
                continue;
            }
            let ours = documents(texts_of(&snapshot, number).iter().map(|(_, text)| text.as_str()));
            let printed = Command::new(tool(Tool::Kubectl).unwrap())
                .arg("kustomize")
                .arg(folder.join(&unit.path))
                .output()
                .unwrap();
            assert!(printed.status.success(), "{printed:?}");
            let theirs = documents([String::from_utf8(printed.stdout).unwrap().as_str()].into_iter());
            assert!(ours == theirs, "{project} {}", unit.path.display());
            assert!(!ours.is_empty());
            built += 1;
        }
        for problem in snapshot.problems.iter().filter(|problem| problem.code == "kustomize-failed") {
            assert!(problem.message.contains("../namespace-install"), "{}", problem.message);
        }
    }
    assert_eq!(built, 15);
}

/// The texts of one unit, with the path of each.
fn texts_of(snapshot: &Snapshot, number: usize) -> Vec<(&Path, String)> {
    let of_unit = |provenance: &Provenance| match provenance {
        Provenance::Rendered { unit, .. } => unit.0 as usize == number,
        Provenance::Verbatim | Provenance::Live | Provenance::Owners => false,
    };
    let files = snapshot.files.iter().filter(|file| of_unit(&file.provenance));
    files.map(|file| (file.path.as_path(), file.text.get().to_string())).collect()
}

fn documents<'t>(texts: impl Iterator<Item = &'t str>) -> BTreeSet<String> {
    let mut documents = BTreeSet::new();
    for text in texts {
        let text = format!("\n{text}");
        documents
            .extend(text.split("\n---\n").map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()));
    }
    documents
}

#[test]
fn a_base_is_part_of_the_overlays_that_include_it() {
    let overlay = "resources: [../../base]\npatches: [{path: patch.yaml}]\nnamePrefix: ";
    let (dev, prod) = (format!("{overlay}dev-\n"), format!("{overlay}prod-\n"));
    let folder = with(&[
        ("overlays/dev/kustomization.yml", &dev),
        ("overlays/dev/patch.yaml", PATCH),
        ("overlays/prod/Kustomization", &prod),
        ("overlays/prod/patch.yaml", PATCH),
        ("overlays/prod/forgotten.yaml", SERVICE),
    ]);
    let snapshot = scan(folder.path(), &kubectl());
    assert_eq!(
        account(&snapshot),
        [
            "base/deployment.yaml: rendered, 1 object",
            "base/deployment.yaml: rendered, 1 object",
            "base/kustomization.yaml: - configuration of Kustomize",
            "base/service.yaml: rendered, 1 object",
            "base/service.yaml: rendered, 1 object",
            "overlays/dev/kustomization.yml: - configuration of Kustomize",
            "overlays/dev/patch.yaml: - a patch or other input of a kustomization",
            "overlays/prod/Kustomization: - configuration of Kustomize",
            "overlays/prod/forgotten.yaml: 1 object",
            "overlays/prod/patch.yaml: - a patch or other input of a kustomization",
        ]
    );
    let units: Vec<&Path> = snapshot.units.iter().map(|unit| unit.path.as_path()).collect();
    assert_eq!(units, [Path::new("overlays/dev"), Path::new("overlays/prod")]);
    let texts = texts_of(&snapshot, 1);
    let (_, deployment) = texts.iter().find(|(path, _)| path.ends_with("deployment.yaml")).unwrap();
    assert_eq!(
        deployment,
        "---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: prod-web\nspec:\n  replicas: 3\n"
    );
    // What stands in the file, for finding the line there.
    for file in &snapshot.files {
        if let Provenance::Rendered { template, .. } = &file.provenance {
            assert_eq!(
                template.as_deref(),
                fs::read_to_string(folder.path().join(&file.path)).ok().as_deref()
            );
        }
    }
}

/// An overlay alone is built with the base that lies outside of what is scanned, which is called by its way from there.
#[test]
fn a_base_elsewhere_is_called_by_its_way() {
    let folder = with(&[("overlays/dev/kustomization.yaml", "resources: [../../base]\n")]);
    let snapshot = scan(&folder.path().join("overlays/dev"), &kubectl());
    assert_eq!(
        account(&snapshot),
        [
            "../../base/deployment.yaml: rendered, 1 object",
            "../../base/service.yaml: rendered, 1 object",
            "kustomization.yaml: - configuration of Kustomize",
        ]
    );
}

#[test]
fn generated_objects_come_from_the_kustomization() {
    let folder = folder(&[
        (
            "kustomization.yaml",
            "configMapGenerator:\n- name: a\n  files: [key=input.yaml]\n- name: b\n  envs: [vars.env]\n",
        ),
        ("input.yaml", SERVICE),
        ("vars.env", "A=1\nHOME\nCARGO_MANIFEST_DIR\n"),
    ]);
    let snapshot = scan(folder.path(), &kubectl());
    assert_eq!(
        account(&snapshot),
        [
            "input.yaml: - a patch or other input of a kustomization",
            "kustomization.yaml: rendered, 2 objects",
            "vars.env: - neither .yaml, .yml nor .json",
        ]
    );
    // A line without `=` takes the variable of that name from the environment: ours is not there to be taken.
    let text = snapshot.files[0].text.get();
    assert!(text.contains("  A: \"1\"\n") && text.contains("CARGO_MANIFEST_DIR: \"\"\n"), "{text}");
}

/// A component is nothing by itself: what it adds is read as it stands, what it changes is not.
#[test]
fn a_component_that_nothing_includes_is_not_built() {
    let component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [extra.yaml]\npatches: [{path: patch.yaml}]\n";
    let files =
        [("part/kustomization.yaml", component), ("part/extra.yaml", SERVICE), ("part/patch.yaml", PATCH)];
    let alone = folder(&files);
    assert_eq!(
        account(&scan(alone.path(), &kubectl())),
        [
            "part/extra.yaml: 1 object",
            "part/kustomization.yaml: - configuration of Kustomize",
            "part/patch.yaml: - a patch or other input of a kustomization",
        ]
    );
    let included = with(
        &[
            &files[..2],
            &[
                ("part/patch.yaml", PATCH),
                ("kustomization.yaml", "resources: [base]\ncomponents: [part]\nnameSuffix: -x\n"),
            ],
        ]
        .concat(),
    );
    // The component's service has the base's name.
    fs::write(included.path().join("part/extra.yaml"), SERVICE.replace("web", "extra")).unwrap();
    let snapshot = scan(included.path(), &kubectl());
    assert!(is_complete(&snapshot), "{:#?}", snapshot.problems);
    assert_eq!((snapshot.units.len(), snapshot.objects.len()), (1, 3));
    assert!(account(&snapshot).contains(&"part/extra.yaml: rendered, 1 object".to_owned()));
}

/// Where an overlay does not build, what it takes in is still read: bases by building them, files as they stand.
#[test]
fn an_overlay_that_fails_does_not_hide_its_bases() {
    let remote = "https://raw.githubusercontent.com/example/x/main/pod.yaml";
    let table = [
        (format!("resources: [../base, own.yaml, '{remote}']\n"), "remote-refused", remote),
        (
            "resources: [../base, own.yaml, 'github.com/example/x//deploy?ref=v1']\n".to_owned(),
            "remote-refused",
            "github.com/example/x//deploy?ref=v1",
        ),
        (
            "resources: [../base, own.yaml, ../gone]\n".to_owned(),
            "kustomize-failed",
            "`../gone`, which is not there",
        ),
        (
            "resources: [../base, own.yaml]\nhelmCharts: [{name: a}]\n".to_owned(),
            "kustomize-helm",
            "helmCharts",
        ),
        ("resources: [../base, own.yaml]\nunknown: 1\n".to_owned(), "kustomize-failed", "unknown"),
    ];
    for (overlay, code, said) in table {
        let folder = with(&[("overlay/kustomization.yaml", &overlay), ("overlay/own.yaml", SERVICE)]);
        let snapshot = scan(folder.path(), &kubectl());
        let problem = the_problem(&snapshot, code);
        assert!(problem.message.contains(said), "{}", problem.message);
        assert!(!problem.message.contains("seawall-kustomize"), "{}", problem.message);
        let overlay = format!("overlay: [{code}]");
        assert_eq!(
            account(&snapshot),
            [
                "base/deployment.yaml: rendered, 1 object",
                "base/kustomization.yaml: - configuration of Kustomize",
                "base/service.yaml: rendered, 1 object",
                "overlay/kustomization.yaml: - configuration of Kustomize",
                "overlay/own.yaml: 1 object",
                &overlay,
            ]
        );
        assert!(!is_complete(&snapshot));
    }
}

/// A remote thing anywhere below is refused before anything runs.
#[test]
fn nothing_is_fetched_unasked() {
    for deep in [
        "resources: [git@github.com:example/x.git]\n",
        "patches: [{path: 'https://example.com/patch.yaml'}]\n",
        "configMapGenerator: [{name: a, files: ['k=https://example.com/x']}]\n",
        "Resources: ['ssh://git@example.com/x']\n",
        "components: ['https://github.com/example/x']\n",
    ] {
        let folder =
            folder(&[("kustomization.yaml", "resources: [deep]\n"), ("deep/kustomization.yaml", deep)]);
        let tools = tempfile::tempdir().unwrap();
        let (program, trace) = (tools.path().join("kustomize"), tools.path().join("ran"));
        fs::write(&program, format!("#!/bin/sh\ntouch {}\n", trace.display())).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let mut options = Options::default();
        options.kustomize.program = Some(program);
        let snapshot = scan(folder.path(), &options);
        let refused: Vec<_> =
            snapshot.problems.iter().filter(|problem| problem.code == "remote-refused").collect();
        // Once for the overlay, once for its base, which is tried by itself.
        assert_eq!(refused.len(), 2, "{deep}: {:#?}", snapshot.problems);
        assert!(
            refused[0].help.contains("--allow-remote") && refused[0].message.contains("(in deep)"),
            "{refused:#?}"
        );
        assert!(!trace.exists(), "{deep}: kustomize was run");
    }
}

#[test]
fn without_kustomize_files_are_read_as_they_stand() {
    let folder = with(&[
        ("overlay/kustomization.yaml", "resources: [../base]\npatches: [{path: patch.yaml}]\n"),
        ("overlay/patch.yaml", PATCH),
    ]);
    let as_they_stand = [
        "base/deployment.yaml: 1 object",
        "base/kustomization.yaml: - configuration of Kustomize",
        "base/service.yaml: 1 object",
        "overlay/kustomization.yaml: - configuration of Kustomize",
        "overlay/patch.yaml: - a patch or other input of a kustomization",
    ];
    let mut options = Options::default();
    options.kustomize.enabled = false;
    assert_eq!(account(&scan(folder.path(), &options)), as_they_stand);

    let options = Options { program_path: None, ..Options::default() };
    let snapshot = scan(folder.path(), &options);
    let problem = the_problem(&snapshot, "kustomize-missing");
    assert!(problem.help.contains("--no-kustomize") && !is_complete(&snapshot), "{}", problem.help);
    let lines: Vec<String> =
        account(&snapshot).into_iter().filter(|line| !line.contains("-missing]")).collect();
    assert_eq!(lines, as_they_stand);

    let tools = tempfile::tempdir().unwrap();
    symlink(tool(Tool::Kubectl).unwrap(), tools.path().join("kubectl")).unwrap();
    let options = Options { program_path: Some(tools.path().into()), ..Options::default() };
    assert_eq!(scan(folder.path(), &options).units.len(), 1);

    let mut options = Options::default();
    options.kustomize.program = Some(PathBuf::from("/nonexistent/kustomize"));
    let snapshot = scan(folder.path(), &options);
    let problems = snapshot.problems.iter().filter(|problem| problem.code == "not-started");
    assert!(
        problems.clone().count() > 0
            && problems.clone().all(|problem| problem.message.contains("/nonexistent/kustomize"))
    );
    let lines: Vec<String> =
        account(&snapshot).into_iter().filter(|line| !line.contains("[not-started]")).collect();
    assert_eq!(lines, as_they_stand);
}

#[test]
fn circles_end() {
    let folder = folder(&[
        ("a/kustomization.yaml", "resources: [../b]\n"),
        ("b/kustomization.yaml", "resources: [../a, service.yaml]\n"),
        ("b/service.yaml", SERVICE),
        ("self/kustomization.yaml", "resources: [.]\n"),
    ]);
    let snapshot = scan(folder.path(), &kubectl());
    assert!(
        snapshot.problems.iter().any(|problem| problem.message.contains("cycle")),
        "{:#?}",
        snapshot.problems
    );
    assert!(account(&snapshot).contains(&"b/service.yaml: 1 object".to_owned()), "{:#?}", account(&snapshot));
}

#[test]
fn files_outside_need_leave() {
    let folder =
        folder(&[("a/kustomization.yaml", "resources: [../service.yaml]\n"), ("service.yaml", SERVICE)]);
    let mut options = kubectl();
    let snapshot = scan(folder.path(), &options);
    assert!(the_problem(&snapshot, "kustomize-failed").help.contains("--kustomize-unrestricted-load"));
    options.kustomize.unrestricted_load = true;
    let snapshot = scan(folder.path(), &options);
    assert_eq!(
        account(&snapshot),
        ["a/kustomization.yaml: - configuration of Kustomize", "service.yaml: rendered, 1 object"]
    );
}

#[test]
fn names_of_folders_may_be_odd() {
    for name in ["a b", "a\"b", "a: #b", "a\\b", "ü", "a'b", "- a"] {
        let folder = folder(&[]);
        let overlay = folder.path().join(name);
        fs::create_dir(&overlay).unwrap();
        fs::write(overlay.join("kustomization.yaml"), "resources: [service.yaml]\n").unwrap();
        fs::write(overlay.join("service.yaml"), SERVICE).unwrap();
        let snapshot = scan(folder.path(), &kubectl());
        assert_eq!(snapshot.problems, [], "{name}");
        assert_eq!(snapshot.files[0].path, Path::new(name).join("service.yaml"));
    }
}

/// By a link or not, a base is the same base.
#[test]
fn a_base_behind_a_link_is_recognised() {
    let folder = with(&[("overlay/kustomization.yaml", "resources: [link]\n")]);
    symlink("../base", folder.path().join("overlay/link")).unwrap();
    let snapshot = scan(folder.path(), &kubectl());
    assert!(is_complete(&snapshot), "{:#?}", snapshot.problems);
    assert_eq!((snapshot.units.len(), snapshot.objects.len()), (1, 2), "{:#?}", account(&snapshot));
}

/// The schema by which lists of custom resources are merged counts as it does for the kustomization alone.
#[test]
fn an_own_schema_counts() {
    let schema = r#"{"definitions":{"v1.Thing":{"properties":{"spec":{"properties":{"items":{"type":"array","items":{"properties":{"name":{"type":"string"}},"type":"object"},"x-kubernetes-patch-merge-key":"name","x-kubernetes-patch-strategy":"merge"}},"type":"object"}},"type":"object","x-kubernetes-group-version-kind":[{"group":"example.com","kind":"Thing","version":"v1"}]}}}"#;
    let thing = |items: &str| {
        format!("apiVersion: example.com/v1\nkind: Thing\nmetadata:\n  name: a\nspec:\n  items: {items}\n")
    };
    let folder = folder(&[
        (
            "kustomization.yaml",
            "resources: [thing.yaml]\npatches: [{path: patch.yaml}]\nopenapi: {path: schema.json}\nbuildMetadata: [managedByLabel]\n",
        ),
        ("schema.json", schema),
        ("thing.yaml", &thing("[{name: x, a: 1}]")),
        ("patch.yaml", &thing("[{name: x, b: 2}]")),
    ]);
    let snapshot = scan(folder.path(), &kubectl());
    let plain =
        Command::new(tool(Tool::Kubectl).unwrap()).arg("kustomize").arg(folder.path()).output().unwrap();
    let theirs = String::from_utf8(plain.stdout).unwrap();
    assert!(theirs.contains("a: 1") && theirs.contains("managed-by"), "{theirs}");
    let texts = texts_of(&snapshot, 0);
    assert_eq!(
        documents(texts.iter().map(|(_, text)| text.as_str())),
        documents([theirs.as_str()].into_iter())
    );
}

/// A chart that a kustomization inflates is part of it, once that is allowed; before, it stands for itself.
#[test]
fn an_inflated_chart_is_part_of_the_kustomization() {
    let folder = folder(&[
        (
            "kustomization.yaml",
            "helmGlobals: {chartHome: vendor}\nhelmCharts: [{name: web, releaseName: mine, valuesFile: values.yaml}]\n",
        ),
        ("values.yaml", "kind: ConfigMap\n"),
        ("vendor/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"),
        ("vendor/web/values.yaml", "kind: Secret\n"),
        (
            "vendor/web/templates/a.yaml",
            "apiVersion: v1\nkind: {{ .Values.kind }}\nmetadata:\n  name: {{ .Release.Name }}\n",
        ),
    ]);
    let mut options = with_tools(Tool::Helm3);
    let configuration = [
        "values.yaml: - a patch or other input of a kustomization",
        "vendor/web/Chart.yaml: - configuration of a Helm chart",
        "vendor/web/templates/a.yaml: - a template of a chart that a kustomization inflates",
        "vendor/web/values.yaml: - configuration of a Helm chart",
    ];
    let snapshot = scan(folder.path(), &options);
    the_problem(&snapshot, "kustomize-helm");
    assert_eq!(snapshot.objects[0].reference().to_string(), "Secret release-name");
    options.kustomize.enable_helm = true;
    let snapshot = scan(folder.path(), &options);
    assert_eq!(
        account(&snapshot),
        [&["kustomization.yaml: rendered, 1 object"], &configuration[..]].concat()
    );
    assert_eq!(snapshot.objects[0].reference().to_string(), "ConfigMap mine");
}
