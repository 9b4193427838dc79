//! What a check writes to.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use seawall_finding::{Evidence, Finding, Fix, Meta, ParamDefault, Related, Severity, Verdict};
use seawall_inventory::{ContainerView, KubernetesVersion, PodView, View};
use seawall_rbac::{GROUP, Rights};
use seawall_yaml::Path;
use smol_str::SmolStr;

use crate::check::{Check, Outcome, RBAC_KINDS};
use crate::rights::RightsSource;

/// What a run is to assume and how checks are configured.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The version of Kubernetes to judge by.
    pub version: KubernetesVersion,
    /// Parameters that differ from their defaults, by check id and parameter name.
    pub params: BTreeMap<(SmolStr, SmolStr), ParamValue>,
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParamValue {
    /// A switch.
    Bool(bool),
    /// A number.
    Int(i64),
    /// A list of strings.
    Strings(Vec<SmolStr>),
}

/// What a check writes to: its findings and its verdict.
#[derive(Debug)]
pub struct Out<'a> {
    meta: &'static Meta,
    view: View<'a>,
    settings: &'a Settings,
    object: Option<usize>,
    container: Option<&'a ContainerView<'a>>,
    rights: Option<RightsSource<'a>>,
    findings: Vec<Finding>,
    /// Whether the subject at hand was decided by `unknown` or `not_applicable`.
    answered: bool,
    unknown: Option<Cow<'static, str>>,
    passed: bool,
    failures_before: usize,
}

impl<'a> Out<'a> {
    pub(crate) fn new(
        check: &'static Check,
        view: View<'a>,
        object: Option<usize>,
        settings: &'a Settings,
    ) -> Self {
        Self {
            meta: &check.meta,
            view,
            settings,
            object,
            container: None,
            rights: None,
            findings: Vec::new(),
            answered: false,
            unknown: None,
            passed: false,
            failures_before: 0,
        }
    }

    pub(crate) fn with_rights(self, rights: Option<RightsSource<'a>>) -> Self {
        Self { rights, ..self }
    }

    /// Who holds what by the roles and bindings that were read; what was not is told with it. `None` where nobody has made it known.
    pub fn rights(&self) -> Option<&'a Rights> {
        let rights = self.rights?;
        RBAC_KINDS.iter().for_each(|kind| self.view.follow(GROUP, kind));
        Some(rights.get())
    }

    /// What `check` writes to when it is run on a pod of the object at hand.
    pub(crate) fn of_other<'b>(&self, check: &'static Check, settings: &'b Settings) -> Out<'b>
    where
        'a: 'b,
    {
        Out::new(check, self.view, self.object, settings).with_rights(self.rights)
    }

    /// Reports the weakness at `path` of the object at hand. `message` is one line without a full stop.
    #[must_use = "say what makes it so: `.value(…)`, `.missing(…)` or `.derived(…)`"]
    pub fn fail(&mut self, path: Path, message: impl Into<Box<str>>) -> Draft<'_> {
        let object = self.object.unwrap_or_default();
        self.fail_on(object, path, message)
    }

    /// Reports the weakness at `path` of the object numbered `object`; for checks of the whole Snapshot.
    #[must_use = "say what makes it so: `.value(…)`, `.missing(…)` or `.derived(…)`"]
    pub fn fail_on(&mut self, object: usize, path: Path, message: impl Into<Box<str>>) -> Draft<'_> {
        let mut finding = Finding::new(self.meta, object, path, message);
        if let Some(container) = self.container {
            finding.anchor = container.place();
        }
        self.findings.push(finding);
        Draft { finding: self.findings.last_mut() }
    }

    /// Says that the subject at hand cannot be decided, and why. Unless it fails, that is its verdict.
    pub fn unknown(&mut self, reason: impl Into<Cow<'static, str>>) {
        self.answered = true;
        self.unknown.get_or_insert_with(|| reason.into());
    }

    /// Says that the check reads fields of the pod's level. When the object holds only a part of the pod, they may be
    /// set elsewhere: then the verdict is unknown, unless the check fails by what is there.
    pub fn reads_pod_level(&mut self, pod: &PodView<'_>) {
        if let Some(reason) = pod.template.partial {
            self.unknown(reason);
        }
    }

    /// Says that the check has nothing to say about the subject at hand.
    pub fn not_applicable(&mut self) {
        self.answered = true;
    }

    /// The version of Kubernetes to judge by.
    pub fn version(&self) -> KubernetesVersion {
        self.settings.version
    }

    /// The number of the object at hand; `None` for checks of the whole Snapshot.
    pub fn number(&self) -> Option<usize> {
        self.object
    }

    /// Everything that was read.
    pub fn snapshot(&self) -> View<'a> {
        self.view
    }

    /// The switch `name` of this check.
    pub fn param_bool(&self, name: &str) -> bool {
        match (self.param(name), self.default(name)) {
            (Some(ParamValue::Bool(value)), _) => *value,
            (_, Some(ParamDefault::Bool(value))) => value,
            _ => false,
        }
    }

    /// The number `name` of this check.
    pub fn param_int(&self, name: &str) -> i64 {
        match (self.param(name), self.default(name)) {
            (Some(ParamValue::Int(value)), _) => *value,
            (_, Some(ParamDefault::Int(value))) => value,
            _ => 0,
        }
    }

    /// The list of strings `name` of this check.
    pub fn param_strings(&self, name: &str) -> Vec<&'a str> {
        match (self.param(name), self.default(name)) {
            (Some(ParamValue::Strings(values)), _) => values.iter().map(SmolStr::as_str).collect(),
            (_, Some(ParamDefault::Strings(values))) => values.to_vec(),
            _ => Vec::new(),
        }
    }

    fn param(&self, name: &str) -> Option<&'a ParamValue> {
        if self.settings.params.is_empty() {
            return None;
        }
        self.settings.params.get(&(SmolStr::new_static(self.meta.id), SmolStr::new(name)))
    }

    fn default(&self, name: &str) -> Option<ParamDefault> {
        self.meta.params.iter().find(|param| param.name == name).map(|param| param.default)
    }

    pub(crate) fn enter_container(&mut self, container: &'a ContainerView<'a>) {
        self.container = Some(container);
        self.enter_object();
    }

    pub(crate) fn enter_object(&mut self) {
        self.answered = false;
        self.failures_before = self.findings.len();
    }

    pub(crate) fn leave(&mut self) {
        if !self.answered && self.findings.len() == self.failures_before {
            self.passed = true;
        }
    }

    pub(crate) fn finish(self) -> Outcome {
        let (verdict, besides) = match self.unknown {
            besides if !self.findings.is_empty() => (Verdict::Fail, besides),
            Some(reason) => (Verdict::Unknown(reason), None),
            None if self.passed => (Verdict::Pass, None),
            None => (Verdict::NotApplicable, None),
        };
        Outcome { verdict, findings: self.findings, besides }
    }
}

/// A finding being written.
#[derive(Debug)]
pub struct Draft<'f> {
    finding: Option<&'f mut Finding>,
}

impl Draft<'_> {
    /// The value that stands at the path. Never a secret.
    pub fn value(self, value: impl AsRef<str>) -> Self {
        self.evidence(Evidence::Value(SmolStr::new(value)))
    }

    /// Nothing stands at the path; `meaning` is what Kubernetes makes of that: "defaults to the runtime's user".
    pub fn missing(self, meaning: impl Into<Cow<'static, str>>) -> Self {
        self.evidence(Evidence::Missing(meaning.into()))
    }

    /// It follows from several places, told in words.
    pub fn derived(self, story: impl Into<Cow<'static, str>>) -> Self {
        self.evidence(Evidence::Derived(story.into()))
    }

    /// How to take it away.
    pub fn fix(mut self, fix: Fix) -> Self {
        if let Some(finding) = &mut self.finding {
            finding.fix = Some(Arc::new(fix));
        }
        self
    }

    /// A severity other than the check's own, for what makes this place worse or milder.
    pub fn severity(mut self, severity: Severity) -> Self {
        if let Some(finding) = &mut self.finding {
            finding.severity = severity;
        }
        self
    }

    /// Another place that matters.
    pub fn related(mut self, path: Path, message: impl Into<String>) -> Self {
        if let Some(finding) = &mut self.finding {
            finding.aside.get_or_insert_default().related.push(Related { path, message: message.into() });
        }
        self
    }

    /// What the finding is about, when that is not the container or the path: a volume, for example.
    pub fn about(mut self, anchor: Path) -> Self {
        if let Some(finding) = &mut self.finding {
            finding.anchor = anchor;
        }
        self
    }

    /// Names the item of a list that the path ends in, so that the fingerprint survives reordering:
    /// `capabilities.add[2]` keyed `SYS_ADMIN`.
    pub fn keyed(mut self, key: impl AsRef<str>) -> Self {
        if let Some(finding) = &mut self.finding {
            finding.aside.get_or_insert_default().key = Some(key.as_ref().into());
        }
        self
    }

    /// Findings of other checks that it stands for: ids, and the places at and below which.
    pub fn covers(mut self, places: Vec<(&'static str, Path)>) -> Self {
        if let Some(finding) = self.finding.as_mut().filter(|_| !places.is_empty()) {
            finding.aside.get_or_insert_default().covers = places;
        }
        self
    }

    fn evidence(mut self, evidence: Evidence) -> Self {
        if let Some(finding) = &mut self.finding {
            finding.evidence = evidence;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use seawall_finding::{Meta, Param, ParamDefault, Profile, Scope, Severity};
    use seawall_inventory::Snapshot;
    use smol_str::SmolStr;

    use super::{Out, ParamValue, Settings};
    use crate::{Check, Run};

    const fn param(name: &'static str, default: ParamDefault) -> Param {
        Param { name, doc: "", default }
    }

    static CHECK: Check = Check {
        meta: Meta {
            id: "SW0000",
            name: "a",
            severity: Severity::Info,
            scope: Scope::Snapshot,
            since: "0.1.0",
            profile: Profile::All,
            pss: None,
            tags: &[],
            frameworks: &[],
            params: &[
                param("switch", ParamDefault::Bool(true)),
                param("number", ParamDefault::Int(7)),
                param("list", ParamDefault::Strings(&["a", "b"])),
            ],
            subsumes: &[],
            peers: &[],
            doc: "",
        },
        run: Run::Snapshot(|_, _| {}),
        subjects: &[],
        reads: &[],
    };

    #[test]
    fn a_parameter_is_what_is_configured_for_the_check_else_its_default() {
        let snapshot = Snapshot::assemble(Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut settings = Settings::default();
        let other = [("SW0001", "switch", ParamValue::Bool(false)), ("SW0001", "number", ParamValue::Int(8))];
        let own = [
            ("SW0000", "switch", ParamValue::Bool(false)),
            ("SW0000", "number", ParamValue::Int(9)),
            ("SW0000", "list", ParamValue::Strings(vec![SmolStr::new("c")])),
        ];
        let mut set = |values: &[(&str, &str, ParamValue)]| {
            for (id, name, value) in values {
                settings.params.insert((SmolStr::new(id), SmolStr::new(name)), value.clone());
            }
            let out = Out::new(&CHECK, (&snapshot).into(), None, &settings);
            let list = out.param_strings("list").join(" ");
            (out.param_bool("switch"), out.param_int("number"), list)
        };
        assert_eq!(set(&[]), (true, 7, "a b".to_owned()));
        assert_eq!(set(&other), (true, 7, "a b".to_owned()));
        assert_eq!(set(&own), (false, 9, "c".to_owned()));
    }
}
