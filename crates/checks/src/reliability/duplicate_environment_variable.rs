use foldhash::{HashSet, HashSetExt};


crate::check::check! {
    /// Environment variable given twice
    ///
    /// ## What it finds
    /// Names that stand more than once in `env` of a container.
    ///
    /// ## Why it matters
    /// The last one counts, and tools that merge lists by name (`kubectl apply`, Kustomize, Helm's three-way merge) keep
    /// one of them, not always that one. A setting that somebody believes in is not in force.
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
    ///     env:
    ///     - name: MODE
    ///       value: strict
    ///     - name: MODE   # <- finding
    ///       value: lax
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
    ///     env:
    ///     - name: MODE
    ///       value: strict
    /// ```
    /// ## How to fix
    /// Remove the one that is not meant.
    ///
    /// ## References
    /// - k8s.io/api v0.36.3 core/v1/types.go: Container.Env, patchMergeKey name
    id: "SW6012",
    name: "duplicate-environment-variable",
    severity: Low,
    scope: Container,
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0295", Same, ""),
        kube_linter("duplicate-env-var", Same, ""),
        kube_score("environment-variable-key-duplication", Same, ""),
    ],
    fn run(container, out) {
        let mut seen = HashSet::new();
        for (index, variable) in container.container.env.iter().enumerate() {
            if !variable.name.is_empty() && !seen.insert(&variable.name) {
                let path = container.path("env").index(index);
                let message =
                    format!("container `{}` sets `{}` a second time", container.name(), variable.name);
                out.fail(path, message).value(&variable.name);
            }
        }
    }
}
