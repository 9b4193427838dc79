//! What those who enforce policies make of what the API does not specify.
//!
//! Sources: the comments of k8s.io/api networking/v1 types.go v0.36.3 and the documentation of NetworkPolicy (behaviour of
//! `ipBlock` for pods, of pods on the node's network), and of each enforcer what its own documentation and issues say.

use foldhash::HashSet;
use seawall_inventory::Snapshot;
use seawall_inventory::image::ImageReference;

/// Images of those who enforce policies, by the end of their names, from the manifests of each project; flannel connects pods and
/// enforces nothing.
const IMAGES: &[(&str, &str)] = &[
    ("calico/node", "calico"),
    ("calico-node", "calico"),
    ("cilium/cilium", "cilium"),
    ("kube-router", "kube-router"),
    ("kube-network-policies", "kube-network-policies"),
    // The network of kind has kube-network-policies in it.
    ("kindnetd", "kube-network-policies"),
    ("antrea-agent-ubuntu", "antrea"),
    ("antrea-agent-ubi", "antrea"),
    ("ovn-kubernetes", "ovn-kubernetes"),
    ("aws-network-policy-agent", "aws-vpc-cni"),
    ("weave-npc", "weave"),
    ("flannel", "none"),
];

/// Whoever enforces policies, by what it does where the API leaves that open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Enforcer {
    /// Name: `calico`.
    pub name: &'static str,
    /// Whether it enforces anything at all.
    pub enforces: bool,
    /// Whether an `ipBlock` means pods, too, whose addresses are in it.
    pub blocks_mean_pods: Open,
    /// Whether an `ipBlock` means nodes, too, whose addresses are in it.
    pub blocks_mean_nodes: Open,
    /// Whether selectors mean pods on the node's network.
    pub selects_host_network: Open,
    /// Whether policies hold for pods on the node's network that they select.
    pub isolates_host_network: Open,
}

/// What is done where the API leaves it open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    /// It is so.
    Yes,
    /// It is not so.
    No,
    /// Some do it so, and some do not.
    Unspecified,
}

impl Enforcer {
    /// The API's word alone: what it leaves open is ambiguous.
    pub const SPECIFICATION: Self = Self {
        name: "specification",
        enforces: true,
        blocks_mean_pods: Open::Unspecified,
        blocks_mean_nodes: Open::Unspecified,
        selects_host_network: Open::Unspecified,
        isolates_host_network: Open::Unspecified,
    };

    /// Calico without host endpoints and others: addresses are what counts, and pods on the node's network
    /// are the node.
    const BY_ADDRESS: Self = Self {
        blocks_mean_pods: Open::Yes,
        blocks_mean_nodes: Open::Yes,
        selects_host_network: Open::No,
        isolates_host_network: Open::No,
        ..Self::SPECIFICATION
    };

    /// All that are known, by name.
    pub const ALL: &[Self] = &[
        Self::SPECIFICATION,
        Self { name: "kube-network-policies", ..Self::BY_ADDRESS },
        Self { name: "kube-router", ..Self::BY_ADDRESS },
        Self { name: "calico", ..Self::BY_ADDRESS },
        Self { name: "antrea", ..Self::BY_ADDRESS },
        Self { name: "ovn-kubernetes", ..Self::BY_ADDRESS },
        Self { name: "aws-vpc-cni", ..Self::BY_ADDRESS },
        Self { name: "weave", ..Self::BY_ADDRESS },
        // Identities come before addresses (cilium/cilium issues 9209 and 12277).
        Self {
            name: "cilium",
            blocks_mean_pods: Open::No,
            blocks_mean_nodes: Open::No,
            selects_host_network: Open::No,
            isolates_host_network: Open::No,
            ..Self::SPECIFICATION
        },
        // flannel and others: the API server takes policies, and nobody reads them.
        Self { name: "none", enforces: false, ..Self::SPECIFICATION },
    ];

    /// Those that a cluster runs, by the images of its pods, in the order of [`Self::ALL`].
    pub fn found(snapshot: &Snapshot) -> Vec<Self> {
        let pods = snapshot.objects.iter().flat_map(|object| &object.pods);
        let containers = pods.flat_map(|pod| &pod.spec.containers);
        let found = containers.filter_map(|container| Self::of_image(&container.image));
        let names: HashSet<&str> = found.map(|enforcer| enforcer.name).collect();
        Self::ALL.iter().filter(|enforcer| names.contains(enforcer.name)).copied().collect()
    }

    /// The one of which a container's image is.
    pub fn of_image(image: &str) -> Option<Self> {
        let image = ImageReference::parse(image).ok()?;
        let (_, name) = IMAGES.iter().find(|(product, _)| image.is_of(product))?;
        Self::named(name)
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|enforcer| enforcer.name == name).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::{Enforcer, IMAGES};

    #[test]
    fn images_are_of_enforcers_that_are_known() {
        for (_, name) in IMAGES {
            assert!(Enforcer::named(name).is_some(), "{name}");
        }
    }
}
