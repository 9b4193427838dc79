//! What an object says itself: without what identifies it, and without what the API server fills in.

use smol_str::SmolStr;

use super::defaults::Value::Text;
use super::defaults::{DEFAULTS, LABELS, TELLING};
use super::difference::same;
use crate::image::ImageReference;
use crate::object::Object;
use crate::tree::{Entries, Tree};

/// What an object says besides defaults, and besides what identifies it.
pub(super) fn without(object: &Object) -> Entries {
    let Tree::Map(mut fields) = object.tree() else { return Vec::new() };
    fields.retain(|(key, _)| !matches!(key.as_str(), "apiVersion" | "kind" | crate::mark::KEY));
    for (key, value) in &mut fields {
        if let ("metadata", Tree::Map(metadata)) = (key.as_str(), value) {
            metadata.retain(|(key, _)| matches!(key.as_str(), "labels" | "annotations"));
        }
    }
    if !is_built_in(object.group()) {
        fields.retain(|(_, value)| !value.is_nothing());
        return fields;
    }
    match object.kind.as_str() {
        "Secret" => one_data(&mut fields),
        "HorizontalPodAutoscaler" => one_metric(&mut fields),
        "Pod" => pod(&mut fields),
        "ReplicationController" => labels_of_pods(object, &mut fields),
        "NetworkPolicy" => policy_types(&mut fields),
        _ => {}
    }
    strip(&object.kind, "", &mut fields);
    fields
}

/// Groups of Kubernetes itself: without a dot, or of k8s.io.
fn is_built_in(group: &str) -> bool {
    !group.contains('.') || group.ends_with(".k8s.io")
}

/// `stringData` is written over `data` (pkg/registry/core/secret/strategy.go).
fn one_data(fields: &mut Entries) {
    let Some(at) = fields.iter().position(|(key, _)| key == "stringData") else { return };
    let (_, texts) = fields.remove(at);
    let mut tree = Tree::Map(std::mem::take(fields));
    if let (Tree::Map(texts), Some(data)) = (texts, tree.at(&seawall_yaml::Path::root().field("data"))) {
        data.retain(|(key, _)| !texts.iter().any(|(name, _)| name == key));
        data.extend(texts);
    }
    if let Tree::Map(whole) = tree {
        *fields = whole;
    }
}

/// The one metric of v1, as v2 has it; and without metrics, 80 percent of the CPU.
fn one_metric(fields: &mut Entries) {
    let Some(Tree::Map(spec)) = fields.iter_mut().find(|(key, _)| key == "spec").map(|(_, spec)| spec) else {
        return;
    };
    let old = spec.iter().position(|(key, _)| key == "targetCPUUtilizationPercentage");
    let percent = match old.map(|at| spec.remove(at).1) {
        Some(Tree::Int(percent)) => percent,
        _ if spec.iter().any(|(key, _)| key == "metrics") => return,
        _ => 80,
    };
    let text = |key: &'static str, text: &'static str| {
        (SmolStr::new_static(key), Tree::Text(SmolStr::new_static(text)))
    };
    let target =
        vec![text("type", "Utilization"), (SmolStr::new_static("averageUtilization"), Tree::Int(percent))];
    let cpu = vec![text("name", "cpu"), (SmolStr::new_static("target"), Tree::Map(target))];
    let metric = Tree::Map(vec![text("type", "Resource"), (SmolStr::new_static("resource"), Tree::Map(cpu))]);
    spec.push((SmolStr::new_static("metrics"), Tree::List(vec![metric])));
}

/// SetDefaults_ReplicationController: without labels it has those of its pods.
fn labels_of_pods(object: &Object, fields: &mut Entries) {
    let same = object.pods.iter().any(|pod| pod.labels == object.metadata.labels);
    for (key, value) in fields {
        if let ("metadata", Tree::Map(metadata), true) = (key.as_str(), value, same) {
            metadata.retain(|(key, _)| key != "labels");
        }
    }
}

/// SetDefaults_NetworkPolicy: without directions it is about ingress, and about egress when it has rules for it.
fn policy_types(fields: &mut Entries) {
    let Some(Tree::Map(spec)) = fields.iter_mut().find(|(key, _)| key == "spec").map(|(_, spec)| spec) else {
        return;
    };
    let has_egress = spec.iter().any(|(key, value)| key == "egress" && !value.is_nothing());
    let directions = ["Ingress", "Egress"].into_iter().take(if has_egress { 2 } else { 1 });
    let default: Vec<Tree> = directions.map(|one| Tree::Text(SmolStr::new_static(one))).collect();
    spec.retain(|(key, value)| key != "policyTypes" || *value != Tree::List(default.clone()));
}

/// What admission adds to pods: the volume of the account's token (plugin/pkg/admission/serviceaccount), tolerations of short
/// failures of nodes (plugin/pkg/admission/defaulttolerationseconds); and their ports, when they stand in the network of the node
/// (defaultHostNetworkPorts of pkg/apis/core/v1/defaults.go).
fn pod(fields: &mut Entries) {
    let Some(Tree::Map(spec)) = fields.iter_mut().find(|(key, _)| key == "spec").map(|(_, spec)| spec) else {
        return;
    };
    let on_node = spec.iter().any(|(key, value)| key == "hostNetwork" && *value == Tree::Bool(true));
    each(spec, &["volumes"], &mut |volumes| volumes.retain(|volume| !is_token(volume)));
    each(spec, &["tolerations"], &mut |tolerations| tolerations.retain(|one| !is_added(one)));
    each(spec, &["containers", "initContainers", "ephemeralContainers"], &mut |containers| {
        for container in containers {
            let Tree::Map(container) = container else { continue };
            each(container, &["volumeMounts"], &mut |mounts| mounts.retain(|mount| !is_token(mount)));
            each(container, &["ports"], &mut |ports| {
                for port in ports.iter_mut().filter(|_| on_node) {
                    let own = port.get("containerPort").cloned();
                    if let Tree::Map(port) = port {
                        port.retain(|(key, value)| key != "hostPort" || Some(value) != own.as_ref());
                    }
                }
            });
        }
    });
}

/// Calls `change` for each list of these names.
fn each(fields: &mut Entries, names: &[&str], change: &mut dyn FnMut(&mut Vec<Tree>)) {
    for (key, value) in fields {
        if let (true, Tree::List(items)) = (names.contains(&key.as_str()), value) {
            change(items);
        }
    }
}

fn is_token(named: &Tree) -> bool {
    matches!(named.get("name"), Some(Tree::Text(name)) if name.starts_with("kube-api-access-"))
}

fn is_added(toleration: &Tree) -> bool {
    let keys = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];
    let known = matches!(toleration.get("key"), Some(Tree::Text(key)) if keys.contains(&key.as_str()));
    known && toleration.get("tolerationSeconds") == Some(&Tree::Int(300))
}

fn strip(kind: &str, parent: &str, fields: &mut Entries) {
    for (key, value) in fields.iter_mut() {
        match value {
            Tree::Map(below) => strip(kind, key, below),
            Tree::List(items) => {
                for item in items {
                    if let Tree::Map(below) = item {
                        strip(kind, key, below);
                    }
                }
            }
            _ => {}
        }
    }
    derived(kind, parent, fields);
    fields.retain(|(key, value)| {
        let is_default = DEFAULTS.iter().any(|(of, under, field, default)| {
            (of.is_empty() || *of == kind) && *under == parent && field == key && default.is(value)
        });
        let is_added = parent == "labels" && LABELS.contains(&key.as_str());
        let tells = TELLING.contains(&key.as_str())
            || key.ends_with("elector")
            || parent == "labels"
            || parent == "annotations";
        !is_default && !is_added && (tells || !value.is_nothing())
    });
}

/// Defaults that other fields say.
fn derived(kind: &str, parent: &str, fields: &mut Entries) {
    let text = |fields: &Entries, name: &str| match fields.iter().find(|(key, _)| key == name) {
        Some((_, Tree::Text(text))) => Some(text.clone()),
        _ => None,
    };
    // SetDefaults_Container, SetDefaults_VolumeSource: `Always` for the tag `latest`.
    for (image, policy) in [("image", "imagePullPolicy"), ("reference", "pullPolicy")] {
        if let Some(image) = text(fields, image) {
            let latest =
                ImageReference::parse(&image).is_ok_and(|image| image.effective_tag() == Some("latest"));
            let default = if latest { "Always" } else { "IfNotPresent" };
            fields.retain(|(key, value)| !(key == policy && Text(default).is(value)));
        }
    }
    // pkg/apis/core/v1/conversion.go: the old name of the field is kept equal.
    if let Some(old) = fields.iter().position(|(key, _)| key == "serviceAccount") {
        let (_, name) = fields.remove(old);
        if !fields.iter().any(|(key, _)| key == "serviceAccountName") && !Text("default").is(&name) {
            fields.push((SmolStr::new_static("serviceAccountName"), name));
        }
    }
    // SetDefaults_Pod: what is limited and not asked for is asked for as it is limited. SetDefaults_LimitRangeItem likewise.
    for (from, to) in
        [("limits", "requests"), ("default", "defaultRequest"), ("max", "default"), ("min", "defaultRequest")]
    {
        implied(fields, from, to);
    }
    // SetDefaults_Service: the port of the pods is the Service's. An address that was allocated says nothing.
    if kind == "Service" && parent == "ports" {
        let port = fields.iter().find(|(key, _)| key == "port").map(|(_, port)| port.clone());
        fields.retain(|(key, value)| key != "targetPort" || Some(value) != port.as_ref());
    }
}

/// Takes out of `to` what is as in `from`.
fn implied(fields: &mut Entries, from: &str, to: &str) {
    let Some((_, Tree::Map(source))) = fields.iter().find(|(key, _)| key == from) else { return };
    let source = source.clone();
    for (key, value) in fields.iter_mut() {
        if let (true, Tree::Map(target)) = (key == to, value) {
            target.retain(|(name, value)| {
                let same_value = source.iter().any(|(other, limit)| match (limit, &*value) {
                    (Tree::Text(one), Tree::Text(two)) => other == name && same(one, two),
                    _ => false,
                });
                !same_value
            });
        }
    }
}
