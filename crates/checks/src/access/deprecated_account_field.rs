use seawall_finding::{Edit, Fix, Safety};

crate::check::check! {
    /// Account named in a deprecated field
    ///
    /// ## What it finds
    /// Pods that name their account in `serviceAccount` alone, or another one there than in `serviceAccountName`. An API server writes
    /// a copy of `serviceAccountName` there, which is no use of the field.
    ///
    /// ## Why it matters
    /// The old field counts only where the new one is empty: when an overlay or a policy sets `serviceAccountName`, the account is
    /// another one, and who reads the old field is deceived.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   serviceAccount: web   # <- finding
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
    ///   serviceAccountName: web
    ///   serviceAccount: web
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## How to fix
    /// Name the account in `serviceAccountName`, and leave the old field out.
    ///
    /// ## References
    /// - k8s.io/api v0.36.3 core/v1/types.go: PodSpec.DeprecatedServiceAccount
    /// - k8s.io/kubernetes v1.36.3 pkg/apis/core/v1/conversion.go
    id: "SW2025",
    name: "deprecated-account-field",
    severity: Info,
    scope: Workload,
    since: "0.1.0",
    profile: Strict,
    peers: [
        kubescape("C-0294", Narrower, "the copy that an API server writes is no use of the field"),
        kube_linter("deprecated-service-account-field", Narrower, "the copy that an API server writes is no use of the field"),
    ],
    fn run(pod, out) {
        let (old, new) = (&pod.spec().rare().service_account, &pod.spec().service_account_name);
        if old.is_empty() || old == new {
            return;
        }
        let path = pod.path("serviceAccount");
        let message = if new.is_empty() {
            format!("account `{old}` is named in a deprecated field")
        } else {
            format!("account `{old}` is named in a deprecated field, and `{new}` counts")
        };
        let remove = Edit::Remove { path: path.clone() };
        let effective = if new.is_empty() { old } else { new };
        let fix = Fix::set(pod.path("serviceAccountName"), effective.as_str(), Safety::Safe).and(remove);
        out.fail(path, message).value(old).fix(fix);
    }
}
