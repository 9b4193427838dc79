//! Which objects belong together, against a search through all of them, and by hand.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

use std::path::PathBuf;

use proptest::prelude::*;
use seawall_inventory::selector::Selector;
use seawall_inventory::{Object, PodView, Provenance, Recorder, Snapshot, Unit, UnitId, UnitKind, View};
use seawall_yaml::Limits;

/// A Snapshot of texts, each with the unit that rendered it, if any.
fn snapshot<'t>(texts: impl IntoIterator<Item = (Option<u32>, &'t str)>) -> Snapshot {
    let readings = texts.into_iter().enumerate().map(|(number, (unit, text))| {
        let provenance = match unit {
            None => Provenance::Verbatim,
            Some(unit) => Provenance::Rendered { unit: UnitId(unit), template: None },
        };
        let path = PathBuf::from(format!("{number:04}.yaml"));
        let reading = seawall_inventory::read(path, text.as_bytes(), provenance, &Limits::default());
        assert!(reading.problems.is_empty(), "{text}: {:?}", reading.problems);
        reading
    });
    let unit = |name: &str| Unit { path: PathBuf::from(name), kind: UnitKind::HelmChart };
    Snapshot::assemble(readings.collect(), vec![unit("a"), unit("b")], Vec::new(), Vec::new())
}

fn names<'s>(objects: impl IntoIterator<Item = &'s Object>) -> Vec<&'s str> {
    objects.into_iter().map(|object| object.metadata.name.as_str()).collect()
}

fn owners<'s>(pods: impl IntoIterator<Item = PodView<'s>>) -> Vec<&'s str> {
    names(pods.into_iter().map(|pod| pod.object))
}

/// Where an object stands, told slowly: the namespace that is written, else what it was rendered with.
fn place<'s>(snapshot: &Snapshot, object: &'s Object) -> (Option<UnitId>, &'s str) {
    let namespace = object.metadata.namespace.as_str();
    (snapshot.unit_of(object).filter(|_| namespace.is_empty()), namespace)
}

/// A few labels of few values, so that many objects share them.
fn labels() -> impl Strategy<Value = String> {
    proptest::collection::btree_map("[ab]", "[wxz]", 0..3).prop_map(|labels| {
        format!("{{{}}}", labels.iter().map(|(k, v)| format!("{k}: {v}")).collect::<Vec<_>>().join(", "))
    })
}

fn selector() -> impl Strategy<Value = String> {
    let expression = prop_oneof![
        ("[ab]", "(In|NotIn)", proptest::collection::vec("[wxz]", 1..4)).prop_map(
            |(key, operator, values)| format!(
                "{{key: {key}, operator: {operator}, values: [{}]}}",
                values.join(", ")
            )
        ),
        ("[ab]", "(Exists|DoesNotExist)")
            .prop_map(|(key, operator)| format!("{{key: {key}, operator: {operator}}}")),
    ];
    (labels(), proptest::collection::vec(expression, 0..3)).prop_map(|(labels, expressions)| {
        format!("{{matchLabels: {labels}, matchExpressions: [{}]}}", expressions.join(", "))
    })
}

fn selector_of(text: &str) -> Selector {
    let text = format!("apiVersion: policy/v1\nkind: PodDisruptionBudget\nspec: {{selector: {text}}}\n");
    let reading =
        seawall_inventory::read(PathBuf::new(), text.as_bytes(), Provenance::Verbatim, &Limits::default());
    let budget = reading.objects[0].body.disruption_budget().unwrap();
    Selector::of(Some(&budget.selector.clone().unwrap())).unwrap()
}

/// An object of one of the kinds that relate, in one of few namespaces, with one of few names.
fn object() -> impl Strategy<Value = (Option<u32>, String)> {
    let body = prop_oneof![
        4 => (labels(), "[mk]", "[ST]").prop_map(|(labels, claim, kind)| {
            let kind = if kind == "S" { "StatefulSet" } else { "Deployment" };
            format!("apiVersion: apps/v1\nkind: {kind}\nspec: {{template: {{metadata: {{labels: {labels}}}, spec: {{volumes: [\
                     {{persistentVolumeClaim: {{claimName: {claim}}}}}, {{persistentVolumeClaim: {{claimName: m}}}}]}}}}}}\n")
        }),
        2 => labels().prop_map(|labels| format!("apiVersion: v1\nkind: Service\nspec: {{selector: {labels}}}\n")),
        2 => (selector(), "(v1|v1beta1)").prop_map(|(selector, version)| {
            format!("apiVersion: policy/{version}\nkind: PodDisruptionBudget\nspec: {{selector: {selector}}}\n")
        }),
        1 => ("[mk]", "(apps|extensions)").prop_map(|(name, group)| format!(
            "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n\
             spec: {{scaleTargetRef: {{apiVersion: {group}/v1, kind: Deployment, name: {name}}}}}\n")),
        1 => "[mk]".prop_map(|name| format!(
            "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nspec: {{scaleTargetRef: {{name: {name}}}}}\n")),
        1 => Just("apiVersion: v1\nkind: PersistentVolumeClaim\nspec: {}\n".to_owned()),
        1 => Just("apiVersion: v1\nkind: ResourceQuota\nspec: {}\n".to_owned()),
        1 => Just("apiVersion: v1\nkind: Namespace\n".to_owned()),
    ];
    (body, "[mk]", "[mk]?", proptest::option::of(0..2_u32)).prop_map(|(body, name, namespace, unit)| {
        (unit, format!("{body}metadata: {{name: {name}, namespace: '{namespace}'}}\n"))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn indexes_find_what_a_search_finds(objects in proptest::collection::vec(object(), 1..30), wanted in selector()) {
        let snapshot = snapshot(objects.iter().map(|(unit, text)| (*unit, text.as_str())));
        let view = View::from(&snapshot);
        let same = |a: &Object, b: &Object| place(&snapshot, a) == place(&snapshot, b);
        let wanted = selector_of(&wanted);
        let places = |objects: Vec<&Object>| -> Vec<usize> {
            objects.iter().map(|one| snapshot.objects.iter().position(|other| std::ptr::eq(*one, other)).unwrap()).collect()
        };
        let search = |accept: &dyn Fn(&Object) -> bool| -> Vec<usize> {
            (0..snapshot.objects.len()).filter(|index| accept(&snapshot.objects[*index])).collect()
        };
        for object in &snapshot.objects {
            if object.kind == "Namespace" {
                let name = &object.metadata.name;
                prop_assert_eq!(
                    places(view.quotas(object).map(|(quota, _)| quota).collect()),
                    search(&|other| other.kind == "ResourceQuota" && other.metadata.namespace == *name)
                );
                continue;
            }
            prop_assert_eq!(
                places(view.quotas(object).map(|(quota, _)| quota).collect()),
                search(&|other| other.kind == "ResourceQuota" && same(object, other))
            );
            prop_assert_eq!(
                places(view.named(object, "apps", "Deployment", "m").collect()),
                search(&|other| other.kind == "Deployment" && other.metadata.name == "m" && same(object, other))
            );
            prop_assert_eq!(
                places(view.namespace_of(object).collect()),
                search(&|other| other.kind == "Namespace" && other.metadata.name == object.metadata.namespace)
            );
            prop_assert_eq!(
                places(view.pods_selected(object, &wanted).into_iter().map(|pod| pod.object).collect()),
                search(&|other| same(object, other) && other.pods.iter().any(|pod| wanted.matches(&pod.labels)))
            );
            prop_assert_eq!(
                places(view.pods_beside(object).map(|pod| pod.object).collect()),
                search(&|other| same(object, other) && !other.pods.is_empty())
            );
            if object.kind == "PersistentVolumeClaim" {
                let claims = |other: &Object| other.pods.iter().flat_map(|pod| &pod.spec.volumes).any(|volume| {
                    volume.persistent_volume_claim.as_ref().unwrap().claim_name == object.metadata.name
                });
                prop_assert_eq!(
                    places(view.pods_claiming(object).map(|pod| pod.object).collect()),
                    search(&|other| same(object, other) && claims(other))
                );
            }
            let mut scaling = places(view.autoscalers_of(object).collect());
            scaling.sort_unstable();
            prop_assert_eq!(scaling, search(&|other| same(object, other) && object.group() == "apps" && match other.kind.as_str() {
                "HorizontalPodAutoscaler" => {
                    let target = &other.body.autoscaler().unwrap().target;
                    target.api_version == "apps/v1" && object.kind == "Deployment" && target.name == object.metadata.name
                }
                "ScaledObject" => object.kind == "Deployment" && other.body.scaled_object().unwrap().target.name == object.metadata.name,
                _ => false,
            }));
            for pod in snapshot.pods_of(object) {
                let mut services = places(view.services_selecting(&pod).map(|(service, _)| service).collect());
                services.sort_unstable();
                prop_assert_eq!(services, search(&|other| other.body.service().is_some_and(|service| {
                    let all = service.selector.iter().all(|(key, value)| pod.template.labels.get(key) == Some(value));
                    same(object, other) && !service.selector.is_empty() && all
                })));
                let mut budgets = places(view.budgets_selecting(&pod).map(|(budget, _)| budget).collect());
                budgets.sort_unstable();
                prop_assert_eq!(budgets, search(&|other| other.body.disruption_budget().is_some_and(|budget| {
                    let selector = Selector::of(budget.selector.as_ref()).unwrap();
                    let old = other.api_version == "policy/v1beta1" && selector.is_everything();
                    same(object, other) && !old && selector.matches(&pod.template.labels)
                })));
            }
        }
    }
}

proptest! {
    // Each takes a Snapshot for each query and object.
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn an_answer_rests_on_what_is_noted(objects in proptest::collection::vec(object(), 1..16), wanted in selector()) {
        let texts: Vec<(Option<u32>, &str)> = objects.iter().map(|(unit, text)| (*unit, text.as_str())).collect();
        let snapshot = snapshot(texts.clone());
        let wanted = selector_of(&wanted);
        for number in 0..snapshot.objects.len() {
            for query in QUERIES {
                let recorder = Recorder::default();
                let answer = query(View::recorded(&snapshot, &recorder), number, &wanted);
                let reads = recorder.take();
                // Without all that nothing asked for, the answer is the same.
                let kept: Vec<usize> = (0..texts.len())
                    .filter(|other| {
                        *other == number || reads.iter().any(|read| read.concerns(&snapshot.objects[*other], &snapshot))
                    })
                    .collect();
                let less = self::snapshot(kept.iter().map(|other| texts[*other]));
                let at = kept.iter().position(|other| *other == number).unwrap();
                let again = query(View::from(&less), at, &wanted);
                let again: Vec<usize> = again.into_iter().map(|found| kept[found]).collect();
                prop_assert_eq!(answer, again, "{:?}", reads);
            }
        }
    }
}

type Query = fn(View<'_>, usize, &Selector) -> Vec<usize>;

/// Each query, asked for the object of a number; the numbers of what it finds.
const QUERIES: [Query; 12] = [
    |view, _, _| numbers(view, view.of_kind("apps", "Deployment")),
    |view, at, _| numbers(view, view.beside(own(view, at), "apps", "StatefulSet")),
    |view, at, _| numbers(view, view.named(own(view, at), "apps", "Deployment", "m")),
    |view, _, _| numbers(view, view.find("apps", "Deployment", "k", "m")),
    |view, at, _| numbers(view, view.namespace_of(own(view, at))),
    |view, at, _| numbers(view, view.quotas(own(view, at)).map(|(quota, _)| quota)),
    |view, at, _| {
        let services =
            view.pods_of(own(view, at)).flat_map(|pod| view.services_selecting(&pod).collect::<Vec<_>>());
        numbers(view, services.map(|(service, _)| service))
    },
    |view, at, _| {
        let budgets =
            view.pods_of(own(view, at)).flat_map(|pod| view.budgets_selecting(&pod).collect::<Vec<_>>());
        numbers(view, budgets.map(|(budget, _)| budget))
    },
    |view, at, _| numbers(view, view.autoscalers_of(own(view, at))),
    |view, at, wanted| {
        numbers(view, view.pods_selected(own(view, at), wanted).into_iter().map(|pod| pod.object))
    },
    |view, at, _| numbers(view, view.pods_beside(own(view, at)).map(|pod| pod.object)),
    |view, at, _| numbers(view, view.pods_claiming(own(view, at)).map(|pod| pod.object)),
];

fn own<'s>(view: View<'s>, number: usize) -> &'s Object {
    view.subject(number).unwrap()
}

fn numbers<'s>(view: View<'s>, found: impl Iterator<Item = &'s Object>) -> Vec<usize> {
    let number = |one: &Object| (0..).find(|other| std::ptr::eq(own(view, *other), one)).unwrap();
    let mut numbers: Vec<usize> = found.map(number).collect();
    numbers.sort_unstable();
    numbers
}

#[test]
fn charts_rendered_without_a_namespace_do_not_meet() {
    let quota = "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: QUOTA}\n";
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: pod}\nspec: {}\n";
    for (quota_unit, pod_unit, meets) in [
        (None, None, true),
        (Some(0), Some(0), true),
        (Some(0), Some(1), false),
        (Some(0), None, false),
        (None, Some(1), false),
    ] {
        let snapshot = snapshot([(quota_unit, quota), (pod_unit, pod)]);
        let view = View::from(&snapshot);
        let pod = view.of_kind("", "Pod").next().unwrap();
        let quota = view.of_kind("", "ResourceQuota").next().unwrap();
        assert_eq!(view.quotas(pod).count() == 1, meets, "{quota_unit:?} {pod_unit:?}");
        assert_eq!(view.share_namespace(pod, quota), meets, "{quota_unit:?} {pod_unit:?}");
    }
    // Once it is written, the namespace is one, whoever writes it.
    let quota = "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: quota, namespace: shop}\n";
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: pod, namespace: shop}\nspec: {}\n";
    let namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n";
    let snapshot = snapshot([(Some(0), quota), (None, pod), (Some(1), namespace)]);
    let view = View::from(&snapshot);
    let pod = view.of_kind("", "Pod").next().unwrap();
    let namespace = view.namespace_of(pod).next().unwrap();
    assert_eq!(names(view.quotas(pod).map(|(quota, _)| quota)), ["quota"]);
    assert_eq!(names(view.quotas(namespace).map(|(quota, _)| quota)), ["quota"]);
    assert_eq!(owners(view.pods_beside(namespace)), ["pod"]);
}

#[test]
fn what_stands_in_no_namespace_is_found_from_everywhere() {
    let class = "apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: gvisor, namespace: ignored}\nhandler: runsc\n";
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: pod, namespace: shop}\nspec: {}\n";
    let snapshot = snapshot([(Some(0), class), (Some(1), class), (None, pod)]);
    let view = View::from(&snapshot);
    let pod = view.of_kind("", "Pod").next().unwrap();
    assert_eq!(view.named(pod, "node.k8s.io", "RuntimeClass", "gvisor").count(), 2, "every definition");
    assert_eq!(view.find("node.k8s.io", "RuntimeClass", "", "gvisor").count(), 2);
    assert_eq!(view.named(pod, "node.k8s.io", "RuntimeClass", "kata").count(), 0);
    assert_eq!(view.find("", "Pod", "shop", "pod").count(), 1);
    assert_eq!(view.find("", "Pod", "", "pod").count(), 0);
}

#[test]
fn autoscalers_have_the_defaults_of_their_api() {
    for (text, expected) in [
        (
            "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nspec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: a}}\n",
            ("apps", "Deployment", 1, None),
        ),
        (
            "apiVersion: autoscaling/v1\nkind: HorizontalPodAutoscaler\nspec: {minReplicas: 0, maxReplicas: 3, scaleTargetRef: {kind: ReplicationController, name: a, apiVersion: v1}}\n",
            ("", "ReplicationController", 0, Some(3)),
        ),
        (
            "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nspec: {scaleTargetRef: {name: a}}\n",
            ("apps", "Deployment", 0, Some(100)),
        ),
        (
            "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nspec: {minReplicaCount: 2, maxReplicaCount: 5, scaleTargetRef: {name: a, kind: Rollout, apiVersion: argoproj.io/v1alpha1}}\n",
            ("argoproj.io", "Rollout", 2, Some(5)),
        ),
    ] {
        let snapshot = snapshot([(None, text)]);
        let scaling = snapshot.objects[0].autoscaling().unwrap();
        assert_eq!((scaling.group, scaling.kind, scaling.min, scaling.max), expected, "{text}");
        assert_eq!(scaling.name, "a");
    }
}

#[test]
fn files_are_not_all_of_a_cluster() {
    assert!(!snapshot([(None, "apiVersion: v1\nkind: Pod\nspec: {}\n")]).coverage.live);
}
