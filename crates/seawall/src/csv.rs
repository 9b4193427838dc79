//! Tables for spreadsheets (RFC 4180).

use seawall_report::plain;

/// Rows of cells. What a spreadsheet would take for a formula begins with `'`: names in manifests are anybody's.
#[derive(Default)]
pub(crate) struct Csv(String);

impl Csv {
    /// A table with a heading.
    pub(crate) fn new(heading: &[&str]) -> Self {
        let mut csv = Self::default();
        csv.row(heading.iter().copied());
        csv
    }

    /// Adds a row.
    pub(crate) fn row<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) {
        for (number, cell) in cells.into_iter().enumerate() {
            if number > 0 {
                self.0.push(',');
            }
            self.cell(&plain(cell.as_ref()));
        }
        self.0.push_str("\r\n");
    }

    fn cell(&mut self, text: &str) {
        let is_formula = text.starts_with(['=', '+', '-', '@']);
        let text = if is_formula { format!("'{text}") } else { text.to_owned() };
        if text.contains(['"', ',', '\'']) {
            self.0.push_str(&format!("\"{}\"", text.replace('"', "\"\"")));
        } else {
            self.0.push_str(&text);
        }
    }

    /// The text.
    pub(crate) fn done(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Csv;

    #[test]
    fn cells_are_quoted_and_no_formulas() {
        let mut csv = Csv::new(&["a", "b"]);
        csv.row(["=1+1", "say \"x\", twice"]);
        csv.row(["@cmd", "line\nbreak"]);
        assert_eq!(csv.done(), "a,b\r\n\"'=1+1\",\"say \"\"x\"\", twice\"\r\n\"'@cmd\",line break\r\n");
    }
}
