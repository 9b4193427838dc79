use seawall_credential::{CredentialKind, Judged, Look};
use seawall_inventory::Provenance;
use seawall_inventory::kinds::Secret;
use seawall_yaml::Path;

crate::check::check! {
    /// Secret in plain text
    ///
    /// ## What it finds
    /// Secrets in files whose values are credentials: by their form, by the key's name, or by the type of the Secret, which says that one
    /// of its keys is. Base64 hides nothing. Values that are encrypted (SOPS), placeholders and references (`${…}`, `<path:…>`, `vault:…`) are
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
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Secret
    /// metadata:
    ///   name: db
    /// stringData:
    ///   user: shop
    ///   password: ${DB_PASSWORD}
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
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0208", Narrower, "whether an outside store exists cannot be seen from files; a Secret in plain text can"),
        kubescape("C-0234", Narrower, "whether an outside store exists cannot be seen from files; a Secret in plain text can"),
    ],
    fn run(object, out) {
        let Some(secret) = object.body.secret() else { return out.not_applicable() };
        let snapshot = out.snapshot();
        let from_cluster = snapshot.complete || object.metadata.uid.is_some();
        if from_cluster || secret.sops.is_some() || (secret.data.is_empty() && secret.string_data.is_empty()) {
            return out.not_applicable();
        }
        let file = snapshot.file(object.origin.file);
        let rendered = file.is_some_and(|file| matches!(file.provenance, Provenance::Rendered { .. }));
        let all = || secret.data.iter().chain(secret.string_data.iter());
        let counts = |judged: Judged| !rendered || judged.credential() == Some(CredentialKind::WeakPassword);
        let found = |(key, judged): &(&str, Judged)| is_credential(secret, key, *judged) && counts(*judged);
        let Some((first, _)) = all().find(found) else {
            if all().any(|(_, judged)| matches!(judged.look, Look::Binary | Look::Undecodable)) {
                out.unknown("some of its values are no text");
            } else if rendered && all().any(|(key, judged)| is_credential(secret, key, judged)) {
                out.unknown("whether the chart draws the value anew in each rendering cannot be told");
            }
            return;
        };
        let others = all().filter(found).count().saturating_sub(1);
        let more = if others == 0 { String::new() } else { format!(" and {others} more") };
        let message = format!("the Secret holds its values in plain text: `{first}`{more}");
        out.fail(Path::root(), message).derived("base64 is no encryption; the values are not shown");
    }
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
