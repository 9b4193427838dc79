use seawall_credential::judge;
use seawall_inventory::PodView;
use seawall_inventory::judged::{Parameter, Parameters};
use seawall_inventory::kinds::{SecretProviderClassSpec, SecretStoreSpec};
use seawall_yaml::Path;

use super::secret_store::{Way, is_true, way, way_of};
use crate::Out;

crate::check::check! {
    /// Secrets over an open way
    ///
    /// ## What it finds
    /// Stores of secrets that are reached over plain HTTP, or whose certificate is not verified: in SecretStores and ClusterSecretStores of
    /// External Secrets, in SecretProviderClasses of the Secrets Store CSI driver for Vault, and in annotations for the injector of Vault.
    /// Plain HTTP to the loopback is left out: a proxy may stand there. Stores of the kind `fake` are found, too: their secrets stand in the
    /// manifest.
    ///
    /// ## Why it matters
    /// Whoever sits between, a pod on the same network at the least, reads the secrets and the token that fetches them, or answers with
    /// secrets of his own.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: external-secrets.io/v1
    /// kind: SecretStore
    /// metadata:
    ///   name: vault
    /// spec:
    ///   provider:
    ///     vault:
    ///       server: http://vault.vault:8200   # <- finding
    ///       path: secret
    /// ---
    /// apiVersion: secrets-store.csi.x-k8s.io/v1
    /// kind: SecretProviderClass
    /// metadata:
    ///   name: vault
    /// spec:
    ///   provider: vault
    ///   parameters:
    ///     vaultAddress: https://vault.vault:8200
    ///     vaultSkipTLSVerify: "true"   # <- finding
    /// ```
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: shop
    ///   annotations:
    ///     vault.hashicorp.com/agent-inject: "true"
    ///     vault.hashicorp.com/service: http://vault.vault:8200   # <- finding
    ///     vault.hashicorp.com/tls-skip-verify: "true"   # <- finding
    /// spec:
    ///   containers:
    ///   - name: shop
    ///     image: registry.example/shop:1.2.3
    /// ```
    /// Other stores:
    /// ```yaml bad
    /// apiVersion: external-secrets.io/v1
    /// kind: ClusterSecretStore
    /// metadata:
    ///   name: safe
    /// spec:
    ///   provider:
    ///     beyondtrust:
    ///       server:
    ///         apiUrl: https://safe.example
    ///         verifyCA: false   # <- finding
    /// ---
    /// apiVersion: external-secrets.io/v1
    /// kind: SecretStore
    /// metadata:
    ///   name: cofre
    /// spec:
    ///   provider:
    ///     senhasegura:
    ///       url: https://cofre.example
    ///       ignoreSslCertificate: true   # <- finding
    /// ---
    /// apiVersion: external-secrets.io/v1
    /// kind: SecretStore
    /// metadata:
    ///   name: none
    /// spec:
    ///   provider:
    ///     fake:   # <- finding
    ///       data:
    ///       - key: password
    ///         value: example
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: external-secrets.io/v1
    /// kind: SecretStore
    /// metadata:
    ///   name: vault
    /// spec:
    ///   provider:
    ///     vault:
    ///       server: https://vault.vault:8200
    ///       path: secret
    ///       caProvider:
    ///         type: ConfigMap
    ///         name: vault-ca
    ///         key: ca.crt
    /// ---
    /// apiVersion: secrets-store.csi.x-k8s.io/v1
    /// kind: SecretProviderClass
    /// metadata:
    ///   name: vault
    /// spec:
    ///   provider: vault
    ///   parameters:
    ///     vaultAddress: http://127.0.0.1:8200
    ///     vaultSkipTLSVerify: "false"
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: shop
    ///   annotations:
    ///     vault.hashicorp.com/agent-inject: "true"
    ///     vault.hashicorp.com/service: https://vault.vault:8200
    ///     vault.hashicorp.com/tls-skip-verify: "false"
    /// spec:
    ///   containers:
    ///   - name: shop
    ///     image: registry.example/shop:1.2.3
    /// ```
    /// ## How to fix
    /// Let the store serve TLS, and name the certificate that it is to be verified with: `caProvider` or `caBundle` of External Secrets,
    /// `vaultCACertPath` of the CSI provider, `vault.hashicorp.com/ca-cert` of the injector. Use `fake` in tests alone.
    ///
    /// ## References
    /// - external-secrets v1.3.2 config/crds/bases/external-secrets.io_clustersecretstores.yaml
    /// - sigs.k8s.io/secrets-store-csi-driver v1.5.3 apis/v1/secretproviderclass_types.go
    /// - hashicorp/vault v1.18.0 website/content/docs/platform/k8s: csi/configurations.mdx, injector/annotations.mdx
    id: "SW4017",
    name: "insecure-secret-store",
    severity: Medium,
    scope: Object,
    subjects: [
        "pods",
        "ClusterSecretStore.external-secrets.io",
        "SecretStore.external-secrets.io",
        "SecretProviderClass.secrets-store.csi.x-k8s.io",
    ],
    since: "0.1.0",
    profile: Default,
    fn run(object, out) {
        let mut applies = true;
        if let Some(store) = object.body.secret_store() {
            external(store, out);
        } else if let Some(class) = object.body.secret_provider_class() {
            applies = class.provider == "vault";
            of_driver(class, out);
        } else {
            applies = false;
            for pod in out.snapshot().pods_of(object) {
                applies |= of_injector(&pod, out);
            }
        }
        if !applies {
            out.not_applicable();
        }
    }
}

/// Fields of the providers of External Secrets that hold an address.
const ADDRESSES: &[&str] = &[
    "akeylessGWApiURL",
    "apiEndpoint",
    "apiHost",
    "apiURL",
    "apiUrl",
    "authURL",
    "bitwardenServerSDKURL",
    "connectHost",
    "host",
    "hostAPI",
    "identityURL",
    "server",
    "serverURL",
    "serverUrl",
    "serviceUrl",
    "uploadURL",
    "url",
    "urlTemplate",
    "vaultUrl",
];

/// Fields that switch verification off, by their values.
const UNVERIFIED: &[(&str, &str)] = &[("ignoreSslCertificate", "true"), ("verifyCA", "false")];

fn external(store: &SecretStoreSpec, out: &mut Out<'_>) {
    let provider = &store.provider;
    let path = || Path::root().field("spec").field("provider").key(provider.name.clone());
    if provider.name == "fake" {
        out.fail(path(), "the secrets of this store stand in its manifest").value("fake");
    }
    settings(&provider.settings, &path, out);
    settings(&provider.server, &|| path().field("server"), out);
}

fn settings(all: &Parameters, path: &dyn Fn() -> Path, out: &mut Out<'_>) {
    for (name, parameter) in all.iter() {
        if ADDRESSES.contains(&name) {
            address(parameter, &|| path().key(name), out);
        }
        let off = UNVERIFIED.iter().find(|(field, _)| *field == name);
        if let Some((_, off)) = off.filter(|(_, off)| parameter.text.as_deref() == Some(off)) {
            unverified(path().key(name), off, out);
        }
    }
}

fn of_driver(class: &SecretProviderClassSpec, out: &mut Out<'_>) {
    if class.provider != "vault" {
        return;
    }
    let path = |name: &'static str| Path::root().field("spec").field("parameters").field(name);
    if let Some(parameter) = class.parameters.get("vaultAddress") {
        address(parameter, &|| path("vaultAddress"), out);
    }
    if let Some(skips) = class.parameters.text("vaultSkipTLSVerify").filter(|text| is_true(text)) {
        unverified(path("vaultSkipTLSVerify"), skips, out);
    }
}

/// Judges the annotations of a pod, if it asks for the injector.
fn of_injector(pod: &PodView<'_>, out: &mut Out<'_>) -> bool {
    const INJECT: &str = "vault.hashicorp.com/agent-inject";
    const SERVICE: &str = "vault.hashicorp.com/service";
    const SKIP: &str = "vault.hashicorp.com/tls-skip-verify";
    let annotations = &pod.template.annotations;
    if !annotations.get(INJECT).is_some_and(is_true) {
        return false;
    }
    if let Some(service) = annotations.get(SERVICE) {
        told(way(service, judge("address", service).look), &|| pod.annotation_path(SERVICE), out);
    }
    if let Some(skips) = annotations.get(SKIP).filter(|text| is_true(text)) {
        unverified(pod.annotation_path(SKIP), skips, out);
    }
    true
}

fn address(parameter: &Parameter, path: &dyn Fn() -> Path, out: &mut Out<'_>) {
    told(way_of(parameter), path, out);
}

fn told(way: Way, path: &dyn Fn() -> Path, out: &mut Out<'_>) {
    match way {
        Way::Plain => {
            out.fail(path(), "secrets are fetched over plain HTTP").derived("the address begins with `http://`");
        }
        Way::Open => out.unknown("the address is put in later"),
        Way::Fine => {}
    }
}

fn unverified(path: Path, value: &str, out: &mut Out<'_>) {
    out.fail(path, "the certificate of the store of secrets is not verified").value(value);
}
