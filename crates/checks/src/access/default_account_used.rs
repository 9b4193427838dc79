use super::account::{DEFAULT, Token, account_path, token};

crate::check::check! {
    /// Pod with a token of the account that all share
    ///
    /// ## What it finds
    /// Pods that run as `default`, the account of every pod of the namespace that names none, and have a token of it. Where no token is
    /// mounted, it does not matter which account it is.
    ///
    /// ## Why it matters
    /// What is bound for one of these programs is bound for all, and the audit log does not tell which of them it was.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:   # <- finding
    ///   automountServiceAccountToken: true
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   automountServiceAccountToken: false
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ---
    /// apiVersion: v1
    /// kind: ServiceAccount
    /// metadata:
    ///   namespace: shop
    ///   name: default
    /// automountServiceAccountToken: false
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   namespace: shop
    ///   name: worker
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: reader
    /// spec:
    ///   serviceAccountName: reader
    ///   automountServiceAccountToken: true
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## How to fix
    /// Make an account for the program and name it in `serviceAccountName`; or mount no token where it needs none.
    ///
    /// ## References
    /// - CIS Kubernetes Benchmark 1.12, 5.1.5
    /// - Kubernetes documentation: Configure Service Accounts for Pods
    id: "SW2030",
    name: "default-account-used",
    severity: Low,
    scope: Workload,
    reads: ["ServiceAccount"],
    since: "0.1.0",
    profile: Strict,
    peers: [
        kubescape("C-0225", Narrower, "without a token it does not matter which account it is"),
        kubescape("C-0239", Narrower, "without a token it does not matter which account it is"),
        checkov("CKV_K8S_41", Narrower, "without a token it does not matter which account it is"),
        checkov("CKV_K8S_42", Narrower, "without a token it does not matter which account it is"),
        kube_linter("default-service-account", Narrower, "without a token it does not matter which account it is"),
        popeye("POP-300", Narrower, "without a token it does not matter which account it is"),
        popeye("POP-308", Narrower, "without a token it does not matter which account it is"),
        kubesec("ServiceAccountName", Narrower, "without a token it does not matter which account it is"),
    ],
    fn run(pod, out) {
        if pod.service_account() != DEFAULT {
            return out.reads_pod_level(pod);
        }
        let asked = match token(pod, out) {
            Token::Missing => return,
            Token::Unknown(reason) => return out.unknown(reason),
            Token::Asked(path) => Some(path),
            Token::OfAccount | Token::Unasked => None,
        };
        let written = !(pod.spec().service_account_name.is_empty() && pod.spec().rare().service_account.is_empty());
        let mut finding = out.fail(account_path(pod), "has a token of the account that all pods of its namespace share");
        if let Some(path) = asked {
            finding = finding.related(path, "asks for the token");
        }
        if written {
            finding.value(DEFAULT);
        } else {
            finding.missing("a pod that names no account runs as `default`");
        }
    }
}
