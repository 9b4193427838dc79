use seawall_finding::Severity;

use super::encryption::{in_clear, of_secrets, providers};

crate::check::check! {
    /// Resources written without encryption
    ///
    /// ## What it finds
    /// EncryptionConfigurations whose first provider for Secrets is `identity`, whatever stands behind it. The first provider writes; the
    /// others only read. Other resources are found, as *low*, when providers that encrypt stand behind `identity`: `identity` alone says
    /// plainly that they are not encrypted. Events are not counted, and what a wildcard behind would encrypt is told by SW4032. Whether
    /// an API server is started with the file is not seen here.
    ///
    /// ## Why it matters
    /// The file looks as if it encrypted, and every Secret that is written stands in clear in etcd and in each of its backups.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: apiserver.config.k8s.io/v1
    /// kind: EncryptionConfiguration
    /// resources:
    /// - resources: [secrets]
    ///   providers:
    ///   - identity: {}   # <- finding
    ///   - kms:
    ///       apiVersion: v2
    ///       name: vault
    ///       endpoint: unix:///run/kms/vault.sock
    /// ```
    /// Other resources than Secrets:
    /// ```yaml bad
    /// apiVersion: apiserver.config.k8s.io/v1
    /// kind: EncryptionConfiguration
    /// resources:
    /// - resources: [secrets]
    ///   providers:
    ///   - secretbox:
    ///       keys:
    ///       - name: key1
    ///         secret: 1kmiPYQPoRMtk4RRyhMJvlZ+4GHGJXbh8NxzMEYRMNY=
    /// - resources: [configmaps]
    ///   providers:
    ///   - identity: {}   # <- finding: low
    ///   - secretbox:
    ///       keys:
    ///       - name: key1
    ///         secret: 1kmiPYQPoRMtk4RRyhMJvlZ+4GHGJXbh8NxzMEYRMNY=
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
    ///   - identity: {}
    /// ```
    /// ## How to fix
    /// Put the encrypting provider first, restart every API server, then write all Secrets again:
    /// `kubectl get secrets -A -o json | kubectl replace -f -`. To begin with, add the provider behind `identity` on all API servers, so that
    /// each can read what another writes.
    ///
    /// ## References
    /// - CIS Kubernetes Benchmark 1.2.28 (encryption providers)
    /// - k8s.io/apiserver v0.36.3 pkg/server/options/encryptionconfig/config.go
    id: "SW4030",
    name: "identity-provider-first",
    severity: High,
    scope: Object,
    subjects: ["EncryptionConfiguration.apiserver.config.k8s.io", "EncryptionConfig", "EncryptionConfiguration"],
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0066", Narrower, "the file; whether the API server uses it comes with the control plane"),
        kubescape("C-0142", Narrower, "one of its findings; SW4031, SW4033 and SW4035 are others"),
    ],
    fn run(object, out) {
        let Some(configuration) = object.body.encryption() else { return out.not_applicable() };
        let version = out.version();
        let secrets = of_secrets(configuration, version);
        let first = secrets.and_then(|element| providers(element).next()).filter(|(_, first)| first.identity.is_some());
        if let Some((path, _)) = first {
            let behind = secrets.is_some_and(|(_, element)| element.providers.len() > 1);
            let message = if behind {
                "Secrets are written in clear: `identity` comes before the providers that encrypt"
            } else {
                "Secrets are written in clear: `identity` is their only provider"
            };
            out.fail(path, message).value("identity");
        }
        for clear in in_clear(configuration, version).filter(|clear| clear.wildcard.is_none()) {
            let Some(element) = configuration.resources.get(clear.index) else { continue };
            if element.providers.iter().all(|provider| provider.identity.is_some()) {
                continue;
            }
            let Some((path, _)) = providers((clear.index, element)).next() else { continue };
            let name = clear.name;
            let message = format!("`{name}` is written in clear: `identity` comes before the providers that encrypt");
            out.fail(path, message).value("identity").severity(Severity::Low);
        }
    }
}
