//! What EndpointSlices and Endpoints say is behind Services.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop at the first surprise")]

mod text;

use seawall_inventory::{Coverage, Snapshot};
use seawall_netpol::{End, Enforcer, Family, Verdict, Way, World};

use text::snapshot;

/// Pods that run, one on its node's network; one that was read from a file; and a Service of each kind.
const CLUSTER: &str = r#"
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {nodeName: one, containers: [{name: main, image: example.com/web:1}]}
status: {phase: Running, hostIP: 192.168.0.1, hostIPs: [{ip: 192.168.0.1}], podIP: 10.0.0.1, podIPs: [{ip: 10.0.0.1}, {ip: "fd00::1"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: data, labels: {app: db}}
spec: {nodeName: one, containers: [{name: main, image: example.com/db:1}]}
status: {phase: Running, hostIP: 192.168.0.1, hostIPs: [{ip: 192.168.0.1}], podIP: 10.0.0.2, podIPs: [{ip: 10.0.0.2}]}
---
apiVersion: v1
kind: Pod
metadata: {name: agent, namespace: shop, labels: {app: agent}}
spec: {nodeName: one, hostNetwork: true, containers: [{name: main, image: example.com/agent:1, ports: [{containerPort: 9100}]}]}
status: {phase: Running, hostIP: 192.168.0.1, hostIPs: [{ip: 192.168.0.1}], podIP: 192.168.0.1, podIPs: [{ip: 192.168.0.1}]}
---
apiVersion: v1
kind: Pod
metadata: {name: written, namespace: shop, labels: {app: written}}
spec: {containers: [{name: main, image: example.com/written:1}]}
---
apiVersion: v1
kind: Service
metadata: {name: plain, namespace: shop}
spec: {type: LoadBalancer, ports: [{name: http, port: 80, targetPort: 8080}, {name: dns, port: 53, protocol: UDP}]}
---
apiVersion: v1
kind: Service
metadata: {name: unnamed, namespace: shop}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: selecting, namespace: shop}
spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Service
metadata: {name: headless, namespace: shop}
spec: {clusterIP: None, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: outside, namespace: shop}
spec: {type: ExternalName, externalName: db.example.com, ports: [{name: http, port: 80}]}
---
"#;

/// A slice of a Service, with its labels, endpoints and ports.
fn slice(service: &str, labels: &str, endpoints: &str, ports: &str) -> String {
    format!(
        "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\n\
         metadata: {{name: slice, namespace: shop, labels: {{kubernetes.io/service-name: {service}{labels}}}}}\n\
         addressType: IPv4\nendpoints: [{endpoints}]\nports: [{ports}]\n"
    )
}

fn endpoints(service: &str, metadata: &str, subset: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Endpoints\nmetadata: {{name: {service}, namespace: shop{metadata}}}\nsubsets: [{{{subset}}}]\n"
    )
}

/// What is behind a Service: `80 web:8080`, in order.
fn behind(snapshot: &Snapshot, name: &str) -> Vec<String> {
    let world = World::new(snapshot, Enforcer::SPECIFICATION);
    let services = world.services();
    let service = services.iter().find(|service| service.object.metadata.name == name).unwrap();
    let mut found = Vec::new();
    for door in &service.ports {
        let own = door.spec.port.unwrap();
        for behind in &door.behind {
            let pods = &world.endpoint(behind.endpoint).unwrap().workload.name;
            let family = match behind.family {
                Some(Family::V6) => " v6",
                _ => "",
            };
            found.push(format!("{own} {pods}:{}{family}", behind.port));
        }
        for elsewhere in &door.elsewhere {
            let kind = match elsewhere.end {
                End::Node(number) => world.nodes()[number].name,
                _ => "outside",
            };
            found.push(format!("{own} {kind} {}:{}", elsewhere.address, elsewhere.port));
        }
    }
    found.sort();
    found
}

const HTTP: &str = "{name: http, port: 8443}";

#[test]
fn what_slices_say_is_behind_services() {
    let one = |address: &str| format!("{{addresses: ['{address}']}}");
    let web = &one("10.0.0.1");
    let keeper = |who: &str| format!(", endpointslice.kubernetes.io/managed-by: {who}.k8s.io");
    let controller = &keeper("endpointslice-controller");
    let named =
        |kind: &str, more: &str| format!("{{addresses: ['10.9.9.9'], targetRef: {{kind: {kind}{more}}}}}");
    let both = format!("{}---\n{}", slice("plain", "", web, HTTP), slice("plain", "", web, HTTP));
    let mirrored = format!(
        "{}---\n{}",
        slice("plain", "", web, HTTP),
        endpoints("plain", "", "addresses: [{ip: 10.0.0.1}], ports: [{name: http, port: 8443}]")
    );
    let subset = "addresses: [{ip: 10.0.0.1}], notReadyAddresses: [{ip: 203.0.113.7}], ports: [{name: http, port: 81}]";
    let rows: Vec<(&str, String, &[&str])> = vec![
        // Who has the address.
        ("plain", slice("plain", "", web, HTTP), &["80 web:8443"]),
        ("plain", slice("plain", "", &one("fd00::1"), HTTP), &["80 web:8443 v6"]),
        ("plain", slice("plain", "", &one("10.0.0.2"), HTTP), &["80 db:8443"]),
        ("plain", slice("plain", "", &one("203.0.113.7"), HTTP), &["80 outside 203.0.113.7:8443"]),
        ("plain", slice("plain", "", &one("192.168.0.1"), HTTP), &["80 one 192.168.0.1:8443"]),
        ("plain", slice("plain", "", &one("192.168.0.1"), "{name: http, port: 9100}"), &["80 agent:9100"]),
        // Of the pods that are named, those that have no address yet; those that have one are known by it.
        (
            "plain",
            slice("plain", "", &named("Pod", ", name: written, namespace: shop"), HTTP),
            &["80 written:8443"],
        ),
        ("plain", slice("plain", "", &named("Pod", ", name: written"), HTTP), &["80 written:8443"]),
        ("plain", slice("plain", "", &named("Pod", ", name: web"), HTTP), &["80 outside 10.9.9.9:8443"]),
        ("plain", slice("plain", "", &named("Node", ", name: written"), HTTP), &["80 outside 10.9.9.9:8443"]),
        // Ports by name and protocol.
        ("plain", slice("plain", "", web, "{name: dns, port: 53, protocol: UDP}"), &["53 web:53"]),
        ("plain", slice("plain", "", web, "{name: dns, port: 53}"), &[]),
        ("plain", slice("plain", "", web, "{port: 80}"), &[]),
        ("plain", slice("plain", "", web, "{name: http}"), &[]),
        ("plain", slice("plain", "", web, "{name: http, port: 0}, {name: http, port: 80}"), &[]),
        ("unnamed", slice("unnamed", "", web, "{port: 81}"), &["80 web:81"]),
        // What counts: the first address, of ends that something can be sent to.
        ("plain", slice("plain", "", "{addresses: [10.0.0.1, 10.0.0.2]}", HTTP), &["80 web:8443"]),
        ("plain", slice("plain", "", "{addresses: []}", HTTP), &[]),
        ("plain", slice("plain", "", &one("db.example.com"), HTTP), &[]),
        ("plain", slice("plain", "", &one("169.254.169.254"), HTTP), &[]),
        ("plain", slice("plain", "", &one("127.0.0.1"), HTTP), &[]),
        ("plain", slice("plain", "", &one("::ffff:127.0.0.1"), HTTP), &[]),
        ("plain", slice("plain", "", &one("ff02::1"), HTTP), &[]),
        ("plain", both, &["80 web:8443"]),
        // Whose it is.
        ("plain", slice("other", "", web, HTTP), &[]),
        ("plain", slice("plain", controller, web, HTTP), &["80 web:8443"]),
        ("selecting", slice("selecting", controller, &one("10.0.0.2"), HTTP), &["80 web:8080"]),
        ("selecting", slice("selecting", "", &one("10.0.0.2"), HTTP), &["80 db:8443", "80 web:8080"]),
        ("selecting", slice("selecting", "", web, "{name: http, port: 8080}"), &["80 web:8080"]),
        ("headless", slice("headless", ", service.kubernetes.io/headless: ''", web, HTTP), &["80 web:8443"]),
        ("plain", slice("plain", ", service.kubernetes.io/headless: ''", web, HTTP), &[]),
        ("outside", slice("outside", "", web, HTTP), &[]),
        // Endpoints, of which slices are made where a Service selects nothing.
        ("plain", endpoints("plain", "", subset), &["80 outside 203.0.113.7:81", "80 web:81"]),
        ("plain", mirrored, &["80 web:8443"]),
        (
            "plain",
            endpoints("plain", ", labels: {endpointslice.kubernetes.io/skip-mirror: 'true'}", subset),
            &[],
        ),
        (
            "plain",
            endpoints("plain", ", annotations: {control-plane.alpha.kubernetes.io/leader: '{}'}", subset),
            &[],
        ),
        ("selecting", endpoints("selecting", "", subset), &["80 web:8080"]),
    ];
    for (service, text, expected) in rows {
        assert_eq!(behind(&snapshot(&format!("{CLUSTER}{text}")), service), expected, "{service}\n{text}");
    }
}

#[test]
fn a_service_that_selects_nothing_is_a_way_into_pods_of_its_slices() {
    let text = slice("plain", "", "{addresses: [10.0.0.2]}, {addresses: [203.0.113.7]}", HTTP);
    let mut snapshot = snapshot(&format!("{CLUSTER}{text}"));
    snapshot.coverage = Coverage::live(Vec::new());
    let world = World::new(&snapshot, Enforcer::SPECIFICATION);
    let ways = |family| -> Vec<(Way, String, u16, Verdict)> {
        let entries = world.entries(family).into_iter().filter(|entry| entry.way == Way::LoadBalancer);
        let name = |number| world.endpoint(number).unwrap().workload.name.to_string();
        entries.map(|entry| (entry.way, name(entry.endpoint), entry.port, entry.verdict)).collect()
    };
    assert_eq!(ways(Family::V4), [(Way::LoadBalancer, "db".to_owned(), 8443, Verdict::Allow)]);
    assert_eq!(ways(Family::V6), []);
}
