use seawall_finding::{Fix, Safety, Severity};
use seawall_inventory::PodView;

use super::account::{ACCOUNTS_AND_ROLES, Token, account_path, held, token};
use crate::out::Out;

crate::check::check! {
    /// Token of an account that nobody asked for
    ///
    /// ## What it finds
    /// Pods that get a token for the API server because neither they nor their account say anything about it. What the pod says
    /// (`automountServiceAccountToken`) stands over what the account says. A pod is asked for one where either says `true`, or
    /// where it mounts a projected token itself. An account without rights beyond those of everybody makes it milder: that is
    /// decided where bindings were read. An account that was not read, but `default`, is unknown.
    ///
    /// ## Why it matters
    /// Whoever runs code in the container talks to the API server under the name of the account, with all that is bound to it,
    /// today or next year. Most programs never ask the API server anything.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: ServiceAccount
    /// metadata:
    ///   name: web
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:   # <- finding
    ///   serviceAccountName: web
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// spec:   # <- finding: low
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: RoleBinding
    /// metadata:
    ///   namespace: shop
    ///   name: reader
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: view
    /// subjects:
    /// - kind: ServiceAccount
    ///   name: reader
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: ServiceAccount
    /// metadata:
    ///   name: web
    /// automountServiceAccountToken: false
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   serviceAccountName: web
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## How to fix
    /// Set `automountServiceAccountToken: false` in the pod, or in its account for all pods of it. Set `true` in the pod of a program
    /// that does talk to the API server.
    ///
    /// ## References
    /// - k8s.io/kubernetes v1.36.3 plugin/pkg/admission/serviceaccount/admission.go: shouldAutomount
    /// - CIS Kubernetes Benchmark 1.12, 5.1.6
    id: "SW2021",
    name: "unrequested-token",
    severity: Medium,
    scope: Workload,
    reads: ACCOUNTS_AND_ROLES,
    since: "0.1.0",
    profile: Strict,
    peers: [
        kubescape("C-0034", Narrower, "a pod or account that asks for a token gets one; the pod's word stands over the account's"),
        kubescape("C-0190", Narrower, "a pod or account that asks for a token gets one; the pod's word stands over the account's"),
        kubescape("C-0261", Narrower, "a pod or account that asks for a token gets one"),
        trivy("KSV-0036", Narrower, "a pod or account that asks for a token gets one"),
        checkov("CKV_K8S_38", Narrower, "a pod or account that asks for a token gets one"),
        polaris("automountServiceAccountToken", Narrower, "a pod or account that asks for a token gets one"),
        popeye("POP-301", Narrower, "a pod or account that asks for a token gets one"),
        popeye("POP-303", Narrower, "told at the pods that get the token"),
        kubesec("AutomountServiceAccountToken", Narrower, "a pod or account that asks for a token gets one"),
    ],
    fn run(pod, out) {
        match token(pod, out) {
            Token::Unasked => {}
            Token::Unknown(reason) => return out.unknown(reason),
            Token::Missing | Token::Asked(_) | Token::OfAccount => return,
        }
        let severity = if has_no_rights(pod, out) { Severity::Low } else { Severity::Medium };
        let path = pod.path("automountServiceAccountToken");
        let account = pod.service_account();
        out.fail(path.clone(), format!("a token of account `{account}` is mounted, and nobody asked for it"))
            .missing("a pod gets a token of its account where neither says otherwise")
            .severity(severity)
            // Without a token it does not matter which account it is.
            .covers(vec![("SW2030", account_path(pod))])
            .fix(Fix::set(path, false, Safety::Review));
    }
}

/// Whether it is known that the account has no rights beyond those of everybody. Files without bindings do not tell.
fn has_no_rights(pod: &PodView<'_>, out: &Out<'_>) -> bool {
    let is_told = out.snapshot().is_live() || out.rights().is_some_and(|rights| !rights.is_empty());
    is_told && held(pod, out).is_some_and(|held| !held.has_some && held.doubts.is_empty())
}
