use seawall_yaml::Path;

use super::encryption::of_secrets;

crate::check::check! {
    /// Encryption at rest that leaves Secrets out
    ///
    /// ## What it finds
    /// EncryptionConfigurations in which no element names `secrets`, `*.` or `*.*`.
    ///
    /// ## Why it matters
    /// Resources that are not named are written in clear. Secrets are what encryption at rest is for.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: apiserver.config.k8s.io/v1
    /// kind: EncryptionConfiguration
    /// resources:   # <- finding
    /// - resources: [configmaps]
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
    /// - resources: [configmaps, secrets]
    ///   providers:
    ///   - kms:
    ///       apiVersion: v2
    ///       name: vault
    ///       endpoint: unix:///run/kms/vault.sock
    /// ```
    /// ## How to fix
    /// Add `secrets` to the resources of an element whose first provider encrypts, restart every API server, then write all Secrets again.
    ///
    /// ## References
    /// - CIS Kubernetes Benchmark 1.2.28
    /// - k8s.io/apiserver v0.36.3 pkg/server/options/encryptionconfig/config.go
    id: "SW4031",
    name: "unencrypted-resource",
    severity: High,
    scope: Object,
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0142", Narrower, "one of its findings"),
    ],
    fn run(object, out) {
        let Some(configuration) = object.body.encryption() else { return out.not_applicable() };
        if of_secrets(configuration).is_none() {
            out.fail(Path::root().field("resources"), "Secrets are not among the resources that are encrypted")
                .derived("no element names `secrets`, `*.` or `*.*`");
        }
    }
}
