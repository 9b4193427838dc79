//! `A..B` and `A...B`.

/// Two revisions to compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionRange {
    /// What was before.
    pub base: String,
    /// What is now.
    pub head: String,
    /// `A...B`: before is where B left A, so that what A gained since then does not count as lost.
    pub from_merge_base: bool,
}

impl RevisionRange {
    /// Reads `A..B`, `A..`, `..B` or `A...B`, a missing side being `HEAD` (gitrevisions(7)); `None` when it is no range.
    /// A path may look like one (`../deploy`): ask whether it exists before.
    pub fn parse(text: &str) -> Option<Self> {
        let (base, head) = text.split_once("..")?;
        let (head, from_merge_base) = match head.strip_prefix('.') {
            Some(head) => (head, true),
            None => (head, false),
        };
        // A name of a revision never holds two dots (git-check-ref-format(1)).
        if head.contains("..") || head.starts_with('.') || (base.is_empty() && head.is_empty()) {
            return None;
        }
        let or_head = |side: &str| if side.is_empty() { "HEAD".to_owned() } else { side.to_owned() };
        Some(Self { base: or_head(base), head: or_head(head), from_merge_base })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_ranges_as_git_does() {
        let range = |base: &str, head: &str, from_merge_base| {
            Some(RevisionRange { base: base.into(), head: head.into(), from_merge_base })
        };
        let table = [
            ("main..feature", range("main", "feature", false)),
            ("main..", range("main", "HEAD", false)),
            ("..feature", range("HEAD", "feature", false)),
            ("main...feature", range("main", "feature", true)),
            ("v1.2..v1.3", range("v1.2", "v1.3", false)),
            ("HEAD~2..HEAD^", range("HEAD~2", "HEAD^", false)),
            ("main...", range("main", "HEAD", true)),
            ("main", None),
            ("..", None),
            ("...", None),
            ("a....b", None),
            ("a..b..c", None),
        ];
        for (text, expected) in table {
            assert_eq!(RevisionRange::parse(text), expected, "{text}");
        }
    }
}
