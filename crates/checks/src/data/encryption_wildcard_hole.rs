use seawall_yaml::Path;

use super::encryption::in_clear;

crate::check::check! {
    /// Hole in a wildcard of encryption at rest
    ///
    /// ## What it finds
    /// Elements of an EncryptionConfiguration whose first provider is `identity`, and whose resources a wildcard behind them would have
    /// encrypted. Events are left out: that is what the documentation of Kubernetes shows, since they are many and short-lived. That of
    /// Secrets is told by SW4030.
    ///
    /// ## Why it matters
    /// `*.*` at the end says that everything is encrypted. What stands before it and writes in clear is overlooked.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: apiserver.config.k8s.io/v1
    /// kind: EncryptionConfiguration
    /// resources:
    /// - resources: [events, configmaps]
    ///   providers:
    ///   - identity: {}   # <- finding
    /// - resources: ['*.*']
    ///   providers:
    ///   - kms:
    ///       apiVersion: v2
    ///       name: vault
    ///       endpoint: unix:///run/kms/vault.sock
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: apiserver.config.k8s.io/v1
    /// kind: EncryptionConfiguration
    /// resources:
    /// - resources: [events]
    ///   providers:
    ///   - identity: {}
    /// - resources: ['*.*']
    ///   providers:
    ///   - kms:
    ///       apiVersion: v2
    ///       name: vault
    ///       endpoint: unix:///run/kms/vault.sock
    /// ```
    /// ## How to fix
    /// Take the resources out of the element, restart every API server, then write all their objects again. Until then leave the element with
    /// the encrypting provider first and `identity` behind it.
    ///
    /// ## References
    /// - k8s.io/apiserver v0.36.3 pkg/apis/apiserver/types_encryption.go: the example of EncryptionConfiguration
    /// - k8s.io/apiserver v0.36.3 pkg/server/options/encryptionconfig/config.go
    id: "SW4032",
    name: "encryption-wildcard-hole",
    severity: Low,
    scope: Object,
    subjects: ["EncryptionConfiguration.apiserver.config.k8s.io", "EncryptionConfig", "EncryptionConfiguration"],
    since: "0.1.0",
    profile: Default,
    fn run(object, out) {
        let Some(configuration) = object.body.encryption() else { return out.not_applicable() };
        for clear in in_clear(configuration, out.version()) {
            let Some(wildcard) = clear.wildcard else { continue };
            let path = Path::root().field("resources").index(clear.index).field("providers").index(0);
            let name = clear.name;
            out.fail(path, format!("`{name}` is written in clear, though `{wildcard}` encrypts the rest")).value("identity");
        }
    }
}
