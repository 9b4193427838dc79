use seawall_finding::Severity;
use seawall_yaml::Path;

use super::encryption::keys;

crate::check::check! {
    /// Encryption key that can be guessed
    ///
    /// ## What it finds
    /// Keys of EncryptionConfigurations that stand in public documentation, that consist of printable characters only, so that a person wrote
    /// them, or that are made of a few different bytes. The key is judged while it is read, and neither kept nor shown.
    ///
    /// ## Why it matters
    /// Whoever gets a backup of etcd tries these first, and then reads every Secret.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: apiserver.config.k8s.io/v1
    /// kind: EncryptionConfiguration
    /// resources:
    /// - resources: [secrets]
    ///   providers:
    ///   - secretbox:
    ///       keys:
    ///       - name: key1
    ///         secret: YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXoxMjM0NTY=   # <- finding
    /// ```
    /// A sentence of a person, and a key that was never drawn:
    /// ```yaml bad
    /// apiVersion: apiserver.config.k8s.io/v1
    /// kind: EncryptionConfiguration
    /// resources:
    /// - resources: [secrets]
    ///   providers:
    ///   - aescbc:
    ///       keys:
    ///       - name: sentence
    ///         secret: bm9ib2R5IHdpbGwgZXZlciBndWVzcyB0aGlzIGtleSE=   # <- finding: medium
    ///   - aesgcm:
    ///       keys:
    ///       - name: zero
    ///         secret: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=   # <- finding: medium
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
    /// ```yaml good
    /// apiVersion: apiserver.config.k8s.io/v1
    /// kind: EncryptionConfiguration
    /// resources:
    /// - resources: [secrets]
    ///   providers:
    ///   - secretbox:
    ///       keys:
    ///       - name: key1
    ///         secret: 1kmiPYQPoRMtk4RRyhMJvlZ+4GHGJXbh8NxzMEYRMNY=
    /// ```
    /// ## How to fix
    /// Draw a new key: `head -c 32 /dev/urandom | base64`. Put it first, restart every API server, write all Secrets again, then remove the old
    /// one. Better leave the key to a key management service: a key in a file on the same disk protects backups only.
    ///
    /// ## References
    /// - Kubernetes documentation, Encrypting Confidential Data at Rest
    id: "SW4035",
    name: "guessable-encryption-key",
    severity: High,
    scope: Object,
    subjects: ["EncryptionConfiguration.apiserver.config.k8s.io", "EncryptionConfig", "EncryptionConfiguration"],
    since: "0.1.0",
    profile: Default,
    subsumes: ["SW4034"],
    fn run(object, out) {
        let Some(configuration) = object.body.encryption() else { return out.not_applicable() };
        for (number, element) in configuration.resources.iter().enumerate() {
            for (index, provider) in element.providers.iter().enumerate() {
                for (field, list) in keys(provider) {
                    for (at, key) in list.keys.iter().enumerate() {
                        let Some(secret) = &key.secret else { continue };
                        let Some(length) = secret.length.filter(|length| *length > 0) else {
                            if secret.placeholder {
                                out.unknown("the key is put in later");
                            }
                            continue;
                        };
                        // A key at random of 16 bytes has fewer than 8 different ones less than once in a million.
                        let few = length >= 16 && secret.distinct < 8;
                        let (why, severity) = if secret.published {
                            ("stands in public documentation", Severity::High)
                        } else if secret.printable {
                            ("consists of printable characters: a person wrote it", Severity::Medium)
                        } else if few {
                            ("is made of a few different bytes", Severity::Medium)
                        } else {
                            continue;
                        };
                        let provider = Path::root().field("resources").index(number).field("providers").index(index);
                        let path = provider.field(field).field("keys").index(at).field("secret");
                        let message = format!("encryption key `{}` can be guessed: it {why}", key.name);
                        out.fail(path, message).derived(format!("{length} bytes; the key is not shown")).severity(severity);
                    }
                }
            }
        }
    }
}
