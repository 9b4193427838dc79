//! The words of Calico's language of selectors.
//!
//! Source: libcalico-go/lib/selector/tokenizer/tokenizer.go of github.com/projectcalico/calico v3.28.5.

use smol_str::SmolStr;

/// The longest key of a label.
const LONGEST: usize = 512;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Label(SmolStr),
    Text(SmolStr),
    Has(SmolStr),
    All,
    Global,
    Open,
    Close,
    OpenSet,
    CloseSet,
    Comma,
    Equal,
    NotEqual,
    Not,
    And,
    Or,
    In,
    NotIn,
    Contains,
    StartsWith,
    EndsWith,
}

/// The words of a text; `None` when some are none.
pub(super) fn tokens(mut text: &str) -> Option<Vec<Token>> {
    const SIGNS: &[(&str, Token)] = &[
        ("(", Token::Open),
        (")", Token::Close),
        ("{", Token::OpenSet),
        ("}", Token::CloseSet),
        (",", Token::Comma),
        ("==", Token::Equal),
        ("!=", Token::NotEqual),
        ("!", Token::Not),
        ("&&", Token::And),
        ("||", Token::Or),
    ];
    let mut found = Vec::new();
    loop {
        text = text.trim_start_matches([' ', '\t']);
        let Some(first) = text.chars().next() else { return Some(found) };
        let sign = SIGNS.iter().find_map(|(sign, token)| Some((token.clone(), text.strip_prefix(sign)?)));
        let (token, left) = match (first, sign) {
            (_, Some(sign)) => sign,
            ('"' | '\'', None) => {
                let (value, left) = text.strip_prefix(first)?.split_once(first)?;
                (Token::Text(SmolStr::new(value)), left)
            }
            _ if matches!(found.last(), Some(Token::Label(_))) => operator(text)?,
            _ => operand(text)?,
        };
        found.push(token);
        text = left;
    }
}

/// What stands behind a label.
fn operator(text: &str) -> Option<(Token, &str)> {
    let two = |first, second| text.strip_prefix(first).map(space)?.strip_prefix(second);
    let is_end = |left: &&str| !left.starts_with(is_of_word);
    None.or_else(|| text.strip_prefix("contains").map(|left| (Token::Contains, left)))
        .or_else(|| two("starts", "with").map(|left| (Token::StartsWith, left)))
        .or_else(|| two("ends", "with").map(|left| (Token::EndsWith, left)))
        .or_else(|| two("not", "in").filter(is_end).map(|left| (Token::NotIn, left)))
        .or_else(|| text.strip_prefix("in").filter(is_end).map(|left| (Token::In, left)))
}

fn operand(text: &str) -> Option<(Token, &str)> {
    let called = |name| text.strip_prefix(name)?.strip_prefix('(').map(space);
    let empty = |name| called(name)?.strip_prefix(')');
    let has = || {
        let (key, left) = label(called("has")?)?;
        Some((Token::Has(key), space(left).strip_prefix(')')?))
    };
    has()
        .or_else(|| empty("all").map(|left| (Token::All, left)))
        .or_else(|| empty("global").map(|left| (Token::Global, left)))
        .or_else(|| label(text).map(|(key, left)| (Token::Label(key), left)))
}

/// The key that a text begins with: its letters are of one byte each.
fn label(text: &str) -> Option<(SmolStr, &str)> {
    let is_of_key = |letter: &u8| letter.is_ascii_alphanumeric() || b"_./-".contains(letter);
    let length = text.bytes().take(LONGEST).take_while(is_of_key).count();
    let (key, left) = text.split_at_checked(length)?;
    (!key.is_empty()).then(|| (SmolStr::new(key), left))
}

fn is_of_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

/// A text without the space before it, which is more than between words.
fn space(text: &str) -> &str {
    text.trim_start_matches([' ', '\t', '\n', '\r', '\x0c'])
}
