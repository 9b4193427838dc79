//! The keys and items that a template writes out, as a tree by indentation.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::action::{Action, Role, actions, indentation};

/// What a template writes out of the objects it renders to. A plain YAML file is a template without actions.
#[derive(Debug)]
pub(super) struct Skeleton<'t> {
    pub(super) text: &'t str,
    pub(super) parts: Vec<Part>,
    pub(super) documents: Vec<usize>,
    /// Keys without holes, by parent.
    keys: HashMap<usize, BTreeMap<&'t str, Vec<usize>>>,
}

/// A key, an item, or an action that renders to some.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) shape: Shape,
    /// The key, the start of the item up to the end of its line, or the action.
    pub(super) head: Range<usize>,
    /// The value on the same line; empty when there is none.
    pub(super) value: Range<usize>,
    /// It stands in a `range`.
    pub(super) repeats: bool,
    /// Blocks of the template that it stands in.
    blocks: usize,
    /// Items below it.
    pub(super) items: Vec<usize>,
    /// Actions below it that render to keys or items.
    pub(super) outputs: Vec<usize>,
    /// Keys with holes below it.
    pub(super) holed: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Document,
    Key,
    Item,
    /// An action that renders to keys or items.
    Output,
}

impl<'t> Skeleton<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let mut builder = Builder {
            skeleton: Self { text, parts: Vec::new(), documents: Vec::new(), keys: HashMap::new() },
            stack: Vec::new(),
            blocks: Vec::new(),
            scalar: None,
        };
        builder.document(0);
        let actions = actions(text);
        let mut rest = actions.as_slice();
        let mut start = 0;
        while start < text.len() {
            let (end, count) = logical_line(text, start, rest);
            let (here, behind) = rest.split_at_checked(count).unwrap_or((rest, &[]));
            builder.line(start..end, here);
            rest = behind;
            start = end + 1;
        }
        builder.skeleton
    }

    pub(super) fn part(&self, index: usize) -> Option<&Part> {
        self.parts.get(index)
    }

    pub(super) fn slice(&self, range: &Range<usize>) -> &'t str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    /// The keys `key` written out under `parent`: several when branches of a condition repeat it.
    pub(super) fn keys(&self, parent: usize, key: &str) -> &[usize] {
        self.keys.get(&parent).and_then(|keys| keys.get(key)).map_or(&[], Vec::as_slice)
    }

    /// The keys that are always there under `parent`: no condition stands between.
    pub(super) fn certain_keys(&self, parent: usize) -> impl Iterator<Item = &'t str> {
        let blocks = self.part(parent).map_or(0, |part| part.blocks);
        let keys = self.keys.get(&parent).into_iter().flatten();
        let is_certain = move |part: &usize| self.part(*part).is_some_and(|part| part.blocks <= blocks);
        keys.filter(move |(_, parts)| parts.iter().any(is_certain)).map(|(key, _)| *key)
    }

    /// Whether anything is written out below `part`.
    pub(super) fn has_children(&self, part: usize) -> bool {
        self.keys.contains_key(&part)
            || self.part(part).is_some_and(|part| {
                !(part.items.is_empty() && part.outputs.is_empty() && part.holed.is_empty())
            })
    }
}

/// The end of the line that starts at `start`, drawn out to the end of the line in which its last action ends, and how many
/// actions it holds.
fn logical_line(text: &str, start: usize, actions: &[Action]) -> (usize, usize) {
    let line_end = |from: usize| {
        text.as_bytes().iter().skip(from).position(|byte| *byte == b'\n').map_or(text.len(), |at| from + at)
    };
    let mut end = line_end(start);
    let mut count = 0;
    for action in actions {
        if action.span.start >= end {
            break;
        }
        if action.span.end > end {
            end = line_end(action.span.end);
        }
        count += 1;
    }
    (end, count)
}

struct Builder<'t> {
    skeleton: Skeleton<'t>,
    /// Open parts and their columns, outermost first.
    stack: Vec<(usize, usize)>,
    /// What opened the blocks of the template that are open.
    blocks: Vec<Role>,
    /// Column of a key whose block scalar goes on.
    scalar: Option<usize>,
}

impl<'t> Builder<'t> {
    fn document(&mut self, at: usize) {
        let index = self.push(Shape::Document, at..at);
        self.skeleton.documents.push(index);
        self.stack = Vec::new();
        self.stack.push((0, index));
        self.scalar = None;
    }

    fn push(&mut self, shape: Shape, head: Range<usize>) -> usize {
        let value = head.end..head.end;
        self.skeleton.parts.push(Part {
            shape,
            head,
            value,
            repeats: self.blocks.contains(&Role::Range),
            blocks: self.blocks.len(),
            items: Vec::new(),
            outputs: Vec::new(),
            holed: Vec::new(),
        });
        self.skeleton.parts.len() - 1
    }

    fn line(&mut self, line: Range<usize>, actions: &[Action]) {
        let text = self.skeleton.text;
        let was_defining = self.blocks.contains(&Role::Define);
        for action in actions {
            match action.role {
                Role::Open | Role::Range | Role::Define => self.blocks.push(action.role),
                Role::End => {
                    self.blocks.pop();
                }
                Role::Silent | Role::Output => {}
            }
        }
        if was_defining || self.blocks.contains(&Role::Define) {
            return;
        }
        let Some(content) = visible(text, &line, actions) else { return };
        let column = column(text, line.start);
        let outputs = actions.iter().filter(|action| action.role == Role::Output);
        let first = outputs.clone().next().filter(|action| action.span.start == content.start);
        let only_output = first.filter(|_| is_only_actions(text, &content, actions));
        let column = match only_output {
            Some(action) => indentation(text.get(action.span.clone()).unwrap_or_default(), column),
            None => column,
        };
        if let Some(scalar) = self.scalar {
            if column > scalar {
                return;
            }
            self.scalar = None;
        }
        let written = text.get(content.clone()).unwrap_or_default();
        if written.starts_with('#') {
            return;
        }
        if column == 0 && (written == "---" || written.starts_with("--- ")) {
            return self.document(content.end);
        }
        match only_output {
            Some(_) => self.output(column, content),
            None => self.entry(column, content),
        }
    }

    /// `- - key: value`
    fn entry(&mut self, mut column: usize, mut content: Range<usize>) {
        let text = self.skeleton.text;
        while let Some(rest) = text.get(content.clone()).and_then(|rest| rest.strip_prefix('-')) {
            if !(rest.is_empty() || rest.starts_with(' ')) {
                break;
            }
            let blanks = 1 + (rest.len() - rest.trim_start_matches(' ').len());
            let item_start = content.start;
            content.start = (content.start + blanks).min(content.end);
            let head = if content.is_empty() { item_start..content.end } else { content.clone() };
            let item = self.push(Shape::Item, head);
            self.attach(column, item);
            column += blanks;
            if content.is_empty() {
                return;
            }
        }
        let written = text.get(content.clone()).unwrap_or_default();
        match key_end(written) {
            Some((key, value)) => self.key(column, &content, key, value),
            None => {
                // The value of an item, or the continuation of a scalar.
                if let Some(item) =
                    self.last().filter(|part| part.shape == Shape::Item && part.head == content)
                {
                    item.value = content;
                }
            }
        }
    }

    fn key(&mut self, column: usize, content: &Range<usize>, key: usize, value: usize) {
        let text = self.skeleton.text;
        let head = content.start..content.start + key;
        let part = self.push(Shape::Key, head.clone());
        self.attach(column, part);
        let value = content.start + value..content.end;
        let written = text.get(value.clone()).unwrap_or_default();
        if written.starts_with(['|', '>']) {
            self.scalar = Some(column);
        }
        let end = value.start + end_of_value(written);
        if let Some(part) = self.skeleton.parts.get_mut(part) {
            part.value = value.start..end;
        }
    }

    fn output(&mut self, column: usize, content: Range<usize>) {
        // Items may stand in the column of their key.
        let above = self.stack.iter().rev().find(|(at, part)| {
            *at < column || (*at == column && self.takes_items(*part)) || self.is_document(*part)
        });
        let parent = above.map_or(0, |(_, part)| *part);
        let part = self.push(Shape::Output, content);
        if let Some(parent) = self.skeleton.parts.get_mut(parent) {
            parent.outputs.push(part);
        }
    }

    /// Hangs `part`, which stands at `column`, below the innermost open part to the left of it, and opens it.
    fn attach(&mut self, column: usize, part: usize) {
        let is_item = self.skeleton.part(part).is_some_and(|part| part.shape == Shape::Item);
        while let Some((at, open)) = self.stack.last().copied() {
            let holds =
                at < column || (at == column && is_item && self.takes_items(open)) || self.is_document(open);
            if holds {
                break;
            }
            self.stack.pop();
        }
        let parent = self.stack.last().map_or(0, |(_, parent)| *parent);
        self.stack.push((column, part));
        let text = self.skeleton.text;
        let key = self
            .skeleton
            .part(part)
            .filter(|part| part.shape == Shape::Key)
            .and_then(|part| text.get(part.head.clone()))
            .filter(|key| !key.contains("{{"));
        match key {
            Some(key) => {
                let keys = self.skeleton.keys.entry(parent).or_default();
                keys.entry(key.trim_matches(['"', '\''])).or_default().push(part);
            }
            None => {
                if let Some(parent) = self.skeleton.parts.get_mut(parent) {
                    if is_item { parent.items.push(part) } else { parent.holed.push(part) }
                }
            }
        }
    }

    fn takes_items(&self, part: usize) -> bool {
        self.skeleton.part(part).is_some_and(|part| part.shape == Shape::Key && part.value.is_empty())
    }

    fn is_document(&self, part: usize) -> bool {
        self.skeleton.part(part).is_some_and(|part| part.shape == Shape::Document)
    }

    fn last(&mut self) -> Option<&mut Part> {
        self.skeleton.parts.last_mut()
    }
}

/// What of a line reaches the output: without blanks and silent actions around it. `None` when nothing does.
fn visible(text: &str, line: &Range<usize>, actions: &[Action]) -> Option<Range<usize>> {
    let mut visible = line.clone();
    let trim_start = |range: &mut Range<usize>| {
        let written = text.get(range.clone()).unwrap_or_default();
        range.start += written.len() - written.trim_start().len();
    };
    let trim_end = |range: &mut Range<usize>| {
        range.end = range.start + text.get(range.clone()).unwrap_or_default().trim_end().len();
    };
    trim_start(&mut visible);
    for action in actions {
        if action.span.start == visible.start && action.role != Role::Output {
            visible.start = action.span.end;
            trim_start(&mut visible);
        }
    }
    trim_end(&mut visible);
    for action in actions.iter().rev() {
        if action.span.end == visible.end && action.role != Role::Output && visible.start < action.span.start
        {
            visible.end = action.span.start;
            trim_end(&mut visible);
        }
    }
    (visible.start < visible.end).then_some(visible)
}

fn is_only_actions(text: &str, content: &Range<usize>, actions: &[Action]) -> bool {
    let mut at = content.start;
    for action in actions.iter().filter(|action| action.span.start >= content.start) {
        let between = text.get(at..action.span.start).unwrap_or_default();
        if action.span.end > content.end || !between.trim().is_empty() {
            break;
        }
        at = action.span.end;
    }
    text.get(at..content.end).unwrap_or_default().trim().is_empty()
}

fn column(text: &str, line_start: usize) -> usize {
    let line = text.get(line_start..).unwrap_or_default();
    line.len() - line.trim_start_matches(' ').len()
}

/// The end of the key of `key: value` and the start of the value; `None` when it is none.
fn key_end(written: &str) -> Option<(usize, usize)> {
    let actions = actions(written);
    let quoted = written.starts_with(['"', '\'']);
    let mut from = 0;
    loop {
        let at = written.get(from..)?.find(':')? + from;
        from = at + 1;
        if let Some(action) = actions.iter().find(|action| action.span.contains(&at)) {
            from = action.span.end;
            continue;
        }
        let behind = written.get(at + 1..)?;
        let is_end = behind.is_empty() || behind.starts_with([' ', '\t']) || behind.starts_with("{{-");
        let key = written.get(..at)?.trim_end();
        let closes = !quoted || (key.len() > 1 && key.ends_with(['"', '\'']));
        if is_end && closes && !key.is_empty() {
            let value = at + 1 + (behind.len() - behind.trim_start().len());
            return Some((key.len(), value));
        }
    }
}

/// The length of a value without the comment behind it.
fn end_of_value(value: &str) -> usize {
    let quote = value.chars().next().filter(|first| matches!(first, '"' | '\''));
    let from = match quote {
        Some(quote) => value.get(1..).and_then(|rest| rest.rfind(quote)).map_or(0, |at| at + 1),
        None => value.rfind("}}").unwrap_or(0),
    };
    let comment = value.get(from..).and_then(|rest| rest.find(" #")).map_or(value.len(), |at| from + at);
    if value.starts_with('#') { 0 } else { value.get(..comment).unwrap_or_default().trim_end().len() }
}
