//! What Kubernetes adds to a pod on its way from a template is no finding: of all examples of all checks, the pods that
//! controllers and admission would make have nothing that the template does not have.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests")]

mod manifest;

use seawall_engine::{Config, Selection, evaluate, plan};
use seawall_finding::Profile;
use seawall_yaml::Limits;
use serde_json::{Value, json};

/// The objects of the examples of all checks.
fn examples() -> Vec<(String, Vec<Value>)> {
    let objects = |text: &str| -> Vec<Value> {
        let stream = seawall_yaml::parse(text.as_bytes(), &Limits::default());
        let documents = stream.documents.iter();
        documents.filter_map(|document| seawall_yaml::de::from_node(document.root()).ok()).collect()
    };
    let mut examples = Vec::new();
    for check in seawall_checks::all() {
        let texts = [check.meta.examples("bad"), check.meta.examples("good")].concat();
        for (number, text) in texts.iter().enumerate() {
            examples.push((format!("{} {number}", check.meta.id), objects(text)));
        }
    }
    examples
}

/// API version and kind of what a controller makes.
type Link = (&'static str, &'static str);

/// A workload as a cluster has it, and what stands between it and its pod: the kind, and the template.
fn live(object: &Value) -> Option<(Value, Vec<Link>, Value)> {
    let kind = object["kind"].as_str()?;
    let (chain, pointer) = match (object["apiVersion"].as_str()?, kind) {
        ("apps/v1", "Deployment") => (vec![("apps/v1", "ReplicaSet")], "/spec/template"),
        ("apps/v1", "StatefulSet" | "DaemonSet" | "ReplicaSet") | ("batch/v1", "Job") => {
            (vec![], "/spec/template")
        }
        ("batch/v1", "CronJob") => (vec![("batch/v1", "Job")], "/spec/jobTemplate/spec/template"),
        _ => return None,
    };
    let template = object.pointer(pointer)?.clone();
    template["spec"]["containers"].is_array().then_some(())?;
    let mut object = object.clone();
    let name = object["metadata"]["name"].as_str().unwrap_or("a").to_owned();
    object["metadata"]["name"] = json!(name);
    object["metadata"]["uid"] = json!(format!("uid-{name}"));
    if object["metadata"]["namespace"].is_null() {
        object["metadata"]["namespace"] = json!("default");
    }
    Some((object, chain, template))
}

/// What a controller and admission make of a template. Sources, all of k8s.io/kubernetes v1.36.3: `GetPodFromTemplate` of
/// pkg/controller/controller_utils.go; plugin/pkg/admission/serviceaccount, defaulttolerationseconds, priority;
/// pkg/apis/core/v1/defaults.go; `AddOrUpdateDaemonPodTolerations` and `ReplaceDaemonSetPodNodeNameNodeAffinity` of
/// pkg/controller/daemon/util/daemonset_util.go.
fn pod(template: &Value, owner: &Value, name: &str) -> Value {
    let mut pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": template["metadata"], "spec": template["spec"]});
    if pod["metadata"].is_null() {
        pod["metadata"] = json!({});
    }
    pod["metadata"]["name"] = json!(name);
    pod["metadata"]["generateName"] = json!(format!("{}-", owner["metadata"]["name"].as_str().unwrap()));
    pod["metadata"]["namespace"] = owner["metadata"]["namespace"].clone();
    pod["metadata"]["uid"] = json!(format!("uid-{name}"));
    let labels = pod["metadata"]["labels"].as_object().cloned().unwrap_or_default();
    pod["metadata"]["labels"] = Value::Object(labels);
    pod["metadata"]["labels"]["pod-template-hash"] = json!("7d9c5b6f48");
    pod["metadata"]["ownerReferences"] = json!([reference(owner)]);
    let spec = &mut pod["spec"];
    let account = spec["serviceAccountName"]
        .as_str()
        .or(spec["serviceAccount"].as_str())
        .unwrap_or("default")
        .to_owned();
    let mounts = spec["automountServiceAccountToken"] != json!(false);
    let defaults = json!({
        "serviceAccountName": account, "serviceAccount": account, "nodeName": "node-1", "dnsPolicy": "ClusterFirst",
        "restartPolicy": "Always", "schedulerName": "default-scheduler", "securityContext": {}, "enableServiceLinks": true,
        "terminationGracePeriodSeconds": 30, "priority": 0, "preemptionPolicy": "PreemptLowerPriority"});
    for (field, value) in defaults.as_object().unwrap() {
        if spec[field].is_null() {
            spec[field] = value.clone();
        }
    }
    let mut tolerations = spec["tolerations"].as_array().cloned().unwrap_or_default();
    let seconds = if owner["kind"] == "DaemonSet" { Value::Null } else { json!(300) };
    for key in ["not-ready", "unreachable"] {
        let key = format!("node.kubernetes.io/{key}");
        tolerations.push(
            json!({"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": seconds}),
        );
    }
    if owner["kind"] == "DaemonSet" {
        for key in ["disk-pressure", "memory-pressure", "pid-pressure", "unschedulable"] {
            let key = format!("node.kubernetes.io/{key}");
            tolerations.push(json!({"key": key, "operator": "Exists", "effect": "NoSchedule"}));
        }
    }
    spec["tolerations"] = tolerations.into();
    let volume = "kube-api-access-x7k2p";
    for list in ["containers", "initContainers"] {
        for container in spec[list].as_array_mut().into_iter().flatten() {
            for (field, value) in [
                ("terminationMessagePath", json!("/dev/termination-log")),
                ("terminationMessagePolicy", json!("File")),
                ("resources", json!({})),
                ("imagePullPolicy", pull_policy(container["image"].as_str().unwrap_or_default())),
            ] {
                if container[field].is_null() {
                    container[field] = value;
                }
            }
            for port in container["ports"]
                .as_array_mut()
                .into_iter()
                .flatten()
                .filter(|port| port["protocol"].is_null())
            {
                port["protocol"] = json!("TCP");
            }
            if mounts {
                let mut all = container["volumeMounts"].as_array().cloned().unwrap_or_default();
                all.push(json!({"name": volume, "readOnly": true, "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}));
                container["volumeMounts"] = all.into();
            }
        }
    }
    if mounts {
        let mut all = spec["volumes"].as_array().cloned().unwrap_or_default();
        all.push(json!({"name": volume, "projected": {"defaultMode": 420, "sources": [
            {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
            {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
            {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}]}}]}}));
        spec["volumes"] = all.into();
    }
    // `UpdateStorage` of pkg/controller/statefulset/stateful_set_utils.go.
    for template in owner["spec"]["volumeClaimTemplates"].as_array().into_iter().flatten() {
        let volume = template["metadata"]["name"].as_str().unwrap();
        let mut all = spec["volumes"].as_array().cloned().unwrap_or_default();
        all.push(json!({"name": volume, "persistentVolumeClaim": {"claimName": format!("{volume}-{name}")}}));
        spec["volumes"] = all.into();
    }
    pod["status"] = json!({"phase": "Running"});
    pod
}

fn pull_policy(image: &str) -> Value {
    let name = image.rsplit('/').next().unwrap();
    let is_latest = !image.contains('@') && (!name.contains(':') || name.ends_with(":latest"));
    json!(if is_latest { "Always" } else { "IfNotPresent" })
}

fn reference(owner: &Value) -> Value {
    json!({"apiVersion": owner["apiVersion"], "kind": owner["kind"], "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"], "controller": true})
}

/// The objects of an example as a cluster would have them, pods and all.
fn running(objects: &[Value]) -> Option<Vec<Value>> {
    let mut all = Vec::new();
    let mut any = false;
    for object in objects {
        let Some((object, chain, template)) = live(object) else {
            all.push(object.clone());
            continue;
        };
        any = true;
        let mut owner = object.clone();
        all.push(object);
        for (api_version, kind) in chain {
            let name = format!("{}-1", owner["metadata"]["name"].as_str().unwrap());
            let mut next = json!({"apiVersion": api_version, "kind": kind, "spec": owner["spec"]});
            if kind == "Job" {
                next["spec"] = owner["spec"]["jobTemplate"]["spec"].clone();
            }
            next["metadata"] = json!({"name": name, "namespace": owner["metadata"]["namespace"], "uid": format!("uid-{name}"),
                "labels": template["metadata"]["labels"], "ownerReferences": [reference(&owner)]});
            all.push(next.clone());
            owner = next;
        }
        for letter in ["a", "b"] {
            let name = format!("{}-{letter}", owner["metadata"]["name"].as_str().unwrap());
            all.push(pod(&template, &owner, &name));
        }
    }
    any.then_some(all)
}

#[test]
fn what_kubernetes_adds_to_pods_is_no_finding() {
    let selection = Selection { profile: Some(Profile::All), ..Selection::default() };
    let plan = plan(&Config::default(), &selection, &seawall_checks::all()).unwrap();
    let mut surprises = Vec::new();
    let mut judged = 0;
    for (example, objects) in examples() {
        let Some(all) = running(&objects) else { continue };
        let snapshot = |objects: &[Value]| {
            let list = json!({"apiVersion": "v1", "kind": "List", "items": objects});
            manifest::snapshot(&[("live.json", &list.to_string())])
        };
        let with_pods = snapshot(&all);
        let report = evaluate(&with_pods, &plan);
        judged += 1;
        for reported in report.findings.iter().filter(|reported| reported.finding.part_of().is_some()) {
            let finding = &reported.finding;
            surprises.push(format!("{example}: {} {} {}", finding.check.id, finding.path, finding.message));
        }
        let alone: Vec<Value> =
            all.iter().filter(|object| object["metadata"]["ownerReferences"].is_null()).cloned().collect();
        let alone = evaluate(&snapshot(&alone), &plan);
        for (check, counts) in &report.counts {
            let other = alone.counts[check];
            if counts.unknown > other.unknown {
                surprises.push(format!("{example}: {check} is undecided of pods"));
            }
        }
    }
    assert!(judged > 50, "{judged}");
    assert!(surprises.is_empty(), "{} surprises:\n{}", surprises.len(), surprises.join("\n"));
}
