//! Kinds that come to be served, change their version and go, while a cluster is followed.

use std::time::Duration;

use seawall_cluster::{Patience, Scope, Target};
use seawall_engine::Turn;
use seawall_rig::ApiServer;

use crate::{Follower, target, whole};

/// A kind whose objects embed pods, and one that has checks of its own, each served as one version.
const DEFINITIONS: &str = "
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: rollouts.argoproj.io}
spec:
  group: argoproj.io
  scope: Namespaced
  names: {plural: rollouts, singular: rollout, kind: Rollout}
  versions:
  - name: v1alpha1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: secretstores.external-secrets.io}
spec:
  group: external-secrets.io
  scope: Namespaced
  names: {plural: secretstores, singular: secretstore, kind: SecretStore}
  versions:
  - name: v1beta1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
";

const OBJECTS: &str = "
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: web, namespace: default}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: 'registry.example/web:1', securityContext: {privileged: true}}
---
apiVersion: external-secrets.io/v1beta1
kind: SecretStore
metadata: {name: vault, namespace: default}
spec: {provider: {vault: {server: 'http://vault.vault:8200', path: secret}}}
";

/// The definition of the second kind gets a version, which is the preferred one then.
const NEWER: &str = r#"[{"op": "add", "path": "/spec/versions/-", "value": {"name": "v1", "served": true, "storage": false,
    "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}}]"#;

const PRIVILEGED: (&str, &str) = ("SW1001", "Rollout default/web");
const OPEN_WAY: (&str, &str) = ("SW4017", "SecretStore default/vault");

#[test]
fn kinds_that_come_and_go_are_followed() {
    let server = ApiServer::start_for(&[("reader", &["system:masters"])]).unwrap();
    // Soon, so that the test does not wait.
    let patience = Patience { kinds: Duration::from_millis(100), ..Patience::default() };
    let mut follower = Follower::start(&Target { patience, ..target(&server, "reader", Scope::default()) });
    let files = follower.current.snapshot().files.len();

    server.kubectl(&["create", "-f", "-"], DEFINITIONS).unwrap();
    server.wait_for_definitions().unwrap();
    // What is established is served a moment later.
    follower.until("the objects are taken", |_| server.kubectl(&["apply", "-f", "-"], OBJECTS).is_ok());
    let opened = |follower: &Follower, (check, object)| follower.turns(check, object) == [Turn::Opened];
    follower.until("the pods of a new kind are judged", |follower| opened(follower, PRIVILEGED));
    follower.until("a new kind is judged", |follower| opened(follower, OPEN_WAY));
    assert_eq!(follower.ledger, whole(&server));

    // Another version of the same objects is no change.
    let patch = ["patch", "crd", "secretstores.external-secrets.io", "--type=json", "-p", NEWER];
    server.kubectl(&patch, "").unwrap();
    let asked = |path: &str| {
        let requests = server.audit().unwrap().into_iter().filter(|event| event.user == "reader");
        requests.filter(|event| event.request_uri.starts_with(path) && event.verb == "watch").count()
    };
    follower.until("it is followed in its new version", |_| {
        asked("/apis/external-secrets.io/v1/secretstores") > 0
    });
    assert!(opened(&follower, OPEN_WAY), "{:?}", follower.told);
    let annotate = |annotation: &str| {
        server.kubectl(&["annotate", "secretstores", "vault", annotation], "").unwrap();
    };
    let turns = [Turn::Opened, Turn::Closed, Turn::Opened];
    annotate("seawall.dev/ignore=SW4017: it is known");
    follower.until("a change of it is told", |follower| follower.turns(OPEN_WAY.0, OPEN_WAY.1) == turns[..2]);
    annotate("seawall.dev/ignore-");
    follower.until("another one is told", |follower| follower.turns(OPEN_WAY.0, OPEN_WAY.1) == turns);

    server.kubectl(&["delete", "crd", "rollouts.argoproj.io"], "").unwrap();
    follower.until("it is gone with its kind", |follower| {
        follower.turns(PRIVILEGED.0, PRIVILEGED.1) == turns[..2]
    });
    assert_eq!(follower.ledger, whole(&server));

    // And once more: what is told of a kind that comes again is not what was told before.
    follower.until("the definition is taken again", |_| {
        server.kubectl(&["apply", "-f", "-"], DEFINITIONS).is_ok()
    });
    follower.until("the objects are taken again", |_| server.kubectl(&["apply", "-f", "-"], OBJECTS).is_ok());
    follower.until("they are judged again", |follower| follower.turns(PRIVILEGED.0, PRIVILEGED.1) == turns);
    follower.until("all is well", |follower| follower.mended.len() == follower.problems.len());
    assert!(follower.current.snapshot().coverage.is_complete());
    assert_eq!(follower.ledger, whole(&server));
    // Two more kinds, one of them in two versions, however often they came.
    let now = follower.current.snapshot().files.len();
    assert_eq!(now, files + 3);
}
