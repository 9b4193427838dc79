//! The place of a finding and the lines that stand there.

use std::io;
use std::ops::Range;

use unicode_width::UnicodeWidthChar;

use crate::locate::{Location, Snippet, SnippetLine};
use crate::plain::plain;
use crate::style::{Style, Tone};

/// Writes `--> place` and the lines with the caret, `label` behind it. Gives the width of the gutter, which notes line up with.
pub(super) fn write(
    location: &Location,
    snippet: Option<&Snippet>,
    label: Option<&str>,
    to: &mut dyn io::Write,
    style: &Style,
) -> io::Result<usize> {
    let lines = snippet.map_or(&[][..], |snippet| snippet.lines.as_slice());
    let gutter = lines.iter().map(|line| line.number.max(1).ilog10() as usize + 1).max().unwrap_or(1);
    let arrow = style.paint(Tone::Frame, &format!("{:gutter$}-->", ""));
    let place = if location.path.is_empty() { "(no file)".into() } else { location.place() };
    let origin = location.origin().map(|origin| format!(" ({})", plain(&origin))).unwrap_or_default();
    writeln!(to, "{arrow} {}{}", plain(&place), style.paint(Tone::Faint, &origin))?;
    let Some(snippet) = snippet else { return Ok(gutter) };
    let bar = style.paint(Tone::Frame, &format!("{:gutter$} |", ""));
    writeln!(to, "{bar}")?;
    let room = style.width.saturating_sub(gutter + 3).max(20);
    let mut before: Option<u32> = None;
    for (index, line) in lines.iter().enumerate() {
        if before.is_some_and(|before| line.number > before + 1) {
            writeln!(to, "{}", style.paint(Tone::Frame, "..."))?;
        }
        before = Some(line.number);
        let is_last = index + 1 == lines.len();
        let caret = if is_last { snippet.caret.clone() } else { 0..1 };
        let (text, caret) = fit(line, caret, room);
        let number = style.paint(Tone::Frame, &format!("{:>gutter$} |", line.number));
        writeln!(to, "{}", format!("{number} {text}").trim_end())?;
        if is_last {
            let mark = "^".repeat(caret.len().max(1));
            let marked = match label {
                Some(label) => format!("{mark} {}", plain(label)),
                None => mark,
            };
            let space = caret.start;
            writeln!(to, "{bar} {:space$}{}", "", style.paint(Tone::Problem, &marked))?;
        }
    }
    Ok(gutter)
}

/// The line cut to `room` columns around the caret, and the columns of the caret in it.
fn fit(line: &SnippetLine, caret: Range<usize>, room: usize) -> (String, Range<usize>) {
    let characters: Vec<(char, usize)> = line.text.chars().map(|c| (c, c.width().unwrap_or(0))).collect();
    let columns = |range: Range<usize>| -> usize {
        let end = range.end.min(characters.len());
        let covered: usize =
            characters.get(range.start.min(end)..end).unwrap_or_default().iter().map(|(_, w)| w).sum();
        covered + range.end.saturating_sub(range.start.max(characters.len()).max(end))
    };
    let total = columns(0..characters.len());
    let caret_end = columns(0..caret.end);
    // Room for the caret, and some for what stands before it.
    let skip = if total <= room || caret_end <= room { 0 } else { caret.start.saturating_sub(room / 3) };
    let mut text = String::new();
    let mut used = 0;
    if skip > 0 {
        text.push('…');
        used = 1;
    }
    let lead = used;
    for (index, (character, width)) in characters.iter().enumerate().skip(skip) {
        if used + width >= room && index + 1 < characters.len() {
            text.push('…');
            break;
        }
        text.push(*character);
        used += width;
    }
    let start = lead + columns(skip..caret.start.max(skip));
    let length = columns(caret).clamp(1, room.saturating_sub(start).max(1));
    (text, start..start + length)
}
