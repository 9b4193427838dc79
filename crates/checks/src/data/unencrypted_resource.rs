use seawall_finding::{Param, ParamDefault, Severity};
use seawall_yaml::Path;

use super::encryption::{GroupResource, element_of, of_secrets};

crate::check::check! {
    /// Encryption at rest that leaves Secrets out
    ///
    /// ## What it finds
    /// EncryptionConfigurations in which no element names `secrets`, `*.` or `*.*`; and, as *low*, those that leave out ConfigMaps, or what
    /// else the parameter names: custom resources that hold credentials, for example. Wildcards are read from v1.27 on.
    ///
    /// ## Why it matters
    /// Resources that are not named are written in clear. Secrets are what encryption at rest is for. ConfigMaps are next: passwords stand in
    /// many a configuration file, and to encrypt them too costs one word.
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
    /// Secrets alone:
    /// ```yaml bad
    /// apiVersion: apiserver.config.k8s.io/v1
    /// kind: EncryptionConfiguration
    /// resources:   # <- finding: low
    /// - resources: [secrets]
    ///   providers:
    ///   - kms:
    ///       apiVersion: v2
    ///       name: vault
    ///       endpoint: unix:///run/kms/vault.sock
    /// ```
    /// With `resources: configmaps, widgets.example.com`:
    /// ```yaml bad
    /// # with resources: configmaps, widgets.example.com
    /// apiVersion: apiserver.config.k8s.io/v1
    /// kind: EncryptionConfiguration
    /// resources:   # <- finding: low
    /// - resources: ['*.']
    ///   providers:
    ///   - kms:
    ///       apiVersion: v2
    ///       name: vault
    ///       endpoint: unix:///run/kms/vault.sock
    /// ```
    /// Before v1.27 there are no wildcards:
    /// ```yaml bad
    /// # with kubernetes: 1.26
    /// # with resources: secrets
    /// apiVersion: apiserver.config.k8s.io/v1
    /// kind: EncryptionConfiguration
    /// resources:   # <- finding
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
    /// - resources: [configmaps, secrets]
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
    /// - resources: ['*.*']
    ///   providers:
    ///   - kms:
    ///       apiVersion: v2
    ///       name: vault
    ///       endpoint: unix:///run/kms/vault.sock
    /// ```
    /// ## How to fix
    /// Add the resource to an element whose first provider encrypts, restart every API server, then write all its objects again.
    ///
    /// ## References
    /// - CIS Kubernetes Benchmark 1.2.28 (encryption providers)
    /// - k8s.io/apiserver v0.36.3 pkg/server/options/encryptionconfig/config.go
    id: "SW4031",
    name: "unencrypted-resource",
    severity: High,
    scope: Object,
    subjects: ["EncryptionConfiguration.apiserver.config.k8s.io", "EncryptionConfig", "EncryptionConfiguration"],
    since: "0.1.0",
    profile: Default,
    params: [Param {
        name: "resources",
        doc: "resources besides Secrets that are to be encrypted, as the file names them: `widgets.example.com`",
        default: ParamDefault::Strings(&["configmaps"]),
    }],
    peers: [
        kubescape("C-0142", Narrower, "one of its findings"),
    ],
    fn run(object, out) {
        let Some(configuration) = object.body.encryption() else { return out.not_applicable() };
        let version = out.version();
        let path = || Path::root().field("resources");
        if of_secrets(configuration, version).is_none() {
            out.fail(path(), "Secrets are not among the resources that are encrypted")
                .derived("no element names `secrets`, `*.` or `*.*`");
        }
        let mut others = out.param_strings("resources");
        others.retain(|name| {
            let resource = GroupResource::parse(name);
            resource != GroupResource::SECRETS && element_of(configuration, resource, version).is_none()
        });
        if !others.is_empty() {
            let names = others.join("`, `");
            out.fail(path(), format!("`{names}` is not among the resources that are encrypted"))
                .derived("no element names it, its group or everything")
                .severity(Severity::Low);
        }
    }
}
