use seawall_finding::Severity;

crate::check::check! {
    /// Credential in an environment variable
    ///
    /// ## What it finds
    /// Environment variables whose value in the manifest is a credential: by its own form (a private key, a token with a known
    /// prefix, a signed JSON Web Token, a password in a URL), or by the variable's name, when the value is neither a reference nor a
    /// placeholder, path, switch or name of something else. The value is judged while it is read, and neither kept nor shown.
    ///
    /// ## Why it matters
    /// Whoever reads the manifest has it: everyone with the repository, the rendered chart or `get pods`. Those are many more than may
    /// read Secrets, and the value stays in the history of the repository after it is taken out.
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
    ///     env:
    ///     - name: DB_PASSWORD   # <- finding: medium
    ///       value: Xk39vQ2nL
    ///     - name: DATABASE_URL   # <- finding
    ///       value: postgres://shop:Xk39vQ2nL@db/orders
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
    ///     env:
    ///     - name: DB_PASSWORD
    ///       valueFrom:
    ///         secretKeyRef:
    ///           name: db
    ///           key: password
    ///     - name: DATABASE_URL
    ///       value: postgres://shop:$(DB_PASSWORD)@db/orders
    ///     - name: DB_PASSWORD_FILE
    ///       value: /run/secrets/db/password
    /// ```
    /// ## How to fix
    /// Replace the credential first: it is known. Put the new one into a Secret, made by a store of secrets or a sealed one, and refer to
    /// it by `valueFrom.secretKeyRef`, or mount it as a file.
    ///
    /// ## References
    /// - CWE-526: Cleartext Storage of Sensitive Information in an Environment Variable
    /// - Kubernetes documentation, Good practices for Kubernetes Secrets
    id: "SW4001",
    name: "credential-in-environment",
    severity: High,
    scope: Container,
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0012", Narrower, "a name alone makes no credential: placeholders, paths and references are not; values are judged by format and entropy"),
        kubescape("C-0259", Narrower, "a name alone makes no credential: placeholders, paths and references are not; values are judged by format and entropy"),
        kube_linter("env-var-secret", Narrower, "a name alone makes no credential: placeholders, paths and references are not; values are judged by format and entropy"),
        polaris("sensitiveContainerEnvVar", Narrower, "a name alone makes no credential: placeholders, paths and references are not; values are judged by format and entropy"),
    ],
    fn run(container, out) {
        let env = &container.container.env;
        if env.is_empty() {
            return out.not_applicable();
        }
        for (index, variable) in env.iter().enumerate() {
            let Some(kind) = variable.value.and_then(|value| value.credential()) else { continue };
            let name = &variable.name;
            let message = format!("environment variable `{name}` holds {}", kind.name());
            let severity = if kind.by_format() { Severity::High } else { Severity::Medium };
            out.fail(container.path("env").index(index), message).derived("the value is not shown").severity(severity).keyed(name);
        }
    }
}
