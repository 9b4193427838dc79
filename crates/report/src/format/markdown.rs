//! Markdown, for job summaries and comments on changes.

use std::fmt::Write;
use std::io;

use seawall_finding::Severity;
use seawall_inventory::Weight;

use crate::docs::docs_url;
use crate::group::{Entry, Group, Subject};
use crate::next_step::NextStep;
use crate::plain::plain;
use crate::summary::counted;
use crate::view::{Located, View};

/// Bytes that GitHub takes as the summary of a step (docs.github.com, "Adding a job summary").
const LIMIT: usize = 1024 * 1024;
/// Bytes kept free for what stands behind the findings and problems.
const TAIL: usize = 4096;
/// Places named of findings that are told once.
const PLACES: usize = 50;

pub(super) fn render(view: &View<'_>, to: &mut dyn io::Write) -> io::Result<()> {
    to.write_all(page(view, LIMIT).as_bytes())
}

/// The report in at most `limit` bytes.
fn page(view: &View<'_>, limit: usize) -> String {
    let mut page = Page { text: head(view), room: limit.saturating_sub(TAIL), left_out: 0 };
    for group in &view.groups {
        page.add(&of_group(group, view), group.findings.total());
    }
    for located in &view.problems {
        let problem = located.problem;
        let word = match problem.weight {
            Weight::Incomplete => "Problem",
            Weight::Warning => "Warning",
        };
        let what = format!("{}: {}", code(&located.location.place()), escaped(&problem.message));
        page.add(&format!("> **{word}** {what}. {}\n\n", escaped(&problem.help)), 1);
    }
    if page.left_out > 0 {
        let left_out = page.left_out;
        // Writing to a string cannot fail.
        let _ = writeln!(page.text, "_{left_out} more are left out: a summary takes at most 1 MiB._\n");
    }
    page.text.push_str(&tail(view));
    page.text
}

struct Page {
    text: String,
    /// Bytes that findings and problems may fill.
    room: usize,
    left_out: usize,
}

impl Page {
    /// Adds a part that tells of `count` things, or counts them as left out. After the first that does not fit, none is added: what
    /// is shown is the most dangerous.
    fn add(&mut self, part: &str, count: usize) {
        if self.left_out > 0 || self.text.len() + part.len() > self.room {
            self.left_out += count;
        } else {
            self.text.push_str(part);
        }
    }
}

fn head(view: &View<'_>) -> String {
    let summary = &view.summary;
    let mut text = String::from("## Seawall\n\n");
    let found = summary.findings;
    let _ = match found.total() {
        0 if summary.objects == 0 => writeln!(text, "**Nothing was scanned.**"),
        0 => writeln!(text, "**No findings.**"),
        _ => writeln!(text, "**{found}** in {}.", counted(summary.objects_with_findings, "object")),
    };
    if summary.incomplete > 0 {
        let _ = writeln!(
            text,
            "\n**Incomplete**: {} problems kept something from being read.",
            summary.incomplete
        );
    }
    if let Some(NextStep::Fix(fix)) = &view.next_step {
        let place = view.findings.get(fix.first).map(|located| located.location.line()).unwrap_or_default();
        let _ = writeln!(
            text,
            "\nFirst: fix **{}** in {}, starting at {}; that takes away {}.",
            fix.name,
            counted(fix.places, "place"),
            code(&place),
            fix.takes_away
        );
    }
    text.push('\n');
    text
}

fn of_group(group: &Group, view: &View<'_>) -> String {
    let title = match &group.subject {
        Subject::Object { object, managed_by: None } => code(&object.to_string()),
        Subject::Object { object, managed_by: Some(by) } => {
            format!("{}, managed by {}", code(&object.to_string()), code(&by.to_string()))
        }
        Subject::Check { name, objects, .. } => {
            format!("{} in {}", escaped(name), counted(*objects, "object"))
        }
    };
    let mut text =
        format!("### {title}: {}\n\n| | Finding | Where | Fix |\n|---|---|---|---|\n", group.findings);
    for entry in &group.entries {
        row(entry, view, &mut text);
    }
    text.push('\n');
    for entry in group.entries.iter().filter(|entry| entry.findings.len() > 1) {
        places(entry, view, &mut text);
    }
    text
}

fn row(entry: &Entry, view: &View<'_>, text: &mut String) {
    let Some(located) = entry.findings.first().and_then(|index| view.findings.get(*index)) else { return };
    let finding = located.finding();
    let check = finding.check;
    let more = match entry.findings.len() {
        0 | 1 => String::new(),
        count => format!(" and {} more", count - 1),
    };
    let fix = finding.fix.as_ref().map(|fix| escaped(&fix.title())).unwrap_or_default();
    let _ = writeln!(
        text,
        "| {} {} | {} [{}]({}) | {}{more} | {fix} |",
        sign(finding.severity),
        finding.severity,
        escaped(&located.message()),
        check.id,
        docs_url(check),
        place(located),
    );
}

fn place(located: &Located<'_>) -> String {
    let location = &located.location;
    let origin = location.origin().map(|origin| format!("<br>{}", prose(&origin))).unwrap_or_default();
    format!("{}{origin}", code(&format!("{}{}", location.line(), located.live_field())))
}

fn places(entry: &Entry, view: &View<'_>, text: &mut String) {
    let count = entry.findings.len();
    let _ = writeln!(text, "<details><summary>{count} places</summary>\n");
    for located in entry.findings.iter().take(PLACES).filter_map(|index| view.findings.get(*index)) {
        let _ = writeln!(text, "- {} {}", code(&located.location.line()), code(&located.object_name()));
    }
    if count > PLACES {
        let _ = writeln!(text, "- {} more", count - PLACES);
    }
    text.push_str("\n</details>\n\n");
}

fn tail(view: &View<'_>) -> String {
    let summary = &view.summary;
    let mut text = format!(
        "Scanned {}; profile {}, Kubernetes {}.",
        summary.scanned(),
        escaped(view.run.profile),
        view.run.kubernetes
    );
    for (count, what) in [
        (summary.suppressed, "suppressed"),
        (summary.baselined, "in the baseline"),
        (summary.unknown, "undecided"),
    ] {
        if count > 0 {
            let _ = write!(text, " {count} {what}.");
        }
    }
    text.push('\n');
    text
}

fn sign(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "🟣",
        Severity::High => "🔴",
        Severity::Medium => "🟠",
        Severity::Low => "🔵",
        Severity::Info => "⚪",
    }
}

/// Text of ours with names from outside in backquotes: those become code, and nothing else is markup.
fn escaped(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    // Without its partner, a backquote is only a backquote.
    if parts.len().is_multiple_of(2) {
        return prose(text);
    }
    parts
        .iter()
        .enumerate()
        .map(|(index, part)| if index % 2 == 1 { code(part) } else { prose(part) })
        .collect()
}

/// Text in which nothing is markup, a mention or a link: every character that could make one is an entity, and a comment parts
/// an `@` from what follows.
fn prose(text: &str) -> String {
    let markup = |character: char| "\\`*_{}[]<>#!|~&$".contains(character);
    entities(text, markup).replace('@', "@<!-- -->")
}

/// A name from outside, as code in Markdown. A tag instead of backquotes: those cannot be escaped in a table.
pub fn code(text: &str) -> String {
    let harmless = |character: char| "-./,()=+".contains(character);
    format!(
        "<code>{}</code>",
        entities(text, |character| character.is_ascii_punctuation() && !harmless(character))
    )
}

/// `text` with the characters that `is_markup` names as entities. A colon and a dot are where they could make a link or an emoji.
fn entities(text: &str, is_markup: impl Fn(char) -> bool) -> String {
    let text = plain(text);
    let mut escaped = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let is_entity = match character {
            ':' => characters.peek().is_some_and(|next| *next != ' ' && !next.is_ascii_digit()),
            '.' => escaped.ends_with("www"),
            character => is_markup(character),
        };
        if is_entity {
            // Writing to a string cannot fail.
            let _ = write!(escaped, "&#{};", u32::from(character));
        } else {
            escaped.push(character);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{LIMIT, code, escaped, page};
    use crate::testing::Story;

    #[test]
    fn a_summary_stays_below_what_github_takes() {
        let story = (0..100).fold(Story::default(), |story, n| {
            let env = format!("env: [{{name: P{n}_PASSWORD, value: x}}]");
            let spec = format!("spec: {{containers: [{{name: a, {env}}}]}}");
            let pod = format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: p{n}}}\n{spec}\n");
            story.file(&format!("p{n:04}.yaml"), &pod)
        });
        let told = story.tell();
        let whole = page(&told.view(), LIMIT);
        assert!(!whole.contains("left out"), "{whole}");
        let limit = whole.len() - 1000;
        let text = page(&told.view(), limit);
        assert!(text.len() <= limit, "{} bytes", text.len());
        let shown = text.matches("holds a credential").count();
        let rest = text.split("\n_").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
        assert_eq!(shown + rest.parse::<usize>().unwrap(), 200, "what is left out is counted: {text}");
        assert!(text.ends_with("profile default, Kubernetes v1.33.\n"), "{text}");
    }

    #[test]
    fn names_are_code_and_nothing_else_is_markup() {
        let table = [
            ("container `app` is privileged", "container <code>app</code> is privileged"),
            ("`a|b`", "<code>a&#124;b</code>"),
            ("`a</code><script>`", "<code>a&#60;/code&#62;&#60;script&#62;</code>"),
            ("a `b` c ` d", "a &#96;b&#96; c &#96; d"),
            ("it is: `a:12`, :smile: http://x", "it is: <code>a:12</code>, &#58;smile: http&#58;//x"),
            ("www.evil.example", "www&#46;evil.example"),
            ("@everyone", "@<!-- -->everyone"),
            ("![x](http://a)", "&#33;&#91;x&#93;(http&#58;//a)"),
            ("a\n| b |", "a &#124; b &#124;"),
            ("$x^2$", "&#36;x^2&#36;"),
            ("\u{1b}[31m", "&#92;u&#123;1b&#125;&#91;31m"),
        ];
        for (text, expected) in table {
            assert_eq!(escaped(text), expected);
        }
        assert_eq!(code("a`b"), "<code>a&#96;b</code>");
    }
}
