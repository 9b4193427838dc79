use seawall_inventory::Object;
use seawall_inventory::selector::Selector;
use seawall_yaml::Path;

use super::mesh::{ROOT, labels};
use crate::out::Out;

crate::check::check! {
    /// Mesh policy that is about nothing
    ///
    /// ## What it finds
    /// PeerAuthentications and AuthorizationPolicies of Istio and Servers of Linkerd whose labels no pod of their namespace has, and authorizations of Linkerd for
    /// a Server that is not there, when all of a cluster was read; in files that is unknown, since it may be elsewhere.
    ///
    /// ## Why it matters
    /// A label or a name that was changed in one place: pods that were to be kept from others stand open, and clients that were to be let in are not.
    ///
    /// ## Bad
    /// ```yaml bad
    /// # with cluster: all
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   namespace: shop
    ///   name: web
    ///   labels: {app: web}
    /// spec:
    ///   containers:
    ///   - name: web
    ///     image: registry.example/web:1
    /// ---
    /// apiVersion: security.istio.io/v1
    /// kind: AuthorizationPolicy
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// spec:
    ///   selector:   # <- finding
    ///     matchLabels: {app: wbe}
    /// ---
    /// apiVersion: policy.linkerd.io/v1alpha1
    /// kind: AuthorizationPolicy
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// spec:
    ///   targetRef:
    ///     group: policy.linkerd.io
    ///     kind: Server
    ///     name: web-http   # <- finding
    ///   requiredAuthenticationRefs: []
    /// ```
    /// ## Good
    /// ```yaml good
    /// # with cluster: all
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   namespace: shop
    ///   name: web
    ///   labels: {app: web}
    /// spec:
    ///   containers:
    ///   - name: web
    ///     image: registry.example/web:1
    /// ---
    /// apiVersion: security.istio.io/v1
    /// kind: AuthorizationPolicy
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// spec:
    ///   selector:
    ///     matchLabels: {app: web}
    /// ---
    /// apiVersion: policy.linkerd.io/v1beta3
    /// kind: Server
    /// metadata:
    ///   namespace: shop
    ///   name: web-http
    /// spec:
    ///   podSelector:
    ///     matchLabels: {app: web}
    ///   port: 8080
    /// ---
    /// apiVersion: policy.linkerd.io/v1beta1
    /// kind: ServerAuthorization
    /// metadata:
    ///   namespace: shop
    ///   name: web
    /// spec:
    ///   server:
    ///     name: web-http
    ///   client:
    ///     meshTLS:
    ///       identities: ["*"]
    /// ```
    /// ## How to fix
    /// Write the labels that the pods have, or the name that the Server has. What is for pods that are gone is to be removed.
    ///
    /// ## References
    /// - istio.io/istio 1.31 pilot/pkg/model/policyattachment.go
    id: "SW3025",
    name: "mesh-policy-selects-nothing",
    severity: Medium,
    scope: Object,
    subjects: [
        "PeerAuthentication.security.istio.io",
        "AuthorizationPolicy.security.istio.io",
        "AuthorizationPolicy.policy.linkerd.io",
        "Server.policy.linkerd.io",
        "ServerAuthorization.policy.linkerd.io",
    ],
    reads: ["pods", "Server.policy.linkerd.io"],
    since: "0.1.0",
    profile: Default,
    fn run(object, out) {
        let body = &object.body;
        let spec = Path::root().field("spec");
        if let Some(policy) = body.linkerd_authorization() {
            let target = &policy.target_ref;
            if target.kind == "Server" {
                return named(object, &target.name, spec.field("targetRef").field("name"), out);
            }
        } else if let Some(name) = body.server_authorization().and_then(|spec| spec.server.name.as_ref()) {
            return named(object, name, spec.field("server").field("name"), out);
        }
        let of_istio = body.peer_authentication().map(|peer| peer.selector.as_ref());
        let of_istio = of_istio.or_else(|| body.istio_authorization().map(|policy| policy.selector.as_ref()));
        if let Some(selector) = of_istio {
            let Some(selector) = labels(selector) else { return out.not_applicable() };
            if out.snapshot().identity(object).namespace == ROOT {
                return out.unknown("in the root namespace a selector may be about pods of all namespaces");
            }
            return selecting(object, &selector, spec.field("selector"), out);
        }
        let Some(server) = body.server().filter(|server| server.external_workload_selector.is_none()) else {
            return out.not_applicable();
        };
        match Selector::of(server.pod_selector.as_ref()) {
            Ok(selector) if server.pod_selector.is_some() && !selector.is_everything() => {
                selecting(object, &selector, spec.field("podSelector"), out);
            }
            _ => out.not_applicable(),
        }
    }
}

fn selecting(object: &Object, selector: &Selector, at: Path, out: &mut Out<'_>) {
    if !out.snapshot().pods_selected(object, selector).is_empty() {
        return;
    }
    if !out.snapshot().has_all_pods_beside(object) {
        return out.unknown("no pod that it selects is among the objects read");
    }
    out.fail(at, "no pod and no template has the labels that it selects").derived("it has no effect");
}

fn named(object: &Object, name: &str, at: Path, out: &mut Out<'_>) {
    const GROUP: &str = "policy.linkerd.io";
    let view = out.snapshot();
    if view.named(object, GROUP, "Server", name).next().is_some() {
        return;
    }
    if !view.has_all_beside(object, GROUP, "Server") {
        return out.unknown("the Server that it is for is not among the objects read");
    }
    out.fail(at, "there is no Server of this name").value(name);
}
