//! What the documentation of a check says in a report.

use seawall_finding::Meta;

/// Where Seawall is at home.
pub(crate) const HOME: &str = "https://seawall.dev/";

/// Where the documentation of checks is published; each page is named by the id.
const BASE: &str = "https://seawall.dev/checks/";

/// The page of a check.
pub fn docs_url(check: &Meta) -> String {
    format!("{BASE}{}", check.id)
}

/// Why it matters, in one sentence on one line.
pub(crate) fn why(check: &Meta) -> String {
    let text = one_line(check.section("Why it matters"));
    let end = text.find(". ").map_or(text.len(), |at| at + 1);
    text.get(..end).unwrap_or_default().to_owned()
}

/// A section of documentation without the line breaks of its source.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
/// Documentation as Markdown, without its title.
pub(crate) fn markdown(check: &Meta) -> String {
    let mut text = String::with_capacity(check.doc.len());
    for line in check.markdown().lines().skip(1) {
        // `yaml bad` and `yaml good` tell tests what an example is; for readers it is YAML.
        text.push_str(if line.starts_with("```yaml ") { "```yaml" } else { line });
        text.push('\n');
    }
    text.trim().to_owned()
}
