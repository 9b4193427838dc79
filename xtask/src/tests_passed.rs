//! Adding up what `cargo test` prints.

/// How many lines of what a failed test said are told again.
const TOLD_AGAIN: usize = 12;

/// How many tests there were, over all test programs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub passed: u64,
    pub failed: u64,
    pub ignored: u64,
}

/// What tests said that failed: told again at the end, as thousands of lines come between.
#[derive(Debug, Default)]
pub(crate) struct Failures {
    pub lines: Vec<String>,
    left: usize,
}

impl Failures {
    /// Keeps the line if it is one of the first of what a failed test said.
    pub(crate) fn add_line(&mut self, line: &str) {
        let begins = line.starts_with("---- ") && line.ends_with(" ----");
        if begins {
            self.left = TOLD_AGAIN;
        } else if line.starts_with("stack backtrace:") || line.starts_with("test result: ") {
            self.left = 0;
        }
        if self.left > 0 && !line.is_empty() {
            self.left -= 1;
            self.lines.push(line.to_owned());
        }
    }
}

impl Counts {
    /// Adds what a line says when it is the result line of a test program; other lines are none of its business.
    pub(crate) fn add_line(&mut self, line: &str) {
        let Some((_, counts)) = line.strip_prefix("test result: ").and_then(|result| result.split_once(". "))
        else {
            return;
        };
        for count in counts.split("; ") {
            match count.split_once(' ') {
                Some((number, "passed")) => self.passed += number.parse::<u64>().unwrap_or_default(),
                Some((number, "failed")) => self.failed += number.parse::<u64>().unwrap_or_default(),
                Some((number, "ignored")) => self.ignored += number.parse::<u64>().unwrap_or_default(),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Counts, Failures};

    #[test]
    fn result_lines_of_all_test_programs_are_added_up() {
        let mut counts = Counts::default();
        for line in [
            "running 3 tests",
            "test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "test result: FAILED. 40 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 55.26s",
            "test 5 passed; 1 failed ... ok",
        ] {
            counts.add_line(line);
        }
        assert_eq!(counts, Counts { passed: 42, failed: 3, ignored: 1 });
    }

    #[test]
    fn what_failed_tests_said_is_kept_without_their_stacks() {
        let mut failures = Failures::default();
        for line in [
            "---- a stdout ----",
            "",
            "thread 'a' panicked at src/lib.rs:1:1:",
            "one and one is three",
            "stack backtrace:",
            "   0: core::panicking::panic_fmt",
            "---- b stdout ----",
            "Error: nothing",
            "test result: FAILED. 0 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "     Running tests/next.rs",
        ] {
            failures.add_line(line);
        }
        let kept = ["---- a stdout ----", "thread 'a' panicked at src/lib.rs:1:1:", "one and one is three"];
        assert_eq!(failures.lines, [&kept[..], &["---- b stdout ----", "Error: nothing"]].concat());
    }
}
