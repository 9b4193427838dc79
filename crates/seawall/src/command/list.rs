//! `seawall list`

use anyhow::Result;
use clap::{Args, ValueEnum};
use clap_complete::engine::ArgValueCandidates;
use seawall_finding::{Meta, Peer, Profile, Tool};
use serde_json::json;

use crate::args::form::Form;
use crate::catalogue::{self, Entry};
use crate::complete;
use crate::console::Console;
use crate::exit::Exit;
use crate::table::Table;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  seawall list                              all checks
  seawall list checks --domain workload
  seawall list checks --profile default -o json
  seawall list checks --peer trivy          by what another scanner calls them
  seawall list frameworks")]
pub(crate) struct List {
    /// What to list
    #[arg(value_enum, default_value_t, value_name = "WHAT")]
    what: What,
    /// Only checks of this domain
    #[arg(long, value_name = "DOMAIN", add = ArgValueCandidates::new(complete::domains))]
    domain: Option<String>,
    /// Only checks that this profile runs
    #[arg(long, value_name = "PROFILE", value_parser = crate::args::select::profile)]
    profile: Option<Profile>,
    /// Only checks with this tag
    #[arg(long, value_name = "TAG")]
    tag: Option<String>,
    /// Only checks that this scanner has too, with its ids
    #[arg(long, value_name = "SCANNER", add = ArgValueCandidates::new(complete::tools))]
    peer: Option<String>,
    /// How to write it
    #[arg(long = "output", short = 'o', value_enum, default_value_t, value_name = "FORMAT")]
    form: Form,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum What {
    /// Checks, with id, severity, profile and title
    #[default]
    Checks,
    /// Domains, with the number of their checks
    Domains,
    /// Profiles, with the number of checks they run
    Profiles,
    /// Output formats of scan
    Formats,
    /// Tags, with the number of their checks
    Tags,
    /// Frameworks, with the controls that checks cover
    Frameworks,
}

impl List {
    pub(crate) fn run(self, console: &Console) -> Result<Exit> {
        let peer = self.peer.as_deref().map(catalogue::tool).transpose()?;
        let metas = self.metas(peer)?;
        let (table, json) = match self.what {
            What::Checks => checks(&metas, peer)?,
            What::Domains => domains(&metas),
            What::Profiles => profiles(&metas),
            What::Formats => formats(),
            What::Tags => tags(&metas),
            What::Frameworks => frameworks(&metas),
        };
        match self.form {
            Form::Table => console.print(&table.render(console.width))?,
            Form::Json => console.print(&format!("{}\n", serde_json::to_string_pretty(&json)?))?,
        }
        Ok(Exit::Clean)
    }

    fn metas(&self, peer: Option<Tool>) -> Result<Vec<&'static Meta>> {
        let domain = self.domain.as_deref().map(catalogue::domain).transpose()?;
        if let Some(tag) = &self.tag {
            catalogue::known_tag(tag)?;
        }
        let chosen = |meta: &&'static Meta| {
            domain.is_none_or(|domain| meta.domain() == domain)
                && peer.is_none_or(|tool| meta.peers.iter().any(|peer| peer.tool == tool))
                && self.profile.is_none_or(|profile| meta.profile <= profile)
                && self.tag.as_deref().is_none_or(|tag| meta.tags.contains(&tag))
        };
        Ok(seawall_checks::all().into_iter().map(|check| &check.meta).filter(chosen).collect())
    }
}

type Listing = (Table, serde_json::Value);

fn checks(metas: &[&'static Meta], peer: Option<Tool>) -> Result<Listing> {
    let table = match peer {
        Some(tool) => by_peer(metas, tool),
        None => {
            let mut table = Table::new(["ID", "SEVERITY", "PROFILE", "NAME", "TITLE"]);
            for meta in metas {
                table.row([meta.id, meta.severity.name(), meta.profile.name(), meta.name, meta.title()]);
            }
            table
        }
    };
    let entries: Vec<Entry> = metas.iter().copied().map(Entry::new).collect();
    Ok((table, serde_json::to_value(entries)?))
}

/// By what another scanner calls them.
fn by_peer(metas: &[&'static Meta], tool: Tool) -> Table {
    let of_tool = |meta: &'static Meta| meta.peers.iter().filter(move |peer| peer.tool == tool);
    let mut rows: Vec<(&Peer, &Meta)> =
        metas.iter().flat_map(|meta| of_tool(meta).map(move |peer| (peer, *meta))).collect();
    rows.sort_by_key(|(peer, meta)| (peer.id, meta.id));
    let mut table = Table::new([&*tool.name().to_uppercase(), "RELATION", "ID", "NAME", "WHY"]);
    for (peer, meta) in rows {
        table.row([peer.id, peer.relation.name(), meta.id, meta.name, peer.why]);
    }
    table
}

fn domains(metas: &[&'static Meta]) -> Listing {
    let mut table = Table::new(["DOMAIN", "IDS", "CHECKS", "ABOUT"]);
    let mut entries = Vec::new();
    for (index, domain) in seawall_finding::Domain::ALL.into_iter().enumerate() {
        let checks = metas.iter().filter(|meta| meta.domain() == domain).count();
        let ids = format!("SW{}", index + 1);
        let about = catalogue::about(domain);
        table.row([domain.name(), &ids, &checks.to_string(), about]);
        entries.push(json!({ "name": domain.name(), "ids": ids, "checks": checks, "about": about }));
    }
    (table, entries.into())
}

fn profiles(metas: &[&'static Meta]) -> Listing {
    let mut table = Table::new(["PROFILE", "CHECKS", "ABOUT"]);
    let mut entries = Vec::new();
    for profile in Profile::ALL {
        let checks = metas.iter().filter(|meta| meta.profile <= profile).count();
        let about = catalogue::about_profile(profile);
        table.row([profile.name(), &checks.to_string(), about]);
        entries.push(json!({ "name": profile.name(), "checks": checks, "about": about }));
    }
    (table, entries.into())
}

fn formats() -> Listing {
    let mut table = Table::new(["FORMAT", "ABOUT"]);
    let mut entries = Vec::new();
    for format in seawall_report::Format::ALL {
        let about = catalogue::about_format(format);
        table.row([format.name(), about]);
        entries.push(json!({ "name": format.name(), "about": about }));
    }
    (table, entries.into())
}

fn tags(metas: &[&'static Meta]) -> Listing {
    let mut table = Table::new(["TAG", "CHECKS"]);
    let mut entries = Vec::new();
    for tag in catalogue::tags() {
        let checks = metas.iter().filter(|meta| meta.tags.contains(&tag)).count();
        table.row([tag, &checks.to_string()]);
        entries.push(json!({ "name": tag, "checks": checks }));
    }
    (table, entries.into())
}

fn frameworks(metas: &[&'static Meta]) -> Listing {
    let mut covered: std::collections::BTreeMap<(&str, &str), Vec<&str>> = std::collections::BTreeMap::new();
    for meta in metas {
        for framework in meta.frameworks {
            covered.entry((framework.name, framework.control)).or_default().push(meta.name);
        }
    }
    let mut table = Table::new(["FRAMEWORK", "CONTROL", "CHECKS"]);
    let mut entries = Vec::new();
    for ((framework, control), checks) in covered {
        table.row([framework, control, &checks.join(", ")]);
        entries.push(json!({ "framework": framework, "control": control, "checks": checks }));
    }
    (table, entries.into())
}
