//! Texts that are kept so that lines of them can be shown.

use std::fmt;
use std::sync::Arc;

use seawall_yaml::Document;

/// A text that was read. It can be packed, which leaves a small part of it in memory.
#[derive(Clone)]
pub struct Text(Form);

#[derive(Clone)]
enum Form {
    /// With those of its documents that are kept for who looks for lines.
    Plain(Arc<str>, Arc<[Document]>),
    /// LZ4, behind the length of the text.
    Packed(Arc<[u8]>),
}

impl Text {
    /// A text and documents of it, in order.
    pub(crate) fn parsed(text: Arc<str>, documents: Vec<Document>) -> Self {
        Self(Form::Plain(text, documents.into()))
    }

    /// The text.
    pub fn get(&self) -> Arc<str> {
        match &self.0 {
            Form::Plain(text, _) => Arc::clone(text),
            Form::Packed(packed) => {
                let bytes = lz4_flex::decompress_size_prepended(packed).unwrap_or_default();
                // It was packed here, and comes back as it was.
                String::from_utf8(bytes).unwrap_or_default().into()
            }
        }
    }

    /// The document numbered `index`, if it is kept: else it has to be parsed again.
    pub fn document(&self, index: usize) -> Option<&Document> {
        let found = self.documents().binary_search_by_key(&index, |document| document.index).ok()?;
        self.documents().get(found)
    }

    /// The documents that are kept.
    pub fn documents(&self) -> &[Document] {
        match &self.0 {
            Form::Plain(_, documents) => documents,
            Form::Packed(_) => &[],
        }
    }

    /// The text without its documents.
    #[must_use]
    pub fn unparsed(self) -> Self {
        match self.0 {
            Form::Plain(text, _) => text.into(),
            packed @ Form::Packed(_) => Self(packed),
        }
    }

    /// The text packed, unless it takes no less room so. Its documents are not kept.
    #[must_use]
    pub fn packed(self) -> Self {
        let Form::Plain(text, _) = self.0 else { return self };
        let packed = lz4_flex::compress_prepend_size(text.as_bytes());
        if packed.len() < text.len() { Self(Form::Packed(packed.into())) } else { text.into() }
    }
}

impl From<Arc<str>> for Text {
    fn from(text: Arc<str>) -> Self {
        Self::parsed(text, Vec::new())
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Arc::<str>::from(text).into()
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl Eq for Text {}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_back() {
        let long = "- name: straße\n".repeat(1000);
        for text in ["", "a", "a: b\n", &long] {
            let packed = Text::from(text).packed();
            assert_eq!(&*packed.get(), text);
            assert_eq!(packed, Text::from(text));
        }
        let Form::Packed(bytes) = Text::from(&*long).packed().0 else { panic!("it repeats") };
        assert!(bytes.len() < long.len() / 10);
        assert!(matches!(Text::from("a").packed().0, Form::Plain(..)), "as small as it gets");
    }
}
