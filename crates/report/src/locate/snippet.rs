//! The lines that a report shows.

use std::ops::Range;

use seawall_yaml::Span;

use super::redact::REDACTED;
use crate::plain::push_plain;

/// Lines of a text, safe to show: without secrets and without control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// The lines: the enclosing item of a list when that helps, and last the line with the caret.
    pub lines: Vec<SnippetLine>,
    /// What of the last line to underline, in characters from 0.
    pub caret: Range<usize>,
}

/// A line of a [`Snippet`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnippetLine {
    /// Its number, from 1.
    pub number: u32,
    /// What it says; long lines are cut to what surrounds the caret, with `…` where something was left out.
    pub text: String,
}

/// Bytes shown before the caret, and from the caret on, at most. A dump in JSON can be one line of any length.
const BEFORE: usize = 160;
const BEHIND: usize = 240;

/// The line of `caret`, and that of `context` before it. `secrets` tells what of a range is secret, in order; `number` the
/// line of an offset.
pub(super) fn snippet(
    text: &str,
    caret: Span,
    context: Option<u32>,
    secrets: &mut dyn FnMut(Range<usize>) -> Vec<Range<usize>>,
    number: &dyn Fn(u32) -> u32,
) -> Snippet {
    let context = context.map(|offset| {
        let (text, _) = line(text, offset as usize..offset as usize, secrets);
        SnippetLine { number: number(offset), text }
    });
    let (shown, caret_shown) = line(text, caret.range(), secrets);
    let last = SnippetLine { number: number(caret.start), text: shown };
    let lines = context.into_iter().chain([last]).collect();
    Snippet { lines, caret: caret_shown }
}

/// The line around `caret` as it is shown, and where the caret is in it.
fn line(
    text: &str,
    caret: Range<usize>,
    secrets: &mut dyn FnMut(Range<usize>) -> Vec<Range<usize>>,
) -> (String, Range<usize>) {
    let (window, cut_before, cut_behind) = window(text, caret.start);
    let mut shown = String::new();
    let mut length = 0;
    if cut_before {
        shown.push('…');
        length += 1;
    }
    let mut from = None;
    let mut to = None;
    let mut at = window.start;
    let secrets = secrets(window.clone());
    let mut secrets = secrets.iter().peekable();
    while at < window.end {
        while secrets.next_if(|secret| secret.end <= at).is_some() {}
        if from.is_none() && at >= caret.start {
            from = Some(length);
        }
        if to.is_none() && at >= caret.end {
            to = Some(length);
        }
        if let Some(secret) = secrets.next_if(|secret| secret.start <= at) {
            // A caret within what is not shown underlines the mark.
            if from.is_none() && caret.start < secret.end {
                from = Some(length);
            }
            shown.push_str(REDACTED);
            length += REDACTED.len();
            at = secret.end;
            continue;
        }
        // Up to where something else begins.
        let secret = secrets.peek().map(|secret| secret.start);
        let stops = [Some(caret.start), Some(caret.end), secret].into_iter().flatten();
        let end = stops.filter(|stop| *stop > at).fold(window.end, usize::min);
        let Some(chunk) = text.get(at..end) else { break };
        let before = shown.len();
        chunk.chars().for_each(|character| push_plain(&mut shown, character));
        length += shown.get(before..).unwrap_or_default().chars().count();
        at = end;
    }
    let from = from.unwrap_or(length);
    let to = to.unwrap_or(length).max(from + 1);
    if cut_behind {
        shown.push('…');
    }
    (shown, from..to)
}

/// The line around `offset`, or as much of it as is shown, and whether something of it is left out before and behind.
fn window(text: &str, offset: usize) -> (Range<usize>, bool, bool) {
    let bytes = text.as_bytes();
    let offset = offset.min(bytes.len());
    let mut low = offset.saturating_sub(BEFORE);
    let before = bytes.get(low..offset).unwrap_or_default();
    let line_start = before.iter().rposition(|byte| *byte == b'\n');
    low += line_start.map_or(0, |at| at + 1);
    let cut_before = line_start.is_none() && low > 0;
    let mut high = (offset + BEHIND).min(bytes.len());
    let behind = bytes.get(offset..high).unwrap_or_default();
    let line_end = behind.iter().position(|byte| *byte == b'\n');
    let cut_behind = line_end.is_none() && high < bytes.len();
    if let Some(end) = line_end {
        high = offset + end;
    }
    while !text.is_char_boundary(low) {
        low += 1;
    }
    while !text.is_char_boundary(high) {
        high -= 1;
    }
    let line = text.get(low..high).unwrap_or_default();
    let high = low + line.trim_end().len();
    (low..high.max(low), cut_before, cut_behind)
}
