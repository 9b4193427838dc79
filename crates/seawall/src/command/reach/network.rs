//! Of which network a question is asked.

use std::net::IpAddr;

use anyhow::Result;
use clap::Args;
use seawall_inventory::{Kind, Snapshot};
use seawall_netpol::{Enforcer, Family, World};
use serde_json::{Value, json};

use crate::args::ask::{AskArgs, Asked, Unread, World as Read};
use crate::console::Console;
use crate::text::Text;

// Who enforces policies, and of which protocol. A doc comment would be the help of whatever command has these arguments.
#[derive(Debug, Args)]
pub(super) struct EnforcerArgs {
    /// Who enforces policies, which says what counts where the API leaves it open; without, whoever is found in what was read
    #[arg(long, value_name = "NAME", value_parser = enforcer, help_heading = "Question")]
    enforcer: Option<Enforcer>,
    /// Ask about IPv6; without, about IPv4
    #[arg(long, short = '6', help_heading = "Question")]
    ipv6: bool,
}

// Of which network a question is asked. A doc comment would be the help of whatever command has these arguments.
#[derive(Debug, Args)]
pub(super) struct NetworkArgs {
    #[command(flatten)]
    enforcer: EnforcerArgs,
    #[command(flatten)]
    ask: AskArgs,
}

fn enforcer(written: &str) -> Result<Enforcer, String> {
    Enforcer::named(written).ok_or_else(|| {
        let names: Vec<&str> = Enforcer::ALL.iter().map(|enforcer| enforcer.name).collect();
        format!("none of {}", names.join(", "))
    })
}

/// Kinds without pods that say who reaches whom. `Endpoints` are asked for in no cluster: it makes slices of them
/// (k8s.io/kubernetes pkg/controller/endpointslicemirroring v1.36.3).
const KINDS: &[(&str, &str)] = &[
    ("", "Namespace"),
    ("", "Service"),
    ("cilium.io", "CiliumClusterwideNetworkPolicy"),
    ("cilium.io", "CiliumNetworkPolicy"),
    ("discovery.k8s.io", "EndpointSlice"),
    ("networking.k8s.io", "Ingress"),
    ("networking.k8s.io", "NetworkPolicy"),
    ("gateway.networking.k8s.io", "GRPCRoute"),
    ("gateway.networking.k8s.io", "Gateway"),
    ("gateway.networking.k8s.io", "HTTPRoute"),
    ("gateway.networking.k8s.io", "TCPRoute"),
    ("gateway.networking.k8s.io", "TLSRoute"),
    ("gateway.networking.k8s.io", "UDPRoute"),
    ("networking.istio.io", "DestinationRule"),
    ("policy.linkerd.io", "AuthorizationPolicy"),
    ("policy.linkerd.io", "MeshTLSAuthentication"),
    ("policy.linkerd.io", "NetworkAuthentication"),
    ("policy.linkerd.io", "Server"),
    ("policy.linkerd.io", "ServerAuthorization"),
    ("policy.networking.k8s.io", "AdminNetworkPolicy"),
    ("policy.networking.k8s.io", "BaselineAdminNetworkPolicy"),
    ("policy.networking.k8s.io", "ClusterNetworkPolicy"),
    ("security.istio.io", "AuthorizationPolicy"),
    ("security.istio.io", "PeerAuthentication"),
    ("crd.projectcalico.org", "GlobalNetworkPolicy"),
    ("crd.projectcalico.org", "GlobalNetworkSet"),
    ("crd.projectcalico.org", "NetworkPolicy"),
    ("crd.projectcalico.org", "NetworkSet"),
    ("crd.projectcalico.org", "StagedGlobalNetworkPolicy"),
    ("crd.projectcalico.org", "StagedKubernetesNetworkPolicy"),
    ("crd.projectcalico.org", "StagedNetworkPolicy"),
    ("crd.projectcalico.org", "Tier"),
    ("projectcalico.org", "GlobalNetworkPolicy"),
    ("projectcalico.org", "GlobalNetworkSet"),
    ("projectcalico.org", "NetworkPolicy"),
    ("projectcalico.org", "NetworkSet"),
    ("projectcalico.org", "StagedGlobalNetworkPolicy"),
    ("projectcalico.org", "StagedKubernetesNetworkPolicy"),
    ("projectcalico.org", "StagedNetworkPolicy"),
    ("projectcalico.org", "Tier"),
];

/// What has to be read of a cluster.
fn kinds() -> Vec<&'static Kind> {
    let is_needed =
        |kind: &&Kind| kind.embeds_pods() || KINDS.iter().any(|(group, name)| kind.is(group, name));
    Kind::ALL.iter().filter(is_needed).collect()
}

/// What was read, and how it is asked about.
pub(super) struct Network {
    pub read: Read,
    pub enforcer: Enforcer,
    pub family: Family,
    /// The namespace of what is asked about without one.
    pub namespace: String,
    unread: Vec<Unread>,
}

impl NetworkArgs {
    /// The namespace that is asked about alone, when one was said.
    pub(super) fn only(&self) -> Option<String> {
        match self.ask.asked() {
            Asked::Namespace(namespace) => Some(namespace),
            Asked::Everywhere | Asked::Default => None,
        }
    }

    /// Reads it. Says what could not be read.
    pub(super) fn read(&self, addresses: &[IpAddr], console: &Console) -> Result<Network> {
        let read = self.ask.read(&kinds(), console)?;
        let is_v6 = addresses.iter().any(IpAddr::is_ipv6);
        Ok(Network {
            enforcer: self.enforcer.of(&read.snapshot, console),
            family: if is_v6 { Family::V6 } else { self.enforcer.family() },
            namespace: match self.ask.asked().namespace() {
                "" => "default".to_owned(),
                namespace => namespace.to_owned(),
            },
            unread: unread(&read),
            read,
        })
    }
}

impl EnforcerArgs {
    pub(super) fn family(&self) -> Family {
        if self.ipv6 { Family::V6 } else { Family::V4 }
    }

    /// Who was said, or found, which is told: of several one that enforces.
    pub(super) fn of(&self, snapshot: &Snapshot, console: &Console) -> Enforcer {
        if let Some(said) = self.enforcer {
            return said;
        }
        let found = Enforcer::found(snapshot);
        let Some(chosen) = found.iter().find(|enforcer| enforcer.enforces).or(found.first()) else {
            return Enforcer::SPECIFICATION;
        };
        console.note(match chosen.enforces {
            true => format!("policies are enforced by {}, which was found", chosen.name),
            false => "nobody enforces policies: flannel was found, which does not; --enforcer says another"
                .to_owned(),
        });
        *chosen
    }
}

impl Network {
    /// Compiles it.
    pub(super) fn world(&self) -> World<'_> {
        World::new(&self.read.snapshot, self.enforcer)
    }

    /// Says of what is asked of policies alone that there is a mesh, too.
    pub(super) fn tell_mesh(world: &World<'_>, console: &Console) {
        if world.has_mesh() {
            console.note(
                "this is what policies say; what a mesh lets in was not asked: `seawall reach FROM TO` asks it, too",
            );
        }
    }

    /// What was not read, of which nobody knows what it would say.
    pub(super) fn unread(&self) -> &[Unread] {
        &self.unread
    }

    /// It, for people.
    pub(super) fn tell_unread(&self, text: &mut Text) {
        self.unread.iter().for_each(|unread| text.not_known(&unread.reason, None, &unread.help));
    }

    /// It, for programs.
    pub(super) fn unread_json(&self) -> Vec<Value> {
        let one = |unread: &Unread| json!({ "message": unread.reason, "help": unread.help });
        self.unread.iter().map(one).collect()
    }
}

/// What was not read of a cluster, and of files.
fn unread(read: &Read) -> Vec<Unread> {
    let kinds = kinds();
    let gaps = read.snapshot.coverage.gaps.iter();
    let gaps = gaps.filter(|gap| kinds.iter().any(|kind| gap.has(kind))).map(|gap| Unread {
        reason: gap.reason.to_string(),
        help: "ask as somebody who may list it".to_owned(),
    });
    read.unread.iter().cloned().chain(gaps).collect()
}
