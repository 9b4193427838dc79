//! Records of flows, a line at a time: what was seen on the network, in the forms in which those write it who see it.
//!
//! Sources: api/v1/flow/flow.proto of github.com/cilium/cilium v1.18 as `hubble observe -o jsonpb` writes it; flow logs of Calico and
//! goldmane/proto/api.proto of github.com/projectcalico/calico v3.30; fields of VPC flow logs by the documentation of AWS and of Google Cloud.

use core::net::IpAddr;
use std::fmt;

use serde_json::Value;
use smol_str::SmolStr;

use crate::policy::Direction;
use crate::ports::Protocol;

/// The longest line that is read, in bytes: a flow with all its labels and policies is a few thousand.
pub const LONGEST_FLOW: usize = 1 << 20;

/// Ports from which on Linux gives clients theirs (`net.ipv4.ip_local_port_range`).
const EPHEMERAL: u16 = 32768;

/// A flow that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Where it came from.
    pub from: FlowEnd,
    /// Where it went to.
    pub to: FlowEnd,
    /// Protocol.
    pub protocol: Protocol,
    /// The port that it went to.
    pub port: u16,
    /// Whether it got through.
    pub has_passed: bool,
    /// Whose policies had been asked when it was seen, the sender's or the receiver's; `None` for both.
    pub seen_at: Option<Direction>,
}

/// An end of a flow, as far as a record tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlowEnd {
    /// Namespace of the pod.
    pub namespace: SmolStr,
    /// Name of the pod, or what names of pods that are one begin with and `*`.
    pub pod: SmolStr,
    /// Name of the workload of the pod.
    pub workload: SmolStr,
    /// Labels of the pod.
    pub labels: Vec<(SmolStr, SmolStr)>,
    /// Address.
    pub address: Option<IpAddr>,
    /// Whether it is a node.
    pub is_node: bool,
}

/// Why a line is no flow. Nothing of it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoFlow {
    /// Longer than [`LONGEST_FLOW`].
    TooLong,
    /// Not JSON: the column.
    Syntax(usize),
    /// JSON of no form that is known.
    Form,
    /// A field is missing, or is not what it should be.
    Field(&'static str),
    /// Of a protocol without ports, or a request of an application: policies do not know it.
    OtherProtocol,
    /// An answer: it passes with what it answers.
    Reply,
}

impl NoFlow {
    /// Whether the line is fine, and nothing that policies are asked about.
    pub fn is_harmless(self) -> bool {
        matches!(self, Self::OtherProtocol | Self::Reply)
    }
}

impl fmt::Display for NoFlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => f.write_str("is longer than 1 MiB"),
            Self::Syntax(column) => {
                write!(f, "is not JSON, at column {column}: a log has one flow on each line")
            }
            Self::Form => f.write_str(
                "is no flow of a form that is known: those of Hubble, Calico and VPCs are, and {src, dst, dport, proto}",
            ),
            Self::Field(name) => write!(f, "has no `{name}`, or one that is not what it should be"),
            Self::OtherProtocol => f.write_str("is of a protocol without ports"),
            Self::Reply => f.write_str("is an answer"),
        }
    }
}

impl Flow {
    /// Reads one line.
    ///
    /// # Errors
    /// It is no flow, or none that policies are asked about.
    pub fn read(line: &str) -> Result<Self, NoFlow> {
        if line.len() > LONGEST_FLOW {
            return Err(NoFlow::TooLong);
        }
        let record: Value = serde_json::from_str(line).map_err(|error| NoFlow::Syntax(error.column()))?;
        let has = |record: &Value, name: &str| record.get(name).is_some();
        if let Some(flow) = record.get("flow").filter(|flow| flow.is_object()) {
            return hubble(flow);
        }
        if has(&record, "l4") || (has(&record, "verdict") && has(&record, "traffic_direction")) {
            return hubble(&record);
        }
        if has(&record, "dest_port") && (has(&record, "source_name") || has(&record, "source_namespace")) {
            return calico(&record);
        }
        let payload = record.get("jsonPayload").unwrap_or(&record);
        if let Some(connection) = payload.get("connection") {
            return google(payload, connection);
        }
        if has(&record, "srcaddr") {
            return plain(&record, &VPC);
        }
        if has(&record, "src") && has(&record, "dst") {
            return plain(&record, &TUPLE);
        }
        Err(NoFlow::Form)
    }
}

fn hubble(flow: &Value) -> Result<Flow, NoFlow> {
    if flow.get("is_reply").and_then(Value::as_bool) == Some(true) {
        return Err(NoFlow::Reply);
    }
    let l4 = flow.get("l4").and_then(Value::as_object).ok_or(NoFlow::OtherProtocol)?;
    let known = [Protocol::Tcp, Protocol::Udp, Protocol::Sctp];
    let found = known.into_iter().find_map(|protocol| Some((protocol, l4.get(&protocol.to_string())?)));
    let (protocol, ports) = found.ok_or(NoFlow::OtherProtocol)?;
    let end = |name: &'static str| {
        let end = flow.get(name).unwrap_or(&Value::Null);
        let labels = end.get("labels").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let written = || labels.iter().filter_map(Value::as_str);
        let reserved = |name: &str| written().any(|label| label.strip_prefix("reserved:") == Some(name));
        let pairs = written().filter_map(|label| label.strip_prefix("k8s:")?.split_once('='));
        // Cilium's own say what else is said.
        let own =
            pairs.filter(|(key, _)| !key.starts_with("io.cilium.") && !key.starts_with("io.kubernetes."));
        let workload = end.get("workloads").and_then(|list| list.get(0));
        FlowEnd {
            namespace: word(end, "namespace"),
            pod: word(end, "pod_name"),
            workload: workload.map(|one| word(one, "name")).unwrap_or_default(),
            labels: own.map(|(key, value)| (key.into(), value.into())).collect(),
            address: address(flow.get("IP").unwrap_or(&Value::Null), name),
            is_node: reserved("host") || reserved("remote-node"),
        }
    };
    let verdict = flow.get("verdict").and_then(Value::as_str).ok_or(NoFlow::Field("verdict"))?;
    Ok(Flow {
        from: end("source"),
        to: end("destination"),
        protocol,
        port: port(ports, "destination_port")?,
        has_passed: matches!(verdict, "FORWARDED" | "REDIRECTED" | "TRANSLATED" | "TRACED" | "AUDIT"),
        seen_at: match flow.get("traffic_direction").and_then(Value::as_str) {
            Some("EGRESS") => Some(Direction::Egress),
            Some("INGRESS") => Some(Direction::Ingress),
            _ => None,
        },
    })
}

fn calico(flow: &Value) -> Result<Flow, NoFlow> {
    let end = |[namespace, name, aggregated, kind, labels, ip]: [&str; 6]| {
        let first = |names: [&str; 2]| {
            names.into_iter().map(|name| word(flow, name)).find(|word| !word.is_empty()).unwrap_or_default()
        };
        let kind = word(flow, kind).to_ascii_lowercase();
        let is_pod = matches!(kind.as_str(), "" | "wep" | "workloadendpoint");
        let pod = if is_pod { first([name, aggregated]) } else { SmolStr::default() };
        FlowEnd {
            namespace: if is_pod { word(flow, namespace) } else { SmolStr::default() },
            pod,
            workload: SmolStr::default(),
            labels: of_calico(flow.get(labels).unwrap_or(&Value::Null)),
            address: address(flow, ip),
            is_node: matches!(kind.as_str(), "hep" | "hostendpoint"),
        }
    };
    let [source, dest] = ["source", "dest"].map(|side| {
        let names = ["namespace", "name", "name_aggr", "type", "labels", "ip"];
        let names = names.map(|name| format!("{side}_{name}"));
        end(names.each_ref().map(String::as_str))
    });
    let named = if flow.get("proto").is_some() { "proto" } else { "protocol" };
    Ok(Flow {
        from: source,
        to: dest,
        protocol: protocol(flow, named)?,
        port: port(flow, "dest_port")?,
        has_passed: !word(flow, "action").eq_ignore_ascii_case("deny"),
        seen_at: match word(flow, "reporter").to_ascii_lowercase().as_str() {
            "src" => Some(Direction::Egress),
            "dst" => Some(Direction::Ingress),
            _ => None,
        },
    })
}

/// `{"labels": ["a=b"]}`, or `a=b | c=d`.
fn of_calico(labels: &Value) -> Vec<(SmolStr, SmolStr)> {
    let pair = |label: &str| label.trim().split_once('=').map(|(key, value)| (key.into(), value.into()));
    if let Some(text) = labels.as_str() {
        return text.split('|').filter_map(pair).collect();
    }
    let list = labels.get("labels").unwrap_or(labels).as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(Value::as_str).filter_map(pair).collect()
}

/// VPC flow logs of Google Cloud.
fn google(payload: &Value, connection: &Value) -> Result<Flow, NoFlow> {
    let end = |ip: &'static str, details: &str| {
        let pod = payload.get(details).and_then(|details| details.get("pod")).unwrap_or(&Value::Null);
        let address = address(connection, ip).ok_or(NoFlow::Field(ip))?;
        Ok(FlowEnd {
            namespace: word(pod, "pod_namespace"),
            pod: word(pod, "pod_name"),
            address: Some(address),
            ..FlowEnd::default()
        })
    };
    let (from, to) = (end("src_ip", "src_gke_details")?, end("dest_ip", "dest_gke_details")?);
    let port = not_a_reply(connection, "src_port", port(connection, "dest_port")?)?;
    let protocol = protocol(connection, "protocol")?;
    Ok(Flow { from, to, protocol, port, has_passed: true, seen_at: ON_THE_WIRE })
}

/// Names of the fields of a flow that tells addresses alone.
struct Fields {
    from: &'static str,
    to: &'static str,
    from_port: Option<&'static str>,
    port: [&'static str; 2],
    protocol: [&'static str; 2],
    action: &'static str,
    seen_at: Option<Direction>,
}

/// Between nodes the sender's policies have been asked, and the receiver's not yet.
const ON_THE_WIRE: Option<Direction> = Some(Direction::Egress);

/// VPC flow logs of AWS: each direction of a connection is a record.
const VPC: Fields = Fields {
    from: "srcaddr",
    to: "dstaddr",
    from_port: Some("srcport"),
    port: ["dstport", "dst_port"],
    protocol: ["protocol", "proto"],
    action: "action",
    seen_at: ON_THE_WIRE,
};

/// What is told of a connection by who keeps track of them: the direction is that of the first packet.
const TUPLE: Fields = Fields {
    from: "src",
    to: "dst",
    from_port: None,
    port: ["dport", "dst_port"],
    protocol: ["proto", "protocol"],
    action: "action",
    seen_at: None,
};

fn plain(record: &Value, fields: &Fields) -> Result<Flow, NoFlow> {
    let end = |name: &'static str| {
        let address = address(record, name).ok_or(NoFlow::Field(name))?;
        Ok(FlowEnd { address: Some(address), ..FlowEnd::default() })
    };
    let written = |[first, other]: [&'static str; 2]| if record.get(first).is_some() { first } else { other };
    let protocol = protocol(record, written(fields.protocol))?;
    let mut port = port(record, written(fields.port))?;
    if let Some(from_port) = fields.from_port {
        port = not_a_reply(record, from_port, port)?;
    }
    let action = word(record, fields.action);
    let is_denied =
        ["reject", "deny", "drop", "denied", "dropped"].iter().any(|no| action.eq_ignore_ascii_case(no));
    let (from, to) = (end(fields.from)?, end(fields.to)?);
    Ok(Flow { from, to, protocol, port, has_passed: !is_denied, seen_at: fields.seen_at })
}

/// The port, unless it is that of a client to whom a server answers.
fn not_a_reply(record: &Value, from_port: &'static str, to: u16) -> Result<u16, NoFlow> {
    match port(record, from_port) {
        Ok(from) if from < EPHEMERAL && to >= EPHEMERAL => Err(NoFlow::Reply),
        _ => Ok(to),
    }
}

/// A word; `-` stands for none.
fn word(record: &Value, name: &str) -> SmolStr {
    let word = record.get(name).and_then(Value::as_str).unwrap_or_default();
    if word == "-" { SmolStr::default() } else { SmolStr::new(word) }
}

fn address(record: &Value, name: &str) -> Option<IpAddr> {
    let address: IpAddr = record.get(name)?.as_str()?.parse().ok()?;
    Some(address.to_canonical())
}

/// A number, or a word that is one.
fn number(record: &Value, name: &str) -> Option<u64> {
    let value = record.get(name)?;
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

fn port(record: &Value, name: &'static str) -> Result<u16, NoFlow> {
    let port = number(record, name).and_then(|port| u16::try_from(port).ok());
    port.filter(|port| *port > 0).ok_or(NoFlow::Field(name))
}

/// A protocol by its name, or by its number (IANA's registry of protocol numbers).
fn protocol(record: &Value, name: &'static str) -> Result<Protocol, NoFlow> {
    let value = record.get(name).filter(|value| !value.is_null()).ok_or(NoFlow::Field(name))?;
    match number(record, name) {
        Some(6) => Ok(Protocol::Tcp),
        Some(17) => Ok(Protocol::Udp),
        Some(132) => Ok(Protocol::Sctp),
        Some(_) => Err(NoFlow::OtherProtocol),
        None => {
            let written = value.as_str().filter(|word| !word.is_empty()).ok_or(NoFlow::Field(name))?;
            Protocol::named(&written.to_ascii_uppercase()).ok_or(NoFlow::OtherProtocol)
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]
mod tests {
    use super::{Flow, LONGEST_FLOW, NoFlow};

    fn said(line: &str) -> String {
        let end = |end: &super::FlowEnd| {
            let labels: Vec<String> =
                end.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
            let address = end.address.map(|address| address.to_string()).unwrap_or_default();
            let node = if end.is_node { "node" } else { "" };
            format!("{}/{}/{} {} {address}{node}", end.namespace, end.pod, end.workload, labels.join(","))
        };
        match Flow::read(line) {
            Ok(flow) => {
                let passed = if flow.has_passed { "" } else { " denied" };
                let seen = flow.seen_at.map(|side| format!(" at {side:?}")).unwrap_or_default();
                format!(
                    "{} > {} {} {}{passed}{seen}",
                    end(&flow.from),
                    end(&flow.to),
                    flow.protocol,
                    flow.port
                )
            }
            Err(error) => format!("{error:?}"),
        }
    }

    #[test]
    fn each_form_is_read() {
        let hubble = r#"{"flow":{"verdict":"FORWARDED","IP":{"source":"10.0.1.2","destination":"10.0.1.3","ipVersion":"IPv4"},"l4":{"TCP":{"source_port":41234,"destination_port":5432,"flags":{"SYN":true}}},"source":{"identity":1,"namespace":"shop","labels":["k8s:app=web","k8s:io.kubernetes.pod.namespace=shop"],"pod_name":"web-7c9-x2","workloads":[{"name":"web","kind":"Deployment"}]},"destination":{"namespace":"shop","labels":["k8s:app=db"],"pod_name":"db-0"},"Type":"L3_L4","traffic_direction":"EGRESS","is_reply":false},"node_name":"a"}"#;
        let outside = r#"{"verdict":"DROPPED","IP":{"source":"203.0.113.7","destination":"10.0.1.2"},"l4":{"UDP":{"destination_port":53}},"source":{"labels":["reserved:world"]},"destination":{"namespace":"shop","pod_name":"web"},"traffic_direction":"INGRESS"}"#;
        let node = r#"{"flow":{"verdict":"FORWARDED","IP":{"source":"10.9.0.1"},"l4":{"TCP":{"destination_port":80}},"source":{"labels":["reserved:host"]},"destination":{}}}"#;
        let calico = r#"{"source_type":"wep","source_namespace":"shop","source_name":"-","source_name_aggr":"web-7c9-*","source_labels":{"labels":["app=web"]},"source_ip":null,"dest_type":"net","dest_namespace":"-","dest_name":"-","dest_ip":"198.51.100.1","dest_port":"443","proto":"tcp","action":"allow","reporter":"src"}"#;
        let goldmane = r#"{"action":"Deny","source_name":"web-7c9-*","source_namespace":"shop","source_labels":"app=web | tier=x","dest_name":"db-0","dest_namespace":"shop","dest_labels":"","protocol":"tcp","dest_port":5432,"reporter":"Src"}"#;
        let google = r#"{"jsonPayload":{"connection":{"src_ip":"10.0.0.1","dest_ip":"10.0.0.2","src_port":50000,"dest_port":80,"protocol":6},"src_gke_details":{"pod":{"pod_name":"web-1","pod_namespace":"shop"}}}}"#;
        for (line, expected) in [
            (hubble, "shop/web-7c9-x2/web app=web 10.0.1.2 > shop/db-0/ app=db 10.0.1.3 TCP 5432 at Egress"),
            (outside, "//  203.0.113.7 > shop/web/  10.0.1.2 UDP 53 denied at Ingress"),
            (node, "//  10.9.0.1node > //   TCP 80"),
            (calico, "shop/web-7c9-*/ app=web  > //  198.51.100.1 TCP 443 at Egress"),
            (goldmane, "shop/web-7c9-*/ app=web,tier=x  > shop/db-0/   TCP 5432 denied at Egress"),
            (google, "shop/web-1/  10.0.0.1 > //  10.0.0.2 TCP 80 at Egress"),
            (
                r#"{"version":"2","srcaddr":"10.0.0.1","dstaddr":"10.0.0.2","srcport":"50123","dstport":"443","protocol":"6","action":"REJECT"}"#,
                "//  10.0.0.1 > //  10.0.0.2 TCP 443 denied at Egress",
            ),
            (
                r#"{"src":"fd00::1","dst":"fd00::2","dport":53,"proto":"udp"}"#,
                "//  fd00::1 > //  fd00::2 UDP 53",
            ),
            (
                r#"{"src":"::ffff:10.0.0.1","dst":"10.0.0.2","dport":40000,"sport":80,"proto":132}"#,
                "//  10.0.0.1 > //  10.0.0.2 SCTP 40000",
            ),
        ] {
            assert_eq!(said(line), expected, "{line}");
        }
    }

    #[test]
    fn what_is_no_flow_says_why() {
        for (line, reason) in [
            ("{", NoFlow::Syntax(1)),
            ("", NoFlow::Syntax(0)),
            ("[]", NoFlow::Form),
            ("{}", NoFlow::Form),
            (r#"{"src":"10.0.0.1","dst":"x","dport":1,"proto":"tcp"}"#, NoFlow::Field("dst")),
            (r#"{"src":"10.0.0.1","dst":"10.0.0.2","dport":0,"proto":"tcp"}"#, NoFlow::Field("dport")),
            (r#"{"src":"10.0.0.1","dst":"10.0.0.2","dport":65536,"proto":"tcp"}"#, NoFlow::Field("dport")),
            (r#"{"src":"10.0.0.1","dst":"10.0.0.2","dport":1}"#, NoFlow::Field("protocol")),
            (r#"{"src":"10.0.0.1","dst":"10.0.0.2","dport":1,"proto":"icmp"}"#, NoFlow::OtherProtocol),
            (
                r#"{"srcaddr":"10.0.0.2","dstaddr":"10.0.0.1","srcport":443,"dstport":50123,"protocol":6}"#,
                NoFlow::Reply,
            ),
            (r#"{"flow":{"verdict":"FORWARDED","is_reply":true,"l4":{}}}"#, NoFlow::Reply),
            (r#"{"flow":{"verdict":"FORWARDED","l4":{"ICMPv4":{"type":8}}}}"#, NoFlow::OtherProtocol),
            (r#"{"flow":{"l4":{"TCP":{"destination_port":1}}}}"#, NoFlow::Field("verdict")),
        ] {
            assert_eq!(Flow::read(line), Err(reason), "{line}");
        }
        let long = format!("{{\"src\": \"{}\"}}", "a".repeat(LONGEST_FLOW));
        assert_eq!(Flow::read(&long), Err(NoFlow::TooLong));
        // Deep nesting is an error, and no end of the stack.
        assert!(matches!(Flow::read(&"[".repeat(100_000)), Err(NoFlow::Syntax(_))));
    }
}
