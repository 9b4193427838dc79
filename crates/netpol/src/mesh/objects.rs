//! The objects of meshes, by where they count.

use foldhash::HashMap;
use seawall_inventory::kinds::{
    DestinationRuleSpec, IstioAuthorizationSpec, LinkerdAuthorizationSpec, PeerAuthenticationSpec,
    ServerAuthorizationSpec, ServerSpec, WorkloadSelector,
};
use seawall_inventory::selector::{LabelSelector, Selector};
use seawall_inventory::{Object, Snapshot, What, Within};
use smol_str::SmolStr;

use super::member::Proxy;
use crate::doubt::Doubt;

/// Where Istio's root namespace is when nothing says otherwise (`IstioSystemNamespace` of pkg/config/constants/constants.go).
pub(crate) const ROOT: &str = "istio-system";

/// The annotation that says whom Linkerd lets in where no Server is about a port.
pub(crate) const DEFAULT_POLICY: &str = "config.linkerd.io/default-inbound-policy";

/// The objects of meshes.
#[derive(Debug, Default)]
pub(crate) struct Mesh {
    /// What stands in a namespace, by its name.
    spaces: HashMap<SmolStr, Space>,
    /// Istio's root namespace.
    pub root: SmolStr,
    /// DestinationRules by which clients do not connect as the mesh does.
    pub not_as_mesh: Vec<Named>,
    /// Objects that were not read, and why.
    pub unread: Option<Doubt>,
    has_istio: bool,
    has_linkerd: bool,
    /// Whether pods or namespaces say whom Linkerd lets in by default.
    has_defaults: bool,
}

/// What stands in a namespace.
#[derive(Debug, Default)]
pub(crate) struct Space {
    pub peer_authentications: Vec<Peer>,
    pub authorizations: Vec<Authorization>,
    pub servers: Vec<Server>,
    /// ServerAuthorizations and AuthorizationPolicies of Linkerd.
    pub linkerd: Vec<usize>,
    /// MeshTLSAuthentications and NetworkAuthentications, by kind and name.
    pub authentications: HashMap<(SmolStr, SmolStr), usize>,
    /// Its Namespace.
    pub namespace: Option<usize>,
}

/// An object by its number, and the namespace that it stands in.
#[derive(Debug)]
pub(crate) struct Named {
    pub object: usize,
    pub namespace: SmolStr,
}

/// A PeerAuthentication.
#[derive(Debug)]
pub(crate) struct Peer {
    pub object: usize,
    /// `None` for all of its namespace.
    pub pods: Option<Selector>,
    pub is_refused: bool,
}

/// An AuthorizationPolicy of Istio that is enforced.
#[derive(Debug)]
pub(crate) struct Authorization {
    pub object: usize,
    pub pods: Selector,
    pub is_refused: bool,
}

/// A Server.
#[derive(Debug)]
pub(crate) struct Server {
    pub object: usize,
    pub pods: Selector,
    pub is_refused: bool,
}

impl Space {
    /// The blocks of addresses that are written in it.
    pub fn blocks<'s>(&'s self, snapshot: &'s Snapshot) -> impl Iterator<Item = &'s str> {
        let istio = self.authorizations.iter().filter_map(|own| snapshot.istio_authorization(own.object));
        let rules = istio.flat_map(|spec| &spec.rules);
        let of_rules = rules.flat_map(|rule| {
            let sources = rule.from.iter().flat_map(|from| {
                let source = &from.source;
                source.ip_blocks.iter().chain(&source.not_ip_blocks)
            });
            let conditions = rule.when.iter().filter(|when| when.key == "source.ip");
            sources.chain(conditions.flat_map(|when| when.values.iter().chain(&when.not_values)))
        });
        let authorizations = self.linkerd.iter().filter_map(|own| snapshot.server_authorization(*own));
        let of_clients = authorizations.flat_map(|spec| &spec.client.networks);
        let others = self.authentications.values().filter_map(|own| snapshot.objects.get(*own));
        let others = others.filter_map(|object| object.body.network_authentication());
        let networks = of_clients.chain(others.flat_map(|spec| &spec.networks));
        let of_networks = networks.flat_map(|network| [&network.cidr].into_iter().chain(&network.except));
        of_rules.chain(of_networks).map(SmolStr::as_str)
    }
}

impl Mesh {
    /// Those among `objects`.
    pub fn of<'s>(snapshot: &'s Snapshot, objects: impl Iterator<Item = (usize, &'s Object)>) -> Self {
        let mut mesh = Self { root: SmolStr::new_static(ROOT), ..Self::default() };
        let mut istiod = None;
        for (number, object) in objects {
            mesh.add(snapshot, number, object);
            let mut given =
                object.pods.iter().map(|pod| &pod.annotations).chain([&object.metadata.annotations]);
            mesh.has_defaults |= given.any(|annotations| annotations.get(DEFAULT_POLICY).is_some());
            let is_istiod =
                |labels: &seawall_inventory::decode::StringMap| labels.get("app") == Some("istiod");
            if istiod.is_none() && object.pods.iter().any(|pod| is_istiod(&pod.labels)) {
                istiod = Some(snapshot.identity(object.reference()).namespace);
            }
        }
        if let Some(root) = istiod.filter(|name| !name.is_empty()) {
            mesh.root = root;
        }
        mesh.unread = unread(snapshot);
        mesh
    }

    fn add(&mut self, snapshot: &Snapshot, number: usize, object: &Object) {
        let body = &object.body;
        let is_refused = object.malformed;
        if object.group().is_empty() && object.kind == "Namespace" {
            let space = self.spaces.entry(object.metadata.name.clone()).or_default();
            space.namespace.get_or_insert(number);
            return;
        }
        let name = || snapshot.identity(object.reference()).namespace;
        if let Some(rule) = body.destination_rule() {
            if crate::mesh::client::is_not_as_mesh(rule) {
                self.not_as_mesh.push(Named { object: number, namespace: name() });
            }
            return;
        }
        let is_dry = object.metadata.annotations.get("istio.io/dry-run").is_some_and(is_true);
        if let Some(spec) = body.peer_authentication() {
            let pods = spec.selector.as_ref().filter(|selector| !selector.match_labels.is_empty());
            let pods = pods.map(|selector| labels(Some(selector)));
            let is_refused = is_refused || matches!(pods, Some(None));
            let peer = Peer { object: number, pods: pods.flatten(), is_refused };
            self.has_istio = true;
            self.space(name()).peer_authentications.push(peer);
        } else if let Some(spec) = body.istio_authorization().filter(|_| !is_dry) {
            let pods = labels(spec.selector.as_ref());
            let is_refused = is_refused || pods.is_none() || !crate::mesh::rule::is_valid(spec);
            let pods = pods.unwrap_or(Selector::EVERYTHING);
            self.has_istio = true;
            self.space(name()).authorizations.push(Authorization { object: number, pods, is_refused });
        } else if let Some(spec) = body.server() {
            let pods = Selector::of(spec.pod_selector.as_ref());
            let is_refused = is_refused || pods.is_err();
            let pods = pods.unwrap_or(Selector::EVERYTHING);
            self.has_linkerd = true;
            self.space(name()).servers.push(Server { object: number, pods, is_refused });
        } else if body.server_authorization().is_some() || body.linkerd_authorization().is_some() {
            self.has_linkerd = true;
            self.space(name()).linkerd.push(number);
        } else if body.mesh_tls_authentication().is_some() || body.network_authentication().is_some() {
            let key = (object.kind.clone(), object.metadata.name.clone());
            self.space(name()).authentications.entry(key).or_insert(number);
        }
    }

    fn space(&mut self, name: SmolStr) -> &mut Space {
        self.spaces.entry(name).or_default()
    }

    /// Whether nothing of a mesh was read that keeps anything from anybody. What Linkerd's annotations say counts only beside
    /// objects of it, or where pods give them.
    pub fn is_empty(&self) -> bool {
        !(self.has_istio || self.has_linkerd || self.has_defaults || self.unread.is_some())
    }

    /// Whether something was read of the mesh that a proxy is of.
    pub fn has(&self, proxy: Proxy) -> bool {
        match proxy {
            Proxy::Sidecar | Proxy::Gateway | Proxy::Ambient => self.has_istio,
            Proxy::Linkerd => self.has_linkerd || self.has_defaults,
        }
    }

    /// What stands in a namespace.
    pub fn at(&self, namespace: &str) -> Option<&Space> {
        self.spaces.get(namespace)
    }
}

/// Kinds that keep something from somebody.
const KINDS: [(&str, &str); 5] = [
    ("security.istio.io", "PeerAuthentication"),
    ("security.istio.io", "AuthorizationPolicy"),
    ("policy.linkerd.io", "Server"),
    ("policy.linkerd.io", "ServerAuthorization"),
    ("policy.linkerd.io", "AuthorizationPolicy"),
];

fn unread(snapshot: &Snapshot) -> Option<Doubt> {
    let gap = |(group, kind): &(&'static str, &'static str)| {
        let what = What::Kind { group: SmolStr::new_static(group), kind: SmolStr::new_static(kind) };
        snapshot.coverage.gap(&what, &Within::Everywhere, None)
    };
    KINDS.iter().find_map(gap).map(Doubt::Unread)
}

/// `strconv.ParseBool` of Go.
fn is_true(text: &str) -> bool {
    matches!(text, "1" | "t" | "T" | "true" | "TRUE" | "True")
}

/// Labels alone; `None` when they are none.
fn labels(selector: Option<&WorkloadSelector>) -> Option<Selector> {
    let match_labels = selector.map(|selector| selector.match_labels.clone()).unwrap_or_default();
    Selector::of(Some(&LabelSelector { match_labels, ..LabelSelector::default() })).ok()
}

/// What an object says, by its number.
pub(crate) trait Says {
    fn object(&self, number: usize) -> Option<&Object>;

    fn peer_authentication(&self, number: usize) -> Option<&PeerAuthenticationSpec> {
        self.object(number)?.body.peer_authentication()
    }

    fn istio_authorization(&self, number: usize) -> Option<&IstioAuthorizationSpec> {
        self.object(number)?.body.istio_authorization()
    }

    fn destination_rule(&self, number: usize) -> Option<&DestinationRuleSpec> {
        self.object(number)?.body.destination_rule()
    }

    fn server(&self, number: usize) -> Option<&ServerSpec> {
        self.object(number)?.body.server()
    }

    fn server_authorization(&self, number: usize) -> Option<&ServerAuthorizationSpec> {
        self.object(number)?.body.server_authorization()
    }

    fn linkerd_authorization(&self, number: usize) -> Option<&LinkerdAuthorizationSpec> {
        self.object(number)?.body.linkerd_authorization()
    }
}

impl Says for Snapshot {
    fn object(&self, number: usize) -> Option<&Object> {
        self.objects.get(number)
    }
}
