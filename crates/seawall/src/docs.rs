//! Documentation made from the checks: docs/checks/, docs/severity-table.md, and the schema of the configuration.

use std::fmt::Write;
use std::path::PathBuf;

use seawall_finding::{Domain, Meta, Param, ParamDefault, Peer, Relation, Severity, Tool, UNCOVERED};

use crate::catalogue;

const GENERATED: &str =
    "<!-- Generated from the checks by `cargo xtask generate`; change the doc comment of the check. -->";

/// Every generated page, by its path from the project's root.
pub(crate) fn pages() -> Vec<(PathBuf, String)> {
    let metas: Vec<&Meta> = seawall_checks::all().into_iter().map(|check| &check.meta).collect();
    let mut pages: Vec<(PathBuf, String)> = metas
        .iter()
        .map(|meta| (PathBuf::from("docs/checks").join(file_name(meta)), check_page(meta)))
        .collect();
    pages.push((PathBuf::from("docs/checks/README.md"), index()));
    pages.push((PathBuf::from("docs/peers.md"), peer_table(&metas)));
    pages.push((PathBuf::from("docs/severity-table.md"), severity_table(metas)));
    pages.push((
        PathBuf::from("docs/schema/seawall-config.schema.json"),
        seawall_engine::config::config_schema_text(&seawall_checks::all()),
    ));
    pages
}

/// The page of one check.
pub(crate) fn check_page(meta: &Meta) -> String {
    let mut page = format!("{GENERATED}\n\n# {}: {}\n\n", meta.id, meta.title());
    page.push_str("| | |\n|---|---|\n");
    let _ = writeln!(page, "| Name | `{}` |", meta.name);
    let _ = writeln!(page, "| Severity | {} |", meta.severity);
    let _ = writeln!(page, "| Domain | {} |", meta.domain());
    let _ = writeln!(page, "| Profile | {} |", meta.profile);
    let _ = writeln!(page, "| Since | {} |", meta.since);
    if let Some(pss) = &meta.pss {
        let _ = writeln!(page, "| Pod Security Standards | {}: `{}` |", pss.level, pss.control);
    }
    if !meta.tags.is_empty() {
        let _ = writeln!(page, "| Tags | {} |", meta.tags.join(", "));
    }
    if !meta.frameworks.is_empty() {
        let controls: Vec<String> =
            meta.frameworks.iter().map(|f| format!("{} {}", f.name, f.control)).collect();
        let _ = writeln!(page, "| Frameworks | {} |", controls.join(", "));
    }
    let _ = write!(page, "\n{}\n", spaced(&body(meta)));
    if !meta.params.is_empty() {
        let _ = write!(page, "\n{}", parameters(meta.params));
    }
    if !meta.peers.is_empty() {
        let _ = write!(page, "\n{}", peers(meta.peers));
    }
    let _ = write!(
        page,
        "\n## Ignoring it\n\nWhere it is meant to be so, say why beside the field:\n\n```yaml\n# seawall: ignore[{}] the reason\n```\n",
        meta.name
    );
    page
}

/// The documentation of a check as Markdown, without its title.
pub(crate) fn body(meta: &Meta) -> String {
    meta.markdown().split_once('\n').map_or_else(String::new, |(_, body)| body.trim().to_owned())
}

/// Parameters as a section of a page.
pub(crate) fn parameters(params: &[Param]) -> String {
    let mut text = "## Parameters\n\n".to_owned();
    for param in params {
        let _ = writeln!(text, "- `{}`: {} (default: `{}`)", param.name, param.doc, default(param.default));
    }
    text
}

/// What other scanners call it, as a section of a page.
pub(crate) fn peers(peers: &[Peer]) -> String {
    let mut text = "## In other scanners\n\n".to_owned();
    for Peer { tool, id, relation, why } in peers {
        let relation = match relation {
            Relation::Same => "the same",
            Relation::Wider => "finds less than this check",
            Relation::Narrower => "finds more than this check",
        };
        let why = if why.is_empty() { String::new() } else { format!(": {why}") };
        let _ = writeln!(text, "- {tool} `{id}`: {relation}{why}");
    }
    text
}

/// The default of a parameter, as it would be written in `seawall.yaml`.
fn default(value: ParamDefault) -> String {
    match value {
        ParamDefault::Bool(value) => value.to_string(),
        ParamDefault::Int(value) => value.to_string(),
        ParamDefault::Strings(values) => format!("[{}]", values.join(", ")),
    }
}

fn file_name(meta: &Meta) -> String {
    format!("{}-{}.md", meta.id, meta.name)
}

/// Sections with an empty line around headings and code, as Markdown linters want it. Marks of the example tests
/// become marks for readers.
fn spaced(body: &str) -> String {
    let mut text = String::new();
    let mut in_code = false;
    for line in body.trim().lines() {
        let fence = line.trim_start().starts_with("```");
        let heading = !in_code && line.starts_with('#');
        let opens = fence && !in_code;
        if (heading || opens) && !text.is_empty() && !text.ends_with("\n\n") {
            text.push('\n');
        }
        match (opens, line.split_whitespace().next()) {
            (true, Some(language)) => text.push_str(language),
            _ => text.push_str(line),
        }
        text.push('\n');
        if heading || (fence && in_code) {
            text.push('\n');
        }
        in_code ^= fence;
    }
    text.replace("# <- finding", "# <- here").trim_end().to_owned()
}

fn index() -> String {
    let mut page = format!("{GENERATED}\n\n# Checks\n");
    for domain in Domain::ALL {
        let metas = catalogue::of_domain(domain);
        if metas.is_empty() {
            continue;
        }
        let _ = write!(page, "\n## {}: {}\n\n", capitalised(domain.name()), catalogue::about(domain));
        page.push_str("| Check | Name | Severity | Profile | What |\n|---|---|---|---|---|\n");
        for meta in metas {
            let _ = writeln!(
                page,
                "| [{}]({}) | `{}` | {} | {} | {} |",
                meta.id,
                file_name(meta),
                meta.name,
                meta.severity,
                meta.profile,
                meta.title()
            );
        }
    }
    page
}

/// Every id of another scanner, next to the checks that stand for it here.
fn peer_table(metas: &[&'static Meta]) -> String {
    let mut page = format!(
        "{GENERATED}\n\n# The checks of other scanners\n\nWhat each check of another scanner is here. *Same*: both fail the same objects. *Wider*: Seawall fails more. *Narrower*: it fails fewer, for the reason given. *None*: no check stands for it, for the reason given.\n`seawall explain KSV-0017` explains a check by the id of another scanner, `seawall list checks --peer trivy` lists them.\n"
    );
    for tool in Tool::ALL {
        let mut rows: Vec<(&Peer, &Meta)> = metas
            .iter()
            .flat_map(|meta| meta.peers.iter().map(move |peer| (peer, *meta)))
            .filter(|(peer, _)| peer.tool == tool)
            .collect();
        rows.sort_by_key(|(peer, meta)| (peer.id, meta.id));
        let _ = write!(page, "\n## {tool}\n\n| {tool} | Seawall | | Why |\n|---|---|---|---|\n");
        for (peer, meta) in rows {
            let _ = writeln!(
                page,
                "| `{}` | [{} `{}`](checks/{}) | {} | {} |",
                peer.id,
                meta.id,
                meta.name,
                file_name(meta),
                peer.relation,
                peer.why.replace('|', "\\|")
            );
        }
        for uncovered in UNCOVERED.iter().filter(|uncovered| uncovered.tool == tool) {
            let ids: Vec<String> = uncovered.ids.iter().map(|id| format!("`{id}`")).collect();
            let _ = writeln!(page, "| {} | | none | {} |", ids.join(", "), uncovered.why);
        }
    }
    page
}

/// All severities side by side, so that one that stands out is seen.
fn severity_table(mut metas: Vec<&'static Meta>) -> String {
    metas.sort_by_key(|meta| (std::cmp::Reverse(meta.severity), meta.id));
    let mut page = format!(
        "{GENERATED}\n\n# Severities of all checks\n\nThe rubric is [severity.md](severity.md). Why is the first sentence of each check's *Why it matters*.\n"
    );
    for severity in Severity::ALL.into_iter().rev() {
        let of_severity: Vec<&&Meta> = metas.iter().filter(|meta| meta.severity == severity).collect();
        if of_severity.is_empty() {
            continue;
        }
        let _ = write!(
            page,
            "\n## {}\n\n| Check | Profile | Why |\n|---|---|---|\n",
            capitalised(severity.name())
        );
        for meta in of_severity {
            let why = first_sentence(meta.section("Why it matters"));
            let _ = writeln!(
                page,
                "| [{} `{}`](checks/{}) | {} | {} |",
                meta.id,
                meta.name,
                file_name(meta),
                meta.profile,
                why.replace('|', "\\|")
            );
        }
    }
    page
}

/// The first sentence, on one line.
fn first_sentence(text: &str) -> String {
    let paragraph = text.split("\n\n").next().unwrap_or_default();
    let line = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    // A full stop inside a word (`spec.hostPID`) or an abbreviation followed by lower case ends no sentence.
    let end = line.match_indices(". ").find(|(at, _)| {
        line.get(at + 2..).and_then(|rest| rest.chars().next()).is_some_and(|next| !next.is_lowercase())
    });
    match end {
        Some((at, _)) => line.get(..=at).unwrap_or(&line).to_owned(),
        None => line,
    }
}

fn capitalised(name: &str) -> String {
    let mut characters = name.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{first_sentence, spaced};

    #[test]
    fn a_sentence_ends_at_a_full_stop_before_a_new_one() {
        let cases = [
            ("One. Two.", "One."),
            (
                "Fields like\n`spec.hostPID`, e.g. this one, matter. More.",
                "Fields like `spec.hostPID`, e.g. this one, matter.",
            ),
            ("Only one", "Only one"),
            ("First\n\nsecond paragraph. Third.", "First"),
        ];
        for (text, expected) in cases {
            assert_eq!(first_sentence(text), expected);
        }
    }

    #[test]
    fn sections_and_examples_get_air_and_lose_test_marks() {
        let body = "\n## Bad\n```yaml bad\n# comment\na: 1   # <- finding\n```\n## Good\ntext\n";
        assert_eq!(spaced(body), "## Bad\n\n```yaml\n# comment\na: 1   # <- here\n```\n\n## Good\n\ntext");
    }
}
