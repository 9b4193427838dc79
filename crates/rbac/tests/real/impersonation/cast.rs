//! Who asks: users of the API server's token file, and service accounts with tokens of their own.
//!
//! An API server remembers for ten seconds whom somebody was allowed to act as, and longer by which mode
//! (k8s.io/apiserver pkg/endpoints/filters/impersonation/cache.go): whoever acts in one world acts in no other.

use std::collections::BTreeMap;

use seawall_rbac::User;
use seawall_rig::Version;
use serde_json::{Value, json};

use super::super::client::Ask;
use super::super::live::Live;
use super::super::world::World;

/// Users that there are: with all groups each, by their number.
pub const USERS: usize = 1600;
const GROUPS: &[&[&str]] = &[&["team-a"], &["team-a", "team-b"], &[]];
pub const NODES: &[&str] = &["n1", "n2"];

/// How many of a world act, and from which on they are service accounts, on one node after another.
pub const ACTORS: usize = 8;
pub const ACCOUNTS: usize = 4;

/// How an actor is called before it is known who he is.
pub fn placeholder(actor: usize) -> String {
    format!("@{actor:02}@")
}

/// A subject of a binding that means an actor.
pub fn subject(actor: usize) -> Value {
    if actor < ACCOUNTS {
        json!({"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": placeholder(actor)})
    } else {
        json!({"kind": "ServiceAccount", "name": placeholder(actor), "namespace": "alpha"})
    }
}

/// The node that the token of an actor names, if any does.
pub fn node_of(actor: usize) -> Option<&'static str> {
    NODES.get(actor.checked_sub(ACCOUNTS)? % (NODES.len() + 1)).copied()
}

/// Names and groups for [`seawall_rig::Setup::users`].
pub fn users() -> Vec<(String, &'static [&'static str])> {
    (0..USERS).map(|number| (format!("caller-{number}"), GROUPS[number % GROUPS.len()])).collect()
}

/// Somebody who asks.
#[derive(Clone, Debug)]
pub struct Actor {
    pub user: User,
    pub token: String,
}

/// Whom no world has had yet.
pub struct Cast {
    next: usize,
    /// The uids of nodes; none where no token names its node.
    nodes: BTreeMap<&'static str, String>,
}

impl Cast {
    pub fn new(live: &Live, version: Version) -> Cast {
        let mut nodes = BTreeMap::new();
        for name in NODES.iter().filter(|_| version != Version::Oldest) {
            let node = json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}});
            let said = live.client.ask(&Ask::post("/api/v1/nodes", node));
            assert_eq!(said.status, 201, "{}", said.body);
            nodes.insert(*name, said.json()["metadata"]["uid"].as_str().unwrap().to_owned());
        }
        Cast { next: 0, nodes }
    }

    /// Whether there are some left.
    pub fn is_left(&self) -> bool {
        self.next + ACTORS < USERS
    }

    /// Actors for a world, which then says who they are.
    pub fn play(&mut self, live: &Live, world: &World) -> (World, Vec<Actor>) {
        let mut actors = Vec::new();
        for actor in 0..ACTORS {
            let number = self.next;
            self.next += 1;
            actors.push(if actor < ACCOUNTS {
                user(live, number)
            } else {
                self.account(live, number, node_of(actor))
            });
        }
        let named = |object: &Value| {
            let mut text = object.to_string();
            for (number, actor) in actors.iter().enumerate() {
                let name = match actor.user.as_service_account() {
                    Some((_, name)) => name,
                    None => actor.user.name.as_str(),
                };
                text = text.replace(&placeholder(number), name);
            }
            serde_json::from_str(&text).unwrap()
        };
        (World { objects: world.objects.iter().map(named).collect() }, actors)
    }

    /// A service account whose token says on which node it is used.
    fn account(&self, live: &Live, number: usize, node: Option<&str>) -> Actor {
        let name = format!("caller-{number}");
        let accounts = "/api/v1/namespaces/alpha/serviceaccounts";
        let account = json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}});
        let said = live.client.ask(&Ask::post(accounts, account));
        assert_eq!(said.status, 201, "{}", said.body);
        let mut user = User::service_account("alpha", &name);
        let mut request =
            json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}});
        if let Some((node, uid)) = node.and_then(|node| self.nodes.get_key_value(node)) {
            request["spec"]["boundObjectRef"] =
                json!({"apiVersion": "v1", "kind": "Node", "name": node, "uid": uid});
            let key = "authentication.kubernetes.io/node-name";
            user.extra.insert(key.into(), vec![(*node).into()]);
        }
        let said = live.client.ask(&Ask::post(&format!("{accounts}/{name}/token"), request));
        assert_eq!(said.status, 201, "{}", said.body);
        Actor { user, token: said.json()["status"]["token"].as_str().unwrap().to_owned() }
    }
}

fn user(live: &Live, number: usize) -> Actor {
    let name = format!("caller-{number}");
    let user = User::authenticated(&name, GROUPS[number % GROUPS.len()].iter().copied());
    Actor { user, token: live.server.token(&name).unwrap().to_owned() }
}
