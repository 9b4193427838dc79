//! Tables for a terminal.

use anstyle::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

const HEADER: Style = Style::new().dimmed();
const BETWEEN_COLUMNS: usize = 2;

/// Rows with aligned columns; the last column is cut off where the terminal ends.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with a heading.
    pub(crate) fn new<const N: usize>(heading: [&str; N]) -> Self {
        let mut table = Self { rows: Vec::new() };
        table.row(heading);
        table
    }

    /// A table with as many columns as its heading.
    pub(crate) fn of(heading: Vec<String>) -> Self {
        Self { rows: vec![heading] }
    }

    /// Adds a row with as many cells as the heading.
    pub(crate) fn add(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// Adds a row.
    pub(crate) fn row<const N: usize>(&mut self, cells: [&str; N]) {
        self.rows.push(cells.map(str::to_owned).into());
    }

    /// The table as lines of at most `width` columns, as far as that can be had by cutting the last column.
    pub(crate) fn render(&self, width: usize) -> String {
        let columns = self.rows.first().map_or(0, Vec::len);
        let widths: Vec<usize> = (0..columns)
            .map(|column| self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max())
            .map(Option::unwrap_or_default)
            .collect();
        let mut text = String::new();
        for (index, row) in self.rows.iter().enumerate() {
            let mut line = String::new();
            let mut at = 0;
            for (column, (cell, cell_width)) in row.iter().zip(&widths).enumerate() {
                if column + 1 == columns {
                    line.push_str(&cut(cell, width.saturating_sub(at)));
                } else {
                    line.push_str(cell);
                    line.push_str(&" ".repeat(cell_width - cell.width() + BETWEEN_COLUMNS));
                    at += cell_width + BETWEEN_COLUMNS;
                }
            }
            let line = line.trim_end();
            if index == 0 {
                text.push_str(&format!("{HEADER}{line}{HEADER:#}\n"));
            } else {
                text.push_str(line);
                text.push('\n');
            }
        }
        text
    }
}

/// `text`, cut to `width` columns with `…` at the end.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut room = width.saturating_sub(1);
    let mut short = String::new();
    for character in text.chars() {
        let needed = character.width().unwrap_or(0);
        if needed > room {
            break;
        }
        room -= needed;
        short.push(character);
    }
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn aligns_columns_and_cuts_the_last() {
        let mut table = Table::new(["A", "B"]);
        table.row(["wide cell", "a long last cell"]);
        table.row(["日本", "short"]);
        let text = anstream::adapter::strip_str(&table.render(20)).to_string();
        assert_eq!(text, "A          B\nwide cell  a long l…\n日本       short\n");
    }
}
