//! Policies of the network of Calico: `NetworkPolicy`, `GlobalNetworkPolicy`, and those that are staged, `Tier`, `NetworkSet`,
//! `GlobalNetworkSet`.
//!
//! Sources: pkg/apis/projectcalico/v3 of github.com/projectcalico/api v0.0.0-20240708202104-e3f70b269c2c; Calico's documentation of tiers
//! and of staged policies (v3.30).

use smol_str::SmolStr;

use crate::decode::{IntOrString, Present, Scalar, record};

record! {
    /// `NetworkPolicySpec`, `GlobalNetworkPolicySpec`.
    CalicoPolicySpec {
        /// The tier that it is of; `default` when empty.
        tier: SmolStr = "tier",
        /// A number, of which smaller ones come first; those without one come last.
        order: Option<Scalar> = "order",
        /// The endpoints that it is about, in Calico's own language; all when empty.
        selector: SmolStr = "selector",
        /// Their namespaces, of a policy of the whole cluster.
        namespace_selector: SmolStr = "namespaceSelector",
        /// Their service accounts.
        service_account_selector: SmolStr = "serviceAccountSelector",
        /// `Ingress`, `Egress`.
        types: Box<[SmolStr]> = "types",
        /// For what comes in, the first rule that means it decides.
        ingress: Box<[CalicoRule]> = "ingress",
        /// For what goes out, the first rule that means it decides.
        egress: Box<[CalicoRule]> = "egress",
        /// Whether it holds before Services are resolved: for host endpoints alone.
        pre_dnat: Option<bool> = "preDNAT",
        /// Whether it holds without connections being known: for host endpoints alone.
        do_not_track: Option<bool> = "doNotTrack",
        /// Whether it holds for what host endpoints pass on.
        apply_on_forward: Option<bool> = "applyOnForward",
        /// What may make it faster.
        performance_hints: Box<[SmolStr]> = "performanceHints",
    }

    /// `Rule`: all of what it says must hold.
    CalicoRule {
        /// `Allow`, `Deny`, `Pass` or `Log`.
        action: SmolStr = "action",
        /// A name, or a number.
        protocol: Option<IntOrString> = "protocol",
        /// That which it is not.
        not_protocol: Option<IntOrString> = "notProtocol",
        /// 4 or 6.
        ip_version: Option<i64> = "ipVersion",
        /// Of ICMP.
        icmp: Option<Present> = "icmp",
        /// Not of ICMP.
        not_icmp: Option<Present> = "notICMP",
        /// Where it comes from.
        source: CalicoEntity = "source",
        /// Where it goes.
        destination: CalicoEntity = "destination",
        /// What it asks for, of HTTP.
        http: Option<Present> = "http",
    }

    /// `EntityRule`: all of what it says must hold.
    CalicoEntity {
        /// Addresses: one of them has it.
        nets: Box<[SmolStr]> = "nets",
        /// Addresses: none of them has it.
        not_nets: Box<[SmolStr]> = "notNets",
        /// Endpoints and sets of addresses.
        selector: SmolStr = "selector",
        /// Those that it is not.
        not_selector: SmolStr = "notSelector",
        /// Their namespaces.
        namespace_selector: SmolStr = "namespaceSelector",
        /// Their service accounts.
        service_accounts: Option<CalicoAccounts> = "serviceAccounts",
        /// Those behind a Service.
        services: Option<CalicoService> = "services",
        /// Names of hosts: `*.example.com`.
        domains: Box<[SmolStr]> = "domains",
        /// Ports: a number, `1:2`, or a name.
        ports: Box<[IntOrString]> = "ports",
        /// Ports that it is not.
        not_ports: Box<[IntOrString]> = "notPorts",
    }

    /// `ServiceAccountMatch`: both must hold.
    CalicoAccounts {
        /// Their names; all when empty.
        names: Box<[SmolStr]> = "names",
        /// Their labels.
        selector: SmolStr = "selector",
    }

    /// `ServiceMatch`.
    CalicoService {
        /// The name of the Service.
        name: SmolStr = "name",
        /// Its namespace.
        namespace: SmolStr = "namespace",
    }

    /// `TierSpec`.
    CalicoTierSpec {
        /// A number, of which smaller ones come first; those without one come last.
        order: Option<Scalar> = "order",
        /// `Deny` or `Pass`: what becomes of what no rule of its policies means.
        default_action: SmolStr = "defaultAction",
    }

    /// `NetworkSetSpec`, `GlobalNetworkSetSpec`.
    CalicoNetworkSetSpec {
        /// Addresses.
        nets: Box<[SmolStr]> = "nets",
        /// Names of hosts.
        domains: Box<[SmolStr]> = "allowedEgressDomains",
    }
}
