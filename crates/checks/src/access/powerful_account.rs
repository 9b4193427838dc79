use super::account::{Token, account_path, held, namespace, token};
use super::extension::webhook_served;
use super::takeover::takeovers;

crate::check::check! {
    /// Pod whose account takes the cluster
    ///
    /// ## What it finds
    /// Pods with a token of an account that holds a power by which the cluster falls: doing everything, reading every Secret, running pods
    /// or commands anywhere, giving itself or others rights, getting tokens, and the like; in the whole cluster or in `kube-system`. It is
    /// decided by rules, and by the groups that the account is in. Without a token of it in the pod nothing is told here. That the
    /// pod serves a webhook, as extensions of third parties do, is told with it.
    ///
    /// ## Why it matters
    /// A flaw in this one program is a flaw in the whole cluster: whoever runs code in it is what the account is. Operators, drivers and
    /// webhooks of third parties often are.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: ServiceAccount
    /// metadata:
    ///   namespace: tools
    ///   name: operator
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: operator
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [secrets]
    ///   verbs: [get, list, watch]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRoleBinding
    /// metadata:
    ///   name: operator
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: operator
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: tools
    ///   name: operator
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   namespace: tools
    ///   name: operator
    ///   labels:
    ///     app: operator
    /// spec:
    ///   serviceAccountName: operator   # <- finding
    ///   containers:
    ///   - name: app
    ///     image: registry.example/operator:1.0
    /// ---
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   namespace: tools
    ///   name: operator
    /// spec:
    ///   selector:
    ///     app: operator
    /// ---
    /// apiVersion: admissionregistration.k8s.io/v1
    /// kind: ValidatingWebhookConfiguration
    /// metadata:
    ///   name: operator
    /// webhooks:
    /// - name: operator.example.com
    ///   clientConfig:
    ///     service:
    ///       namespace: tools
    ///       name: operator
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: ServiceAccount
    /// metadata:
    ///   namespace: tools
    ///   name: operator
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: ClusterRole
    /// metadata:
    ///   name: operator
    /// rules:
    /// - apiGroups: [""]
    ///   resources: [secrets]
    ///   verbs: [get, list, watch]
    /// ---
    /// apiVersion: rbac.authorization.k8s.io/v1
    /// kind: RoleBinding
    /// metadata:
    ///   namespace: tools
    ///   name: operator
    /// roleRef:
    ///   apiGroup: rbac.authorization.k8s.io
    ///   kind: ClusterRole
    ///   name: operator
    /// subjects:
    /// - kind: ServiceAccount
    ///   namespace: tools
    ///   name: operator
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   namespace: tools
    ///   name: operator
    /// spec:
    ///   serviceAccountName: operator
    ///   containers:
    ///   - name: app
    ///     image: registry.example/operator:1.0
    /// ```
    /// ## How to fix
    /// Bind the role in the namespaces where the program works, by RoleBindings; name the objects with `resourceNames`; or leave out the rule
    /// that gives the power, which the finding names. The findings on the binding say which change is enough.
    ///
    /// ## References
    /// - Kubernetes documentation, RBAC Good Practices: privilege escalation risks
    id: "SW2023",
    name: "powerful-account",
    severity: Critical,
    scope: Workload,
    reads: [
        "ServiceAccount",
        "Service",
        "MutatingWebhookConfiguration.admissionregistration.k8s.io",
        "ValidatingWebhookConfiguration.admissionregistration.k8s.io",
        "ClusterRole.rbac.authorization.k8s.io",
        "ClusterRoleBinding.rbac.authorization.k8s.io",
        "Role.rbac.authorization.k8s.io",
        "RoleBinding.rbac.authorization.k8s.io",
    ],
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0053", Narrower, "an account that can do nothing of weight harms nobody"),
        kubescape("C-0267", Wider, "powers are told by what they amount to, `kube-system` too"),
        kubescape("C-0272", Wider, "a role that allows as much under another name is found as well"),
    ],
    fn run(pod, out) {
        let Some(held) = held(pod, out) else { return out.unknown("who holds what was not worked out") };
        let found = takeovers(&held);
        if found.is_empty() && held.doubts.is_empty() {
            return;
        }
        let asked = match token(pod, out) {
            Token::Missing => return,
            Token::Unknown(reason) => return out.unknown(reason),
            Token::Asked(path) => Some(path),
            Token::OfAccount | Token::Unasked => None,
        };
        let Some(worst) = found.first() else {
            let more = match held.doubts.len() {
                0 | 1 => String::new(),
                several => format!("; and {} more like it", several - 1),
            };
            return out.unknown(format!("{}{more}", held.doubts.first().copied().unwrap_or_default()));
        };
        let others = match found.len() - 1 {
            0 => String::new(),
            1 => ", and one thing more of that weight".to_owned(),
            several => format!(", and {several} things more of that weight"),
        };
        let account = format!("{}/{}", namespace(pod, out), pod.service_account());
        let message = format!("runs as ServiceAccount `{account}`, which can {}{others}", worst.can());
        let served = webhook_served(pod, out).map(|webhook| format!("serves {webhook}; ")).unwrap_or_default();
        let story: Vec<String> = found.iter().map(|one| format!("can {}: {}", one.can(), one.by())).collect();
        let finding = out.fail(account_path(pod), message).severity(worst.severity).derived(format!("{served}{}", story.join("; ")));
        if let Some(path) = asked {
            finding.related(path, "asks for the token");
        }
    }
}
