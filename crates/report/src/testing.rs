//! Small stories for tests: YAML in, a report out, by checks that stand here, so that the real ones may change.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use seawall_checks::{Check, Run as Subject, Settings};
use seawall_engine::{Plan, Report, Status, Suppression, Unknown, evaluate};
use seawall_finding::{Fix, Meta, Profile, Safety, Scope, Severity};
use seawall_inventory::{
    FileId, IgnoreForm, KubernetesVersion, Place, Problem, Provenance, Snapshot, SourceFile, Unit, UnitId,
    UnitKind, Weight,
};
use seawall_yaml::{Limits, Span};
use smol_str::SmolStr;

use crate::format::{Format, render};
use crate::style::Style;
use crate::view::{Run, Show, View};

const fn meta(
    id: &'static str,
    name: &'static str,
    severity: Severity,
    scope: Scope,
    doc: &'static str,
) -> Meta {
    Meta {
        id,
        name,
        severity,
        scope,
        since: "0.1.0",
        profile: Profile::Default,
        pss: None,
        tags: &["test"],
        frameworks: &[],
        params: &[],
        subsumes: &[],
        peers: &[],
        doc,
    }
}

static PRIVILEGED: Check = Check {
    meta: meta(
        "SW1901",
        "privileged",
        Severity::Critical,
        Scope::Container,
        " Privileged container\n\n ## What it finds\n Containers with all powers.\n\n ## Why it matters\n Whoever runs code in it\n is root on the node. More is said below.\n\n ## How to fix\n Remove it.\n",
    ),
    subjects: &[],
    reads: &[],
    run: Subject::Container(|container, out| {
        if container.is_privileged() {
            let path = container.security_path("privileged");
            out.fail(path.clone(), format!("container `{}` is privileged", container.name()))
                .value("true")
                .fix(Fix::set(path, false, Safety::Review));
        }
    }),
};

static ROOT: Check = Check {
    meta: meta(
        "SW1902",
        "may-run-as-root",
        Severity::Medium,
        Scope::Container,
        " Container that may run as root\n\n ## What it finds\n Root.\n\n ## Why it matters\n Root in the container is root on the node when something else fails.\n\n ## How to fix\n Set it.\n",
    ),
    subjects: &[],
    reads: &[],
    run: Subject::Container(|container, out| {
        let path = container.security_path("runAsNonRoot");
        out.fail(path.clone(), format!("container `{}` may run as root", container.name()))
            .missing("the image decides")
            .fix(Fix::set(path, true, Safety::Review));
    }),
};

static HOST_PID: Check = Check {
    meta: meta(
        "SW1903",
        "host-pid",
        Severity::High,
        Scope::Workload,
        " Host process namespace\n\n ## What it finds\n hostPID.\n\n ## Why it matters\n Processes of the node can be seen and killed.\n\n ## How to fix\n Remove it.\n",
    ),
    subjects: &[],
    reads: &[],
    run: Subject::Workload(|pod, out| {
        if pod.template.spec.host_pid == Some(true) {
            let path = pod.template.spec_path.clone().key("hostPID");
            out.fail(path.clone(), "shares the processes of the node")
                .value("true")
                .related(pod.template.spec_path.clone().key("containers"), "these see them")
                .fix(Fix::remove(path, Safety::Review));
        }
    }),
};

static ENV: Check = Check {
    meta: meta(
        "SW4901",
        "credential-in-env",
        Severity::High,
        Scope::Container,
        " Credential in an environment variable\n\n ## What it finds\n Literals.\n\n ## Why it matters\n Everyone who may read the object has it.\n\n ## How to fix\n Use a Secret.\n",
    ),
    subjects: &[],
    reads: &[],
    run: Subject::Container(|container, out| {
        for (index, env) in container.container.env.iter().enumerate() {
            // No backquotes: each name makes a message of its own.
            if env.name.ends_with("PASSWORD") {
                let path = container.place().key("env").index(index).key("value");
                out.fail(path, format!("variable {} holds a credential", env.name))
                    .derived("its name says so");
            }
        }
    }),
};

/// What a story is made of.
#[derive(Default)]
pub(crate) struct Story {
    files: Vec<(PathBuf, String, Provenance)>,
    units: Vec<Unit>,
    /// Judged by these in place of those that stand here.
    real: Vec<&'static Check>,
    pub(crate) show: Show,
}

/// A story with its report.
pub(crate) struct Told {
    pub(crate) snapshot: Snapshot,
    pub(crate) report: Report,
    show: Show,
}

impl Story {
    pub(crate) fn file(mut self, path: &str, text: &str) -> Self {
        self.files.push((PathBuf::from(path), text.to_owned(), Provenance::Verbatim));
        self
    }

    /// A template of the chart `chart`, and what it renders to.
    pub(crate) fn rendered(mut self, path: &str, template: Option<&str>, text: &str) -> Self {
        self.units = vec![Unit { path: PathBuf::from("chart"), kind: UnitKind::HelmChart }];
        let provenance = Provenance::Rendered { unit: UnitId(0), template: template.map(Arc::from) };
        self.files.push((PathBuf::from(path), text.to_owned(), provenance));
        self
    }

    pub(crate) fn show(mut self, show: Show) -> Self {
        self.show = show;
        self
    }

    pub(crate) fn checks(mut self, real: Vec<&'static Check>) -> Self {
        self.real = real;
        self
    }

    pub(crate) fn tell(self) -> Told {
        let readings = self
            .files
            .into_iter()
            .map(|(path, text, provenance)| {
                seawall_inventory::read(path, text.as_bytes(), provenance, &Limits::default())
            })
            .collect();
        let snapshot = Snapshot::assemble(readings, self.units, Vec::new(), Vec::new());
        let own = vec![&PRIVILEGED, &ROOT, &HOST_PID, &ENV];
        let plan = Plan {
            checks: if self.real.is_empty() { own } else { self.real },
            severities: BTreeMap::new(),
            settings: Settings::default(),
            ..Plan::default()
        };
        let report = evaluate(&snapshot, &plan);
        Told { snapshot, report, show: self.show }
    }
}

impl Told {
    pub(crate) fn view(&self) -> View<'_> {
        let run = Run {
            version: "0.1.0",
            profile: "default",
            kubernetes: KubernetesVersion::minor(33),
            show: self.show,
        };
        View::new(&self.report, &self.snapshot, run)
    }

    pub(crate) fn render(&self, format: Format) -> String {
        self.render_with(format, &Style::default())
    }

    pub(crate) fn render_with(&self, format: Format, style: &Style) -> String {
        let mut written = Vec::new();
        render(format, &self.view(), &mut written, style).unwrap();
        String::from_utf8(written).unwrap()
    }
}

/// A Deployment with two containers, one of which is privileged.
pub(crate) const WEB: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  template:
    spec:
      hostPID: true
      containers:
      - name: app
        image: registry.example/app:1.0
        securityContext:
          runAsUser: 0
          privileged: true  # for the debugger
      - name: proxy
        image: registry.example/proxy:1.0
        env:
        - name: DB_PASSWORD
          value: hunter2
";

#[test]
fn hostile_names_are_in_messages() {
    let (_, told) = corpus().into_iter().find(|(story, _)| *story == "hostile names").unwrap();
    assert!(told.snapshot.problems.is_empty(), "{:?}", told.snapshot.problems);
    assert!(told.report.findings.iter().any(|reported| reported.finding.message.contains(HOSTILE)));
}

#[test]
fn the_checks_of_the_stories_find_something() {
    let told = Story::default().file("web.yaml", WEB).tell();
    let found: Vec<&str> = told.report.findings.iter().map(|reported| reported.finding.check.id).collect();
    assert_eq!(found, ["SW1901", "SW1903", "SW4901", "SW1902", "SW1902"]);
}

/// Text that tries to break out of every format: escapes of terminals, XML, Markdown, workflow commands, SARIF links.
pub(crate) const HOSTILE: &str = "x\u{1b}[31m\u{1b}]8;;http://evil\u{7}\u{9b}2J\r\n::error::pwned\n</testcase>]]>&lt;<script>`|`*_[a](http://evil)@all\u{202e}%0A%s{0}$1'\"\\";

/// One story for each thing that a report can hold.
pub(crate) fn corpus() -> Vec<(&'static str, Told)> {
    let quoted = quoted(HOSTILE);
    let hostile_pod = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {quoted}, namespace: {quoted}}}\nspec:\n  hostPID: true\n  containers:\n  - name: {quoted}\n    securityContext: {{privileged: true}}\n"
    );
    let pods: Vec<String> = (0..1000)
        .map(|n| format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: p{n}}}\nspec:\n  hostPID: true\n"))
        .collect();
    vec![
        ("nothing", Story::default().tell()),
        ("one workload", Story::default().file("deploy/web.yaml", WEB).tell()),
        ("what does not count", not_counted()),
        ("a thousand equal findings", Story::default().file("pods.yaml", &pods.join("---\n")).tell()),
        ("problems of every kind", problems()),
        ("hostile names", Story::default().file("a\u{1b}[31m,:%0A <b>.yaml", &hostile_pod).tell()),
        ("a chart", chart(Some("kind: Pod\nspec:\n  hostPID: {{ .Values.hostPID }}\n"))),
        ("a chart whose template is not known", chart(None)),
        ("a duplicate key and a tab", broken()),
    ]
}

/// `text` as a YAML scalar that holds any character.
pub(crate) fn quoted(text: &str) -> String {
    let escaped: String = text.chars().map(|character| format!("\\U{:08x}", u32::from(character))).collect();
    format!("\"{escaped}\"")
}

fn chart(template: Option<&str>) -> Told {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  hostPID: true\n  containers: 5\n";
    Story::default().rendered("chart/templates/pod.yaml", template, text).tell()
}

fn broken() -> Told {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  hostPID: false\n  hostPID: true\n";
    Story::default().file("a.yaml", &format!("{pod}---\na:\n\tdbPassword: hunter2\n")).tell()
}

fn not_counted() -> Told {
    let mut told = Story::default().show(Show { all: false, suppressed: true }).file("web.yaml", WEB).tell();
    let form = |form, expires: Option<&str>| {
        Status::Suppressed(Box::new(Suppression {
            form,
            reason: format!("known {HOSTILE}"),
            expires: expires.map(SmolStr::new),
        }))
    };
    let statuses = [
        form(Some(IgnoreForm::Comment), Some("2027-01-31")),
        form(Some(IgnoreForm::Annotation), None),
        form(None, None),
        Status::Baselined,
    ];
    for (reported, status) in told.report.findings.iter_mut().zip(statuses) {
        reported.status = status;
    }
    told.report.unknowns = vec![
        Unknown { check: "SW1901", object: Some(0), reason: HOSTILE.into(), gap: None },
        Unknown { check: "SW1902", object: None, reason: "a chart did not render".into(), gap: None },
    ];
    told
}

fn problems() -> Told {
    let mut told = Story::default().file("web.yaml", WEB).tell();
    let aside = SourceFile {
        path: PathBuf::from("seawall.yaml"),
        text: "checks: {}\nchekcs: {}\n".into(),
        provenance: Provenance::Verbatim,
    };
    let problem = |code, weight, place| Problem {
        code,
        weight,
        place,
        message: format!("cannot {HOSTILE}"),
        help: format!("do something about it\nor about {HOSTILE}"),
    };
    told.snapshot.problems =
        vec![problem("unreadable", Weight::Incomplete, Place::Path(PathBuf::from("missing dir/x.yaml")))];
    told.report.problems = vec![
        problem(
            "unknown-key",
            Weight::Warning,
            Place::Aside { file: Arc::new(aside), span: Span::new(11, 17) },
        ),
        problem("unused-ignore", Weight::Warning, Place::Span { file: FileId(0), span: Span::new(0, 10) }),
        problem("unknown-check", Weight::Incomplete, Place::Flag(SmolStr::new("--select"))),
        problem("unplaced", Weight::Warning, Place::Span { file: FileId(7), span: Span::new(0, 10) }),
    ];
    told
}
