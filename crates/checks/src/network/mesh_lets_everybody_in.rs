use seawall_inventory::kinds::{AuthorizationRule, ServerClient};
use seawall_yaml::Path;

crate::check::check! {
    /// Mesh policy that lets everybody in
    ///
    /// ## What it finds
    /// Rules of Istio's AuthorizationPolicies that allow and name neither whom, what nor when; Servers of Linkerd with `accessPolicy: all-unauthenticated`, and
    /// authorizations of it that ask for nothing: without `requiredAuthenticationRefs`, or for unauthenticated clients from everywhere.
    ///
    /// ## Why it matters
    /// What allows adds up: one such rule undoes all others that were to let in a few, and pods look protected to whoever counts policies.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: security.istio.io/v1
    /// kind: AuthorizationPolicy
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// spec:
    ///   rules:
    ///   - {}   # <- finding
    /// ---
    /// apiVersion: policy.linkerd.io/v1beta3
    /// kind: Server
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// spec:
    ///   podSelector:
    ///     matchLabels: {app: web}
    ///   port: 8080
    ///   accessPolicy: all-unauthenticated   # <- finding
    /// ---
    /// apiVersion: policy.linkerd.io/v1beta1
    /// kind: ServerAuthorization
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// spec:
    ///   server:
    ///     name: web
    ///   client:
    ///     unauthenticated: true   # <- finding
    /// ---
    /// apiVersion: policy.linkerd.io/v1alpha1
    /// kind: AuthorizationPolicy
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// spec:   # <- finding
    ///   targetRef:
    ///     group: policy.linkerd.io
    ///     kind: Server
    ///     name: web
    ///   requiredAuthenticationRefs: []
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: security.istio.io/v1
    /// kind: AuthorizationPolicy
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// spec:
    ///   rules:
    ///   - from:
    ///     - source:
    ///         namespaces: [edge]
    /// ---
    /// apiVersion: security.istio.io/v1
    /// kind: AuthorizationPolicy
    /// metadata:
    ///   namespace: shop
    ///   name: nobody
    /// spec: {}
    /// ---
    /// apiVersion: policy.linkerd.io/v1beta1
    /// kind: ServerAuthorization
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// spec:
    ///   server:
    ///     name: web
    ///   client:
    ///     networks:
    ///     - cidr: 10.0.0.0/8
    ///     unauthenticated: true
    /// ```
    /// ## How to fix
    /// Name who is let in. Where everybody is meant, no policy that allows says the same.
    ///
    /// ## References
    /// - istio.io/api v1.32.0 security/v1beta1 authorization_policy.proto
    id: "SW3026",
    name: "mesh-lets-everybody-in",
    severity: Low,
    scope: Object,
    subjects: [
        "AuthorizationPolicy.security.istio.io",
        "AuthorizationPolicy.policy.linkerd.io",
        "Server.policy.linkerd.io",
        "ServerAuthorization.policy.linkerd.io",
    ],
    since: "0.1.0",
    profile: Default,
    fn run(object, out) {
        let spec = Path::root().field("spec");
        if let Some(policy) = object.body.istio_authorization() {
            if !matches!(policy.action.as_str(), "" | "ALLOW") {
                return out.not_applicable();
            }
            for (number, _) in policy.rules.iter().enumerate().filter(|(_, rule)| **rule == AuthorizationRule::default()) {
                out.fail(spec.clone().field("rules").index(number), "the rule lets everybody in")
                    .derived("it names neither `from`, `to` nor `when`");
            }
        } else if let Some(policy) = object.body.linkerd_authorization() {
            if policy.required.is_empty() {
                out.fail(spec, "the policy lets everybody in").missing("no `requiredAuthenticationRefs` ask for anything");
            }
        } else if let Some(server) = object.body.server() {
            if server.access_policy == "all-unauthenticated" {
                out.fail(spec.field("accessPolicy"), "the Server lets everybody in").value(&server.access_policy);
            }
        } else if let Some(authorization) = object.body.server_authorization() {
            if is_everybody(&authorization.client) {
                let at = spec.field("client").field("unauthenticated");
                out.fail(at, "the authorization lets everybody in").value("true");
            }
        } else {
            out.not_applicable();
        }
    }
}

fn is_everybody(client: &ServerClient) -> bool {
    let everywhere = |cidr: &str| matches!(cidr, "0.0.0.0/0" | "::/0");
    let mut networks = client.networks.iter();
    let all = client.networks.is_empty() || networks.any(|one| everywhere(&one.cidr) && one.except.is_empty());
    client.unauthenticated == Some(true) && all
}
