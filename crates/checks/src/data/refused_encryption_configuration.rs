use super::encryption_refusal::{Said, all};

crate::check::check! {
    /// Encryption at rest that the API server refuses
    ///
    /// ## What it finds
    /// EncryptionConfigurations with which the API server does not start: unknown fields, no resources or providers, several providers in one
    /// element of the list, names of resources that are none, that stand twice or that an earlier wildcard covers, keys without a
    /// name, that are not base64 or of a wrong length, and endpoints, names, versions, timeouts and caches of KMS plugins that are not
    /// valid. Keys are judged while they are read, and neither kept nor shown. Names of resources are judged from v1.27 on, unknown fields from v1.31 on.
    ///
    /// ## Why it matters
    /// An API server that is started again with the file stays down. One that reloads the file by itself
    /// (`--encryption-provider-config-automatic-reload`) keeps to the old one, and a rotation of keys that seems done is not.
    ///
    /// ## Bad
    /// The key is `key1` alone, and the second element is never reached:
    /// ```yaml bad
    /// apiVersion: apiserver.config.k8s.io/v1
    /// kind: EncryptionConfiguration
    /// resources:
    /// - resources: ['*.']
    ///   providers:
    ///   - secretbox:
    ///       keys:
    ///       - name: key1
    ///         secret: a2V5MQ==   # <- finding
    /// - resources:
    ///   - secrets   # <- finding
    ///   providers:
    ///   - kms:
    ///       apiVersion: v2
    ///       name: vault
    ///       endpoint: unix:///run/kms/vault.sock
    /// ```
    /// A plugin that is not on this host, and two providers in one element:
    /// ```yaml bad
    /// apiVersion: apiserver.config.k8s.io/v1
    /// kind: EncryptionConfiguration
    /// resources:
    /// - resources: [secrets]
    ///   providers:
    ///   - kms:   # <- finding
    ///       apiVersion: v2
    ///       name: vault
    ///       endpoint: https://vault.example   # <- finding
    ///     identity: {}
    /// ```
    /// A misspelled field:
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
    ///       cacheSize: 100   # <- finding
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
    /// - resources: ['*.']
    ///   providers:
    ///   - kms:
    ///       apiVersion: v2
    ///       name: other
    ///       endpoint: unix:///run/kms/other.sock
    ///       timeout: 5s
    /// ```
    /// ## How to fix
    /// Correct what the finding names, and start one API server with the file before the others. Draw keys with
    /// `head -c 32 /dev/urandom | base64`.
    ///
    /// ## References
    /// - k8s.io/apiserver v0.36.3 pkg/apis/apiserver/validation/validation_encryption.go
    /// - k8s.io/apiserver v0.36.3 pkg/server/options/encryptionconfig/config.go
    id: "SW4037",
    name: "refused-encryption-configuration",
    severity: Medium,
    scope: Object,
    subjects: ["EncryptionConfiguration.apiserver.config.k8s.io", "EncryptionConfig", "EncryptionConfiguration"],
    since: "0.1.0",
    profile: Default,
    fn run(object, out) {
        let Some(configuration) = object.body.encryption() else { return out.not_applicable() };
        let version = out.version();
        all(configuration, object, version, &mut |said| match said {
            Said::Refused(path, why) => {
                out.fail(path, format!("the API server does not start with this: {why}")).derived(why);
            }
            Said::Open => out.unknown("something is put in before the file is used"),
        });
    }
}
