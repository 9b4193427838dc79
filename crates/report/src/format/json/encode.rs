//! JSON that is safe to show on a terminal too.

use std::io;

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};

use crate::plain::{is_plain, is_unsafe};

/// How JSON is laid out.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Layout {
    /// Indented.
    Pretty,
    /// On one line.
    Compact,
}

/// Writes `value`. Characters that a terminal acts on, or that reorder text, are written as `\u…`: the value is the same.
pub(crate) fn write(value: &impl Serialize, layout: Layout, to: &mut dyn io::Write) -> io::Result<()> {
    let written = match layout {
        Layout::Pretty => {
            let formatter = Escaping(PrettyFormatter::new());
            value.serialize(&mut serde_json::Serializer::with_formatter(to, formatter))
        }
        Layout::Compact => {
            let formatter = Escaping(CompactFormatter);
            value.serialize(&mut serde_json::Serializer::with_formatter(to, formatter))
        }
    };
    // Nothing here fails to serialize; what is left are errors of the writer, with their kind.
    written.map_err(io::Error::from)
}

struct Escaping<F>(F);

macro_rules! forward {
    ($($name:ident($($argument:ident: $kind:ty),*);)*) => {
        $(fn $name<W: ?Sized + io::Write>(&mut self, writer: &mut W $(, $argument: $kind)*) -> io::Result<()> {
            self.0.$name(writer $(, $argument)*)
        })*
    };
}

impl<F: Formatter> Formatter for Escaping<F> {
    forward! {
        begin_array();
        end_array();
        begin_array_value(first: bool);
        end_array_value();
        begin_object();
        end_object();
        begin_object_key(first: bool);
        end_object_key();
        begin_object_value();
        end_object_value();
    }

    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if is_plain(fragment) {
            return writer.write_all(fragment.as_bytes());
        }
        let mut rest = fragment;
        while let Some((at, character)) = rest.char_indices().find(|(_, character)| is_unsafe(*character)) {
            let (before, behind) = rest.split_at(at);
            writer.write_all(before.as_bytes())?;
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = behind.get(character.len_utf8()..).unwrap_or_default();
        }
        writer.write_all(rest.as_bytes())
    }
}
