//! A map as a picture: a field for each pair, from the rows to the columns.

use std::fmt::Write as _;

use seawall_netpol::{Ports, Verdict};
use seawall_report::xml;

use super::rows::Rows;

/// Sizes in pixels.
const CELL: usize = 18;
const LETTER: usize = 7;
const MARGIN: usize = 12;

/// Rows and columns up to which a picture can be read.
const MOST: usize = 80;

/// The words that a picture begins and ends with.
const WHAT: &str = "who reaches whom: from each row to each column";

/// The picture.
pub(super) fn svg(rows: &Rows) -> String {
    let count = rows.names().len().min(MOST);
    let names: Vec<String> = rows.names().iter().take(count).map(|name| xml(name)).collect();
    let longest = rows.names().iter().take(count).map(|name| name.chars().count()).max().unwrap_or_default();
    let head = MARGIN + longest * LETTER;
    let (width, height) = (head + count * CELL + head, head + count * CELL + 3 * CELL);
    // Writing to a String does not fail.
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"{WHAT}\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <title>{WHAT}</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
    );
    for (number, name) in names.iter().enumerate() {
        let at = head + number * CELL;
        let _ = writeln!(
            text,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{name}</text>\n\
             <text transform=\"translate({} {}) rotate(-60)\">{name}</text>",
            head - 4,
            at + CELL - 5,
            at + CELL / 2,
            head - 4,
        );
    }
    for (from, to) in (0..count).flat_map(|from| (0..count).map(move |to| (from, to))) {
        let (x, y) = (head + to * CELL, head + from * CELL);
        let (colour, what) = field(rows.ports(from, to));
        let _ = writeln!(
            text,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{CELL}\" height=\"{CELL}\" fill=\"{colour}\" stroke=\"#d0d7de\"><title>{} to {}: {}</title></rect>",
            names.get(from).map(String::as_str).unwrap_or_default(),
            names.get(to).map(String::as_str).unwrap_or_default(),
            xml(&what),
        );
    }
    let more = rows.names().len() - count;
    let left_out =
        if more > 0 { format!("; {more} more rows and columns are left out") } else { String::new() };
    let _ = writeln!(
        text,
        "<text x=\"{MARGIN}\" y=\"{}\">dark: all ports; light: some ports; yellow: not known; white: nothing{left_out}</text>\n</svg>",
        head + count * CELL + 2 * CELL
    );
    text
}

/// Colour and words of a pair.
fn field(ports: Option<&Ports>) -> (&'static str, String) {
    let Some(ports) = ports else { return ("#ffffff", "nothing".to_owned()) };
    let colour = match (ports.uniform(), ports.best()) {
        (Some(Verdict::Allow), _) => "#0b5394",
        (_, Verdict::Allow) => "#9fc5e8",
        (_, Verdict::Unknown | Verdict::Ambiguous) => "#ffd966",
        (_, Verdict::Deny) => "#ffffff",
    };
    (colour, ports.to_string())
}

/// A page with the picture, and the same as a table for whoever reads it otherwise.
pub(super) fn html(rows: &Rows) -> String {
    let mut text = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>{WHAT}</title>\n\
         <style>body {{ font-family: sans-serif; margin: 1rem }} figure {{ margin: 0; overflow: auto }} \
         table {{ border-collapse: collapse }} th, td {{ text-align: left; padding: .2rem .8rem; border-bottom: 1px solid #d0d7de }}</style>\n\
         <h1>Who reaches whom</h1>\n<figure tabindex=\"0\">\n{}</figure>\n\
         <table>\n<caption>Everybody in the first column reaches everybody in the second</caption>\n\
         <thead><tr><th scope=\"col\">From<th scope=\"col\">To<th scope=\"col\">Ports</thead>\n<tbody>\n",
        svg(rows)
    );
    for line in rows.lines() {
        // Writing to a String does not fail.
        let _ = writeln!(
            text,
            "<tr><td>{}<td>{}<td>{}",
            xml(&rows.names_of(&line.from, 10)),
            xml(&rows.names_of(&line.to, 20)),
            xml(&line.ports.to_string()),
        );
    }
    text.push_str("</tbody>\n</table>\n</html>\n");
    text
}
