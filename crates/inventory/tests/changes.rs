//! A Snapshot that follows changes answers as one that is assembled anew.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use proptest::prelude::*;
use seawall_inventory::selector::Selector;
use seawall_inventory::{Change, Object, ObjectRef, PodView, Provenance, Reading, Snapshot, View};
use seawall_yaml::Limits;

fn read(text: &str) -> Reading {
    let reading =
        seawall_inventory::read(PathBuf::from("list"), text.as_bytes(), Provenance::Live, &Limits::default());
    assert!(reading.problems.is_empty(), "{text}: {:?}", reading.problems);
    reading
}

fn object(text: &str) -> Object {
    read(text).objects.remove(0)
}

fn assemble(objects: Vec<Object>) -> Snapshot {
    let reading = Reading { objects, ..read("") };
    Snapshot::assemble(vec![reading], Vec::new(), Vec::new(), Vec::new())
}

/// What changes: an object with what it is now, or that it is gone. Few identities, so that changes meet.
fn change() -> impl Strategy<Value = (String, bool)> {
    let labels = "(\\{\\}|\\{a: w\\}|\\{a: x, b: w\\}|\\{b: x\\})";
    let body = prop_oneof![
        4 => (labels, "[mk]").prop_map(|(labels, claim)| format!(
            "apiVersion: apps/v1\nkind: Deployment\nspec: {{template: {{metadata: {{labels: {labels}}}, spec: \
             {{volumes: [{{persistentVolumeClaim: {{claimName: {claim}}}}}]}}}}}}\n")),
        2 => labels.prop_map(|labels| format!("apiVersion: v1\nkind: Service\nspec: {{selector: {labels}}}\n")),
        2 => (labels, "(v1|v1beta1)").prop_map(|(labels, version)| format!(
            "apiVersion: policy/{version}\nkind: PodDisruptionBudget\nspec: {{selector: {{matchLabels: {labels}}}}}\n")),
        1 => "[mk]".prop_map(|name| format!(
            "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n\
             spec: {{scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: {name}}}}}\n")),
        1 => Just("apiVersion: v1\nkind: PersistentVolumeClaim\nspec: {}\n".to_owned()),
        1 => labels.prop_map(|labels| format!("apiVersion: v1\nkind: Namespace\nlabels: {labels}\n")),
    ];
    (body, "[mk]", "[mk]", proptest::bool::weighted(0.3)).prop_map(|(body, name, namespace, gone)| {
        let namespace =
            if body.contains("Namespace") { String::new() } else { format!(", namespace: {namespace}") };
        (format!("{body}metadata: {{name: {name}{namespace}}}\n"), gone)
    })
}

fn name(object: &Object) -> String {
    format!("{} {}", object.reference(), object.api_version)
}

fn names<'s>(objects: impl IntoIterator<Item = &'s Object>) -> Vec<String> {
    objects.into_iter().map(name).collect()
}

fn owners<'s>(pods: impl IntoIterator<Item = PodView<'s>>) -> Vec<String> {
    names(pods.into_iter().map(|pod| pod.object))
}

/// What every query answers about every object.
fn answers(snapshot: &Snapshot) -> Vec<String> {
    let view = View::from(snapshot);
    let kinds = [
        ("apps", "Deployment"),
        ("", "Service"),
        ("policy", "PodDisruptionBudget"),
        ("autoscaling", "HorizontalPodAutoscaler"),
        ("", "PersistentVolumeClaim"),
        ("", "Namespace"),
    ];
    let mut answers: Vec<String> =
        kinds.iter().map(|(group, kind)| format!("{kind}: {:?}", names(view.of_kind(group, kind)))).collect();
    for object in snapshot.objects.iter().filter(|object| !object.is_vacant()) {
        let mut told: Vec<(String, Vec<String>)> = Vec::new();
        for (group, kind) in kinds {
            told.push((format!("beside {kind}"), names(view.beside(object, group, kind))));
            for other in ["m", "k"] {
                told.push((format!("named {kind} {other}"), names(view.named(object, group, kind, other))));
            }
        }
        told.push(("namespace".to_owned(), names(view.namespace_of(object))));
        told.push(("autoscalers".to_owned(), names(view.autoscalers_of(object))));
        told.push(("pods".to_owned(), owners(view.pods_beside(object))));
        told.push(("claiming".to_owned(), owners(view.pods_claiming(object))));
        for selector in ["a=w", "a", "b in (w,x)", "!a", ""] {
            let wanted = Selector::parse(selector).unwrap();
            told.push((format!("selected {selector}"), owners(view.pods_selected(object, &wanted))));
        }
        for pod in view.pods_of(object) {
            told.push((
                "services".to_owned(),
                names(view.services_selecting(&pod).map(|(service, _)| service)),
            ));
            told.push(("budgets".to_owned(), names(view.budgets_selecting(&pod).map(|(budget, _)| budget))));
        }
        answers.push(format!("{}: {told:#?}", name(object)));
    }
    answers
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_snapshot_answers_as_one_of_the_same_objects(
        batches in proptest::collection::vec(proptest::collection::vec(change(), 0..8), 1..12),
    ) {
        let mut snapshot = Snapshot::default();
        let mut expected: BTreeMap<ObjectRef, Object> = BTreeMap::new();
        for batch in batches {
            let before: Vec<Object> = snapshot.objects.clone();
            let mut changes = Vec::new();
            for (text, gone) in batch {
                let object = object(&text);
                let reference = object.reference();
                if gone {
                    expected.remove(&reference);
                    changes.push(Change::Removed(reference));
                } else {
                    expected.insert(reference, object.clone());
                    changes.push(Change::Set(Box::new(object)));
                }
            }
            let changed = snapshot.apply(changes);

            // Numbers stay, and what is told to have changed is what has.
            let same = |a: Option<&Object>, b: Option<&Object>| match (a, b) {
                (Some(a), Some(b)) => a.says_the_same(b),
                (None, None) => true,
                (None, Some(one)) | (Some(one), None) => one.is_vacant(),
            };
            for number in 0..snapshot.objects.len() {
                let told = changed.iter().any(|changed| changed.object == number);
                let differs = !same(before.get(number), snapshot.objects.get(number));
                prop_assert_eq!(told, differs, "{}", number);
            }

            let standing: Vec<Object> =
                snapshot.objects.iter().filter(|object| !object.is_vacant()).cloned().collect();
            let mut kept: Vec<ObjectRef> = standing.iter().map(Object::reference).collect();
            let anew = assemble(standing);
            prop_assert_eq!(answers(&snapshot), answers(&anew));
            kept.sort();
            prop_assert_eq!(kept, expected.keys().cloned().collect::<Vec<_>>());
            for object in snapshot.objects.iter().filter(|object| !object.is_vacant()) {
                prop_assert!(object.says_the_same(&expected[&object.reference()]));
            }
        }
    }
}

const POD: &str =
    "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: b, labels: {a: w}}\nspec: {hostPID: true}\n";

#[test]
fn what_is_known_is_no_change() {
    let mut snapshot = Snapshot::default();
    let set = |text: &str| vec![Change::Set(Box::new(object(text)))];
    assert_eq!(snapshot.apply(set(POD)).len(), 1);
    let status =
        format!("{POD}status: {{phase: Running}}\n").replace("{name: a", "{resourceVersion: '7', name: a");
    assert!(snapshot.apply(set(&status)).is_empty());
    for changed in [
        POD.replace("true", "false"),
        POD.replace("a: w", "a: x"),
        POD.replace("labels: {a: w}", "annotations: {seawall.dev/ignore: 'SW1003: why'}"),
    ] {
        assert_eq!(snapshot.apply(set(&changed)).len(), 1, "{changed}");
        assert!(snapshot.apply(set(&changed)).is_empty(), "{changed}");
    }
    // Twice in one batch: the last one counts.
    let both = [set(POD), set(&POD.replace("true", "false")), set(POD)].into_iter().flatten().collect();
    let changed = snapshot.apply(both);
    assert!(changed.len() == 1 && snapshot.objects[0].says_the_same(&object(POD)));
}

#[test]
fn numbers_and_places_are_given_again() {
    let mut snapshot = Snapshot::default();
    for round in 0..5_000 {
        let text = POD.replace("namespace: b", &format!("namespace: n{round}"));
        let reference = object(&text).reference();
        snapshot.apply(vec![Change::Set(Box::new(object(&text)))]);
        assert_eq!(View::from(&snapshot).find("", "Pod", &format!("n{round}"), "a").count(), 1);
        snapshot.apply(vec![Change::Removed(reference)]);
        assert_eq!(View::from(&snapshot).of_kind("", "Pod").count(), 0);
    }
    assert_eq!(snapshot.objects.len(), 1);
}
