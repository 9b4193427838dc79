//! The picture as a page: one file, without scripts, that asks nobody for anything.

use std::fmt::Write;

use super::super::answer::Reason;
use super::picture::{Column, Hop, Picture};
use super::svg::{STYLE, described, element, said};
use seawall_report::xml;

/// Names that are told of a box; the others are counted.
const TOLD: usize = 200;

const PAGE: &str = "\
body{font:15px/1.5 system-ui,sans-serif;margin:1.5rem;max-width:90rem;color:#1a1f26;background:#fff}
.picture{overflow:auto;border:1px solid #8a94a0;border-radius:6px}h3{margin:1.4rem 0 .2rem}ul{margin:.2rem 0}
code{font-size:.9em}:target{outline:3px solid;outline-offset:4px}a{color:inherit}
@media(prefers-color-scheme:dark){body{color:#e8ebef;background:#14181d}}
";

/// The page.
pub(super) fn page(picture: &Picture, unknowns: &[Reason<'_>]) -> String {
    let title = xml(&picture.title);
    let mut page = String::new();
    // Writing to a String does not fail.
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n\
         <style>{PAGE}{STYLE}</style>\n<h1>{title}</h1>\n<p>{}</p>\n",
        xml(&described(picture))
    );
    for reason in unknowns {
        let _ = writeln!(
            page,
            "<p><strong>Not known:</strong> {}; {}</p>",
            xml(&reason.message),
            xml(&reason.help)
        );
    }
    let _ = writeln!(page, "<div class=\"picture\">\n{}</div>", element(picture, false));
    for column in Column::ALL {
        let heading = match column {
            Column::Subjects => "Who has which roles",
            Column::Roles => "What roles allow",
            Column::Rights => "By which roles",
        };
        let _ = writeln!(page, "<h2>{heading}</h2>");
        for (number, drawn) in picture.boxes.iter().enumerate().filter(|(_, drawn)| drawn.column == column) {
            let _ = writeln!(page, "<h3 id=\"box-{number}\" tabindex=\"-1\">{}</h3>", xml(&drawn.title));
            if drawn.members.len() > 1 {
                let members: Vec<String> =
                    drawn.members.iter().take(TOLD).map(|member| xml(member)).collect();
                let more = match drawn.members.len().saturating_sub(TOLD) {
                    0 => String::new(),
                    more => format!(", and {more} more (-o json has all)"),
                };
                let how_many = drawn.members.len();
                let members = members.join(", ");
                let _ = writeln!(
                    page,
                    "<details><summary>{how_many} of them</summary><p>{members}{more}</p></details>"
                );
            }
            page.push_str("<ul>\n");
            let leads = |hop: &&Hop| match column {
                Column::Subjects | Column::Roles => hop.from == number,
                Column::Rights => hop.to == number,
            };
            for hop in picture.hops.iter().filter(leads) {
                let other = if column == Column::Rights { hop.from } else { hop.to };
                let title = picture.boxes.get(other).map(|drawn| xml(&drawn.title)).unwrap_or_default();
                let sentence = xml(&said(&hop.sentence, hop.count, &hop.place));
                let _ = writeln!(page, "<li><a href=\"#box-{other}\">{title}</a>: {sentence}</li>");
            }
            page.push_str("</ul>\n");
        }
    }
    page.push_str("</html>\n");
    page
}
