//! Awkward YAML: streams of documents, block collections and scalars.

use super::Random;
use super::words::{KEYS, WORDS};

pub(super) struct Generator {
    pub(super) random: Random,
    /// Only what YAML parsers usually agree on.
    pub(super) tame: bool,
    pub(super) out: String,
}

impl Generator {
    pub(super) fn new(seed: u64) -> Generator {
        Generator { random: Random::seeded(seed), tame: false, out: String::new() }
    }

    pub(super) fn documents(&mut self) {
        if self.random.chance(15) {
            let start = self.random.pick(&[
                "---\n",
                "# c\n",
                "--- # c\n",
                "\n",
                "%YAML 1.1\n---\n",
                "---\n---\n",
                "{}\n---\n",
            ]);
            self.out.push_str(start);
        }
        loop {
            match self.random.below(20) {
                0 => {
                    self.flow(0);
                    self.out.push('\n');
                }
                1 => {
                    let scalar = self.scalar(0);
                    self.out.push_str(&scalar);
                    self.out.push('\n');
                }
                2 | 3 => self.block_sequence(0, 0, false),
                _ => self.block_mapping(0, 0, false),
            }
            if !self.random.chance(20) {
                return;
            }
            let separator = self.random.pick(&[
                "---\n",
                "--- \n",
                "--- # c\n",
                "...\n",
                "...\n---\n",
                "---x\n",
                "---\n\n---\n",
                "--- x\n",
                " ---\n",
                "----\n",
                "... x\n",
            ]);
            self.out.push_str(separator);
        }
    }

    pub(super) fn indent(&mut self, columns: usize) {
        self.out.extend(std::iter::repeat_n(' ', columns));
    }

    fn end_line(&mut self) {
        if self.random.chance(6) {
            self.out.push_str(" # comment");
        }
        self.out.push('\n');
        if self.random.chance(4) {
            self.out.push('\n');
        }
        if self.random.chance(4) {
            let columns = self.random.below(5);
            self.indent(columns);
            self.out.push_str("# comment\n");
        }
    }

    /// The node after `key:` or `-` at `column`, with the end of the line.
    fn value(&mut self, column: usize, depth: usize, in_sequence: bool) {
        if self.random.chance(if self.tame { 0 } else { 5 }) {
            let properties = self.random.pick(&[" &a", " &b", " !!map", " !x", " &a !!seq", " !!str"]);
            self.out.push_str(properties);
        }
        let kind = if depth > 4 { 10 } else { self.random.below(20) };
        match kind {
            0..3 => {
                self.end_line();
                let step = [1, 2, 2, 2, 4][self.random.below(5)];
                self.block_mapping(column + step, depth + 1, false);
            }
            3 | 4 => {
                self.end_line();
                let step = if in_sequence { 2 } else { [0, 0, 2, 2, 1][self.random.below(5)] };
                self.block_sequence(column + step, depth + 1, false);
            }
            5 if in_sequence => {
                self.out.push(' ');
                self.block_sequence(column + 2, depth + 1, true);
            }
            5..8 if in_sequence => {
                self.out.push(' ');
                self.block_mapping(column + 2, depth + 1, true);
            }
            8 => {
                self.out.push(' ');
                self.flow(depth + 1);
                self.end_line();
            }
            9 => self.block_scalar(column),
            11 if self.random.chance(50) => self.end_line(),
            _ => {
                let scalar = self.scalar(column + 1);
                self.out.push(' ');
                self.out.push_str(&scalar);
                self.end_line();
            }
        }
    }

    pub(super) fn block_mapping(&mut self, column: usize, depth: usize, first_inline: bool) {
        for index in 0..=self.random.below(4) {
            if index > 0 || !first_inline {
                self.indent(column);
            }
            let key = if self.tame || self.random.chance(60) {
                format!(
                    "{}{}",
                    ["k", "name", "a.b/c", "x-y", "é"][self.random.below(5)],
                    if self.random.chance(90) { index.to_string() } else { String::new() }
                )
            } else {
                self.random.pick(KEYS).to_owned()
            };
            self.out.push_str(&key);
            self.out.push_str(if self.random.chance(3) { " :" } else { ":" });
            self.value(column, depth, false);
        }
    }

    fn block_sequence(&mut self, column: usize, depth: usize, first_inline: bool) {
        for index in 0..=self.random.below(3) {
            if index > 0 || !first_inline {
                self.indent(column);
            }
            self.out.push('-');
            self.value(column, depth, true);
        }
    }

    fn block_scalar(&mut self, column: usize) {
        let header = if self.tame {
            self.random.pick(&[" |", " >", " |-", " >-", " |+"])
        } else {
            self.random.pick(&[
                " |", " >", " |-", " >+", " |2", " >1-", " |+3", " | # c", " |x", " |0", " >-", " |+",
            ])
        };
        self.out.push_str(header);
        self.out.push('\n');
        let step = [1, 2, 2, 4][self.random.below(4)];
        if self.tame {
            // Its indentation is that of the whole.
            self.indent(column + step);
            self.out.push_str("first\n");
        }
        for _ in 0..=self.random.below(4) {
            match self.random.below(if self.tame { 5 } else { 9 }) {
                0 => self.out.push('\n'),
                1 => {
                    self.indent(column + step + 2);
                    self.out.push_str("more\n");
                }
                5 => {
                    self.indent(column + step);
                    self.out.push_str("\ttab\n");
                }
                6 => {
                    let columns = self.random.below(4);
                    self.indent(columns);
                    self.out.push('\n');
                }
                7 => {
                    self.indent(column + step);
                    self.out.push_str("# no comment\n");
                }
                _ => {
                    self.indent(column + step);
                    let word = self.random.pick(&["line", "a: b", "- x", "trailing ", "\"q\"", "日本"]);
                    self.out.push_str(word);
                    self.out.push('\n');
                }
            }
        }
        if self.tame {
            self.indent(column + step);
            self.out.push_str("last\n");
        }
    }

    fn scalar(&mut self, column: usize) -> String {
        if self.tame {
            let indent = " ".repeat(column + 1);
            return match self.random.below(12) {
                0 => format!("'{}'", self.random.pick(&["it''s", "yes", "1", "", "a: b"])),
                1 => format!("\"{}\"", self.random.pick(&["a\\tb", "no", "2", "", "x # y"])),
                2 => format!("word{indent}word\n{indent}next"),
                3 => format!("\"two\n{indent}lines\""),
                _ => self
                    .random
                    .pick(&[
                        "yes", "1", "1.5", "true", "~", "abc", "a b c", "500m", "/x/y", "x:y", "0644", "-1",
                    ])
                    .to_owned(),
            };
        }
        self.random.pick(WORDS).to_owned()
    }
}
