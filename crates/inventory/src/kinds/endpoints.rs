//! What is behind Services by their addresses: `EndpointSlice` of k8s.io/api discovery/v1 v0.36, and `Endpoints` of core/v1, which came
//! before it.

use smol_str::SmolStr;

use crate::decode::record;

record! {
    /// `EndpointSlice`: its label `kubernetes.io/service-name` says of which Service.
    EndpointSlice {
        /// Who is there.
        endpoints: Box<[SliceEndpoint]> = "endpoints",
        /// On which ports, each of them on all of these.
        ports: Box<[EndpointPort]> = "ports",
    }

    /// `Endpoint`.
    SliceEndpoint {
        /// Addresses, of which the first counts.
        addresses: Box<[SmolStr]> = "addresses",
        /// What has these addresses.
        target: EndpointTarget = "targetRef",
    }

    /// `EndpointPort`
    EndpointPort {
        /// The name of the port of the Service that it is behind.
        name: SmolStr = "name",
        /// Number.
        port: Option<i64> = "port",
        /// `TCP`, `UDP` or `SCTP`; TCP when empty.
        protocol: SmolStr = "protocol",
    }

    /// An `ObjectReference` to what has an address.
    EndpointTarget {
        /// Kind; empty where nothing is said.
        kind: SmolStr = "kind",
        /// Namespace.
        namespace: SmolStr = "namespace",
        /// Name.
        name: SmolStr = "name",
    }

    /// `Endpoints`, of the Service of the same name.
    Endpoints {
        /// Parts.
        subsets: Box<[EndpointSubset]> = "subsets",
    }

    /// `EndpointSubset`: each address on each port.
    EndpointSubset {
        /// Those that are ready.
        addresses: Box<[EndpointAddress]> = "addresses",
        /// Those that are not ready yet, or not now.
        not_ready: Box<[EndpointAddress]> = "notReadyAddresses",
        /// Ports.
        ports: Box<[EndpointPort]> = "ports",
    }

    /// `EndpointAddress`
    EndpointAddress {
        /// The address.
        ip: SmolStr = "ip",
        /// What has it.
        target: EndpointTarget = "targetRef",
    }
}
