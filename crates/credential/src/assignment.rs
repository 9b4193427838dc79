//! Assignments in a text: `key=value`, `key: value`, `"key": "value"`, `<key>value</key>`, one or many in a line.

/// A name and what is assigned to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Assignment<'t> {
    /// The name, without quotes.
    pub name: &'t str,
    /// The value, without quotes.
    pub value: &'t str,
}

/// What is longer is no name.
const LONGEST_NAME: usize = 80;

/// What is longer is no password.
const LONGEST_VALUE: usize = 256;

/// The assignments of `text` to names that `wanted` wants, in lines where `place` finds, from an offset on, what may be part of
/// such a name; those in comments are not among them. Linear: on both sides of each separator a bounded part is looked at.
pub(crate) fn all<'t>(
    text: &'t str,
    place: fn(&str, usize) -> Option<usize>,
    wanted: fn(&str) -> bool,
) -> impl Iterator<Item = Assignment<'t>> {
    let is_comment = |line: &&str| line.starts_with(['#', ';']) || line.starts_with("//");
    let mut from = 0;
    let lines = std::iter::from_fn(move || {
        let at = place(text, from)?;
        let start = memchr::memrchr(b'\n', text.as_bytes().get(from..at)?).map_or(from, |end| from + end + 1);
        let end = memchr::memchr(b'\n', text.as_bytes().get(at..)?).map_or(text.len(), |end| at + end);
        from = (end + 1).min(text.len());
        text.get(start..end)
    });
    lines.map(str::trim).filter(move |line| !is_comment(line)).flat_map(move |line| {
        memchr::memchr3_iter(b':', b'=', b'>', line.as_bytes()).filter_map(move |at| of(line, at, wanted))
    })
}

/// The assignment whose separator stands at `at`.
fn of(line: &str, at: usize, wanted: fn(&str) -> bool) -> Option<Assignment<'_>> {
    let separator = *line.as_bytes().get(at)?;
    let rest = line.get(at + 1..)?;
    // `==`, `::`, `://` are something else; `:=` and `=>` count once.
    if rest.starts_with(['=', ':', '>', '~']) || rest.starts_with("//") {
        return None;
    }
    let before = line.get(line.floor_char_boundary(at.saturating_sub(LONGEST_NAME + 16))..at)?;
    if before.ends_with(['=', '!', '<']) {
        return None;
    }
    let before = before.trim_end_matches([':', '+', '?', ' ', '\t']);
    let before = before.trim_end_matches(['"', '\'', '\\', ']']);
    let name_length = before.bytes().rev().take(LONGEST_NAME + 1).take_while(|byte| is_name(*byte)).count();
    if name_length == 0 || name_length > LONGEST_NAME {
        return None;
    }
    let name = before.get(before.len() - name_length..)?;
    if !wanted(name) {
        return None;
    }
    if separator == b'>' {
        let opens = before.get(..before.len() - name_length)?.ends_with('<');
        return opens.then(|| Assignment { name, value: up_to(rest, |c| c == '<') });
    }
    let rest = rest.trim_start();
    let quoted = rest.trim_start_matches('\\');
    if let Some(quote) = quoted.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let value = up_to(quoted.get(1..)?, |c| c == quote);
        return Some(Assignment { name, value: value.trim_end_matches('\\') });
    }
    let value = if separator == b':' {
        // The rest of the line, so that a sentence is known as one.
        let value = up_to(rest, |c| matches!(c, ',' | '}'));
        value.split(" #").next().unwrap_or(value).trim()
    } else {
        up_to(rest, |c| c.is_whitespace() || matches!(c, ';' | '&' | ',' | '"' | '\'' | '`'))
    };
    // Without quotes these are an expression of some language.
    let is_code = value.contains(['(', ')', '[', ']', '{', '}', '<', '>', '$', '`', ';']);
    (!is_code).then_some(Assignment { name, value })
}

/// The start of `text`, up to where `ends` says; nothing when that is too far.
fn up_to(text: &str, ends: impl Fn(char) -> bool) -> &str {
    let end = text.char_indices().take(LONGEST_VALUE).find(|(_, c)| ends(*c)).map(|(at, _)| at);
    match end {
        Some(end) => text.get(..end).unwrap_or_default(),
        None if text.len() <= LONGEST_VALUE => text,
        None => "",
    }
}

const fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

#[cfg(test)]
mod tests {
    use super::all;

    #[test]
    fn assignments_of_texts() {
        let table: &[(&str, &[(&str, &str)])] = &[
            ("a=b c=d", &[("a", "b"), ("c", "d")]),
            ("a: b c\n# d=e\n", &[("a", "b c")]),
            ("{\"a\":\"b\",\"c\" : \"d\"}", &[("a", "b"), ("c", "d")]),
            ("{\\\"a\\\":\\\"b\\\"}", &[("a", "b")]),
            ("<a>b</a>", &[("a", "b")]),
            ("Server=x;Password=y;", &[("Server", "x"), ("Password", "y")]),
            ("a := get(b)", &[]),
            ("a == b", &[]),
            ("--a-b=c", &[("--a-b", "c")]),
            ("a=$B", &[]),
        ];
        for (text, expected) in table {
            let found: Vec<(&str, &str)> =
                all(text, |text, from| (from < text.len()).then_some(from), |_| true)
                    .map(|found| (found.name, found.value))
                    .collect();
            assert_eq!(found, *expected, "{text}");
        }
    }
}
