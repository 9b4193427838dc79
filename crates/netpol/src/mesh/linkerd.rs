//! What proxies of Linkerd let in.
//!
//! Sources: Linkerd's reference of authorization policy (Server, AuthorizationPolicy, MeshTLSAuthentication, NetworkAuthentication,
//! ServerAuthorization, default policies), and of its annotations; which of them count together: `client_authzs` and
//! `policy_client_authz` of linkerd/linkerd2 policy-controller/k8s/index/src/inbound/index.rs.

use ipnet::IpNet;
use seawall_inventory::Object;
use seawall_inventory::decode::IntOrString;
use seawall_inventory::kinds::{LinkerdAuthorizationSpec, Network, PolicyTarget, ServerAuthorizationSpec};
use seawall_inventory::selector::Selector;
use smol_str::SmolStr;

use super::identity::Identity;
use super::istio::account;
use super::member::{Member, Proxy};
use super::objects::{DEFAULT_POLICY, Says, Server, Space};
use super::rule::{block, in_block};
use super::{Effect, MeshDoubt, MeshSide, and_other_protocols, listed, tcp};
use crate::connection::End;
use crate::doubt::Doubt;
use crate::endpoint::Endpoint;
use crate::matching::{self, Family, Match};
use crate::ports::{Ports, Protocol};
use crate::verdict::Verdict;
use crate::world::World;

/// A connection, as Linkerd's proxy sees it.
struct Client<'w> {
    world: &'w World<'w>,
    from: End,
    family: Family,
    /// Who has encrypted it.
    identity: Option<Identity>,
    /// Why it is not known whether somebody has.
    doubt: Option<Doubt>,
}

/// Networks of a cluster, unless Linkerd's configuration says otherwise (`clusterNetworks` of charts/linkerd-control-plane/values.yaml).
const CLUSTER: [&str; 5] = ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fd00::/8"];

impl World<'_> {
    pub(super) fn linkerd_side(&self, number: usize, from: End, family: Family) -> Option<MeshSide> {
        let endpoint = self.endpoint(number)?;
        let name = self.namespace(endpoint.namespace)?;
        let mesh = self.mesh();
        let mut side = MeshSide::new(Proxy::Linkerd);
        if let Some(doubt) = mesh.unread {
            side.doubts.insert(doubt);
            side.ports = and_other_protocols(&tcp(Verdict::Unknown));
            return Some(side);
        }
        let (identity, doubt) = self.linkerd_identity(from);
        let client = Client { world: self, from, family, identity, doubt };
        let space = mesh.at(name);
        let home = space.and_then(|space| self.snapshot().objects.get(space.namespace?));
        let given = endpoint.template.annotations.get(DEFAULT_POLICY);
        let default = given.or_else(|| home?.metadata.annotations.get(DEFAULT_POLICY));
        let by_default = default.map_or(Match::Yes, |policy| client.by_policy(policy));
        // What Servers are about is taken away from it, one after another.
        let mut passes = tcp(by_default.verdict());
        let (mut covered, mut is_asked) = (Ports::default(), default.is_some());
        side.doubts.extend(by_default.doubt());
        for server in space.into_iter().flat_map(|space| &space.servers) {
            let Some((ports, selected)) = self.server_ports(server, number, endpoint) else { continue };
            is_asked = true;
            let of_server = client.by_server(server, &ports, space, name, &mut side);
            side.doubts.extend(selected.doubt());
            let twice = covered.and(&ports);
            if twice.best() != Verdict::Deny {
                side.doubts.insert(Doubt::Mesh(MeshDoubt::Several(server.object)));
            }
            let agreed = tcp(Verdict::Unknown).otherwise(&passes.differ(&of_server), &of_server);
            let of_both = agreed.otherwise(&twice, &of_server);
            passes = of_both.otherwise(&ports.and_always(selected.verdict()), &passes);
            covered = covered.or(&ports);
        }
        if !is_asked {
            return None;
        }
        side.ports = and_other_protocols(&passes).or(&bypassed(endpoint, home));
        Some(side)
    }

    /// Who encrypts what comes from there.
    fn linkerd_identity(&self, from: End) -> (Option<Identity>, Option<Doubt>) {
        let End::Pods(number) = from else { return (None, None) };
        let Some(pods) = self.endpoint(number) else { return (None, None) };
        let identity = || Identity {
            namespace: self.namespace(pods.namespace).unwrap_or_default().to_owned(),
            account: account(pods).to_owned(),
        };
        match self.member(number) {
            Member::Yes(Proxy::Linkerd) => (Some(identity()), None),
            Member::Maybe(Proxy::Linkerd) => (Some(identity()), Some(Doubt::Mesh(MeshDoubt::InMesh(number)))),
            Member::No | Member::Yes(_) | Member::Maybe(_) => (None, None),
        }
    }

    /// The ports of pods that a Server is about.
    fn server_ports(&self, server: &Server, number: usize, pods: &Endpoint<'_>) -> Option<(Ports, Match)> {
        let spec = self.snapshot().server(server.object)?;
        if spec.external_workload_selector.is_some() {
            return None;
        }
        let refused =
            if server.is_refused { Match::Maybe(Doubt::Refused(server.object)) } else { Match::Yes };
        let selected = matching::pods(&server.pods, number, pods).and(refused);
        let port = match spec.port.as_ref()? {
            IntOrString::Int(number) => u16::try_from(*number).ok().filter(|port| *port > 0)?,
            IntOrString::Str(name) => pods.port(name, Protocol::Tcp)?,
        };
        (selected != Match::No)
            .then(|| (Ports::some(Protocol::Tcp, &(port..=port), Verdict::Allow), selected))
    }
}

impl Client<'_> {
    /// Whether it is let in by the name of a policy.
    fn by_policy(&self, policy: &str) -> Match {
        match policy {
            "all-unauthenticated" | "audit" => Match::Yes,
            "all-authenticated" => self.who(|_| Match::Yes),
            "cluster-unauthenticated" => self.is_of_cluster(),
            "cluster-authenticated" => self.is_of_cluster().and(self.who(|_| Match::Yes)),
            _ => Match::No,
        }
    }

    /// What a Server, and what is said of it, makes of it.
    fn by_server(
        &self,
        server: &Server,
        ports: &Ports,
        space: Option<&Space>,
        namespace: &str,
        side: &mut MeshSide,
    ) -> Ports {
        let snapshot = self.world.snapshot();
        let Some(object) = snapshot.objects.get(server.object) else { return tcp(Verdict::Unknown) };
        let policy =
            snapshot.server(server.object).map(|spec| spec.access_policy.as_str()).unwrap_or_default();
        let mut found = self.by_policy(policy);
        let effect = if found == Match::No { Effect::Isolates } else { Effect::Allows };
        let shown = if found == Match::No { Verdict::Allow } else { found.verdict() };
        side.decide(server.object, None, effect, ports.and_always(shown));
        for number in space.into_iter().flat_map(|space| &space.linkerd) {
            let authorized =
                match (snapshot.server_authorization(*number), snapshot.linkerd_authorization(*number)) {
                    (Some(spec), _) => self.by_server_authorization(spec, *number, object, namespace),
                    (_, Some(spec)) => self.by_authorization(spec, *number, object, namespace),
                    (None, None) => Match::No,
                };
            let refused = snapshot.objects.get(*number).is_some_and(|object| object.malformed);
            let authorized = if refused { Match::Maybe(Doubt::Refused(*number)) } else { authorized };
            side.doubts.extend(authorized.doubt());
            side.decide(*number, None, Effect::Allows, ports.and_always(authorized.verdict()));
            found = found.or(authorized);
        }
        side.doubts.extend(found.doubt());
        tcp(found.verdict())
    }

    fn by_server_authorization(
        &self,
        spec: &ServerAuthorizationSpec,
        number: usize,
        server: &Object,
        namespace: &str,
    ) -> Match {
        let by_name = spec.server.name.as_ref().is_some_and(|name| *name == server.metadata.name);
        let by_labels = spec.server.selector.as_ref().is_some_and(|selector| {
            Selector::of(Some(selector)).is_ok_and(|selector| selector.matches(&server.metadata.labels))
        });
        if !by_name && !by_labels {
            return Match::No;
        }
        let client = &spec.client;
        let from = if client.networks.is_empty() { Match::Yes } else { self.is_from(&client.networks) };
        let tls = client.mesh_tls.as_deref();
        let who = match tls {
            _ if client.unauthenticated == Some(true) => Match::Yes,
            // Also of whoever encrypts without an identity, of whom nobody knows here.
            Some(tls) if tls.unauthenticated == Some(true) => self.who(|_| Match::Yes),
            Some(tls) => self.who(|own| {
                let named = tls.identities.iter().map(|value| own.is_named(value, number));
                let accounts = tls.service_accounts.iter().map(|account| {
                    let of = Some(account.namespace.as_str()).filter(|name| !name.is_empty());
                    Match::of(own.namespace == of.unwrap_or(namespace) && own.account == account.name)
                });
                named.chain(accounts).fold(Match::No, Match::or)
            }),
            None => Match::No,
        };
        from.and(who)
    }

    fn by_authorization(
        &self,
        spec: &LinkerdAuthorizationSpec,
        number: usize,
        server: &Object,
        namespace: &str,
    ) -> Match {
        let target = &spec.target_ref;
        let is_meant = match target.kind.as_str() {
            "Server" if target.name == server.metadata.name => Match::Yes,
            "Namespace" if target.name == namespace => Match::Yes,
            // Routes of some Server: which requests they take is not known here.
            "HTTPRoute" | "GRPCRoute" => Match::Maybe(Doubt::Mesh(MeshDoubt::Requests(number))),
            _ => Match::No,
        };
        let required = spec.required.iter().map(|required| self.is_what(required, number, namespace));
        required.fold(is_meant, Match::and)
    }

    /// Whether it is what an authorization asks for.
    fn is_what(&self, required: &PolicyTarget, number: usize, namespace: &str) -> Match {
        let of = Some(required.namespace.as_str()).filter(|name| !name.is_empty()).unwrap_or(namespace);
        if required.kind == "ServiceAccount" {
            return self.who(|own| Match::of(own.namespace == of && own.account == required.name));
        }
        let key = (required.kind.clone(), required.name.clone());
        let found = self.world.mesh().at(of).and_then(|space| space.authentications.get(&key));
        let snapshot = self.world.snapshot();
        let Some((found, object)) = found.and_then(|found| Some((*found, snapshot.objects.get(*found)?)))
        else {
            // A policy that names what there is not is passed over.
            return match snapshot.coverage.live {
                true => Match::No,
                false => Match::Maybe(Doubt::Mesh(MeshDoubt::Named(number))),
            };
        };
        if object.malformed {
            return Match::Maybe(Doubt::Refused(found));
        }
        if let Some(network) = object.body.network_authentication() {
            return self.is_from(&network.networks);
        }
        let Some(tls) = object.body.mesh_tls_authentication() else { return Match::No };
        self.who(|own| {
            let named = tls.identities.iter().map(|value| own.is_named(value, found));
            let accounts = tls.identity_refs.iter().map(|target| {
                let of_target = Some(target.namespace.as_str()).filter(|name| !name.is_empty()).unwrap_or(of);
                Match::of(match target.kind.as_str() {
                    "ServiceAccount" => own.namespace == of_target && own.account == target.name,
                    "Namespace" => own.namespace == target.name,
                    _ => false,
                })
            });
            named.chain(accounts).fold(Match::No, Match::or)
        })
    }

    fn who(&self, is: impl Fn(&Identity) -> Match) -> Match {
        let found = self.identity.as_ref().map_or(Match::No, is);
        match self.doubt {
            Some(doubt) => found.and(Match::Maybe(doubt)),
            None => found,
        }
    }

    fn is_from(&self, networks: &[Network]) -> Match {
        let is_in = |text: &SmolStr| {
            block(text).map_or(Match::No, |block| in_block(&block, self.from, self.family, self.world))
        };
        let found = networks.iter().map(|network| {
            let except = network.except.iter().map(is_in).fold(Match::No, Match::or);
            is_in(&network.cidr).and(match except {
                Match::No => Match::Yes,
                Match::Yes => Match::No,
                open => open,
            })
        });
        found.fold(Match::No, Match::or)
    }

    fn is_of_cluster(&self) -> Match {
        let open = Match::Maybe(Doubt::Mesh(MeshDoubt::ClusterNetworks));
        match self.from {
            End::Pods(_) => Match::Yes,
            End::OwnNode | End::OtherNode | End::Node(_) => open,
            End::Address(address) => {
                let is_in = |text: &&str| text.parse::<IpNet>().is_ok_and(|block| block.contains(&address));
                if CLUSTER.iter().any(is_in) { open } else { Match::No }
            }
        }
    }
}

/// Ports of which the proxy takes nothing: its own, and those that an annotation leaves out.
fn bypassed(pods: &Endpoint<'_>, home: Option<&Object>) -> Ports {
    const LEFT_OUT: &str = "config.linkerd.io/skip-inbound-ports";
    let given = pods.template.annotations.get(LEFT_OUT);
    let given = given.or_else(|| home?.metadata.annotations.get(LEFT_OUT));
    listed("4190,4191").or(&given.map(listed).unwrap_or_default())
}
