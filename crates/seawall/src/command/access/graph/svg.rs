//! The picture as SVG: for files, and within a page.

use std::fmt::Write;

use seawall_report::xml;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::layout::{self, BOX, HEAD, LINE, Layout, MARGIN, PADDING, TITLE};
use super::picture::{Box, Column, Picture, Tone};

/// Characters that fit a line of a box.
const TITLE_FITS: usize = 42;
const LINE_FITS: usize = 47;

/// Colours for both kinds of screens; what they say stands in words, too. On white and on black each text has a contrast of 4.5 and
/// more (WCAG 2.2, 1.4.3).
pub(super) const STYLE: &str = "\
svg{font:13px system-ui,sans-serif;--ink:#1a1f26;--dim:#515a66;--box:#f4f6f8;--edge:#8a94a0;--bad:#8f1d14;--bad-box:#fdeceb;--back:#fff}
@media(prefers-color-scheme:dark){svg{--ink:#e8ebef;--dim:#a9b2bd;--box:#22272e;--edge:#6b7682;--bad:#ffb4ab;--bad-box:#4a1d19;--back:#14181d}}
svg .back{fill:var(--back)}svg text{fill:var(--ink)}svg text.dim{fill:var(--dim);font-size:12px}svg text.head{font-weight:600}
svg rect.box{fill:var(--box);stroke:var(--edge)}svg .power rect.box{fill:var(--bad-box);stroke:var(--bad)}svg .power text{fill:var(--bad)}
svg .unknown rect.box,svg .more rect.box{stroke-dasharray:5 4}svg path{fill:none;stroke:var(--edge);opacity:.75}
svg a:focus rect.box,svg g:focus rect.box{stroke:var(--ink);stroke-width:3}svg path.rest{opacity:.2}
svg path:hover{stroke:var(--ink);opacity:1}
";

/// As a file by itself.
pub(super) fn file(picture: &Picture) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}", element(picture, true))
}

/// As an element; `alone` when no page has its words besides.
pub(super) fn element(picture: &Picture, alone: bool) -> String {
    let layout = Layout::of(picture);
    let (width, height) = (layout.width, layout.height);
    let mut svg = String::new();
    // Writing to a String does not fail.
    let _ = writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" height=\"{height:.0}\" \
         role=\"group\" aria-labelledby=\"picture-title picture-summary\">\n\
         <title id=\"picture-title\">{}</title>\n<desc id=\"picture-summary\">{}</desc>",
        xml(&picture.title),
        xml(&described(picture)),
    );
    if alone {
        let _ = writeln!(
            svg,
            "<style>{}</style>\n<rect class=\"back\" width=\"100%\" height=\"100%\"/>",
            xml(STYLE)
        );
    }
    for column in Column::ALL {
        let _ = writeln!(
            svg,
            "<text class=\"head\" x=\"{:.0}\" y=\"{:.0}\">{}</text>",
            layout::x(column),
            MARGIN + HEAD / 2.0,
            column.title()
        );
    }
    for (hop, (from, to)) in picture.hops.iter().zip(&layout.hops) {
        let start = layout.boxes.get(hop.from).map(|place| place.x + BOX).unwrap_or_default();
        let end = layout.boxes.get(hop.to).map(|place| place.x).unwrap_or_default();
        let middle = f64::midpoint(start, end);
        let is_more = [hop.from, hop.to]
            .iter()
            .any(|end| picture.boxes.get(*end).is_some_and(|own| own.tone == Tone::More));
        let class = if is_more { " class=\"rest\"" } else { "" };
        let thick = 1.0 + f64::from(u32::try_from(hop.count).unwrap_or(u32::MAX)).log10() * 1.5;
        let _ = writeln!(
            svg,
            "<path{class} d=\"M{start:.0} {from:.1}C{middle:.0} {from:.1} {middle:.0} {to:.1} {end:.0} {to:.1}\" stroke-width=\"{thick:.1}\">\
             <title>{}</title></path>",
            xml(&said(&hop.sentence, hop.count, &hop.place))
        );
    }
    for (number, (drawn, place)) in picture.boxes.iter().zip(&layout.boxes).enumerate() {
        let class = match drawn.tone {
            Tone::Plain => "plain",
            Tone::Power => "power",
            Tone::Unknown => "unknown",
            Tone::More => "more",
        };
        let words = xml(&spoken(drawn));
        // In a page a box leads to its words.
        let (open, close) = if alone {
            (format!("<g class=\"{class}\" tabindex=\"0\" role=\"img\" aria-label=\"{words}\">"), "</g>")
        } else {
            (format!("<a class=\"{class}\" href=\"#box-{number}\" aria-label=\"{words}\">"), "</a>")
        };
        let layout::Place { x, y, height } = *place;
        let _ = writeln!(
            svg,
            "{open}<title>{words}</title><rect class=\"box\" x=\"{x:.0}\" y=\"{y:.1}\" width=\"{BOX:.0}\" height=\"{height:.1}\" rx=\"6\"/>"
        );
        let mut baseline = y + PADDING + TITLE - 4.0;
        let left = x + PADDING;
        let title = xml(&cut(&drawn.title, TITLE_FITS));
        let _ = writeln!(svg, "<text x=\"{left:.0}\" y=\"{baseline:.1}\">{title}</text>");
        for line in &drawn.lines {
            baseline += LINE;
            let line = xml(&cut(line, LINE_FITS));
            let _ = writeln!(svg, "<text class=\"dim\" x=\"{left:.0}\" y=\"{baseline:.1}\">{line}</text>");
        }
        svg.push_str(close);
        svg.push('\n');
    }
    svg.push_str("</svg>\n");
    svg
}

/// What a picture is of, and what is not in it.
pub(super) fn described(picture: &Picture) -> String {
    let mut text = picture.summary.clone();
    if !picture.left_out.is_empty() {
        text.push_str(". Not drawn: ");
        text.push_str(&picture.left_out.join("; "));
    }
    text + "."
}

/// A box in words.
pub(super) fn spoken(drawn: &Box) -> String {
    let words = [std::slice::from_ref(&drawn.title), &drawn.lines].concat().join("; ");
    match drawn.tone {
        Tone::Power => format!("amounts to more than it seems: {words}"),
        Tone::Plain | Tone::Unknown | Tone::More => words,
    }
}

/// A hop in a sentence, with how many are like it, and where it stands.
pub(super) fn said(sentence: &str, count: usize, place: &str) -> String {
    let place = if place.is_empty() { String::new() } else { format!(" ({place})") };
    match count.saturating_sub(1) {
        0 => format!("{sentence}{place}"),
        more => format!("{sentence}{place}, and {more} more like it"),
    }
}

/// The text, or as much of it as fits.
fn cut(text: &str, fits: usize) -> String {
    if text.width() <= fits {
        return text.to_owned();
    }
    let mut width = 1;
    let is_in = |char: &char| {
        width += char.width().unwrap_or_default();
        width <= fits
    };
    let mut short: String = text.chars().take_while(is_in).collect();
    short.push('…');
    short
}
