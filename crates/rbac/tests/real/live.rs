//! A real API server that is filled with one world after another.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use seawall_inventory::{Coverage, Listing, Reading, Snapshot};
use seawall_rig::{ApiServer, Setup};
use seawall_yaml::Limits;
use serde_json::{Value, json};

use super::client::{Ask, Client, Said};
use super::world::{GROUP, NAMESPACES, World};

/// Kinds with the names of their resources.
pub const KINDS: [(&str, &str); 4] = [
    ("ClusterRole", "clusterroles"),
    ("ClusterRoleBinding", "clusterrolebindings"),
    ("Role", "roles"),
    ("RoleBinding", "rolebindings"),
];

/// How long the API server may take to know what was written to it.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Where all RBAC is.
pub const API: &str = "/apis/rbac.authorization.k8s.io/v1";

/// A real API server that is filled with one world after another.
pub struct Live {
    pub server: ApiServer,
    pub client: Client,
    settled: u32,
}

impl Live {
    pub fn start() -> Live {
        Live::start_with(Setup::default())
    }

    pub fn start_with(setup: Setup) -> Live {
        let server = ApiServer::start_with(setup).unwrap();
        let client = Client::of(&server);
        for namespace in NAMESPACES {
            let body = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}});
            let said = client.ask(&Ask::post("/api/v1/namespaces", body));
            assert_eq!(said.status, 201, "{}", said.body);
        }
        Live { server, client, settled: 0 }
    }

    /// Writes all objects of a world, and takes those out of it that are refused. What was said of each.
    pub fn fill(&mut self, world: &mut World) -> Vec<Said> {
        let said = self.write(world);
        self.settle();
        said
    }

    /// The same, without waiting until the authorizer knows of it.
    pub fn write(&self, world: &mut World) -> Vec<Said> {
        let mut said = Vec::new();
        // Roles before bindings.
        for is_binding in [false, true] {
            let objects = world.objects.iter().filter(|object| object["roleRef"].is_object() == is_binding);
            let asks: Vec<Ask> =
                objects.map(|object| Ask::post(&collection(object), object.clone())).collect();
            said.extend(self.client.ask_all(&asks));
        }
        world.objects.sort_by_key(|object| object["roleRef"].is_object());
        let mut answers = said.iter();
        world.objects.retain(|_| answers.next().is_some_and(|said| said.status == 201));
        said
    }

    /// Removes all objects of a world.
    pub fn clear(&mut self, world: &World) {
        let path =
            |object: &Value| format!("{}/{}", collection(object), encoded(&object["metadata"]["name"]));
        let asks: Vec<Ask> = world.objects.iter().map(|object| Ask::delete(&path(object))).collect();
        for said in self.client.ask_all(&asks) {
            assert!(matches!(said.status, 200 | 404), "{}", said.body);
        }
    }

    /// Waits until the authorizer knows all that was written so far: it hears of each kind in the order in which it was written.
    fn settle(&mut self) {
        self.settled += 1;
        let name = format!("settled-{}", self.settled);
        let metadata = json!({"name": name});
        let rules =
            json!([{"verbs": ["get"], "apiGroups": [""], "resources": ["settled"], "resourceNames": [name]}]);
        let subjects = json!([{"kind": "User", "apiGroup": GROUP, "name": name}]);
        let mut marks = World::default();
        for (kind, namespace) in
            [("Role", json!({"name": name, "namespace": "alpha"})), ("ClusterRole", metadata)]
        {
            let role_ref = json!({"apiGroup": GROUP, "kind": kind, "name": name});
            let version = format!("{GROUP}/v1");
            marks
                .objects
                .push(json!({"apiVersion": version, "kind": kind, "metadata": namespace, "rules": rules}));
            marks.objects.push(json!({
                "apiVersion": version, "kind": format!("{kind}Binding"), "metadata": namespace, "roleRef": role_ref,
                "subjects": subjects,
            }));
        }
        for object in &marks.objects {
            let said = self.client.ask(&Ask::post(&collection(object), object.clone()));
            assert_eq!(said.status, 201, "{}", said.body);
        }
        let start = Instant::now();
        let knows = |namespace: &str| {
            let review = json!({
                "apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
                "spec": {"user": name, "resourceAttributes": {
                    "verb": "get", "resource": "settled", "name": name, "namespace": namespace
                }},
            });
            self.review(&[review]).remove(0).0
        };
        while !knows("") {
            assert!(start.elapsed() < PATIENCE, "the API server does not come to know what was written");
            std::thread::sleep(Duration::from_millis(5));
        }
        let path = |kind: &str| format!("{API}/{kind}/{name}");
        self.client.ask(&Ask::delete(&path("clusterrolebindings")));
        while knows("") || !knows("alpha") {
            assert!(start.elapsed() < PATIENCE, "the API server does not come to know what was written");
            std::thread::sleep(Duration::from_millis(5));
        }
        self.clear(&marks);
    }

    /// What the API server says to SubjectAccessReviews: whether it allows, and why.
    pub fn review(&self, reviews: &[Value]) -> Vec<(bool, String)> {
        let path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
        let asks: Vec<Ask> = reviews.iter().map(|review| Ask::post(path, review.clone())).collect();
        let said = self.client.ask_all(&asks).into_iter();
        said.map(|said| {
            assert_eq!(said.status, 201, "{}", said.body);
            let status = &said.json()["status"];
            (status["allowed"] == true, status["reason"].as_str().unwrap_or_default().to_owned())
        })
        .collect()
    }

    /// All roles and bindings, as the API server lists them.
    pub fn snapshot(&self) -> Snapshot {
        let version = format!("{GROUP}/v1");
        let lists = KINDS.map(|(kind, plural)| (format!("{API}/{plural}"), version.as_str(), kind));
        self.read(&lists)
    }

    /// All objects of these lists: each a path, the version of its API, and its kind.
    pub fn read(&self, lists: &[(String, &str, &str)]) -> Snapshot {
        let readings = lists.iter().map(|(path, version, kind)| {
            let said = self.client.ask(&Ask::get(path));
            listed(path, version, kind, said.json()["items"].as_array().unwrap())
        });
        whole(readings.collect())
    }
}

/// Objects of one kind as an API server lists them.
pub fn listed<'v>(
    path: &str,
    version: &str,
    kind: &str,
    objects: impl IntoIterator<Item = &'v Value>,
) -> Reading {
    let mut listing = Listing::new(PathBuf::from(path), version, kind);
    for object in objects {
        listing.take(&object.to_string(), &Limits::default());
    }
    listing.finish()
}

/// A cluster of which all roles and bindings are in these lists.
pub fn whole(readings: Vec<Reading>) -> Snapshot {
    let mut snapshot = Snapshot::assemble(readings, Vec::new(), Vec::new(), Vec::new());
    assert!(snapshot.problems.is_empty(), "{:?}", snapshot.problems);
    snapshot.coverage = Coverage::live(Vec::new());
    snapshot
}

/// The path that objects like this one are created at.
pub fn collection(object: &Value) -> String {
    let (_, plural) = KINDS.iter().find(|(kind, _)| object["kind"] == *kind).unwrap();
    match object["metadata"]["namespace"].as_str() {
        Some(namespace) => format!("{API}/namespaces/{namespace}/{plural}"),
        None => format!("{API}/{plural}"),
    }
}

/// A name as a part of a path.
pub fn encoded(name: &Value) -> String {
    let bytes = name.as_str().unwrap_or_default().bytes();
    bytes
        .map(
            |byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            },
        )
        .collect()
}
