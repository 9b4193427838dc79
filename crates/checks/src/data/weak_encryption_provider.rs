use super::encryption::{of_secrets, providers};

crate::check::check! {
    /// Weak encryption at rest
    ///
    /// ## What it finds
    /// EncryptionConfigurations whose first provider for Secrets is `aescbc`, `aesgcm`, or `kms` in its version `v1`, which is also the
    /// version when none is written.
    ///
    /// ## Why it matters
    /// `aescbc` does not notice changed data and is open to padding oracles. `aesgcm` falls when a nonce repeats: Kubernetes asks for a new key
    /// every 200,000 writes, and nothing in the file does that. `kms` v1 asks the service for every object, and is off since v1.29 unless
    /// its feature gate is on: then the API server does not start.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: apiserver.config.k8s.io/v1
    /// kind: EncryptionConfiguration
    /// resources:
    /// - resources: [secrets]
    ///   providers:
    ///   - kms:   # <- finding
    ///       name: vault
    ///       endpoint: unix:///run/kms/vault.sock
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
    /// Put `kms` with `apiVersion: v2` first, or `secretbox` where there is no key management service. Leave the old provider behind it until
    /// all Secrets are written again.
    ///
    /// ## References
    /// - CIS Kubernetes Benchmark 1.2.28 (encryption providers): there `aescbc` passes
    /// - Kubernetes documentation, Encrypting Confidential Data at Rest: providers
    /// - KEP-3299: KMS v2
    id: "SW4033",
    name: "weak-encryption-provider",
    severity: Medium,
    scope: Object,
    subjects: ["EncryptionConfiguration.apiserver.config.k8s.io", "EncryptionConfig", "EncryptionConfiguration"],
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0142", Narrower, "one of its findings"),
    ],
    fn run(object, out) {
        let Some(configuration) = object.body.encryption() else { return out.not_applicable() };
        let Some(element) = of_secrets(configuration, out.version()) else { return out.not_applicable() };
        let encrypts = providers(element).find(|(_, provider)| provider.identity.is_none());
        let Some((path, provider)) = encrypts else { return out.not_applicable() };
        let (field, why) = if provider.aescbc.is_some() {
            ("aescbc", "does not notice changed data and is open to padding oracles")
        } else if provider.aesgcm.is_some() {
            ("aesgcm", "needs a new key every 200,000 writes")
        } else if provider.kms.as_ref().is_some_and(|kms| matches!(kms.api_version.as_str(), "" | "v1")) {
            ("kms", "in version v1 is deprecated, and off since v1.29")
        } else {
            return;
        };
        out.fail(path.field(field), format!("Secrets are encrypted by `{field}`, which {why}")).derived(why);
    }
}
