//! Flows as they come: what is told of a stream is what policies say of each flow by itself, and no more is kept than is allowed.

use std::collections::BTreeSet;

use seawall_netpol::{
    Connection, Counts, Direction, End as Real, Enforcer, Family, Flow, Protocol, Remark, Sight, Told,
    Verdict, Watch, World,
};
use seawall_rig::{Random, fresh_seed};
use serde_json::json;

use crate::case::{Case, End};
use crate::naive::Packet;
use crate::{Judge, some};

/// Clusters of which flows are seen.
const WORLDS: usize = 300;
/// Flows of each.
const FLOWS: usize = 200;

/// How a flow is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// With names and addresses, and the side at which it was seen.
    Hubble(Option<Direction>),
    /// With names of pods alone; other ends have their address.
    Calico(Direction),
    /// As a VPC tells it, on its way between nodes.
    Vpc,
    /// Addresses alone.
    Tuple,
}

/// A flow that was seen.
#[derive(Debug)]
struct Line {
    packet: Packet,
    form: Form,
    has_passed: bool,
}

impl Line {
    fn random(packet: Packet, random: &mut Random) -> Self {
        let side = random.pick(&[Direction::Egress, Direction::Ingress]);
        let form = match random.below(5) {
            0 => Form::Hubble(Some(side)),
            1 => Form::Hubble(None),
            2 => Form::Calico(side),
            3 => Form::Vpc,
            _ => Form::Tuple,
        };
        Self { packet, form, has_passed: random.chance(75) }
    }

    fn has_names(&self) -> bool {
        matches!(self.form, Form::Hubble(_) | Form::Calico(_))
    }

    fn seen_at(&self) -> Option<Direction> {
        match self.form {
            Form::Hubble(side) => side,
            Form::Calico(side) => Some(side),
            Form::Vpc => Some(Direction::Egress),
            Form::Tuple => None,
        }
    }

    fn text(&self, case: &Case) -> String {
        let Packet { from, to, is_v6, protocol, port } = self.packet;
        let address = |end: End| end.address(case, is_v6);
        let line = match self.form {
            Form::Hubble(side) => {
                let end = |end: End| match end {
                    End::Pod(number) => {
                        json!({"namespace": case.pods[number].namespace, "pod_name": format!("pod-{number}")})
                    }
                    End::Node(_) => json!({"labels": ["reserved:remote-node"]}),
                    End::Outside(_) => json!({"labels": ["reserved:world"]}),
                };
                json!({"flow": {
                    "verdict": if self.has_passed { "FORWARDED" } else { "DROPPED" },
                    "IP": {"source": address(from), "destination": address(to)},
                    "l4": {protocol: {"source_port": 40_000, "destination_port": port}},
                    "source": end(from), "destination": end(to),
                    "traffic_direction": side.map_or("TRAFFIC_DIRECTION_UNKNOWN", |side| match side {
                        Direction::Egress => "EGRESS",
                        Direction::Ingress => "INGRESS",
                    }),
                }})
            }
            Form::Calico(side) => {
                let mut line = json!({
                    "dest_port": port, "proto": protocol.to_ascii_lowercase(),
                    "action": if self.has_passed { "allow" } else { "deny" },
                    "reporter": if side == Direction::Egress { "src" } else { "dst" },
                });
                for (name, end) in [("source", from), ("dest", to)] {
                    let (namespace, pod, kind, ip) = match end {
                        End::Pod(number) => {
                            (&*case.pods[number].namespace, format!("pod-{number}"), "wep", None)
                        }
                        End::Node(_) | End::Outside(_) => ("-", "-".to_owned(), "net", Some(address(end))),
                    };
                    line[format!("{name}_namespace")] = json!(namespace);
                    line[format!("{name}_name")] = json!(pod);
                    line[format!("{name}_type")] = json!(kind);
                    line[format!("{name}_ip")] = json!(ip);
                }
                line
            }
            Form::Vpc => {
                let number = match protocol {
                    "TCP" => "6",
                    "UDP" => "17",
                    _ => "132",
                };
                json!({
                    "srcaddr": address(from), "dstaddr": address(to), "srcport": "40000",
                    "dstport": port.to_string(), "protocol": number,
                    "action": if self.has_passed { "ACCEPT" } else { "REJECT" },
                })
            }
            Form::Tuple => {
                let action = if self.has_passed { "" } else { "drop" };
                json!({"src": address(from), "dst": address(to), "dport": port, "proto": protocol, "action": action})
            }
        };
        line.to_string()
    }
}

/// What the policies say that had been asked.
fn verdict(connection: &Connection, line: &Line) -> Verdict {
    let protocol = Protocol::named(line.packet.protocol).unwrap();
    let side = match line.seen_at() {
        None => return connection.ports.at(protocol, line.packet.port),
        Some(Direction::Egress) => &connection.egress,
        Some(Direction::Ingress) => &connection.ingress,
    };
    side.as_ref().map_or(Verdict::Allow, |side| side.ports.at(protocol, line.packet.port))
}

/// Takes flows one by one, with nothing kept but what was told.
struct Model<'j, 's> {
    judge: &'j Judge<'s>,
    told: BTreeSet<Sight>,
    known: BTreeSet<(Told, Told, Protocol, u16)>,
    default: Family,
    counts: Counts,
}

impl Model<'_, '_> {
    fn take(&mut self, line: &Line) -> Option<Sight> {
        self.counts.flows += 1;
        let case = self.judge.case;
        let Packet { from, to, is_v6, protocol, port } = line.packet;
        // On a node's network a pod has no address of its own.
        let is_pods =
            |end: End| matches!(end, End::Pod(number) if line.has_names() || !case.pods[number].host_network);
        if !is_pods(from) && !is_pods(to) {
            self.counts.beside += 1;
            return None;
        }
        let real = |end: End| match end {
            End::Pod(number) if is_pods(end) => Real::Pods(number),
            End::Outside(_) => Real::Address(end.address(case, is_v6)),
            _ => {
                let node = end.as_node(case).unwrap();
                self.judge.node(&format!("node-{node}"), end.address(case, is_v6))
            }
        };
        let has_address = !matches!(line.form, Form::Calico(_)) || !is_pods(from) || !is_pods(to);
        let family = match is_v6 {
            _ if !has_address => self.default,
            true => Family::V6,
            false => Family::V4,
        };
        let verdict = verdict(&self.judge.world.connection(real(from), real(to), family), line);
        let name = |end: End| match end {
            End::Pod(number) if is_pods(end) => Told::Pods(number),
            _ => Told::Address(end.address(case, is_v6)),
        };
        let (from, to, protocol) = (name(from), name(to), Protocol::named(protocol).unwrap());
        let is_new = line.has_passed && self.known.insert((from, to, protocol, port));
        let remark = match (line.has_passed, verdict) {
            (true, Verdict::Deny) => Remark::NotEnforced,
            (true, Verdict::Unknown | Verdict::Ambiguous) => Remark::NotKnown,
            (true, Verdict::Allow) if is_new => Remark::New,
            (true, Verdict::Allow) => return None,
            (false, Verdict::Allow) => Remark::Elsewhere,
            (false, _) => Remark::Denied,
        };
        self.counts.by_remark[remark as usize] += 1;
        let sight = Sight { remark, from, to, protocol, port, seen_at: line.seen_at() };
        self.told.insert(sight).then_some(sight)
    }
}

#[test]
fn what_is_told_of_a_stream_is_what_policies_say_of_each_flow() {
    let seed = fresh_seed();
    let mut random = Random::seeded(seed);
    let mut by_remark = [0; 5];
    for number in 0..WORLDS {
        let case = Case::random(&mut random);
        let snapshot = case.snapshot();
        let name = random.pick(&["specification", "calico", "cilium", "kube-network-policies"]);
        let world = World::new(&snapshot, Enforcer::named(name).unwrap());
        let family = random.pick(&[Family::V4, Family::V6]);
        let mut watch = Watch::new(&world, family, usize::MAX);
        watch.remember();
        let judge = Judge { world: World::new(&snapshot, Enforcer::named(name).unwrap()), case: &case };
        let mut model = Model {
            judge: &judge,
            told: BTreeSet::new(),
            known: BTreeSet::new(),
            default: family,
            counts: Counts::default(),
        };
        for packet in some(&case, FLOWS, &mut random) {
            let line = Line::random(packet, &mut random);
            let text = line.text(&case);
            let flow = Flow::read(&text).unwrap();
            let found: Vec<Sight> = watch.take(&flow).unwrap().into_iter().map(|(sight, ..)| sight).collect();
            let expected: Vec<Sight> = model.take(&line).into_iter().collect();
            assert_eq!(
                found, expected,
                "SEAWALL_SEED={seed}, world {number}, {name}: {text} {line:?}\n{case:#?}"
            );
        }
        assert_eq!(watch.counts, model.counts, "SEAWALL_SEED={seed}, world {number}");
        for (all, of) in by_remark.iter_mut().zip(watch.counts.by_remark) {
            *all += of;
        }
    }
    assert!(by_remark.iter().all(|count| *count > 100), "{by_remark:?}: something is not tried");
}

/// Two pods, of which one may send to nobody.
fn small() -> Case {
    let mut random = Random::seeded(1);
    let mut case = Case::random(&mut random);
    case.pods.truncate(2);
    for pod in &mut case.pods {
        pod.namespace = case.namespaces.keys().next().unwrap().clone();
        pod.host_network = false;
    }
    case.pods[0].labels = [("app".to_owned(), "x".to_owned())].into();
    case.pods[1].labels = [("app".to_owned(), "y".to_owned())].into();
    case.policies = vec![json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
        "metadata": {"name": "closed", "namespace": case.pods[0].namespace},
        "spec": {"podSelector": {"matchLabels": {"app": "x"}}, "policyTypes": ["Egress"]},
    })];
    case
}

/// A flow of a pod to one of many addresses.
fn to_one_of_many(case: &Case, pod: usize, number: u32) -> Flow {
    let from = End::Pod(pod).address(case, false);
    let to = std::net::Ipv4Addr::from_bits(0x0A80_0000 + number / 4);
    let port = 80 + number % 4;
    Flow::read(&json!({"src": from, "dst": to, "dport": port, "proto": "tcp"}).to_string()).unwrap()
}

#[test]
fn of_a_million_different_flows_no_more_is_kept_than_is_allowed() {
    const MOST: usize = 1_000;
    const ALL: u32 = 1_000_000;
    let case = small();
    let snapshot = case.snapshot();
    let world = World::new(&snapshot, Enforcer::named("calico").unwrap());
    let mut watch = Watch::new(&world, Family::V4, MOST);
    watch.remember();
    // Every other one is denied, and every other one new.
    let flow = |number: u32| to_one_of_many(&case, usize::from(number.is_multiple_of(2)), number / 2);
    let told: usize = (0..ALL).map(|number| watch.take(&flow(number)).unwrap().len()).sum();
    assert_eq!(told, MOST);
    let counts = watch.counts;
    assert_eq!((counts.flows, counts.untold), (u64::from(ALL), u64::from(ALL) - MOST as u64));
    // What there is no room for may have been seen: of it is not said that it is new.
    assert_eq!(counts.of(Remark::NotEnforced), u64::from(ALL) / 2);
    assert_eq!(counts.of(Remark::New), MOST as u64 / 2);
    let kept = watch.kept();
    assert!(kept <= 2 * MOST + 65_536, "{kept} things are kept");
    // What was told is not told again, and not counted as untold.
    assert!(watch.take(&flow(7)).unwrap().is_empty());
    assert_eq!(watch.counts.untold, counts.untold);
}

#[test]
fn what_was_known_and_had_no_room_is_not_called_new() {
    let case = small();
    let snapshot = case.snapshot();
    let world = World::new(&snapshot, Enforcer::named("calico").unwrap());
    for (known, new, untold) in [(8, 2, 1), (9, 1, 2), (10, 0, 2), (11, 0, 2), (12, 0, 2)] {
        let mut watch = Watch::new(&world, Family::V4, 10);
        watch.remember();
        (0..known).for_each(|number| watch.learn(&to_one_of_many(&case, 1, number)).unwrap());
        let told: usize =
            (9..12).map(|number| watch.take(&to_one_of_many(&case, 1, number)).unwrap().len()).sum();
        let at = format!("{known} known");
        assert_eq!(
            (told, watch.counts.of(Remark::New), watch.counts.untold),
            (new, new as u64, untold),
            "{at}"
        );
    }
}
