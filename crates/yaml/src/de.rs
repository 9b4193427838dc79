//! Decoding nodes into Rust types by serde.

use std::fmt;

use serde::de::{self, DeserializeSeed, IntoDeserializer, Unexpected, Visitor};

use crate::path::{Path, Segment};
use crate::span::Span;
use crate::tree::{Entries, Items, Node, Value};

/// Decodes a node.
///
/// # Errors
/// The node does not fit the type; the error says where.
pub fn from_node<T: de::DeserializeOwned>(node: Node<'_>) -> Result<T, DecodeError> {
    T::deserialize(NodeDeserializer { node })
}

/// Why a node does not fit a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    message: String,
    span: Option<Span>,
    /// From the node up to the root.
    reversed: Vec<Segment>,
}

impl DecodeError {
    /// What does not fit.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where in the text: the value, or the key if that is what is wrong.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span.unwrap_or_default()
    }

    /// The path from the decoded node to the place.
    #[must_use]
    pub fn path(&self) -> Path {
        self.reversed.iter().rev().cloned().collect()
    }

    fn at(mut self, span: Span) -> DecodeError {
        self.span.get_or_insert(span);
        self
    }

    fn within(mut self, segment: Segment) -> DecodeError {
        self.reversed.push(segment);
        self
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path();
        if !path.is_empty() {
            write!(formatter, "{path}: ")?;
        }
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for DecodeError {}

impl de::Error for DecodeError {
    fn custom<T: fmt::Display>(message: T) -> DecodeError {
        DecodeError { message: message.to_string(), span: None, reversed: Vec::new() }
    }

    // Messages name types, not values: those may be secret.
    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn de::Expected) -> DecodeError {
        de::Error::custom(format_args!("expected {expected}, found {}", type_name(unexpected)))
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn de::Expected) -> DecodeError {
        de::Error::custom(format_args!("expected {expected}, found another {}", type_name(unexpected)))
    }
}

fn type_name(unexpected: Unexpected<'_>) -> &'static str {
    match unexpected {
        Unexpected::Bool(_) => "boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "integer",
        Unexpected::Float(_) => "number",
        Unexpected::Str(_) | Unexpected::Char(_) => "string",
        Unexpected::Unit | Unexpected::Option => "null",
        Unexpected::Seq => "sequence",
        Unexpected::Map => "mapping",
        _ => "value",
    }
}

/// A serde deserializer of one node.
#[derive(Clone, Copy, Debug)]
pub struct NodeDeserializer<'t> {
    node: Node<'t>,
}

impl<'t> NodeDeserializer<'t> {
    /// Reads `node`.
    #[must_use]
    pub fn new(node: Node<'t>) -> NodeDeserializer<'t> {
        NodeDeserializer { node }
    }
}

impl<'t> de::Deserializer<'t> for NodeDeserializer<'t> {
    type Error = DecodeError;

    fn deserialize_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.node.value() {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(value),
            Value::Int(value) => visitor.visit_i64(value),
            Value::Float(value) => visitor.visit_f64(value),
            Value::Str(text) => visitor.visit_borrowed_str(text),
            Value::Seq(items) => visitor.visit_seq(ItemAccess { items, index: 0 }),
            Value::Map(entries) => visitor.visit_map(EntryAccess { entries, value: None }),
        }
        .map_err(|error| error.at(self.node.span()))
    }

    fn deserialize_option<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        if self.node.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'t>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'t>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        let result = match self.node.value() {
            Value::Str(variant) => visitor.visit_enum(variant.into_deserializer()),
            Value::Map(mut entries) => match (entries.next(), entries.next()) {
                (Some((variant, key, value)), None) => {
                    visitor.visit_enum(VariantAccess { variant, key, value })
                }
                _ => Err(de::Error::custom("expected a mapping with exactly one key")),
            },
            other => Err(de::Error::custom(format_args!(
                "expected a string or mapping, found {}",
                other.type_name()
            ))),
        };
        result.map_err(|error: DecodeError| error.at(self.node.span()))
    }

    serde::forward_to_deserialize_any! {
        <V: Visitor<'t>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

struct ItemAccess<'t> {
    items: Items<'t>,
    index: usize,
}

impl<'t> de::SeqAccess<'t> for ItemAccess<'t> {
    type Error = DecodeError;

    fn next_element_seed<S: DeserializeSeed<'t>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, DecodeError> {
        let Some(node) = self.items.next() else { return Ok(None) };
        let index = self.index;
        self.index += 1;
        let item = seed.deserialize(NodeDeserializer { node });
        item.map(Some).map_err(|error| error.at(node.span()).within(Segment::Index(index)))
    }
}

struct EntryAccess<'t> {
    entries: Entries<'t>,
    value: Option<(&'t str, Node<'t>)>,
}

impl<'t> de::MapAccess<'t> for EntryAccess<'t> {
    type Error = DecodeError;

    fn next_key_seed<S: DeserializeSeed<'t>>(&mut self, seed: S) -> Result<Option<S::Value>, DecodeError> {
        let Some((key, span, node)) = self.entries.next() else { return Ok(None) };
        self.value = Some((key, node));
        let key = seed.deserialize(de::value::BorrowedStrDeserializer::new(key));
        key.map(Some).map_err(|error: DecodeError| error.at(span))
    }

    fn next_value_seed<S: DeserializeSeed<'t>>(&mut self, seed: S) -> Result<S::Value, DecodeError> {
        let (key, node) = self.value.take().ok_or_else(|| de::Error::custom("a value without a key"))?;
        let value = seed.deserialize(NodeDeserializer { node });
        value.map_err(|error| error.at(node.span()).within(Segment::Key(key.into())))
    }
}

struct VariantAccess<'t> {
    variant: &'t str,
    key: Span,
    value: Node<'t>,
}

impl<'t> de::EnumAccess<'t> for VariantAccess<'t> {
    type Error = DecodeError;
    type Variant = VariantValue<'t>;

    fn variant_seed<S: DeserializeSeed<'t>>(
        self,
        seed: S,
    ) -> Result<(S::Value, VariantValue<'t>), DecodeError> {
        let variant = seed.deserialize(de::value::BorrowedStrDeserializer::new(self.variant));
        let variant = variant.map_err(|error: DecodeError| error.at(self.key))?;
        Ok((variant, VariantValue { key: self.variant, node: self.value }))
    }
}

struct VariantValue<'t> {
    key: &'t str,
    node: Node<'t>,
}

impl VariantValue<'_> {
    fn within<T>(&self, result: Result<T, DecodeError>) -> Result<T, DecodeError> {
        result.map_err(|error| error.at(self.node.span()).within(Segment::Key(self.key.into())))
    }
}

impl<'t> de::VariantAccess<'t> for VariantValue<'t> {
    type Error = DecodeError;

    fn unit_variant(self) -> Result<(), DecodeError> {
        let result =
            if self.node.is_null() { Ok(()) } else { Err(de::Error::custom("this variant takes no value")) };
        self.within(result)
    }

    fn newtype_variant_seed<S: DeserializeSeed<'t>>(self, seed: S) -> Result<S::Value, DecodeError> {
        self.within(seed.deserialize(NodeDeserializer { node: self.node }))
    }

    fn tuple_variant<V: Visitor<'t>>(self, _length: usize, visitor: V) -> Result<V::Value, DecodeError> {
        self.within(de::Deserializer::deserialize_any(NodeDeserializer { node: self.node }, visitor))
    }

    fn struct_variant<V: Visitor<'t>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.within(de::Deserializer::deserialize_any(NodeDeserializer { node: self.node }, visitor))
    }
}

impl<'t> IntoDeserializer<'t, DecodeError> for Node<'t> {
    type Deserializer = NodeDeserializer<'t>;

    fn into_deserializer(self) -> NodeDeserializer<'t> {
        NodeDeserializer { node: self }
    }
}
