//! Who may write roles and bindings: nobody gives more than he has.

use seawall_inventory::Object;
use seawall_inventory::kinds::PolicyRule;
use seawall_rbac::{Atom, Escalation, Policy, RoleWrite, User};
use seawall_rig::{Random, fresh_seed};
use serde_json::{Value, json};

use super::client::{Ask, Said};
use super::live::{API, Live, encoded};
use super::of_files;
use super::world::{self, GROUP, NAMESPACES, World};

/// Worlds, and attempts in each: more than 5,000.
const WORLDS: u64 = 8;
const ATTEMPTS: usize = 700;

/// Who may write all roles and bindings as far as the authorizer is concerned.
const WRITERS: &str = "writers";

/// Somebody who writes a role or a binding.
#[derive(Debug)]
struct Attempt {
    user: String,
    groups: Vec<String>,
    object: Value,
    is_update: bool,
    gathers: bool,
}

#[test]
fn nobody_gives_more_than_the_api_server_lets_him() {
    let mut live = Live::start();
    let seed = fresh_seed();
    let (mut allowed, mut forbidden, mut missing) = (0, 0, 0);
    for number in 0..WORLDS {
        let mut random = Random::seeded(seed.wrapping_add(number));
        let mut world = World::new(&mut random);
        powers(&mut world, &mut random);
        live.fill(&mut world);
        let snapshot = live.snapshot();
        let policy = Policy::new(&snapshot);
        let attempts: Vec<Attempt> = (0..ATTEMPTS).map(|_| attempt(&world, &policy, &mut random)).collect();
        let asks: Vec<Ask> = attempts.iter().map(Attempt::ask).collect();
        for (attempt, said) in attempts.iter().zip(live.client.ask_all(&asks)) {
            let expected = attempt.expected(&policy);
            let is_right = match &expected {
                Escalation::Allowed(_) => matches!(said.status, 200 | 201),
                Escalation::Forbidden(atom) => said.status == 403 && tells(&said, atom),
                Escalation::NoRole => said.status == 404,
                Escalation::RoleNotRead | Escalation::Unknown(_) => false,
            };
            let world: Vec<String> = world.objects.iter().map(Value::to_string).collect();
            assert!(
                is_right,
                "seed {seed}: {attempt:?}: {expected:?}, and the API server: {said:?}\n{}",
                world.join("\n")
            );
            match expected {
                Escalation::Allowed(_) => allowed += 1,
                Escalation::NoRole => missing += 1,
                _ => forbidden += 1,
            }
        }
        live.clear(&world);
    }
    println!("seed {seed}: {allowed} allowed, {forbidden} forbidden, {missing} of roles that do not exist");
    assert!(allowed + forbidden + missing >= 5000 && allowed > 1000 && forbidden > 1000 && missing > 20);
}

/// Lets some write, and some escalate and bind.
fn powers(world: &mut World, random: &mut Random) {
    let resources = json!(["roles", "clusterroles", "rolebindings", "clusterrolebindings"]);
    let role = |name: &str, rule: Value| json!({"apiVersion": format!("{GROUP}/v1"), "kind": "ClusterRole", "metadata": {"name": name}, "rules": [rule]});
    let write = json!({"verbs": ["create", "update"], "apiGroups": [GROUP], "resources": resources});
    world.objects.push(role("write", write));
    for (number, verb) in ["escalate", "bind", "escalate", "bind"].iter().enumerate() {
        let mut rule = json!({"verbs": [verb], "apiGroups": [GROUP], "resources": [random.pick(&["roles", "clusterroles", "*"])]});
        if random.chance(60) {
            rule["resourceNames"] = json!([random.pick(&["a", "b", "c", "admin"])]);
        }
        world.objects.push(role(&format!("power-{number}"), rule));
    }
    let mut bind = |name: String, role: &str, subject: Value, namespace: Option<&str>| {
        let kind = if namespace.is_some() { "RoleBinding" } else { "ClusterRoleBinding" };
        let mut binding = json!({
            "apiVersion": format!("{GROUP}/v1"), "kind": kind, "metadata": {"name": name},
            "roleRef": {"apiGroup": GROUP, "kind": "ClusterRole", "name": role}, "subjects": [subject],
        });
        if let Some(namespace) = namespace {
            binding["metadata"]["namespace"] = json!(namespace);
        }
        world.objects.push(binding);
    };
    bind("writers".to_owned(), "write", json!({"kind": "Group", "name": WRITERS}), None);
    for number in 0..6 {
        let namespace = random.chance(60).then(|| random.pick(NAMESPACES));
        let role = format!("power-{}", random.below(4));
        bind(format!("power-{number}"), &role, world::subject(random), namespace);
    }
}

fn attempt(world: &World, policy: &Policy<'_>, random: &mut Random) -> Attempt {
    let (user, groups) = loop {
        let case = world.case(random);
        let is_plain =
            |text: &String| text.bytes().all(|byte| matches!(byte, b'!'..=b'~')) && !text.is_empty();
        if is_plain(&case.user) && case.user != "system:anonymous" && case.groups.iter().all(is_plain) {
            break (case.user, case.groups);
        }
    };
    let groups =
        groups.into_iter().filter(|group| group != "system:unauthenticated").chain([WRITERS.to_owned()]);
    let groups: Vec<String> = groups.collect();
    let is_update = random.chance(35);
    let kinds = ["Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"];
    let kind = random.pick(&kinds);
    let existing: Vec<&Value> = world.objects.iter().filter(|object| object["kind"] == kind).collect();
    let mut object = if is_update && !existing.is_empty() {
        random.pick(&existing).clone()
    } else {
        let mut metadata = json!({"name": "attempt"});
        if !kind.starts_with("Cluster") {
            metadata["namespace"] = json!(random.pick(NAMESPACES));
        }
        json!({"apiVersion": format!("{GROUP}/v1"), "kind": kind, "metadata": metadata})
    };
    let is_update = object["metadata"]["name"] != "attempt";
    let mut gathers = object["aggregationRule"].is_object();
    // Another object in any case: who changes nothing is not checked.
    object["metadata"]["annotations"] = json!({"attempt": "yes"});
    if kind.ends_with("Binding") {
        if !is_update {
            let roles: Vec<&Value> = world.objects.iter().filter(|role| role["rules"].is_array()).collect();
            let role = random.pick(&roles);
            let (of, name) = (role["kind"].as_str().unwrap(), role["metadata"]["name"].clone());
            let of = if kind == "ClusterRoleBinding" { "ClusterRole" } else { of };
            object["roleRef"] = json!({"apiGroup": GROUP, "kind": of, "name": name});
        }
        object["subjects"] = json!([world::subject(random)]);
        if object["subjects"][0]["kind"] == "ServiceAccount" {
            object["subjects"][0]["namespace"] = json!("alpha");
        }
    } else {
        let asker = User::authenticated(&user, groups.iter().map(String::as_str));
        let namespace = object["metadata"]["namespace"].as_str().unwrap_or_default();
        object["rules"] = rules(policy, &asker, namespace, kind, random);
        if kind == "ClusterRole" && random.chance(15) {
            object["aggregationRule"] = json!({"clusterRoleSelectors": [{"matchLabels": {"a": "b"}}]});
            gathers = true;
        }
    }
    Attempt { user, groups, object, is_update, gathers }
}

/// Rules near those that somebody has himself.
fn rules(policy: &Policy<'_>, user: &User, namespace: &str, kind: &str, random: &mut Random) -> Value {
    let own = policy.rules_for(user, namespace).grants;
    let count = random.below(3);
    let rules = (0..count).map(|_| {
        let fits = |rule: &&PolicyRule| kind == "ClusterRole" || rule.non_resource_urls.is_empty();
        let own: Vec<&PolicyRule> = own.iter().map(|grant| grant.rule.rule).filter(fits).collect();
        if own.is_empty() || random.chance(15) {
            return world::rule(kind, random);
        }
        let rule = random.pick(&own);
        let mut part = |list: &[smol_str::SmolStr]| -> Vec<String> {
            list.iter().filter(|_| random.chance(80)).map(ToString::to_string).collect()
        };
        let mut narrowed = json!({
            "verbs": part(&rule.verbs), "apiGroups": part(&rule.api_groups), "resources": part(&rule.resources),
            "resourceNames": part(&rule.resource_names), "nonResourceURLs": part(&rule.non_resource_urls),
        });
        let words: [(&str, &[&str]); 5] = [
            ("verbs", &["get", "*", "list"]),
            ("apiGroups", &["", "apps", "*"]),
            ("resources", &["pods", "pods/log", "*", "*/log", "a/b/c"]),
            ("resourceNames", &["web", "db"]),
            ("nonResourceURLs", &["/healthz", "/healthz/x", "/*", "/foo*", "/foo/*"]),
        ];
        let is_path = !rule.non_resource_urls.is_empty();
        for (field, words) in words {
            let belongs = field == "verbs" || is_path == (field == "nonResourceURLs");
            let is_empty = narrowed[field].as_array().unwrap().is_empty();
            if belongs && (is_empty && field != "resourceNames" || random.chance(12)) {
                narrowed[field].as_array_mut().unwrap().push(json!(random.pick(words)));
            }
        }
        narrowed
    });
    rules.collect()
}

impl Attempt {
    fn ask(&self) -> Ask {
        let object = &self.object;
        let plural = object["kind"].as_str().unwrap().to_lowercase() + "s";
        let place = match object["metadata"]["namespace"].as_str() {
            Some(namespace) => format!("{API}/namespaces/{namespace}/{plural}"),
            None => format!("{API}/{plural}"),
        };
        let (method, path) = if self.is_update {
            ("PUT", format!("{place}/{}?dryRun=All", encoded(&object["metadata"]["name"])))
        } else {
            ("POST", format!("{place}?dryRun=All"))
        };
        let as_user = Some((self.user.clone(), self.groups.clone()));
        Ask { as_user, ..Ask::new(method, &path, Some(object.clone())) }
    }

    fn expected<'s>(&self, policy: &Policy<'s>) -> Escalation<'s> {
        let user = User::authenticated(&self.user, self.groups.iter().map(String::as_str));
        let read = of_files(std::slice::from_ref(&self.object));
        let object: &Object = &read.objects[0];
        let namespace = object.metadata.namespace.as_str();
        if let Some(binding) = object.body.role_binding() {
            return policy.may_bind(&user, namespace, &binding.role_ref);
        }
        let name = if self.is_update { object.metadata.name.as_str() } else { "" };
        let rules = match (object.body.role(), object.body.cluster_role()) {
            (Some(role), _) => &role.rules,
            (_, Some(role)) => &role.rules,
            _ => panic!("{object:?}"),
        };
        policy.may_write_role(&user, &RoleWrite { namespace, name, rules, gathers: self.gathers })
    }
}

/// Whether the API server gives the same reason.
fn tells(said: &Said, atom: &Atom) -> bool {
    let message = said.json()["message"].as_str().unwrap_or_default().to_owned();
    if message.contains("must have cluster-admin privileges to use the aggregationRule") {
        return true;
    }
    let (verb, what) = match atom {
        Atom::Resource { verb, resource, .. } => (verb, resource),
        Atom::Path { verb, path } => (verb, path),
    };
    let has = |word: &str| !word.is_ascii() || message.contains(&format!("{word:?}"));
    message.contains("is attempting to grant RBAC permissions not currently held") && has(verb) && has(what)
}
