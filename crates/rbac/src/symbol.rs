//! Strings as numbers, and lists of them: rules of a large cluster say the same few thousand words again and again.

use foldhash::HashMap;
use smol_str::SmolStr;

/// A string that some rule, subject or namespace is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Symbol(u32);

impl Symbol {
    pub fn number(self) -> u32 {
        self.0
    }
}

/// A list of strings, as rules hold them: in this order, with repetitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ListId(u32);

/// All strings and lists.
#[derive(Debug, Default)]
pub(crate) struct Symbols {
    numbers: HashMap<SmolStr, Symbol>,
    strings: Vec<SmolStr>,
    lists: Vec<Box<[Symbol]>>,
    list_numbers: HashMap<Box<[Symbol]>, ListId>,
}

impl Symbols {
    /// The number of a string, which it gets when it has none yet. 2³² of them do not fit into memory.
    pub fn add(&mut self, text: &SmolStr) -> Symbol {
        if let Some(known) = self.numbers.get(text) {
            return *known;
        }
        let symbol = Symbol(u32::try_from(self.strings.len()).unwrap_or(u32::MAX));
        self.strings.push(text.clone());
        self.numbers.insert(text.clone(), symbol);
        symbol
    }

    /// Like [`Symbols::add`], of a text that is mostly known.
    pub fn add_text(&mut self, text: &str) -> Symbol {
        match self.find(text) {
            Some(known) => known,
            None => self.add(&SmolStr::new(text)),
        }
    }

    /// The number of a string that some rule, subject or namespace is.
    pub fn find(&self, text: &str) -> Option<Symbol> {
        self.numbers.get(text).copied()
    }

    /// The string of a number.
    pub fn text(&self, symbol: Symbol) -> &str {
        self.strings.get(symbol.0 as usize).map_or("", SmolStr::as_str)
    }

    /// The number of a list.
    pub fn add_list(&mut self, texts: &[SmolStr]) -> ListId {
        let symbols: Box<[Symbol]> = texts.iter().map(|text| self.add(text)).collect();
        if let Some(known) = self.list_numbers.get(&symbols) {
            return *known;
        }
        let id = ListId(u32::try_from(self.lists.len()).unwrap_or(u32::MAX));
        self.lists.push(symbols.clone());
        self.list_numbers.insert(symbols, id);
        id
    }

    /// The strings of a list.
    pub fn list(&self, id: ListId) -> &[Symbol] {
        self.lists.get(id.0 as usize).map_or(&[], |list| list)
    }
}
