use seawall_inventory::duration::nanoseconds;
use seawall_inventory::kinds::ExternalSecretSpec;
use seawall_yaml::Path;

use crate::Out;

crate::check::check! {
    /// Secret that is never fetched again
    ///
    /// ## What it finds
    /// ExternalSecrets that are fetched once: `refreshPolicy` is `CreatedOnce` or `OnChange`, or `refreshInterval` is not positive. Without
    /// either they are fetched each hour.
    ///
    /// ## Why it matters
    /// A credential that is replaced in the store, because it leaked perhaps, does not arrive. It is in *all*: a key that was drawn once has
    /// to stay, and some stores ask money for each read.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: external-secrets.io/v1
    /// kind: ExternalSecret
    /// metadata:
    ///   name: shop
    /// spec:
    ///   refreshPolicy: CreatedOnce   # <- finding
    ///   secretStoreRef:
    ///     name: vault
    /// ---
    /// apiVersion: external-secrets.io/v1
    /// kind: ClusterExternalSecret
    /// metadata:
    ///   name: shop
    /// spec:
    ///   externalSecretSpec:
    ///     refreshInterval: "0s"   # <- finding
    ///     secretStoreRef:
    ///       name: vault
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: external-secrets.io/v1
    /// kind: ExternalSecret
    /// metadata:
    ///   name: shop
    /// spec:
    ///   refreshInterval: 15m
    ///   secretStoreRef:
    ///     name: vault
    /// ---
    /// apiVersion: external-secrets.io/v1
    /// kind: ExternalSecret
    /// metadata:
    ///   name: cart
    /// spec:
    ///   secretStoreRef:
    ///     name: vault
    /// ```
    /// ## How to fix
    /// Set `refreshInterval` to what a replaced credential may take, and restart the workload when its Secret changes.
    ///
    /// ## References
    /// - external-secrets v0.20.4 pkg/controllers/externalsecret/externalsecret_controller.go: shouldRefresh
    id: "SW4019",
    name: "secret-never-refreshed",
    severity: Info,
    scope: Object,
    subjects: ["ClusterExternalSecret.external-secrets.io", "ExternalSecret.external-secrets.io"],
    since: "0.1.0",
    profile: All,
    fn run(object, out) {
        let spec = Path::root().field("spec");
        if let Some(secret) = object.body.external_secret() {
            judge(secret, &|| spec.clone(), out);
        } else if let Some(secret) = object.body.cluster_external_secret() {
            judge(&secret.external_secret_spec, &|| spec.field("externalSecretSpec"), out);
        } else {
            out.not_applicable();
        }
    }
}

fn judge(secret: &ExternalSecretSpec, spec: &dyn Fn() -> Path, out: &mut Out<'_>) {
    let message = "a credential that is replaced in the store does not arrive";
    match secret.refresh_policy.as_deref() {
        Some(policy @ ("CreatedOnce" | "OnChange")) => {
            out.fail(spec().field("refreshPolicy"), message).value(policy);
        }
        // Not set, it is periodic.
        None | Some("" | "Periodic") => {
            let Some(interval) = &secret.refresh_interval else { return };
            match nanoseconds(&interval.0) {
                Some(..=0) => {
                    out.fail(spec().field("refreshInterval"), message).value(&interval.0);
                }
                Some(_) => {}
                None => out.unknown("`refreshInterval` is no duration"),
            }
        }
        Some(_) => out.unknown("there is no such `refreshPolicy`"),
    }
}
