//! YAML and JSON as kubectl understands them: a spanned tree, its problems, and edits that keep comments and layout.
//!
//! ```
//! use seawall_yaml::{Limits, parse};
//!
//! let stream = parse(b"kind: Pod\nspec:\n  hostNetwork: yes\n", &Limits::default());
//! let document = &stream.documents[0];
//! let node = document.get(&"spec.hostNetwork".parse()?).ok_or("no such field")?;
//! assert_eq!(node.as_bool(), Some(true));
//! assert_eq!(node.span().slice(&stream.text), "yes");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The meaning is that of kubectl 1.36: what a text means is a security boundary, and a reader that takes `yes` for a
//! string where kubectl takes it for `true` can be deceived.

mod comment;
mod compose;
pub mod de;
mod edit;
mod json;
mod limits;
mod parser;
mod path;
mod problem;
mod scalar;
mod scanner;
mod span;
mod steps;
mod stream;
mod tree;

pub use comment::{Comment, comments};
pub use edit::{Edit, EditError, EditValue, apply};
pub use limits::Limits;
pub use path::{Path, PathError, PathPool, Segment};
pub use problem::{Problem, ProblemKind, Severity};
pub use scanner::Style;
pub use span::{LineIndex, Position, Span};
pub use stream::{Stream, parse};
pub use tree::{Document, Entries, Format, Items, Located, Node, Value, WrittenEntries, WrittenEntry};
