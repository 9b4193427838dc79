//! Small stories for tests: YAML in, a report out, by checks that stand here, so that the real ones may change.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use seawall_checks::{Check, Run as Subject, Settings};
use seawall_engine::{Plan, Report, evaluate};
use seawall_finding::{Fix, Meta, Profile, Safety, Scope, Severity};
use seawall_inventory::{KubernetesVersion, Provenance, Snapshot, Unit, UnitId, UnitKind};
use seawall_yaml::Limits;

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

    pub(crate) fn tell(self) -> Told {
        let readings = self
            .files
            .into_iter()
            .map(|(path, text, provenance)| {
                seawall_inventory::read(path, text.as_bytes(), provenance, &Limits::default())
            })
            .collect();
        let snapshot = Snapshot::assemble(readings, self.units, Vec::new(), Vec::new());
        let plan = Plan {
            checks: vec![&PRIVILEGED, &ROOT, &HOST_PID, &ENV],
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
fn the_checks_of_the_stories_find_something() {
    let told = Story::default().file("web.yaml", WEB).tell();
    let found: Vec<&str> = told.report.findings.iter().map(|reported| reported.finding.check.id).collect();
    assert_eq!(found, ["SW1901", "SW1903", "SW4901", "SW1902", "SW1902"]);
}
