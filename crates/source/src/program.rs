//! Finding other programs, and what they get to know.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// Finds a program in the folders of a PATH. Relative ones are passed over: a program of that name may lie in what is
/// scanned.
pub(crate) fn find(name: &str, path: Option<&OsStr>) -> Option<PathBuf> {
    std::env::split_paths(path?)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
        .find(|program| is_program(program))
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// Variables that programs need to run at all (version managers put scripts on PATH that read HOME). Everything else stays
/// here: a kustomization can write any variable that it sees into a ConfigMap.
const NEEDED: [&str; 9] =
    ["PATH", "HOME", "USER", "TMPDIR", "TMP", "TEMP", "SystemRoot", "USERPROFILE", "PATHEXT"];

/// Variables that decide how the network is reached.
const NETWORK: [&str; 10] = [
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "SSH_AUTH_SOCK",
    "GIT_SSH_COMMAND",
];

/// An environment for a program that has no business on the network, unless `allow_remote`. Before anything is run, it is
/// looked for what is remote; this is the second wall.
pub(crate) fn environment(allow_remote: bool) -> Vec<(OsString, OsString)> {
    let take = |name: &&str| Some((OsString::from(name), std::env::var_os(name)?));
    let mut environment: Vec<(OsString, OsString)> = NEEDED.iter().filter_map(take).collect();
    if allow_remote {
        environment.extend(NETWORK.iter().filter_map(take));
    } else {
        // The discard port of this machine: Go's HTTP clients ask the proxy for everything that is not local.
        let nowhere = "http://127.0.0.1:9";
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"] {
            environment.push((name.into(), nowhere.into()));
        }
        environment.push(("GIT_ALLOW_PROTOCOL".into(), "none".into()));
    }
    environment
}

/// `--name` and its value, as two arguments.
pub(crate) fn flag(arguments: &mut Vec<OsString>, name: &str, value: impl AsRef<OsStr>) {
    // In one word: a value that begins with `-` is not taken for a flag.
    let mut argument = OsString::from(name);
    argument.push("=");
    argument.push(value);
    arguments.push(argument);
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn finds_programs_in_absolute_folders_only() {
        let find = |name, path: &str| find(name, Some(OsStr::new(path)));
        assert_eq!(find("sh", "/nonexistent:/bin"), Some(PathBuf::from("/bin/sh")));
        assert_eq!(find("no-such-program-anywhere", "/bin"), None);
        // Where tests run, this is a folder with a file of that name, but no program; and it is relative.
        assert_eq!(find("Cargo.toml", "."), None);
        assert_eq!(find("sh", "../../../../../../../../../../bin"), None);
    }
}
