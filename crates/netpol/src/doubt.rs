//! Why it is not known whether traffic passes.

use std::fmt;

use crate::mesh::MeshDoubt;
use crate::verdict::Verdict;
use crate::world::World;

/// Why it is not known whether traffic passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Doubt {
    /// The labels of a namespace, by its number in the [`World`]: no Namespace of its name was read.
    NamespaceLabels(usize),
    /// A label that pods get when they are made, by the number of the endpoint.
    LaterLabel(usize),
    /// The addresses of pods, by the number of the endpoint: they get them when they run.
    Address(usize),
    /// The addresses of nodes.
    NodeAddress,
    /// On which node pods run: whatever comes from its own node reaches a pod.
    OwnNode,
    /// A policy that the API server refuses, by the number of the object: it is not known what was meant.
    Refused(usize),
    /// Policies that were not read, by the number of the gap.
    Unread(usize),
    /// Whether blocks of addresses mean pods.
    BlocksMeanPods,
    /// Whether blocks of addresses mean nodes.
    BlocksMeanNodes,
    /// Whether policies are about pods on the node's network.
    HostNetwork,
    /// Whether whoever enforces policies reads those of this kind, by the number of the object of one.
    NotRead(usize),
    /// Which of policies of one priority is asked first, by the number of the object of one.
    SamePriority(usize),
    /// Whether Calico enforces policies, which alone reads its own, by the number of the object of one.
    OnlyCalico(usize),
    /// Where the tier of a policy of Calico stands, by the number of the object of this.
    NoTier(usize),
    /// The labels of the service account of pods, by the number of the endpoint.
    AccountLabels(usize),
    /// From which port traffic comes.
    SourcePorts,
    /// Who is behind a Service that a policy of Calico names.
    BehindService,
    /// What a policy of Cilium says, by the number of the object: its rules are not read.
    Cilium(usize),
    /// The labels of nodes.
    NodeLabels,
    /// Which addresses the names of hosts have.
    HostNames,
    /// Whether the addresses of nodes can be reached from outside.
    NodesOutside,
    /// Who serves an Ingress or a route, by the number of the object.
    Proxy(usize),
    /// Whether the internet reaches a proxy, by the number of the endpoint.
    ProxyOutside(usize),
    /// What a mesh makes of it.
    Mesh(MeshDoubt),
}

impl Doubt {
    /// What can be said as long as it stands.
    pub fn verdict(self) -> Verdict {
        match self {
            Self::BlocksMeanPods
            | Self::BlocksMeanNodes
            | Self::HostNetwork
            | Self::NotRead(_)
            | Self::SamePriority(_) => Verdict::Ambiguous,
            Self::NamespaceLabels(_)
            | Self::LaterLabel(_)
            | Self::Address(_)
            | Self::NodeAddress
            | Self::OwnNode
            | Self::Refused(_)
            | Self::Unread(_)
            | Self::OnlyCalico(_)
            | Self::NoTier(_)
            | Self::AccountLabels(_)
            | Self::SourcePorts
            | Self::BehindService
            | Self::Cilium(_)
            | Self::NodeLabels
            | Self::HostNames
            | Self::NodesOutside
            | Self::Proxy(_)
            | Self::ProxyOutside(_)
            | Self::Mesh(_) => Verdict::Unknown,
        }
    }

    /// It in words.
    pub fn describe<'a>(self, world: &'a World<'_>) -> impl fmt::Display + 'a {
        Described { doubt: self, world }
    }
}

struct Described<'a, 's> {
    doubt: Doubt,
    world: &'a World<'s>,
}

impl fmt::Display for Described<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let world = self.world;
        let name = |number: usize| {
            let object = world.snapshot().objects.get(number);
            object.map(|object| object.reference().to_string()).unwrap_or_default()
        };
        let endpoint = |number: usize| {
            world.endpoint(number).map(|endpoint| endpoint.workload.to_string()).unwrap_or_default()
        };
        match self.doubt {
            Doubt::NamespaceLabels(number) => {
                let name = world.namespace(number).unwrap_or_default();
                write!(
                    f,
                    "the labels of namespace `{name}` are not known: no Namespace of this name was read"
                )
            }
            Doubt::LaterLabel(number) => {
                write!(
                    f,
                    "a policy asks for a label that pods of {} get when they are made",
                    endpoint(number)
                )
            }
            Doubt::Address(number) => {
                write!(
                    f,
                    "a policy asks for addresses, and pods of {} have none before they run",
                    endpoint(number)
                )
            }
            Doubt::NodeAddress => {
                f.write_str("a policy asks for addresses, and those of the nodes are not known")
            }
            Doubt::OwnNode => f.write_str(
                "what comes from a pod's own node reaches it, and on which node pods run is not known",
            ),
            Doubt::Refused(number) => {
                write!(f, "{} is not one that the API server takes", name(number))
            }
            Doubt::Unread(number) => {
                let gap = world.snapshot().coverage.gaps.get(number);
                f.write_str(gap.map(|gap| gap.reason.as_str()).unwrap_or_default())
            }
            Doubt::BlocksMeanPods => {
                f.write_str("it depends on who enforces policies whether blocks of addresses mean pods")
            }
            Doubt::BlocksMeanNodes => {
                f.write_str("it depends on who enforces policies whether blocks of addresses mean nodes")
            }
            Doubt::HostNetwork => f.write_str(
                "it depends on who enforces policies what they mean for pods on the node's network",
            ),
            Doubt::NotRead(number) => {
                write!(f, "whether {} reads {} depends on its edition", world.enforcer().name, name(number))
            }
            Doubt::SamePriority(number) => write!(
                f,
                "another policy of the priority of {} says otherwise, and which of them counts is not specified",
                name(number)
            ),
            Doubt::OnlyCalico(number) => write!(
                f,
                "{} holds where Calico enforces policies, and whether it does here is not known; --enforcer calico says that it does",
                name(number)
            ),
            Doubt::NoTier(number) => {
                write!(f, "where the tier of {} stands among others is not known", name(number))
            }
            Doubt::AccountLabels(number) => write!(
                f,
                "a policy asks for labels of the service account of {}, and those are not known",
                endpoint(number)
            ),
            Doubt::SourcePorts => f.write_str("a policy asks for the port that traffic comes from"),
            Doubt::BehindService => {
                f.write_str("a policy asks who is behind a Service, which is not looked at here")
            }
            Doubt::Cilium(number) => {
                write!(f, "{} may say otherwise: rules of policies of Cilium are not read", name(number))
            }
            Doubt::NodeLabels => {
                f.write_str("a policy asks for labels of nodes, and those of the nodes are not known")
            }
            Doubt::HostNames => {
                f.write_str("a policy asks for names of hosts, and which addresses they have is not known")
            }
            Doubt::NodesOutside => f.write_str(
                "whether the nodes can be reached from outside of the cluster's network is not known",
            ),
            Doubt::Proxy(number) => {
                write!(f, "which proxy serves {} is not known, and not everybody is let in", name(number))
            }
            Doubt::Mesh(doubt) => doubt.write(world, f),
            Doubt::ProxyOutside(number) => {
                write!(f, "whether the internet reaches {}, which serves it, is not known", endpoint(number))
            }
        }
    }
}
