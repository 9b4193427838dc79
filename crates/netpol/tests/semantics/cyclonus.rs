//! Another evaluator of NetworkPolicies says the same, of pods that are not on their node's network and of addresses outside.
//!
//! Where it says another thing, the API and packets are right, and it is not asked: it takes `NotIn` to want the key to be there
//! (`IsMatchExpressionMatchForLabels` of cyclonus v0.5.6 pkg/kube/labelselector.go), and to Kubernetes a label that is not there is in no list (`Requirement.Matches` of
//! k8s.io/apimachinery pkg/labels/selector.go v0.36.3). So each pod and namespace has all keys here.

use serde_json::{Value, json};

use seawall_netpol::{Family, Protocol, Verdict, World};
use seawall_rig::{CyclonusEnd, CyclonusPacket, CyclonusQuestion, Random, cyclonus, fresh_seed};

use crate::by_address;
use crate::case::{Case, End, Labels, PORTS, PROTOCOLS};
use crate::naive;

/// Packets that it is asked about.
const QUESTIONS: usize = 50_000;
/// Of each cluster.
const PACKETS: usize = 250;

#[test]
fn another_evaluator_says_the_same() {
    let seed = fresh_seed();
    let mut random = Random::seeded(seed);
    let mut other = cyclonus().unwrap();
    let (mut asked, mut passed) = (0, 0);
    while asked < QUESTIONS {
        let mut case = Case::random(&mut random);
        for pod in &mut case.pods {
            pod.host_network = false;
            fill(&mut pod.labels);
        }
        case.namespaces.values_mut().for_each(fill);
        let pairs: Vec<(End, End)> = case
            .pairs()
            .into_iter()
            .filter(|(from, to)| ![from, to].into_iter().any(|end| matches!(end, End::Node(_))))
            .collect();
        let sent: Vec<(End, End, bool, &str, u16)> = (0..PACKETS)
            .map(|_| {
                let (from, to) = random.pick(&pairs);
                (from, to, random.chance(50), random.pick(&PROTOCOLS), random.pick(&PORTS))
            })
            .collect();
        let packets = sent.iter().map(|(from, to, is_v6, protocol, port)| CyclonusPacket {
            from: end(&case, *from, *is_v6),
            to: end(&case, *to, *is_v6),
            protocol: (*protocol).to_owned(),
            port: *port,
            names: names(&case, *to, protocol, *port),
        });
        let question =
            CyclonusQuestion { policies: with_defaults(&case.policies), packets: packets.collect() };
        let answer = other.ask(&question).unwrap();

        let snapshot = case.snapshot();
        let world = World::new(&snapshot, by_address());
        for (number, (from, to, is_v6, protocol, port)) in sent.into_iter().enumerate() {
            let own = |end: End| match end {
                End::Pod(number) => seawall_netpol::End::Pods(number),
                End::Node(_) | End::Outside(_) => seawall_netpol::End::Address(end.address(&case, is_v6)),
            };
            let family = if is_v6 { Family::V6 } else { Family::V4 };
            let connection = world.connection(own(from), own(to), family);
            let protocol = Protocol::named(protocol).unwrap();
            let says = [&connection.egress, &connection.ingress]
                .map(|side| side.as_ref().is_none_or(|side| side.ports.at(protocol, port) == Verdict::Allow));
            let others = [answer.egress[number], answer.ingress[number]];
            assert!(
                says == others,
                "SEAWALL_SEED={seed}: egress and ingress {says:?}, the other says {others:?}: {:#?}\n{}",
                question.packets[number],
                serde_json::to_string_pretty(&case.policies).unwrap()
            );
            asked += 1;
            passed += usize::from(says == [true; 2]);
        }
    }
    let share = passed * 100 / asked;
    assert!((20..80).contains(&share), "{share} % of {asked} pass: nothing is tried");
}

fn fill(labels: &mut Labels) {
    for key in ["app", "tier"] {
        labels.entry(key.to_owned()).or_insert_with(|| "z".to_owned());
    }
}

fn end(case: &Case, end: End, is_v6: bool) -> CyclonusEnd {
    let ip = end.address(case, is_v6).to_string();
    let End::Pod(number) = end else { return CyclonusEnd { ip, ..CyclonusEnd::default() } };
    let pod = &case.pods[number];
    let mut labels = case.namespaces[&pod.namespace].clone();
    labels.insert("kubernetes.io/metadata.name".into(), pod.namespace.clone());
    CyclonusEnd {
        ip,
        namespace: pod.namespace.clone(),
        namespace_labels: json!(labels),
        labels: json!(pod.labels),
    }
}

/// The names of a port at its end.
fn names(case: &Case, to: End, protocol: &str, port: u16) -> Vec<String> {
    let End::Pod(number) = to else { return Vec::new() };
    let own = case.pods[number].ports.iter().map(|(name, ..)| name.clone());
    own.filter(|name| naive::named(case, to, name, protocol) == Some(port)).collect()
}

/// Policies as the API server has them: with types, protocols, and no empty lists of types.
fn with_defaults(policies: &[Value]) -> Vec<Value> {
    let mut all = policies.to_vec();
    for policy in &mut all {
        let types: Vec<&str> = ["Ingress", "Egress"]
            .into_iter()
            .filter(|direction| naive::is_of(&policy["spec"], direction))
            .collect();
        policy["spec"]["policyTypes"] = json!(types);
    }
    all
}
