//! Candidates for completion on the command line that are not fixed values.

#[cfg(feature = "cluster")]
mod cluster;

use clap_complete::engine::CompletionCandidate;
use seawall_engine::Selector;
use seawall_finding::{Domain, Profile, PssLevel, Severity, Tool};
use seawall_report::Format;

#[cfg(feature = "cluster")]
pub(crate) use self::cluster::{contexts, users};
use crate::catalogue;

/// Names and ids of checks, with their titles.
pub(crate) fn checks() -> Vec<CompletionCandidate> {
    let named =
        |name: &'static str, title: &'static str| CompletionCandidate::new(name).help(Some(title.into()));
    let checks = seawall_checks::all();
    let names = checks.iter().map(|check| named(check.meta.name, check.meta.title()));
    let ids = checks.iter().map(|check| named(check.meta.id, check.meta.title()));
    names.chain(ids).collect()
}

/// Names of other scanners.
pub(crate) fn tools() -> Vec<CompletionCandidate> {
    Tool::ALL.into_iter().map(|tool| CompletionCandidate::new(tool.name())).collect()
}

/// Names of domains.
pub(crate) fn domains() -> Vec<CompletionCandidate> {
    let named =
        |domain: Domain| CompletionCandidate::new(domain.name()).help(Some(catalogue::about(domain).into()));
    Domain::ALL.into_iter().map(named).collect()
}

/// Both.
pub(crate) fn checks_and_domains() -> Vec<CompletionCandidate> {
    domains().into_iter().chain(checks()).collect()
}

/// Words that select checks.
pub(crate) fn selectors() -> Vec<CompletionCandidate> {
    Selector::words(&seawall_checks::all()).into_iter().map(CompletionCandidate::new).collect()
}

/// Names of profiles.
pub(crate) fn profiles() -> Vec<CompletionCandidate> {
    let named = |profile: Profile| {
        CompletionCandidate::new(profile.name()).help(Some(catalogue::about_profile(profile).into()))
    };
    Profile::ALL.into_iter().map(named).collect()
}

/// Levels of the Pod Security Standards.
pub(crate) fn pss_levels() -> Vec<CompletionCandidate> {
    [PssLevel::Baseline, PssLevel::Restricted].map(|level| CompletionCandidate::new(level.name())).into()
}

/// Names of severities.
pub(crate) fn severities() -> Vec<CompletionCandidate> {
    Severity::ALL.map(|severity| CompletionCandidate::new(severity.name())).into()
}

/// Names of formats.
pub(crate) fn formats() -> Vec<CompletionCandidate> {
    Format::ALL.map(|format| CompletionCandidate::new(format.name())).into()
}

/// Namespaces: those of the cluster that the line is about.
pub(crate) fn namespaces() -> Vec<CompletionCandidate> {
    #[cfg(feature = "cluster")]
    return cluster::namespaces();
    #[cfg(not(feature = "cluster"))]
    Vec::new()
}
