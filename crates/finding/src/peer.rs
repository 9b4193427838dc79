//! The ids under which other scanners know what a check finds.

use std::fmt;

/// The check of another scanner that looks for the same weakness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The scanner.
    pub tool: Tool,
    /// Its id or name of the check.
    pub id: &'static str,
    /// What its check finds, next to what the check here finds.
    pub relation: Relation,
    /// Why Seawall decides differently; empty when it does not.
    pub why: &'static str,
}

/// A scanner of Kubernetes objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tool {
    /// Kubescape: `C-0057`
    Kubescape,
    /// Trivy: `KSV-0017`
    Trivy,
    /// Checkov: `CKV_K8S_16`
    Checkov,
    /// KubeLinter: `privileged-container`
    KubeLinter,
    /// Polaris: `runAsPrivileged`
    Polaris,
    /// kube-score: `container-security-context-privileged`
    KubeScore,
    /// Popeye: `POP-106`
    Popeye,
    /// Kubesec: `Privileged`
    Kubesec,
}

/// How the check here relates to that of another scanner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// It fails the same objects.
    Same,
    /// It fails more: all that the other does, and others.
    Wider,
    /// It fails fewer: a part of what the other does.
    Narrower,
}

impl Tool {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 8] = [
        Self::Kubescape,
        Self::Trivy,
        Self::Checkov,
        Self::KubeLinter,
        Self::Polaris,
        Self::KubeScore,
        Self::Popeye,
        Self::Kubesec,
    ];

    /// Name, as its program is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kubescape => "kubescape",
            Self::Trivy => "trivy",
            Self::Checkov => "checkov",
            Self::KubeLinter => "kube-linter",
            Self::Polaris => "polaris",
            Self::KubeScore => "kube-score",
            Self::Popeye => "popeye",
            Self::Kubesec => "kubesec",
        }
    }
}

impl Relation {
    /// Name, for people and in data.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Wider => "wider",
            Self::Narrower => "narrower",
        }
    }
}

/// Declares for each scanner a function under its name, so that a peer is one line in a check's file.
macro_rules! constructors {
    ($($name:ident => $tool:ident),* $(,)?) => {$(
        #[doc = concat!("A check of ", stringify!($tool), ".")]
        pub const fn $name(id: &'static str, relation: Relation, why: &'static str) -> Peer {
            Peer { tool: Tool::$tool, id, relation, why }
        }
    )*};
}

constructors! {
    kubescape => Kubescape,
    trivy => Trivy,
    checkov => Checkov,
    kube_linter => KubeLinter,
    polaris => Polaris,
    kube_score => KubeScore,
    popeye => Popeye,
    kubesec => Kubesec,
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
