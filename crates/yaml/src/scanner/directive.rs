//! Directives, anchors, aliases and tags.

use super::chars::{hex, is_blank, is_uri, is_word};
use super::{Content, Scanner, TagText, Token, TokenKind};
use crate::problem::Fault;
use crate::span::{Span, offset};

impl Scanner<'_> {
    pub(super) fn scan_directive(&mut self) -> Result<Token, Fault> {
        let start = self.position;
        self.position += 1;
        let name_start = self.position;
        self.skip_word();
        let name = self.text(name_start, self.position);
        if name.is_empty() || !self.is_blank_or_end(self.position) {
            return self.syntax("a directive has no valid name; quote a value that starts with `%`", start);
        }
        let (kind, content) = match name {
            "YAML" => {
                self.skip_blanks();
                let major = self.scan_version_number(start)?;
                if self.current() != b'.' {
                    return self.syntax("the version of a %YAML directive must be two numbers", start);
                }
                self.position += 1;
                let minor = self.scan_version_number(start)?;
                (TokenKind::VersionDirective, Content::Version(major, minor))
            }
            "TAG" => (TokenKind::TagDirective, self.scan_tag_directive(start)?),
            _ => return self.syntax("an unknown directive; quote a value that starts with `%`", start),
        };
        let span = Span::of(start, self.position);
        self.skip_blanks();
        self.skip_comment();
        if !self.is_break_or_end(self.position) {
            return self.syntax("only a comment may follow a directive on its line", start);
        }
        self.skip_line();
        Ok(Token { content, ..Token::new(kind, span) })
    }

    fn scan_version_number(&mut self, start: usize) -> Result<u8, Fault> {
        let first = self.position;
        let mut number = 0;
        while self.current().is_ascii_digit() {
            if self.position - first == 2 {
                return self.syntax("the version of a %YAML directive is too long", start);
            }
            number = number * 10 + (self.current() - b'0');
            self.position += 1;
        }
        if self.position == first {
            return self.syntax("the version of a %YAML directive is missing", start);
        }
        Ok(number)
    }

    fn scan_tag_directive(&mut self, start: usize) -> Result<Content, Fault> {
        self.skip_blanks();
        let handle = self.scan_tag_handle(start)?;
        if handle != "!" && !handle.ends_with('!') {
            return self.syntax("the handle of a %TAG directive must end with `!`", start);
        }
        if !is_blank(self.current()) {
            return self.syntax("a space is missing in a %TAG directive", start);
        }
        self.skip_blanks();
        let suffix = self.scan_tag_uri("", start)?;
        if !self.is_blank_or_end(self.position) {
            return self.syntax("a %TAG directive ends with characters that a tag cannot have", start);
        }
        Ok(self.keep_tag(handle, suffix))
    }

    pub(super) fn scan_anchor(&mut self, kind: TokenKind) -> Result<Token, Fault> {
        let start = self.position;
        self.position += 1;
        let name = self.position;
        self.skip_word();
        let ends = self.is_blank_or_end(self.position)
            || matches!(self.current(), b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`');
        if self.position == name || !ends {
            return self.syntax(
                "the name of an anchor or alias must be letters, digits, `_` and `-`; quote a value that starts with `*` or `&`",
                start,
            );
        }
        let content = Content::Source(Span::of(name, self.position));
        Ok(Token { content, ..Token::new(kind, Span::of(start, self.position)) })
    }

    pub(super) fn scan_tag(&mut self) -> Result<Token, Fault> {
        let start = self.position;
        let (handle, suffix) = if self.at(start + 1) == b'<' {
            self.position += 2;
            let suffix = self.scan_tag_uri("", start)?;
            if self.current() != b'>' {
                return self.syntax("the `>` of a tag is missing", start);
            }
            self.position += 1;
            (String::new(), suffix)
        } else {
            let handle = self.scan_tag_handle(start)?;
            if handle.len() > 1 && handle.ends_with('!') {
                let suffix = self.scan_tag_uri("", start)?;
                (handle, suffix)
            } else {
                let suffix = self.scan_tag_uri(&handle, start)?;
                // The tag `!` alone has no handle.
                if suffix.is_empty() { (suffix, "!".to_owned()) } else { ("!".to_owned(), suffix) }
            }
        };
        if !self.is_blank_or_end(self.position) {
            return self
                .syntax("a tag must be followed by a space; quote a value that starts with `!`", start);
        }
        let content = self.keep_tag(handle, suffix);
        Ok(Token { content, ..Token::new(TokenKind::Tag, Span::of(start, self.position)) })
    }

    fn scan_tag_handle(&mut self, start: usize) -> Result<String, Fault> {
        let handle_start = self.position;
        if self.current() != b'!' {
            return self.syntax("a tag handle must start with `!`", start);
        }
        self.position += 1;
        self.skip_word();
        if self.current() == b'!' {
            self.position += 1;
        }
        Ok(self.text(handle_start, self.position).to_owned())
    }

    /// Scans the rest of a tag. `head` is what was taken for a handle; its `!` does not belong to the suffix.
    fn scan_tag_uri(&mut self, head: &str, start: usize) -> Result<String, Fault> {
        let mut uri: Vec<u8> = head.bytes().skip(1).collect();
        let first = self.position;
        while is_uri(self.current()) {
            if self.current() == b'%' {
                self.scan_uri_escape(&mut uri, start)?;
            } else {
                uri.push(self.current());
                self.position += 1;
            }
        }
        if head.is_empty() && self.position == first {
            return self.syntax("a tag has no name", start);
        }
        Ok(String::from_utf8_lossy(&uri).into_owned())
    }

    /// Scans one character written as `%XX` octets.
    fn scan_uri_escape(&mut self, uri: &mut Vec<u8>, start: usize) -> Result<(), Fault> {
        let mut left = 0;
        loop {
            let (high, low) = (hex(self.at(self.position + 1)), hex(self.at(self.position + 2)));
            let (b'%', Some(high), Some(low)) = (self.current(), high, low) else {
                return self.syntax("a `%` in a tag must be followed by two hexadecimal digits", start);
            };
            let octet = u8::try_from(high * 16 + low).unwrap_or(0);
            if left == 0 {
                left = match octet {
                    0..=0x7F => 1,
                    0xC0..=0xDF => 2,
                    0xE0..=0xEF => 3,
                    0xF0..=0xF7 => 4,
                    _ => return self.syntax("a `%` escape in a tag is not UTF-8", start),
                };
            } else if octet & 0xC0 != 0x80 {
                return self.syntax("a `%` escape in a tag is not UTF-8", start);
            }
            uri.push(octet);
            self.position += 3;
            left -= 1;
            if left == 0 {
                return Ok(());
            }
        }
    }

    fn keep_tag(&mut self, handle: String, suffix: String) -> Content {
        self.tags.push(TagText { handle, suffix });
        Content::Tag(offset(self.tags.len() - 1))
    }

    fn skip_word(&mut self) {
        while is_word(self.current()) {
            self.position += 1;
        }
    }
}
