//! Keys without `?`: a token may turn out to be a key when a `:` follows on the same line within 1024 characters.

use super::{Scanner, Token, TokenKind};
use crate::problem::{Fault, ProblemKind};
use crate::span::{Span, offset};

/// A token that may turn out to be a key.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SimpleKey {
    pub(super) possible: bool,
    /// In block context, at the column of the mapping: anything but a key is an error.
    required: bool,
    pub(super) token_number: usize,
    /// The scanner holds the token back because of it.
    is_awaited: bool,
    pub(super) position: usize,
    line_start: usize,
    pub(super) column: usize,
}

/// YAML 1.1 limits how far a parser looks ahead for the `:` of a key.
const MAX_KEY_LENGTH: usize = 1024;
/// As go-yaml v2 (`max_flow_level`, `max_indents`).
const MAX_LEVELS: usize = 10_000;

impl Scanner<'_> {
    /// Whether the token at the head of the queue may still turn out to be a key, so that it cannot be handed out yet.
    pub(super) fn may_be_key(&mut self, token: Token) -> Result<bool, Fault> {
        let level = usize::from(token.simple_key) - 1;
        match self.simple_keys.get(level) {
            Some(key) if key.is_awaited && key.token_number == self.taken => self.is_valid(level),
            _ => Ok(false),
        }
    }

    /// Whether the key of `level` is still possible here; an error when it was required and is not.
    pub(super) fn is_valid(&mut self, level: usize) -> Result<bool, Fault> {
        let column = self.column();
        let line_start = self.line_start;
        let Some(key) = self.simple_keys.get_mut(level) else { return Ok(false) };
        if !key.possible {
            return Ok(false);
        }
        if key.line_start < line_start || key.column + MAX_KEY_LENGTH < column {
            if key.required {
                let position = key.position;
                return self.missing_colon(position);
            }
            key.possible = false;
        }
        Ok(key.possible)
    }

    /// Notes that the next token may be a key.
    pub(super) fn save_simple_key(&mut self) -> Result<(), Fault> {
        if !self.simple_key_allowed {
            return Ok(());
        }
        self.remove_simple_key()?;
        let key = SimpleKey {
            possible: true,
            required: self.flow_level == 0 && i32::try_from(self.column()) == Ok(self.indent),
            token_number: self.next_token_number(),
            is_awaited: true,
            position: self.position,
            line_start: self.line_start,
            column: self.column(),
        };
        if let Some(last) = self.simple_keys.last_mut() {
            *last = key;
        }
        Ok(())
    }

    /// Drops the potential key of the current flow level.
    pub(super) fn remove_simple_key(&mut self) -> Result<(), Fault> {
        match self.simple_keys.last_mut() {
            Some(SimpleKey { possible: true, required: true, position, .. }) => {
                let position = *position;
                self.missing_colon(position)
            }
            Some(key) => {
                key.possible = false;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Appends a token that starts where [`save_simple_key`](Scanner::save_simple_key) was called.
    pub(super) fn append_possible_key(&mut self, mut token: Token, level: usize) {
        if let Some(key) = self.simple_keys.get(level)
            && key.possible
            && key.token_number == self.next_token_number()
        {
            token.simple_key = u16::try_from(level + 1).unwrap_or(u16::MAX);
        }
        self.append(token);
    }

    fn missing_colon<T>(&self, start: usize) -> Result<T, Fault> {
        let line = self.source.get(start..).unwrap_or_default();
        let length = memchr::memchr2(b'\n', b'\r', line).unwrap_or(line.len());
        Err(Fault::new(
            ProblemKind::Syntax(
                "a `:` is missing: this must be a key, as it stands where the mapping's keys stand".into(),
            ),
            Span::of(start, start + length),
        ))
    }

    /// `token_number`: of the opening bracket.
    pub(super) fn increase_flow_level(&mut self, token_number: usize) -> Result<(), Fault> {
        self.simple_keys.push(SimpleKey { token_number, ..SimpleKey::default() });
        self.flow_level += 1;
        self.check_levels(self.flow_level)
    }

    pub(super) fn decrease_flow_level(&mut self) {
        if self.flow_level > 0 {
            self.flow_level -= 1;
            let inner = self.simple_keys.pop();
            // An empty `{}` or `[]` is not held back any longer although a `:` may make it a key: go-yaml confuses the
            // numbers (scannerc.go, yaml_parser_decrease_flow_level), and `{}: a` means `{}`.
            if let (Some(outer), Some(inner)) = (self.simple_keys.last_mut(), inner) {
                outer.is_awaited &= outer.token_number != inner.token_number;
            }
        }
    }

    /// Opens a block collection at `column` when it is deeper than the current one. `number` is the token before which
    /// it starts; `None` means the next.
    pub(super) fn roll_indent(
        &mut self,
        column: usize,
        number: Option<usize>,
        kind: TokenKind,
        start: usize,
    ) -> Result<(), Fault> {
        let column = i32::try_from(column).unwrap_or(i32::MAX);
        if self.flow_level > 0 || self.indent >= column {
            return Ok(());
        }
        self.indents.push(self.indent);
        self.indent = column;
        self.check_levels(self.indents.len())?;
        let token = Token::new(kind, Span::new(offset(start), offset(start)));
        match number {
            Some(number) => self.insert(number, token),
            None => self.append(token),
        }
        Ok(())
    }

    /// Closes the block collections that are deeper than `column`.
    pub(super) fn unroll_indent(&mut self, column: i32) {
        if self.flow_level > 0 {
            return;
        }
        while self.indent > column {
            self.append(Token::new(TokenKind::BlockEnd, self.here()));
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    fn check_levels(&self, levels: usize) -> Result<(), Fault> {
        if levels > MAX_LEVELS {
            return Err(Fault::new(ProblemKind::DepthLimit { limit: MAX_LEVELS }, self.here()));
        }
        Ok(())
    }
}
