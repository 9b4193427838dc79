use super::encryption::providers;

crate::check::check! {
    /// Plain text that is still read
    ///
    /// ## What it finds
    /// EncryptionConfigurations in which `identity` stands behind a provider that encrypts. That belongs to the way there: objects that were
    /// written before can be read. Whether it is over cannot be seen from the file, so the check is in *strict*.
    ///
    /// ## Why it matters
    /// As long as plain text is read, nothing shows that no object is left in clear, and whoever writes to etcd can put objects there
    /// without the key.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: apiserver.config.k8s.io/v1
    /// kind: EncryptionConfiguration
    /// resources:
    /// - resources: [secrets]
    ///   providers:
    ///   - kms:
    ///       apiVersion: v2
    ///       name: vault
    ///       endpoint: unix:///run/kms/vault.sock
    ///   - identity: {}   # <- finding
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: apiserver.config.k8s.io/v1
    /// kind: EncryptionConfiguration
    /// resources:
    /// - resources: [secrets]
    ///   providers:
    ///   - kms:
    ///       apiVersion: v2
    ///       name: vault
    ///       endpoint: unix:///run/kms/vault.sock
    /// ```
    /// ## How to fix
    /// Write all objects again, those of all namespaces: `kubectl get secrets -A -o json | kubectl replace -f -`. When etcd holds none
    /// without the prefix `k8s:enc:` any more, remove `identity` and restart every API server. An object that was left in clear cannot be read then.
    ///
    /// ## References
    /// - k8s.io/apiserver v0.36.3 pkg/storage/value/encrypt/identity/identity.go
    /// - Kubernetes documentation, Encrypting Confidential Data at Rest: prevent plain text retrieval
    id: "SW4036",
    name: "leftover-identity-provider",
    severity: Low,
    scope: Object,
    subjects: ["EncryptionConfiguration.apiserver.config.k8s.io", "EncryptionConfig", "EncryptionConfiguration"],
    since: "0.1.0",
    profile: Strict,
    fn run(object, out) {
        let Some(configuration) = object.body.encryption() else { return out.not_applicable() };
        for element in configuration.resources.iter().enumerate() {
            let encrypts = providers(element).next().is_some_and(|(_, first)| first.identity.is_none());
            let Some((path, _)) = providers(element).find(|(_, provider)| provider.identity.is_some()) else { continue };
            if encrypts {
                out.fail(path, "objects that were written in clear are still read").value("identity");
            }
        }
    }
}
