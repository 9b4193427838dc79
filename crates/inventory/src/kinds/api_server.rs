//! Files that the API server is started with: configuration of admission plugins. That of encryption at rest has its own file.
//!
//! They are no objects of a cluster and have no metadata (k8s.io/apiserver pkg/apis/apiserver/v1 v0.36.3,
//! k8s.io/pod-security-admission admission/api v0.37.2).

use smol_str::SmolStr;

use crate::decode::{Present, record};

record! {
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
