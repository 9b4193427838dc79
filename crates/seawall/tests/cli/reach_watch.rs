//! Flows as they come, held against what policies say.

use serde_json::Value;

use super::inputs::Folder;
use super::{hold, schema, seawall, stderr, stdout};

const SHOP: &str = "\
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: shop}}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: a, image: a}]}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db}}
spec: {containers: [{name: a, image: a}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress:
  - from: [{podSelector: {matchLabels: {app: web}}}]
    ports: [{port: 5432}]
  - from: [{namespaceSelector: {matchLabels: {team: other}}}]
---
apiVersion: v1
kind: Pod
metadata: {name: guest, namespace: unread}
spec: {containers: [{name: a, image: a}]}
---
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: {name: no-shell}
spec:
  tier: Admin
  priority: 1
  subject: {namespaces: {}}
  ingress: [{action: Deny, from: [{namespaces: {}}], protocols: [{tcp: {destinationPort: {number: 22}}}]}]
";

/// A flow of Hubble from a pod to another.
fn flow(from: &str, to: &str, port: u16, verdict: &str, direction: &str) -> String {
    let end = |name: &str| {
        let (namespace, name) = name.split_once('/').unwrap();
        format!(r#"{{"namespace":"{namespace}","pod_name":"{name}"}}"#)
    };
    let (from, to) = (end(from), end(to));
    format!(
        r#"{{"flow":{{"verdict":"{verdict}","l4":{{"TCP":{{"destination_port":{port}}}}},"source":{from},"destination":{to},"traffic_direction":"{direction}"}}}}"#
    )
}

/// What is told of flows, each with its first line, and the summary; and the exit code.
fn told(flows: &[String], more: &[&str]) -> (Vec<String>, Value, i32, String) {
    let known = flow("shop/web", "shop/db", 5432, "FORWARDED", "INGRESS");
    let folder = Folder::with(&[
        ("shop.yaml", SHOP),
        ("known.jsonl", &known),
        ("flows.jsonl", &format!("{}\n", flows.join("\n"))),
    ]);
    let args = [&["reach", "watch", "--no-config", "--flows", "flows.jsonl", "-o", "jsonl"], more].concat();
    let output = seawall(&args).args(["--", "shop.yaml"]).current_dir(folder.path()).output().unwrap();
    let schema = schema("reach");
    let mut lines: Vec<Value> =
        stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    lines.iter().for_each(|line| hold(&schema, &args, line));
    let summary = lines.pop().unwrap();
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let said = lines.iter().map(|line| {
        let policies = line["policies"].as_array().unwrap().iter();
        let policies: Vec<String> = policies.map(|policy| word(&policy["object"]["name"])).collect();
        let (from, to, port) = (word(&line["from"]), word(&line["to"]), &line["port"]);
        let place = word(&line["place"]);
        format!("{} {from} > {to} {port} [{}] {place}", word(&line["kind"]), policies.join(" "))
    });
    (said.collect(), summary, output.status.code().unwrap(), stderr(&output).to_owned())
}

#[test]
fn flows_are_held_against_policies() {
    let flows = [
        flow("shop/web", "shop/db", 5432, "FORWARDED", "INGRESS"),
        flow("shop/web", "shop/db", 6000, "FORWARDED", "INGRESS"),
        // Only the sender's policies had been asked.
        flow("shop/web", "shop/db", 6001, "FORWARDED", "EGRESS"),
        flow("shop/web", "shop/db", 6000, "FORWARDED", "INGRESS"),
        flow("shop/db", "shop/web", 22, "FORWARDED", "INGRESS"),
        flow("shop/web", "shop/db", 22, "DROPPED", "INGRESS"),
        flow("shop/web", "shop/db", 5432, "DROPPED", "INGRESS"),
        flow("unread/guest", "shop/db", 80, "FORWARDED", "INGRESS"),
    ];
    let (said, summary, code, _) = told(&flows, &[]);
    assert_eq!(
        said,
        [
            "not-enforced Pod shop/web > Pod shop/db 6000 [db] flows.jsonl:2",
            "not-enforced Pod shop/db > Pod shop/web 22 [no-shell] flows.jsonl:5",
            "denied Pod shop/web > Pod shop/db 22 [no-shell] flows.jsonl:6",
            "dropped-elsewhere Pod shop/web > Pod shop/db 5432 [] flows.jsonl:7",
            "not-known Pod unread/guest > Pod shop/db 80 [] flows.jsonl:8",
        ]
    );
    assert_eq!(code, 1);
    assert_eq!((&summary["flows"], &summary["byKind"]["not-enforced"]), (&8.into(), &3.into()), "{summary}");
}

#[test]
fn what_gets_where_nothing_got_is_told_when_it_is_asked() {
    let flows = [
        flow("shop/web", "shop/db", 5432, "FORWARDED", "INGRESS"),
        flow("shop/web", "unread/guest", 80, "FORWARDED", "INGRESS"),
        flow("shop/web", "unread/guest", 80, "FORWARDED", "INGRESS"),
        r#"{"src":"192.0.2.7","dst":"192.0.2.8","dport":80,"proto":"tcp"}"#.to_owned(),
    ];
    let (said, summary, code, _) = told(&flows, &[]);
    assert_eq!((said.len(), code), (0, 0), "{said:?}");
    assert_eq!(summary["beside"], 1);
    let (said, _, code, _) = told(&flows, &["--known", "known.jsonl"]);
    assert_eq!(said, ["new Pod shop/web > Pod unread/guest 80 [] flows.jsonl:2"]);
    assert_eq!(code, 1);
}

#[test]
fn what_is_no_flow_or_of_nobody_is_not_lost() {
    let fine = flow("shop/web", "shop/db", 5432, "FORWARDED", "INGRESS");
    let mut flows =
        vec![fine.clone(), "{".to_owned(), flow("shop/web", "other/api", 80, "FORWARDED", "EGRESS")];
    let (_, summary, code, problems) = told(&flows, &[]);
    assert_eq!((&summary["noFlows"], &summary["strangers"], code), (&1.into(), &1.into(), 4));
    assert!(problems.contains("flows.jsonl:2: the line is not JSON"), "{problems}");
    assert!(problems.contains("flows.jsonl:3: other/api is not among what was read"), "{problems}");
    assert_eq!(told(&flows, &["--allow-incomplete"]).2, 0);
    // More than there is room for is counted.
    flows = (1..=20).map(|port| flow("shop/web", "shop/db", port, "FORWARDED", "INGRESS")).collect();
    let (said, summary, code, problems) = told(&flows, &["--most", "7"]);
    assert_eq!((said.len(), &summary["untold"], code), (7, &13.into(), 1));
    assert!(problems.contains("13 flows say more than there was room for"), "{problems}");
    // Flows of addresses alone, with files, in which no pod has one.
    let (_, _, code, _) =
        told(&[r#"{"src":"10.0.0.1","dst":"10.0.0.2","dport":80,"proto":"tcp"}"#.to_owned()], &[]);
    assert_eq!(code, 4);
}
