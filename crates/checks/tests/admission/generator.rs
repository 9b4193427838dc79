//! Random pods with LimitRanges and a ResourceQuota.

use seawall_rig::Random;
use serde_json::{Map, Value, json};

use crate::compare::{Seen, hold};

const CASES: usize = 12_000;

/// Resources, with amounts that rise; equal ones stand beside each other.
const RESOURCES: [(&str, &[&str]); 5] = [
    ("cpu", &["0", "100u", "50m", "0.1", "100m", "500m", "0.5", "1", "1500m", "2", "1e3"]),
    ("memory", &["0", "1500m", "64Mi", "128Mi", "134217728", "512M", "0.5Gi", "1e9", "1Gi", "2.5Gi", "1T"]),
    ("ephemeral-storage", &["0", "500M", "1Gi", "1.5Gi", "4e9", "10Gi"]),
    ("hugepages-2Mi", &["2Mi", "4Mi", "100Mi"]),
    ("example.com/gpu", &["1", "2", "4"]),
];

/// Keys of a quota that count pods, and what pods ask for.
pub(crate) const POD_KEYS: [&str; 14] = [
    "pods",
    "count/pods",
    "cpu",
    "memory",
    "requests.cpu",
    "requests.memory",
    "limits.cpu",
    "limits.memory",
    "ephemeral-storage",
    "requests.ephemeral-storage",
    "limits.ephemeral-storage",
    "hugepages-2Mi",
    "requests.hugepages-2Mi",
    "requests.example.com/gpu",
];

/// Keys that count something else.
const OTHER_KEYS: [&str; 4] = ["requests.storage", "configmaps", "count/deployments.apps", "services"];

#[test]
fn random_pods_are_refused_and_counted_as_by_the_api_server() {
    let mut oracle = seawall_rig::admission().unwrap();
    let seed = std::env::var("SEAWALL_SEED").map_or(1, |seed| seed.parse().unwrap());
    let mut random = Random::seeded(seed);
    let cases: Vec<Value> = (0..CASES).map(|_| case(&mut random)).collect();
    let seen = hold(&cases, &mut oracle);
    println!("seed {seed}: {seen:#?}");
    assert_not_vacuous(&seen);
}

fn assert_not_vacuous(seen: &Seen) {
    assert!(seen.compared > CASES / 3, "{} compared", seen.compared);
    assert!(seen.with_pod_level > CASES / 40, "{} with resources of the pod", seen.with_pod_level);
    assert!(seen.admitted > seen.compared / 10, "{} admitted", seen.admitted);
    for reason in ["minimum", "maximum", "ratio"] {
        for whose in ["Pod", "Container"] {
            let count = seen.refused.get(&format!("{whose} {reason}")).copied().unwrap_or_default();
            assert!(count >= 50, "{whose} {reason}: {count}");
        }
    }
    assert!(seen.depends_on_order >= 20 && seen.missing >= 100 && seen.not_counted >= 100);
    assert!(seen.unknown.values().sum::<usize>() < seen.compared / 3, "{:?}", seen.unknown);
    for key in POD_KEYS {
        assert!(seen.summed.get(key).copied().unwrap_or_default() >= 50, "{key}: {:?}", seen.summed);
    }
}

fn case(random: &mut Random) -> Value {
    let ranges = random.pick(&[0, 1, 1, 1, 1, 2, 2, 3]);
    let ranges: Vec<Value> = (0..ranges).map(|_| range(random)).collect();
    json!({"pod": pod(random), "ranges": ranges, "quota": quota(random)})
}

/// A rising choice of amounts: each at least the one before.
fn rising(random: &mut Random, amounts: &[&str], count: usize) -> Vec<String> {
    let mut places: Vec<usize> = (0..count).map(|_| random.below(amounts.len())).collect();
    places.sort_unstable();
    places.into_iter().map(|place| amounts[place].to_owned()).collect()
}

fn resources(random: &mut Random, of_pod: bool) -> Value {
    let (mut requests, mut limits) = (Map::new(), Map::new());
    for (resource, amounts) in RESOURCES {
        let asked = match resource {
            "cpu" | "memory" => 65,
            "ephemeral-storage" if of_pod => 0,
            "ephemeral-storage" => 25,
            "example.com/gpu" if of_pod => 0,
            _ => 10,
        };
        if !random.chance(asked) {
            continue;
        }
        let amounts = if of_pod && amounts.len() > 3 { &amounts[amounts.len() - 4..] } else { amounts };
        let [request, limit] = rising(random, amounts, 2).try_into().unwrap();
        // Such are not overcommitted.
        let exact = resource.contains('/') || resource.starts_with("huge");
        match random.below(4) {
            0 if !exact => _ = requests.insert(resource.to_owned(), json!(request)),
            1 => _ = limits.insert(resource.to_owned(), json!(limit)),
            _ => {
                requests.insert(resource.to_owned(), json!(if exact { &limit } else { &request }));
                limits.insert(resource.to_owned(), json!(limit));
            }
        }
    }
    let mut resources = Map::new();
    for (name, map) in [("requests", requests), ("limits", limits)] {
        if !map.is_empty() || random.chance(10) {
            resources.insert(name.to_owned(), Value::Object(map));
        }
    }
    Value::Object(resources)
}

fn containers(random: &mut Random, name: &str, count: usize) -> Vec<Value> {
    let container = |number: usize| {
        let mut container =
            json!({"name": format!("{name}{number}"), "image": "a", "terminationMessagePolicy": "File"});
        if random.chance(85) {
            container["resources"] = resources(random, false);
        }
        if name == "i" && random.chance(50) {
            container["restartPolicy"] = json!("Always");
        }
        container
    };
    (0..count).map(container).collect()
}

fn pod(random: &mut Random) -> Value {
    let count = random.pick(&[1, 1, 1, 2, 3]);
    let mut spec = json!({"containers": containers(random, "c", count)});
    if random.chance(40) {
        let count = random.pick(&[1, 1, 2, 3]);
        spec["initContainers"] = Value::Array(containers(random, "i", count));
    }
    if random.chance(25) {
        spec["resources"] = resources(random, true);
    }
    if random.chance(10) {
        spec["overhead"] = json!({"cpu": "250m", "memory": "0.1Gi"});
    }
    if random.chance(30) {
        spec["activeDeadlineSeconds"] = json!(60);
    }
    if random.chance(60) {
        spec["priorityClassName"] = json!(random.pick(&["high", "low"]));
    }
    if random.chance(20) {
        let mut term = json!({"topologyKey": "a", "labelSelector": {}});
        match random.below(3) {
            0 => term["namespaces"] = json!(["m"]),
            1 => term["namespaceSelector"] = json!({}),
            _ => {}
        }
        spec["affinity"] = match random.chance(50) {
            true => json!({"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}),
            false => {
                json!({"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, "podAffinityTerm": term}]}})
            }
        };
    }
    spec
}

fn range(random: &mut Random) -> Value {
    let mut limits = Vec::new();
    for kind in ["Container", "Pod"] {
        if !random.chance(if kind == "Pod" { 35 } else { 75 }) {
            continue;
        }
        let mut item = json!({"type": kind});
        for (resource, amounts) in RESOURCES {
            let named = match resource {
                "cpu" | "memory" => 50,
                "ephemeral-storage" => 15,
                _ => 4,
            };
            if !random.chance(named) {
                continue;
            }
            let exact = resource.contains('/') || resource.starts_with("huge");
            let mut bounds = rising(random, amounts, 4);
            if random.chance(60) {
                // What admits most.
                bounds[0] = amounts[0].to_owned();
                bounds[3] = amounts[amounts.len() - 1].to_owned();
            }
            if exact {
                bounds[1] = bounds[2].clone();
            }
            for (field, bound) in ["min", "defaultRequest", "default", "max"].into_iter().zip(bounds) {
                if random.chance(35) && (kind == "Container" || !field.starts_with("default")) {
                    item[field][resource] = json!(bound);
                }
            }
            if random.chance(20) {
                let ratio = random.pick(&["1", "1.5", "2", "3.3", "1e1", "10k", "1.0001"]);
                item["maxLimitRequestRatio"][resource] = json!(ratio);
            }
        }
        limits.push(item);
    }
    json!({"limits": limits})
}

fn quota(random: &mut Random) -> Value {
    if random.chance(20) {
        return Value::Null;
    }
    let mut spec = json!({"hard": {}});
    let scope = random.pick(&[
        "",
        "",
        "Terminating",
        "NotTerminating",
        "BestEffort",
        "NotBestEffort",
        "PriorityClass",
        "CrossNamespacePodAffinity",
    ]);
    let all: Vec<&str> = POD_KEYS.into_iter().chain(OTHER_KEYS).collect();
    let keys = if scope == "BestEffort" { &all[..1] } else { &all[..] };
    for _ in 0..=random.below(6) {
        spec["hard"][random.pick(keys)] = json!("0");
    }
    if scope == "PriorityClass" {
        let operator = random.pick(&["In", "NotIn", "Exists", "DoesNotExist"]);
        let values = if operator.contains("In") { json!(["high", "top"]) } else { json!([]) };
        spec["scopeSelector"] =
            json!({"matchExpressions": [{"scopeName": scope, "operator": operator, "values": values}]});
    } else if !scope.is_empty() && random.chance(30) {
        spec["scopeSelector"] = json!({"matchExpressions": [{"scopeName": scope, "operator": "Exists"}]});
    } else if !scope.is_empty() {
        spec["scopes"] = json!([scope]);
    }
    spec
}
