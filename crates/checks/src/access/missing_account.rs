use super::account::{Account, account, account_path};

crate::check::check! {
    /// Service account that does not exist
    ///
    /// ## What it finds
    /// Pods that name a service account that is not there. That is known where the accounts of the namespace were read from a cluster;
    /// files may leave it out, and then it is unknown.
    ///
    /// ## Why it matters
    /// No pod is made: the controller tries again and again, and the workload stays at zero. Whoever makes an account of that
    /// name later decides what the pods may do.
    ///
    /// ## Bad
    /// ```yaml bad
    /// # with cluster: all
    /// apiVersion: v1
    /// kind: ServiceAccount
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// spec:
    ///   serviceAccountName: wbe   # <- finding
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## Good
    /// ```yaml good
    /// # with cluster: all
    /// apiVersion: v1
    /// kind: ServiceAccount
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// spec:
    ///   serviceAccountName: web
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
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
    /// ```
    /// ## How to fix
    /// Make the account, or correct its name.
    ///
    /// ## References
    /// - k8s.io/kubernetes v1.36.3 plugin/pkg/admission/serviceaccount/admission.go: getServiceAccount
    id: "SW2024",
    name: "missing-account",
    severity: Medium,
    scope: Workload,
    reads: ["ServiceAccount"],
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0307", Narrower, "an account that is not read may exist in the cluster: unknown, not failed"),
        kube_linter("non-existent-service-account", Narrower, "an account that is not read may exist in the cluster: unknown, not failed"),
        popeye("POP-307", Narrower, "an account that is not read may exist in the cluster: unknown, not failed"),
        popeye("POP-507", Narrower, "an account that is not read may exist in the cluster: unknown, not failed"),
    ],
    fn run(pod, out) {
        match account(pod, out) {
            Account::Says(_) => {}
            Account::Unknown(reason) => out.unknown(reason),
            Account::Missing => {
                let name = pod.service_account();
                out.fail(account_path(pod), format!("account `{name}` does not exist: no pod is made")).value(name);
            }
        }
    }
}
