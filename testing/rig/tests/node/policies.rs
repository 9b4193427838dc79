//! NetworkPolicies.

use std::time::{Duration, Instant};

use seawall_rig::Cluster;
use serde_json::{Value, json};

use crate::{create, namespace, pod, ready};

/// What happens without a policy shows that it is the policy that denies.
pub(crate) fn policies_are_enforced(cluster: &Cluster) {
    let space = "policies";
    namespace(space, cluster);
    create(space, &pod("server", &["serve", "tcp:8080", "udp:5353"]), cluster);
    for client in ["friend", "stranger"] {
        create(space, &pod(client, &["sleep"]), cluster);
    }
    let service = json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "server"},
        "spec": {"selector": {"app": "server"}, "ports": [{"port": 80, "targetPort": 8080}]},
    });
    create(space, &service, cluster);
    for name in ["server", "friend", "stranger"] {
        ready(space, &format!("pod/{name}"), cluster);
    }
    let get = |what: &str, path: &str| {
        cluster.kubectl(&["get", what, "-n", space, &format!("--output=jsonpath={path}")], "").unwrap()
    };
    let address = get("pod/server", "{.status.podIP}");
    let service = get("service/server", "{.spec.clusterIP}");
    let targets = [format!("tcp:{address}:8080"), format!("udp:{address}:5353"), format!("tcp:{service}:80")];
    let from = |client: &str| {
        targets.each_ref().map(|target| cluster.probe(&["connect", target, "2"], client, space).unwrap())
    };
    let until = |expected: [&str; 3], client: &str| {
        let started = Instant::now();
        loop {
            let answers = from(client);
            if answers == expected {
                return;
            }
            assert!(
                started.elapsed() < Duration::from_secs(60),
                "{client} is answered {answers:?}, not {expected:?}"
            );
        }
    };
    let (open, denied) = (["ok", "ok", "ok"], ["refused", "refused", "refused"]);
    for client in ["friend", "stranger"] {
        until(open, client);
    }
    let policy = |name: &str, selector: Value, ingress: Value| {
        json!({
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"name": name},
            "spec": {"podSelector": selector, "policyTypes": ["Ingress"], "ingress": ingress},
        })
    };
    create(space, &policy("deny", json!({}), json!([])), cluster);
    for client in ["friend", "stranger"] {
        until(denied, client);
    }
    let friends = json!([{
        "from": [{"podSelector": {"matchLabels": {"app": "friend"}}}],
        "ports": [{"port": 8080}],
    }]);
    create(space, &policy("allow", json!({"matchLabels": {"app": "server"}}), friends), cluster);
    until(["ok", "refused", "ok"], "friend");
    assert_eq!(from("stranger"), denied);
    cluster.kubectl(&["delete", "networkpolicy", "--all", "-n", space], "").unwrap();
    for client in ["friend", "stranger"] {
        until(open, client);
    }
}
