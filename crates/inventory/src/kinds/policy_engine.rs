//! Policies of engines that run beside the API server: Kyverno, the sigstore policy-controller, Gatekeeper.

use smol_str::SmolStr;

use super::admission::MatchResources;
use crate::decode::{Present, Unchecked, record};
use crate::selector::LabelSelector;

record! {
    /// `Spec` of a `ClusterPolicy` or `Policy` of Kyverno (kyverno.io v1, v2beta1).
    KyvernoPolicySpec {
        /// `Audit` when absent, or `Enforce`; older versions write them small.
        validation_failure_action: Option<SmolStr> = "validationFailureAction",
        /// Namespaces for which it is another.
        validation_failure_action_overrides: Box<[Present]> = "validationFailureActionOverrides",
        /// `Fail` when absent, or `Ignore`.
        failure_policy: Option<SmolStr> = "failurePolicy",
        /// Settings of its webhook.
        webhook_configuration: Option<Box<KyvernoWebhook>> = "webhookConfiguration",
        /// The rules.
        rules: Box<[KyvernoRule]> = "rules",
    }

    /// `WebhookConfiguration` of Kyverno.
    KyvernoWebhook {
        /// `Fail` when absent, or `Ignore`; over the policy's.
        failure_policy: Option<SmolStr> = "failurePolicy",
        /// Further conditions.
        match_conditions: Box<[Present]> = "matchConditions",
    }

    /// `Rule` of Kyverno.
    KyvernoRule {
        /// Name.
        name: SmolStr = "name",
        /// What it is about.
        matches: KyvernoMatch = "match",
        /// What of that it is not about.
        exclude: Option<Box<KyvernoMatch>> = "exclude",
        /// Further conditions.
        preconditions: Option<Present> = "preconditions",
        /// What it asks of objects.
        validate: Option<KyvernoValidation> = "validate",
        /// What it asks of images.
        verify_images: Box<[KyvernoImages]> = "verifyImages",
    }

    /// `MatchResources` of Kyverno.
    KyvernoMatch {
        /// One must hold.
        any: Box<[KyvernoFilter]> = "any",
        /// All must hold.
        all: Box<[KyvernoFilter]> = "all",
        /// The older form: one filter.
        resources: Option<Box<KyvernoResources>> = "resources",
    }

    /// `ResourceFilter`.
    KyvernoFilter {
        /// Objects.
        resources: KyvernoResources = "resources",
        /// Who asks.
        subjects: Box<[Present]> = "subjects",
        /// Who asks, by roles.
        roles: Box<[Present]> = "roles",
        /// Who asks, by cluster roles.
        cluster_roles: Box<[Present]> = "clusterRoles",
    }

    /// `ResourceDescription`.
    KyvernoResources {
        /// Kinds.
        kinds: Box<[SmolStr]> = "kinds",
        /// Names, with wildcards.
        names: Box<[SmolStr]> = "names",
        /// Namespaces, with wildcards.
        namespaces: Box<[SmolStr]> = "namespaces",
        /// Objects by labels.
        selector: Option<LabelSelector> = "selector",
        /// Namespaces by labels.
        namespace_selector: Option<LabelSelector> = "namespaceSelector",
        /// `CREATE`, `UPDATE`, …
        operations: Box<[SmolStr]> = "operations",
    }

    /// `Validation` of Kyverno.
    KyvernoValidation {
        /// `Audit` or `Enforce`; over the policy's.
        failure_action: Option<SmolStr> = "failureAction",
    }

    /// `ImageVerification` of Kyverno.
    KyvernoImages {
        /// Images, with wildcards.
        image_references: Box<[SmolStr]> = "imageReferences",
        /// Images that are left out, with wildcards.
        skip_image_references: Box<[SmolStr]> = "skipImageReferences",
        /// Whether images must be verified; true when absent.
        required: Option<bool> = "required",
        /// Whether tags are replaced by digests; true when absent.
        mutate_digest: Option<bool> = "mutateDigest",
        /// Whether images must have a digest; true when absent.
        verify_digest: Option<bool> = "verifyDigest",
        /// `Audit` or `Enforce`; over the policy's.
        failure_action: Option<SmolStr> = "failureAction",
        /// Who must have signed.
        attestors: Box<[Present]> = "attestors",
        /// What must have been attested.
        attestations: Box<[Present]> = "attestations",
        /// The older form of one attestor: a public key.
        key: Option<Present> = "key",
        /// The older form of one attestor: an issuer.
        issuer: Option<Present> = "issuer",
    }

    /// `ValidatingPolicySpec` and `ImageValidatingPolicySpec` of kyverno/api policies.kyverno.io v1, v1beta1, v1alpha1.
    KyvernoCelPolicySpec {
        /// `Deny` when empty, `Audit`, `Warn`.
        validation_actions: Box<[SmolStr]> = "validationActions",
        /// `Fail` when absent, or `Ignore`.
        failure_policy: Option<SmolStr> = "failurePolicy",
        /// What it is about.
        match_constraints: Option<Box<MatchResources>> = "matchConstraints",
        /// Further conditions.
        match_conditions: Box<[Present]> = "matchConditions",
        /// Images it is about.
        match_image_references: Box<[MatchImageReference]> = "matchImageReferences",
        /// How images are verified.
        validation_configurations: Option<Box<ImageValidation>> = "validationConfigurations",
        /// Who must have signed.
        attestors: Box<[Present]> = "attestors",
    }

    /// `MatchImageReference`.
    MatchImageReference {
        /// With wildcards.
        glob: Option<SmolStr> = "glob",
        /// In CEL.
        expression: Option<Present> = "expression",
    }

    /// `ValidationConfiguration`.
    ImageValidation {
        /// Whether images must be verified; true when absent.
        required: Option<bool> = "required",
        /// Whether tags are replaced by digests; true when absent.
        mutate_digest: Option<bool> = "mutateDigest",
        /// Whether images must have a digest; true when absent.
        verify_digest: Option<bool> = "verifyDigest",
    }

    /// `ClusterImagePolicySpec` of sigstore/policy-controller v0.13.1 pkg/apis/policy v1beta1, v1alpha1.
    ClusterImagePolicySpec {
        /// `enforce` when empty, or `warn`.
        mode: SmolStr = "mode",
        /// Images it is about.
        images: Box<[ImagePattern]> = "images",
        /// One of them must vouch.
        authorities: Box<[ImageAuthority]> = "authorities",
        /// Resources it is about; all that the controller sees when empty.
        matches: Box<[Present]> = "match",
    }

    /// `ImagePattern`.
    ImagePattern {
        /// `*` within a part of the path, `**` across parts.
        glob: SmolStr = "glob",
    }

    /// `Authority`.
    ImageAuthority {
        /// A public key.
        key: Option<Present> = "key",
        /// A short-lived certificate.
        keyless: Option<Present> = "keyless",
        /// A fixed answer.
        fixed: Option<StaticAuthority> = "static",
    }

    /// `StaticRef`.
    StaticAuthority {
        /// `pass` or `fail`.
        action: SmolStr = "action",
    }

    /// A constraint of Gatekeeper (constraints.gatekeeper.sh v1, v1beta1), of any kind.
    ConstraintSpec {
        /// `deny` when empty, `dryrun`, `warn`, `scoped`.
        enforcement_action: SmolStr = "enforcementAction",
        /// What is done where, when it is `scoped`.
        scoped_enforcement_actions: Box<[Present]> = "scopedEnforcementActions",
        /// What it is about.
        matches: Option<Box<ConstraintMatch>> = "match",
        /// Parameters; each kind has its own.
        parameters: Option<Box<Unchecked<ConstraintParameters>>> = "parameters",
    }

    /// `Match` of Gatekeeper.
    ConstraintMatch {
        /// Kinds; all when empty.
        kinds: Box<[ConstraintKinds]> = "kinds",
        /// Namespaces, with wildcards; all when empty.
        namespaces: Box<[SmolStr]> = "namespaces",
        /// Namespaces that are left out, with wildcards.
        excluded_namespaces: Box<[SmolStr]> = "excludedNamespaces",
        /// Namespaces by labels.
        namespace_selector: Option<LabelSelector> = "namespaceSelector",
        /// Objects by labels.
        label_selector: Option<LabelSelector> = "labelSelector",
    }

    /// `Kinds` of Gatekeeper.
    ConstraintKinds {
        /// API groups.
        api_groups: Box<[SmolStr]> = "apiGroups",
        /// Kinds.
        kinds: Box<[SmolStr]> = "kinds",
    }

    /// Parameters of constraints of the gatekeeper-library that are about images.
    ConstraintParameters {
        /// Of `K8sAllowedRepos`: what an image must begin with.
        repos: Box<[SmolStr]> = "repos",
        /// Of `K8sAllowedReposv2`: images; `*` at the end for what begins so.
        allowed_images: Box<[SmolStr]> = "allowedImages",
    }
}
