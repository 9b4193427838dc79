use seawall_yaml::Path;

use super::encryption::keys;

crate::check::check! {
    /// Short encryption key
    ///
    /// ## What it finds
    /// Keys of `aescbc` and `aesgcm` in EncryptionConfigurations that are shorter than 256 bits: the API server takes 128 and 192, too.
    ///
    /// ## Why it matters
    /// Backups are kept for long, and 128 bits leave less room for what will be broken in that time, AES among quantum computers first. Kubernetes'
    /// documentation asks for 32 bytes. It is in *strict*: nobody breaks 128 bits today.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: apiserver.config.k8s.io/v1
    /// kind: EncryptionConfiguration
    /// resources:
    /// - resources: [secrets]
    ///   providers:
    ///   - aescbc:
    ///       keys:
    ///       - name: key1
    ///         secret: 46Ow0p3yYaU9T2FhtGm9Vw==   # <- finding
    ///       - name: key2
    ///         secret: WmBXoyrHmV1SXqyXdNyXJvq3UkNbQqLg   # <- finding
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: apiserver.config.k8s.io/v1
    /// kind: EncryptionConfiguration
    /// resources:
    /// - resources: [secrets]
    ///   providers:
    ///   - aesgcm:
    ///       keys:
    ///       - name: key1
    ///         secret: 1kmiPYQPoRMtk4RRyhMJvlZ+4GHGJXbh8NxzMEYRMNY=
    /// ```
    /// ## How to fix
    /// Draw a new key: `head -c 32 /dev/urandom | base64`. Put it behind the old one on every API server and restart them, then first and restart
    /// them again, write all objects again, and remove the old one.
    ///
    /// ## References
    /// - k8s.io/apiserver v0.36.3 pkg/apis/apiserver/types_encryption.go: AESConfiguration
    /// - k8s.io/apiserver v0.36.3 pkg/apis/apiserver/validation/validation_encryption.go: aesKeySizes
    id: "SW4034",
    name: "short-encryption-key",
    severity: Low,
    scope: Object,
    subjects: ["EncryptionConfiguration.apiserver.config.k8s.io", "EncryptionConfig", "EncryptionConfiguration"],
    since: "0.1.0",
    profile: Strict,
    fn run(object, out) {
        let Some(configuration) = object.body.encryption() else { return out.not_applicable() };
        for (number, element) in configuration.resources.iter().enumerate() {
            for (index, provider) in element.providers.iter().enumerate() {
                for (field, list) in keys(provider).filter(|(field, _)| *field != "secretbox") {
                    for (at, key) in list.keys.iter().enumerate() {
                        let Some(secret) = &key.secret else { continue };
                        let bits = match secret.length {
                            Some(16) => 128,
                            Some(24) => 192,
                            None if secret.placeholder => {
                                out.unknown("the key is put in later");
                                continue;
                            }
                            // Other lengths are refused (SW4037).
                            _ => continue,
                        };
                        let provider = Path::root().field("resources").index(number).field("providers").index(index);
                        let path = provider.field(field).field("keys").index(at).field("secret");
                        let message = format!("encryption key `{}` has {bits} bits, where 256 cost no more", key.name);
                        out.fail(path, message).derived("the key is not shown");
                    }
                }
            }
        }
    }
}
