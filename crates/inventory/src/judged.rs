//! Values that may be credentials: judged while they are decoded, and not kept.

use std::borrow::Cow;

use seawall_credential::{Judged, JudgedKey, judge, judge_key, judge_text};
use seawall_yaml::{Node, Value};
use smol_str::SmolStr;

use crate::decode::{Decode, Decoding, entries};
use crate::encode::{Encode, map};
use crate::mark::{self, mark};
use crate::tree::Tree;

/// A map of strings of which the keys are kept, and what the values look like; in the order of keys, which many pods ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JudgedMap(Box<[(SmolStr, Judged)]>);

impl JudgedMap {
    /// What the value of `key` looks like; `None` when there is no such key.
    pub fn get(&self, key: &str) -> Option<Judged> {
        let (_, from) = self.0.split_at_checked(self.0.partition_point(|(name, _)| name.as_str() < key))?;
        from.first().filter(|(name, _)| name == key).map(|(_, judged)| *judged)
    }

    /// All pairs, in the order of keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Judged)> {
        self.0.iter().map(|(key, judged)| (key.as_str(), *judged))
    }

    /// All keys, in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(key, _)| key.as_str())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads a map whose values `judge` judges by their keys.
    pub(crate) fn decode_with(
        node: Node<'_>,
        cx: &mut Decoding,
        judge: impl Fn(&str, &str) -> Judged,
    ) -> Self {
        let mut pairs = entries(node, cx, |key, value, cx| Some(judged(value, cx, |text| judge(key, text))));
        pairs.sort_by(|(a, _), (b, _)| a.cmp(b));
        Self(pairs)
    }
}

/// Values are texts: files of configuration, for example.
impl Decode for JudgedMap {
    fn decode(node: Node<'_>, cx: &mut Decoding) -> Self {
        Self::decode_with(node, cx, judge_text)
    }
}

impl Encode for JudgedMap {
    fn encode(&self) -> Tree {
        map(&self.0)
    }
}

impl Encode for Judged {
    fn encode(&self) -> Tree {
        mark(self)
    }
}

/// Judges a string; what is no string is wrong, and empty.
pub(crate) fn judged(node: Node<'_>, cx: &mut Decoding, judge: impl Fn(&str) -> Judged) -> Judged {
    match node.value() {
        Value::Null => Judged::default(),
        Value::Str(text) => judge(text),
        _ if let Some(judged) = mark::of(node, cx).and_then(Judged::from_code) => judged,
        _ => {
            cx.wrong_type(node, "string");
            Judged::default()
        }
    }
}

impl Decode for JudgedKey {
    fn decode(node: Node<'_>, cx: &mut Decoding) -> Self {
        match node.value() {
            Value::Null => judge_key(""),
            Value::Str(text) => judge_key(text),
            _ if let Some(judged) = mark::of(node, cx).and_then(Self::from_code) => judged,
            _ => {
                cx.wrong_type(node, "string");
                judge_key("")
            }
        }
    }
}

impl Encode for JudgedKey {
    fn encode(&self) -> Tree {
        mark(self)
    }
}

/// Parameters of a driver or a provider: a few are credentials, most are settings that checks read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters(Box<[(SmolStr, Parameter)]>);

/// One of [`Parameters`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameter {
    /// What it looks like.
    pub judged: Judged,
    /// Its value, without the user and password of a URL; `None` when it is a credential, or too long for a setting.
    pub text: Option<SmolStr>,
}

/// What is longer is a file, and no setting.
const LONGEST: usize = 1024;

impl Parameters {
    /// The parameter `key`.
    pub fn get(&self, key: &str) -> Option<&Parameter> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, parameter)| parameter)
    }

    /// The value of `key`, unless it is a credential.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.text.as_deref()
    }

    /// All, in the order written.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Parameter)> {
        self.0.iter().map(|(key, parameter)| (key.as_str(), parameter))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The scalars of a map of anything.
    pub(crate) fn of_scalars(node: Node<'_>, cx: &Decoding) -> Self {
        let mut ignored = Decoding { saved: cx.saved, ..Decoding::default() };
        Self(entries(node, &mut ignored, |key, value, cx| {
            // No driver has a setting of this name.
            let scalar = key != mark::KEY && !value.is_null() && !value.is_map() && !value.is_seq();
            Parameter::saved(value, cx)
                .or_else(|| scalar.then(|| Parameter::of(key, &crate::decode::Scalar::decode(value, cx).0)))
        }))
    }
}

impl Encode for Parameters {
    fn encode(&self) -> Tree {
        Tree::Map(self.0.iter().map(|(key, parameter)| (key.clone(), parameter.write(key))).collect())
    }
}

/// Behind a mark: the text of a parameter, where it does not look like what it was judged for.
const TEXT: &str = "text";

impl Decode for Parameters {
    fn decode(node: Node<'_>, cx: &mut Decoding) -> Self {
        Self(entries(node, cx, |key, value, cx| {
            let saved = Parameter::saved(value, cx);
            saved.or_else(|| Some(Parameter::of(key, &SmolStr::decode(value, cx))))
        }))
    }
}

impl Parameter {
    fn of(name: &str, value: &str) -> Self {
        let judged = judge_text(name, value);
        let text = without_userinfo(value);
        let harmless = text.len() <= LONGEST && !judge(name, &text).is_credential();
        Self { judged, text: harmless.then(|| SmolStr::new(&*text)) }
    }

    /// What a mark says of one.
    fn saved(node: Node<'_>, cx: &Decoding) -> Option<Self> {
        let judged = Judged::from_code(mark::of(node, cx)?)?;
        Some(Self { judged, text: node.get(TEXT).and_then(Node::as_str).map(SmolStr::new) })
    }

    fn write(&self, name: &str) -> Tree {
        let plain = self.text.as_ref().filter(|text| Self::of(name, text) == *self);
        if let Some(text) = plain {
            return Tree::Text(text.clone());
        }
        let mut tree = self.judged.encode();
        if let (Tree::Map(entries), Some(text)) = (&mut tree, &self.text) {
            entries.push((SmolStr::new_static(TEXT), Tree::Text(text.clone())));
        }
        tree
    }
}

/// A URL without its user and password.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address(SmolStr);

impl Address {
    /// The URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Decode for Address {
    fn decode(node: Node<'_>, cx: &mut Decoding) -> Self {
        Self(SmolStr::new(&*without_userinfo(&SmolStr::decode(node, cx))))
    }
}

impl Encode for Address {
    fn encode(&self) -> Tree {
        Tree::Text(self.0.clone())
    }
}

/// `https://user:password@host/path` without what stands before the host (RFC 3986 §3.2).
fn without_userinfo(url: &str) -> Cow<'_, str> {
    let parts = url.split_once("://").and_then(|(scheme, rest)| {
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(end)?;
        let (_, host) = authority.rsplit_once('@')?;
        Some(format!("{scheme}://{host}{path}"))
    });
    parts.map_or(Cow::Borrowed(url), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::without_userinfo;

    #[test]
    fn addresses_hold_no_userinfo() {
        for (url, expected) in [
            ("https://vault.example/a@b", "https://vault.example/a@b"),
            ("https://user:password@vault.example:8200/v1", "https://vault.example:8200/v1"),
            ("https://user:p@ss@vault.example?a=b", "https://vault.example?a=b"),
            ("http://token@host", "http://host"),
            ("user:password@host", "user:password@host"),
            ("", ""),
        ] {
            assert_eq!(without_userinfo(url), expected, "{url}");
        }
    }
}
