//! Why it is not known what a mesh makes of a connection.

use std::fmt;

use crate::world::World;

/// Why it is not known what a mesh makes of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MeshDoubt {
    /// Whether pods are in a mesh, by the number of the endpoint.
    InMesh(usize),
    /// Whether what comes to pods is encrypted by the mesh, by the number of the endpoint that it comes from.
    Encryption(usize),
    /// How clients connect that a DestinationRule may be about, by the number of its object.
    Client(usize),
    /// Who is known to a gateway, by the number of its endpoint: it encrypts as its own objects say.
    Gateway(usize),
    /// Who is known to pods behind a waypoint, by the number of their endpoint.
    Waypoint(usize),
    /// A rule that depends on requests, by the number of the object.
    Requests(usize),
    /// A policy by which somebody else is asked, by the number of the object.
    Asked(usize),
    /// Which of several objects counts, by the number of one: the oldest.
    Oldest(usize),
    /// Which of several Servers counts that are about one port, by the number of the object of one.
    Several(usize),
    /// The trust domain, and where the mesh is installed, by the number of the object that names one.
    TrustDomain(usize),
    /// Whether an address is of the cluster's networks.
    ClusterNetworks,
    /// What is meant that an object names, by its number: it was not read.
    Named(usize),
}

impl MeshDoubt {
    /// It in words.
    pub(crate) fn write(self, world: &World<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |number: usize| {
            let object = world.snapshot().objects.get(number);
            object.map(|object| object.reference().to_string()).unwrap_or_default()
        };
        let pods = |number: usize| {
            world.endpoint(number).map(|endpoint| endpoint.workload.to_string()).unwrap_or_default()
        };
        match self {
            Self::InMesh(number) => write!(
                f,
                "whether pods of {} are in the mesh is not known: the labels and annotations of their namespace decide it, and no \
                 Namespace of its name was read",
                pods(number)
            ),
            Self::Encryption(number) => write!(
                f,
                "whether the mesh encrypts what comes from {} is not known: it has another kind of proxy",
                pods(number)
            ),
            Self::Client(number) => {
                write!(f, "{} tells clients not to connect as the mesh does", name(number))
            }
            Self::Gateway(number) => {
                write!(f, "whom {} knows depends on what it listens for as a gateway", pods(number))
            }
            Self::Waypoint(number) => write!(
                f,
                "what comes to {} by a waypoint has the identity of that, and is judged there",
                pods(number)
            ),
            Self::Requests(number) => write!(f, "{} decides by requests", name(number)),
            Self::Asked(number) => write!(f, "{} has somebody else decide", name(number)),
            Self::Oldest(number) => {
                write!(f, "{} and another one contradict each other: the older one counts", name(number))
            }
            Self::Several(number) => {
                write!(f, "{} and another Server are about the same port", name(number))
            }
            Self::TrustDomain(number) => write!(
                f,
                "{} names identities of another trust domain than `cluster.local`, or of a mesh installed elsewhere",
                name(number)
            ),
            Self::ClusterNetworks => f.write_str(
                "which addresses are the cluster's is said by the mesh's configuration, which is not read",
            ),
            Self::Named(number) => write!(f, "{} names an object that was not read", name(number)),
        }
    }
}
