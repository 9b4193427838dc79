//! What a suppression says.

use smol_str::SmolStr;

/// What a suppression says, unjudged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) checks: Vec<SmolStr>,
    pub(super) expires: Option<SmolStr>,
    pub(super) reason: String,
}

/// The text behind `seawall:` in a comment.
///
/// # Errors
/// What is wrong with it, in words.
pub(super) fn comment(text: &str) -> Result<Said, &'static str> {
    let rest = text.trim().strip_prefix("ignore").ok_or("only `ignore[…]` can follow `seawall:`")?;
    let rest = rest.trim_start().strip_prefix('[').ok_or("the checks to ignore are missing")?;
    let (list, rest) = rest.split_once(']').ok_or("the closing `]` is missing")?;
    let checks = checks(list)?;
    let (expires, rest) = until(rest.trim_start());
    Ok(Said { checks, expires, reason: reason(rest) })
}

/// A line of the annotation.
///
/// # Errors
/// What is wrong with it, in words.
pub(super) fn annotation_line(line: &str) -> Result<Said, &'static str> {
    let (head, rest) = line.split_once(':').unwrap_or((line, ""));
    let (list, expires) = match head.split_once(" until ") {
        Some((list, date)) => (list, Some(SmolStr::new(date.trim()))),
        None => (head, None),
    };
    Ok(Said { checks: checks(list)?, expires, reason: reason(rest) })
}

fn checks(list: &str) -> Result<Vec<SmolStr>, &'static str> {
    let names: Vec<&str> = list.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    if names.is_empty() {
        return Err("it names no check");
    }
    let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !names.iter().all(|name| is_name(name)) {
        return Err("ids or names of checks, separated by commas, are expected");
    }
    Ok(names.into_iter().map(SmolStr::new).collect())
}

/// A leading `until DATE` and what follows. A reason may start with "until" as well: a date starts with a digit.
fn until(text: &str) -> (Option<SmolStr>, &str) {
    let date = text
        .strip_prefix("until")
        .filter(|rest| rest.starts_with([' ', '\t']))
        .map(str::trim_start)
        .filter(|rest| rest.starts_with(|first: char| first.is_ascii_digit()));
    let Some(rest) = date else { return (None, text) };
    let end = rest.find(|c: char| c.is_whitespace() || c == ':' || c == ',').unwrap_or(rest.len());
    let (date, rest) = rest.split_at_checked(end).unwrap_or((rest, ""));
    (Some(SmolStr::new(date)), rest)
}

/// The reason, without what people put before it.
fn reason(text: &str) -> String {
    text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | ',' | '-' | '–' | '—'))
        .trim_end()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(checks: &[&str], expires: Option<&str>, reason: &str) -> Said {
        Said {
            checks: checks.iter().map(SmolStr::new).collect(),
            expires: expires.map(SmolStr::new),
            reason: reason.to_owned(),
        }
    }

    #[test]
    fn comments() {
        for (text, expected) in [
            ("ignore[a] why", Ok(said(&["a"], None, "why"))),
            (" ignore [ a-b , SW1002 ]   why not ", Ok(said(&["a-b", "SW1002"], None, "why not"))),
            ("ignore[a]: why", Ok(said(&["a"], None, "why"))),
            ("ignore[a] -- why", Ok(said(&["a"], None, "why"))),
            ("ignore[a] — why", Ok(said(&["a"], None, "why"))),
            ("ignore[a]why", Ok(said(&["a"], None, "why"))),
            ("ignore[a] until 2027-01-31 why", Ok(said(&["a"], Some("2027-01-31"), "why"))),
            ("ignore[a] until 2027-01-31: why", Ok(said(&["a"], Some("2027-01-31"), "why"))),
            ("ignore[a] until 2027-13-99 why", Ok(said(&["a"], Some("2027-13-99"), "why"))),
            ("ignore[a] until 2027-01-31", Ok(said(&["a"], Some("2027-01-31"), ""))),
            ("ignore[a] until the old shop is gone", Ok(said(&["a"], None, "until the old shop is gone"))),
            ("ignore[a,] why", Ok(said(&["a"], None, "why"))),
            ("ignore[a]", Ok(said(&["a"], None, ""))),
            ("ignore[] why", Err("it names no check")),
            ("ignore[a b] why", Err("ids or names of checks, separated by commas, are expected")),
            ("ignore[a why", Err("the closing `]` is missing")),
            ("ignore a why", Err("the checks to ignore are missing")),
            ("disable[a] why", Err("only `ignore[…]` can follow `seawall:`")),
            ("", Err("only `ignore[…]` can follow `seawall:`")),
        ] {
            assert_eq!(comment(text), expected, "{text}");
        }
    }

    #[test]
    fn annotation_lines() {
        for (text, expected) in [
            ("a: why", Ok(said(&["a"], None, "why"))),
            ("a, SW1002 : why: because", Ok(said(&["a", "SW1002"], None, "why: because"))),
            ("a until 2027-01-31: why", Ok(said(&["a"], Some("2027-01-31"), "why"))),
            ("a until soon: why", Ok(said(&["a"], Some("soon"), "why"))),
            ("a", Ok(said(&["a"], None, ""))),
            (": why", Err("it names no check")),
            ("a b: why", Err("ids or names of checks, separated by commas, are expected")),
        ] {
            assert_eq!(annotation_line(text), expected, "{text}");
        }
    }
}
