//! Credentials among the arguments of programs.

use crate::judged::CredentialKind;
use crate::{by_name, judge, placeholder};

/// An argument that holds a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argument {
    /// Its number in the list.
    pub index: usize,
    /// What makes it one.
    pub kind: CredentialKind,
}

/// The arguments of `list` that hold a credential: by their own form, behind a flag that is named like one, or as the flag of a
/// well-known program. An argument with spaces in it is a script.
pub fn judge_arguments<'t>(list: impl IntoIterator<Item = &'t str>) -> Vec<Argument> {
    let mut whole = Reader::default();
    list.into_iter()
        .enumerate()
        .filter_map(|(index, text)| {
            let by_flag = whole.read(text);
            let look = judge("", text);
            look.credential().or(by_flag).or_else(|| in_script(text)).map(|kind| Argument { index, kind })
        })
        .collect()
}

/// A credential in the words of a script: of each of its commands, since `-p` is a password to some programs only.
fn in_script(text: &str) -> Option<CredentialKind> {
    if !text.contains(char::is_whitespace) {
        return None;
    }
    let mut reader = Reader::default();
    let mut goes_on = false;
    text.split(['\n', ';', '|', '&']).find_map(|command| {
        if !goes_on {
            reader = Reader::default();
        }
        goes_on = command.ends_with('\\');
        let words = command.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '(' | ')' | '`'));
        words.filter(|word| !word.is_empty()).find_map(|word| reader.read(word))
    })
}

/// Reads words one by one.
#[derive(Clone, Copy, Default)]
struct Reader<'t> {
    program: Program,
    /// The flag before, when it has no value in itself.
    flag: Option<&'t str>,
}

/// Programs whose short flags take a password.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Program {
    #[default]
    Other,
    /// `-u user:password`
    Curl,
    /// `-ppassword`
    Mysql,
    /// `-a password`
    Redis,
    /// `-p password`
    Password,
}

impl<'t> Reader<'t> {
    fn read(&mut self, word: &'t str) -> Option<CredentialKind> {
        let before = self.flag.take();
        let program = match word.rsplit('/').next().unwrap_or(word) {
            "curl" => Some(Program::Curl),
            "mysql" | "mysqldump" | "mysqladmin" | "mariadb" | "mariadb-dump" | "mariadb-admin" => {
                Some(Program::Mysql)
            }
            "redis-cli" => Some(Program::Redis),
            "sshpass" => Some(Program::Password),
            _ => None,
        };
        if let Some(program) = program {
            self.program = program;
            return None;
        }
        if let Some(flag) = before.filter(|_| !word.starts_with('-')) {
            let named = by_name(flag, word).and_then(|look| match look {
                crate::Look::Credential(kind) => Some(kind),
                _ => None,
            });
            return named.or_else(|| self.after(flag, word));
        }
        if word.starts_with('-') && !word.contains('=') {
            self.flag = Some(word).filter(|flag| !flag.contains('$'));
            let glued = word.strip_prefix("-p").filter(|_| self.program == Program::Mysql);
            return glued.filter(|password| is_written(password)).map(|_| CredentialKind::Named);
        }
        None
    }

    fn after(self, flag: &str, word: &str) -> Option<CredentialKind> {
        let is_password = match (self.program, flag) {
            (Program::Curl, "-u" | "--user") => {
                word.split_once(':').is_some_and(|(_, password)| is_written(password))
            }
            (Program::Redis, "-a") | (Program::Password, "-p") => is_written(word),
            _ => false,
        };
        is_password.then_some(CredentialKind::Named)
    }
}

/// Whether it stands there itself, and not a variable for it.
fn is_written(password: &str) -> bool {
    !password.is_empty() && !password.contains('$') && placeholder::find(password).is_none()
}

#[cfg(test)]
mod tests {
    use super::judge_arguments;

    #[test]
    fn arguments_that_hold_credentials() {
        let table: &[(&[&str], &[usize])] = &[
            (&["run", "--password=Xk39vQ2nL", "--port=80"], &[1]),
            (&["run", "--password", "Xk39vQ2nL"], &[2]),
            (&["run", "--password", "$(PASSWORD)", "--token-file", "a9sd8f7a9sd8f7"], &[]),
            (&["run", "--password-stdin", "Xk39vQ2nL", "-v"], &[]),
            (&["sh", "-c", "mysql -uroot -pXk39vQ2nL shop"], &[2]),
            (&["mysqladmin", "ping", "-pXk39vQ2nL"], &[2]),
            (&["sh", "-c", "mysql -uroot -p$MYSQL_PASSWORD shop"], &[]),
            (&["curl", "-u", "shop:Xk39vQ2nL", "https://shop.example"], &[2]),
            (&["curl", "-u", "shop:${PASSWORD}", "https://shop.example"], &[]),
            (&["mkdir", "-p", "folder"], &[]),
            (&["sh", "-c", "export PASSWORD=Xk39vQ2nL; run"], &[2]),
            (&["sh", "-c", "export PASSWORD=$(cat /run/password); run"], &[]),
            (&["sh", "-c", "redis-cli -a Xk39vQ2nL ping"], &[2]),
            (&["sh", "-c", "mysql -e 'show tables'\nsu -p -c \"run -port 80\""], &[]),
            (&["sh", "-c", "mysql -e 'show tables'; mkdir -pv folder && redis-cli ping | nc -a host"], &[]),
            (&["sh", "-c", "mysql -uroot \\\n  -pXk39vQ2nL shop"], &[2]),
            (&["sh", "-c", "sleep 1\nmysql -uroot -pXk39vQ2nL"], &[2]),
        ];
        for (list, expected) in table {
            let found: Vec<usize> =
                judge_arguments(list.iter().copied()).iter().map(|found| found.index).collect();
            assert_eq!(found, *expected, "{list:?}");
        }
    }
}
