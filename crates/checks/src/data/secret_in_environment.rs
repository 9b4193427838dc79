use seawall_inventory::ContainerView;

crate::check::check! {
    /// Secret in the environment
    ///
    /// ## What it finds
    /// Containers that take keys of Secrets into environment variables (`secretKeyRef`), or all keys of one (`envFrom` with `secretRef`),
    /// whether it may be missing or not. It is in `all`: many images read nothing else, and then there is nothing to change.
    ///
    /// ## Why it matters
    /// An environment is passed on to every child process, and is printed by crash reports, debug pages and logs. A file in a volume is
    /// read by whoever opens it, can have an owner and a mode, and follows the Secret when that changes.
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
    ///     env:   # <- finding
    ///     - name: LOG_LEVEL
    ///       value: debug
    ///     - name: DB_PASSWORD
    ///       valueFrom:
    ///         secretKeyRef: {name: db, key: password}
    ///     envFrom:
    ///     - secretRef: {name: mail}
    ///   - name: sender
    ///     image: registry.example/sender:1
    ///     envFrom:   # <- finding
    ///     - secretRef: {name: mail, optional: true}
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
    ///     - name: DB_PASSWORD_FILE
    ///       value: /run/secrets/db/password
    ///     - name: LOG_LEVEL
    ///       valueFrom:
    ///         configMapKeyRef: {name: web, key: level}
    ///     envFrom:
    ///     - configMapRef: {name: web}
    ///     volumeMounts:
    ///     - name: db
    ///       mountPath: /run/secrets/db
    ///   volumes:
    ///   - name: db
    ///     secret:
    ///       secretName: db
    /// ```
    /// ## How to fix
    /// Mount the Secret as a volume, and tell the program the path. Many images read a variable that ends in `_FILE` for that.
    ///
    /// ## References
    /// - CIS Kubernetes Benchmark 5.4.1 (secrets as files rather than as variables)
    /// - k8s.io/kubernetes v1.36.3 pkg/kubelet/kubelet_pods.go: makeEnvironmentVariables
    id: "SW4006",
    name: "secret-in-environment",
    severity: Info,
    scope: Container,
    since: "0.1.0",
    profile: All,
    peers: [
        kubescape("C-0207", Same, ""),
        checkov("CKV_K8S_35", Same, ""),
        kube_linter("read-secret-from-env-var", Same, ""),
        kubesec("SecretsAsEnvironmentVariables", Same, ""),
    ],
    fn run(container, out) {
        let own = container.container;
        if own.env.is_empty() && own.env_from.is_empty() {
            return out.not_applicable();
        }
        let mut taken = taken(container);
        let Some((field, first)) = taken.next() else { return };
        let others = taken.count();
        let more = if others == 0 { String::new() } else { format!(" and {others} more") };
        let message = format!("container `{}` has Secrets in its environment: {first}{more}", container.name());
        out.fail(container.path(field), message).derived("children, crash reports and debug pages get them too");
    }
}

/// What stands in the environment, and in which field.
fn taken<'s>(container: &ContainerView<'s>) -> impl Iterator<Item = (&'static str, Taken<'s>)> + use<'s> {
    let own = container.container;
    let variables = own.env.iter().filter_map(|variable| {
        variable.value_from.as_ref()?.secret_key_ref.as_ref()?;
        Some(("env", Taken::Variable(&variable.name)))
    });
    let whole = own.env_from.iter().filter_map(|source| Some(("envFrom", Taken::Secret(&source.secret_ref.as_ref()?.name))));
    variables.chain(whole)
}

enum Taken<'s> {
    Variable(&'s str),
    Secret(&'s str),
}

impl std::fmt::Display for Taken<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Variable(name) => write!(formatter, "`{name}`"),
            Self::Secret(name) => write!(formatter, "all keys of `{name}`"),
        }
    }
}
