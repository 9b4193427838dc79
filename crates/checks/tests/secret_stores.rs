//! What checks of secret stores outside of the cluster say where the objects decide, and where they do not.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop at the first surprise")]

use std::path::PathBuf;

use seawall_checks::{Settings, Subject};
use seawall_finding::Verdict;
use seawall_inventory::{Provenance, Snapshot};
use seawall_yaml::Limits;
use serde_json::{Value, json};

/// What the check says of the object, and where.
fn said(id: &str, object: &Value) -> (&'static str, Vec<String>) {
    let text = object.to_string();
    let path = PathBuf::from("a.yaml");
    let reading = seawall_inventory::read(path, text.as_bytes(), Provenance::Verbatim, &Limits::default());
    let snapshot = Snapshot::assemble(vec![reading], Vec::new(), Vec::new(), Vec::new());
    assert!(snapshot.problems.is_empty(), "{:?}\n{text}", snapshot.problems);
    let check = seawall_checks::all().into_iter().find(|check| check.meta.id == id).unwrap();
    let outcome = check.on_object(&Subject::new(&snapshot, 0).unwrap(), &Settings::default());
    let verdict = match outcome.verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::Unknown(_) => "unknown",
        Verdict::NotApplicable => "n/a",
    };
    (verdict, outcome.findings.iter().map(|finding| finding.path.to_string()).collect())
}

fn hold(id: &str, object: impl Fn(&Value) -> Value, cases: &[(Value, &str)]) {
    for (part, expected) in cases {
        let (verdict, places) = said(id, &object(part));
        let (expected, place) = expected.split_once(' ').map_or((*expected, None), |(v, p)| (v, Some(p)));
        assert_eq!(verdict, expected, "{id}: {part}");
        let place: Vec<String> = place.into_iter().map(str::to_owned).collect();
        assert_eq!(places, place, "{id}: {part}");
    }
}

fn external(kind: &str, spec: &Value) -> Value {
    json!({"apiVersion": "external-secrets.io/v1", "kind": kind, "metadata": {"name": "a"}, "spec": spec})
}

#[test]
fn a_store_is_open_to_every_namespace_unless_a_condition_says_otherwise() {
    let cluster = |conditions: &Value| {
        external(
            "ClusterSecretStore",
            &json!({"conditions": conditions, "provider": {"aws": {"region": "r"}}}),
        )
    };
    hold(
        "SW4016",
        cluster,
        &[
            (json!(null), "fail spec"),
            (json!([]), "fail spec"),
            (json!([{}]), "pass"),
            (json!([{"namespaces": ["a"]}]), "pass"),
            (
                json!([{"namespaces": ["a"]}, {"namespaceSelector": {}}]),
                "fail spec.conditions[1].namespaceSelector",
            ),
            (json!([{"namespaceSelector": {"matchLabels": {"a": "b"}}}]), "pass"),
            (
                json!([{"namespaceSelector": {"matchExpressions": [{"key": "a", "operator": "Exists"}]}}]),
                "pass",
            ),
            (json!([{"namespaceRegexes": ["^a-", "^.+$"]}]), "fail spec.conditions[0].namespaceRegexes[1]"),
        ],
    );
    let own = external("SecretStore", &json!({"provider": {"aws": {"region": "r"}}}));
    assert_eq!(said("SW4016", &own).0, "n/a");
}

#[test]
fn an_address_that_is_put_in_later_is_unknown() {
    let vault = |server: &Value| external("SecretStore", &json!({"provider": {"vault": {"server": server}}}));
    hold(
        "SW4017",
        vault,
        &[
            (json!("http://vault"), "fail spec.provider.vault.server"),
            (json!("http://user:Xk39vQ2nL@vault"), "fail spec.provider.vault.server"),
            (json!("https://vault"), "pass"),
            (json!("http://localhost:8200"), "pass"),
            (json!("${VAULT_ADDR}"), "unknown"),
            (json!("{{ .Values.vault.address }}"), "unknown"),
            (json!(null), "pass"),
        ],
    );
    let nested =
        |url: &Value| external("SecretStore", &json!({"provider": {"kubernetes": {"server": {"url": url}}}}));
    hold(
        "SW4017",
        nested,
        &[
            (json!("http://kubernetes.default"), "fail spec.provider.kubernetes.server.url"),
            (json!("https://kubernetes.default"), "pass"),
        ],
    );
    // A text that is no address may begin as one.
    let other = json!({"provider": {"webhook": {"url": "https://a.example", "body": "http://b.example"}}});
    assert_eq!(said("SW4017", &external("SecretStore", &other)).0, "pass");
}

#[test]
fn parameters_of_the_driver_and_annotations_of_the_injector_count_where_they_are_read() {
    let class = |provider: &str, parameters: &Value| {
        json!({"apiVersion": "secrets-store.csi.x-k8s.io/v1", "kind": "SecretProviderClass", "metadata": {"name": "a"},
            "spec": {"provider": provider, "parameters": parameters}})
    };
    hold(
        "SW4017",
        |parameters| class("vault", parameters),
        &[
            (json!({"vaultAddress": "http://vault"}), "fail spec.parameters.vaultAddress"),
            (json!({"vaultAddress": "$(VAULT)"}), "unknown"),
            (json!({"vaultSkipTLSVerify": "True"}), "fail spec.parameters.vaultSkipTLSVerify"),
            (json!({"vaultSkipTLSVerify": "no"}), "pass"),
            (json!({}), "pass"),
        ],
    );
    let azure = class("azure", &json!({"vaultAddress": "http://vault"}));
    assert_eq!(said("SW4017", &azure).0, "n/a");

    let pod = |annotations: &Value| {
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "annotations": annotations},
            "spec": {"containers": [{"name": "a", "image": "a:1"}]}})
    };
    const INJECT: &str = "vault.hashicorp.com/agent-inject";
    const SERVICE: &str = "vault.hashicorp.com/service";
    const SKIP: &str = "vault.hashicorp.com/tls-skip-verify";
    const TOKEN: &str = "vault.hashicorp.com/agent-inject-token";
    hold(
        "SW4017",
        pod,
        &[
            (json!({SERVICE: "http://vault", SKIP: "true"}), "n/a"),
            (json!({INJECT: "false", SERVICE: "http://vault"}), "n/a"),
            (
                json!({INJECT: "true", SERVICE: "http://vault"}),
                "fail metadata.annotations[\"vault.hashicorp.com/service\"]",
            ),
            (
                json!({INJECT: "1", SKIP: "t"}),
                "fail metadata.annotations[\"vault.hashicorp.com/tls-skip-verify\"]",
            ),
            (json!({INJECT: "true", SERVICE: "${VAULT_ADDR}"}), "unknown"),
            (json!({INJECT: "true"}), "pass"),
        ],
    );
    hold(
        "SW4021",
        pod,
        &[
            (json!({TOKEN: "true"}), "n/a"),
            (json!({INJECT: "false", TOKEN: "true"}), "n/a"),
            (
                json!({INJECT: "true", TOKEN: "true"}),
                "fail metadata.annotations[\"vault.hashicorp.com/agent-inject-token\"]",
            ),
            (json!({INJECT: "true", TOKEN: "false"}), "pass"),
        ],
    );
}

#[test]
fn find_takes_all_only_where_nothing_narrows_it() {
    let secret = |find: &Value| external("ExternalSecret", &json!({"dataFrom": [{"find": find}]}));
    hold(
        "SW4018",
        secret,
        &[
            (json!({"name": {"regexp": ""}}), "fail spec.dataFrom[0].find.name.regexp"),
            (json!({"name": {"regexp": ".*"}, "path": "/"}), "fail spec.dataFrom[0].find.name.regexp"),
            (json!({"name": {"regexp": ".*"}, "path": "/shop"}), "pass"),
            (json!({"name": {"regexp": ".*"}, "tags": {"team": "shop"}}), "pass"),
            (json!({"name": {"regexp": "^shop"}}), "pass"),
            (json!({"tags": {"team": "shop"}}), "pass"),
            (json!({}), "unknown"),
            (json!(null), "pass"),
        ],
    );
    let cluster = |selectors: &Value| {
        let mut spec = json!({"externalSecretSpec": {}});
        spec.as_object_mut().unwrap().extend(selectors.as_object().unwrap().clone());
        external("ClusterExternalSecret", &spec)
    };
    hold(
        "SW4018",
        cluster,
        &[
            (json!({"namespaceSelector": {}}), "fail spec.namespaceSelector"),
            (
                json!({"namespaceSelectors": [{"matchLabels": {"a": "b"}}, {}]}),
                "fail spec.namespaceSelectors[1]",
            ),
            (json!({"namespaceSelector": {"matchLabels": {"a": "b"}}, "namespaces": ["a"]}), "pass"),
            (json!({}), "pass"),
        ],
    );
}

#[test]
fn a_secret_is_fetched_again_each_hour_unless_it_says_otherwise() {
    hold(
        "SW4019",
        |spec| external("ExternalSecret", spec),
        &[
            (json!({}), "pass"),
            (json!({"refreshPolicy": "Periodic", "refreshInterval": "1h0m0s"}), "pass"),
            (json!({"refreshInterval": "0"}), "fail spec.refreshInterval"),
            (json!({"refreshInterval": 0}), "fail spec.refreshInterval"),
            (json!({"refreshInterval": "-1s", "refreshPolicy": "Periodic"}), "fail spec.refreshInterval"),
            (json!({"refreshPolicy": "OnChange", "refreshInterval": "1h"}), "fail spec.refreshPolicy"),
            (json!({"refreshPolicy": "CreatedOnce", "refreshInterval": "0"}), "fail spec.refreshPolicy"),
            (json!({"refreshInterval": "1 hour"}), "unknown"),
            (json!({"refreshPolicy": "Sometimes"}), "unknown"),
        ],
    );
}
