//! Files that the API server is started with: encryption at rest, and configuration of admission plugins.
//!
//! They are no objects of a cluster and have no metadata (k8s.io/apiserver pkg/apis/apiserver/v1 v0.36.3,
//! k8s.io/pod-security-admission admission/api v0.37.2).

use seawall_credential::JudgedKey;
use smol_str::SmolStr;

use crate::decode::{Present, Scalar, record};

record! {
    /// `EncryptionConfiguration`, and its forerunner `EncryptionConfig`.
    EncryptionConfiguration {
        /// The first that names a resource decides.
        resources: Box<[EncryptedResources]> = "resources",
    }

    /// `ResourceConfiguration`.
    EncryptedResources {
        /// `secrets`, `events.events.k8s.io`, `*.apps`, `*.`, `*.*`.
        resources: Box<[SmolStr]> = "resources",
        /// The first writes; all read.
        providers: Box<[EncryptionProvider]> = "providers",
    }

    /// `ProviderConfiguration`: one of its fields is given.
    EncryptionProvider {
        /// No encryption.
        identity: Option<Present> = "identity",
        /// AES-CBC.
        aescbc: Option<Box<EncryptionKeys>> = "aescbc",
        /// AES-GCM.
        aesgcm: Option<Box<EncryptionKeys>> = "aesgcm",
        /// XSalsa20 and Poly1305.
        secretbox: Option<Box<EncryptionKeys>> = "secretbox",
        /// A key management service.
        kms: Option<Box<KmsProvider>> = "kms",
    }

    /// `AESConfiguration`, `SecretboxConfiguration`.
    EncryptionKeys {
        /// The first writes; all read.
        keys: Box<[EncryptionKey]> = "keys",
    }

    /// `Key`.
    EncryptionKey {
        /// Name.
        name: SmolStr = "name",
        /// What the key looks like; the key is not kept.
        secret: Option<JudgedKey> = "secret",
    }

    /// `KMSConfiguration`.
    KmsProvider {
        /// `v1` when empty, or `v2`.
        api_version: SmolStr = "apiVersion",
        /// Name.
        name: SmolStr = "name",
        /// Keys held in memory (v1); 1000 when absent.
        cache_size: Option<i64> = "cachesize",
        /// Socket of the plugin.
        endpoint: SmolStr = "endpoint",
        /// A duration; 3s when absent.
        timeout: Option<Scalar> = "timeout",
    }

    /// `AdmissionConfiguration`.
    AdmissionConfiguration {
        /// Settings of plugins.
        plugins: Box<[AdmissionPlugin]> = "plugins",
    }

    /// `AdmissionPluginConfiguration`.
    AdmissionPlugin {
        /// Name of the plugin.
        name: SmolStr = "name",
        /// Another file with its settings.
        path: SmolStr = "path",
        /// Its settings.
        configuration: Option<Box<PluginConfiguration>> = "configuration",
    }

    /// Settings of a plugin, as far as they are those of PodSecurity or of ImagePolicyWebhook.
    PluginConfiguration {
        /// Version of the settings.
        api_version: SmolStr = "apiVersion",
        /// Kind of the settings.
        kind: SmolStr = "kind",
        /// Defaults of PodSecurity.
        defaults: Option<Box<PodSecurityDefaults>> = "defaults",
        /// Exemptions of PodSecurity.
        exemptions: Option<Box<PodSecurityExemptions>> = "exemptions",
        /// Settings of ImagePolicyWebhook.
        image_policy: Option<Box<ImagePolicy>> = "imagePolicy",
    }

    /// `PodSecurityConfiguration`.
    PodSecurityConfiguration {
        /// What holds in a namespace without labels.
        defaults: PodSecurityDefaults = "defaults",
        /// What nothing holds for.
        exemptions: PodSecurityExemptions = "exemptions",
    }

    /// `PodSecurityDefaults`. An empty level is `privileged`, an empty version `latest`.
    PodSecurityDefaults {
        /// Level that is enforced.
        enforce: SmolStr = "enforce",
        /// Version of that level.
        enforce_version: SmolStr = "enforce-version",
        /// Level that is audited.
        audit: SmolStr = "audit",
        /// Version of that level.
        audit_version: SmolStr = "audit-version",
        /// Level that is warned of.
        warn: SmolStr = "warn",
        /// Version of that level.
        warn_version: SmolStr = "warn-version",
    }

    /// `PodSecurityExemptions`.
    PodSecurityExemptions {
        /// Users.
        usernames: Box<[SmolStr]> = "usernames",
        /// Namespaces.
        namespaces: Box<[SmolStr]> = "namespaces",
        /// Runtime classes.
        runtime_classes: Box<[SmolStr]> = "runtimeClasses",
    }

    /// `imagePolicyWebhookConfig` of k8s.io/kubernetes v1.36.3 plugin/pkg/admission/imagepolicy/config.go.
    ImagePolicy {
        /// How to reach the backend.
        kube_config_file: Option<Present> = "kubeConfigFile",
        /// Whether images are admitted when the backend cannot be asked.
        default_allow: Option<bool> = "defaultAllow",
    }
}
