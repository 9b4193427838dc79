use seawall_credential::{CredentialKind, Judged, Look};
use seawall_inventory::judged::JudgedMap;
use seawall_inventory::kinds::Secret;
use seawall_inventory::{Object, Provenance};
use seawall_yaml::Path;

use crate::Out;

crate::check::check! {
    /// Secret in plain text
    ///
    /// ## What it finds
    /// Secrets in files whose values are credentials: by their form, by the key's name, or by the type of the Secret, which says that one
    /// of its keys is. Base64 hides nothing. Also what the template of a SealedSecret or ExternalSecret writes out beside its placeholders. Values that are encrypted (SOPS), placeholders and references (`${…}`, `<path:…>`, `vault:…`) are
    /// none, and what a whole cluster gave is not judged: there a Secret has to be. Of rendered charts only passwords that anyone guesses
    /// are told: others may be drawn anew in each rendering.
    ///
    /// ## Why it matters
    /// Whoever has the repository has the credential, and its history keeps it. A Secret protects a value in a cluster by roles and
    /// by encryption at rest; in a file nothing does.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1   # <- finding
    /// kind: Secret
    /// metadata:
    ///   name: db
    /// stringData:
    ///   user: shop
    ///   password: Xk39vQ2nL
    /// ```
    /// ```yaml bad
    /// apiVersion: bitnami.com/v1alpha1
    /// kind: SealedSecret
    /// metadata:
    ///   name: db
    /// spec:
    ///   encryptedData:
    ///     password: AgBy3i4OJSWK
    ///   template:
    ///     data:   # <- finding
    ///       app.yaml: |
    ///         password: "{{ .password }}"
    ///         api_key: 8sK2nQ7pX4vL9wZ3
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Secret
    /// metadata:
    ///   name: db
    /// stringData:
    ///   user: shop
    ///   password: ${DB_PASSWORD}
    /// ---
    /// apiVersion: external-secrets.io/v1
    /// kind: ExternalSecret
    /// metadata:
    ///   name: mail
    /// spec:
    ///   data:
    ///   - secretKey: password
    ///   target:
    ///     template:
    ///       data:
    ///         mail.ini: "password={{ .password }}"
    /// ```
    /// ## How to fix
    /// Replace the credential first: it is known. Then let it come from a store outside (External Secrets, the Secrets Store CSI driver,
    /// Vault), or keep it encrypted beside the code (Sealed Secrets, SOPS).
    ///
    /// ## References
    /// - CIS Kubernetes Benchmark 5.4.2 (external secret storage)
    /// - Kubernetes documentation, Good practices for Kubernetes Secrets
    /// - k8s.io/kubernetes v1.36.3 pkg/apis/core/types.go: SecretType
    id: "SW4005",
    name: "plain-secret",
    severity: Medium,
    scope: Object,
    subjects: ["Secret", "SealedSecret.bitnami.com", "ExternalSecret.external-secrets.io"],
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0208", Narrower, "whether an outside store exists cannot be seen from files; a Secret in plain text can"),
        kubescape("C-0234", Narrower, "whether an outside store exists cannot be seen from files; a Secret in plain text can"),
    ],
    fn run(object, out) {
        if let Some((template, fields)) = template(object) {
            if template.is_empty() {
                return out.not_applicable();
            }
            let pairs = || template.iter().map(|(key, judged)| (key, judged, judged.is_credential()));
            if let Some(named) = named(pairs, is_rendered(object, out), out) {
                let message = format!("the template of the Secret holds values in plain text: {named}");
                let place = fields.iter().fold(Path::root(), |path, field| path.field(field));
                out.fail(place.field("template").field("data"), message).derived("beside it values are protected; those of the template are not shown");
            }
            return;
        }
        let Some(secret) = object.body.secret() else { return out.not_applicable() };
        let from_cluster = out.snapshot().is_live() || object.metadata.uid().is_some();
        if from_cluster || secret.sops.is_some() || (secret.data.is_empty() && secret.string_data.is_empty()) {
            return out.not_applicable();
        }
        let all = || secret.data.iter().chain(secret.string_data.iter());
        let pairs = || all().map(|(key, judged)| (key, judged, is_credential(secret, key, judged)));
        if let Some(named) = named(pairs, is_rendered(object, out), out) {
            let message = format!("the Secret holds its values in plain text: {named}");
            out.fail(Path::root(), message).derived("base64 is no encryption; the values are not shown");
        }
    }
}

/// What a SealedSecret or an ExternalSecret writes into its Secret besides what it opens or fetches, and below which field.
fn template(object: &Object) -> Option<(&JudgedMap, &'static [&'static str])> {
    if let Some(sealed) = object.body.sealed_secret() {
        return Some((&sealed.template.data, &["spec"]));
    }
    let template = object.body.external_secret()?.target.template.as_deref()?;
    Some((&template.data, &["spec", "target"]))
}

fn is_rendered(object: &Object, out: &Out<'_>) -> bool {
    let file = out.snapshot().file(object.origin.file);
    file.is_some_and(|file| matches!(file.provenance, Provenance::Rendered { .. }))
}

/// The first key that holds a credential, and how many others do; says when that cannot be told.
fn named<'s, I>(pairs: impl Fn() -> I, rendered: bool, out: &mut Out<'_>) -> Option<String>
where
    I: Iterator<Item = (&'s str, Judged, bool)>,
{
    let counts = |judged: Judged| !rendered || judged.credential() == Some(CredentialKind::WeakPassword);
    let mut found = pairs().filter(|(_, judged, credential)| *credential && counts(*judged));
    let Some((first, ..)) = found.next() else {
        if pairs().any(|(_, judged, _)| matches!(judged.look, Look::Binary | Look::Undecodable)) {
            out.unknown("some of its values are no text");
        } else if rendered && pairs().any(|(.., credential)| credential) {
            out.unknown("whether the chart draws the value anew in each rendering cannot be told");
        }
        return None;
    };
    let others = found.count();
    Some(if others == 0 { format!("`{first}`") } else { format!("`{first}` and {others} more") })
}

/// Whether the value of `key` is a credential by itself or because the type of the Secret says so.
fn is_credential(secret: &Secret, key: &str, judged: Judged) -> bool {
    let by_type = match secret.type_.as_str() {
        "kubernetes.io/basic-auth" => key == "password",
        "kubernetes.io/ssh-auth" => key == "ssh-privatekey",
        "kubernetes.io/tls" => key == "tls.key",
        "bootstrap.kubernetes.io/token" => key == "token-secret",
        _ => false,
    };
    judged.is_credential() || (by_type && matches!(judged.look, Look::Ordinary | Look::Binary))
}
