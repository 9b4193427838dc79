//! ClusterRoles that gather the rules of others are filled as the controller of Kubernetes fills them.

use std::time::{Duration, Instant};

use seawall_inventory::Snapshot;
use seawall_rbac::{Policy, RuleAt};
use seawall_rig::{Random, fresh_seed};
use serde_json::{Value, json};

use super::client::Ask;
use super::live::{API, Live};
use super::of_files;
use super::world::{self, GROUP, World};

/// How long the controller may take: it writes twenty roles a second, each several times.
const PATIENCE: Duration = Duration::from_secs(120);
/// Worlds of ClusterRoles that gather from each other.
const WORLDS: u64 = 30;
const ROLES: usize = 12;
const LABELS: &[&str] = &["a", "b", "c", "d", "e"];

#[test]
fn roles_are_filled_as_the_controller_fills_them() {
    let mut live = Live::start();
    let seed = fresh_seed();
    // All at once, each with labels of its own: the controller is started when everything is written.
    let mut world = World::default();
    for number in 0..WORLDS {
        roles(&mut world, number, &mut Random::seeded(seed.wrapping_add(number)));
    }
    let said = live.fill(&mut world);
    assert!(said.iter().all(|said| said.status == 201), "{said:?}");
    let mut written = listed(&live);
    // As they are in a file.
    written.iter_mut().for_each(|role| {
        let metadata = json!({"name": role["metadata"]["name"], "labels": role["metadata"]["labels"]});
        role["metadata"] = metadata;
        role["apiVersion"] = json!(format!("{GROUP}/v1"));
        role["kind"] = json!("ClusterRole");
    });
    let snapshot = of_files(&written);
    assert!(snapshot.problems.is_empty(), "{:?}", snapshot.problems);
    let policy = Policy::new(&snapshot);

    live.server.start_controllers(&["clusterrole-aggregation-controller"]).unwrap();
    let start = Instant::now();
    loop {
        let wrong = differences(&policy, &snapshot, &listed(&live));
        if wrong.is_empty() {
            break;
        }
        assert!(start.elapsed() < PATIENCE, "seed {seed}: {}", wrong.join("\n"));
        std::thread::sleep(Duration::from_millis(200));
    }
    let gathering = written.iter().filter(|role| role["aggregationRule"].is_object()).count();
    println!("seed {seed}: {gathering} roles gather rules as the controller fills them");
    assert!(gathering > 100);
    live.clear(&world);
}

/// Roles of which in every other world each gathers from those before it alone, so that their order is certain, too.
fn roles(world: &mut World, number: u64, random: &mut Random) {
    let label = |label: &str| format!("w{number}/{label}");
    for role in 0..ROLES {
        let level = role * LABELS.len() / ROLES;
        let (own, others) =
            if has_circles(number) { (LABELS, LABELS) } else { (&LABELS[level..=level], &LABELS[..level]) };
        let mut labels = json!({});
        for own in world::some(random, own, 0, 2) {
            labels[label(&own)] = json!(random.pick(&["x", "y"]));
        }
        let rules: Vec<Value> = (0..random.below(3)).map(|_| world::rule("ClusterRole", random)).collect();
        let mut object = json!({
            "apiVersion": format!("{GROUP}/v1"), "kind": "ClusterRole",
            "metadata": {"name": format!("w{number}-{:02}", (role * 7) % ROLES), "labels": labels}, "rules": rules,
        });
        if !others.is_empty() && random.chance(45) {
            let selectors = (0..1 + random.below(2)).map(|_| {
                let key = label(random.pick::<&str>(others));
                match random.below(3) {
                    0 => json!({"matchExpressions": [{"key": key, "operator": "Exists"}]}),
                    1 => json!({"matchExpressions": [{"key": key, "operator": "In", "values": ["x", "z"]}]}),
                    _ => json!({"matchLabels": {key: "x"}}),
                }
            });
            object["aggregationRule"] = json!({"clusterRoleSelectors": selectors.collect::<Vec<_>>()});
        }
        world.objects.push(object);
    }
}

fn has_circles(world: u64) -> bool {
    world % 2 == 1
}

fn listed(live: &Live) -> Vec<Value> {
    live.client.ask(&Ask::get(&format!("{API}/clusterroles"))).json()["items"].as_array().unwrap().clone()
}

/// Roles that do not have the rules that they should, in their order.
fn differences(policy: &Policy<'_>, snapshot: &Snapshot, live: &[Value]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (number, object) in snapshot.objects.iter().enumerate() {
        let own = live.iter().find(|role| role["metadata"]["name"] == object.metadata.name.as_str()).unwrap();
        let live: Vec<String> = own["rules"].as_array().into_iter().flatten().map(plain).collect();
        let expected = policy.rules_of_role(number).unwrap();
        let certain: Vec<String> = expected.rules.iter().map(written).collect();
        let possible: Vec<String> = expected.doubtful.iter().map(|(rule, _)| written(rule)).collect();
        let world: Option<u64> =
            object.metadata.name.split('-').next().and_then(|world| world[1..].parse().ok());
        let is_right = if !world.is_some_and(has_circles) {
            possible.is_empty() && certain == live
        } else {
            certain.iter().all(|rule| live.contains(rule))
                && live.iter().all(|rule| certain.contains(rule) || possible.contains(rule))
        };
        if !is_right {
            let name = &object.metadata.name;
            wrong.push(format!("{name}: {certain:?}, perhaps {possible:?}; the controller: {live:?}; {own}"));
        }
    }
    wrong
}

const FIELDS: [&str; 5] = ["verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs"];

fn plain(rule: &Value) -> String {
    json!(FIELDS.map(|field| rule.get(field).cloned().unwrap_or_else(|| json!([])))).to_string()
}

fn written(at: &RuleAt<'_>) -> String {
    let rule = at.rule;
    let lists =
        [&rule.verbs, &rule.api_groups, &rule.resources, &rule.resource_names, &rule.non_resource_urls];
    let lists = lists.map(|list| list.iter().map(ToString::to_string).collect::<Vec<_>>());
    json!(lists).to_string()
}
