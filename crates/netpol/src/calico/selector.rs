//! Calico's own language of selectors: `app == 'web' && !has(legacy)`.
//!
//! Source: libcalico-go/lib/selector/{tokenizer,parser} of github.com/projectcalico/calico v3.28.5, which tests ask.

use smol_str::{SmolStr, format_smolstr};

use super::token::{Token, tokens};
use crate::doubt::Doubt;
use crate::matching::Match;

/// How deep parentheses may stand in each other.
const DEEPEST: usize = 64;

/// Whom it means, by labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// Everybody: `all()`, and nothing at all.
    All,
    /// `global()`, of which only where it stands says what it means.
    Global,
    /// Who has a label.
    Has(SmolStr),
    /// Who has a label of which this is so.
    Is(SmolStr, Test),
    /// Who is not meant by it.
    Not(Box<Self>),
    /// Who is meant by all.
    And(Vec<Self>),
    /// Who is meant by one.
    Or(Vec<Self>),
}

/// What is asked of the value of a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// It is this.
    Equal(SmolStr),
    /// It is not this, or there is none.
    NotEqual(SmolStr),
    /// This is in it.
    Contains(SmolStr),
    /// It begins with this.
    StartsWith(SmolStr),
    /// It ends with this.
    EndsWith(SmolStr),
    /// It is one of these.
    In(Vec<SmolStr>),
    /// It is none of these, or there is none.
    NotIn(Vec<SmolStr>),
}

/// What is known of a label.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Label<'l> {
    /// There is none.
    Absent,
    /// There is one of this value.
    Is(&'l str),
    /// There is one, and its value is not known.
    Later(Doubt),
    /// It is not known whether there is one.
    Unknown(Doubt),
}

impl Expression {
    /// The one of a text; `None` when Calico does not take it, or parentheses stand deeper in each other than 64.
    pub fn parse(text: &str) -> Option<Self> {
        let tokens = tokens(text)?;
        if tokens.is_empty() {
            return Some(Self::All);
        }
        let mut parser = Parser { left: &tokens, depth: 0 };
        let found = parser.either()?;
        parser.left.is_empty().then_some(found)
    }

    /// Whether it means who has these labels.
    pub fn means<'l>(&self, labels: impl Fn(&str) -> Option<&'l str>) -> bool {
        let label = |key: &str| labels(key).map_or(Label::Absent, Label::Is);
        self.judge(&label) == Match::Yes
    }

    /// Whether it means somebody of whom some labels are not known.
    pub(crate) fn judge<'l>(&self, label: &impl Fn(&str) -> Label<'l>) -> Match {
        match self {
            Self::All | Self::Global => Match::Yes,
            Self::Has(key) => match label(key) {
                Label::Absent => Match::No,
                Label::Is(_) | Label::Later(_) => Match::Yes,
                Label::Unknown(doubt) => Match::Maybe(doubt),
            },
            Self::Is(key, test) => match label(key) {
                Label::Absent => Match::of(matches!(test, Test::NotEqual(_) | Test::NotIn(_))),
                Label::Is(value) => Match::of(test.holds(value)),
                Label::Later(doubt) | Label::Unknown(doubt) => Match::Maybe(doubt),
            },
            Self::Not(other) => negated(other.judge(label)),
            Self::And(all) => all.iter().fold(Match::Yes, |found, one| found.and(one.judge(label))),
            Self::Or(all) => all.iter().fold(Match::No, |found, one| found.or(one.judge(label))),
        }
    }

    /// It, of labels whose keys have a prefix, and with `all` and `global` in the place of what means everybody.
    pub(crate) fn within(self, prefix: &str, all: &Self, global: &Self) -> Self {
        let each = |found: Vec<Self>| found.into_iter().map(|one| one.within(prefix, all, global)).collect();
        match self {
            Self::All => all.clone(),
            Self::Global => global.clone(),
            Self::Has(key) => Self::Has(format_smolstr!("{prefix}{key}")),
            Self::Is(key, test) => Self::Is(format_smolstr!("{prefix}{key}"), test),
            Self::Not(other) => Self::Not(Box::new(other.within(prefix, all, global))),
            Self::And(found) => Self::And(each(found)),
            Self::Or(found) => Self::Or(each(found)),
        }
    }

    /// The keys of labels that it asks for.
    pub(crate) fn keys(&self, tell: &mut impl FnMut(&SmolStr)) {
        match self {
            Self::All | Self::Global => {}
            Self::Has(key) | Self::Is(key, _) => tell(key),
            Self::Not(other) => other.keys(tell),
            Self::And(all) | Self::Or(all) => all.iter().for_each(|one| one.keys(tell)),
        }
    }
}

impl Test {
    /// Whether it is so of a value.
    fn holds(&self, value: &str) -> bool {
        match self {
            Self::Equal(own) => value == own,
            Self::NotEqual(own) => value != own,
            Self::Contains(part) => value.contains(part.as_str()),
            Self::StartsWith(part) => value.starts_with(part.as_str()),
            Self::EndsWith(part) => value.ends_with(part.as_str()),
            Self::In(values) => values.iter().any(|own| own == value),
            Self::NotIn(values) => !values.iter().any(|own| own == value),
        }
    }
}

/// What is not known stays so.
pub(crate) fn negated(found: Match) -> Match {
    match found {
        Match::No => Match::Yes,
        Match::Yes => Match::No,
        open => open,
    }
}

struct Parser<'t> {
    left: &'t [Token],
    depth: usize,
}

impl<'t> Parser<'t> {
    fn next(&mut self) -> Option<&'t Token> {
        let (first, left) = self.left.split_first()?;
        self.left = left;
        Some(first)
    }

    fn takes(&mut self, token: &Token) -> bool {
        let is_it = self.left.first() == Some(token);
        if is_it {
            self.next();
        }
        is_it
    }

    fn either(&mut self) -> Option<Expression> {
        let mut found = vec![self.all()?];
        while self.takes(&Token::Or) {
            found.push(self.all()?);
        }
        Some(if found.len() == 1 { found.pop()? } else { Expression::Or(found) })
    }

    fn all(&mut self) -> Option<Expression> {
        let mut found = vec![self.one()?];
        while self.takes(&Token::And) {
            found.push(self.one()?);
        }
        Some(if found.len() == 1 { found.pop()? } else { Expression::And(found) })
    }

    fn one(&mut self) -> Option<Expression> {
        let mut is_negated = false;
        while self.takes(&Token::Not) {
            is_negated = !is_negated;
        }
        let found = match self.next()? {
            Token::Has(key) => Expression::Has(key.clone()),
            Token::All => Expression::All,
            Token::Global => Expression::Global,
            Token::Label(key) => Expression::Is(key.clone(), self.test()?),
            Token::Open => {
                self.depth += 1;
                if self.depth > DEEPEST {
                    return None;
                }
                let found = self.either()?;
                self.depth -= 1;
                self.takes(&Token::Close).then_some(found)?
            }
            _ => return None,
        };
        Some(if is_negated { Expression::Not(Box::new(found)) } else { found })
    }

    fn test(&mut self) -> Option<Test> {
        let operator = self.next()?;
        Some(match operator {
            Token::Equal => Test::Equal(self.text()?),
            Token::NotEqual => Test::NotEqual(self.text()?),
            Token::Contains => Test::Contains(self.text()?),
            Token::StartsWith => Test::StartsWith(self.text()?),
            Token::EndsWith => Test::EndsWith(self.text()?),
            Token::In => Test::In(self.texts()?),
            Token::NotIn => Test::NotIn(self.texts()?),
            _ => return None,
        })
    }

    fn text(&mut self) -> Option<SmolStr> {
        match self.next()? {
            Token::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    /// A comma may stand behind the last.
    fn texts(&mut self) -> Option<Vec<SmolStr>> {
        let mut found = Vec::new();
        if !self.takes(&Token::OpenSet) {
            return None;
        }
        while let Some(Token::Text(text)) = self.left.first() {
            self.next();
            found.push(text.clone());
            if !self.takes(&Token::Comma) {
                break;
            }
        }
        self.takes(&Token::CloseSet).then_some(found)
    }
}
