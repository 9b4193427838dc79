//! Tags: which are known, and what their handles stand for.

use super::{Parser, fail};
use crate::problem::Fault;
use crate::scanner::{Content, Token, TokenKind};

/// The tag of a node, as far as it changes the node's meaning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tag {
    /// None was written.
    #[default]
    None,
    /// `!`: a plain scalar stays plain, but is a string.
    NonSpecific,
    Str,
    Bool,
    Int,
    Float,
    Null,
    Timestamp,
    Binary,
    Merge,
    /// Any other: the scalar is a string.
    Other,
}

impl Tag {
    fn from_text(text: &str) -> Tag {
        match text.strip_prefix(YAML_PREFIX) {
            Some("str") => Tag::Str,
            Some("bool") => Tag::Bool,
            Some("int") => Tag::Int,
            Some("float") => Tag::Float,
            Some("null") => Tag::Null,
            Some("timestamp") => Tag::Timestamp,
            Some("binary") => Tag::Binary,
            Some("merge") => Tag::Merge,
            _ if text == "!" => Tag::NonSpecific,
            _ => Tag::Other,
        }
    }

    /// How the tag is usually written.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Tag::None | Tag::NonSpecific | Tag::Other => "!",
            Tag::Str => "!!str",
            Tag::Bool => "!!bool",
            Tag::Int => "!!int",
            Tag::Float => "!!float",
            Tag::Null => "!!null",
            Tag::Timestamp => "!!timestamp",
            Tag::Binary => "!!binary",
            Tag::Merge => "!!merge",
        }
    }
}

const YAML_PREFIX: &str = "tag:yaml.org,2002:";

pub(super) struct TagDirective {
    handle: String,
    prefix: String,
}

impl Parser<'_> {
    /// Takes the directives before a document.
    pub(super) fn process_directives(&mut self) -> Result<(), Fault> {
        let mut has_version = false;
        loop {
            let token = self.scanner.peek()?;
            match (token.kind, token.content) {
                (TokenKind::VersionDirective, _) if has_version => {
                    return fail("a second %YAML directive", token);
                }
                (TokenKind::VersionDirective, Content::Version(1, 1)) => has_version = true,
                (TokenKind::VersionDirective, _) => return fail("kubectl reads only YAML 1.1", token),
                (TokenKind::TagDirective, Content::Tag(index)) => self.add_tag_directive(index, token)?,
                _ => return Ok(()),
            }
            self.scanner.skip();
        }
    }

    fn add_tag_directive(&mut self, index: u32, token: Token) -> Result<(), Fault> {
        let Some(directive) = self.scanner.tags.get(index as usize) else { return Ok(()) };
        if self.directives.iter().any(|known| known.handle == directive.handle) {
            return fail("a second %TAG directive for one handle", token);
        }
        self.directives
            .push(TagDirective { handle: directive.handle.clone(), prefix: directive.suffix.clone() });
        Ok(())
    }

    /// The tag that a token means.
    pub(super) fn resolve_tag(&self, token: Token) -> Result<Tag, Fault> {
        let Content::Tag(index) = token.content else { return Ok(Tag::Other) };
        let Some(text) = self.scanner.tags.get(index as usize) else { return Ok(Tag::Other) };
        if text.handle.is_empty() {
            return Ok(Tag::from_text(&text.suffix));
        }
        let own = self.directives.iter().find(|directive| directive.handle == text.handle);
        let prefix = match (own, text.handle.as_str()) {
            (Some(directive), _) => directive.prefix.as_str(),
            (None, "!") => "!",
            (None, "!!") => YAML_PREFIX,
            _ => "",
        };
        let resolved = format!("{prefix}{}", text.suffix);
        if resolved.is_empty() || own.is_none() && prefix.is_empty() {
            return fail(
                "no %TAG directive defines the handle of this tag; quote a value that starts with `!`",
                token,
            );
        }
        Ok(Tag::from_text(&resolved))
    }
}
