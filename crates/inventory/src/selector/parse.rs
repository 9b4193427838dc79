//! The string form of a selector.
//!
//! ```text
//! selector    = [ requirement { "," requirement } ]
//! requirement = [ "!" ] key | key ( "=" | "==" | "!=" | ">" | "<" ) [ value ] | key ( "in" | "notin" ) "(" [ values ] ")"
//! values      = [ value ] { "," [ value ] }
//! ```

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::{InvalidSelector, Operator, Requirement, validate};

pub(super) fn requirements(text: &str) -> Result<Vec<Requirement>, InvalidSelector> {
    let mut tokens = Tokens { rest: text };
    let mut requirements = Vec::new();
    match tokens.peek() {
        Token::End => return Ok(requirements),
        Token::Word(_) | Token::Symbol("!") => {}
        other => return Err(unexpected(other, "`!` or a key")),
    }
    loop {
        requirements.push(requirement(&mut tokens)?);
        match tokens.next() {
            Token::End => return Ok(requirements),
            Token::Symbol(",") => {}
            other => return Err(unexpected(other, "`,` or the end")),
        }
        if !matches!(tokens.peek(), Token::Word(_) | Token::Symbol("!")) {
            return Err(unexpected(tokens.peek(), "`!` or a key after `,`"));
        }
    }
}

fn requirement(tokens: &mut Tokens<'_>) -> Result<Requirement, InvalidSelector> {
    let negated = tokens.peek() == Token::Symbol("!");
    if negated {
        tokens.next();
    }
    let key = match tokens.next() {
        Token::Word(key) => key,
        other => return Err(unexpected(other, "a key")),
    };
    validate::label_key(key)?;
    match tokens.peek() {
        _ if negated => Requirement::new(key, Operator::DoesNotExist, Vec::new()),
        Token::End | Token::Symbol(",") => Requirement::new(key, Operator::Exists, Vec::new()),
        _ => restriction(key, tokens),
    }
}

fn restriction(key: &str, tokens: &mut Tokens<'_>) -> Result<Requirement, InvalidSelector> {
    let operator = match tokens.next() {
        Token::Word("in") => Operator::In,
        Token::Word("notin") => Operator::NotIn,
        Token::Symbol("=" | "==") => return exact(key, Operator::In, tokens),
        Token::Symbol("!=") => return exact(key, Operator::NotIn, tokens),
        Token::Symbol(">") => return exact(key, Operator::Gt, tokens),
        Token::Symbol("<") => return exact(key, Operator::Lt, tokens),
        other => return Err(unexpected(other, "one of = == != in notin > <")),
    };
    Requirement::new(key, operator, set(tokens)?)
}

fn exact(key: &str, operator: Operator, tokens: &mut Tokens<'_>) -> Result<Requirement, InvalidSelector> {
    let value = match tokens.peek() {
        Token::End | Token::Symbol(",") => "",
        Token::Word(word) => {
            tokens.next();
            word
        }
        other => return Err(unexpected(other, "a value")),
    };
    Requirement::new(key, operator, vec![SmolStr::new(value)])
}

/// The values in parentheses. Between commas nothing may stand: that is the empty value.
fn set(tokens: &mut Tokens<'_>) -> Result<Vec<SmolStr>, InvalidSelector> {
    match tokens.next() {
        Token::Symbol("(") => {}
        other => return Err(unexpected(other, "`(`")),
    }
    let mut values = BTreeSet::new();
    loop {
        match tokens.peek() {
            Token::Word(word) => {
                tokens.next();
                values.insert(SmolStr::new(word));
            }
            Token::Symbol("," | ")") => {
                values.insert(SmolStr::default());
            }
            other => return Err(unexpected(other, "a value, `,` or `)`")),
        }
        match tokens.next() {
            Token::Symbol(",") => {}
            Token::Symbol(")") => return Ok(values.into_iter().collect()),
            other => return Err(unexpected(other, "`,` or `)`")),
        }
    }
}

fn unexpected(found: Token<'_>, expected: &'static str) -> InvalidSelector {
    let found = match found {
        Token::End => SmolStr::default(),
        Token::Word(text) | Token::Symbol(text) => SmolStr::new(text),
    };
    InvalidSelector::Syntax { found, expected }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'t> {
    End,
    /// A key, a value, or `in` and `notin`, which are operators where one is expected.
    Word(&'t str),
    Symbol(&'t str),
}

struct Tokens<'t> {
    rest: &'t str,
}

const SYMBOLS: [&str; 9] = ["==", "!=", "=", "!", "(", ")", ",", ">", "<"];

impl<'t> Tokens<'t> {
    fn peek(&self) -> Token<'t> {
        Self { rest: self.rest }.next()
    }

    fn next(&mut self) -> Token<'t> {
        self.rest = self.rest.trim_start_matches(is_space);
        // Kubernetes' lexer takes a NUL byte for the end of the text, and of a word or symbol.
        if self.rest.is_empty() || self.rest.starts_with('\0') {
            return Token::End;
        }
        if let Some((symbol, rest)) =
            SYMBOLS.iter().find_map(|symbol| Some((*symbol, self.rest.strip_prefix(symbol)?)))
        {
            self.rest = rest.strip_prefix('\0').unwrap_or(rest);
            return Token::Symbol(symbol);
        }
        let is_end = |c: char| c == '\0' || is_space(c) || "=!(),><".contains(c);
        let end = self.rest.find(is_end).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest.strip_prefix('\0').unwrap_or(rest);
        Token::Word(word)
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}
