use seawall_credential::{CredentialKind, judge, judge_arguments};
use seawall_finding::Severity;
use seawall_inventory::ContainerView;
use seawall_inventory::kinds::{ExecAction, HttpGetAction};
use seawall_yaml::Path;
use smol_str::SmolStr;

use crate::Out;

crate::check::check! {
    /// Credential in an argument
    ///
    /// ## What it finds
    /// Credentials in `command` and `args` of containers, in the commands of probes and hooks, and in the headers and paths of their HTTP
    /// requests: by their own form, behind a flag or in an assignment that is named like one, or as the password of a well-known program
    /// (`curl -u`, `mysql -p…`, `redis-cli -a`). References such as `$(PASSWORD)` and variables of a shell are none.
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
    ///     readinessProbe:
    ///       httpGet:
    ///         port: 8080
    ///         path: /ready?token=Xk39vQ2nLw8Z   # <- finding: medium
    ///     lifecycle:
    ///       preStop:
    ///         httpGet:
    ///           port: 8080
    ///           path: /stop
    ///           httpHeaders:
    ///           - name: Authorization   # <- finding
    ///             value: Basic b3BzOlhrMzl2UTJuTA==
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
    ///     readinessProbe:
    ///       httpGet:
    ///         port: 8080
    ///         path: /api/v1/tokens/health?verbose=true
    /// ```
    /// ## How to fix
    /// Replace the credential first: it is known. Let the program read it from a file or from its environment; where it takes
    /// arguments only, `$(VARIABLE)` keeps it out of the manifest, though not out of the list of processes.
    ///
    /// ## References
    /// - CWE-214: Invocation of Process Using Visible Sensitive Information
    /// - k8s.io/kubernetes v1.36.3 third_party/forked/golang/expansion/expand.go: what `$(VARIABLE)` becomes
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
            report(container, out, path, "an argument", found.kind);
        }
        for (field, probe) in [
            ("livenessProbe", &own.liveness_probe),
            ("readinessProbe", &own.readiness_probe),
            ("startupProbe", &own.startup_probe),
        ] {
            let Some(probe) = probe else { continue };
            let path = || container.path(field);
            action(container, out, probe.exec.as_ref(), probe.http_get.as_deref(), &path);
        }
        let Some(lifecycle) = &own.rare().lifecycle else { return };
        for (field, handler) in [("postStart", &lifecycle.post_start), ("preStop", &lifecycle.pre_stop)] {
            let Some(handler) = handler else { continue };
            let path = || container.path("lifecycle").field(field);
            action(container, out, handler.exec.as_ref(), handler.http_get.as_deref(), &path);
        }
    }
}

/// What a probe or a hook does.
fn action(
    container: &ContainerView<'_>,
    out: &mut Out<'_>,
    exec: Option<&ExecAction>,
    request: Option<&HttpGetAction>,
    path: &dyn Fn() -> Path,
) {
    for found in exec.into_iter().flat_map(|exec| judge_arguments(exec.command.iter().map(SmolStr::as_str))) {
        let path = path().field("exec").field("command").index(found.index);
        report(container, out, path, "an argument", found.kind);
    }
    let Some(request) = request else { return };
    let path = || path().field("httpGet");
    // Most paths are too short for one.
    let in_path = (request.path.len() >= SHORTEST).then(|| judge("", &request.path).credential()).flatten();
    if let Some(kind) = in_path {
        report(container, out, path().field("path"), "the path of a request", kind);
    }
    for (index, header) in request.rare().http_headers.iter().enumerate() {
        let Some(kind) = header.value.and_then(|value| value.credential()) else { continue };
        report(container, out, path().field("httpHeaders").index(index), "a header of a request", kind);
    }
}

/// What is shorter than `/?key=` and a few letters holds no credential.
const SHORTEST: usize = 10;

fn report(container: &ContainerView<'_>, out: &mut Out<'_>, path: Path, what: &str, kind: CredentialKind) {
    let message = format!("{what} in container `{}` holds {}", container.name(), kind.name());
    let severity = if kind.by_format() { Severity::High } else { Severity::Medium };
    out.fail(path, message).derived("the value is not shown").severity(severity);
}
