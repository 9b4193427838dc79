//! Markdown for a terminal: headings, wrapped text, lists, code.

use anstyle::{AnsiColor, Style};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use unicode_width::UnicodeWidthStr;

/// Longer lines are hard to read, however wide the terminal is.
const WIDEST: usize = 100;

const HEADING: Style = AnsiColor::Green.on_default().bold();
const CODE: Style = AnsiColor::Cyan.on_default();
const BLOCK: Style = Style::new().dimmed();
/// The line of an example that is found.
const FOUND: Style = AnsiColor::Red.on_default();

/// `markdown` as text of at most `width` columns; code is never wrapped. With styles; the console takes them out.
pub(crate) fn render(markdown: &str, width: usize) -> String {
    let mut page = Page { width: width.min(WIDEST), ..Page::default() };
    for event in Parser::new(markdown) {
        page.event(event);
    }
    page.end_line();
    page.text
}

#[derive(Default)]
struct Page {
    width: usize,
    text: String,
    /// Columns used in the current line.
    column: usize,
    /// What the next line of the current block begins with: spaces under a list item.
    indent: usize,
    /// A space is due before the next word.
    space: bool,
    /// Style of the words to come.
    style: Style,
    /// Whether the next block wants an empty line before it.
    gap: bool,
    /// Lists around the current place, with the next number of ordered ones.
    lists: Vec<Option<u64>>,
    /// Where the link around the current place goes.
    link: Option<String>,
    in_code: bool,
    /// The marker of a list item was just written; its text goes on the same line.
    after_marker: bool,
}

impl Page {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.in_code => self.code_lines(&text),
            Event::Text(text) => self.words(&text),
            Event::Code(code) => {
                let style = std::mem::replace(&mut self.style, CODE);
                // Code stays on one line: a path or a field broken in two cannot be copied.
                self.word(&code);
                self.style = style;
            }
            Event::SoftBreak => self.space = true,
            Event::HardBreak => self.end_line(),
            Event::Rule => self.block(),
            Event::Html(text) | Event::InlineHtml(text) => self.words(&text),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { .. } => {
                self.gap = !self.text.is_empty();
                self.block();
                self.style = HEADING;
            }
            Tag::Paragraph => self.block(),
            Tag::CodeBlock(_) => {
                self.block();
                self.in_code = true;
            }
            Tag::List(first) => {
                if self.lists.is_empty() {
                    self.block();
                }
                self.lists.push(first);
            }
            Tag::Item => self.item(),
            Tag::Strong => self.style = self.style.bold(),
            Tag::Emphasis => self.style = self.style.italic(),
            Tag::Link { dest_url, .. } => self.link = Some(dest_url.into_string()),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => {
                self.style = Style::new();
                self.end_line();
                // Text follows its heading without an empty line.
                self.gap = false;
            }
            TagEnd::Paragraph => {
                self.end_line();
                self.gap = true;
            }
            TagEnd::CodeBlock => {
                self.in_code = false;
                self.gap = true;
            }
            TagEnd::Item => {
                self.end_line();
                self.indent = self.indent.saturating_sub(2);
                self.gap = false;
            }
            TagEnd::List(_) => {
                self.lists.pop();
                self.gap = self.lists.is_empty();
            }
            TagEnd::Strong | TagEnd::Emphasis => self.style = Style::new(),
            TagEnd::Link => {
                if let Some(link) = self.link.take()
                    && !self.text.ends_with(&link)
                {
                    self.words(&format!(" ({link})"));
                }
            }
            _ => {}
        }
    }

    /// Begins a block: on a line of its own, with an empty line before it where one is due.
    fn block(&mut self) {
        if std::mem::take(&mut self.after_marker) {
            return;
        }
        self.end_line();
        if std::mem::take(&mut self.gap) {
            self.text.push('\n');
        }
    }

    fn item(&mut self) {
        self.end_line();
        let marker = match self.lists.last_mut() {
            Some(Some(number)) => {
                let marker = format!("{number}.");
                *number += 1;
                marker
            }
            _ => "-".to_owned(),
        };
        self.word(&marker);
        self.space = true;
        self.indent += 2;
        self.after_marker = true;
    }

    fn code_lines(&mut self, code: &str) {
        for line in code.lines() {
            let style = if line.contains("# <- finding") { FOUND } else { BLOCK };
            let indent = " ".repeat(self.indent + 4);
            self.text
                .push_str(&format!("{indent}{style}{line}{style:#}").replace("# <- finding", "# <- here"));
            self.text.push('\n');
        }
    }

    fn words(&mut self, text: &str) {
        if text.starts_with(char::is_whitespace) {
            self.space = true;
        }
        for (index, word) in text.split_whitespace().enumerate() {
            self.space |= index > 0;
            self.word(word);
        }
        if text.ends_with(char::is_whitespace) {
            self.space = true;
        }
    }

    fn word(&mut self, word: &str) {
        let width = word.width();
        let space = usize::from(self.space && self.column > self.indent);
        // Without a space before it, what follows belongs to the word before: `code`, and a comma.
        if space > 0 && self.column + space + width > self.width {
            self.end_line();
        }
        if self.column == 0 {
            self.text.push_str(&" ".repeat(self.indent));
            self.column = self.indent;
        } else if self.space && self.column > 0 {
            self.text.push(' ');
            self.column += 1;
        }
        let style = self.style;
        self.text.push_str(&format!("{style}{word}{style:#}"));
        self.column += width;
        self.space = false;
        self.after_marker = false;
    }

    fn end_line(&mut self) {
        if self.column > 0 {
            self.text.push('\n');
        }
        self.column = 0;
        self.space = false;
    }
}

#[cfg(test)]
mod tests {
    use super::render;

    fn plain(markdown: &str, width: usize) -> String {
        anstream::adapter::strip_str(&render(markdown, width)).to_string()
    }

    #[test]
    fn wraps_text_between_words_and_never_in_code() {
        let text = plain("Containers with `securityContext.privileged: true`, and so on.", 30);
        assert_eq!(text, "Containers with\nsecurityContext.privileged: true,\nand so on.\n");
    }

    #[test]
    fn lays_out_headings_lists_and_examples() {
        let markdown = "\
## Bad
```yaml bad
spec:
  hostPID: true   # <- finding
```
## Good
First.

- one item that is longer than a line
- two
  - inner

1. first
2. second

Last, with a [link](https://kubernetes.io/).
";
        let expected = "\
Bad
    spec:
      hostPID: true   # <- here

Good
First.

- one item that is
  longer than a line
- two
  - inner

1. first
2. second

Last, with a link
(https://kubernetes.io/).
";
        assert_eq!(plain(markdown, 22), expected);
    }
}
