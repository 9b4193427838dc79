use seawall_inventory::Object;
use seawall_inventory::kinds::{BackendRef, ParentRef, ReferenceGrantSpec};
use seawall_yaml::Path;

use super::backend::{Leads, NamedPort};
use crate::out::Out;
use crate::placeholder::is_placeholder;

crate::check::check! {
    /// Route that leads to nothing, or from nowhere
    ///
    /// ## What it finds
    /// Routes of Gateway API whose backend is a Service that does not exist or lacks the port, or one of another namespace that no ReferenceGrant there lets
    /// them name; and routes whose Gateway does not exist or has no such listener. What may be in the cluster and was not read is unknown, and so are
    /// backends of other kinds.
    ///
    /// ## Why it matters
    /// Visitors get an error 500, or nothing. A name that nobody has waits for somebody: whoever may create the Service gets the traffic of the
    /// host, whoever may create the Gateway serves it where he likes.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: gateway.networking.k8s.io/v1
    /// kind: HTTPRoute
    /// metadata:
    ///   name: shop
    ///   namespace: shop
    /// spec:
    ///   parentRefs:
    ///   - name: public
    ///     namespace: edge
    ///     sectionName: secure   # <- finding
    ///   rules:
    ///   - backendRefs:
    ///     - name: web
    ///       port: 81   # <- finding
    /// ---
    /// apiVersion: gateway.networking.k8s.io/v1
    /// kind: Gateway
    /// metadata:
    ///   name: public
    ///   namespace: edge
    /// spec:
    ///   listeners:
    ///   - name: https
    ///     port: 443
    ///     protocol: HTTPS
    /// ---
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: web
    ///   namespace: shop
    /// spec:
    ///   ports:
    ///   - port: 80
    /// ```
    /// ```yaml bad
    /// # with cluster: all
    /// apiVersion: gateway.networking.k8s.io/v1
    /// kind: HTTPRoute
    /// metadata:
    ///   name: shop
    ///   namespace: shop
    /// spec:
    ///   parentRefs:
    ///   - name: public   # <- finding
    ///   rules:
    ///   - backendRefs:
    ///     - name: web   # <- finding
    ///       port: 80
    ///     - name: accounts   # <- finding
    ///       namespace: bank
    ///       port: 80
    /// ---
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: accounts
    ///   namespace: bank
    /// spec:
    ///   ports:
    ///   - port: 80
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: gateway.networking.k8s.io/v1
    /// kind: HTTPRoute
    /// metadata:
    ///   name: shop
    ///   namespace: shop
    /// spec:
    ///   parentRefs:
    ///   - name: public
    ///     namespace: edge
    ///     sectionName: https
    ///   rules:
    ///   - backendRefs:
    ///     - name: web
    ///       port: 80
    ///     - name: accounts
    ///       namespace: bank
    ///       port: 80
    /// ---
    /// apiVersion: gateway.networking.k8s.io/v1
    /// kind: Gateway
    /// metadata:
    ///   name: public
    ///   namespace: edge
    /// spec:
    ///   listeners:
    ///   - name: https
    ///     port: 443
    ///     protocol: HTTPS
    /// ---
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: web
    ///   namespace: shop
    /// spec:
    ///   ports:
    ///   - port: 80
    /// ---
    /// apiVersion: v1
    /// kind: Service
    /// metadata:
    ///   name: accounts
    ///   namespace: bank
    /// spec:
    ///   ports:
    ///   - port: 80
    /// ---
    /// apiVersion: gateway.networking.k8s.io/v1beta1
    /// kind: ReferenceGrant
    /// metadata:
    ///   name: shop
    ///   namespace: bank
    /// spec:
    ///   from:
    ///   - group: gateway.networking.k8s.io
    ///     kind: HTTPRoute
    ///     namespace: shop
    ///   to:
    ///   - group: ""
    ///     kind: Service
    ///     name: accounts
    /// ```
    /// ## How to fix
    /// Name what is there; for a Service of another namespace, let its owner write a ReferenceGrant. Or take the route away.
    ///
    /// ## References
    /// - sigs.k8s.io/gateway-api v1.4 apis/v1: BackendRef, ParentReference; apis/v1beta1: ReferenceGrant
    id: "SW3013",
    name: "dangling-route-backend",
    severity: Medium,
    scope: Object,
    subjects: [
        "HTTPRoute.gateway.networking.k8s.io",
        "GRPCRoute.gateway.networking.k8s.io",
        "TLSRoute.gateway.networking.k8s.io",
        "TCPRoute.gateway.networking.k8s.io",
        "UDPRoute.gateway.networking.k8s.io",
    ],
    reads: ["Service", "Gateway.gateway.networking.k8s.io", "ReferenceGrant.gateway.networking.k8s.io"],
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0302", Narrower, "a Service that is not read may be in the cluster: unknown, not failed"),
    ],
    fn run(object, out) {
        let Some(route) = object.body.route() else { return out.not_applicable() };
        let spec = Path::root().field("spec");
        for (index, parent) in route.parent_refs.iter().enumerate() {
            of_parent(object, parent, spec.field("parentRefs").index(index), out);
        }
        for (rule_index, rule) in route.rules.iter().enumerate() {
            let backends = spec.field("rules").index(rule_index).field("backendRefs");
            for (index, backend) in rule.backend_refs.iter().enumerate() {
                of_backend(object, backend, backends.index(index), out);
            }
        }
    }
}

const GROUP: &str = "gateway.networking.k8s.io";

/// The namespace that a reference names, when it is not that of the object itself.
fn another<'o>(object: &'o Object, namespace: &'o str) -> Option<&'o str> {
    (!namespace.is_empty() && namespace != object.metadata.namespace).then_some(namespace)
}

fn of_parent(object: &Object, parent: &ParentRef, at: Path, out: &mut Out<'_>) {
    let is_gateway =
        parent.group.as_deref().unwrap_or(GROUP) == GROUP && matches!(parent.kind.as_str(), "" | "Gateway");
    let name = parent.name.as_str();
    // Others are Services of a mesh and sets of listeners.
    if !is_gateway || name.is_empty() || is_placeholder(name) {
        return;
    }
    let snapshot = out.snapshot();
    let (gateways, has_all): (Vec<&Object>, bool) = match another(object, &parent.namespace) {
        Some(namespace) => (
            snapshot.find(GROUP, "Gateway", namespace, name).collect(),
            snapshot.has_all_in(namespace, GROUP, "Gateway"),
        ),
        None => (
            snapshot.named(object, GROUP, "Gateway", name).collect(),
            snapshot.has_all_beside(object, GROUP, "Gateway"),
        ),
    };
    if gateways.is_empty() {
        if has_all {
            out.fail(at.field("name"), format!("the Gateway `{name}` of the route does not exist")).value(name);
        } else {
            out.unknown("the Gateway of the route is not among the objects read, and may be in the cluster");
        }
        return;
    }
    let section = parent.section_name.as_str();
    let has_section = |gateway: &&Object| {
        let spec = gateway.body.gateway();
        gateway.malformed
            || spec.is_some_and(|spec| spec.listeners.iter().any(|listener| listener.name == section))
    };
    if !section.is_empty() && !gateways.iter().any(has_section) {
        out.fail(at.field("sectionName"), format!("the Gateway `{name}` has no listener `{section}`")).value(section);
    }
}

fn of_backend(object: &Object, backend: &BackendRef, at: Path, out: &mut Out<'_>) {
    let name = backend.name.as_str();
    if !backend.group.is_empty() || !matches!(backend.kind.as_str(), "" | "Service") {
        return out.unknown("a backend is an object of a kind that is not read");
    }
    if name.is_empty() {
        return;
    }
    if is_placeholder(name) {
        return out.unknown("a Service is named by a placeholder that is filled in before the object is applied");
    }
    let port = backend.port.map(NamedPort::Number);
    let snapshot = out.snapshot();
    let leads = match another(object, &backend.namespace) {
        Some(namespace) => {
            match is_granted(object, namespace, name, out) {
                Some(true) => {}
                Some(false) => {
                    let message = format!(
                        "no ReferenceGrant of namespace `{namespace}` lets the route name its Service `{name}`"
                    );
                    out.fail(at.field("name"), message).value(name);
                    return;
                }
                None => out.unknown("the ReferenceGrant that a backend of another namespace needs was not read"),
            }
            Leads::of_other(namespace, name, port, snapshot)
        }
        None => Leads::of(object, name, port, snapshot),
    };
    match leads {
        Leads::On => {}
        Leads::Unknown(reason) => out.unknown(reason),
        Leads::Missing(near) => {
            let near = near.map(|near| format!(", `{near}` does")).unwrap_or_default();
            out.fail(at.field("name"), format!("the Service `{name}` does not exist{near}")).value(name);
        }
        Leads::NoPort { has, .. } => {
            let port = backend.port.unwrap_or_default().to_string();
            let message = format!("the Service `{name}` has no port {port}: {has}");
            out.fail(at.field("port"), message).value(port);
        }
    }
}

/// Whether a grant of `namespace` lets routes like `object` name its Service; `None` when that is not known.
fn is_granted(object: &Object, namespace: &str, name: &str, out: &Out<'_>) -> Option<bool> {
    let own = object.metadata.namespace.as_str();
    if own.is_empty() {
        return None;
    }
    let snapshot = out.snapshot();
    let grants = snapshot
        .of_kind(GROUP, "ReferenceGrant")
        .filter(|grant| grant.metadata.namespace == namespace)
        .filter_map(|grant| grant.body.reference_grant());
    let grants_it = |grant: &ReferenceGrantSpec| {
        let from = |kind: &str| {
            grant.from.iter().any(|from| from.group == GROUP && from.kind == kind && from.namespace == own)
        };
        let to = |to: &seawall_inventory::kinds::GrantTo| {
            to.group.is_empty() && to.kind == "Service" && (to.name.is_empty() || to.name == name)
        };
        from(&object.kind) && grant.to.iter().any(to)
    };
    if grants.into_iter().any(grants_it) {
        return Some(true);
    }
    snapshot.has_all_in(namespace, GROUP, "ReferenceGrant").then_some(false)
}
