//! From a path to the bytes that show it.

use foldhash::{HashMap, HashMapExt};
use seawall_yaml::{Document, Node, Path, Segment, Span, Value};

/// What shows a path in a text.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    /// From the key (or the start of the item) to the end of a value that stands on the same line.
    pub(super) region: Span,
    /// What to underline: the value when it stands on the line, else the key. Ends with its line at the latest.
    pub(super) caret: Span,
    /// Start of the enclosing item of a list, for orientation.
    pub(super) context: Option<u32>,
    /// How many segments of the path exist.
    pub(super) depth: usize,
    /// Whether all of them do.
    pub(super) exact: bool,
}

/// Follows many paths through one document. The children of a node are indexed when it is first passed through, so that
/// all paths together cost no more than the tree.
pub(super) struct Descent<'t> {
    document: &'t Document,
    children: HashMap<Span, Children<'t>>,
}

enum Children<'t> {
    None,
    Items(Vec<Node<'t>>),
    /// Keys in order, the places of the keys, and the values.
    Entries(Vec<(&'t str, Span, Node<'t>)>),
}

/// A node on the way, and the key that led to it.
#[derive(Clone, Copy)]
pub(super) struct Step<'t> {
    pub(super) node: Node<'t>,
    pub(super) key: Option<Span>,
}

impl<'t> Descent<'t> {
    pub(super) fn new(document: &'t Document) -> Self {
        Self { document, children: HashMap::new() }
    }

    /// The nodes along `path`, from the root as far as it exists.
    pub(super) fn steps(&mut self, path: &Path) -> Vec<Step<'t>> {
        let mut at = Step { node: self.document.root(), key: None };
        let mut steps = vec![at];
        for segment in path.segments() {
            let Some(next) = self.child(at.node, segment) else { break };
            at = next;
            steps.push(at);
        }
        steps
    }

    fn child(&mut self, node: Node<'t>, segment: &Segment) -> Option<Step<'t>> {
        let children = self.children.entry(node.content_span()).or_insert_with(|| Children::of(node));
        match (children, segment) {
            (Children::Items(items), Segment::Index(index)) => {
                items.get(*index).map(|item| Step { node: *item, key: None })
            }
            (Children::Entries(entries), Segment::Key(key)) => {
                let found = entries.binary_search_by_key(&key.as_str(), |entry| entry.0).ok()?;
                entries.get(found).map(|(_, span, node)| Step { node: *node, key: Some(*span) })
            }
            _ => None,
        }
    }

    /// What shows `path`. Items up to the depth `object` are the object itself, no orientation in it.
    pub(super) fn spot(&mut self, path: &Path, object: usize) -> Spot {
        let steps = self.steps(path);
        let depth = steps.len().saturating_sub(1);
        let exact = depth == path.len();
        let text = self.document.text();
        let last = steps.last().copied().unwrap_or(Step { node: self.document.root(), key: None });
        let start = last.key.map_or(last.node.span().start, |key| key.start);
        let line_end = line_end(text, start);
        let head = Span::new(start, last.key.map_or(line_end, |key| key.end).min(line_end));
        let value = last.node.span();
        let on_line =
            is_scalar(last.node) && value.start >= head.start && value.end <= line_end && !value.is_empty();
        let caret = if on_line && exact { value } else { head };
        let region = Span::new(start, if on_line { value.end } else { head.end });
        let item = steps.iter().enumerate().skip(object + 1).rev().skip(1).find_map(|(at, step)| {
            let is_item = matches!(path.segments().get(at - 1), Some(Segment::Index(_)));
            is_item.then(|| step.node.span().start)
        });
        let context = item.filter(|item| {
            *item < start
                && text.get(*item as usize..start as usize).is_some_and(|between| between.contains('\n'))
        });
        Spot { region, caret, context, depth, exact }
    }
}

impl<'t> Children<'t> {
    fn of(node: Node<'t>) -> Self {
        match node.value() {
            Value::Seq(items) => Self::Items(items.collect()),
            Value::Map(entries) => {
                let mut entries: Vec<_> = entries.collect();
                entries.sort_unstable_by_key(|entry| entry.0);
                Self::Entries(entries)
            }
            _ => Self::None,
        }
    }
}

/// The path of the deepest node around `offset`, for problems, which know bytes only.
pub(super) fn path_at(document: &Document, offset: u32) -> Path {
    let covers = |node: Node<'_>, from: u32| from <= offset && offset <= node.span().end;
    let mut node = document.root();
    let mut path = Path::root();
    loop {
        if node.is_alias() {
            return path;
        }
        let next = match node.value() {
            Value::Seq(mut items) => items
                .by_ref()
                .enumerate()
                .find(|(_, item)| covers(*item, item.span().start))
                .map(|(index, item)| (Segment::Index(index), item)),
            Value::Map(_) => node
                .written_entries()
                .find(|entry| covers(entry.value, entry.key_span.start))
                .map(|entry| (Segment::Key(entry.key.into()), entry.value)),
            _ => None,
        };
        let Some((segment, child)) = next else { return path };
        path = path.push(segment);
        node = child;
    }
}

fn is_scalar(node: Node<'_>) -> bool {
    node.is_alias() || !(node.is_map() || node.is_seq())
}

/// The end of the line around `offset`, without blanks. A line of great length ends early: its end is for people only.
fn line_end(text: &str, offset: u32) -> u32 {
    const LONGEST: usize = 4096;
    let rest = text.as_bytes().get(offset as usize..).unwrap_or_default();
    let rest = rest.get(..rest.len().min(LONGEST)).unwrap_or_default();
    let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii_end();
    let mut end = offset as usize + line.len();
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    u32::try_from(end).unwrap_or(offset).max(offset)
}
