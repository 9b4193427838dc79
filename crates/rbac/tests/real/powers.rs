//! Who holds the powers in clusters of real projects: exactly those whom a real API server lets do what makes them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use seawall_inventory::{KubernetesVersion, Object, Provenance, saved};
use seawall_rbac::power::{POWERS, Power};
use seawall_rbac::{Attributes, Policy, Subject, Target};
use seawall_yaml::Limits;
use serde_json::{Value, json};

use super::client::Ask;
use super::live::Live;
use super::world::{GROUP, World};

/// The version of the API server.
const VERSION: KubernetesVersion = KubernetesVersion::minor(36);

/// The projects of which roles and bindings are taken.
const PROJECTS: [&str; 4] = ["argo-cd", "kube-prometheus", "kubernetes-goat", "microservices-demo"];

/// A chart, of which those that Helm renders are taken.
const CHART: &str = "charts/ingress-nginx/charts/ingress-nginx";

/// Whose members are asked about by no authorizer.
const MASTERS: &str = "system:masters";

/// Somebody, and where: in a namespace, or everywhere.
type Holder = (Subject, Option<String>);

#[test]
fn powers_are_held_by_whom_the_api_server_lets() {
    let mut live = Live::start();
    let mut world = World { objects: objects() };
    let namespaces: BTreeSet<String> = world.objects.iter().filter_map(namespace).collect();
    for namespace in &namespaces {
        let body = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}});
        let said = live.client.ask(&Ask::post("/api/v1/namespaces", body));
        assert!(matches!(said.status, 201 | 409), "{}", said.body);
    }
    live.fill(&mut world);
    assert!(world.objects.len() > 40, "{} objects were taken", world.objects.len());

    let snapshot = live.snapshot();
    let policy = Policy::new(&snapshot);
    let candidates = candidates(&snapshot.objects);
    let (mut held, mut more) = (0, 0);
    for power in POWERS {
        let (holdings, doubts) = policy.holders_of(power, VERSION);
        assert_eq!(doubts, [], "{}", power.name);
        let found: BTreeSet<Holder> = holdings
            .into_iter()
            .filter(|holding| holding.subject != Subject::Group(MASTERS.into()))
            .map(|holding| (holding.subject, holding.namespace.map(|namespace| namespace.to_string())))
            .collect();
        // Who holds it everywhere holds it in each namespace.
        let everywhere = |subject: &Subject| found.contains(&(subject.clone(), None));
        let found: BTreeSet<Holder> = found
            .iter()
            .filter(|(subject, place)| place.is_none() || !everywhere(subject))
            .cloned()
            .collect();
        let expected = expected(&live, power, &candidates);
        assert_eq!(found, expected, "{}", power.name);
        held += found.len();
        more += usize::from(found.iter().any(|(subject, _)| matches!(subject, Subject::ServiceAccount(..))));
    }
    println!("{} subjects and places, {held} hold a power, of {more} powers an account", candidates.len());
    assert!(held > 100 && more > 12, "{held} {more}");
}

/// Whom the API server lets do all that a power needs.
fn expected(live: &Live, power: &Power, candidates: &BTreeSet<Holder>) -> BTreeSet<Holder> {
    let places: Vec<&Holder> = candidates
        .iter()
        .filter(|(_, place)| match place.as_deref() {
            None => true,
            Some(namespace) => power.namespaced && power.only.is_none_or(|only| only == namespace),
        })
        .collect();
    let mut reviews = Vec::new();
    for (subject, place) in &places {
        for asks in power.needs {
            for ask in asks.iter().filter(|ask| ask.versions.contains(VERSION)) {
                reviews.push(review(subject, place.as_deref().unwrap_or_default(), &ask.attributes()));
            }
        }
    }
    let mut answers = live.review(&reviews).into_iter();
    let mut may: BTreeMap<&Holder, bool> = BTreeMap::new();
    for place in places {
        let mut all = true;
        for asks in power.needs {
            let asks = asks.iter().filter(|ask| ask.versions.contains(VERSION)).count();
            // All are taken.
            let any = answers.by_ref().take(asks).fold(false, |any, (allowed, _)| any | allowed);
            all &= any;
        }
        may.insert(place, all);
    }
    let everywhere = |subject: &Subject| may.get(&(subject.clone(), None)).copied().unwrap_or_default();
    let holders = may.iter().filter(|(_, may)| **may).map(|(holder, _)| (*holder).clone());
    holders.filter(|(subject, place)| place.is_none() || !everywhere(subject)).collect()
}

fn review(subject: &Subject, namespace: &str, attributes: &Attributes<'_>) -> Value {
    let Target::Resource(asked) = attributes.target else { panic!("a power over a path") };
    let (user, groups) = match subject {
        Subject::User(name) => (name.to_string(), Vec::new()),
        Subject::Group(name) => ("somebody".to_owned(), vec![name.to_string()]),
        Subject::ServiceAccount(namespace, name) => {
            (format!("system:serviceaccount:{namespace}:{name}"), Vec::new())
        }
    };
    json!({
        "apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
        "spec": {"user": user, "groups": groups, "resourceAttributes": {
            "verb": attributes.verb, "group": asked.group, "resource": asked.resource,
            "subresource": asked.subresource, "namespace": namespace, "name": asked.name,
        }},
    })
}

/// Everybody whom a binding names, everywhere and where he is named; but for the group that nobody asks about.
fn candidates(objects: &[Object]) -> BTreeSet<Holder> {
    let mut candidates = BTreeSet::new();
    for object in objects {
        let Some(binding) = object.body.role_binding() else { continue };
        let namespace = &object.metadata.namespace;
        for subject in binding.subjects.iter().filter_map(|subject| Subject::of(subject, namespace)) {
            if subject == Subject::Group(MASTERS.into()) {
                continue;
            }
            candidates.insert((subject.clone(), None));
            if !namespace.is_empty() {
                candidates.insert((subject, Some(namespace.to_string())));
            }
        }
    }
    candidates
}

/// The roles and bindings of the projects, each with its namespace.
fn objects() -> Vec<Value> {
    let corpus = seawall_rig::corpus().unwrap();
    let mut files = Vec::new();
    for project in PROJECTS {
        let before = files.len();
        collect(&corpus.join("manifests").join(project), &mut files);
        assert!(files.len() > before, "{project} has no manifests");
    }
    let texts = files.into_iter().map(|file| (std::fs::read(&file).unwrap(), file));
    let mut objects = Vec::new();
    for (text, file) in texts.chain([(rendered(&corpus.join(CHART)), CHART.into())]) {
        let reading = seawall_inventory::read(file, &text, Provenance::Verbatim, &Limits::default());
        for object in reading.objects.iter().filter(|object| object.group() == GROUP) {
            let mut value: Value = serde_json::from_str(&saved::object_line(object)).unwrap();
            let fields = value.as_object_mut().unwrap();
            fields.retain(|name, _| FIELDS.contains(&name.as_str()));
            if !object.kind.starts_with("Cluster") && object.metadata.namespace.is_empty() {
                value["metadata"]["namespace"] = json!("default");
            }
            objects.push(value);
        }
    }
    objects
}

/// A chart with its own values.
fn rendered(chart: &Path) -> Vec<u8> {
    let helm = seawall_rig::tool(seawall_rig::Tool::Helm4).unwrap();
    let output =
        std::process::Command::new(helm).args(["template", "release-name"]).arg(chart).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// What the API server is told of an object.
const FIELDS: [&str; 7] =
    ["apiVersion", "kind", "metadata", "rules", "aggregationRule", "roleRef", "subjects"];

fn namespace(object: &Value) -> Option<String> {
    object["metadata"]["namespace"].as_str().map(str::to_owned)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
            files.push(path);
        }
    }
}
