//! Lines of real charts, judged by helm itself.
//!
//! Helm does not say which line of a template became which line of its output, but it passes comments on. So each line of a chart's
//! templates that writes out a key or an item gets a comment with its number, helm renders that, and the comments say where each
//! rendered line comes from. Seawall is given the chart and the output without the comments, and has to find the same lines.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use seawall_checks::{Check, Run as Subject};
use seawall_engine::{Report, Reported, Status};
use seawall_finding::{Finding, Fingerprint, Meta, Profile, Scope, Severity};
use seawall_inventory::{KubernetesVersion, Provenance, Snapshot, Unit, UnitId, UnitKind};
use seawall_report::{Run, Show, View};
use seawall_rig::Tool;
use seawall_yaml::{Limits, LineIndex, Node, Segment};

/// Charts of the corpus, each with values that make more of it appear.
const CHARTS: &[(&str, &[&str])] = &[
    ("podinfo/charts/podinfo", &[]),
    (
        "podinfo/charts/podinfo",
        &[
            "hpa.enabled=true",
            "ingress.enabled=true",
            "redis.enabled=true",
            "tls.enabled=true",
            "certificate.create=true",
            "serviceMonitor.enabled=true",
            "securityContext.privileged=true",
            "linkerd.profile.enabled=true",
            "probes.startup.enable=true",
            "backends={a,b}",
        ],
    ),
    ("ingress-nginx/charts/ingress-nginx", &[]),
    (
        "ingress-nginx/charts/ingress-nginx",
        &[
            "controller.kind=DaemonSet",
            "controller.hostPort.enabled=true",
            "controller.metrics.enabled=true",
            "controller.metrics.serviceMonitor.enabled=true",
            "controller.autoscaling.enabled=true",
            "defaultBackend.enabled=true",
            "tcp.9000=default/test:8080",
            "udp.9001=default/test:8081",
        ],
    ),
    ("argo-helm/charts/argo-rollouts", &["installCRDs=false"]),
    (
        "argo-helm/charts/argo-rollouts",
        &[
            "installCRDs=false",
            "dashboard.enabled=true",
            "dashboard.ingress.enabled=true",
            "controller.metrics.enabled=true",
            "controller.metrics.serviceMonitor.enabled=true",
            "notifications.secret.create=true",
        ],
    ),
];

/// Lines that cannot be told apart by what they render to, with the reason.
const UNDECIDABLE: &[(&str, &str, &str)] = &[(
    "templates/controller-servicemonitor.yaml",
    "metadata.namespace",
    "both branches of a condition write out `namespace: {{ … }}`; the first is taken",
)];

#[test]
fn lines_of_charts_are_those_that_helm_rendered_from() {
    let charts = seawall_rig::corpus().unwrap().join("charts");
    let helm = seawall_rig::tool(Tool::Helm4).unwrap();
    let mut judged = 0;
    let mut wrong = Vec::new();
    let mut met = BTreeSet::new();
    for (chart, values) in CHARTS {
        for pair in pairs(&helm, &charts.join(chart), values) {
            let found = lines_found(&pair);
            judged += found.len();
            for (path, rendered, found, expected) in found {
                let file = pair.file.to_str().unwrap();
                let known = UNDECIDABLE.iter().find(|(in_file, at, _)| *in_file == file && *at == path);
                match known {
                    _ if found == expected => {}
                    Some(known) => drop(met.insert(known)),
                    None => wrong.push(format!(
                        "{file}: {path} (rendered line {rendered}): line {found}, not {expected}"
                    )),
                }
            }
        }
    }
    assert!(judged > 2000, "only {judged} lines were judged");
    assert_eq!(met.len(), UNDECIDABLE.len(), "no longer undecidable: take it off the list");
    assert!(wrong.is_empty(), "{} of {judged} lines:\n{}", wrong.len(), wrong.join("\n"));
}

/// A template, what helm rendered it to, and for rendered lines the template's lines that they come from.
struct Pair {
    file: PathBuf,
    template: String,
    rendered: String,
    origins: BTreeMap<u32, u32>,
}

fn pairs(helm: &Path, chart: &Path, values: &[&str]) -> Vec<Pair> {
    let folder = tempfile::tempdir().unwrap();
    let marked = folder.path().join("chart");
    copy(chart, &marked);
    let mut templates = BTreeMap::new();
    for file in files(&marked.join("templates")) {
        if file.extension().is_some_and(|extension| extension == "yaml") {
            let text = fs::read_to_string(&file).unwrap();
            fs::write(&file, with_marks(&text)).unwrap();
            templates.insert(file.strip_prefix(&marked).unwrap().to_path_buf(), text);
        }
    }
    let mut command = Command::new(helm);
    command.args(["template", "release"]).arg(&marked);
    values.iter().for_each(|value| {
        command.args(["--set", value]);
    });
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}: {}", chart.display(), String::from_utf8_lossy(&output.stderr));
    let output = String::from_utf8(output.stdout).unwrap();
    let mut rendered: BTreeMap<PathBuf, Vec<&str>> = BTreeMap::new();
    let sections = output.split("---\n# Source: ").skip(1);
    for (source, text) in sections.map(|section| section.split_once('\n').unwrap()) {
        let (_, file) = source.split_once('/').unwrap();
        rendered.entry(PathBuf::from(file)).or_default().push(text);
    }
    let pair = |(file, texts): (PathBuf, Vec<&str>)| {
        let (rendered, origins) = without_marks(&texts.join("---\n"));
        Some(Pair { template: templates.get(&file)?.clone(), file, rendered, origins })
    };
    rendered.into_iter().filter_map(pair).collect()
}

const MARK: &str = " #@line ";

/// Marks lines that write out something and on which a comment stays a comment: no action alone, no part of a block scalar, no action
/// over several lines, none that swallows what follows or renders to lines of its own.
fn with_marks(text: &str) -> String {
    let mut marked = String::new();
    let mut in_action = false;
    let mut scalar = None;
    for (number, line) in text.lines().enumerate() {
        let indent = line.len() - line.trim_start().len();
        let is_whole = !in_action && line.matches("{{").count() == line.matches("}}").count();
        if line.matches("{{").count() != line.matches("}}").count() {
            in_action = !in_action;
        }
        let written = without_actions(line);
        let written = written.trim();
        if scalar.is_some_and(|key| !written.is_empty() && indent <= key) {
            scalar = None;
        }
        let is_structure = written.starts_with("- ") || written.contains(": ") || written.ends_with(':');
        let opens_scalar =
            [": |", ": >", ": |-", ": >-", ": |+", ": >+"].iter().any(|end| written.ends_with(end));
        marked.push_str(line);
        if is_whole
            && scalar.is_none()
            && is_structure
            && !opens_scalar
            && !written.starts_with('#')
            && !line.contains("nindent")
            && !line.contains("toYaml")
            && !line.trim_end().ends_with("-}}")
        {
            marked.push_str(&format!(" {MARK}{}", number + 1));
        }
        if opens_scalar && scalar.is_none() {
            scalar = Some(indent);
        }
        marked.push('\n');
    }
    marked
}

fn without_actions(line: &str) -> String {
    let mut rest = line;
    let mut written = String::new();
    while let Some((before, action)) = rest.split_once("{{") {
        written.push_str(before);
        rest = action.split_once("}}").map_or("", |(_, behind)| behind);
    }
    written + rest
}

fn without_marks(text: &str) -> (String, BTreeMap<u32, u32>) {
    let mut origins = BTreeMap::new();
    let mut plain = String::new();
    for (number, line) in text.lines().enumerate() {
        let (line, mark) = line.split_once(MARK).map_or((line, None), |(line, mark)| (line, Some(mark)));
        if let Some(mark) = mark {
            origins.insert(u32::try_from(number).unwrap() + 1, mark.trim().parse().unwrap());
        }
        plain.push_str(line.trim_end());
        plain.push('\n');
    }
    (plain, origins)
}

/// Path, rendered line, line that Seawall finds and line that helm says, of every key and item whose line has a mark.
fn lines_found(pair: &Pair) -> Vec<(String, u32, u32, u32)> {
    let provenance =
        Provenance::Rendered { unit: UnitId(0), template: Some(Arc::from(pair.template.as_str())) };
    let limits = Limits::default();
    let reading = seawall_inventory::read(pair.file.clone(), pair.rendered.as_bytes(), provenance, &limits);
    let unit = Unit { path: PathBuf::from("chart"), kind: UnitKind::HelmChart };
    let snapshot = Snapshot::assemble(vec![reading], vec![unit], Vec::new(), Vec::new());
    let stream = seawall_yaml::parse(pair.rendered.as_bytes(), &limits);
    let index = LineIndex::new(&pair.rendered);
    let mut findings = Vec::new();
    let mut expected = Vec::new();
    for (number, object) in snapshot.objects.iter().enumerate() {
        let document =
            stream.documents.iter().find(|document| document.index == object.origin.document).unwrap();
        assert!(object.origin.path.is_empty(), "{}: a List in a chart", pair.file.display());
        each_place(document.root(), seawall_yaml::Path::root(), &mut |path, offset| {
            let rendered = index.position(&pair.rendered, offset).line;
            if let Some(origin) = pair.origins.get(&rendered) {
                findings.push(finding(number, path));
                expected.push((rendered, *origin));
            }
        });
    }
    let mut reported: Vec<Reported> = findings
        .into_iter()
        .map(|finding| {
            let object = &snapshot.objects[finding.object];
            let fingerprint = Fingerprint::of(&finding, Some(object), &object.reference());
            Reported { finding, fingerprint, status: Status::Active }
        })
        .collect();
    seawall_finding::tell_apart(reported.iter_mut().map(|reported| &mut reported.fingerprint));
    let report = Report { findings: reported, ..Report::default() };
    let run = Run {
        version: "0",
        profile: "default",
        kubernetes: KubernetesVersion::LATEST,
        show: Show::default(),
    };
    let view = View::new(&report, &snapshot, run);
    let lines = view.findings.iter().zip(expected).map(|(located, (rendered, origin))| {
        let found = located.location.region.unwrap().start.line;
        (located.finding().path.to_string(), rendered, found, origin)
    });
    lines.collect()
}

fn each_place(node: Node<'_>, path: seawall_yaml::Path, found: &mut dyn FnMut(seawall_yaml::Path, u32)) {
    for (key, key_span, value) in node.entries() {
        let path = path.clone().push(Segment::Key(key.into()));
        found(path.clone(), key_span.start);
        each_place(value, path, found);
    }
    for (index, item) in node.items().enumerate() {
        let path = path.clone().index(index);
        found(path.clone(), item.span().start);
        each_place(item, path, found);
    }
}

fn finding(object: usize, path: seawall_yaml::Path) -> Finding {
    static CHECK: Check = Check {
        meta: Meta {
            id: "SW1999",
            name: "anything",
            severity: Severity::Low,
            scope: Scope::Object,
            since: "0.1.0",
            profile: Profile::Default,
            pss: None,
            tags: &[],
            frameworks: &[],
            params: &[],
            subsumes: &[],
            peers: &[],
            doc: "",
        },
        run: Subject::Object(|_, _| {}),
        subjects: &[],
        reads: &[],
    };
    Finding::new(&CHECK.meta, object, path, "here")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn copy(from: &Path, to: &Path) {
    for file in files(from) {
        let target = to.join(file.strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(&file, &target).unwrap();
    }
}
