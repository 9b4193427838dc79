use seawall_inventory::kinds::{ClusterExternalSecretSpec, ExternalFind, ExternalSecretSpec};
use seawall_inventory::selector::{LabelSelector, Selector};
use seawall_yaml::Path;

use super::secret_store::matches_everything;
use crate::Out;

crate::check::check! {
    /// External secret that takes everything
    ///
    /// ## What it finds
    /// ExternalSecrets that take all entries of a store: `find` with a pattern that each name matches, and neither a path nor tags. And
    /// ClusterExternalSecrets that are made in every namespace, because their selector is empty. What `find` without a name, a path and
    /// tags takes depends on the store.
    ///
    /// ## Why it matters
    /// The Secret holds what the workload does not need, and what is added to the store later comes by itself. Who reads that one Secret, or any
    /// namespace, has all of it. It is in *strict*: to list the keys costs work.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: external-secrets.io/v1
    /// kind: ExternalSecret
    /// metadata:
    ///   name: shop
    /// spec:
    ///   secretStoreRef:
    ///     name: vault
    ///   dataFrom:
    ///   - find:
    ///       name:
    ///         regexp: .*   # <- finding
    /// ```
    /// In every namespace:
    /// ```yaml bad
    /// apiVersion: external-secrets.io/v1
    /// kind: ClusterExternalSecret
    /// metadata:
    ///   name: pull
    /// spec:
    ///   namespaceSelectors:
    ///   - matchLabels:
    ///       team: shop
    ///   - {}   # <- finding
    ///   externalSecretSpec:
    ///     secretStoreRef:
    ///       name: vault
    ///     dataFrom:
    ///     - find:
    ///         path: /
    ///         name:
    ///           regexp: ^.*$   # <- finding
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: external-secrets.io/v1
    /// kind: ExternalSecret
    /// metadata:
    ///   name: shop
    /// spec:
    ///   secretStoreRef:
    ///     name: vault
    ///   data:
    ///   - secretKey: password
    ///     remoteRef:
    ///       key: shop/db
    ///   dataFrom:
    ///   - find:
    ///       path: shop/
    ///       name:
    ///         regexp: .*
    ///   - find:
    ///       name:
    ///         regexp: ^shop-
    ///   - extract:
    ///       key: shop/cache
    /// ```
    /// ## How to fix
    /// List the keys under `data`, or take one entry with `extract`. Where entries come and go, keep them under a path of their own, and let
    /// the store's role read only that. Select namespaces by a label that their owners set.
    ///
    /// ## References
    /// - external-secrets v0.20.4 apis/externalsecrets/v1/externalsecret_types.go: ExternalSecretFind; pkg/find/find.go
    /// - external-secrets v0.20.4 pkg/esutils/utils.go: GetTargetNamespaces
    id: "SW4018",
    name: "external-secret-takes-all",
    severity: Low,
    scope: Object,
    subjects: ["ClusterExternalSecret.external-secrets.io", "ExternalSecret.external-secrets.io"],
    since: "0.1.0",
    profile: Strict,
    fn run(object, out) {
        let spec = Path::root().field("spec");
        if let Some(secret) = object.body.external_secret() {
            entries(secret, &spec, out);
        } else if let Some(secret) = object.body.cluster_external_secret() {
            namespaces(secret, &spec, out);
            entries(&secret.external_secret_spec, &spec.field("externalSecretSpec"), out);
        } else {
            out.not_applicable();
        }
    }
}

fn namespaces(secret: &ClusterExternalSecretSpec, spec: &Path, out: &mut Out<'_>) {
    let mut judge = |selector: Option<&LabelSelector>, path: &dyn Fn() -> Path| {
        if Selector::of(selector).is_ok_and(|selector| selector.is_everything()) {
            out.fail(path(), "the Secret is made in every namespace").derived("an empty selector selects all");
        }
    };
    judge(secret.namespace_selector.as_ref(), &|| spec.field("namespaceSelector"));
    for (index, selector) in secret.namespace_selectors.iter().enumerate() {
        judge(Some(selector), &|| spec.field("namespaceSelectors").index(index));
    }
}

fn entries(secret: &ExternalSecretSpec, spec: &Path, out: &mut Out<'_>) {
    for (index, source) in secret.data_from.iter().enumerate() {
        let Some(find) = &source.find else { continue };
        if narrows(find) {
            continue;
        }
        let Some(name) = &find.name else {
            out.unknown("what `find` without a name takes depends on the store");
            continue;
        };
        if matches_everything(&name.regexp) {
            let path = spec.field("dataFrom").index(index).field("find").field("name").field("regexp");
            out.fail(path, "the Secret takes every entry of the store").value(&name.regexp);
        }
    }
}

/// Whether a path or tags leave something out.
fn narrows(find: &ExternalFind) -> bool {
    !find.tags.is_empty() || find.path.as_ref().is_some_and(|path| !path.trim_matches('/').is_empty())
}
