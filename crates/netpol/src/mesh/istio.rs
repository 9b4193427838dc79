//! What proxies of Istio let in.
//!
//! Sources: `build` of pilot/pkg/security/authz/builder/builder.go (CUSTOM, then DENY, then ALLOW), `ListAuthorizationPolicies` of
//! pilot/pkg/model/authorization.go and `ShouldAttachPolicy` of pilot/pkg/model/policyattachment.go; ports that no sidecar takes:
//! tools/istio-iptables/pkg/capture/run.go and manifests/charts/istio-control/istio-discovery/files/injection-template.yaml;
//! `convertAuthorizationPolicy` of pilot/pkg/serviceregistry/ambient/authorization.go.

use std::collections::BTreeSet;

use seawall_inventory::kinds::{IstioAuthorizationSpec, PolicyTarget};

use super::identity::Identity;
use super::member::{Member, Proxy};
use super::objects::{Authorization, Says};
use super::rule::{Judging, Seen};
use super::{Effect, MeshDoubt, MeshSide, Mode, Modes, and_other_protocols, listed, mtls, tcp};
use crate::connection::{End, Nearness};
use crate::doubt::Doubt;
use crate::endpoint::Endpoint;
use crate::matching::{self, Family, Match};
use crate::ports::{Ports, Protocol};
use crate::verdict::Verdict;
use crate::world::World;

/// What is known of who connects.
struct Sender {
    /// Whether the mesh encrypts it.
    encrypted: Verdict,
    identity: Option<Identity>,
    /// Why it is not known who it is.
    doubt: Option<Doubt>,
}

impl World<'_> {
    pub(super) fn istio_side(
        &self,
        number: usize,
        proxy: Proxy,
        from: End,
        family: Family,
    ) -> Option<MeshSide> {
        let endpoint = self.endpoint(number)?;
        let mesh = self.mesh();
        let namespace = self.namespace(endpoint.namespace)?;
        let mut side = MeshSide::new(proxy);
        if let Some(doubt) = mesh.unread {
            side.doubts.insert(doubt);
            side.ports = and_other_protocols(&tcp(Verdict::Unknown));
            return Some(side);
        }
        // What comes from a node itself, as its probes, does not go through ztunnel (cni/pkg/iptables/iptables.go).
        let of_node = match proxy {
            Proxy::Ambient => self.is_own_node(endpoint, from, Nearness::Known)?,
            Proxy::Sidecar | Proxy::Gateway | Proxy::Linkerd => Match::No,
        };
        side.doubts.extend(of_node.doubt());
        let modes = (proxy != Proxy::Gateway).then(|| mtls::of(self, number));
        let about = self.about(number, endpoint, namespace, proxy);
        let asks = modes.as_ref().is_some_and(|modes| modes.by.is_some() || !modes.are(Mode::Permissive));
        if !asks && about.is_empty() {
            return None;
        }
        let (strict, plain_only) = modes.as_ref().map(|modes| asked(modes, proxy)).unwrap_or_default();
        if let Some(modes) = &modes {
            side.doubts.extend(&modes.doubts);
            tell(modes, &mut side);
        }
        let sender = self.sender(from, number, endpoint, proxy, namespace);
        let identity = sender.identity.as_ref();
        let is_ztunnel = proxy == Proxy::Ambient;
        let seen =
            |identity, doubt| Seen { world: self, from, to: number, family, identity, doubt, is_ztunnel };
        let mut judge = |seen: Seen<'_>, is_told: bool| self.judged(&seen, &about, &mut side, is_told);
        let without = judge(seen(None, None), sender.encrypted == Verdict::Deny);
        let with = match sender.encrypted {
            Verdict::Deny => without.clone(),
            _ => judge(seen(identity, sender.doubt.filter(|_| identity.is_none())), true),
        };
        let without_strict = without.and(&strict.map(Verdict::negated));
        let encrypted = without_strict.otherwise(&plain_only, &with);
        let passes = encrypted.otherwise(&Ports::all(sender.encrypted), &without_strict);
        if passes.any(|verdict| verdict == Verdict::Unknown) {
            side.doubts.extend(sender.doubt);
        }
        let past = bypassed(endpoint, proxy).or(&Ports::all(of_node.verdict()));
        side.ports = and_other_protocols(&passes).or(&past);
        Some(side)
    }

    /// The policies that are about pods, and how sure that is.
    fn about<'w>(
        &'w self,
        number: usize,
        endpoint: &Endpoint<'_>,
        namespace: &str,
        proxy: Proxy,
    ) -> Vec<(&'w Authorization, &'w IstioAuthorizationSpec, &'w str, Match)> {
        let mesh = self.mesh();
        let root = mesh.root.as_str();
        let mut found = Vec::new();
        for place in [Some(root), Some(namespace).filter(|own| *own != root)].into_iter().flatten() {
            let Some(space) = mesh.at(place) else { continue };
            for policy in &space.authorizations {
                let Some(spec) = self.snapshot().istio_authorization(policy.object) else { continue };
                let is_own = place == namespace;
                let refused = match policy.is_refused {
                    true => Match::Maybe(Doubt::Refused(policy.object)),
                    false => Match::Yes,
                };
                let attached = match targets(spec).next().is_some() {
                    false => matching::pods(&policy.pods, number, endpoint),
                    true => Match::of(is_own && is_target(spec, endpoint, proxy)),
                };
                let attached = attached.and(refused);
                if attached != Match::No {
                    let own = if is_own { self.namespace(endpoint.namespace) } else { Some(root) };
                    found.push((policy, spec, own.unwrap_or_default(), attached));
                }
            }
        }
        found
    }

    /// What policies make of a connection.
    fn judged(
        &self,
        seen: &Seen<'_>,
        about: &[(&Authorization, &IstioAuthorizationSpec, &str, Match)],
        side: &mut MeshSide,
        is_told: bool,
    ) -> Ports {
        let (mut denied, mut allowed, mut asked) = (Ports::default(), Ports::default(), Ports::default());
        let mut isolated = Verdict::Deny;
        let mut doubts = BTreeSet::new();
        for action in ["CUSTOM", "DENY", "ALLOW"] {
            for (policy, spec, namespace, attached) in about {
                let own = if spec.action.is_empty() { "ALLOW" } else { spec.action.as_str() };
                // Of one that is refused nobody knows what it was to do.
                let is_open = policy.is_refused;
                let is_now = if is_open { action == "ALLOW" } else { own == action };
                if !is_now || (action == "CUSTOM" && seen.is_ztunnel) {
                    continue;
                }
                doubts.extend(attached.doubt());
                if is_open {
                    (allowed, isolated) = (allowed.or(&tcp(Verdict::Unknown)), isolated.or(Verdict::Unknown));
                    denied = denied.or(&tcp(Verdict::Unknown));
                    continue;
                }
                if action == "ALLOW" {
                    isolated = isolated.or(attached.verdict());
                    if is_told {
                        side.decide(policy.object, None, Effect::Isolates, tcp(attached.verdict()));
                    }
                }
                for (number, rule) in spec.rules.iter().enumerate() {
                    let (object, is_deny) = (policy.object, action == "DENY");
                    let mut judging = Judging { object, namespace, is_deny, doubts: &mut doubts };
                    let met = seen.rule(rule, &mut judging).and_always(attached.verdict());
                    let effect = match action {
                        "CUSTOM" => {
                            asked = asked.or(&met);
                            if met.best() != Verdict::Deny {
                                doubts.insert(Doubt::Mesh(MeshDoubt::Asked(object)));
                            }
                            Effect::Asks
                        }
                        "DENY" => {
                            denied = denied.or(&met);
                            Effect::Denies
                        }
                        _ => {
                            allowed = allowed.or(&met);
                            Effect::Allows
                        }
                    };
                    if is_told {
                        side.decide(object, Some(number), effect, met);
                    }
                }
            }
        }
        side.doubts.extend(doubts);
        let allowed = allowed.or(&Ports::all(isolated.negated()));
        let asked = asked.map(|met| if met == Verdict::Deny { Verdict::Allow } else { Verdict::Unknown });
        allowed.and(&denied.map(Verdict::negated)).and(&asked)
    }

    /// Who connects, to pods that have such a proxy.
    fn sender(&self, from: End, to: usize, receiver: &Endpoint<'_>, proxy: Proxy, namespace: &str) -> Sender {
        let plain = Sender { encrypted: Verdict::Deny, identity: None, doubt: None };
        let mesh_doubt = |doubt| Some(Doubt::Mesh(doubt));
        let End::Pods(number) = from else {
            // A gateway encrypts with whomever its own objects say.
            return match proxy {
                Proxy::Gateway => {
                    Sender { encrypted: Verdict::Unknown, doubt: mesh_doubt(MeshDoubt::Gateway(to)), ..plain }
                }
                _ => plain,
            };
        };
        let Some(pods) = self.endpoint(number) else { return plain };
        let (own, encrypted, doubt) = match self.member(number) {
            Member::No | Member::Yes(Proxy::Linkerd) => (None, Verdict::Deny, None),
            Member::Maybe(own) => (Some(own), Verdict::Unknown, mesh_doubt(MeshDoubt::InMesh(number))),
            Member::Yes(own) => (Some(own), Verdict::Allow, None),
        };
        let identity = Identity {
            namespace: self.namespace(pods.namespace).unwrap_or_default().to_owned(),
            account: account(pods).to_owned(),
        };
        let Some(own) = own else {
            return match proxy {
                Proxy::Gateway => {
                    Sender { encrypted: Verdict::Unknown, doubt: mesh_doubt(MeshDoubt::Gateway(to)), ..plain }
                }
                _ => plain,
            };
        };
        let is_sidecar = matches!(own, Proxy::Sidecar | Proxy::Gateway);
        let rule = if is_sidecar { self.client_rule(namespace) } else { None };
        let doubt = match (proxy, own) {
            (Proxy::Gateway, _) => mesh_doubt(MeshDoubt::Gateway(to)),
            (Proxy::Ambient, Proxy::Ambient) if self.has_waypoint(receiver) => {
                let doubt = mesh_doubt(MeshDoubt::Waypoint(to));
                return Sender { encrypted, identity: None, doubt };
            }
            (Proxy::Ambient, Proxy::Sidecar | Proxy::Gateway) | (Proxy::Sidecar, Proxy::Ambient) => {
                mesh_doubt(MeshDoubt::Encryption(number))
            }
            _ if rule.is_some() => rule.and_then(|rule| mesh_doubt(MeshDoubt::Client(rule))),
            _ => return Sender { encrypted, identity: Some(identity), doubt },
        };
        Sender { encrypted: Verdict::Unknown, identity: Some(identity), doubt }
    }

    /// Whether pods, or their namespace, say that a waypoint is before them.
    fn has_waypoint(&self, pods: &Endpoint<'_>) -> bool {
        const WAYPOINT: &str = "istio.io/use-waypoint";
        let space = self.space(pods.namespace);
        let home = self.mesh().at(self.namespace(pods.namespace).unwrap_or_default());
        let home = home.and_then(|home| self.snapshot().objects.get(home.namespace?));
        let asked = pods.labels().get(WAYPOINT);
        let asked = asked.or_else(|| home?.metadata.labels.get(WAYPOINT));
        let asked = asked.or_else(|| space?.labels.get(WAYPOINT));
        asked.is_some_and(|name| name != "none")
    }
}

/// The account that pods run as.
pub(super) fn account<'e>(pods: &'e Endpoint<'_>) -> &'e str {
    let spec = &pods.template.spec;
    let given = [&spec.service_account_name, &spec.rare().service_account];
    given.into_iter().find(|name| !name.is_empty()).map_or("default", |name| name.as_str())
}

/// Ports where only the mesh's encryption is let in, and those where it is none.
fn asked(modes: &Modes, proxy: Proxy) -> (Ports, Ports) {
    let of = |mode: Mode| {
        let all = modes.possible.iter().map(|one| {
            let own = |own| if own == mode { Verdict::Allow } else { Verdict::Deny };
            let ports = one.ports.iter().map(|(port, mode, _)| {
                let this = Ports::some(Protocol::Tcp, &(*port..=*port), Verdict::Allow);
                (this, own(*mode))
            });
            ports.fold(tcp(own(one.mode)), |found, (this, verdict)| tcp(verdict).otherwise(&this, &found))
        });
        let agreed = |one: Ports, other: Ports| {
            let differ = one.differ(&other);
            tcp(Verdict::Unknown).otherwise(&differ, &one)
        };
        all.reduce(agreed).unwrap_or_default()
    };
    // To ztunnel DISABLE is PERMISSIVE.
    let plain_only = if proxy == Proxy::Ambient { Ports::default() } else { of(Mode::Disable) };
    (of(Mode::Strict), plain_only)
}

/// Tells which modes are in effect.
fn tell(modes: &Modes, side: &mut MeshSide) {
    for one in &modes.possible {
        let mut left = tcp(Verdict::Allow);
        let effect = |mode| match mode {
            Mode::Strict => Some(Effect::Encrypted),
            Mode::Disable => Some(Effect::Plain),
            Mode::Permissive => None,
        };
        let mut told = Vec::new();
        for (port, mode, by) in &one.ports {
            let this = Ports::some(Protocol::Tcp, &(*port..=*port), Verdict::Allow);
            left = left.and(&this.map(Verdict::negated));
            told.extend(effect(*mode).map(|effect| (*by, effect, this)));
        }
        if let (Some(by), Some(effect)) = (one.by, effect(one.mode)) {
            told.insert(0, (by, effect, left));
        }
        for (by, effect, ports) in told {
            let sure = if modes.possible.len() > 1 { Verdict::Unknown } else { Verdict::Allow };
            side.decide(by, None, effect, ports.and_always(sure));
        }
    }
}

/// Ports of which a sidecar takes nothing: what the proxy and its agent listen on, and what an annotation leaves out.
fn bypassed(pods: &Endpoint<'_>, proxy: Proxy) -> Ports {
    if proxy != Proxy::Sidecar {
        return Ports::default();
    }
    let given = |key: &str| pods.template.annotations.get(key);
    let own = listed("15008,15020,15021,15090");
    let left_out = given("traffic.sidecar.istio.io/excludeInboundPorts").map(listed).unwrap_or_default();
    let taken = match given("traffic.sidecar.istio.io/includeInboundPorts") {
        None | Some("*") => tcp(Verdict::Allow),
        Some(text) => listed(text),
    };
    let not_taken = taken.map(Verdict::negated).and(&tcp(Verdict::Allow));
    own.or(&left_out).or(&not_taken)
}

fn targets(spec: &IstioAuthorizationSpec) -> impl Iterator<Item = &PolicyTarget> {
    let one = spec.target_ref.iter().filter(|_| spec.target_refs.is_empty());
    spec.target_refs.iter().chain(one)
}

/// Whether a policy is attached to a gateway of Gateway API that these pods are of. To what is a Service's, a waypoint listens.
fn is_target(spec: &IstioAuthorizationSpec, pods: &Endpoint<'_>, proxy: Proxy) -> bool {
    let name = pods.labels().get("gateway.networking.k8s.io/gateway-name");
    let is_own = |target: &PolicyTarget| {
        target.group == "gateway.networking.k8s.io"
            && target.kind == "Gateway"
            && Some(target.name.as_str()) == name
    };
    proxy != Proxy::Ambient && name.is_some() && targets(spec).any(is_own)
}
