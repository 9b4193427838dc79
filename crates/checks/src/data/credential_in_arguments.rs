use seawall_credential::{Argument, judge_arguments};
use seawall_finding::Severity;
use seawall_inventory::ContainerView;
use seawall_yaml::Path;
use smol_str::SmolStr;

use crate::Out;

crate::check::check! {
    /// Credential in an argument
    ///
    /// ## What it finds
    /// Credentials in `command` and `args` of containers, in the commands of probes and hooks, and in HTTP headers of probes: by their own
    /// form, behind a flag or in an assignment that is named like one, or as the password of a well-known program (`curl -u`,
    /// `mysql -p…`, `redis-cli -a`). References such as `$(PASSWORD)` and variables of a shell are none.
    ///
    /// ## Why it matters
    /// Arguments stand in the manifest, in the list of processes of the container and of the node, in `kubectl describe`, in
    /// crash reports and in audit logs. Nobody treats those as secret.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: web
    ///     image: registry.example/web:1
    ///     args:
    ///     - --listen=:8080
    ///     - --db-password=Xk39vQ2nL   # <- finding: medium
    ///     livenessProbe:
    ///       exec:
    ///         command: [sh, -c, "mysqladmin ping -uroot -pXk39vQ2nL"]   # <- finding: medium
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: web
    ///     image: registry.example/web:1
    ///     args:
    ///     - --listen=:8080
    ///     - --db-password=$(DB_PASSWORD)
    ///     - --token-file=/run/secrets/token
    ///     env:
    ///     - name: DB_PASSWORD
    ///       valueFrom:
    ///         secretKeyRef: {name: db, key: password}
    /// ```
    /// ## How to fix
    /// Replace the credential first: it is known. Let the program read it from a file or from its environment; where it takes
    /// arguments only, `$(VARIABLE)` keeps it out of the manifest, though not out of the list of processes.
    ///
    /// ## References
    /// - CWE-214: Invocation of Process Using Visible Sensitive Information
    id: "SW4002",
    name: "credential-in-arguments",
    severity: High,
    scope: Container,
    since: "0.1.0",
    profile: Default,
    fn run(container, out) {
        let own = container.container;
        let (command, args) = (&own.command, &own.args);
        // They are one list to the program: `command: [run, --password]`, `args: [Xk39vQ2nL]`.
        for found in judge_arguments(command.iter().chain(args).map(SmolStr::as_str)) {
            let path = match found.index.checked_sub(command.len()) {
                Some(index) => container.path("args").index(index),
                None => container.path("command").index(found.index),
            };
            report(container, out, path, found);
        }
        for (field, probe) in [
            ("livenessProbe", &own.liveness_probe),
            ("readinessProbe", &own.readiness_probe),
            ("startupProbe", &own.startup_probe),
        ] {
            let Some(probe) = probe else { continue };
            if let Some(exec) = &probe.exec {
                list(container, out, &exec.command, || container.path(field).field("exec").field("command"));
            }
            for (index, header) in probe.http_get.iter().flat_map(|get| get.rare().http_headers.iter()).enumerate() {
                let Some(kind) = header.value.and_then(|value| value.credential()) else { continue };
                let path = container.path(field).field("httpGet").field("httpHeaders").index(index);
                report(container, out, path, Argument { index, kind });
            }
        }
        let Some(lifecycle) = &own.rare().lifecycle else { return };
        for (field, handler) in [("postStart", &lifecycle.post_start), ("preStop", &lifecycle.pre_stop)] {
            let Some(exec) = handler.as_ref().and_then(|handler| handler.exec.as_ref()) else { continue };
            let path = || container.path("lifecycle").field(field).field("exec").field("command");
            list(container, out, &exec.command, path);
        }
    }
}

fn list(container: &ContainerView<'_>, out: &mut Out<'_>, words: &[SmolStr], path: impl Fn() -> Path) {
    for found in judge_arguments(words.iter().map(SmolStr::as_str)) {
        report(container, out, path().index(found.index), found);
    }
}

fn report(container: &ContainerView<'_>, out: &mut Out<'_>, path: Path, found: Argument) {
    let message = format!("an argument in container `{}` holds {}", container.name(), found.kind.name());
    let severity = if found.kind.by_format() { Severity::High } else { Severity::Medium };
    out.fail(path, message).derived("the value is not shown").severity(severity);
}
