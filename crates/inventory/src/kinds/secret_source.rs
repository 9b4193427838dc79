//! What makes Secrets: sealed ones, stores outside of the cluster, certificates.

use seawall_yaml::{Node, Value};
use smol_str::SmolStr;

use super::Metadata;
use crate::decode::{Decode, Decoding, Present, Scalar, StringMap, record};
use crate::encode::Encode;
use crate::judged::{JudgedMap, Parameters};
use crate::mark::{self, mark};
use crate::selector::LabelSelector;
use crate::tree::Tree;

record! {
    /// `SealedSecretSpec` of bitnami-labs/sealed-secrets v0.40.0 pkg/apis/sealedsecrets/v1alpha1.
    SealedSecretSpec {
        /// The Secret around the values.
        template: SealedTemplate = "template",
        /// Deprecated: all values in one.
        data: Option<Present> = "data",
        /// The keys that it makes; values are encrypted.
        encrypted_data: JudgedMap = "encryptedData",
    }

    /// `SecretTemplateSpec`.
    SealedTemplate {
        /// Name, labels, annotations of the Secret; the scope of the seal stands in the annotations.
        metadata: Box<Metadata> = "metadata",
        /// Type of the Secret.
        type_: SmolStr = "type",
        /// Values that are not encrypted, with templates in them.
        data: JudgedMap = "data",
    }

    /// `ExternalSecretSpec` of External Secrets (external-secrets.io v1, v1beta1, v1alpha1).
    ExternalSecretSpec {
        /// The store.
        secret_store_ref: Option<Box<SecretStoreRef>> = "secretStoreRef",
        /// The Secret that it makes.
        target: ExternalTarget = "target",
        /// Keys, one by one.
        data: Box<[ExternalData]> = "data",
        /// Keys, many at once.
        data_from: Box<[ExternalDataFrom]> = "dataFrom",
        /// A duration; 1h when absent, never again when 0.
        refresh_interval: Option<Scalar> = "refreshInterval",
        /// `Periodic` when absent, `CreatedOnce` or `OnChange`.
        refresh_policy: Option<SmolStr> = "refreshPolicy",
    }

    /// `SecretStoreRef`.
    SecretStoreRef {
        /// Name.
        name: SmolStr = "name",
        /// `SecretStore` when empty, or `ClusterSecretStore`.
        kind: SmolStr = "kind",
    }

    /// `ExternalSecretTarget`.
    ExternalTarget {
        /// Name of the Secret; that of the ExternalSecret when empty.
        name: SmolStr = "name",
        /// `Owner` when absent, `Orphan`, `Merge`, `None`.
        creation_policy: Option<SmolStr> = "creationPolicy",
        /// How the Secret is made.
        template: Option<Box<ExternalTemplate>> = "template",
    }

    /// `ExternalSecretTemplate`.
    ExternalTemplate {
        /// Type of the Secret.
        type_: SmolStr = "type",
        /// Keys that it makes; values have templates in them.
        data: JudgedMap = "data",
        /// Keys that come from ConfigMaps and Secrets.
        template_from: Box<[Present]> = "templateFrom",
    }

    /// `ExternalSecretData`.
    ExternalData {
        /// Key in the Secret.
        secret_key: SmolStr = "secretKey",
    }

    /// `ExternalSecretDataFromRemoteRef`.
    ExternalDataFrom {
        /// All keys of one entry of the store.
        extract: Option<Present> = "extract",
        /// All entries that are found.
        find: Option<Box<ExternalFind>> = "find",
    }

    /// `ExternalSecretFind`.
    ExternalFind {
        /// Below this path.
        path: Option<SmolStr> = "path",
        /// With such a name.
        name: Option<FindName> = "name",
        /// With these tags.
        tags: StringMap = "tags",
    }

    /// `FindName`.
    FindName {
        /// A regular expression.
        regexp: SmolStr = "regexp",
    }

    /// `ClusterExternalSecretSpec`.
    ClusterExternalSecretSpec {
        /// What is made in each namespace.
        external_secret_spec: Box<ExternalSecretSpec> = "externalSecretSpec",
        /// Its name; that of the ClusterExternalSecret when empty.
        external_secret_name: SmolStr = "externalSecretName",
        /// Namespaces by their labels.
        namespace_selector: Option<LabelSelector> = "namespaceSelector",
        /// Namespaces by their labels; one of them must hold.
        namespace_selectors: Box<[LabelSelector]> = "namespaceSelectors",
        /// Namespaces by name.
        namespaces: Box<[SmolStr]> = "namespaces",
    }

    /// `SecretStoreSpec`, of SecretStore and ClusterSecretStore.
    SecretStoreSpec {
        /// Who may use a ClusterSecretStore; all namespaces when empty.
        conditions: Box<[StoreCondition]> = "conditions",
        /// The store.
        provider: StoreProvider = "provider",
    }

    /// `ClusterSecretStoreCondition`.
    StoreCondition {
        /// Namespaces by their labels.
        namespace_selector: Option<LabelSelector> = "namespaceSelector",
        /// Namespaces by name.
        namespaces: Box<[SmolStr]> = "namespaces",
        /// Namespaces whose name matches.
        namespace_regexes: Box<[SmolStr]> = "namespaceRegexes",
    }

    /// `SecretProviderClassSpec` of the Secrets Store CSI driver (secrets-store.csi.x-k8s.io v1, v1alpha1).
    SecretProviderClassSpec {
        /// `vault`, `azure`, `aws`, `gcp`, …
        provider: SmolStr = "provider",
        /// Parameters of the provider.
        parameters: Parameters = "parameters",
        /// Secrets that the driver makes of what it mounts.
        secret_objects: Box<[SyncedSecret]> = "secretObjects",
    }

    /// `SecretObject`.
    SyncedSecret {
        /// Name of the Secret.
        secret_name: SmolStr = "secretName",
        /// Type of the Secret.
        type_: SmolStr = "type",
        /// Its keys.
        data: Box<[SyncedKey]> = "data",
    }

    /// `SecretObjectData`.
    SyncedKey {
        /// Key in the Secret.
        key: SmolStr = "key",
    }

    /// `CertificateSpec` of cert-manager v1.21 pkg/apis/certmanager/v1.
    CertificateSpec {
        /// The Secret that it makes, with the keys `tls.crt`, `tls.key` and `ca.crt`.
        secret_name: SmolStr = "secretName",
    }
}

/// `SecretStoreProvider`: the type of a store is the name of its field.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StoreProvider {
    /// `vault`, `aws`, `fake`, …; empty when there is none.
    pub name: SmolStr,
    /// The scalars that stand in it: `server`, `url`, …
    pub settings: Parameters,
    /// The scalars that stand in its `server`, when that is an object.
    pub server: Parameters,
    /// Whether a credential is named without a namespace. A ClusterSecretStore then takes that of the namespace in which the
    /// ExternalSecret stands (SecretKeyRef of external-secrets v0.20.4 pkg/esutils/resolvers/secret_ref.go).
    pub of_caller: bool,
}

impl Decode for StoreProvider {
    fn decode(node: Node<'_>, cx: &mut Decoding) -> Self {
        match node.value() {
            Value::Null => Self::default(),
            Value::Map(mut entries) => entries
                .find(|(_, _, value)| !value.is_null())
                .map(|(name, _, value)| Self {
                    name: SmolStr::new(name),
                    settings: Parameters::of_scalars(value, cx),
                    server: value
                        .get("server")
                        .filter(|server| mark::of(*server, cx).is_none())
                        .map(|server| Parameters::of_scalars(server, cx))
                        .unwrap_or_default(),
                    of_caller: match mark::of(value, cx) {
                        Some(code) => code == OF_CALLER,
                        None => names_credential_of_caller(name, value),
                    },
                })
                .unwrap_or_default(),
            _ => {
                cx.wrong_type(node, "object");
                Self::default()
            }
        }
    }
}

/// What is written of [`StoreProvider::of_caller`].
const OF_CALLER: &str = "credential of the caller";

impl Encode for StoreProvider {
    fn encode(&self) -> Tree {
        let Self { name, settings, server, of_caller } = self;
        if name.is_empty() {
            return Tree::Map(Vec::new());
        }
        let mut own = mark(if *of_caller { OF_CALLER } else { mark::PRESENT });
        if let (Tree::Map(own), Tree::Map(settings)) = (&mut own, settings.encode()) {
            own.extend(settings);
            own.extend(server.field().map(|server| (SmolStr::new_static("server"), server)));
        }
        Tree::Map(vec![(name.clone(), own)])
    }
}

/// Whether a `SecretKeySelector` or a `ServiceAccountSelector` without a namespace stands below `node`, which is called `name`.
fn names_credential_of_caller(name: &str, node: Node<'_>) -> bool {
    match node.value() {
        Value::Map(mut entries) => {
            let has = |field| node.get(field).is_some_and(|value: Node<'_>| !value.is_null());
            let selects = has("name") && (has("key") || name.ends_with("Ref"));
            if selects && name != "caProvider" {
                return !has("namespace");
            }
            entries.any(|(name, _, value)| names_credential_of_caller(name, value))
        }
        Value::Seq(mut items) => items.any(|item| names_credential_of_caller(name, item)),
        _ => false,
    }
}
