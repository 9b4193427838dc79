//! What nodes may write is what the API server's admission plugin `NodeRestriction` lets them write.

mod objects;
mod writes;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use seawall_inventory::{KubernetesVersion, Object, Snapshot};
use seawall_rbac::{Admission, NodeRestriction, NodeWrite, Operation, Policy, User};
use seawall_rig::{Random, Setup, fresh_seed};
use seawall_yaml::{Document, Limits};
use serde_json::{Value, json};

use self::objects::Objects;
use super::client::{Ask, Said};
use super::live::{Live, PATIENCE};

/// Writes of nodes: more than 2,000.
const WRITES: usize = 4000;

/// What a node writes.
#[derive(Clone, Debug)]
pub struct Case {
    user: String,
    operation: Operation,
    group: &'static str,
    resource: &'static str,
    subresource: &'static str,
    namespace: &'static str,
    name: String,
    /// The object as it is to be, with the path that it is written to.
    object: Value,
    path: String,
    old: Option<Value>,
    is_patch: bool,
    common_name: Option<String>,
}

#[test]
fn nodes_write_what_the_api_server_lets_them_write() {
    let mut live = Live::start_with(Setup { nodes: true, ..Setup::default() });
    let seed = fresh_seed();
    let mut random = Random::seeded(seed);
    let objects = Objects::fill(&mut live, &mut random);
    let lists = [("/api/v1/pods", "v1", "Pod"), ("/api/v1/nodes", "v1", "Node")];
    let snapshot = live.read(&lists.map(|(path, version, kind)| (path.to_owned(), version, kind)));
    let roles = live.snapshot();
    let policy = Policy::new(&roles);

    let mut cases: Vec<Case> = (0..WRITES).map(|_| writes::case(&objects, &mut random)).collect();
    let (mut told, start) = (BTreeMap::<(&str, &str), usize>::new(), Instant::now());
    // The plugin comes to know of pods and nodes one after another.
    while !cases.is_empty() {
        let asks: Vec<Ask> = cases.iter().map(Case::ask).collect();
        let said = live.client.ask_all(&asks);
        let mut wrong: Vec<(Case, Said)> = Vec::new();
        for (case, said) in cases.drain(..).zip(said) {
            match case.judge(&snapshot, &policy, &said) {
                Some(answer) => *told.entry((case.resource, answer)).or_default() += 1,
                None => wrong.push((case, said)),
            }
        }
        if start.elapsed() > PATIENCE
            && let Some((case, said)) = wrong.first()
        {
            let case = smallest(&live, &snapshot, &policy, case);
            let admission = case.admission(&snapshot, &policy);
            panic!("seed {seed}: {} differ; one: {said:?}\nsmallest: {case:?}: {admission:?}", wrong.len());
        }
        if !wrong.is_empty() {
            std::thread::sleep(Duration::from_millis(100));
        }
        cases = wrong.into_iter().map(|(case, _)| case).collect();
    }
    println!("seed {seed}: {told:?}");
    let count =
        |answer: &str| told.iter().filter(|((_, own), _)| *own == answer).map(|(_, n)| n).sum::<usize>();
    let (allowed, forbidden, unknown) = (count("allowed"), count("forbidden"), count("unknown"));
    assert!(allowed + forbidden + count("missing") >= 3000 && allowed > 800 && forbidden > 800, "{told:?}");
    assert!(unknown < WRITES / 20, "{told:?}");
    for resource in [
        "pods",
        "nodes",
        "persistentvolumeclaims",
        "serviceaccounts",
        "leases",
        "csinodes",
        "resourceslices",
        "certificatesigningrequests",
    ] {
        for answer in ["allowed", "forbidden"] {
            assert!(told.get(&(resource, answer)).is_some_and(|n| *n > 3), "{resource} {answer}: {told:?}");
        }
    }
}

impl Case {
    fn ask(&self) -> Ask {
        let method = match self.operation {
            Operation::Create => "POST",
            Operation::Update if self.is_patch => "PATCH",
            Operation::Update => "PUT",
            Operation::Delete => "DELETE",
        };
        // Whatever is asked, nothing changes: a token alone is made in any case.
        let dry = if self.subresource == "token" { "" } else { "?dryRun=All" };
        let body = match (self.operation, &self.old) {
            (Operation::Delete, _) => None,
            (_, Some(old)) if self.is_patch => Some(patch(old, &self.object)),
            _ => Some(self.object.clone()),
        };
        let as_user = Some((self.user.clone(), vec!["system:nodes".to_owned()]));
        let kind = if self.is_patch { "application/merge-patch+json" } else { "application/json" };
        let headers = vec![("Content-Type".to_owned(), kind.to_owned())];
        Ask { as_user, headers, ..Ask::new(method, &format!("{}{dry}", self.path), body) }
    }

    fn admission(&self, snapshot: &Snapshot, policy: &Policy<'_>) -> Admission {
        let version = KubernetesVersion::minor(36);
        let restriction = NodeRestriction::new(snapshot, policy, version);
        let user = User::authenticated(&self.user, ["system:nodes"]);
        let object = document(&self.object);
        let old = self.old.as_ref().map(document);
        let root = |document: &'_ Document| -> bool { document.root().is_map() };
        assert!(self.operation == Operation::Delete || root(&object));
        restriction.admit(
            &user,
            &NodeWrite {
                operation: self.operation,
                group: self.group,
                resource: self.resource,
                subresource: self.subresource,
                namespace: self.namespace,
                name: &self.name,
                object: (self.operation != Operation::Delete).then(|| object.root()),
                old: old.as_ref().map(Document::root),
                common_name: self.common_name.as_deref(),
            },
        )
    }

    /// What became of it; nothing when it is not what was expected.
    fn judge(&self, snapshot: &Snapshot, policy: &Policy<'_>, said: &Said) -> Option<&'static str> {
        let message = || said.json()["message"].as_str().unwrap_or_default().to_owned();
        assert!(
            said.status != 403 || !message().contains("User \""),
            "not let by an authorizer: {self:?}: {said:?}"
        );
        // What is not even read does not come before the plugin; a token for another account than the pod's does.
        assert!(said.status != 400 || self.subresource == "token", "{self:?}: {said:?}");
        // What is to be deleted is looked for before the plugin is asked (`Store.Delete` of k8s.io/apiserver pkg/registry/generic).
        let is_pod = self.operation == Operation::Delete && self.resource == "pods";
        let mut pods = snapshot.objects.iter().filter(|object| object.kind == "Pod");
        let is = |pod: &Object| pod.metadata.namespace == self.namespace && pod.metadata.name == *self.name;
        if is_pod && !pods.any(is) {
            return (said.status == 404).then_some("missing");
        }
        match self.admission(snapshot, policy) {
            Admission::Allowed => (said.status != 403).then_some("allowed"),
            Admission::Forbidden(_) => (said.status == 403).then_some("forbidden"),
            Admission::NotFound(..) => (said.status == 404).then_some("missing"),
            Admission::Unknown(_) => None,
            Admission::DriversNotRead | Admission::RequestNotHeld => Some("unknown"),
        }
    }
}

/// Takes away of an object what can go while the answer stays wrong.
fn smallest(live: &Live, snapshot: &Snapshot, policy: &Policy<'_>, case: &Case) -> Case {
    let mut case = case.clone();
    loop {
        let less = pointers(&case.object, String::new()).into_iter().find_map(|pointer| {
            let mut less = case.clone();
            let (parent, field) = pointer.rsplit_once('/').unwrap();
            let field = field.replace("~1", "/").replace("~0", "~");
            match less.object.pointer_mut(parent).unwrap() {
                Value::Object(fields) => drop(fields.remove(&field)),
                Value::Array(items) => drop(items.remove(field.parse().unwrap())),
                _ => return None,
            }
            let said = live.client.ask(&less.ask());
            let is_judged = said.status != 400 && !said.body.contains("User \\\"");
            (is_judged && less.judge(snapshot, policy, &said).is_none()).then_some(less)
        });
        match less {
            Some(less) => case = less,
            None => return case,
        }
    }
}

fn pointers(value: &Value, at: String) -> Vec<String> {
    let below = |key: String, value: &Value| {
        let own = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
        let mut found = vec![own.clone()];
        found.extend(pointers(value, own));
        found
    };
    match value {
        Value::Object(fields) => fields.iter().flat_map(|(key, value)| below(key.clone(), value)).collect(),
        Value::Array(items) => {
            items.iter().enumerate().flat_map(|(number, value)| below(number.to_string(), value)).collect()
        }
        _ => Vec::new(),
    }
}

fn document(value: &Value) -> Document {
    let stream = seawall_yaml::parse(value.to_string().as_bytes(), &Limits::default());
    stream.documents.into_iter().next().unwrap_or_else(|| panic!("{value}"))
}

/// What makes one of the other (RFC 7386).
fn patch(old: &Value, new: &Value) -> Value {
    let (Value::Object(old), Value::Object(new)) = (old, new) else { return new.clone() };
    let mut fields = serde_json::Map::new();
    for (key, value) in new {
        match old.get(key) {
            Some(before) if before == value => {}
            Some(before @ Value::Object(_)) => drop(fields.insert(key.clone(), patch(before, value))),
            _ => drop(fields.insert(key.clone(), value.clone())),
        }
    }
    old.keys()
        .filter(|key| !new.contains_key(*key))
        .for_each(|key| drop(fields.insert(key.clone(), json!(null))));
    Value::Object(fields)
}
