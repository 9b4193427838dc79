//! Steps of work, counted only in tests: so a test tells linear from quadratic without a clock.

#[cfg(not(test))]
#[inline(always)]
pub(crate) fn count(_steps: usize) {}

#[cfg(test)]
thread_local! {
    static STEPS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

#[cfg(test)]
pub(crate) fn count(steps: usize) {
    STEPS.with(|counter| counter.set(counter.get() + steps));
}

#[cfg(test)]
mod tests {
    use super::STEPS;
    use crate::{Limits, comments, parse};

    /// Writes an input of a size.
    type Shape = fn(usize) -> String;

    /// Hostile inputs.
    const SHAPES: &[(&str, Shape)] = &[
        ("keys", |n| (0..n).map(|i| format!("k{i}: 1\n")).collect()),
        ("equal keys", |n| "k: 1\n".repeat(n)),
        ("flow keys", |n| format!("{{{}}}", (0..n).map(|i| format!("k{i}: 1, ")).collect::<String>())),
        ("items", |n| "- a\n".repeat(n)),
        ("open brackets", |n| "[".repeat(n)),
        ("open braces", |n| "{a: ".repeat(n)),
        ("dashes on a line", |n| "- ".repeat(n)),
        ("question marks", |n| "? ".repeat(n)),
        ("colons", |n| ": ".repeat(n)),
        ("quotes", |n| "\"".repeat(n)),
        ("apostrophes", |n| "'".repeat(n)),
        ("an open quote of many lines", |n| format!("a: \"{}", "b\n ".repeat(n))),
        ("escapes", |n| format!("a: \"{}\"", "\\n".repeat(n))),
        ("a long plain value", |n| format!("a: {}", "b\n ".repeat(n))),
        ("empty lines in a literal", |n| format!("a: |\n{}  b\n", "\n".repeat(n))),
        ("a literal", |n| format!("a: |\n{}", "  b\n".repeat(n))),
        ("comments", |n| "# a\n".repeat(n)),
        ("comments that end with NEL", |n| "# é\u{85}".repeat(n)),
        ("comments after values", |n| "a: 1 # b\n".repeat(n)),
        ("separators", |n| "---\n".repeat(n)),
        ("documents", |n| "a: 1\n---\n".repeat(n)),
        ("refused separators", |n| "--- a\n".repeat(n)),
        ("broken documents", |n| "a: [\n---\n".repeat(n)),
        ("documents that end early", |n| "a\n...\n\u{7f}\n---\n".repeat(n)),
        ("anchors", |n| (0..n).map(|i| format!("- &a{i} b\n")).collect()),
        ("anchors of one name", |n| "- &a b\n- *a\n".repeat(n)),
        ("merges", |n| format!("- &a {{b: 1}}\n{}", "- {<<: *a}\n".repeat(n / 50))),
        ("tags", |n| "- !!str a\n".repeat(n)),
        ("blanks", |n| format!("a:{}b", " ".repeat(n))),
        ("CRs", |n| "a: 1\r".repeat(n)),
        ("flow pairs", |n| format!("[{}]", "a: b, ".repeat(n))),
        ("possible keys", |n| format!("[{}]", "[a], ".repeat(n))),
        ("JSON", |n| format!("{{\"a\": [{}1]}}", "{\"b\": 1}, ".repeat(n))),
        ("JSON values", |n| "{\"a\": 1}".repeat(n)),
        ("JSON that breaks off", |n| format!("{{\"a\": [{}", "\"b\", ".repeat(n))),
        ("JSON escapes", |n| format!("{{\"a\": \"{}\"}}", "\\n".repeat(n))),
        ("JSON keys", |n| {
            format!("{{{}\"z\": 1}}", (0..n).map(|i| format!("\"k{i}\": 1,")).collect::<String>())
        }),
        ("JSON open brackets", |n| format!("{{\"a\": {}", "[".repeat(n))),
        ("templates", |n| "{{ .a }}\n".repeat(n)),
    ];

    fn steps(text: &str) -> usize {
        STEPS.with(|counter| counter.set(0));
        let stream = parse(text.as_bytes(), &Limits::default());
        for document in &stream.documents {
            comments(document).count();
        }
        STEPS.with(std::cell::Cell::get)
    }

    #[test]
    fn work_grows_with_the_input() {
        for (name, shape) in SHAPES {
            let (small, large) = (steps(&shape(2_000)), steps(&shape(8_000)));
            // Sorting keys adds a logarithm.
            assert!(
                large <= small * 5 + 10_000,
                "{name}: {small} steps, then {large} for four times the size"
            );
        }
    }
}
