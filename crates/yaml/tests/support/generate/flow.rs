//! Collections in brackets: those of YAML, and JSON.

use super::grammar::Generator;
use super::words::{KEYS, WORDS};

impl Generator {
    pub(super) fn flow(&mut self, depth: usize) {
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

    pub(super) fn flow_mapping(&mut self, depth: usize) {
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

    pub(super) fn json(&mut self, depth: usize) {
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

    pub(super) fn json_object(&mut self, depth: usize) {
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
