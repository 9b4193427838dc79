//! What is wrong with credentials, without a word of them.

use kube::client::AuthError;

/// What is wrong. What a program printed in place of credentials, or the text that holds them, is not quoted; what it wrote as
/// its error is.
pub(crate) fn wrong(error: &AuthError) -> String {
    match error {
        AuthError::AuthExecRun { cmd, out } => {
            let said = String::from_utf8_lossy(&out.stderr);
            let last = said.lines().rev().map(str::trim).find(|line| !line.is_empty());
            let said = last.map(|line| format!(": {line}")).unwrap_or_default();
            format!("the program that gives them, `{cmd}`, failed ({}){said}", out.status)
        }
        AuthError::AuthExecParse(_) => {
            "the program that gives them does not print an ExecCredential".to_owned()
        }
        AuthError::ParseTokenKey(_) => "the program that gives them prints something else".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn what_a_plugin_prints_is_not_shown() {
        let out = Command::new("sh")
            .args(["-c", "echo PLANTED; echo warning >&2; echo 'not logged in' >&2; echo >&2; exit 3"])
            .output()
            .unwrap();
        let error = AuthError::AuthExecRun { cmd: "sh".to_owned(), out: Box::new(out) };
        assert_eq!(
            wrong(&error),
            "the program that gives them, `sh`, failed (exit status: 3): not logged in"
        );
    }
}
