use seawall_finding::Severity;
use seawall_yaml::Path;

/// The widest scope first: that is how the controller reads them (`SecretScope`).
const SCOPES: [(&str, &str, Severity); 2] = [
    ("sealedsecrets.bitnami.com/cluster-wide", "in every namespace and under every name", Severity::Medium),
    ("sealedsecrets.bitnami.com/namespace-wide", "under every name of its namespace", Severity::Low),
];

crate::check::check! {
    /// Sealed Secret that opens elsewhere
    ///
    /// ## What it finds
    /// SealedSecrets with the annotation `sealedsecrets.bitnami.com/cluster-wide: "true"`, and with `namespace-wide`, which is low. The
    /// annotation of the SealedSecret itself decides; one in `spec.template` only marks the Secret that is made. Also the old
    /// field `spec.data`, which the controller refuses unless it is told otherwise: low.
    ///
    /// ## Why it matters
    /// Namespace and name are sealed in with the values, so that a copy does not open. Cluster-wide, whoever has the file, which is
    /// there to be shown, and may create SealedSecrets in any namespace of the cluster has its values in plain text.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: bitnami.com/v1alpha1
    /// kind: SealedSecret
    /// metadata:
    ///   name: db
    ///   namespace: shop
    ///   annotations:
    ///     sealedsecrets.bitnami.com/cluster-wide: "true"   # <- finding
    /// spec:
    ///   encryptedData:
    ///     password: AgBy3i4OJSWK
    /// ---
    /// apiVersion: bitnami.com/v1alpha1
    /// kind: SealedSecret
    /// metadata:
    ///   name: mail
    ///   namespace: shop
    ///   annotations:
    ///     sealedsecrets.bitnami.com/namespace-wide: "true"   # <- finding: low
    /// spec:
    ///   encryptedData:
    ///     password: AgBy3i4OJSWK
    /// ```
    /// ```yaml bad
    /// apiVersion: bitnami.com/v1alpha1
    /// kind: SealedSecret
    /// metadata:
    ///   name: db
    ///   namespace: shop
    /// spec:
    ///   data: AgBy3i4OJSWK   # <- finding: low
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: bitnami.com/v1alpha1
    /// kind: SealedSecret
    /// metadata:
    ///   name: db
    ///   namespace: shop
    ///   annotations:
    ///     sealedsecrets.bitnami.com/namespace-wide: "false"
    /// spec:
    ///   encryptedData:
    ///     password: AgBy3i4OJSWK
    ///   template:
    ///     metadata:
    ///       annotations:
    ///         sealedsecrets.bitnami.com/cluster-wide: "true"
    /// ```
    /// ## How to fix
    /// Seal the Secret again with `kubeseal --scope strict`, which is its default, for each namespace that needs it. To take the annotation away
    /// is not enough: the values no longer open. What was sealed cluster-wide and shown to others is best replaced.
    ///
    /// ## References
    /// - bitnami-labs/sealed-secrets v0.40.0 pkg/apis/sealedsecrets/v1alpha1/sealedsecret_expansion.go: labelFor, SecretScope, unseal
    id: "SW4015",
    name: "portable-sealed-secret",
    severity: Medium,
    scope: Object,
    subjects: ["SealedSecret.bitnami.com"],
    since: "0.1.0",
    profile: Default,
    fn run(object, out) {
        let Some(sealed) = object.body.sealed_secret() else { return out.not_applicable() };
        let annotations = &object.metadata.annotations;
        if let Some((name, opens, severity)) = SCOPES.iter().find(|(name, ..)| annotations.get(name) == Some("true")) {
            let path = Path::root().field("metadata").field("annotations").field(name);
            out.fail(path, format!("the SealedSecret opens {opens}")).value("true").severity(*severity);
        }
        if sealed.data.is_some() {
            let path = Path::root().field("spec").field("data");
            out.fail(path, "the controller does not open the old form of a SealedSecret, all values in `data`")
                .derived("`encryptedData` replaced it")
                .severity(Severity::Low);
        }
    }
}
