//! Lenient decoding of trees into light structs.
//!
//! Kubernetes' own decoder (sigs.k8s.io/json) refuses an object at its first field of a wrong type. Here such a field
//! is reported at its place and left out, so that the rest of the object is still judged.

use seawall_yaml::{Node, Span, Value};
use smol_str::{SmolStr, ToSmolStr};

use crate::mark;
use crate::tree::Entries;

/// A field whose value has a type that Kubernetes does not accept there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongType {
    /// Where the value stands.
    pub span: Span,
    /// What Kubernetes expects.
    pub expected: &'static str,
    /// What stands there.
    pub found: &'static str,
}

/// Collects what could not be decoded.
#[derive(Debug, Default)]
pub struct Decoding {
    /// Fields of a wrong type, in document order.
    pub wrong_types: Vec<WrongType>,
    /// Whether a saved Snapshot is read: only there are judgements taken for what they say (see [`crate::mark`]).
    pub(crate) saved: bool,
}

impl Decoding {
    /// Notes that `node` is not what Kubernetes expects.
    pub fn wrong_type(&mut self, node: Node<'_>, expected: &'static str) {
        // A field of which only less was kept when it was saved.
        if mark::of(node, self).is_some() {
            return;
        }
        self.wrong_types.push(WrongType { span: node.span(), expected, found: node.type_name() });
    }
}

/// A type that can be read from a tree. `null` is the default value, as in Go.
pub trait Decode: Default {
    /// Reads `node`; what is wrong goes to `cx` and stays at its default.
    fn decode(node: Node<'_>, cx: &mut Decoding) -> Self;

    /// What a saved Snapshot says that there is something, and not what; `None` for types of which that is not enough.
    fn present() -> Option<Self> {
        None
    }
}

impl<T: Decode> Decode for Option<T> {
    fn decode(node: Node<'_>, cx: &mut Decoding) -> Self {
        if node.is_null() {
            return None;
        }
        if mark::of(node, cx) == Some(mark::PRESENT) {
            return T::present();
        }
        let before = cx.wrong_types.len();
        let value = T::decode(node, cx);
        // A value of the wrong type is absent rather than a made-up default, unless it is an object of which only a
        // part was wrong.
        let wrong_itself = cx.wrong_types.get(before).is_some_and(|wrong| wrong.span == node.span());
        (!wrong_itself).then_some(value)
    }
}

impl<T: Decode> Decode for Box<T> {
    fn decode(node: Node<'_>, cx: &mut Decoding) -> Self {
        Box::new(T::decode(node, cx))
    }
}

/// Lists are boxed slices: most are short or empty, and none grows.
impl<T: Decode> Decode for Box<[T]> {
    fn decode(node: Node<'_>, cx: &mut Decoding) -> Self {
        match node.value() {
            Value::Null => Box::default(),
            Value::Seq(items) => items.map(|item| T::decode(item, cx)).collect(),
            _ => {
                cx.wrong_type(node, "list");
                Box::default()
            }
        }
    }
}

impl Decode for bool {
    fn decode(node: Node<'_>, cx: &mut Decoding) -> Self {
        match node.value() {
            Value::Null => false,
            Value::Bool(value) => value,
            _ => {
                cx.wrong_type(node, "boolean");
                false
            }
        }
    }
}

impl Decode for i64 {
    fn decode(node: Node<'_>, cx: &mut Decoding) -> Self {
        if node.is_null() {
            return 0;
        }
        integer(&node.value()).unwrap_or_else(|| {
            cx.wrong_type(node, "integer");
            0
        })
    }
}

/// The integer that the API server reads. kubectl sends it integral floats without their point (`floatEncoder` of Go's
/// encoding/json), so that `runAsUser: 0.0` is root.
fn integer(value: &Value<'_>) -> Option<i64> {
    /// 2^63: from here on floats are beyond an int64.
    const BEYOND: f64 = 9_223_372_036_854_775_808.0;
    match *value {
        Value::Int(value) => Some(value),
        Value::Float(value) if value.fract() == 0.0 && value.abs() < BEYOND => Some(value as i64),
        _ => None,
    }
}

impl Decode for SmolStr {
    fn decode(node: Node<'_>, cx: &mut Decoding) -> Self {
        match node.value() {
            Value::Null => SmolStr::default(),
            Value::Str(value) => SmolStr::new(value),
            _ => {
                cx.wrong_type(node, "string");
                SmolStr::default()
            }
        }
    }
}

/// A map of strings (labels, annotations, node selectors) in the order written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StringMap(Box<[(SmolStr, SmolStr)]>);

impl StringMap {
    /// The value of `key`.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// All pairs, in the order written.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn pairs(&self) -> &[(SmolStr, SmolStr)] {
        &self.0
    }
}

impl<K: Into<SmolStr>, V: Into<SmolStr>> FromIterator<(K, V)> for StringMap {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}

impl Decode for StringMap {
    fn decode(node: Node<'_>, cx: &mut Decoding) -> Self {
        Self(entries(node, cx, |_, value, cx| Some(SmolStr::decode(value, cx))))
    }
}

/// The entries of a map of strings, read by `decode`, which may leave one out.
pub(crate) fn entries<T>(
    node: Node<'_>,
    cx: &mut Decoding,
    decode: impl Fn(&str, Node<'_>, &mut Decoding) -> Option<T>,
) -> Box<[(SmolStr, T)]> {
    match node.value() {
        Value::Null => Box::default(),
        Value::Map(entries) => {
            entries.filter_map(|(key, _, value)| Some((SmolStr::new(key), decode(key, value, cx)?))).collect()
        }
        _ => {
            cx.wrong_type(node, "map of strings");
            Box::default()
        }
    }
}

impl StringMap {
    /// The pairs that `keep` accepts by their key.
    pub(crate) fn decode_some(node: Node<'_>, cx: &mut Decoding, keep: impl Fn(&str) -> bool) -> Self {
        Self(entries(node, cx, |key, value, cx| keep(key).then(|| SmolStr::decode(value, cx))))
    }
}

/// `intstr.IntOrString` of k8s.io/apimachinery: a port number or the name of a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IntOrString {
    /// A number.
    Int(i64),
    /// A name, or a percentage.
    Str(SmolStr),
}

impl Default for IntOrString {
    fn default() -> Self {
        Self::Int(0)
    }
}

impl Decode for IntOrString {
    fn decode(node: Node<'_>, cx: &mut Decoding) -> Self {
        match node.value() {
            Value::Null => Self::default(),
            Value::Str(value) => Self::Str(SmolStr::new(value)),
            value => integer(&value).map_or_else(
                || {
                    cx.wrong_type(node, "integer or string");
                    Self::default()
                },
                Self::Int,
            ),
        }
    }
}

/// That a field stands there, whatever it holds: for fields of which only presence matters, and for secret values,
/// which are not to be kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Present;

impl Decode for Present {
    fn decode(_: Node<'_>, _: &mut Decoding) -> Self {
        Self
    }

    fn present() -> Option<Self> {
        Some(Self)
    }
}

/// Any scalar, as text: for fields of custom resources that are written both as `0` and as `"0s"`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scalar(pub SmolStr);

impl Decode for Scalar {
    fn decode(node: Node<'_>, cx: &mut Decoding) -> Self {
        Self(match node.value() {
            Value::Null => SmolStr::default(),
            Value::Str(text) => SmolStr::new(text),
            Value::Bool(value) => value.to_smolstr(),
            Value::Int(number) => number.to_smolstr(),
            Value::Float(number) => number.to_smolstr(),
            Value::Map(_) | Value::Seq(_) => {
                cx.wrong_type(node, "string");
                SmolStr::default()
            }
        })
    }
}

/// A part of an object whose schema is its author's own: what does not fit is left out, and is no mistake.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unchecked<T>(pub T);

impl<T: Decode> Decode for Unchecked<T> {
    fn decode(node: Node<'_>, cx: &mut Decoding) -> Self {
        Self(T::decode(node, &mut Decoding { saved: cx.saved, ..Decoding::default() }))
    }
}

/// A struct with the fields of the same object in the Kubernetes API.
pub trait Fields: Default {
    /// Names of the fields.
    const KEYS: &'static [&'static str];

    /// Reads the field `key`, if it is one.
    fn take(&mut self, key: &str, value: Node<'_>, cx: &mut Decoding);

    /// Writes the fields that are given.
    fn give(&self, fields: &mut Entries);
}

/// Declares structs that decode from the fields of the same object in the Kubernetes API, by name, and are written under the same
/// names. Fields that are not declared are skipped.
///
/// Behind a semicolon may stand a box for fields that are rarely given, which is another such struct.
macro_rules! record {
    ($(
        $(#[$doc:meta])*
        $name:ident {
            $( $(#[$field_doc:meta])* $field:ident : $type:ty = $key:literal ),* $(,)?
            $(; $(#[$rare_doc:meta])* $rare:ident : $rare_type:ident)?
        }
    )*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $name {
            $( $(#[$field_doc])* pub $field: $type, )*
            $( $(#[$rare_doc])* $rare: Option<Box<$rare_type>>, )?
        }

        $( impl $name {
            $(#[$rare_doc])*
            ///
            /// All of them are absent when none is given.
            pub fn $rare(&self) -> &$rare_type {
                static NONE: std::sync::LazyLock<$rare_type> = std::sync::LazyLock::new($rare_type::default);
                self.$rare.as_deref().unwrap_or_else(|| &NONE)
            }
        } )?

        impl $crate::decode::Fields for $name {
            const KEYS: &'static [&'static str] = &[$($key),*];

            fn take(&mut self, key: &str, value: seawall_yaml::Node<'_>, cx: &mut $crate::decode::Decoding) {
                match key {
                    $( $key => self.$field = $crate::decode::Decode::decode(value, cx), )*
                    $( _ if <$rare_type as $crate::decode::Fields>::KEYS.contains(&key) && !value.is_null() => {
                        $crate::decode::Fields::take(&mut **self.$rare.get_or_insert_default(), key, value, cx);
                    } )?
                    _ => {}
                }
            }

            fn give(&self, fields: &mut $crate::tree::Entries) {
                $( $crate::tree::give(fields, $key, $crate::encode::Encode::field(&self.$field)); )*
                $( if let Some(rare) = self.$rare.as_deref() {
                    $crate::decode::Fields::give(rare, fields);
                } )?
            }
        }

        impl $crate::encode::Encode for $name {
            fn encode(&self) -> $crate::tree::Tree {
                $crate::encode::record(self)
            }
        }

        impl $crate::decode::Decode for $name {
            fn decode(node: seawall_yaml::Node<'_>, cx: &mut $crate::decode::Decoding) -> Self {
                let mut record = Self::default();
                match node.value() {
                    seawall_yaml::Value::Null => {}
                    seawall_yaml::Value::Map(entries) => {
                        for (key, _, value) in entries {
                            $crate::decode::Fields::take(&mut record, key, value, cx);
                        }
                    }
                    _ => cx.wrong_type(node, "object"),
                }
                record
            }
        }
    )*};
}
pub(crate) use record;

#[cfg(test)]
mod tests {
    use seawall_yaml::{Limits, parse};

    use super::{Decode, Decoding};

    /// What kubectl 1.36 sends for each, as `kubectl annotate --local -o json` prints it.
    #[test]
    fn integers_are_those_that_kubectl_sends() {
        let table = [
            ("0", Some(0)),
            ("0.0", Some(0)),
            ("-0.0", Some(0)),
            ("1e3", Some(1000)),
            ("0x10", Some(16)),
            ("null", None),
            ("1000.5", None),
            ("1e20", None),
            ("'0'", None),
            ("true", None),
        ];
        for (text, expected) in table {
            let stream = parse(format!("field: {text}").as_bytes(), &Limits::default());
            let node = stream.documents[0].root().get("field").unwrap();
            let mut decoding = Decoding::default();
            let value = Option::<i64>::decode(node, &mut decoding);
            assert_eq!(value, expected, "{text}");
            assert_eq!(decoding.wrong_types.is_empty(), expected.is_some() || text == "null", "{text}");
        }
    }
}
