//! Random rules of who may act as whom, and requests near what they allow.

use std::collections::BTreeMap;

use seawall_rbac::{Attributes, Resource, User};
use seawall_rig::Random;
use serde_json::{Value, json};

use super::super::client::Ask;
use super::super::world::{GROUP, World};
use super::cast::{self, ACTORS, Actor};

const PEOPLE: &[&str] = &[
    "jane",
    "jane",
    "system:kube-scheduler",
    "system:anonymous",
    "system:node:n1",
    "system:node:n1",
    "system:node:n2",
    "system:node:N1",
    "system:node:",
    "system:serviceaccount:alpha:web",
    "system:serviceaccount:alpha:web",
    "system:serviceaccount:beta:default",
    "system:serviceaccount:alpha:web:x",
    "system:serviceaccount::web",
    "system:serviceaccount:Alpha:web",
];
const TEAMS: &[&str] = &[
    "dev",
    "ops",
    "qa",
    "sre",
    "system:authenticated",
    "system:unauthenticated",
    "system:nodes",
    "system:masters",
    "system:serviceaccounts:alpha",
    "",
];
const KEYS: &[&str] = &[
    "acme.io/team",
    "acme.io/role",
    "acme.io/a",
    "acme.io/b",
    "scopes",
    "acme.io/Team",
    "a b/c",
    "acme.io/ü",
];
const VALUES: &[&str] = &["view", "edit", "all", "*", ""];
const MODES: &[&str] = &["associated-node", "arbitrary-node", "serviceaccount", "user-info"];
const AUTHENTICATION: &str = "authentication.k8s.io";

/// A request: its method and path, and what they mean (`NewRequestInfo` of k8s.io/apiserver pkg/endpoints/request). None of them
/// changes anything.
#[derive(Clone, Copy, Debug)]
pub struct Request {
    method: &'static str,
    path: &'static str,
    verb: &'static str,
    /// Group, resource, subresource, namespace, name; none for a path.
    resource: Option<(&'static str, &'static str, &'static str, &'static str, &'static str)>,
}

const fn of(
    method: &'static str,
    path: &'static str,
    verb: &'static str,
    resource: (&'static str, &'static str, &'static str, &'static str, &'static str),
) -> Request {
    Request { method, path, verb, resource: Some(resource) }
}

const REQUESTS: &[Request] = &[
    of("GET", "/api/v1/namespaces/alpha/pods", "list", ("", "pods", "", "alpha", "")),
    of("GET", "/api/v1/namespaces/beta/pods", "list", ("", "pods", "", "beta", "")),
    of("GET", "/api/v1/pods", "list", ("", "pods", "", "", "")),
    of("GET", "/api/v1/namespaces/alpha/pods/web", "get", ("", "pods", "", "alpha", "web")),
    of("GET", "/api/v1/namespaces/alpha/pods/web/log", "get", ("", "pods", "log", "alpha", "web")),
    of("GET", "/api/v1/namespaces/alpha/secrets/db", "get", ("", "secrets", "", "alpha", "db")),
    of("GET", "/api/v1/nodes/n1", "get", ("", "nodes", "", "", "n1")),
    of("GET", "/api/v1/namespaces/alpha", "get", ("", "namespaces", "", "alpha", "alpha")),
    of(
        "DELETE",
        "/api/v1/namespaces/alpha/configmaps/none?dryRun=All",
        "delete",
        ("", "configmaps", "", "alpha", "none"),
    ),
    of("GET", "/apis/apps/v1/namespaces/alpha/deployments", "list", ("apps", "deployments", "", "alpha", "")),
    Request { method: "GET", path: "/metrics/slis", verb: "get", resource: None },
    Request { method: "GET", path: "/version", verb: "get", resource: None },
];

/// Somebody who does something as somebody else.
#[derive(Clone, Debug)]
pub struct Case {
    pub actor: usize,
    pub wanted: User,
    pub request: Request,
}

impl Request {
    pub fn attributes(&self) -> Attributes<'static> {
        let Some((group, resource, subresource, namespace, name)) = self.resource else {
            return Attributes::path(self.verb, self.path);
        };
        let resource = Resource { group, resource, subresource, namespace, name, ..Resource::default() };
        Attributes::resource(self.verb, resource)
    }

    /// A rule that allows it with this verb.
    fn rule(&self, verb: &str) -> Value {
        match self.resource {
            None => json!({"verbs": [verb], "nonResourceURLs": [self.path]}),
            Some((group, resource, subresource, ..)) => {
                let slash = if subresource.is_empty() { "" } else { "/" };
                let resource = format!("{resource}{slash}{subresource}");
                json!({"verbs": [verb], "apiGroups": [group], "resources": [resource]})
            }
        }
    }
}

impl Case {
    /// As a request of HTTP.
    pub fn ask(&self, id: String, actor: &Actor) -> Ask {
        let mut headers = vec![("Audit-ID".to_owned(), id)];
        let mut add = |name: String, value: &str| headers.push((name, value.to_owned()));
        let User { name, uid, groups, extra } = &self.wanted;
        if !name.is_empty() {
            add("Impersonate-User".to_owned(), name);
        }
        if !uid.is_empty() {
            add("Impersonate-Uid".to_owned(), uid);
        }
        groups.iter().for_each(|group| add("Impersonate-Group".to_owned(), group));
        for (key, values) in extra {
            // Headers are told in lower case: what is not is written otherwise.
            let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'.';
            let letter =
                |byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02x}") };
            let key: String = key.bytes().map(letter).collect();
            values.iter().for_each(|value| add(format!("Impersonate-Extra-{key}"), value));
        }
        let token = Some(actor.token.clone());
        Ask { headers, token, ..Ask::new(self.request.method, self.request.path, None) }
    }

    fn mutate(&mut self, random: &mut Random) {
        let wanted = &mut self.wanted;
        match random.below(9) {
            0 => wanted.name = random.pick(PEOPLE).into(),
            1 => wanted.uid = random.pick(&["", "u1", "u2"]).into(),
            2 | 3 => wanted.groups.push(random.pick(TEAMS).into()),
            4 if !wanted.groups.is_empty() => drop(wanted.groups.remove(random.below(wanted.groups.len()))),
            5 => wanted.extra.entry(random.pick(KEYS).into()).or_default().push(random.pick(VALUES).into()),
            6 => wanted.extra.clear(),
            7 => self.actor = random.below(ACTORS),
            _ => self.request = random.pick(REQUESTS),
        }
        if random.chance(3) {
            self.wanted.name = "".into();
        }
    }
}

/// A world, and what is asked in it: from `scenarios` of somebody who may act as somebody, `variants` each.
pub fn make(random: &mut Random, scenarios: usize, variants: usize) -> (World, Vec<Case>) {
    let (mut world, mut cases) = (World::default(), Vec::new());
    for number in 0..scenarios {
        let mut case =
            Case { actor: random.below(ACTORS), wanted: wanted(random), request: random.pick(REQUESTS) };
        let mode = mode(&case.wanted, random);
        if mode == Some(MODES[0]) {
            let is_there = |actor: &usize| {
                cast::node_of(*actor).is_some_and(|node| case.wanted.name.ends_with(&format!(":{node}")))
            };
            let there: Vec<usize> = (0..ACTORS).filter(is_there).collect();
            case.actor = if there.is_empty() { case.actor } else { random.pick(&there) };
        }
        grant(&mut world, number, &case, mode, random);
        cases.push(case.clone());
        for _ in 1..variants {
            let mut case = case.clone();
            (0..random.pick(&[0, 0, 1, 1, 2])).for_each(|_| case.mutate(random));
            cases.push(case);
        }
    }
    (world, cases)
}

fn wanted(random: &mut Random) -> User {
    let name = random.pick(PEOPLE);
    let mut wanted = User::with_groups(name, [""; 0]);
    let is_fixed = name.starts_with("system:serviceaccount:") || name.starts_with("system:node:");
    if is_fixed && random.chance(80) {
        return wanted;
    }
    let most = if random.chance(35) { 7 } else { 3 };
    wanted.groups = (0..random.below(most)).map(|_| random.pick(&TEAMS[..6]).into()).collect();
    if random.chance(20) {
        wanted.uid = "u1".into();
    }
    if random.chance(35) {
        let mut extra = BTreeMap::<_, Vec<_>>::new();
        for _ in 0..random.below(6) {
            extra.entry(random.pick(KEYS).into()).or_default().push(random.pick(&VALUES[..4]).into());
        }
        wanted.extra = extra;
    }
    wanted
}

/// A mode that may be one for whom somebody wants to be; none is the legacy one.
fn mode(wanted: &User, random: &mut Random) -> Option<&'static str> {
    if random.chance(25) {
        return None;
    }
    let of_name = match wanted.name.as_str() {
        name if name.starts_with("system:node:") => random.pick(&MODES[..2]),
        name if name.starts_with("system:serviceaccount:") => MODES[2],
        _ => MODES[3],
    };
    Some(if random.chance(90) { of_name } else { random.pick(MODES) })
}

/// Lets somebody act as somebody, mostly, and that one do something.
fn grant(world: &mut World, number: usize, case: &Case, mode: Option<&str>, random: &mut Random) {
    let mut rules = Vec::new();
    for rule in needed(case, mode, random.chance(35)) {
        if random.chance(97) {
            rules.push(varied(rule, random));
        }
    }
    let who = if random.chance(92) {
        cast::subject(case.actor)
    } else {
        json!({"kind": "Group", "apiGroup": GROUP, "name": random.pick(&["team-a", "team-b", "system:serviceaccounts"])})
    };
    // Names of users and groups stand in no namespace: a binding in one gives nothing of them.
    let is_account = case.wanted.as_service_account().is_some();
    let namespace = random.chance(if is_account { 30 } else { 5 }).then(|| random.pick(&["alpha", "beta"]));
    give(world, &format!("as-{number}"), &rules, who, namespace);
    if random.chance(70) {
        let rule = varied(case.request.rule(case.request.verb), random);
        let groups = &case.wanted.groups;
        let who = if groups.is_empty() || random.chance(50) {
            json!({"kind": "User", "apiGroup": GROUP, "name": case.wanted.name.as_str()})
        } else {
            json!({"kind": "Group", "apiGroup": GROUP, "name": random.pick(groups).as_str()})
        };
        give(world, &format!("do-{number}"), &[rule], who, None);
    } else if random.chance(40) {
        // A node that is one does what another of its name does not.
        let who = json!({"kind": "Group", "apiGroup": GROUP, "name": random.pick(&["system:nodes", "dev"])});
        give(world, &format!("do-{number}"), &[case.request.rule(case.request.verb)], who, None);
    }
}

/// Rules that let somebody do as somebody what he wants; `at_once` those of all groups and extras, which count only where there are
/// many of them.
fn needed(case: &Case, mode: Option<&str>, at_once: bool) -> Vec<Value> {
    let wanted = &case.wanted;
    let verb = mode.map_or("impersonate".to_owned(), |mode| format!("impersonate:{mode}"));
    let own = if mode.is_some() { AUTHENTICATION } else { "" };
    let rule = |group: &str, resource: &str, name: &str| json!({"verbs": [verb], "apiGroups": [group], "resources": [resource], "resourceNames": [name]});
    let account = wanted.name.strip_prefix("system:serviceaccount:").and_then(|name| name.split_once(':'));
    let node = wanted.name.strip_prefix("system:node:").filter(|_| mode.is_some());
    let mut rules = vec![match (account, node) {
        (Some((_, name)), _) => rule(own, "serviceaccounts", name),
        (_, Some(_)) if mode == Some("associated-node") => rule(own, "nodes", "*"),
        (_, Some(name)) => rule(own, "nodes", name),
        _ => rule(own, "users", &wanted.name),
    }];
    if !wanted.uid.is_empty() {
        rules.push(rule(AUTHENTICATION, "uids", &wanted.uid));
    }
    if at_once {
        rules.push(rule(own, "groups", "*"));
        rules.push(rule(AUTHENTICATION, "userextras/*", "*"));
    } else {
        rules.extend(wanted.groups.iter().map(|group| rule(own, "groups", group)));
        for (key, values) in &wanted.extra {
            let of_key =
                |value: &smol_str::SmolStr| rule(AUTHENTICATION, &format!("userextras/{key}"), value);
            rules.extend(values.iter().map(of_key));
        }
    }
    if let Some(mode) = mode {
        rules.push(case.request.rule(&format!("impersonate-on:{mode}:{}", case.request.verb)));
    }
    rules
}

/// A rule, or one that is near it.
fn varied(mut rule: Value, random: &mut Random) -> Value {
    if random.chance(70) {
        return rule;
    }
    let resource = rule["resources"][0].as_str().unwrap_or_default().to_owned();
    match random.below(8) {
        0 => rule["verbs"] = json!(["*"]),
        1 if rule["apiGroups"].is_array() => rule["apiGroups"] = json!(["*"]),
        2 if rule["apiGroups"].is_array() => {
            rule["apiGroups"] = json!([random.pick(&["", AUTHENTICATION, "apps"])]);
        }
        3 if resource.contains('/') => {
            let (_, subresource) = resource.split_once('/').unwrap();
            rule["resources"] =
                json!([random.pick(&[format!("*/{subresource}"), "userextras/*".to_owned()])]);
        }
        3 if !resource.is_empty() => rule["resources"] = json!(["*"]),
        4 | 5 if !resource.is_empty() => drop(rule.as_object_mut().unwrap().remove("resourceNames")),
        6 if !resource.is_empty() => rule["resourceNames"] = json!([random.pick(&["*", "jane", "web"])]),
        7 => {
            rule["verbs"] =
                json!([random.pick(&["impersonate", "impersonate:user-info", "get", "impersonate:*"])])
        }
        _ => {}
    }
    rule
}

fn give(world: &mut World, name: &str, rules: &[Value], who: Value, namespace: Option<&str>) {
    let version = format!("{GROUP}/v1");
    let mut who = who;
    // A name of a kind that no rule takes is refused by the API server: it has no character.
    if who["name"] == "" {
        who["name"] = json!("dev");
    }
    let kind = if namespace.is_some() { "RoleBinding" } else { "ClusterRoleBinding" };
    world.objects.push(
        json!({"apiVersion": version, "kind": "ClusterRole", "metadata": {"name": name}, "rules": rules}),
    );
    let mut binding = json!({
        "apiVersion": version, "kind": kind, "metadata": {"name": name}, "subjects": [who],
        "roleRef": {"apiGroup": GROUP, "kind": "ClusterRole", "name": name},
    });
    if let Some(namespace) = namespace {
        binding["metadata"]["namespace"] = json!(namespace);
    }
    world.objects.push(binding);
}
