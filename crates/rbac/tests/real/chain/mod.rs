//! What all authorizers of an API server say together, in random orders, with webhooks and conditions in front of them.

mod webhook;

use std::time::{Duration, Instant};

use seawall_inventory::KubernetesVersion;
use seawall_rbac::{Chain, ChainDecision, ChainDoubt, NodeAuthorizer, Policy, User};
use seawall_rig::{ApiServer, Random, Setup, fresh_seed};
use seawall_yaml::Limits;
use serde_json::{Value, json};

use self::webhook::Webhook;
use super::client::Ask;
use super::live::{Live, PATIENCE};
use super::world::{Case, World};

const CONFIGURATIONS: u64 = 5;
const REQUESTS: usize = 400;
const WEBHOOKS: [&str; 2] = ["first", "second"];

const CONDITIONS: &[&str] = &[
    "true",
    "has(request.resourceAttributes)",
    "has(request.nonResourceAttributes)",
    "request.user != 'jane'",
    "!('dev' in request.groups)",
    "request.groups == ['dev'] || 'ops' in request.groups",
    "request.resourceAttributes.namespace == 'alpha'",
    "has(request.resourceAttributes) && request.resourceAttributes.namespace in ['alpha', \"beta\"]",
    "!has(request.resourceAttributes) || request.resourceAttributes.resource != 'pods'",
    "request.resourceAttributes.verb in ['get', 'list'] || request.user.startsWith('j')",
    "request.nonResourceAttributes.path.startsWith('/healthz')",
    "has(request.resourceAttributes) ? request.resourceAttributes.group == '' : request.nonResourceAttributes.verb == 'get'",
    "!request.user.startsWith('system:')",
    "request.resourceAttributes.subresource.contains('o') == false",
    "has(request.resourceAttributes.name) && request.resourceAttributes.name.endsWith('b')",
    "request.groups.exists(group, group == 'dev')",
    "request.user.matches('^j')",
    "(request.user == 'jane') == (request.uid == '')",
];

/// What was answered.
#[derive(Debug, Default)]
struct Told {
    allowed: usize,
    denied: usize,
    no_opinion: usize,
    asked: usize,
    undecided: usize,
}

#[test]
fn all_authorizers_together_say_what_the_api_server_says() {
    let seed = fresh_seed();
    let webhook = Webhook::start();
    let folder = webhook.kubeconfigs(&WEBHOOKS);
    let mut told = Told::default();
    for number in 0..CONFIGURATIONS {
        let mut random = Random::seeded(seed.wrapping_add(number));
        let file = configuration(number, &folder, &mut random);
        compare(&file, &webhook, &mut random, &mut told)
            .unwrap_or_else(|why| panic!("seed {seed}: {why}\n{file}"));
    }
    refuse(&folder);
    println!("seed {seed}: {told:?}");
    let Told { allowed, denied, no_opinion, asked, undecided } = told;
    let decided = allowed + denied + no_opinion;
    assert!(decided + asked >= 1000 && allowed > 100 && no_opinion > 30 && asked > 30, "{told:?}");
    assert!(denied > 5 && undecided < decided, "{told:?}");
}

/// Authorizers in random order: RBAC in any case, and a webhook.
fn configuration(number: u64, folder: &str, random: &mut Random) -> Value {
    let plain = |kind: &str| json!({"type": kind, "name": kind.to_lowercase()});
    let mut authorizers = vec![plain("RBAC"), a_webhook(WEBHOOKS[0], folder, number, random)];
    if random.chance(50) {
        authorizers.push(plain("Node"));
    }
    if random.chance(50) {
        authorizers.push(plain("AlwaysDeny"));
    }
    if random.chance(60) {
        authorizers.push(a_webhook(WEBHOOKS[1], folder, number + 1, random));
    }
    for at in (1..authorizers.len()).rev() {
        authorizers.swap(at, random.below(at + 1));
    }
    // One in which a condition fails for what is no resource, and one that lets everything in the end.
    if number == 0 {
        let mut webhook = a_webhook(WEBHOOKS[0], folder, number, random);
        let fails = "request.resourceAttributes.namespace == 'nowhere'";
        webhook["webhook"]["matchConditions"] = json!([{"expression": fails}]);
        authorizers = vec![webhook, plain("RBAC")];
    }
    if number + 1 == CONFIGURATIONS {
        authorizers.push(plain("AlwaysAllow"));
    }
    let version = random.pick(&["v1", "v1beta1", "v1alpha1"]);
    json!({
        "apiVersion": format!("apiserver.config.k8s.io/{version}"), "kind": "AuthorizationConfiguration",
        "authorizers": authorizers,
    })
}

fn a_webhook(name: &str, folder: &str, number: u64, random: &mut Random) -> Value {
    let mut conditions: Vec<&str> = Vec::new();
    for _ in 0..random.below(4) {
        let condition = random.pick(CONDITIONS);
        if !conditions.contains(&condition) {
            conditions.push(condition);
        }
    }
    let conditions: Vec<Value> = conditions.iter().map(|text| json!({"expression": text})).collect();
    json!({"type": "Webhook", "name": name, "webhook": {
        "timeout": "3s", "failurePolicy": if number.is_multiple_of(2) { "Deny" } else { "NoOpinion" },
        "subjectAccessReviewVersion": "v1", "matchConditionSubjectAccessReviewVersion": "v1",
        "connectionInfo": {"type": "KubeConfigFile", "kubeConfigFile": format!("{folder}/{name}")},
        "matchConditions": conditions,
    }})
}

fn chain(file: &Value) -> Result<Chain, Vec<String>> {
    let stream = seawall_yaml::parse(file.to_string().as_bytes(), &Limits::default());
    Chain::read(stream.documents[0].root())
}

fn compare(file: &Value, webhook: &Webhook, random: &mut Random, told: &mut Told) -> Result<(), String> {
    let text = file.to_string();
    let chain = chain(file).map_err(|why| why.join(", "))?;
    let live = Live::start_with(Setup { authorization: Some(&text), ..Setup::default() });
    let mut world = World::new(random);
    live.write(&mut world);
    let snapshot = live.snapshot();
    let policy = Policy::new(&snapshot);
    let nodes = NodeAuthorizer::new(&snapshot, KubernetesVersion::minor(36));
    let mut cases: Vec<Case> = (0..REQUESTS).map(|_| world.case(random)).collect();
    let (mut attempt, start) = (0, Instant::now());
    // The authorizers come to know of objects one after another.
    while !cases.is_empty() {
        attempt += 1;
        let uid = |number: usize| format!("{}-{attempt}-{number}", live.server.url());
        let asks = cases.iter().enumerate().map(|(number, case)| {
            let mut review = case.review();
            review["spec"]["uid"] = json!(uid(number));
            Ask::post("/apis/authorization.k8s.io/v1/subjectaccessreviews", review)
        });
        let said = live.client.ask_all(&asks.collect::<Vec<_>>());
        let mut wrong = Vec::new();
        for (number, (case, said)) in cases.iter().zip(said).enumerate() {
            let status = &said.json()["status"];
            let uid = uid(number);
            let user = User { uid: uid.as_str().into(), ..case.asker() };
            let decision = chain.decide(&user, &case.attributes(), &policy, &nodes);
            let asked = WEBHOOKS.map(|name| webhook.was_asked(name, &uid));
            let (allowed, denied) = (status["allowed"] == true, status["denied"] == true);
            let is_right = match &decision {
                ChainDecision::Allowed(..) => allowed && asked == [false; 2],
                ChainDecision::Denied(_) => denied && !allowed && asked == [false; 2],
                ChainDecision::NoOpinion => !denied && !allowed && asked == [false; 2],
                ChainDecision::Unknown(doubts) => match &doubts[0] {
                    ChainDoubt::WebhookAsked(name) => webhook.was_asked(name, &uid),
                    ChainDoubt::Condition(..) => true,
                    ChainDoubt::Objects(_) | ChainDoubt::Abac => false,
                },
            };
            if !is_right {
                wrong.push((
                    case.clone(),
                    format!("{case:?}: {decision:?}, asked {asked:?}; the API server: {status}"),
                ));
                continue;
            }
            match decision {
                ChainDecision::Allowed(..) => told.allowed += 1,
                ChainDecision::Denied(_) => told.denied += 1,
                ChainDecision::NoOpinion => told.no_opinion += 1,
                ChainDecision::Unknown(doubts) if matches!(doubts[0], ChainDoubt::WebhookAsked(_)) => {
                    told.asked += 1
                }
                ChainDecision::Unknown(_) => told.undecided += 1,
            }
        }
        if start.elapsed() > PATIENCE && !wrong.is_empty() {
            return Err(format!("{} differ: {}", wrong.len(), wrong[0].1));
        }
        if !wrong.is_empty() {
            std::thread::sleep(Duration::from_millis(100));
        }
        cases = wrong.into_iter().map(|(case, _)| case).collect();
    }
    Ok(())
}

/// Files with which an API server does not start are refused, and the one that they were made of is not.
fn refuse(folder: &str) {
    let plain = |kind: &str, name: &str| json!({"type": kind, "name": name});
    let webhook = a_webhook(WEBHOOKS[0], folder, 0, &mut Random::seeded(1));
    let with = |field: &str, value: Value| {
        let mut webhook = webhook.clone();
        webhook["webhook"][field] = value;
        webhook
    };
    for authorizers in [
        json!([plain("RBAC", "rbac"), plain("Magic", "magic")]),
        json!([plain("RBAC", "rbac"), plain("RBAC", "rbac")]),
        json!([plain("RBAC", "roles")]),
        json!([plain("RBAC", "rbac"), webhook, webhook]),
        json!([with("failurePolicy", json!("Allow"))]),
        json!([with("timeout", json!("31s"))]),
        json!([with("connectionInfo", json!({"type": "InClusterConfig"}))]),
        json!([with("matchConditions", json!([{"expression": "true"}, {"expression": "true"}]))]),
        json!([with("unknown", json!(1))]),
        json!([]),
    ] {
        let file = json!({
            "apiVersion": "apiserver.config.k8s.io/v1", "kind": "AuthorizationConfiguration", "authorizers": authorizers,
        });
        assert!(chain(&file).is_err(), "{file}");
        let text = file.to_string();
        let started = ApiServer::start_with(Setup { authorization: Some(&text), ..Setup::default() });
        assert!(started.is_err(), "the API server starts with {file}");
    }
}
