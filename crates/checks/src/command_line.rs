//! What a container runs, as far as its manifest says: programs and their arguments, in exec form and in shell scripts.
//!
//! The words of a script are found the way a shell finds them, as far as checks need: quotes are dropped, comments skipped.
//! A program that is hidden by variables or encoding is not found.

use seawall_inventory::ContainerView;
use seawall_yaml::Path;

/// One program with its arguments.
#[derive(Debug)]
pub(crate) struct Command<'s> {
    /// Program and arguments, without quotes. Never print them whole: arguments hold credentials.
    pub words: Vec<&'s str>,
    /// The field it stands in.
    field: &'static str,
    /// The item of the field that is a script it stands in; `None` for the whole field, in exec form.
    item: Option<usize>,
    /// How it is tied to the one before it.
    pub tie: Tie,
}

/// How a command is tied to the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tie {
    /// Not at all.
    None,
    /// It reads what the other writes: `a | b`.
    Pipe,
    /// The other gets what it writes: `a $(b)`, `a <(b)`.
    Substitution,
}

/// All commands of `command` and `args`: the whole as one, then those of every script in it.
pub(crate) fn commands<'s>(container: &ContainerView<'s>) -> Vec<Command<'s>> {
    let own = container.container;
    let Some(first) = own.command.first().or(own.args.first()) else { return Vec::new() };
    let field = if own.command.is_empty() { "args" } else { "command" };
    let words: Vec<&str> = own.command.iter().chain(&own.args).map(|word| word.as_str()).collect();
    // `sh -c "a b"` is a shell that runs a script; what matters is the script.
    let exec = (!is_shell(first) || words.len() == 1).then_some(Command {
        words,
        field,
        item: None,
        tie: Tie::None,
    });
    let mut commands: Vec<Command<'s>> = exec.into_iter().collect();
    for (field, list) in [("command", &own.command), ("args", &own.args)] {
        for (index, text) in list.iter().enumerate().filter(|(_, text)| text.contains([' ', '\n', ';', '|']))
        {
            script(text, field, index, &mut commands);
        }
    }
    commands
}

impl<'s> Command<'s> {
    /// Where it stands in `container`: the field in exec form, the item with the script otherwise.
    pub(crate) fn path(&self, container: &ContainerView<'_>) -> Path {
        let field = container.path(self.field);
        match self.item {
            Some(item) => field.index(item),
            None => field,
        }
    }

    /// A command by itself, for tests.
    #[cfg(test)]
    pub(crate) fn of(words: Vec<&'s str>) -> Self {
        Self { words, field: "args", item: None, tie: Tie::None }
    }

    /// The words from the program on, without what only wraps it: assignments, `exec`, `env`, `sudo` and their options.
    pub(crate) fn unwrapped(&self) -> &[&'s str] {
        let wraps = |word: &&str| {
            matches!(base_name(word), "exec" | "env" | "nohup" | "command" | "time" | "sudo" | "doas")
                || word.starts_with('-')
                || word.split_once('=').is_some_and(|(name, _)| name.bytes().all(is_name_byte))
        };
        let start = self.words.iter().position(|word| !wraps(word)).unwrap_or(self.words.len());
        self.words.get(start..).unwrap_or_default()
    }

    /// The program's name, without its folder.
    pub(crate) fn program(&self) -> &'s str {
        self.unwrapped().first().map_or("", |word| base_name(word))
    }

    /// Its arguments.
    pub(crate) fn arguments(&self) -> &[&'s str] {
        self.unwrapped().get(1..).unwrap_or_default()
    }
}

/// Whether it is a program that runs what it reads: a shell, or the interpreter of a language.
pub(crate) fn is_interpreter(program: &str) -> bool {
    is_shell(program)
        || matches!(base_name(program), "python" | "python2" | "python3" | "perl" | "ruby" | "node" | "php")
}

/// Whether it is a shell.
pub(crate) fn is_shell(program: &str) -> bool {
    matches!(base_name(program), "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh" | "busybox")
}

/// The last part of a path.
pub(crate) fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Adds the commands of a script.
fn script<'s>(text: &'s str, field: &'static str, item: usize, commands: &mut Vec<Command<'s>>) {
    let mut words: Vec<&'s str> = Vec::new();
    let mut tie = Tie::None;
    let mut rest = text;
    let mut finish = |words: &mut Vec<&'s str>, tie: Tie| {
        if !words.is_empty() {
            commands.push(Command { words: std::mem::take(words), field, item: Some(item), tie });
        }
    };
    while let Some(c) = rest.chars().next() {
        if let Some(after) = ["$(", "<(", "`"].iter().find_map(|open| rest.strip_prefix(open)) {
            finish(&mut words, tie);
            (tie, rest) = (Tie::Substitution, after);
        } else if rest.starts_with("||") {
            finish(&mut words, tie);
            (tie, rest) = (Tie::None, rest.get(2..).unwrap_or_default());
        } else if c == '|' {
            finish(&mut words, tie);
            (tie, rest) = (Tie::Pipe, rest.get(1..).unwrap_or_default());
        } else if matches!(c, ';' | '&' | '\n' | '(' | ')' | '{' | '}') {
            finish(&mut words, tie);
            (tie, rest) = (Tie::None, rest.get(1..).unwrap_or_default());
        } else if c == '#' {
            rest = rest.find('\n').and_then(|end| rest.get(end..)).unwrap_or_default();
        } else if c.is_whitespace() || matches!(c, '"' | '\'' | '\\') {
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        } else {
            let end = word_end(rest);
            let (word, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
            words.push(word);
            rest = after;
        }
    }
    finish(&mut words, tie);
}

/// Where the word at the start of `text` ends: at white space, a quote or an operator. It has a character at least.
fn word_end(text: &str) -> usize {
    let first = text.chars().next().map_or(0, char::len_utf8);
    let tail = text.get(first..).unwrap_or_default();
    let at_end = |c: char| {
        c.is_whitespace() || matches!(c, '"' | '\'' | '`' | ';' | '&' | '|' | '(' | ')' | '<' | '>')
    };
    first + tail.find(at_end).unwrap_or(tail.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_commands_of_a_script() {
        type Expected<'t> = &'t [(&'t [&'t str], Tie)];
        let table: &[(&str, Expected<'_>)] = &[
            ("a b; c", &[(&["a", "b"], Tie::None), (&["c"], Tie::None)]),
            ("a | b || c", &[(&["a"], Tie::None), (&["b"], Tie::Pipe), (&["c"], Tie::None)]),
            ("a \"$(b 'c d')\"", &[(&["a"], Tie::None), (&["b", "c", "d"], Tie::Substitution)]),
            ("a <(b)", &[(&["a"], Tie::None), (&["b"], Tie::Substitution)]),
            ("# a | b\nc # d", &[(&["c"], Tie::None)]),
            (
                "a >/dev/null 2>&1 && b",
                &[(&["a", ">/dev/null", "2", ">"], Tie::None), (&["1"], Tie::None), (&["b"], Tie::None)],
            ),
            ("é\u{301} «x»", &[(&["é\u{301}", "«x»"], Tie::None)]),
            ("", &[]),
        ];
        for (text, expected) in table {
            let mut commands = Vec::new();
            script(text, "args", 0, &mut commands);
            let found: Vec<(&[&str], Tie)> =
                commands.iter().map(|command| (command.words.as_slice(), command.tie)).collect();
            assert_eq!(found, *expected, "{text}");
        }
    }

    #[test]
    fn looks_through_what_wraps_a_program() {
        for (words, program) in [
            (&["/usr/bin/curl", "-s"][..], "curl"),
            (&["exec", "env", "A=b", "sudo", "-E", "bash"], "bash"),
            (&["A=b"], ""),
            (&["/opt/a=b/run", "c"], "run"),
            (&["A_1=b", "run"], "run"),
        ] {
            let command = Command::of(words.to_vec());
            assert_eq!(command.program(), program, "{words:?}");
        }
    }
}
