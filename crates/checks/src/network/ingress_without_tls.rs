use foldhash::{HashSet, HashSetExt};
use seawall_finding::{Framework, Severity};
use seawall_inventory::kinds::{GatewaySpec, IngressRule, IngressSpec, IngressTls, Listener, ParentRef};
use seawall_inventory::{Object, View};
use seawall_netpol::is_internal;
use seawall_yaml::Path;
use smol_str::SmolStr;

use super::encryption::{Encrypted, encrypted_outside};
use crate::out::Out;
use crate::placeholder::is_placeholder;

crate::check::check! {
    /// Host that is served in plaintext
    ///
    /// ## What it finds
    /// Hosts of an Ingress that no `tls` of it covers, and no other Ingress beside it that serves them too; HTTP listeners of a Gateway for hosts that no
    /// listener of it serves with TLS, unless all its routes only redirect. What annotations say of load balancers that end TLS
    /// themselves (AWS, Google, Azure, Traefik, HAProxy, Kong, OpenShift and others) counts. It is low for load balancers of the private network, and
    /// for a certificate whose Secret does not exist, where Secrets were read: controllers then serve a certificate of their own.
    ///
    /// ## Why it matters
    /// Passwords, cookies and tokens can be read and changed by whoever is on the way: in a café, at a provider, on another node.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: networking.k8s.io/v1
    /// kind: Ingress
    /// metadata:
    ///   name: shop
    /// spec:   # <- finding
    ///   rules:
    ///   - host: shop.example
    ///     http:
    ///       paths:
    ///       - path: /
    ///         pathType: Prefix
    ///         backend: {service: {name: web, port: {number: 80}}}
    /// ```
    /// ```yaml bad
    /// apiVersion: networking.k8s.io/v1
    /// kind: Ingress
    /// metadata:
    ///   name: shop
    /// spec:
    ///   tls:
    ///   - hosts: ["*.shop.example"]
    ///     secretName: shop
    ///   rules:
    ///   - host: www.shop.example
    ///   - host: shop.example   # <- finding
    ///   - host: a.b.shop.example   # <- finding
    /// ```
    /// ```yaml bad
    /// apiVersion: gateway.networking.k8s.io/v1
    /// kind: Gateway
    /// metadata:
    ///   name: public
    /// spec:
    ///   gatewayClassName: envoy
    ///   listeners:
    ///   - name: web
    ///     port: 80
    ///     protocol: HTTP   # <- finding
    ///     hostname: shop.example
    ///   - name: other
    ///     port: 443
    ///     protocol: HTTPS
    ///     hostname: other.example
    ///     tls: {certificateRefs: [{name: other}]}
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: networking.k8s.io/v1
    /// kind: Ingress
    /// metadata:
    ///   name: shop
    /// spec:
    ///   tls:
    ///   - hosts: [shop.example]
    ///     secretName: shop
    ///   rules:
    ///   - host: shop.example
    ///     http:
    ///       paths:
    ///       - path: /
    ///         pathType: Prefix
    ///         backend: {service: {name: web, port: {number: 80}}}
    /// ```
    /// ```yaml good
    /// apiVersion: networking.k8s.io/v1
    /// kind: Ingress
    /// metadata:
    ///   name: shop
    ///   annotations:
    ///     alb.ingress.kubernetes.io/certificate-arn: arn:aws:acm:eu-central-1:111122223333:certificate/1
    /// spec:
    ///   ingressClassName: alb
    ///   rules:
    ///   - host: shop.example
    /// ```
    /// ```yaml good
    /// apiVersion: gateway.networking.k8s.io/v1
    /// kind: Gateway
    /// metadata:
    ///   name: public
    /// spec:
    ///   gatewayClassName: envoy
    ///   listeners:
    ///   - name: web
    ///     port: 80
    ///     protocol: HTTP
    ///   - name: secure
    ///     port: 443
    ///     protocol: HTTPS
    ///     tls: {certificateRefs: [{name: shop}]}
    /// ```
    /// ## How to fix
    /// Name the host in `tls` with the Secret of a certificate, which cert-manager and others renew; of a Gateway, add a listener of protocol HTTPS, and
    /// redirect what comes to the other one.
    ///
    /// ## References
    /// - k8s.io/api v0.36.3 networking/v1: IngressTLS, IngressRule
    /// - sigs.k8s.io/gateway-api v1.4 apis/v1: Listener
    /// - AWS Load Balancer Controller documentation: Ingress annotations, TLS; GKE documentation: Ingress for external Application Load Balancers
    id: "SW3010",
    name: "ingress-without-tls",
    severity: Medium,
    scope: Object,
    subjects: ["Ingress.networking.k8s.io", "Ingress.extensions", "Gateway.gateway.networking.k8s.io"],
    reads: ["Ingress.networking.k8s.io", "HTTPRoute.gateway.networking.k8s.io", "Secret"],
    since: "0.1.0",
    profile: Default,
    frameworks: [Framework { name: "mitre", control: "T1040" }],
    peers: [
        kubescape("C-0263", Wider, "each host, and Gateway API; TLS that a load balancer ends counts"),
        polaris("tlsSettingsMissing", Wider, "each host, and Gateway API; TLS that a load balancer ends counts"),
    ],
    fn run(object, out) {
        if let Some(ingress) = object.body.ingress() {
            of_ingress(object, ingress, out);
        } else if let Some(gateway) = object.body.gateway() {
            of_gateway(object, gateway, out);
        } else {
            out.not_applicable();
        }
    }
}

fn severity(object: &Object) -> Severity {
    if is_internal(object) { Severity::Low } else { Severity::Medium }
}

fn of_ingress(object: &Object, ingress: &IngressSpec, out: &mut Out<'_>) {
    let has_backend = ingress.default_backend.is_some() || ingress.backend.is_some();
    if ingress.rules.iter().all(is_challenge) && !has_backend {
        return out.not_applicable();
    }
    match encrypted_outside(object, &ingress.class) {
        Encrypted::Yes => return,
        Encrypted::Unknown(reason) => return out.unknown(reason),
        Encrypted::No => {}
    }
    let spec = Path::root().field("spec");
    let own = Hosts::of(ingress.tls.iter().flat_map(|tls| &tls.hosts).map(SmolStr::as_str));
    let of_all = ingress.tls.iter().any(|tls| tls.hosts.is_empty());
    let mut others = None;
    let mut open = Vec::new();
    for (index, rule) in ingress.rules.iter().enumerate().filter(|(_, rule)| !is_challenge(rule)) {
        let host = rule.host.as_str();
        if of_all || own.cover(host, Labels::One) {
            continue;
        }
        if host.is_empty() {
            if ingress.tls.is_empty() {
                open.push((index, host));
            } else {
                out.unknown("what of a rule without a host is encrypted depends on the controller");
            }
            continue;
        }
        // Controllers put together what Ingresses say of a host.
        let others = others.get_or_insert_with(|| of_others(object, out.snapshot()));
        if !others.cover(host, Labels::One) {
            open.push((index, host));
        }
    }
    if ingress.tls.is_empty() && (!open.is_empty() || ingress.rules.is_empty()) {
        let mut hosts: Vec<&str> = open.iter().map(|(_, host)| *host).filter(|host| !host.is_empty()).collect();
        hosts.dedup();
        let whose = match hosts.as_slice() {
            [] => "whatever host it is asked for".to_owned(),
            [hosts @ .., last] if hosts.len() > 3 => format!("`{last}` and {} other hosts", hosts.len()),
            hosts => format!("`{}`", hosts.join("`, `")),
        };
        out.fail(spec.field("tls"), format!("the Ingress serves {whose} in plaintext"))
            .severity(severity(object))
            .missing("nothing is encrypted");
        return;
    }
    for (index, host) in open {
        let path = spec.field("rules").index(index).field("host");
        out.fail(path, format!("no `tls` of the Ingress covers `{host}`, which is served in plaintext"))
            .severity(severity(object))
            .value(host);
    }
    certificates(object, &ingress.tls, out);
}

/// Certificates that are not there.
fn certificates(object: &Object, tls: &[IngressTls], out: &mut Out<'_>) {
    // Contour takes the Secret of another namespace when it is told so.
    if object.metadata.annotations.get("projectcontour.io/tls-cert-namespace").is_some() {
        return;
    }
    let snapshot = out.snapshot();
    for (index, tls) in tls.iter().enumerate() {
        let name = tls.secret_name.as_str();
        if name.is_empty() || name.contains('/') || is_placeholder(name) {
            continue;
        }
        let is_there = snapshot.named(object, "", "Secret", name).next().is_some();
        if is_there || !snapshot.has_all_beside(object, "", "Secret") {
            continue;
        }
        let path = Path::root().field("spec").field("tls").index(index).field("secretName");
        out.fail(path, format!("the Secret `{name}` of the certificate does not exist"))
            .severity(Severity::Low)
            .value(name);
    }
}

/// Where a certificate's issuer asks whether the host is whose it says, in plaintext by its nature (RFC 8555, 8.3).
const CHALLENGE: &str = "/.well-known/acme-challenge";

/// Whether a rule is there for issuers of certificates alone.
fn is_challenge(rule: &IngressRule) -> bool {
    let paths = &rule.http.paths;
    !paths.is_empty() && paths.iter().all(|path| path.path.starts_with(CHALLENGE))
}

/// Hosts that are encrypted, in small letters.
struct Hosts(HashSet<String>);

/// How many labels a `*.` stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Labels {
    One,
    Any,
}

impl Hosts {
    fn of<'h>(hosts: impl Iterator<Item = &'h str>) -> Self {
        Self(hosts.map(str::to_ascii_lowercase).collect())
    }

    /// Whether a host is among them, itself or by a wildcard.
    fn cover(&self, host: &str, labels: Labels) -> bool {
        let host = host.to_ascii_lowercase();
        if host.is_empty() || self.0.is_empty() {
            return false;
        }
        let mut rest = host.as_str();
        let at_most = if labels == Labels::One { 1 } else { LABELS_MAX };
        self.0.contains(&host)
            || (0..at_most).any(|_| {
                let Some((_, suffix)) = rest.split_once('.') else { return false };
                rest = suffix;
                self.0.contains(&format!("*.{suffix}"))
            })
    }
}

/// A name of DNS has no more labels (RFC 1035: 255 octets).
const LABELS_MAX: usize = 127;

/// The hosts of other Ingresses of the namespace that have a certificate.
fn of_others(object: &Object, snapshot: View<'_>) -> Hosts {
    let others = snapshot.beside(object, "networking.k8s.io", "Ingress");
    let tls = others.filter_map(|other| other.body.ingress()).flat_map(|ingress| &ingress.tls);
    Hosts::of(tls.flat_map(|tls| &tls.hosts).map(SmolStr::as_str))
}

fn of_gateway(object: &Object, gateway: &GatewaySpec, out: &mut Out<'_>) {
    let is_plain = |listener: &Listener| listener.protocol == "HTTP";
    if !gateway.listeners.iter().any(is_plain) {
        return out.not_applicable();
    }
    let encrypted = || gateway.listeners.iter().filter(|one| matches!(one.protocol.as_str(), "HTTPS" | "TLS"));
    let hosts = Hosts::of(encrypted().map(|listener| listener.hostname.as_str()));
    let of_all = encrypted().any(|listener| listener.hostname.is_empty());
    let mut routes = None;
    for (index, listener) in gateway.listeners.iter().enumerate().filter(|(_, listener)| is_plain(listener)) {
        let host = listener.hostname.as_str();
        let is_any = host.is_empty() && encrypted().next().is_some();
        if of_all || is_any || hosts.cover(host, Labels::Any) {
            continue;
        }
        let routes = routes.get_or_insert_with(|| Routes::of(object, out.snapshot()));
        if routes.only_redirect(listener) {
            continue;
        }
        let whose = if host.is_empty() { "all hosts".to_owned() } else { format!("`{host}`") };
        let path = Path::root().field("spec").field("listeners").index(index).field("protocol");
        let message = format!("listener `{}` serves {whose} in plaintext, and no other one with TLS", listener.name);
        out.fail(path, message).severity(severity(object)).value("HTTP");
    }
}

/// The routes of a Gateway that were read, by the listener that they name; by none, when they name none.
struct Routes<'s> {
    any: HashSet<&'s str>,
    /// Those of which one sends traffic to backends. Others redirect.
    serving: HashSet<&'s str>,
}

impl<'s> Routes<'s> {
    fn of(gateway: &Object, snapshot: View<'s>) -> Self {
        let mut routes = Self { any: HashSet::new(), serving: HashSet::new() };
        for route in snapshot.of_kind("gateway.networking.k8s.io", "HTTPRoute") {
            let Some(spec) = route.body.route() else { continue };
            let is_own = |parent: &&ParentRef| {
                let is_here = if parent.namespace.is_empty() {
                    snapshot.share_namespace(route, gateway)
                } else {
                    parent.namespace == gateway.metadata.namespace
                };
                is_here && parent.name == gateway.metadata.name
            };
            let sections = spec.parent_refs.iter().filter(is_own).map(|parent| parent.section_name.as_str());
            let serves = spec.rules.iter().any(|rule| !rule.backend_refs.is_empty());
            for section in sections {
                routes.any.insert(section);
                if serves {
                    routes.serving.insert(section);
                }
            }
        }
        routes
    }

    fn only_redirect(&self, listener: &Listener) -> bool {
        let of = |set: &HashSet<&str>| set.contains("") || set.contains(listener.name.as_str());
        of(&self.any) && !of(&self.serving)
    }
}
