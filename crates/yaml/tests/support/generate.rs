//! Seeded random documents: a grammar of awkward YAML and JSON, and mutations of what it gives.
#![allow(dead_code, reason = "each test uses a part")]
#![allow(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "tests stop at the first surprise"
)]

/// A small generator of random numbers (SplitMix64), the same on every machine.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// True in `percent` of the cases.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }

    pub fn pick<'p, T: ?Sized>(&mut self, pool: &[&'p T]) -> &'p T {
        pool[self.below(pool.len())]
    }
}

const WORDS: &[&str] = &[
    "a",
    "b",
    "kind",
    "Pod",
    "yes",
    "No",
    "on",
    "OFF",
    "y",
    "n",
    "Y",
    "~",
    "null",
    "Null",
    "true",
    "FALSE",
    "True",
    "tRue",
    "0",
    "1",
    "-1",
    "+1",
    "01",
    "08",
    "0o17",
    "0x1F",
    "0xg",
    "0b11",
    "-0b1",
    "0b-1",
    "1_000",
    "_1",
    "1__0",
    "1.0",
    "1.5",
    ".5",
    "-.5",
    "5.",
    "1e3",
    "1E+3",
    "1e",
    "e1",
    "1e400",
    "1e-400",
    ".inf",
    "-.INF",
    ".nan",
    "+.inf",
    ".",
    "..",
    "...x",
    "-",
    "--",
    "---x",
    "=",
    "<<",
    "<",
    "@x",
    "`x",
    "%x",
    "!x",
    "&x",
    "*x",
    "?x",
    ":x",
    "x:y",
    "x:",
    "a b",
    "a  b",
    "a#b",
    "a #b",
    "12:30:45",
    "1:2",
    "2001-01-01",
    "2001-01-01T00:00:00Z",
    "2001-1-1 1:1:1",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "0.1",
    "1e21",
    "123e18",
    "0xFFFFFFFFFFFFFFFF",
    "é",
    "日本",
    "a\u{a0}b",
    "\u{feff}x",
    "a\u{85}b",
    "a\u{2028}b",
    "500m",
    "1Gi",
    "http://x/y?z=1",
    "{{ .Values.x }}",
    "{{x}}",
    "a,b",
    "[",
    "]",
    "{",
    "}",
    "a]",
    "a}",
    "''",
    "\"\"",
    "' '",
    "\" \"",
    "'a''b'",
    "\"a\\n\"",
    "\"\\x41\\u00e9\\U0001F600\"",
    "\"\\/\"",
    "\"\\q\"",
    "\"a\\\n  b\"",
    "'a\n  b'",
    "\"a\n\n  b\"",
    "'yes'",
    "\"1\"",
    "\"<<\"",
    "!!str 1",
    "!!int \"1\"",
    "!!int x",
    "!!float 1",
    "!!float 1.5",
    "!!bool yes",
    "!!bool \"no\"",
    "!!null ''",
    "!!null x",
    "!!binary aGk=",
    "!!binary \"a\"",
    "!!timestamp 2001-01-01",
    "!!timestamp x",
    "!!str",
    "!!null",
    "!!int",
    "! 1",
    "! yes",
    "!foo 1",
    "!!merge <<",
    "!<tag:yaml.org,2002:str> 1",
    "!e!x y",
    "!!map x",
    "!!set x",
    "&a 1",
    "&b x",
    "*a",
    "*b",
    "&a",
    "&a !!str 1",
    "!!str &a 1",
    "&a &b x",
    "\\",
    "a\\b",
    "|",
    ">",
    "a: b",
    "- a",
    "? a",
    "\t",
    "a\tb",
    "#",
    "a'",
    "a\"b",
];

const KEYS: &[&str] = &[
    "a",
    "b",
    "c",
    "name",
    "kind",
    "spec",
    "\"a\"",
    "'b'",
    "1",
    "01",
    "1.0",
    "1.5",
    "true",
    "yes",
    "no",
    "~",
    "null",
    "<<",
    "\"<<\"",
    "<<",
    "!!str 1",
    "&k a",
    "*a",
    "2001-01-01",
    "a b",
    "é",
    "? a\n",
    ".inf",
    "1e6",
    "0x10",
    "''",
    "!!merge x",
    "[a]",
    "{a: b}",
    "a:b",
    "18446744073709551615",
    "- a",
    "!!binary YQ==",
    "=",
    "on",
];

pub struct Generator {
    pub random: Random,
    /// Only what YAML parsers usually agree on.
    pub tame: bool,
    out: String,
    anchors: usize,
}

/// A document or stream, mutated in some of the cases.
pub fn stream(seed: u64) -> Vec<u8> {
    let mut generator = Generator { random: Random::new(seed), tame: false, out: String::new(), anchors: 0 };
    generator.tame = generator.random.chance(40);
    if generator.random.chance(12) {
        generator.json(0);
        if generator.random.chance(40) {
            let between = generator.random.pick(&[
                "\n",
                "",
                " ",
                "\n---\n",
                "---\n",
                ",",
                "\nx: y\n---\n",
                "\n\n--- #\n",
            ]);
            generator.out.push_str(between);
            generator.json(0);
        }
    } else {
        generator.documents();
    }
    let mut text = std::mem::take(&mut generator.out);
    if generator.random.chance(45) {
        for _ in 0..=generator.random.below(3) {
            mutate(&mut text, &mut generator.random);
        }
    }
    encode(text, &mut generator.random)
}

/// A tame document whose root is a mapping.
pub fn tame_mapping(seed: u64) -> String {
    let mut generator = Generator { random: Random::new(seed), tame: true, out: String::new(), anchors: 0 };
    if generator.random.chance(10) {
        generator.json_object(0);
        return generator.out;
    }
    if generator.random.chance(10) {
        generator.flow_mapping(0);
        generator.out.push('\n');
    } else {
        generator.block_mapping(0, 0, false);
    }
    let mut text = generator.out;
    if generator.random.chance(15) {
        text = text.replace('\n', "\r\n");
    }
    if generator.random.chance(15) {
        text.truncate(text.trim_end().len());
    }
    text
}

fn encode(text: String, random: &mut Random) -> Vec<u8> {
    match random.below(40) {
        0 => ["\u{feff}", &text].concat().into_bytes(),
        1 => [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
        2 => [0xFE, 0xFF].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect(),
        3..6 => text.replace('\n', "\r\n").into_bytes(),
        6 => text.replace('\n', "\r").into_bytes(),
        7 => {
            let mut bytes = text.into_bytes();
            if !bytes.is_empty() {
                let at = random.below(bytes.len());
                bytes[at] = [0xFF, 0xC3, 0x80, 0x00, 0x07, 0xED, 0x7F][random.below(7)];
            }
            bytes
        }
        8 => text.trim_end().to_owned().into_bytes(),
        _ => text.into_bytes(),
    }
}

impl Generator {
    fn documents(&mut self) {
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
            self.anchors = 0;
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

    fn indent(&mut self, columns: usize) {
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

    fn block_mapping(&mut self, column: usize, depth: usize, first_inline: bool) {
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

    fn flow(&mut self, depth: usize) {
        if depth > 4 || self.random.chance(40) {
            let scalar = if self.tame {
                self.random.pick(&["yes", "1", "'q'", "\"d\"", "abc", "a b"]).to_owned()
            } else {
                self.random.pick(WORDS).to_owned()
            };
            self.out.push_str(&scalar);
        } else if self.random.chance(50) {
            self.flow_mapping(depth);
        } else {
            self.flow_sequence(depth);
        }
    }

    fn flow_sequence(&mut self, depth: usize) {
        self.out.push('[');
        let count = self.random.below(4);
        for index in 0..count {
            if index > 0 {
                self.flow_comma();
            }
            if !self.tame && self.random.chance(10) {
                let pair = self.random.pick(&["a: ", "? a : ", "? ", ": ", "\"x\":", "a:"]);
                self.out.push_str(pair);
            }
            self.flow(depth + 1);
        }
        self.flow_end(count, ']');
    }

    fn flow_mapping(&mut self, depth: usize) {
        self.out.push('{');
        let count = self.random.below(4);
        for index in 0..count {
            if index > 0 {
                self.flow_comma();
            }
            if self.tame {
                self.out.push_str(&format!("f{index}: "));
            } else {
                let key = self.random.pick(KEYS);
                self.out.push_str(key);
                let colon = self.random.pick(&[": ", ": ", ": ", ":", "", " : ", " "]);
                self.out.push_str(colon);
            }
            self.flow(depth + 1);
        }
        self.flow_end(count, '}');
    }

    fn flow_comma(&mut self) {
        let comma = if self.tame {
            self.random.pick(&[", ", ", ", ",\n     ", ","])
        } else {
            self.random.pick(&[", ", ", ", ",\n     ", ",", ",,", " # c\n     , ", ",\n"])
        };
        self.out.push_str(comma);
    }

    fn flow_end(&mut self, count: usize, bracket: char) {
        if count > 0 && self.random.chance(5) {
            self.out.push(',');
        }
        self.out.push(bracket);
    }

    fn json(&mut self, depth: usize) {
        if depth == 0 || depth < 4 && self.random.chance(40) {
            if depth == 0 || self.random.chance(60) {
                self.json_object(depth);
            } else {
                self.out.push('[');
                for index in 0..self.random.below(4) {
                    if index > 0 {
                        self.out.push(',');
                    }
                    self.json(depth + 1);
                }
                self.out.push(']');
            }
            return;
        }
        let tame = ["\"a\"", "1", "true", "null", "1.5", "\"\"", "-3"];
        let wild = [
            "\"a\\u00e9\"",
            "\"\\ud83d\\ude00\"",
            "\"\\ud83d\"",
            "\"\\udc00x\"",
            "1.0",
            "1e3",
            "1E400",
            "-0",
            "-0.0",
            "0.1e-7",
            "01",
            "1.",
            ".5",
            "+1",
            "tru",
            "nul",
            "'a'",
            "a",
            "\"\t\"",
            "\"\\x\"",
            "\"é\"",
            "12345678901234567890",
            "\"\\u0000\"",
            "9223372036854775807",
            "9223372036854775808",
            "\"a\n\"",
            "NaN",
            "//c",
            "\"\\/\"",
        ];
        let scalar = if self.tame || self.random.chance(70) {
            self.random.pick(&tame)
        } else {
            self.random.pick(&wild)
        };
        self.out.push_str(scalar);
    }

    fn json_object(&mut self, depth: usize) {
        let multi_line = self.random.chance(40);
        self.out.push('{');
        let count = self.random.below(4);
        for index in 0..count {
            if index > 0 {
                self.out.push(',');
            }
            if multi_line {
                self.out.push('\n');
                self.indent((depth + 1) * 2);
            }
            let key = if self.tame || self.random.chance(70) {
                format!("\"k{index}\"")
            } else {
                self.random.pick(&["\"a\"", "\"a\"", "\"\"", "\"\\u0061\"", "a"]).to_owned()
            };
            self.out.push_str(&key);
            self.out.push_str(if self.random.chance(50) { ": " } else { ":" });
            self.json(depth + 1);
        }
        if multi_line && count > 0 {
            self.out.push('\n');
            self.indent(depth * 2);
        }
        self.out.push('}');
    }
}

const INSERTS: &[&str] = &[
    " ", "  ", "\n", "\t", ":", ": ", "-", "- ", "?", "? ", ",", "[", "]", "{", "}", "#", " #", "&a", "*a",
    "!", "!!str ", "|", ">", "'", "\"", "%", "@", "\\", "---\n", "...\n", "\r", "\r\n", "<<: ", "\u{feff}",
    "\u{85}", "\u{2028}", "\n\n", "0", "é", "\n ", "\n\t", "\u{7f}", "=",
];

fn mutate(text: &mut String, random: &mut Random) {
    let boundary = |text: &str, at: usize| text.floor_char_boundary(at);
    let length = text.len();
    let at = boundary(text, random.below(length + 1));
    match random.below(8) {
        0..3 => text.insert_str(at, random.pick(INSERTS)),
        3 => {
            let end = boundary(text, (at + 1 + random.below(4)).min(length)).max(at);
            text.replace_range(at..end, "");
        }
        4 => {
            let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
            if lines.len() > 1 {
                let (left, right) = (random.below(lines.len()), random.below(lines.len()));
                lines.swap(left, right);
            }
            *text = lines.concat();
        }
        5 => {
            let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
            if !lines.is_empty() {
                let line = random.below(lines.len());
                if random.chance(50) {
                    lines[line].insert(0, ' ');
                } else if lines[line].starts_with(' ') {
                    lines[line].remove(0);
                } else {
                    let copy = lines[line].clone();
                    lines.insert(line, copy);
                }
            }
            *text = lines.concat();
        }
        6 => text.truncate(at),
        _ => {
            let end = boundary(text, (at + 8).min(length)).max(at);
            let piece = text[at..end].to_owned();
            let to = boundary(text, random.below(length + 1));
            text.insert_str(to, &piece);
        }
    }
}
