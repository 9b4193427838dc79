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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    /// Whether AdminNetworkPolicies and the BaselineAdminNetworkPolicy are read.
    pub reads_admin_policies: Open,
    /// Whether ClusterNetworkPolicies are read.
    pub reads_cluster_policies: Open,
    /// Whether policies of Calico are read.
    pub reads_calico: Open,
}

/// What is done where the API leaves it open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
        reads_admin_policies: Open::Yes,
        reads_cluster_policies: Open::Yes,
        reads_calico: Open::Unspecified,
    };

    /// What policies say whose rules are taken in order, which leaves nothing of it open: addresses mean pods and nodes, too, and no
    /// selector means pods on the node's network (apis/v1alpha2/clusternetworkpolicy_types.go of sigs.k8s.io/network-policy-api v0.3.0).
    pub(crate) const IN_ORDER: Self = Self {
        name: "in order",
        blocks_mean_pods: Open::Yes,
        blocks_mean_nodes: Open::Yes,
        selects_host_network: Open::No,
        isolates_host_network: Open::No,
        ..Self::SPECIFICATION
    };

    /// Calico without host endpoints and others: addresses are what counts, and pods on the node's network
    /// are the node.
    const BY_ADDRESS: Self = Self {
        blocks_mean_pods: Open::Yes,
        blocks_mean_nodes: Open::Yes,
        selects_host_network: Open::No,
        isolates_host_network: Open::No,
        reads_admin_policies: Open::No,
        reads_cluster_policies: Open::No,
        reads_calico: Open::No,
        ..Self::SPECIFICATION
    };

    /// All that are known, by name.
    pub const ALL: &[Self] = &[
        Self::SPECIFICATION,
        // Who reads policies of the whole cluster: the implementations that network-policy-api lists. Which of the two depends on
        // the edition: kube-network-policies took the one up for the other, and Calico did with 3.32.
        Self {
            name: "kube-network-policies",
            reads_admin_policies: Open::Unspecified,
            reads_cluster_policies: Open::Yes,
            ..Self::BY_ADDRESS
        },
        Self { name: "kube-router", ..Self::BY_ADDRESS },
        Self {
            name: "calico",
            reads_admin_policies: Open::Unspecified,
            reads_cluster_policies: Open::Unspecified,
            reads_calico: Open::Yes,
            ..Self::BY_ADDRESS
        },
        Self { name: "antrea", reads_admin_policies: Open::Yes, ..Self::BY_ADDRESS },
        Self { name: "ovn-kubernetes", reads_admin_policies: Open::Yes, ..Self::BY_ADDRESS },
        Self { name: "aws-vpc-cni", ..Self::BY_ADDRESS },
        Self { name: "weave", ..Self::BY_ADDRESS },
        // Identities come before addresses (cilium/cilium issues 9209 and 12277).
        Self {
            name: "cilium",
            blocks_mean_pods: Open::No,
            blocks_mean_nodes: Open::No,
            selects_host_network: Open::No,
            isolates_host_network: Open::No,
            reads_admin_policies: Open::No,
            reads_cluster_policies: Open::No,
            reads_calico: Open::No,
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
