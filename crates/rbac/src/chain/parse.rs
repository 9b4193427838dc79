//! The part of CEL that is decided here.
//!
//! Source: the grammar of github.com/google/cel-spec doc/langdef.md.

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expression {
    Bool(bool),
    Text(String),
    List(Vec<String>),
    /// `request.user`: a field of the review, by its path.
    Field(Vec<String>),
    Has(Vec<String>),
    Not(Box<Expression>),
    And(Box<Expression>, Box<Expression>),
    Or(Box<Expression>, Box<Expression>),
    If(Box<Expression>, Box<Expression>, Box<Expression>),
    Equal(Box<Expression>, Box<Expression>),
    In(Box<Expression>, Box<Expression>),
    /// A test of a text against another one.
    Test(Test, Box<Expression>, Box<Expression>),
}

/// How a text is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Test {
    StartsWith,
    EndsWith,
    Contains,
}

/// How deep expressions may be.
const DEPTH: usize = 64;

/// The expression that a text is; nothing for what is not of this part of CEL.
pub(super) fn parse(text: &str) -> Option<Expression> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, depth: 0 };
    let expression = parser.choice()?;
    (parser.at == parser.tokens.len()).then_some(expression)
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Name(String),
    Text(String),
    Sign(&'static str),
}

const SIGNS: &[&str] = &["&&", "||", "==", "!=", "!", "(", ")", "[", "]", ",", ".", "?", ":"];

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if let quote @ ('\'' | '"') = first {
            let inside = rest.get(1..)?;
            // Three quotes, escapes and line breaks are more than is read here.
            let (content, behind) = inside.split_once(quote)?;
            let is_three = content.is_empty() && behind.starts_with(quote);
            let is_plain = !is_three && !content.contains(['\\', '\n', '\r']);
            tokens.push(Token::Text(is_plain.then(|| content.to_owned())?));
            rest = behind;
        } else if first.is_ascii_alphabetic() || first == '_' {
            let end =
                rest.find(|char: char| !char.is_ascii_alphanumeric() && char != '_').unwrap_or(rest.len());
            let (name, behind) = rest.split_at_checked(end)?;
            // `r'…'` and `b'…'` are no names.
            if behind.starts_with(['\'', '"']) {
                return None;
            }
            tokens.push(Token::Name(name.to_owned()));
            rest = behind;
        } else {
            let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign))?;
            tokens.push(Token::Sign(sign));
            rest = rest.strip_prefix(sign)?;
        }
        rest = rest.trim_start();
    }
    Some(tokens)
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn takes(&mut self, sign: &str) -> bool {
        let is_next = matches!(self.tokens.get(self.at), Some(Token::Sign(own)) if *own == sign);
        self.at += usize::from(is_next);
        is_next
    }

    fn name(&mut self) -> Option<String> {
        let Some(Token::Name(name)) = self.tokens.get(self.at) else { return None };
        self.at += 1;
        Some(name.clone())
    }

    fn choice(&mut self) -> Option<Expression> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let first = self.or()?;
        let whole = if self.takes("?") {
            let then = self.or()?;
            let otherwise = self.takes(":").then(|| self.choice())??;
            Expression::If(first.into(), then.into(), otherwise.into())
        } else {
            first
        };
        self.depth -= 1;
        Some(whole)
    }

    fn or(&mut self) -> Option<Expression> {
        let mut left = self.and()?;
        while self.takes("||") {
            left = Expression::Or(left.into(), self.and()?.into());
        }
        Some(left)
    }

    fn and(&mut self) -> Option<Expression> {
        let mut left = self.relation()?;
        while self.takes("&&") {
            left = Expression::And(left.into(), self.relation()?.into());
        }
        Some(left)
    }

    fn relation(&mut self) -> Option<Expression> {
        let left = self.unary()?;
        let is_in = matches!(self.tokens.get(self.at), Some(Token::Name(name)) if name == "in");
        let relation = if is_in {
            self.at += 1;
            Expression::In(left.into(), self.unary()?.into())
        } else if self.takes("==") {
            Expression::Equal(left.into(), self.unary()?.into())
        } else if self.takes("!=") {
            Expression::Not(Expression::Equal(left.into(), self.unary()?.into()).into())
        } else {
            return Some(left);
        };
        // Relations of relations are more than is read here.
        Some(relation)
    }

    fn unary(&mut self) -> Option<Expression> {
        if self.takes("!") {
            self.depth += 1;
            let inside = (self.depth <= DEPTH).then(|| self.unary())??;
            self.depth -= 1;
            return Some(Expression::Not(inside.into()));
        }
        self.member()
    }

    fn member(&mut self) -> Option<Expression> {
        let mut whole = self.primary()?;
        while self.takes(".") {
            let name = self.name()?;
            whole = if self.takes("(") {
                let test = match name.as_str() {
                    "startsWith" => Test::StartsWith,
                    "endsWith" => Test::EndsWith,
                    "contains" => Test::Contains,
                    _ => return None,
                };
                let other = self.choice()?;
                self.takes(")").then_some(Expression::Test(test, whole.into(), other.into()))?
            } else {
                let Expression::Field(mut path) = whole else { return None };
                path.push(name);
                Expression::Field(path)
            };
        }
        Some(whole)
    }

    fn primary(&mut self) -> Option<Expression> {
        if self.takes("(") {
            let inside = self.choice()?;
            return self.takes(")").then_some(inside);
        }
        if self.takes("[") {
            return self.list();
        }
        let token = self.tokens.get(self.at)?.clone();
        self.at += 1;
        match token {
            Token::Text(text) => Some(Expression::Text(text)),
            Token::Name(name) => match name.as_str() {
                "true" => Some(Expression::Bool(true)),
                "false" => Some(Expression::Bool(false)),
                "request" => Some(Expression::Field(Vec::new())),
                "has" => {
                    let inside = self.takes("(").then(|| self.member())??;
                    let Expression::Field(path) = inside else { return None };
                    (self.takes(")") && !path.is_empty()).then_some(Expression::Has(path))
                }
                _ => None,
            },
            Token::Sign(_) => None,
        }
    }

    fn list(&mut self) -> Option<Expression> {
        let mut items = Vec::new();
        while !self.takes("]") {
            let Some(Token::Text(text)) = self.tokens.get(self.at) else { return None };
            items.push(text.clone());
            self.at += 1;
            if !self.takes(",") {
                return self.takes("]").then_some(Expression::List(items));
            }
        }
        Some(Expression::List(items))
    }
}
