//! What is not known is told, with its reason, and is neither allowed nor denied.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop at the first surprise")]

mod text;

use seawall_inventory::{Coverage, Gap, Missing, Snapshot};
use seawall_netpol::{End, Enforcer, Family, Protocol, Verdict, World};

use text::snapshot;

/// What is said of TCP 80 from `client` to `server`, and why.
fn said(snapshot: &Snapshot, enforcer: &str) -> (Verdict, Vec<String>) {
    let world = World::new(snapshot, Enforcer::named(enforcer).unwrap());
    let end = |name: &str| {
        let found = world.endpoints().iter().position(|endpoint| endpoint.workload.name == name);
        found.map_or_else(|| End::Address("203.0.113.7".parse().unwrap()), End::Pods)
    };
    let connection = world.connection(end("client"), end("server"), Family::V4);
    let sides = connection.egress.iter().chain(&connection.ingress);
    let doubts = sides.flat_map(|side| &side.doubts).map(|doubt| doubt.describe(&world).to_string());
    (connection.ports.at(Protocol::Tcp, 80), doubts.collect())
}

const PODS: &str = "
apiVersion: v1
kind: Pod
metadata: {name: server, namespace: shop, labels: {app: server}}
spec: {containers: [{name: main, image: example.com/server:1}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: client, namespace: web}
spec: {template: {metadata: {labels: {app: client}}, spec: {containers: [{name: main, image: example.com/client:1}]}}}
";

fn with_peer(peer: &str) -> Snapshot {
    snapshot(&format!(
        "{PODS}---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: policy, namespace: shop}}
spec: {{podSelector: {{}}, ingress: [{{from: [{peer}]}}]}}
"
    ))
}

#[test]
fn what_a_policy_asks_for_and_nobody_says_is_unknown() {
    use Verdict::{Allow, Ambiguous, Deny, Unknown};
    let labels = "the labels of namespace `web` are not known: no Namespace of this name was read";
    let later = "a policy asks for a label that pods of StatefulSet web/client get when they are made";
    let addresses =
        "a policy asks for addresses, and pods of StatefulSet web/client have none before they run";
    let open = "it depends on who enforces policies whether blocks of addresses mean pods";
    for (peer, enforcer, verdict, reason) in [
        ("{namespaceSelector: {matchLabels: {team: a}}}", "calico", Unknown, labels),
        ("{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: web}}}", "calico", Allow, ""),
        ("{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}}", "calico", Deny, ""),
        (
            "{namespaceSelector: {matchLabels: {team: a}}, podSelector: {matchLabels: {app: x}}}",
            "calico",
            Deny,
            "",
        ),
        (
            "{namespaceSelector: {}, podSelector: {matchLabels: {apps.kubernetes.io/pod-index: '0'}}}",
            "calico",
            Unknown,
            later,
        ),
        (
            "{namespaceSelector: {}, podSelector: {matchExpressions: [{key: apps.kubernetes.io/pod-index, operator: Exists}]}}",
            "calico",
            Allow,
            "",
        ),
        ("{ipBlock: {cidr: 10.0.0.0/8}}", "calico", Unknown, addresses),
        ("{ipBlock: {cidr: 10.0.0.0/8}}", "cilium", Deny, ""),
        ("{ipBlock: {cidr: 10.0.0.0/8}}", "none", Allow, ""),
        ("{ipBlock: {cidr: 0.0.0.0/0}}", "calico", Allow, ""),
        ("{ipBlock: {cidr: 0.0.0.0/0}}", "specification", Ambiguous, open),
        ("{ipBlock: {cidr: '::/0'}}", "specification", Deny, ""),
    ] {
        let reasons: Vec<String> =
            [reason].into_iter().filter(|reason| !reason.is_empty()).map(str::to_owned).collect();
        assert_eq!(said(&with_peer(peer), enforcer), (verdict, reasons), "{peer} {enforcer}");
    }
}

#[test]
fn what_the_api_server_refuses_allows_nothing_and_denies_nothing_for_certain() {
    for peer in [
        "{}",
        "{ipBlock: {cidr: 10.0.0.0}}",
        "{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.0.0/8]}}",
        "{ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/16]}}",
        "{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}",
        "{podSelector: {matchExpressions: [{key: app, operator: In}]}}",
        "{podSelector: {matchLabels: {'-': x}}}",
    ] {
        let reason = "NetworkPolicy shop/policy is not one that the API server takes".to_owned();
        assert_eq!(said(&with_peer(peer), "calico"), (Verdict::Unknown, vec![reason]), "{peer}");
    }
}

#[test]
fn policies_that_were_not_read_may_say_anything() {
    let mut snapshot = snapshot(PODS);
    assert_eq!(said(&snapshot, "calico"), (Verdict::Allow, vec![]));
    let gap = |missing: Missing| Gap {
        group: Some("networking.k8s.io".into()),
        kind: Some("NetworkPolicy".into()),
        missing,
        reason: "networkpolicies.networking.k8s.io may not be listed".into(),
        problem: None,
    };
    for (missing, verdict) in [
        (Missing::Within(vec!["shop".into()]), Verdict::Unknown),
        (Missing::Within(vec!["web".into()]), Verdict::Unknown),
        (Missing::Within(vec!["other".into()]), Verdict::Allow),
        (Missing::Everywhere, Verdict::Unknown),
    ] {
        snapshot.coverage = Coverage::live(vec![gap(missing.clone())]);
        let (found, reasons) = said(&snapshot, "calico");
        assert_eq!(found, verdict, "{missing:?}");
        let is_told =
            reasons.iter().all(|reason| reason == "networkpolicies.networking.k8s.io may not be listed");
        assert!(is_told && reasons.is_empty() == (verdict == Verdict::Allow), "{reasons:?}");
    }
}

/// A rule that is there lets something pass, whatever else there may be.
#[test]
fn what_is_allowed_stays_allowed_whatever_was_not_read() {
    let mut snapshot = with_peer("{namespaceSelector: {}}");
    let reason = "may not be listed".into();
    let missing = Missing::Within(vec!["shop".into()]);
    let gap = Gap { group: None, kind: Some("NetworkPolicy".into()), missing, reason, problem: None };
    snapshot.coverage = Coverage::live(vec![gap]);
    assert_eq!(said(&snapshot, "calico"), (Verdict::Allow, vec![]));
}

/// However many policies there are, and whatever labels of which they ask for.
#[test]
fn of_many_policies_those_count_that_may_select() {
    let policy = |number: usize, label: &str| {
        format!(
            "---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: policy-{number}, namespace: web}}
spec: {{podSelector: {{matchLabels: {{{label}}}}}, policyTypes: [Egress]}}
"
        )
    };
    let others: String = (0..20).map(|number| policy(number, &format!("app: other-{number}"))).collect();
    for (label, verdict) in [
        ("app: other", Verdict::Allow),
        ("app: client", Verdict::Deny),
        ("apps.kubernetes.io/pod-index: '0'", Verdict::Unknown),
        ("app: client, apps.kubernetes.io/pod-index: '0'", Verdict::Unknown),
    ] {
        let text = format!("{PODS}{others}{}", policy(20, label));
        assert_eq!(said(&snapshot(&text), "calico").0, verdict, "{label}");
    }
}

/// Cilium's policies may deny what NetworkPolicies allow, and let pass what these deny.
#[test]
fn what_policies_of_cilium_say_is_unknown_where_cilium_may_enforce_them() {
    let policy = |kind: &str, metadata: &str, spec: &str| {
        snapshot(&format!(
            "{PODS}---\napiVersion: cilium.io/v2\nkind: {kind}\nmetadata: {{{metadata}}}\nspec: {{{spec}}}\n"
        ))
    };
    let of_server = policy("CiliumNetworkPolicy", "name: web, namespace: shop", "endpointSelector: {}");
    let reason = "CiliumNetworkPolicy shop/web may say otherwise: rules of policies of Cilium are not read";
    for (enforcer, verdict, reasons) in [
        ("cilium", Verdict::Unknown, vec![reason]),
        ("specification", Verdict::Unknown, vec![reason]),
        ("calico", Verdict::Allow, vec![]),
        ("none", Verdict::Allow, vec![]),
    ] {
        let (found, told) = said(&of_server, enforcer);
        assert_eq!((found, told), (verdict, reasons.into_iter().map(str::to_owned).collect()), "{enforcer}");
    }
    let elsewhere = policy("CiliumNetworkPolicy", "name: web, namespace: other", "endpointSelector: {}");
    assert_eq!(said(&elsewhere, "cilium").0, Verdict::Allow);
    let of_all = policy("CiliumClusterwideNetworkPolicy", "name: web", "endpointSelector: {}");
    assert_eq!(said(&of_all, "cilium").0, Verdict::Unknown);
    let of_nodes = policy("CiliumClusterwideNetworkPolicy", "name: web", "nodeSelector: {}");
    assert_eq!(said(&of_nodes, "cilium").0, Verdict::Allow);
    // All pods at once say the same.
    let world = World::new(&of_server, Enforcer::named("cilium").unwrap());
    let map = seawall_netpol::Map::new(&world, Family::V4);
    let party = |name: &str| {
        let number = world.endpoints().iter().position(|endpoint| endpoint.workload.name == name);
        map.party_of(number.unwrap()).unwrap()
    };
    assert_eq!(map.ports(party("client"), party("server")).uniform(), Some(Verdict::Unknown));
    assert_eq!(map.ports(party("server"), party("client")).uniform(), Some(Verdict::Unknown));
}
