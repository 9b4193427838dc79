//! The catalogue of checks: finding one by what a person calls it, and telling what it is as data.

use std::collections::BTreeSet;

use anyhow::{Result, anyhow};
use seawall_engine::suggest;
use seawall_finding::{Domain, Meta, ParamDefault, Peer, Profile, Tool};
use seawall_report::Format;
use serde::Serialize;

use crate::peers;

/// The checks called `written`: by id or name, in any case, else by the id that another scanner gives them.
pub(crate) fn find(written: &str) -> Result<Vec<&'static Meta>> {
    let checks = seawall_checks::all();
    let called = |name: &str| name.eq_ignore_ascii_case(written.trim());
    if let Some(check) = checks.iter().find(|check| called(check.meta.id) || called(check.meta.name)) {
        return Ok(vec![&check.meta]);
    }
    let found = peers::find(written);
    if found.is_empty() {
        if let Some((tool, id, why)) = peers::uncovered(written) {
            return Err(anyhow!("no check stands for `{id}` of {tool}: {why}"));
        }
        let names = checks.iter().flat_map(|check| [check.meta.name, check.meta.id]);
        return Err(anyhow!(
            "there is no check `{written}`{}",
            did_you_mean(written, names.chain(peers::ids()))
        ));
    }
    let mut metas: Vec<&'static Meta> = found.into_iter().map(|(meta, _)| meta).collect();
    metas.dedup_by_key(|meta| meta.id);
    Ok(metas)
}

/// The scanner called `written`.
pub(crate) fn tool(written: &str) -> Result<Tool> {
    let called = |tool: &Tool| tool.name().eq_ignore_ascii_case(written.trim());
    let names = || Tool::ALL.into_iter().map(Tool::name);
    Tool::ALL.into_iter().find(called).ok_or_else(|| {
        let known = names().collect::<Vec<_>>().join(", ");
        anyhow!(
            "`{written}` is no scanner whose checks are known ({known}){}",
            did_you_mean(written, names())
        )
    })
}

/// The domain called `written`, as in `workload`.
pub(crate) fn domain(written: &str) -> Result<Domain> {
    Domain::ALL
        .into_iter()
        .find(|domain| domain.name().eq_ignore_ascii_case(written))
        .ok_or_else(|| anyhow!("there is no domain `{written}`{}", did_you_mean(written, domain_names())))
}

/// Names of the domains, in the order of their ids.
pub(crate) fn domain_names() -> impl Iterator<Item = &'static str> {
    Domain::ALL.into_iter().map(Domain::name)
}

/// What a domain is about.
pub(crate) const fn about(domain: Domain) -> &'static str {
    match domain {
        Domain::Workload => "what a pod may do to the node and to its neighbours",
        Domain::Access => "who may do what: roles, bindings, service accounts",
        Domain::Network => "who may talk to whom, and what is reachable from outside",
        Domain::Data => "secrets, volumes, and data at rest and in transit",
        Domain::Image => "where images come from and what is in them",
        Domain::Reliability => "resources, probes, and what survives a failure",
        Domain::ControlPlane => "API server, etcd, scheduler, controllers, their certificates",
        Domain::Node => "kubelet, container runtime, operating system",
        Domain::Governance => "audit, versions, backups, policies in force",
    }
}

/// A check as data, for `--format json`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entry {
    id: &'static str,
    name: &'static str,
    title: &'static str,
    severity: &'static str,
    domain: &'static str,
    scope: &'static str,
    profile: &'static str,
    since: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pod_security: Option<PodSecurity>,
    tags: &'static [&'static str],
    frameworks: Vec<Control>,
    params: Vec<Parameter>,
    subsumes: &'static [&'static str],
    peers: Vec<PeerEntry>,
    /// The whole documentation in Markdown; only when one check is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    doc: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PodSecurity {
    level: &'static str,
    control: &'static str,
    since: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
}

#[derive(Debug, Serialize)]
struct Control {
    framework: &'static str,
    control: &'static str,
}

#[derive(Debug, Serialize)]
struct Parameter {
    name: &'static str,
    doc: &'static str,
    default: serde_json::Value,
}

#[derive(Debug, Serialize)]
struct PeerEntry {
    tool: &'static str,
    id: &'static str,
    relation: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    why: &'static str,
}

impl PeerEntry {
    fn of(peer: &Peer) -> Self {
        Self { tool: peer.tool.name(), id: peer.id, relation: peer.relation.name(), why: peer.why }
    }
}

impl Entry {
    /// The check without its documentation.
    pub(crate) fn new(meta: &'static Meta) -> Self {
        Self {
            id: meta.id,
            name: meta.name,
            title: meta.title(),
            severity: meta.severity.name(),
            domain: meta.domain().name(),
            scope: scope(meta),
            profile: meta.profile.name(),
            since: meta.since,
            pod_security: meta.pss.map(|pss| PodSecurity {
                level: pss.level.name(),
                control: pss.control,
                since: pss.versions.since.to_string(),
                until: pss.versions.until.map(|until| until.to_string()),
            }),
            tags: meta.tags,
            frameworks: meta
                .frameworks
                .iter()
                .map(|framework| Control { framework: framework.name, control: framework.control })
                .collect(),
            params: meta
                .params
                .iter()
                .map(|param| Parameter {
                    name: param.name,
                    doc: param.doc,
                    default: match param.default {
                        ParamDefault::Bool(value) => value.into(),
                        ParamDefault::Int(value) => value.into(),
                        ParamDefault::Strings(values) => values.into(),
                    },
                })
                .collect(),
            subsumes: meta.subsumes,
            peers: meta.peers.iter().map(PeerEntry::of).collect(),
            doc: None,
        }
    }

    /// The check with its documentation.
    pub(crate) fn documented(meta: &'static Meta) -> Self {
        Self { doc: Some(meta.markdown()), ..Self::new(meta) }
    }
}

fn scope(meta: &Meta) -> &'static str {
    use seawall_finding::Scope;
    match meta.scope {
        Scope::Workload => "workload",
        Scope::Container => "container",
        Scope::Object => "object",
        Scope::Snapshot => "snapshot",
        Scope::Access => "access",
    }
}

/// The checks of a domain, in the order of ids.
pub(crate) fn of_domain(domain: Domain) -> Vec<&'static Meta> {
    let metas = seawall_checks::all().into_iter().map(|check| &check.meta);
    metas.filter(|meta| meta.domain() == domain).collect()
}

/// What a profile is for.
pub(crate) const fn about_profile(profile: Profile) -> &'static str {
    match profile {
        Profile::Default => "what anyone would act on",
        Profile::Strict => "what a hardened cluster wants",
        Profile::All => "everything, matters of taste included",
    }
}

/// What a format of reports is for.
pub(crate) fn about_format(format: Format) -> &'static str {
    match format.name() {
        "terminal" => "for people: the line, why it matters, how to fix it; most dangerous first",
        "concise" => "one line per finding",
        "json" => "for programs: everything, in one document (`seawall schema report`)",
        "jsonl" => "for programs: one JSON object per line",
        "sarif" => "for code scanning: SARIF 2.1.0",
        "junit" => "for build servers: JUnit XML",
        "github" => "annotations in GitHub Actions",
        "gitlab" => "GitLab Code Quality",
        "markdown" => "for comments and job summaries",
        _ => "",
    }
}

/// All tags, sorted.
pub(crate) fn tags() -> Vec<&'static str> {
    let tags = seawall_checks::all().into_iter().flat_map(|check| check.meta.tags).copied();
    tags.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Refuses a tag that no check has.
pub(crate) fn known_tag(written: &str) -> Result<()> {
    let tags = tags();
    if tags.contains(&written) {
        return Ok(());
    }
    Err(anyhow!("no check has the tag `{written}`{}", did_you_mean(written, tags)))
}

/// `; did you mean …?`, or nothing when no candidate is near.
fn did_you_mean<'c>(written: &str, candidates: impl IntoIterator<Item = &'c str>) -> String {
    suggest(written, candidates).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use seawall_report::Format;

    #[test]
    fn every_format_is_described() {
        for format in Format::ALL {
            assert!(!super::about_format(format).is_empty(), "{format}");
        }
    }
}
