//! Who reaches whom over the network, by files.

use serde_json::Value;

use super::inputs::Folder;
use super::{hold, schema, seawall, stderr, stdout};

const SHOP: &str = "\
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: shop}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: a, image: a, ports: [{name: http, containerPort: 8080}]}]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: a, image: a}]}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {selector: {app: db}, ports: [{port: 80, targetPort: 5432}]}
---
apiVersion: v1
kind: Service
metadata: {name: none, namespace: shop}
spec: {selector: {app: none}, ports: [{port: 80}]}
";

const POLICIES: &str = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress, Egress]
  ingress: [{ports: [{port: http}]}]
  egress:
  - to: [{podSelector: {matchLabels: {app: db}}}]
  - to: [{ipBlock: {cidr: 8.0.0.0/8}}]
    ports: [{port: 443}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 5432}]}]
";

const ENTRANCES: &str = "\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example]}]
  rules: [{host: shop.example, http: {paths: [{path: /, backend: {service: {name: web, port: {number: 80}}}}]}}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: controller, namespace: ingress-nginx}
spec:
  selector: {matchLabels: {app: nginx}}
  template:
    metadata: {labels: {app: nginx}}
    spec: {containers: [{name: a, image: registry.k8s.io/ingress-nginx/controller:v1.12.1, ports: [{name: https, containerPort: 443}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: controller, namespace: ingress-nginx}
spec: {type: LoadBalancer, externalTrafficPolicy: Local, selector: {app: nginx}, ports: [{port: 443, targetPort: https}]}
---
apiVersion: v1
kind: Service
metadata: {name: private, namespace: shop, annotations: {service.beta.kubernetes.io/aws-load-balancer-internal: 'true'}}
spec: {type: LoadBalancer, allocateLoadBalancerNodePorts: false, selector: {app: db}, ports: [{port: 5432}]}
";

/// Pods of a namespace of which no Namespace is read.
const ELSEWHERE: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: one, namespace: elsewhere, labels: {app: one}}
spec: {containers: [{name: a, image: a}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: team, namespace: shop}
spec: {podSelector: {matchLabels: {app: db}}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: shop}}}]}]}
";

/// Of each policy something is the matter, but for the first.
const MISTAKEN: &str = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: fine, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  policyTypes: [Ingress, Egress]
  ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 5432}]}]
  egress: [{ports: [{port: 53, protocol: UDP}]}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: typing-error, namespace: shop}
spec: {podSelector: {matchLabels: {app: wbe}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: peers, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  policyTypes: [Ingress]
  ingress:
  - from: [{podSelector: {matchLabels: {app: wbe}}}]
  - from: [{podSelector: {matchLabels: {app: web}}}]
    ports: [{port: http}]
  - from: [{podSelector: {matchLabels: {app: web}}}]
    ports: [{port: 5432}]
  egress: [{}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: blocks, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress, Egress]
  ingress:
  - from: [{ipBlock: {cidr: 0.0.0.0/0, except: [192.0.2.0/24, 198.51.100.0/24]}}]
    ports: [{port: 80}]
  - from: [{ipBlock: {cidr: 192.0.2.0/24}}]
  egress: [{to: [{podSelector: {matchLabels: {app: db}}}], ports: [{port: 5432}]}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: refused, namespace: elsewhere}
spec: {podSelector: {}, ingress: [{from: [{}]}]}
";

const EXPECTED: &str = "\
expect:
- {from: deployment/shop/web, to: service/shop/db, reach: true}
- {from: statefulset/shop/db, to: pods, reach: false}
- {from: internet, to: namespace/shop, reach: false}
";

const UNEXPECTED: &str = "\
expect:
- {from: deployment/shop/web, to: service/shop/db, reach: false, because: a <reason>}
- {from: deployment/shop/web, to: deployment/shop/none, reach: true}
";

/// A Service that selects nothing, of which a slice says where it leads; one of which nothing says it; and who asks for the first.
const SLICES: &str = "\
apiVersion: v1
kind: Service
metadata: {name: pay, namespace: shop}
spec: {ports: [{name: https, port: 443}, {name: db, port: 5432}]}
---
apiVersion: v1
kind: Service
metadata: {name: nothing, namespace: shop}
spec: {ports: [{port: 80}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: pay-1, namespace: shop, labels: {kubernetes.io/service-name: pay}}
addressType: IPv4
endpoints: [{addresses: [8.8.8.8]}]
ports: [{name: https, port: 443}]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: pay-2, namespace: shop, labels: {kubernetes.io/service-name: pay}}
addressType: IPv4
endpoints: [{addresses: [10.1.0.7], targetRef: {kind: Pod, name: ledger}}]
ports: [{name: db, port: 6432}]
---
apiVersion: v1
kind: Pod
metadata: {name: ledger, namespace: shop, labels: {app: ledger}}
spec: {containers: [{name: a, image: a, env: [{name: PAY, value: 'https://pay/v1'}]}]}
";

/// What is asked of which folder, the exit code, and a part of what is said on either stream.
type Case = (&'static [&'static str], &'static str, i32, &'static str);

const CASES: &[Case] = &[
    (
        &["deploy/web", "sts/db", "--port", "5432", "-n", "shop"],
        "shop",
        0,
        "yes: Deployment shop/web reaches StatefulSet shop/db: TCP 5432",
    ),
    (&["deploy/shop/web", "statefulset/shop/db", "--port", "80"], "shop", 1, "port: 80, protocol: TCP"),
    (&["deploy/shop/web", "svc/shop/db"], "shop", 0, "port 80 of Service shop/db leads to TCP 5432: allowed"),
    (
        &["sts/shop/db", "deploy/shop/web"],
        "shop",
        1,
        "what would allow it, in a NetworkPolicy about StatefulSet shop/db",
    ),
    (&["sts/shop/db", "deploy/shop/web"], "shop/shop.yaml", 0, "no policy isolates it"),
    (&["sts/shop/db", "deploy/shop/web", "--enforcer", "none"], "shop", 0, "nobody enforces policies"),
    (&["8.8.8.8", "deploy/shop/web", "--port", "8080"], "shop", 0, "yes: 8.8.8.8 reaches"),
    (&["deploy/shop/web", "8.8.8.8", "--port", "443"], "shop", 0, "policies.yaml:15"),
    (&["deploy/shop/web", "9.9.9.9"], "shop", 1, "ipBlock: {cidr: 9.9.9.9/32}"),
    (&["deploy/shop/web", "2001:4860::1"], "shop", 1, "no: "),
    (&["deploy/shop/web", "internet"], "shop", 0, "8.0.0.0-8.255.255.255: TCP 443"),
    (&["deploy/shop/web", "metadata"], "shop", 1, "on TCP 80"),
    (&["--from", "deploy/shop/web"], "shop", 0, "StatefulSet shop/db"),
    (&["--to", "sts/shop/db", "--all"], "shop", 0, "no: another node does not reach"),
    (&["--from", "internet"], "shop", 1, "nothing leads there from outside"),
    (
        &["--from", "internet"],
        "entrances",
        0,
        "Ingress https://shop.example/ by Ingress shop/web and Service shop/web to TCP 8080",
    ),
    (&["internet", "sts/shop/db"], "entrances", 1, "no: the internet does not reach StatefulSet shop/db"),
    (&["internet", "deploy/shop/web"], "closed", 1, "Ingress https://shop.example/"),
    (
        &["pod/elsewhere/one", "sts/shop/db"],
        "elsewhere",
        4,
        "the labels of namespace `elsewhere` are not known",
    ),
    (&["pod/elsewhere/one", "sts/shop/db", "--allow-incomplete"], "elsewhere", 1, "unknown: "),
    (&["deploy/shop/web", "sts/shop/db"], "broken", 4, "not known: "),
    (&["deploy/shop/none", "sts/shop/db"], "shop", 2, "there is no Deployment shop/none with pods"),
    (&["svc/shop/none", "sts/shop/db"], "shop", 2, "selects none of the pods"),
    (
        &["deploy/shop/web", "svc/shop/pay"],
        "slices",
        0,
        "yes: Deployment shop/web reaches 8.8.8.8: TCP 443\n  port 443 of Service shop/pay leads to TCP 443: allowed",
    ),
    (
        &["deploy/shop/web", "svc/shop/pay"],
        "slices",
        0,
        "no: Deployment shop/web does not reach Pod shop/ledger on TCP 6432\n  port 5432 of Service shop/pay leads to",
    ),
    (
        &["deploy/shop/web", "svc/shop/pay", "-6"],
        "slices",
        2,
        "nothing behind Service shop/pay has an address",
    ),
    (&["deploy/shop/web", "svc/shop/nothing"], "slices", 2, "no EndpointSlice that was read"),
    (&["harden"], "slices/slices.yaml", 0, "# Pod shop/ledger to 8.8.8.8 on TCP 443"),
    (&["somewhere", "sts/shop/db"], "shop", 2, "it is not clear where that is"),
    (&["deploy/shop/web", "sts/shop/db", "--port", "0"], "shop", 2, "write a number from 1 to 65535"),
    (&["deploy/shop/web", "sts/shop/db", "--enforcer", "ufw"], "shop", 2, "none of specification"),
    (&["192.0.2.1", "2001:db8::1"], "shop", 2, "nothing of IPv4 reaches anything of IPv6"),
    (&[], "shop", 2, "say FROM, TO or both"),
    (&["deploy/shop/web", "sts/shop/db"], "empty", 2, "there is no Deployment shop/web"),
    (&["map"], "shop", 0, "Deployment shop/web"),
    (&["map", "--by", "namespace"], "entrances", 0, "namespace ingress-nginx"),
    (&["map", "--limit", "1"], "entrances", 0, "more lines"),
    (&["map"], "empty", 3, "nobody reaches anybody"),
    (&["map"], "broken", 4, "not known: "),
    (&["lint"], "shop", 1, "ask no DNS for the way"),
    (&["lint"], "shop/shop.yaml", 0, "nothing is the matter"),
    (&["lint"], "broken", 4, "not known: "),
    (&["lint", "--allow-incomplete"], "broken", 0, "not known: "),
    (&["lint", "--enforcer", "none"], "shop", 1, "nobody enforces it"),
    (&["lint"], "mistaken", 1, "mistaken.yaml:"),
    (&["expect", "expected.yaml"], "shop", 0, "3 met, 0 not met, 0 not known"),
    (&["expect", "unexpected.yaml"], "shop", 1, "because a <reason>"),
    (&["expect", "unexpected.yaml"], "shop", 1, "there is no Deployment shop/none"),
    (&["expect", "expected.yaml"], "broken", 4, "0 met, 0 not met, 3 not known"),
    (&["expect", "expected.yaml", "--allow-incomplete"], "broken", 0, "3 not known"),
    (&["expect", "nothing.yaml"], "shop", 2, "there is no such file"),
    (&["expect", "wrong.yaml"], "shop", 2, "wrong.yaml:3:"),
    (&["harden"], "shop", 0, "name: allow-dns"),
    (
        &["harden"],
        "entrances",
        0,
        "# Deployment ingress-nginx/controller to Deployment shop/web on TCP 8080: Ingress",
    ),
    (&["harden"], "declared", 1, "`pay.example` is outside of the cluster"),
    (&["harden", "-n", "other"], "declared", 0, "0 policies are to be made"),
    (&["harden"], "elsewhere", 0, "namespace: elsewhere"),
    (&["harden", "--enforcer", "none"], "shop", 0, "nobody enforces policies"),
    (&["harden"], "broken", 4, "name: allow-dns"),
    (&["harden", "--allow-incomplete"], "broken", 0, "name: allow-dns"),
    (&["harden"], "empty", 3, "nothing was read"),
    (
        &["harden", "--flows", "flows.jsonl"],
        "shop/shop.yaml",
        0,
        "# Deployment shop/web to StatefulSet shop/db on TCP 5432: seen, flows.jsonl:1",
    ),
    (
        &["harden", "--flows", "bad.jsonl"],
        "shop/shop.yaml",
        4,
        "bad.jsonl:2: the line is not JSON, at column",
    ),
    (
        &["harden", "--flows", "bad.jsonl"],
        "shop/shop.yaml",
        4,
        "bad.jsonl:3: other/api-1 is not among what was read",
    ),
    (&["harden", "--flows", "bad.jsonl", "--allow-incomplete"], "shop/shop.yaml", 0, "seen, bad.jsonl:1"),
    (&["harden", "--flows", "none.jsonl"], "shop", 2, "cannot read none.jsonl"),
    (&["harden", "--with-declared"], "shop", 2, "--flows"),
];

/// What a Deployment declares in each way that is read, and in some that are not.
const DECLARED: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: web, namespace: shop}
data: {SEARCH: 'http://search.find:9200/', unrelated: db}
---
apiVersion: v1
kind: Secret
metadata: {name: web, namespace: shop}
stringData: {BROKER: 'kafka:9092'}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop, namespace: shop}
spec:
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop, version: v7}}
    spec:
      serviceAccountName: shop
      containers:
      - name: a
        image: a
        args: [--cache=cache.shop.svc.cluster.local:6379]
        envFrom: [{configMapRef: {name: web}}]
        env:
        - {name: DATABASE, value: 'postgres://shop:Xk39vQ2nL@db/orders'}
        - {name: LEGACY, value: '10.0.0.5:9000'}
        - {name: PAY, value: 'https://pay.example/v1'}
        - {name: BROKER, valueFrom: {secretKeyRef: {name: web, key: BROKER}}}
        - {name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: web, key: password}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cache, namespace: shop}
spec:
  selector: {matchLabels: {app: cache}}
  template:
    metadata: {labels: {app: cache}}
    spec: {containers: [{name: a, image: a, ports: [{name: redis, containerPort: 7000}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: cache, namespace: shop, labels: {app: not-the-pods}}
spec: {selector: {app: cache}, ports: [{port: 6379, targetPort: redis}, {name: admin, port: 9999}]}
---
apiVersion: v1
kind: Pod
metadata: {name: search, namespace: find, labels: {app: search}}
spec: {containers: [{name: a, image: a}]}
---
apiVersion: v1
kind: Service
metadata: {name: search, namespace: find}
spec: {selector: {app: search}, ports: [{port: 9200}]}
";

/// Of the shop: by Hubble, by Calico, by a VPC; an answer, ICMP, and what was denied.
const FLOWS: &str = r#"{"flow":{"verdict":"FORWARDED","IP":{"source":"10.1.0.1","destination":"10.1.0.2"},"l4":{"TCP":{"source_port":40001,"destination_port":5432}},"source":{"namespace":"shop","labels":["k8s:app=web"],"pod_name":"web-7c9d8f-x2x4z"},"destination":{"namespace":"shop","labels":["k8s:app=db"],"pod_name":"db-0"},"is_reply":false}}
{"flow":{"verdict":"FORWARDED","l4":{"TCP":{"source_port":5432,"destination_port":40001}},"source":{"namespace":"shop","pod_name":"db-0"},"destination":{"namespace":"shop","pod_name":"web-7c9d8f-x2x4z"},"is_reply":true}}
{"flow":{"verdict":"FORWARDED","l4":{"ICMPv4":{"type":8}},"source":{"namespace":"shop","pod_name":"db-0"},"destination":{"namespace":"shop","pod_name":"web-7c9d8f-x2x4z"}}}
{"flow":{"verdict":"DROPPED","l4":{"TCP":{"destination_port":22}},"source":{"namespace":"shop","pod_name":"db-0"},"destination":{"namespace":"shop","pod_name":"web-7c9d8f-x2x4z"}}}

{"source_type":"wep","source_namespace":"shop","source_name":"-","source_name_aggr":"web-7c9d8f-*","dest_type":"net","dest_namespace":"-","dest_name":"pub","dest_ip":"198.51.100.1","dest_port":"443","proto":"tcp","action":"allow"}
{"src":"8.8.8.8","dst":"10.1.0.9","dport":80,"proto":"tcp"}
{"flow":{"verdict":"FORWARDED","IP":{"source":"8.8.4.4"},"l4":{"TCP":{"destination_port":8080}},"source":{"labels":["reserved:world"]},"destination":{"namespace":"shop","labels":["k8s:app=web"],"pod_name":"renamed"}}}
"#;

/// A line that breaks off, and one of pods that nobody knows.
fn bad_flows() -> String {
    let first = FLOWS.lines().next().unwrap();
    format!(
        "{first}\n{}\n{}\n",
        &first[..40],
        first.replace(
            "\"namespace\":\"shop\",\"labels\":[\"k8s:app=db\"],\"pod_name\":\"db-0\"",
            "\"namespace\":\"other\",\"pod_name\":\"api-1\""
        )
    )
}

fn folder() -> Folder {
    let folder = Folder::with(&[
        ("shop/shop.yaml", SHOP),
        ("shop/policies.yaml", POLICIES),
        ("entrances/shop.yaml", SHOP),
        ("entrances/entrances.yaml", ENTRANCES),
        ("closed/shop.yaml", SHOP),
        ("closed/entrances.yaml", ENTRANCES),
        ("closed/policies.yaml", &POLICIES.replace("ingress: [{ports: [{port: http}]}]", "ingress: []")),
        ("elsewhere/shop.yaml", SHOP),
        ("elsewhere/elsewhere.yaml", ELSEWHERE),
        ("broken/shop.yaml", SHOP),
        ("broken/broken.yaml", "apiVersion: v1\nkind: Pod\nmetadata: [\n"),
        ("mistaken/shop.yaml", SHOP),
        ("mistaken/mistaken.yaml", MISTAKEN),
        ("declared/shop.yaml", SHOP),
        ("declared/declared.yaml", DECLARED),
        ("slices/shop.yaml", SHOP),
        ("slices/policies.yaml", POLICIES),
        ("slices/slices.yaml", SLICES),
        ("flows.jsonl", FLOWS),
        ("bad.jsonl", &bad_flows()),
        ("expected.yaml", EXPECTED),
        ("unexpected.yaml", UNEXPECTED),
        (
            "wrong.yaml",
            "expect:\n- {from: pods, to: pods, reach: true}\n- {from: pods, to: nowhere, reach: true}\n",
        ),
    ]);
    std::fs::create_dir(folder.at("empty")).unwrap();
    folder
}

#[test]
fn every_question_has_its_answer_and_exit_code() {
    let folder = folder();
    for (arguments, path, code, says) in CASES {
        let mut command = seawall(&["reach"]);
        command.args(*arguments).args(["--no-config", "--", path]).current_dir(folder.path());
        let output = command.output().unwrap();
        let said = format!("{}{}", stdout(&output), stderr(&output));
        assert_eq!(output.status.code(), Some(*code), "{arguments:?} of {path} said {said}");
        assert!(said.contains(says), "{arguments:?} of {path} said {said}");
    }
}

#[test]
fn every_form_of_json_is_as_its_schema_says() {
    let folder = folder();
    let schema = schema("reach");
    let mut held = 0;
    for (arguments, path, code, _) in CASES.iter().filter(|(_, _, code, _)| *code != 2) {
        let mut command = seawall(&["reach"]);
        command.args(*arguments).args(["--no-config", "-o", "json", "--", path]).current_dir(folder.path());
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(*code), "{arguments:?}: {}", stderr(&output));
        let document: Value = serde_json::from_str(stdout(&output)).unwrap();
        hold(&schema, arguments, &document);
        held += 1;
    }
    assert!(held > 20, "{held}");
}

/// Each pair of the list is a field of the picture, an edge of the graph and a row of the spreadsheet.
#[test]
fn every_form_of_a_map_has_the_same_pairs() {
    let folder = folder();
    let form = |form: &str| {
        let mut command = seawall(&["reach", "map", "--no-config", "-o", form, "--", "entrances"]);
        let output = command.current_dir(folder.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        stdout(&output).to_owned()
    };
    let document: Value = serde_json::from_str(&form("json")).unwrap();
    let pairs = document["pairs"].as_array().unwrap();
    assert!(pairs.len() > 4, "{document:#}");
    let (csv, dot, svg) = (form("csv"), form("dot"), form("svg"));
    let picture = roxmltree::Document::parse(&svg).unwrap();
    let titles: Vec<&str> = picture
        .descendants()
        .filter(|node| node.has_tag_name("title"))
        .filter_map(|node| node.text())
        .collect();
    for pair in pairs {
        let (from, to) = (pair["from"].as_str().unwrap(), pair["to"].as_str().unwrap());
        assert!(csv.contains(&format!("{from},{to},")), "{csv}");
        assert!(dot.contains(&format!("\"{from}\" -> \"{to}\"")), "{dot}");
        let field = titles.iter().find(|title| title.starts_with(&format!("{from} to {to}: ")));
        assert!(field.is_some_and(|title| !title.ends_with(": nothing")), "{from} to {to}: {titles:?}");
    }
    assert_eq!(csv.lines().count(), pairs.len() + 1);
    assert!(form("html").contains("<table>") && form("markdown").starts_with("| From | To | Ports |"));
}

#[test]
fn each_mistake_is_told_at_its_place() {
    let folder = folder();
    let mut command = seawall(&["reach", "lint", "--no-config", "-o", "json", "--", "mistaken"]);
    let output = command.current_dir(folder.path()).output().unwrap();
    let document: Value = serde_json::from_str(stdout(&output)).unwrap();
    let told: Vec<String> = document["lints"]
        .as_array()
        .unwrap()
        .iter()
        .map(|lint| {
            let word = |value: &Value| value.as_str().unwrap().to_owned();
            let (name, field) = (&lint["part"]["object"]["name"], &lint["part"]["location"]["field"]);
            format!("{} {} {}", word(name), word(field), word(&lint["code"]))
        })
        .collect();
    let expected = [
        // Of two rules that let the same pass one is to go.
        "fine spec.ingress[0] redundant",
        "typing-error  selects-nothing",
        "peers spec.egress other-direction",
        "peers spec.ingress[0].from[0] peer-means-nobody",
        "peers spec.ingress[1].ports[0] no-such-port",
        "blocks spec.ingress[0].from[0].ipBlock.except[0] exception-without-effect",
        "blocks spec.egress no-dns",
        "refused  refused",
    ];
    assert_eq!(told, expected, "{document:#}");
}

/// What one side opens is what the other closes.
#[test]
fn a_difference_turned_round_is_its_negative() {
    let folder = folder();
    let schema = schema("reach");
    let diff = |base: &str, head: &str| -> (Value, Option<i32>) {
        let mut command = seawall(&["reach", "diff", base, head, "--no-config", "-o", "json"]);
        let output = command.current_dir(folder.path()).output().unwrap();
        let document =
            serde_json::from_str(stdout(&output)).unwrap_or_else(|_| panic!("{}", stderr(&output)));
        assert!(schema.is_valid(&document), "{document:#}");
        (document, output.status.code())
    };
    let sides = ["shop", "shop/shop.yaml", "entrances", "closed", "empty"];
    let mut opened = 0;
    for base in sides {
        for head in sides {
            let ((there, code), (back, _)) = (diff(base, head), diff(head, base));
            assert_eq!(
                (&there["opened"], &there["closed"]),
                (&back["closed"], &back["opened"]),
                "{base} {head}"
            );
            let pairs = there["opened"].as_array().unwrap();
            assert!(base != head || (pairs.is_empty() && code == Some(0)), "{base}: {there:#}");
            opened += pairs.len();
        }
    }
    assert!(opened > 20, "{opened}");
    // Without its policies everybody reaches everybody.
    assert_eq!(diff("shop", "shop/shop.yaml").1, Some(1));
    assert_eq!(diff("shop/shop.yaml", "shop").1, Some(0));
}

#[test]
fn test_reports_and_annotations_have_each_expectation() {
    let folder = folder();
    let form = |file: &str, form: &str| {
        let mut command = seawall(&["reach", "expect", file, "--no-config", "-o", form, "--", "shop"]);
        let output = command.current_dir(folder.path()).output().unwrap();
        stdout(&output).to_owned()
    };
    let text = form("unexpected.yaml", "junit");
    let document = roxmltree::Document::parse(&text).unwrap();
    let count = |name| document.descendants().filter(|node| node.has_tag_name(name)).count();
    assert_eq!((count("testcase"), count("failure"), count("error")), (2, 2, 0), "{text}");
    let sarif: Value = serde_json::from_str(&form("unexpected.yaml", "sarif")).unwrap();
    let lines: Vec<u64> = sarif["runs"][0]["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| result["locations"][0]["physicalLocation"]["region"]["startLine"].as_u64().unwrap())
        .collect();
    assert_eq!(lines, [2, 3]);
    let sarif: Value = serde_json::from_str(&form("expected.yaml", "sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"], serde_json::json!([]));
}

#[test]
fn what_manifests_declare_passes_and_nothing_is_written_twice() {
    let folder = folder();
    let run = |arguments: &[&str]| {
        let output = seawall(&["reach"]).args(arguments).current_dir(folder.path()).output().unwrap();
        (output.status.code(), stdout(&output).to_owned(), stderr(&output).to_owned())
    };
    let (_, policies, said) = run(&["harden", "--no-config", "--", "declared"]);
    for word in ["Xk39vQ2nL", "postgres", "kafka", "orders"] {
        assert!(!policies.contains(word) && !said.contains(word), "{word}: {said}{policies}");
    }
    for told in [
        "14 of 14 connections that are asked for pass",
        "`pay.example` is outside of the cluster, and policies know no names (declared/declared.yaml:28)",
        "`BROKER` comes from a Secret",
        "token of ServiceAccount shop",
    ] {
        assert!(said.contains(told), "{told}: {said}");
    }
    assert!(!said.contains("DB_PASSWORD") && !policies.contains("v7"), "{said}{policies}");
    std::fs::write(folder.at("declared/policies.yaml"), &policies).unwrap();
    for (from, to, port, code) in [
        ("deploy/shop/shop", "sts/shop/db", "5432", 0),
        ("deploy/shop/shop", "sts/shop/db", "5433", 1),
        ("deploy/shop/shop", "deploy/shop/cache", "7000", 0),
        ("deploy/shop/shop", "deploy/shop/cache", "9999", 1),
        ("deploy/shop/shop", "pod/find/search", "9200", 0),
        ("deploy/shop/shop", "10.0.0.5", "9000", 0),
        ("deploy/shop/shop", "10.0.0.6", "9000", 1),
        ("deploy/shop/web", "sts/shop/db", "5432", 1),
        ("pod/find/search", "deploy/shop/shop", "80", 1),
        ("deploy/shop/cache", "internet", "443", 1),
    ] {
        let (said, text, _) =
            run(&[from, to, "--port", port, "--enforcer", "calico", "--no-config", "--", "declared"]);
        let is_unknown = said == Some(4) && text.contains("addresses");
        assert!(said == Some(code) || (code == 0 && is_unknown), "{from} {to} {port}: {text}");
    }
    let (_, again, said) = run(&["harden", "--no-config", "--", "declared"]);
    assert!(again.is_empty() && said.contains("0 policies are to be made"), "{again}{said}");
    let (code, text, _) = run(&["lint", "--no-config", "--", "declared"]);
    assert_eq!(code, Some(0), "{text}");
}

/// What is in a log passes, and nothing else: an answer needs no rule, and what was denied is not let in.
#[test]
fn what_was_seen_passes_and_what_was_denied_does_not() {
    let folder = folder();
    let run = |arguments: &[&str]| {
        let output = seawall(&["reach"]).args(arguments).current_dir(folder.path()).output().unwrap();
        (output.status.code(), stdout(&output).to_owned(), stderr(&output).to_owned())
    };
    let asked = ["harden", "--flows", "flows.jsonl", "--no-config", "--", "shop/shop.yaml"];
    let (code, policies, said) = run(&asked);
    assert_eq!(code, Some(0), "{said}{policies}");
    assert!(
        said.contains("5 flows were seen; left out are 1 that were denied and 1 between addresses"),
        "{said}"
    );
    std::fs::write(folder.at("shop/policies.yaml"), &policies).unwrap();
    for (from, to, port, code) in [
        ("deploy/shop/web", "sts/shop/db", "5432", 0),
        ("sts/shop/db", "deploy/shop/web", "40001", 1),
        ("sts/shop/db", "deploy/shop/web", "22", 1),
        ("deploy/shop/web", "198.51.100.1", "443", 0),
        ("deploy/shop/web", "198.51.100.2", "443", 1),
        // A client on the internet is one of many.
        ("9.9.9.9", "deploy/shop/web", "8080", 0),
        ("9.9.9.9", "deploy/shop/web", "80", 1),
    ] {
        let (said, text, _) = run(&[from, to, "--port", port, "--no-config", "--", "shop"]);
        assert_eq!(said, Some(code), "{from} {to} {port}: {text}");
    }
    let (_, again, _) = run(&["harden", "--flows", "flows.jsonl", "--no-config", "--", "shop"]);
    assert!(again.is_empty(), "{again}");
    let both = ["harden", "--flows", "flows.jsonl", "--with-declared", "--no-config", "--", "shop/shop.yaml"];
    let (_, more, _) = run(&both);
    assert!(more.contains("allow-dns") && !policies.contains("allow-dns"), "{more}");
}
