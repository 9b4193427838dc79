//! What a check is: the one place from which its documentation, listing, rules and tests come.

use std::fmt;

use seawall_inventory::VersionRange;

use crate::peer::Peer;
use crate::severity::Severity;

/// What a check is.
#[derive(Debug)]
pub struct Meta {
    /// Stable id: `SW1001`. Never changes meaning, never reused.
    pub id: &'static str,
    /// Kebab-case name of the bad pattern; reads well after "allow".
    pub name: &'static str,
    /// How bad a finding is, unless the finding says otherwise.
    pub severity: Severity,
    /// What it looks at.
    pub scope: Scope,
    /// First release that has it.
    pub since: &'static str,
    /// The mildest profile that runs it.
    pub profile: Profile,
    /// The Pod Security Standards control it decides.
    pub pss: Option<Pss>,
    /// Free words to select by.
    pub tags: &'static [&'static str],
    /// Controls of frameworks that it covers.
    pub frameworks: &'static [Framework],
    /// What can be configured.
    pub params: &'static [Param],
    /// Ids of checks whose finding about the same thing ([`crate::Finding::anchor`]) or a part of it has the same cause, told
    /// with less: it is dropped for this check's.
    pub subsumes: &'static [&'static str],
    /// What other scanners call it.
    pub peers: &'static [Peer],
    /// Documentation in Markdown: first line the title, then the sections.
    pub doc: &'static str,
}

/// What a check looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Each pod template.
    Workload,
    /// Each container of each pod template.
    Container,
    /// Each object.
    Object,
    /// All objects together.
    Snapshot,
    /// Who may do what, by all roles and bindings together.
    Access,
}

/// How many checks run: each profile runs those of the milder ones too. The rubric is docs/profiles.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// What anyone would act on.
    Default,
    /// What a hardened cluster wants.
    Strict,
    /// Everything, matters of taste included.
    All,
}

/// A control of the Pod Security Standards (k8s.io/pod-security-admission policy/).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pss {
    /// The level that demands it.
    pub level: PssLevel,
    /// Id of the control in Kubernetes: `hostNamespaces`.
    pub control: &'static str,
    /// Kubernetes versions in which it is demanded.
    pub versions: VersionRange,
    /// Controls of a lower level that it takes the place of.
    pub overrides: &'static [&'static str],
}

/// A level of the Pod Security Standards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PssLevel {
    /// No known privilege escalation.
    Baseline,
    /// Current hardening practice; includes baseline.
    Restricted,
}

/// A control of a framework.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Framework {
    /// Short name of the framework: `cis-1.12`, `nsa-1.2`, `mitre`.
    pub name: &'static str,
    /// The control's number in it.
    pub control: &'static str,
}

/// Something about a check that can be configured.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// Name in the configuration.
    pub name: &'static str,
    /// What it means, with its unit.
    pub doc: &'static str,
    /// The value without configuration.
    pub default: ParamDefault,
}

/// The value of a [`Param`] without configuration; its variant is the type of the parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamDefault {
    /// A switch.
    Bool(bool),
    /// A number.
    Int(i64),
    /// A list of strings.
    Strings(&'static [&'static str]),
}

/// What part of a cluster a check is about; the first digit of its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Domain {
    /// SW1
    Workload,
    /// SW2
    Access,
    /// SW3
    Network,
    /// SW4
    Data,
    /// SW5
    Image,
    /// SW6
    Reliability,
    /// SW7
    ControlPlane,
    /// SW8
    Node,
    /// SW9
    Governance,
}

impl Pss {
    /// A control of the baseline level, demanded in all versions.
    pub const fn baseline(control: &'static str) -> Self {
        Self { level: PssLevel::Baseline, control, versions: VersionRange::ALWAYS, overrides: &[] }
    }

    /// A control of the restricted level, demanded in all versions.
    pub const fn restricted(control: &'static str) -> Self {
        Self { level: PssLevel::Restricted, ..Self::baseline(control) }
    }

    /// The same control, demanded from `v1.minor` on.
    pub const fn since(self, minor: u16) -> Self {
        Self { versions: VersionRange::since(minor), ..self }
    }

    /// The same control, in the place of `controls` of the baseline level.
    pub const fn overriding(self, controls: &'static [&'static str]) -> Self {
        Self { overrides: controls, ..self }
    }
}

impl Domain {
    /// All, in the order of their ids.
    pub const ALL: [Self; 9] = [
        Self::Workload,
        Self::Access,
        Self::Network,
        Self::Data,
        Self::Image,
        Self::Reliability,
        Self::ControlPlane,
        Self::Node,
        Self::Governance,
    ];

    /// Name, as in the folder of its checks.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Workload => "workload",
            Self::Access => "access",
            Self::Network => "network",
            Self::Data => "data",
            Self::Image => "image",
            Self::Reliability => "reliability",
            Self::ControlPlane => "control-plane",
            Self::Node => "node",
            Self::Governance => "governance",
        }
    }

    /// The domain of a check id.
    pub fn of(id: &str) -> Option<Self> {
        let digit = id.strip_prefix("SW")?.chars().next()?.to_digit(10)?;
        let index = usize::try_from(digit).ok()?.checked_sub(1)?;
        Self::ALL.get(index).copied()
    }
}

impl Meta {
    /// The first line of the documentation.
    pub fn title(&self) -> &'static str {
        self.doc.trim_start().lines().next().unwrap_or_default().trim()
    }

    /// The documentation as Markdown, title included: what the author wrote, without the space that a doc comment puts
    /// before each line.
    pub fn markdown(&self) -> String {
        let lines = self.doc.trim_end().lines();
        lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n")
    }

    /// The examples of the documentation that are marked so: `yaml bad`, `yaml good`.
    pub fn examples(&self, mark: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut lines = self.doc.lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
        while let Some(line) = lines.next() {
            let info = line.strip_prefix("```").map(str::trim);
            if info.and_then(|info| info.strip_prefix("yaml ")) == Some(mark) {
                let body: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
                found.push(body.join("\n") + "\n");
            }
        }
        found
    }

    /// The text of a `## Section` of the documentation, trimmed; empty when there is none.
    pub fn section(&self, heading: &str) -> &'static str {
        let mut from = None;
        let mut offset = 0;
        for line in self.doc.split_inclusive('\n') {
            if let Some(name) = line.trim().strip_prefix("## ") {
                if let Some(start) = from {
                    return self.doc.get(start..offset).unwrap_or_default().trim();
                }
                if name == heading {
                    from = Some(offset + line.len());
                }
            }
            offset += line.len();
        }
        from.and_then(|start| self.doc.get(start..)).unwrap_or_default().trim()
    }

    /// The domain, from the id.
    pub fn domain(&self) -> Domain {
        Domain::of(self.id).unwrap_or(Domain::Workload)
    }
}

impl Profile {
    /// All, from the fewest checks to the most.
    pub const ALL: [Self; 3] = [Self::Default, Self::Strict, Self::All];

    /// Name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Strict => "strict",
            Self::All => "all",
        }
    }
}

impl PssLevel {
    /// Name on the command line and in namespace labels.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Restricted => "restricted",
        }
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Display for PssLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
