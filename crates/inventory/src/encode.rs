//! What was decoded, written under the names of the Kubernetes API, so that it decodes to the same.

use smol_str::{SmolStr, format_smolstr};

use crate::decode::{Fields, IntOrString, Present, Scalar, StringMap, Unchecked};
use crate::mark::{self, mark};
use crate::tree::Tree;

/// A type that can be written so that [`crate::decode::Decode`] reads it back.
pub trait Encode {
    /// All that is known of it.
    fn encode(&self) -> Tree;

    /// The value of a field; `None` when what is decoded without the field is the same.
    fn field(&self) -> Option<Tree> {
        Some(self.encode()).filter(|tree| !tree.is_nothing())
    }
}

/// A struct with the fields of the same object in the Kubernetes API.
pub(crate) fn record(fields: &impl Fields) -> Tree {
    let mut entries = Vec::new();
    fields.give(&mut entries);
    Tree::Map(entries)
}

/// Pairs as a map.
pub(crate) fn map<'p, T: Encode + 'p>(pairs: impl IntoIterator<Item = &'p (SmolStr, T)>) -> Tree {
    Tree::Map(pairs.into_iter().map(|(key, value)| (key.clone(), value.encode())).collect())
}

impl<T: Encode> Encode for Option<T> {
    fn encode(&self) -> Tree {
        self.as_ref().map_or(Tree::Map(Vec::new()), T::encode)
    }

    fn field(&self) -> Option<Tree> {
        self.as_ref().map(T::encode)
    }
}

impl<T: Encode> Encode for Box<T> {
    fn encode(&self) -> Tree {
        T::encode(self)
    }
}

impl<T: Encode> Encode for Box<[T]> {
    fn encode(&self) -> Tree {
        Tree::List(self.iter().map(T::encode).collect())
    }
}

impl Encode for bool {
    fn encode(&self) -> Tree {
        Tree::Bool(*self)
    }
}

impl Encode for i64 {
    fn encode(&self) -> Tree {
        Tree::Int(*self)
    }
}

impl Encode for SmolStr {
    fn encode(&self) -> Tree {
        Tree::Text(self.clone())
    }
}

impl Encode for StringMap {
    fn encode(&self) -> Tree {
        map(self.pairs())
    }
}

impl Encode for IntOrString {
    fn encode(&self) -> Tree {
        match self {
            Self::Int(number) => Tree::Int(*number),
            Self::Str(text) => Tree::Text(text.clone()),
        }
    }
}

impl Encode for Present {
    fn encode(&self) -> Tree {
        mark(mark::PRESENT)
    }
}

impl Encode for Scalar {
    fn encode(&self) -> Tree {
        Tree::Text(self.0.clone())
    }
}

impl<T: Encode> Encode for Unchecked<T> {
    fn encode(&self) -> Tree {
        self.0.encode()
    }
}

impl Encode for crate::duration::Duration {
    fn encode(&self) -> Tree {
        // The empty text is no duration either.
        Tree::Text(self.nanoseconds.map_or(SmolStr::default(), |number| format_smolstr!("{number}ns")))
    }
}
