//! Random roles and bindings, odd ones among them, and requests near what they allow.

use seawall_rbac::{Attributes, Resource, Target, User};
use seawall_rig::Random;
use serde_json::{Value, json};

pub const GROUP: &str = "rbac.authorization.k8s.io";
pub const NAMESPACES: &[&str] = &["alpha", "beta", "gamma"];
const VERBS: &[&str] = &[
    "get",
    "get",
    "list",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
    "*",
    "use",
    "bind",
    "escalate",
    "impersonate",
    "impersonate:user-info",
    "impersonate-on:user-info:get",
    "Get",
    "get ",
    "g*",
    "post",
    "",
];
const GROUPS: &[&str] = &["", "", "apps", "apps", "batch", "*", "example.com", GROUP, "Apps", "a*", "core"];
const RESOURCES: &[&str] = &[
    "pods",
    "pods",
    "pods/log",
    "pods/exec",
    "pods/*",
    "*/log",
    "*/scale",
    "*",
    "deployments",
    "deployments/scale",
    "secrets",
    "secrets",
    "namespaces",
    "nodes/proxy",
    "a/b/c",
    "*/b/c",
    "*/",
    "/",
    "/log",
    "PODS",
    "",
    "pods/",
    "*/*",
    "**",
    "pod",
    "logs",
    "clusterroles",
    "roles",
    "*/exec/log",
];
const NAMES: &[&str] = &["web", "web", "db", "*", "", "a/b", "web ", "Web", "wеb", "alpha", "w*"];
const URLS: &[&str] = &[
    "/healthz",
    "/healthz/*",
    "/*",
    "*",
    "/metrics",
    "/metrics/",
    "/api/**",
    "/a*b",
    "",
    "**",
    "/foo*",
    "foo",
    "/healthz/ready",
    "/api",
    "/a*b*",
    "/foo/bar",
    "/",
    "/a",
];
const PEOPLE: &[&str] = &[
    "jane",
    "jane",
    "john",
    "Jane",
    "jane ",
    "jаne",
    "a:b",
    "system:anonymous",
    "system:serviceaccount:alpha:web",
    "system:serviceaccount:beta:default",
    "system:serviceaccount:alpha:",
    "system:serviceaccount::web",
    "system:serviceaccount:alpha:web:x",
    "system:kube-scheduler",
    "\"quoted\"",
    "ünï",
    "*",
    "system:node:n1",
];
const TEAMS: &[&str] = &[
    "dev",
    "dev",
    "ops",
    "Dev",
    "system:authenticated",
    "system:unauthenticated",
    "system:serviceaccounts",
    "system:serviceaccounts:alpha",
    "system:nodes",
    "system:masters",
    "*",
    "d*",
    "jane",
];
const ACCOUNTS: &[&str] = &["web", "default", "a.b", "web", "x"];
const ACCOUNT_NAMESPACES: &[&str] = &["", "alpha", "beta", "gamma", "alpha:web", "nowhere"];
const ROLE_NAMES: &[&str] =
    &["a", "b", "c", "d", "e", "f", "viewer", "system:odd", "Upper", "dot.dot", "a b", "ünï", "x:y", "*"];

/// Roles and bindings.
#[derive(Clone, Debug, Default)]
pub struct World {
    pub objects: Vec<Value>,
}

/// A request of somebody.
#[derive(Clone, Debug)]
pub struct Case {
    pub user: String,
    pub groups: Vec<String>,
    pub verb: String,
    pub what: What,
}

#[derive(Clone, Debug)]
pub enum What {
    Path(String),
    Resource { group: String, resource: String, subresource: String, namespace: String, name: String },
}

impl World {
    /// A world of some hundred objects; about one in thirty is not valid.
    pub fn new(random: &mut Random) -> World {
        let mut world = World::default();
        for (kind, count) in
            [("ClusterRole", 14), ("Role", 20), ("ClusterRoleBinding", 24), ("RoleBinding", 40)]
        {
            for _ in 0..count {
                let object = world.object(kind, random);
                let is_new = |other: &Value| {
                    ["kind", "metadata"].iter().any(|field| {
                        if *field == "kind" {
                            other["kind"] != object["kind"]
                        } else {
                            place(other) != place(&object)
                        }
                    })
                };
                if world.objects.iter().all(is_new) {
                    world.objects.push(object);
                }
            }
        }
        world
    }

    fn object(&self, kind: &str, random: &mut Random) -> Value {
        let is_role = kind.ends_with("Role");
        let name = if is_role {
            random.pick(ROLE_NAMES).to_owned()
        } else {
            format!("{}-{}", random.pick(&["x", "Y", "z z", "ü", "q\"q"]), random.below(1000))
        };
        let mut object =
            json!({"apiVersion": format!("{GROUP}/v1"), "kind": kind, "metadata": {"name": name}});
        if !kind.starts_with("Cluster") {
            object["metadata"]["namespace"] = json!(random.pick(NAMESPACES));
        }
        if is_role {
            object["rules"] = (0..random.below(5)).map(|_| rule(kind, random)).collect();
        } else {
            object["roleRef"] = role_ref(kind, random);
            object["subjects"] = (0..random.below(4)).map(|_| subject(random)).collect();
        }
        if random.chance(8) {
            spoil(&mut object, random);
        }
        object
    }

    /// A request near what some binding allows: about half of them are.
    pub fn case(&self, random: &mut Random) -> Case {
        let bindings: Vec<&Value> =
            self.objects.iter().filter(|object| object["roleRef"].is_object()).collect();
        let counts =
            |binding: &&Value| !list(binding, "subjects").is_empty() && !self.rules(binding).is_empty();
        // Most bindings are of nobody, or of no role.
        let binding = loop {
            let binding = random.pick(&bindings);
            if counts(&binding) || random.chance(2) {
                break binding;
            }
        };
        let namespace = binding["metadata"]["namespace"].as_str().unwrap_or_default();
        let mut case = match self.rules(binding) {
            [] => Case::of_rule(&rule("ClusterRole", random), namespace, random),
            rules => Case::of_rule(&rules[random.below(rules.len())], namespace, random),
        };
        if let subjects @ [_, ..] = list(binding, "subjects") {
            case.ask_as(&subjects[random.below(subjects.len())], namespace, random);
        }
        if random.chance(35) {
            for _ in 0..1 + random.below(2) {
                case.mutate(random);
            }
        }
        case
    }

    /// The rules of the role of a binding.
    fn rules(&self, binding: &Value) -> &[Value] {
        let (kind, name) = (&binding["roleRef"]["kind"], &binding["roleRef"]["name"]);
        let role = self.objects.iter().find(|object| {
            let is_here =
                kind == "ClusterRole" || object["metadata"]["namespace"] == binding["metadata"]["namespace"];
            object["kind"] == *kind && object["metadata"]["name"] == *name && is_here
        });
        role.map(|role| list(role, "rules")).unwrap_or_default()
    }
}

fn list<'v>(object: &'v Value, field: &str) -> &'v [Value] {
    object[field].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Where an object stands, to tell two apart.
pub fn place(object: &Value) -> (String, String, String) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let metadata = &object["metadata"];
    (text(&object["kind"]), text(&metadata["namespace"]), text(&metadata["name"]))
}

/// At most `most` of a list, perhaps one several times.
pub fn some(random: &mut Random, pool: &[&str], least: usize, most: usize) -> Vec<String> {
    let count = least + random.below(most - least + 1);
    (0..count).map(|_| random.pick(pool).to_owned()).collect()
}

pub fn rule(kind: &str, random: &mut Random) -> Value {
    let verbs = some(random, VERBS, 1, 3);
    if kind == "ClusterRole" && random.chance(25) {
        return json!({"verbs": verbs, "nonResourceURLs": some(random, URLS, 1, 3)});
    }
    let mut rule = json!({
        "verbs": verbs, "apiGroups": some(random, GROUPS, 1, 2), "resources": some(random, RESOURCES, 1, 3)
    });
    if random.chance(35) {
        rule["resourceNames"] = json!(some(random, NAMES, 1, 2));
    }
    rule
}

fn role_ref(kind: &str, random: &mut Random) -> Value {
    let of = if kind == "ClusterRoleBinding" || random.chance(50) { "ClusterRole" } else { "Role" };
    // Some of Kubernetes' own, some that do not exist.
    let own = ["cluster-admin", "system:discovery", "admin", "missing", "system:basic-user"];
    let name = if random.chance(12) { random.pick(&own) } else { random.pick(ROLE_NAMES) };
    json!({"apiGroup": GROUP, "kind": of, "name": name})
}

pub fn subject(random: &mut Random) -> Value {
    match random.below(3) {
        0 => json!({"apiGroup": GROUP, "kind": "User", "name": random.pick(PEOPLE)}),
        1 => {
            json!({"kind": "Group", "name": random.pick(TEAMS), "namespace": random.pick(ACCOUNT_NAMESPACES)})
        }
        _ => {
            json!({"kind": "ServiceAccount", "name": random.pick(ACCOUNTS), "namespace": random.pick(ACCOUNT_NAMESPACES)})
        }
    }
}

/// Makes something of an object what the API server may refuse.
fn spoil(object: &mut Value, random: &mut Random) {
    let odd = [
        "",
        ".",
        "..",
        "a/b",
        "a%b",
        "user",
        "group",
        "User",
        "Group",
        "ServiceAccount",
        "apps",
        "UPPER_x",
        "v1",
    ];
    let word = json!(random.pick(&odd));
    if random.chance(15) {
        object["metadata"]["name"] = word;
    } else if object["roleRef"].is_object() {
        let field = random.pick(&["apiGroup", "kind", "name", "namespace"]);
        let part =
            if random.chance(40) { Some(&mut object["roleRef"]) } else { object["subjects"].get_mut(0) };
        if let Some(part) = part {
            part[field] = word;
        }
    } else if let Some(rule) = object["rules"].get_mut(0) {
        let field = random.pick(&["verbs", "apiGroups", "resources", "nonResourceURLs", "resourceNames"]);
        rule[field] = if random.chance(50) { json!([]) } else { json!([word]) };
    }
}

impl Case {
    fn of_rule(rule: &Value, namespace: &str, random: &mut Random) -> Case {
        let pick = |field: &str, instead: &[&str], random: &mut Random| -> String {
            let list: Vec<&str> =
                rule[field].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            match list.as_slice() {
                [] => String::new(),
                list => match random.pick(list) {
                    "*" if random.chance(90) => random.pick(instead).to_owned(),
                    word => word.to_owned(),
                },
            }
        };
        let verb = pick("verbs", VERBS, random);
        let what = if rule["nonResourceURLs"].is_array() {
            let url = pick("nonResourceURLs", URLS, random);
            let more = if random.chance(50) { random.pick(&["", "x", "/", "/x", "*"]) } else { "" };
            What::Path(if url.ends_with('*') { format!("{}{more}", url.trim_end_matches('*')) } else { url })
        } else {
            let resource = pick("resources", RESOURCES, random);
            let (resource, subresource) = match resource.split_once('/') {
                Some(("*", subresource)) if random.chance(80) => {
                    (random.pick(RESOURCES).to_owned(), subresource.to_owned())
                }
                Some((resource, subresource)) if random.chance(90) => {
                    (resource.to_owned(), subresource.to_owned())
                }
                _ => (resource, String::new()),
            };
            let mut name = pick("resourceNames", NAMES, random);
            if name.is_empty() && random.chance(50) {
                name = random.pick(NAMES).to_owned();
            }
            let namespace =
                if namespace.is_empty() && random.chance(70) { random.pick(NAMESPACES) } else { namespace };
            let group = pick("apiGroups", GROUPS, random);
            What::Resource { group, resource, subresource, namespace: namespace.to_owned(), name }
        };
        Case { user: "nobody".to_owned(), groups: Vec::new(), verb, what }
    }

    /// Lets it be asked by whom a subject means, mostly.
    fn ask_as(&mut self, subject: &Value, namespace: &str, random: &mut Random) {
        let name = subject["name"].as_str().unwrap_or_default();
        let own = subject["namespace"].as_str().unwrap_or_default();
        self.groups = if random.chance(40) { some(random, TEAMS, 1, 3) } else { Vec::new() };
        // Nobody needs a rule to be in this one.
        if random.chance(95) {
            self.groups.retain(|group| group != "system:masters");
        }
        if subject["kind"] == "Group" {
            self.user = if random.chance(10) { String::new() } else { random.pick(PEOPLE).to_owned() };
            self.groups.push(name.to_owned());
        } else if subject["kind"] == "ServiceAccount" {
            let own = if own.is_empty() { namespace } else { own };
            self.user = format!("system:serviceaccount:{own}:{name}");
        } else {
            self.user = name.to_owned();
        }
        if self.user.is_empty() && self.groups.is_empty() {
            self.groups.push("dev".to_owned());
        }
    }

    fn mutate(&mut self, random: &mut Random) {
        let word = |pool: &[&str], random: &mut Random| random.pick(pool).to_owned();
        match (random.below(8), &mut self.what) {
            (0, _) => self.verb = word(VERBS, random),
            (1, _) => self.user = word(PEOPLE, random),
            (2, _) => self.groups.push(word(&TEAMS[..9], random)),
            (_, What::Path(path)) => *path = word(URLS, random),
            (3, What::Resource { group, .. }) => *group = word(GROUPS, random),
            (4, What::Resource { resource, .. }) => *resource = word(RESOURCES, random),
            (5, What::Resource { subresource, .. }) => {
                *subresource = word(&["log", "exec", "scale", "", "*", "b/c", "b", "proxy"], random);
            }
            (6, What::Resource { namespace, .. }) => {
                *namespace = word(&["alpha", "beta", "gamma", "", "nowhere", "*", "alpha "], random);
            }
            (_, What::Resource { name, .. }) => *name = word(NAMES, random),
        }
    }

    pub fn asker(&self) -> User {
        User::with_groups(&self.user, self.groups.iter().map(String::as_str))
    }

    pub fn attributes(&self) -> Attributes<'_> {
        let target = match &self.what {
            What::Path(path) => Target::Path(path),
            What::Resource { group, resource, subresource, namespace, name } => Target::Resource(Resource {
                group,
                resource,
                subresource,
                namespace,
                name,
                ..Resource::default()
            }),
        };
        Attributes { verb: &self.verb, target }
    }

    /// As a SubjectAccessReview.
    pub fn review(&self) -> Value {
        let mut spec = json!({"user": self.user, "groups": self.groups});
        match &self.what {
            What::Path(path) => spec["nonResourceAttributes"] = json!({"path": path, "verb": self.verb}),
            What::Resource { group, resource, subresource, namespace, name } => {
                spec["resourceAttributes"] = json!({
                    "verb": self.verb, "group": group, "resource": resource, "subresource": subresource,
                    "namespace": namespace, "name": name,
                });
            }
        }
        json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec})
    }
}
