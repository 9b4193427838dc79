use seawall_credential::Look;
use seawall_yaml::Path;

/// The annotation that names the account of a token.
const ACCOUNT: &str = "kubernetes.io/service-account.name";

crate::check::check! {
    /// Token that never expires
    ///
    /// ## What it finds
    /// Secrets of type `kubernetes.io/service-account-token`, and bootstrap tokens (`bootstrap.kubernetes.io/token`) without `expiration`, or with
    /// an empty one. Bootstrap tokens outside of `kube-system` are none: nobody reads them.
    ///
    /// ## Why it matters
    /// The control plane fills the Secret with a token of the account that is valid as long as the Secret is there, wherever it is used: it is
    /// bound to no pod, no node and no time. Who has read it once, from a backup or a log, has the account. A bootstrap token lets
    /// whoever has it join a node.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Secret
    /// metadata:
    ///   name: deployer
    ///   annotations:
    ///     kubernetes.io/service-account.name: deployer
    /// type: kubernetes.io/service-account-token   # <- finding
    /// ```
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Secret
    /// metadata:
    ///   name: bootstrap-token-07401b
    ///   namespace: kube-system
    /// type: bootstrap.kubernetes.io/token   # <- finding
    /// stringData:
    ///   token-id: 07401b
    ///   token-secret: ${TOKEN}
    ///   expiration: ""
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: deployer
    /// spec:
    ///   serviceAccountName: deployer
    ///   containers:
    ///   - name: deployer
    ///     image: registry.example/deployer:1
    /// ---
    /// apiVersion: v1
    /// kind: Secret
    /// metadata:
    ///   name: bootstrap-token-07401b
    ///   namespace: kube-system
    /// type: bootstrap.kubernetes.io/token
    /// stringData:
    ///   token-id: 07401b
    ///   token-secret: ${TOKEN}
    ///   expiration: "2030-01-01T00:00:00Z"
    /// ```
    /// ## How to fix
    /// Pods have short-lived tokens already. Others get one by the TokenRequest API (`kubectl create token`), or better log in by an identity
    /// provider that the API server trusts. Give bootstrap tokens an `expiration` of hours.
    ///
    /// ## References
    /// - k8s.io/kubernetes v1.36.3 pkg/controller/serviceaccount/tokens_controller.go, pkg/serviceaccount/legacy.go: LegacyClaims
    /// - KEP-2799: Reduction of Secret-based service account tokens
    /// - k8s.io/cluster-bootstrap v0.36.3 token/api/types.go, util/secrets/secrets.go: GetExpiration
    /// - k8s.io/kubernetes v1.36.3 plugin/pkg/auth/authenticator/token/bootstrap/bootstrap.go
    id: "SW4010",
    name: "non-expiring-token",
    severity: Medium,
    scope: Object,
    subjects: ["Secret"],
    since: "0.1.0",
    profile: Default,
    fn run(object, out) {
        let Some(secret) = object.body.secret() else { return out.not_applicable() };
        let message = match secret.type_.as_str() {
            "kubernetes.io/service-account-token" => match object.metadata.annotations.get(ACCOUNT) {
                Some(account) if !account.is_empty() => format!("the token of service account `{account}` in this Secret never expires"),
                _ => format!("a token of a service account that the API server refuses: the annotation `{ACCOUNT}` is missing"),
            },
            "bootstrap.kubernetes.io/token" => {
                if !matches!(object.metadata.namespace.as_str(), "" | "kube-system") {
                    return out.not_applicable();
                }
                // `stringData` is written over `data`.
                let expiration = secret.string_data.get("expiration").or_else(|| secret.data.get("expiration"));
                if expiration.is_some_and(|judged| judged.look != Look::Empty) {
                    return;
                }
                "the bootstrap token never expires".to_owned()
            }
            _ => return out.not_applicable(),
        };
        out.fail(Path::root().field("type"), message).value(&secret.type_);
    }
}
