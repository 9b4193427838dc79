//! Sequences of changes of a cluster, from the examples and cases of the checks: those of an example relate to each other.

use std::path::PathBuf;

use seawall_checks::Check;
use seawall_inventory::{Change, Object, ObjectRef, Provenance, Reading};
use seawall_rig::Random;
use seawall_yaml::Limits;
use serde_json::{Map, Value, json};

/// What changes are drawn from.
pub struct Chance(Random);

impl Chance {
    pub fn of(seed: u64) -> Self {
        // Seeds that follow each other would give the same numbers, shifted.
        Self(Random::seeded(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }

    pub fn below(&mut self, bound: usize) -> usize {
        self.0.below(bound.max(1))
    }

    pub fn one_in(&mut self, bound: usize) -> bool {
        self.below(bound) == 0
    }

    fn of_all<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// Objects of the examples and cases of all checks.
pub struct Pool {
    /// By example.
    examples: Vec<Vec<Value>>,
    /// Those of several objects, which are about how they relate.
    related: Vec<Vec<Value>>,
    /// Of kinds that other objects are judged by, by kind.
    judged_by: Vec<Vec<Value>>,
    checks: Vec<&'static str>,
}

const JUDGED_BY: [&str; 12] = [
    "LimitRange",
    "ResourceQuota",
    "Namespace",
    "Service",
    "PodDisruptionBudget",
    "HorizontalPodAutoscaler",
    "PersistentVolumeClaim",
    "ConfigMap",
    "Secret",
    "ServiceAccount",
    "StorageClass",
    "RuntimeClass",
];

impl Pool {
    pub fn of_examples(checks: &[&'static Check]) -> Self {
        let mut examples = Vec::new();
        let cases = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../checks/tests/cases");
        for check in checks {
            let mut texts = [check.meta.examples("bad"), check.meta.examples("good")].concat();
            if let Ok(cases) = std::fs::read_to_string(cases.join(format!("{}.yaml", check.meta.id))) {
                texts.extend(cases.split("\n# case ").map(|case| format!("# {case}")));
            }
            examples.extend(texts.iter().map(|text| documents(text)).filter(|example| !example.is_empty()));
        }
        let of_kind = |kind: &&str| -> Vec<Value> {
            examples.iter().flatten().filter(|document| document["kind"] == **kind).cloned().collect()
        };
        let judged_by: Vec<Vec<Value>> = JUDGED_BY.iter().map(of_kind).collect();
        let related: Vec<Vec<Value>> = examples.iter().filter(|example| example.len() > 1).cloned().collect();
        assert!(judged_by.iter().all(|documents| !documents.is_empty()) && related.len() > 50);
        Self { examples, related, judged_by, checks: checks.iter().map(|check| check.meta.id).collect() }
    }

    /// Each so many-th example, in namespace `a`.
    pub fn some_readings(&self, step: usize) -> Vec<Reading> {
        let documents = self.examples.iter().step_by(step).flatten();
        let placed = documents.map(|document| {
            let mut document = document.clone();
            metadata(&mut document).insert("namespace".to_owned(), json!("a"));
            reading(&document.to_string())
        });
        placed.collect()
    }

    /// What can happen to the objects of a few examples.
    pub fn sequence(&self, chance: &mut Chance) -> Sequence<'_> {
        let mut documents: Vec<&Value> = chance.of_all(&self.related).iter().collect();
        documents.extend((0..2).flat_map(|_| chance.of_all(&self.examples)).take(6));
        for _ in 0..2 {
            let of_a_kind = chance.of_all(&self.judged_by);
            documents.push(chance.of_all(of_a_kind));
        }
        Sequence { pool: self, documents, standing: Vec::new() }
    }
}

pub struct Sequence<'p> {
    pool: &'p Pool,
    documents: Vec<&'p Value>,
    standing: Vec<ObjectRef>,
}

impl Sequence<'_> {
    /// Up to `most` changes.
    pub fn batch(&mut self, chance: &mut Chance, most: usize) -> Vec<Change> {
        (0..1 + chance.below(most)).map(|_| self.change(chance)).collect()
    }

    fn change(&mut self, chance: &mut Chance) -> Change {
        if !self.standing.is_empty() && chance.below(10) < 3 {
            return Change::Removed(self.standing.swap_remove(chance.below(self.standing.len())));
        }
        let mut document = (*chance.of_all(&self.documents)).clone();
        self.mutate(&mut document, chance);
        let object = object(&document.to_string());
        let reference = object.reference();
        if !self.standing.contains(&reference) {
            self.standing.push(reference);
        }
        Change::Set(Box::new(object))
    }

    /// Moves, renames, gives an owner, relabels, suppresses, takes something away.
    fn mutate(&self, document: &mut Value, chance: &mut Chance) {
        let is_namespace = document["kind"] == "Namespace";
        let place = *chance.of_all(&["a", "a", "a", "b"]);
        let other = text(&chance.of_all(&self.documents)["metadata"]["name"]).to_owned();
        let meta = metadata(document);
        if is_namespace {
            meta.insert("name".to_owned(), json!(place));
        } else {
            meta.insert("namespace".to_owned(), json!(place));
            if chance.one_in(5) && !other.is_empty() {
                meta.insert("name".to_owned(), json!(other));
            }
            if text(&meta["name"]).is_empty() {
                meta.insert("name".to_owned(), json!("nameless"));
            }
        }
        if chance.one_in(3) {
            let owner = *chance.of_all(&self.documents);
            let uid = *chance.of_all(&["", "u", "v"]);
            let reference = json!({"apiVersion": owner["apiVersion"], "kind": owner["kind"],
                "name": text(&owner["metadata"]["name"]), "uid": uid, "controller": true});
            meta.insert("ownerReferences".to_owned(), json!([reference]));
        }
        if chance.one_in(3) {
            meta.insert("uid".to_owned(), json!(chance.of_all(&["u", "v"])));
        }
        if chance.one_in(8) {
            let name = text(&meta["name"]);
            let prefix = name.chars().take(2).collect::<String>();
            meta.insert("generateName".to_owned(), json!(prefix));
        }
        if chance.one_in(10) {
            let why = format!("{}: because", chance.of_all(&self.pool.checks));
            meta.insert("annotations".to_owned(), json!({"seawall.dev/ignore": why}));
        }
        if chance.one_in(8) {
            document["status"] =
                json!({"phase": "Failed", "conditions": [{"type": "Failed", "status": "True"}]});
            if document["spec"]["replicas"].is_number() {
                document["spec"]["replicas"] = json!(0);
            }
        }
        if chance.one_in(3) {
            each_map(document, &mut |key, map| {
                if matches!(key, "labels" | "matchLabels" | "selector") && chance.one_in(2) {
                    let keys: Vec<String> = map
                        .iter()
                        .filter(|(_, value)| value.is_string())
                        .map(|(key, _)| key.clone())
                        .collect();
                    if !keys.is_empty() {
                        map.insert(chance.of_all(&keys).clone(), json!(chance.of_all(&["x", "y"])));
                    }
                }
            });
        }
        if chance.one_in(6) {
            each_map(document, &mut |key, map| {
                if !matches!(key, "" | "metadata") && chance.one_in(8) {
                    let keys: Vec<String> = map.keys().cloned().collect();
                    if !keys.is_empty() {
                        map.remove(chance.of_all(&keys));
                    }
                }
            });
        }
    }
}

/// Calls `found` with each map in a document and the key that it stands at; the root stands at none.
fn each_map(document: &mut Value, found: &mut dyn FnMut(&str, &mut Map<String, Value>)) {
    fn below(key: &str, value: &mut Value, found: &mut dyn FnMut(&str, &mut Map<String, Value>)) {
        match value {
            Value::Object(map) => {
                found(key, map);
                map.iter_mut().for_each(|(key, value)| below(key, value, found));
            }
            Value::Array(items) => items.iter_mut().for_each(|item| below("", item, found)),
            _ => {}
        }
    }
    below("", document, found);
}

fn metadata(document: &mut Value) -> &mut Map<String, Value> {
    if !document["metadata"].is_object() {
        document["metadata"] = json!({});
    }
    let metadata = document["metadata"].as_object_mut().unwrap();
    metadata.entry("name").or_insert(json!(""));
    metadata
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn documents(text: &str) -> Vec<Value> {
    let stream = seawall_yaml::parse(text.as_bytes(), &Limits::default());
    let values = stream.documents.iter().filter_map(|document| {
        let value: Value = seawall_yaml::de::from_node(document.root()).ok()?;
        let is_one = value["kind"].is_string() && value["apiVersion"].is_string() && value["items"].is_null();
        is_one.then_some(value)
    });
    values.collect()
}

fn reading(text: &str) -> Reading {
    seawall_inventory::read(PathBuf::from("list"), text.as_bytes(), Provenance::Live, &Limits::default())
}

/// The object of a document.
pub fn object(text: &str) -> Object {
    reading(text).objects.pop().unwrap_or_else(|| panic!("no object: {text}"))
}
