//! The actions (`{{ … }}`) of a Go template, and texts with holes where they stood.

use std::ops::Range;

/// An action of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Action {
    /// From `{{` to behind `}}`.
    pub(super) span: Range<usize>,
    pub(super) role: Role,
}

/// What an action does to the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Nothing, or it assigns a variable.
    Silent,
    /// Opens a block whose content is emitted once or not at all.
    Open,
    /// Opens a block whose content is emitted any number of times.
    Range,
    /// Opens a definition, whose content is emitted elsewhere.
    Define,
    /// Closes a block.
    End,
    /// Emits something.
    Output,
}

/// The actions of `text`, in order. An action that is not closed ends with the text.
pub(super) fn actions(text: &str) -> Vec<Action> {
    let mut actions = Vec::new();
    let mut at = 0;
    while let Some(start) = text.get(at..).and_then(|rest| rest.find("{{")).map(|found| found + at) {
        let end = end_of_action(text, start + 2);
        let inner = text.get(start + 2..end).unwrap_or_default();
        actions.push(Action { span: start..end, role: role(inner.trim_end_matches('}')) });
        at = end;
    }
    actions
}

/// Behind the `}}` of the action whose content starts at `start` (text/template/parse/lex.go: a comment runs to `*/`, strings may
/// hold braces).
fn end_of_action(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let rest = text.get(start..).unwrap_or_default();
    let inner = rest.strip_prefix("- ").unwrap_or(rest);
    let mut at = start;
    if inner.trim_start().starts_with("/*") {
        at = rest.find("*/").map_or(text.len(), |found| start + found + 2);
    }
    let mut quote = None;
    while let Some(&byte) = bytes.get(at) {
        match (quote, byte) {
            (Some(b'"' | b'\''), b'\\') => at += 1,
            // Only a raw string may hold a line break; others are a broken template, and end here.
            (Some(open), _) if byte == open || (byte == b'\n' && open != b'`') => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'' | b'`') => quote = Some(byte),
            (None, b'}') if bytes.get(at + 1) == Some(&b'}') => return at + 2,
            (None, _) => {}
        }
        at += 1;
    }
    text.len()
}

fn role(inner: &str) -> Role {
    let inner = inner.strip_prefix('-').unwrap_or(inner).trim();
    let word = inner.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '$').next().unwrap_or_default();
    match word {
        "if" | "with" | "block" => Role::Open,
        "range" => Role::Range,
        "define" => Role::Define,
        "end" => Role::End,
        "else" | "break" | "continue" => Role::Silent,
        _ if inner.starts_with("/*") || inner.is_empty() => Role::Silent,
        _ if word.starts_with('$') && is_assignment(inner, word) => Role::Silent,
        _ => Role::Output,
    }
}

fn is_assignment(inner: &str, variable: &str) -> bool {
    let rest = inner.strip_prefix(variable).unwrap_or_default().trim_start();
    rest.starts_with(":=") || (rest.starts_with('=') && !rest.starts_with("=="))
}

/// The columns that `nindent` or `indent` of an action moves its output to; the action stands at `column`.
pub(super) fn indentation(action: &str, column: usize) -> usize {
    let number = |word: &str| -> Option<usize> {
        let (_, rest) = action.rsplit_once(word)?;
        let digits = rest.trim_start().split(|c: char| !c.is_ascii_digit()).next()?;
        digits.parse().ok().filter(|columns| *columns < 1000)
    };
    if let Some(columns) = number("nindent ") {
        return columns;
    }
    number(" indent ").map_or(column, |columns| column + columns)
}

/// How well `text` is what `pattern` renders to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Match {
    No,
    /// Nothing of it is written out.
    Hole,
    /// So many bytes of it are written out, and agree.
    Partly(usize),
    /// It is written out whole.
    Whole,
}

/// Holds `text` against `pattern`, in which actions stand for anything. Quotes around either are of no account.
pub(super) fn matches(pattern: &str, text: &str) -> Match {
    // What is longer is no name and no number; many items may be held against it.
    const LONGEST: usize = 4096;
    if pattern.len() > LONGEST || text.len() > LONGEST {
        return Match::Hole;
    }
    let pattern = unquoted(pattern);
    let text = unquoted(text);
    if !pattern.contains("{{") {
        return if pattern == text { Match::Whole } else { Match::No };
    }
    let mut rest = text;
    let mut at = 0;
    let mut literal = 0;
    let mut first = true;
    // What stands in a block may be left out or repeated: all of it is one hole.
    let mut blocks = 0_usize;
    for action in actions(pattern) {
        let part = pattern.get(at..action.span.start).unwrap_or_default();
        at = action.span.end;
        let in_block = blocks > 0;
        match action.role {
            Role::Open | Role::Range | Role::Define => blocks += 1,
            Role::End => blocks = blocks.saturating_sub(1),
            Role::Silent | Role::Output => {}
        }
        if !part.is_empty() && !in_block {
            literal += part.len();
            let found =
                if first { rest.strip_prefix(part) } else { rest.split_once(part).map(|(_, rest)| rest) };
            match found {
                Some(behind) => rest = behind,
                None => return Match::No,
            }
        }
        first = false;
    }
    let tail = pattern.get(at..).unwrap_or_default();
    if !rest.ends_with(tail) {
        return Match::No;
    }
    match literal + tail.len() {
        0 => Match::Hole,
        literal => Match::Partly(literal),
    }
}

fn unquoted(text: &str) -> &str {
    let text = text.trim();
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote).and_then(|inner| inner.strip_suffix(quote)) {
            return inner;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Match, Role, actions, indentation, matches};

    #[test]
    fn actions_and_what_they_do() {
        let table = [
            ("{{- if .x }}", "{{- if .x }}", Role::Open),
            ("a {{/* } }} */}} b", "{{/* } }} */}}", Role::Silent),
            ("{{- /* x */ -}}", "{{- /* x */ -}}", Role::Silent),
            ("{{ \"}}\" }} b", "{{ \"}}\" }}", Role::Output),
            ("{{ `}}\n` }} b", "{{ `}}\n` }}", Role::Output),
            ("{{- range $i, $x := .y }}", "{{- range $i, $x := .y }}", Role::Range),
            ("{{ $a := 1 }}", "{{ $a := 1 }}", Role::Silent),
            ("{{ $a = 1 }}", "{{ $a = 1 }}", Role::Silent),
            ("{{ $a }}", "{{ $a }}", Role::Output),
            ("{{ ifx }}", "{{ ifx }}", Role::Output),
            ("{{- define \"a\" -}}", "{{- define \"a\" -}}", Role::Define),
            ("{{ end", "{{ end", Role::End),
            ("{{else if .x}}", "{{else if .x}}", Role::Silent),
        ];
        for (text, span, role) in table {
            let found = actions(text);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(&text[found[0].span.clone()], span, "{text}");
            assert_eq!(found[0].role, role, "{text}");
        }
    }

    #[test]
    fn columns_of_output() {
        assert_eq!(indentation("{{- toYaml . | nindent 12 }}", 2), 12);
        assert_eq!(indentation("{{ toYaml . | indent 8 }}", 2), 10);
        assert_eq!(indentation("{{ include \"x\" . }}", 4), 4);
    }

    #[test]
    fn texts_with_holes() {
        let table = [
            ("true", "true", Match::Whole),
            ("\"true\"", "true", Match::Whole),
            ("true", "false", Match::No),
            ("{{ .x }}", "anything", Match::Hole),
            ("{{ .x }}-sidecar", "web-sidecar", Match::Partly(8)),
            ("{{ .x }}-sidecar", "web", Match::No),
            ("a-{{ .x }}-b-{{ .y }}", "a-1-b-2", Match::Partly(5)),
            ("a-{{ .x }}-b", "a-1-c", Match::No),
            ("{{ if .p }}{{ .p }}-{{ end }}{{ .k }}-tcp", "9000-tcp", Match::Partly(4)),
            ("{{ if .p }}{{ .p }}-{{ end }}{{ .k }}-tcp", "x-9000-udp", Match::No),
            ("\"{{ .repo }}:{{ .tag }}\"", "nginx:1", Match::Partly(1)),
        ];
        for (pattern, text, expected) in table {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
