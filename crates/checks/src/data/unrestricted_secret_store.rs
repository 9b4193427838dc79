use seawall_inventory::selector::Selector;
use seawall_yaml::Path;

use super::secret_store::matches_everything;

crate::check::check! {
    /// Secret store for every namespace
    ///
    /// ## What it finds
    /// ClusterSecretStores of External Secrets that any namespace may use: without `conditions`, or with one that selects every namespace. A
    /// store that names its credentials without a namespace is left out: it takes those of the namespace that asks.
    ///
    /// ## Why it matters
    /// Whoever may create an ExternalSecret in any namespace reads whatever the store's own identity may read: the secrets of all
    /// teams. It is in *strict*: in a cluster of one team that is meant.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: external-secrets.io/v1
    /// kind: ClusterSecretStore
    /// metadata:
    ///   name: vault
    /// spec:   # <- finding
    ///   provider:
    ///     vault:
    ///       server: https://vault.example:8200
    ///       auth:
    ///         kubernetes:
    ///           mountPath: kubernetes
    ///           role: external-secrets
    /// ```
    /// A selector that selects all, and a pattern that all names match:
    /// ```yaml bad
    /// apiVersion: external-secrets.io/v1
    /// kind: ClusterSecretStore
    /// metadata:
    ///   name: vault
    /// spec:
    ///   conditions:
    ///   - namespaceSelector: {}   # <- finding
    ///   - namespaceRegexes:
    ///     - ^team-
    ///     - .*   # <- finding
    ///   provider:
    ///     aws:
    ///       service: SecretsManager
    ///       region: eu-central-1
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: external-secrets.io/v1
    /// kind: ClusterSecretStore
    /// metadata:
    ///   name: vault
    /// spec:
    ///   conditions:
    ///   - namespaces: [shop]
    ///   - namespaceSelector:
    ///       matchLabels:
    ///         secrets.example.com/vault: shared
    ///   provider:
    ///     aws:
    ///       service: SecretsManager
    ///       region: eu-central-1
    /// ```
    /// The credentials of the namespace that asks:
    /// ```yaml good
    /// apiVersion: external-secrets.io/v1
    /// kind: ClusterSecretStore
    /// metadata:
    ///   name: vault
    /// spec:
    ///   provider:
    ///     vault:
    ///       server: https://vault.example:8200
    ///       auth:
    ///         kubernetes:
    ///           mountPath: kubernetes
    ///           role: shop
    ///           serviceAccountRef:
    ///             name: shop
    /// ```
    /// ## How to fix
    /// Name the namespaces in `conditions`, or give each namespace a SecretStore of its own, with an identity that reads its secrets alone.
    ///
    /// ## References
    /// - external-secrets v0.20.4 pkg/controllers/secretstore/client_manager.go: shouldProcessSecret
    /// - external-secrets v0.20.4 pkg/esutils/resolvers/secret_ref.go: SecretKeyRef
    id: "SW4016",
    name: "unrestricted-secret-store",
    severity: Medium,
    scope: Object,
    subjects: ["ClusterSecretStore.external-secrets.io"],
    since: "0.1.0",
    profile: Strict,
    fn run(object, out) {
        let Some(store) = object.body.secret_store().filter(|_| object.kind == "ClusterSecretStore") else {
            return out.not_applicable();
        };
        if store.provider.of_caller {
            return;
        }
        let spec = Path::root().field("spec");
        if store.conditions.is_empty() {
            out.fail(spec, "every namespace may read secrets through this store").missing("without `conditions` all may");
            return;
        }
        for (index, condition) in store.conditions.iter().enumerate() {
            let path = || spec.field("conditions").index(index);
            let selector = Selector::of(condition.namespace_selector.as_ref());
            if selector.is_ok_and(|selector| selector.is_everything()) {
                out.fail(path().field("namespaceSelector"), "every namespace may read secrets through this store")
                    .derived("an empty selector selects all");
            }
            for (index, expression) in condition.namespace_regexes.iter().enumerate() {
                if matches_everything(expression) {
                    let path = path().field("namespaceRegexes").index(index);
                    out.fail(path, "every namespace may read secrets through this store").value(expression);
                }
            }
        }
    }
}
