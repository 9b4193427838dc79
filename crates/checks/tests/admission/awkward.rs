//! Cases that are easily judged wrong.

use seawall_finding::Verdict;
use seawall_rig::AdmissionQuestion;
use serde_json::{Value, json};

use crate::compare::{hold, judge, read};
use crate::generator::POD_KEYS;

fn container(resources: Value) -> Value {
    json!({"name": "c", "image": "a", "terminationMessagePolicy": "File", "resources": resources})
}

fn named(name: &str, resources: Value) -> Value {
    let mut container = container(resources);
    container["name"] = json!(name);
    container
}

fn sidecar(name: &str, resources: Value) -> Value {
    let mut container = named(name, resources);
    container["restartPolicy"] = json!("Always");
    container
}

fn pod(resources: Value) -> Value {
    json!({"containers": [container(resources)]})
}

/// With `resources` of the pod.
fn pod_level(own: Value, resources: Value) -> Value {
    json!({"containers": [container(resources)], "resources": own})
}

fn all_keys() -> Value {
    json!({"hard": POD_KEYS.map(|key| (key, "0")).into_iter().collect::<std::collections::BTreeMap<_, _>>()})
}

/// Of pods alone, and each held to a quota of everything.
#[rustfmt::skip]
fn pods() -> Vec<Value> {
    let init = |init: Value, resources: Value| json!({"initContainers": init, "containers": [container(resources)]});
    vec![
        pod(json!({})), json!({"containers": [{"name": "c", "image": "a", "terminationMessagePolicy": "File"}]}),
        pod(json!({"limits": {}})), pod(json!({"limits": {"cpu": "1"}})), pod(json!({"requests": {"cpu": "1"}})), pod(json!({"requests": {"cpu": "0"}})),
        pod(json!({"requests": {"cpu": "0"}, "limits": {"cpu": "1"}})), pod(json!({"limits": {"cpu": "0", "memory": "0"}})),
        pod(json!({"requests": {"cpu": "0.5"}, "limits": {"cpu": "500m"}})), pod(json!({"requests": {"cpu": 0.5, "memory": 1e3}, "limits": {"cpu": 1}})),
        pod(json!({"requests": {"cpu": "1e3", "memory": "1E"}})), pod(json!({"requests": {"cpu": "100u", "memory": "0.1Ki"}})), pod(json!({"requests": {"cpu": " 1 "}})),
        pod(json!({"requests": {"memory": "8Ei"}})), pod(json!({"requests": {"ephemeral-storage": "1Gi"}, "limits": {"ephemeral-storage": "2Gi"}})),
        pod(json!({"limits": {"hugepages-2Mi": "4Mi", "memory": "1Gi"}})), pod(json!({"limits": {"example.com/gpu": "2"}})), pod(json!({"limits": {"example.com/gpu": 1}, "requests": {"example.com/gpu": "1"}})),
        // Init containers and sidecars, which are at work while those behind them start.
        init(json!([named("i", json!({"requests": {"cpu": "3"}}))]), json!({"requests": {"cpu": "1"}})), init(json!([named("i", json!({"requests": {"cpu": "3"}})), named("j", json!({"requests": {"cpu": "2"}}))]), json!({"requests": {"cpu": "1"}})),
        init(json!([sidecar("i", json!({"requests": {"cpu": "3"}}))]), json!({"requests": {"cpu": "1"}})), init(json!([sidecar("i", json!({"requests": {"cpu": "1"}})), named("j", json!({"requests": {"cpu": "2"}}))]), json!({"requests": {"cpu": "1"}})),
        init(json!([named("j", json!({"requests": {"cpu": "2"}})), sidecar("i", json!({"requests": {"cpu": "1"}}))]), json!({"requests": {"cpu": "1"}})), init(json!([sidecar("i", json!({"limits": {"memory": "1Gi"}})), sidecar("j", json!({})), named("k", json!({"limits": {"memory": "3Gi"}}))]), json!({"limits": {"memory": "1Gi"}})),
        init(json!([named("i", json!({"limits": {"cpu": "1"}}))]), json!({})), init(json!([named("i", json!({}))]), json!({"limits": {"cpu": "1", "memory": "1"}})),
        // The pod as a whole.
        pod_level(json!({}), json!({"requests": {"cpu": "1"}})), pod_level(json!({"limits": {}}), json!({"requests": {"cpu": "1"}})), pod_level(Value::Null, json!({"requests": {"cpu": "1"}})), pod_level(json!({"requests": {"cpu": "0"}}), json!({})),
        pod_level(json!({"requests": {"cpu": "2"}}), json!({"requests": {"cpu": "1"}})), pod_level(json!({"limits": {"cpu": "2"}}), json!({"requests": {"cpu": "1"}})), pod_level(json!({"limits": {"cpu": "2"}}), json!({})), pod_level(json!({"limits": {"cpu": "2"}}), json!({"limits": {"cpu": "1", "memory": "1Gi"}})),
        pod_level(json!({"limits": {"memory": "2Gi"}}), json!({"requests": {"cpu": "1"}})), pod_level(json!({"requests": {"memory": "2Gi"}}), json!({"requests": {"cpu": "1"}})), pod_level(json!({"requests": {"memory": "2Gi"}}), json!({"limits": {"hugepages-2Mi": "4Mi", "cpu": "1"}})),
        pod_level(json!({"requests": {"memory": "2Gi"}, "limits": {"hugepages-2Mi": "8Mi"}}), json!({"limits": {"hugepages-2Mi": "4Mi", "cpu": "1"}})), pod_level(json!({"requests": {"cpu": "2"}}), json!({"limits": {"ephemeral-storage": "1Gi"}})),
        // What it costs beside its containers.
        json!({"containers": [container(json!({"requests": {"cpu": "1"}}))], "overhead": {"cpu": "250m", "memory": "64Mi"}}), json!({"containers": [container(json!({"limits": {"cpu": "1", "memory": "0"}}))], "overhead": {"cpu": "250m", "memory": "64Mi"}}),
        json!({"containers": [container(json!({}))], "overhead": {"cpu": "250m"}}), json!({"containers": [container(json!({}))], "overhead": {"cpu": "250m"}, "resources": {"limits": {"cpu": "2"}}}),
    ]
}

fn items(items: Value) -> Value {
    json!({"limits": items})
}

fn item(kind: &str, fields: Value) -> Value {
    let mut item = fields;
    item["type"] = json!(kind);
    items(json!([item]))
}

#[rustfmt::skip]
fn ranges() -> Vec<Value> {
    let of = |kind: &'static str| move |fields: Value| item(kind, fields);
    let (each, whole) = (of("Container"), of("Pod"));
    let mut ranges: Vec<Value> = vec![
        json!([]), json!([{}]), json!([items(json!([]))]),
        json!([each(json!({"max": {"cpu": "1"}}))]), json!([each(json!({"min": {"cpu": "1"}}))]), json!([each(json!({"min": {"cpu": "100m"}, "max": {"cpu": "1"}}))]), json!([each(json!({"min": {"cpu": "0.5m"}}))]), json!([each(json!({"max": {"memory": "9223372036854775"}}))]), json!([each(json!({"max": {"memory": "7Ei"}}))]),
        json!([each(json!({"default": {"cpu": "500m"}}))]), json!([each(json!({"defaultRequest": {"cpu": "2"}}))]), json!([each(json!({"default": {"cpu": "2"}, "defaultRequest": {"cpu": "0.1"}}))]), json!([each(json!({"default": {"cpu": "0", "memory": "0"}}))]),
        json!([each(json!({"maxLimitRequestRatio": {"cpu": "1"}}))]), json!([each(json!({"maxLimitRequestRatio": {"cpu": "2.5"}}))]), json!([each(json!({"maxLimitRequestRatio": {"memory": "2"}, "default": {"memory": "1Gi"}, "defaultRequest": {"memory": "256Mi"}}))]), json!([each(json!({"maxLimitRequestRatio": {"ephemeral-storage": "1e17"}}))]),
        json!([each(json!({"default": {"example.com/gpu": "1"}, "defaultRequest": {"example.com/gpu": "1"}}))]), json!([each(json!({"max": {"ephemeral-storage": "1Gi"}}))]), json!([each(json!({"max": {"hugepages-2Mi": "2Mi"}}))]),
        json!([whole(json!({"max": {"cpu": "1"}}))]), json!([whole(json!({"min": {"cpu": "1"}}))]), json!([whole(json!({"min": {"memory": "1"}}))]), json!([whole(json!({"max": {"memory": "1Gi"}}))]), json!([whole(json!({"maxLimitRequestRatio": {"cpu": "2"}}))]), json!([whole(json!({"max": {"hugepages-2Mi": "4Mi"}}))]), json!([whole(json!({"max": {"ephemeral-storage": "1Gi", "example.com/gpu": "1"}}))]),
        // Defaults of one are bounds of the other.
        json!([items(json!([{"type": "Container", "default": {"cpu": "1"}}, {"type": "Pod", "max": {"cpu": "1.5"}}]))]), json!([items(json!([{"type": "Container", "max": {"cpu": "4"}}, {"type": "Pod", "max": {"cpu": "4"}, "min": {"cpu": "2"}}]))]),
        json!([each(json!({"default": {"cpu": "1"}})), each(json!({"default": {"cpu": "1000m"}}))]), json!([each(json!({"default": {"cpu": "1"}})), each(json!({"default": {"cpu": "2"}}))]), json!([each(json!({"default": {"cpu": "1"}})), each(json!({"default": {"memory": "1Gi"}}))]), json!([each(json!({"default": {"cpu": "1"}})), each(json!({"defaultRequest": {"cpu": "2"}}))]),
        json!([each(json!({"default": {"cpu": "1"}})), whole(json!({"max": {"cpu": "1"}}))]), json!([each(json!({"default": {"cpu": "0"}})), each(json!({"default": {"cpu": "1"}}))]), json!([each(json!({"max": {"cpu": "1"}})), each(json!({"max": {"cpu": "2"}})), each(json!({"max": {"cpu": "3"}}))]),
        json!([item("PersistentVolumeClaim", json!({"min": {"storage": "1Gi"}}))]),
    ];
    for value in &mut ranges {
        // Without `limits` there is nothing to be refused by.
        if value[0] == json!({}) { value[0] = items(json!([])); }
    }
    ranges
}

#[rustfmt::skip]
fn quotas() -> Vec<Value> {
    let hard = |keys: &[&'static str]| keys.iter().map(|key| (*key, "0")).collect::<std::collections::BTreeMap<_, _>>();
    let compute = hard(&["requests.cpu", "limits.memory", "pods"]);
    let selector = |scope: &str, operator: &str, values: Value| json!({"hard": compute, "scopeSelector": {"matchExpressions": [{"scopeName": scope, "operator": operator, "values": values}]}});
    vec![
        Value::Null, json!({"hard": {}}), json!({"hard": hard(&["configmaps"])}), json!({"hard": hard(&["requests.storage", "services"])}),
        json!({"hard": compute, "scopes": ["Terminating"]}), json!({"hard": compute, "scopes": ["NotTerminating"]}), json!({"hard": hard(&["pods"]), "scopes": ["BestEffort"]}), json!({"hard": compute, "scopes": ["NotBestEffort"]}),
        json!({"hard": compute, "scopes": ["NotTerminating", "NotBestEffort"]}), json!({"hard": hard(&["pods"]), "scopes": ["Terminating", "BestEffort"]}), json!({"hard": compute, "scopes": ["PriorityClass"]}), json!({"hard": compute, "scopes": ["CrossNamespacePodAffinity"]}),
        selector("PriorityClass", "In", json!(["high"])), selector("PriorityClass", "NotIn", json!(["high"])), selector("PriorityClass", "DoesNotExist", json!([])), selector("Terminating", "Exists", json!([])),
        json!({"hard": hard(&["requests.example.com/gpu", "hugepages-2Mi", "requests.ephemeral-storage", "limits.ephemeral-storage"])}),
    ]
}

#[test]
fn awkward_pods_are_refused_and_counted_as_by_the_api_server() {
    let mut cases: Vec<Value> = Vec::new();
    for pod in pods() {
        for ranges in ranges() {
            cases.push(json!({"pod": pod, "ranges": ranges, "quota": all_keys()}));
        }
        for quota in quotas() {
            for class in ["", "high", "low"] {
                let mut pod = pod.clone();
                if !class.is_empty() {
                    pod["priorityClassName"] = json!(class);
                    pod["activeDeadlineSeconds"] = json!(1);
                }
                cases.push(json!({"pod": pod, "ranges": [item("Container", json!({"defaultRequest": {"cpu": "0"}}))], "quota": quota}));
                cases.push(json!({"pod": pod, "ranges": [], "quota": quota}));
            }
        }
    }
    let seen = hold(&cases, &mut seawall_rig::admission().unwrap());
    println!("{seen:#?}");
    assert!(seen.compared * 4 > cases.len() * 3, "{} of {}", seen.compared, cases.len());
    assert!(seen.admitted > 500 && seen.refused.values().sum::<usize>() > 300, "{seen:#?}");
    assert!(seen.missing > 300 && seen.counted > 500 && seen.not_counted > 500, "{seen:#?}");
}

#[test]
fn claims_are_refused_as_by_the_api_server() {
    let object = |kind: &str, spec: Value| json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": "a", "namespace": "n"}, "spec": spec});
    let bounds = [
        json!({"max": {"storage": "10Gi"}}),
        json!({"min": {"storage": "1Gi"}}),
        json!({"min": {"storage": "1Gi"}, "max": {"storage": "1.5Gi"}}),
        json!({"min": {"storage": "0.1m"}, "max": {"storage": "1m"}}),
        json!({"max": {"storage": "7Ei"}}),
    ];
    let mut cases = Vec::new();
    for bounds in bounds {
        for size in [
            "0",
            "1",
            "0.5m",
            "0.1m",
            "2m",
            "1Gi",
            "1024Mi",
            "1.5Gi",
            "1610612737",
            "10Gi",
            "10737418241",
            "7Ei",
            "8E",
            "9e18",
        ] {
            let claim =
                json!({"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}});
            let range = item("PersistentVolumeClaim", bounds.clone());
            cases.push((object("PersistentVolumeClaim", claim), object("LimitRange", range)));
        }
    }
    let question = |(claim, range): &(Value, Value)| AdmissionQuestion {
        object: claim.clone(),
        limit_ranges: vec![range.clone()],
        quota: Value::Null,
    };
    let questions: Vec<AdmissionQuestion> = cases.iter().map(question).collect();
    let answers = seawall_rig::admission().unwrap().ask(&questions).unwrap();
    let mut refused = 0;
    for ((claim, range), answer) in cases.into_iter().zip(answers) {
        assert_eq!((&answer.error, &*answer.invalid), (&None, ""), "{claim}\n{range}");
        let found = judge("SW6027", &read(&[claim.clone(), range.clone()]), 0);
        let expected = if answer.limits.is_empty() { Verdict::Pass } else { Verdict::Fail };
        assert_eq!(found.verdict, expected, "{claim}\n{range}\n{answer:?}");
        refused += usize::from(!answer.limits.is_empty());
    }
    assert!((10..60).contains(&refused), "{refused}");
}
