//! What comments cover: entries and items by the lines they start on.

use seawall_yaml::{Node, Path, Segment, Span, Style, Value};

use super::comment::Comment;

/// What the comments of one document cover.
#[derive(Debug, Default)]
pub(super) struct Covers {
    /// Lines of targets, each with the paths (from the document's root) of what starts on it.
    lines: Vec<(Span, Vec<Path>)>,
    /// By number of comment: it stands in a string.
    quoted: Vec<bool>,
}

/// The most paths that one line can lead to. Several are the rule for nothing but an anchor that is used several times.
const MAX_PATHS: usize = 1_000;

impl Covers {
    /// Walks the tree at `root` once for all `comments`, which stand in its document in the order of the text.
    pub(super) fn of(root: Node<'_>, comments: &[Comment]) -> Self {
        let mut lines: Vec<(Span, Vec<Path>)> =
            comments.iter().filter_map(|comment| Some((comment.target?, Vec::new()))).collect();
        lines.sort_by_key(|(line, _)| *line);
        lines.dedup_by_key(|(line, _)| *line);
        let mut quoted = Quoted { comments, quoted: vec![false; comments.len()] };
        quoted.node(root);
        let covers = Self { lines, quoted: quoted.quoted };
        let mut walk = Walk { covers, path: Vec::new() };
        walk.node(root, None);
        walk.covers
    }

    /// The paths that start on the line of `target`.
    pub(super) fn paths(&self, target: Span) -> &[Path] {
        let found = self.lines.binary_search_by_key(&target, |(line, _)| *line).ok();
        found.and_then(|index| self.lines.get(index)).map_or(&[], |(_, paths)| paths)
    }

    /// Whether the comment numbered `index` is none, but part of a string.
    pub(super) fn is_quoted(&self, index: usize) -> bool {
        self.quoted.get(index).copied().unwrap_or(false)
    }
}

/// Finds the comments that stand in strings, among everything that is written: also what a later duplicate of a key hides.
struct Quoted<'c> {
    comments: &'c [Comment],
    quoted: Vec<bool>,
}

impl Quoted<'_> {
    /// Trees are no deeper than [`seawall_yaml::Limits::max_depth`].
    fn node(&mut self, node: Node<'_>) {
        if node.is_alias() {
            // What it stands for is met where it is written.
            return;
        }
        match node.value() {
            Value::Map(_) => {
                for entry in node.written_entries() {
                    self.scalar(entry.key_span, Style::Plain);
                    self.node(entry.value);
                }
            }
            Value::Seq(items) => items.for_each(|item| self.node(item)),
            _ => self.scalar(node.span(), node.style()),
        }
    }

    /// Comments within `span` of a scalar are part of it; but the first line of a block scalar may end in one.
    fn scalar(&mut self, span: Span, style: Style) {
        let from = self.comments.partition_point(|comment| comment.span.start < span.start);
        let is_block = matches!(style, Style::Literal | Style::Folded);
        let inside = self.comments.get(from..).unwrap_or_default();
        for (comment, quoted) in inside.iter().zip(self.quoted.get_mut(from..).unwrap_or_default()) {
            if comment.span.start >= span.end {
                break;
            }
            let on_header = is_block && comment.target.is_some_and(|line| line.start <= span.start);
            *quoted |= !on_header;
        }
    }
}

/// Finds what starts on the lines of targets, among what is in effect: with aliases and merges, where they lead.
struct Walk {
    covers: Covers,
    path: Vec<Segment>,
}

impl Walk {
    /// `covered`: the line of a target on which something above `node` starts. What is below it and starts on that line too
    /// is covered with it.
    fn node(&mut self, node: Node<'_>, covered: Option<usize>) {
        match node.value() {
            Value::Map(entries) => {
                for (key, span, value) in entries {
                    self.child(Segment::Key(key.into()), span.start, value, covered);
                }
            }
            Value::Seq(items) => {
                for (index, item) in items.enumerate() {
                    self.child(Segment::Index(index), item.span().start, item, covered);
                }
            }
            _ => {}
        }
    }

    fn child(&mut self, segment: Segment, start: u32, value: Node<'_>, covered: Option<usize>) {
        let line = self.target_at(start);
        self.path.push(segment);
        let covered = match line {
            Some(line) if covered != Some(line) => {
                if let Some((_, paths)) = self.covers.lines.get_mut(line)
                    && paths.len() < MAX_PATHS
                {
                    paths.push(self.path.iter().cloned().collect());
                }
                Some(line)
            }
            _ => covered,
        };
        self.node(value, covered);
        self.path.pop();
    }

    /// The number of the target line that `start` stands on.
    fn target_at(&self, start: u32) -> Option<usize> {
        let lines = &self.covers.lines;
        let index = lines.partition_point(|(line, _)| line.start <= start).checked_sub(1)?;
        let (line, _) = lines.get(index)?;
        (start <= line.end).then_some(index)
    }
}
