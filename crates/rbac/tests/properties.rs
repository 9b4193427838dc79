//! What holds for all roles and bindings.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop at the first surprise")]

mod support;

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::select;
use seawall_inventory::{Object, Snapshot};
use seawall_rbac::{Attributes, Decision, Held, Policy, Resource, Subject, Target, User, rule_allows};
use serde_json::{Value, json};
use support::files;

const VERBS: &[&str] = &["get", "list", "*", "bind", ""];
const GROUPS: &[&str] = &["", "apps", "*"];
const RESOURCES: &[&str] = &["pods", "pods/log", "*/log", "pods/*", "*", "a/b/c", "*/b/c"];
const NAMES: &[&str] = &["web", "*", ""];
const URLS: &[&str] = &["/a", "/a/*", "*", "/a**", "/b*c", ""];
const PEOPLE: &[&str] = &["jane", "system:serviceaccount:one:web", "system:serviceaccount:one:web:x"];
const TEAMS: &[&str] = &["dev", "system:authenticated", "jane"];
const NAMESPACES: &[&str] = &["one", "two"];
const ROLES: &[&str] = &["r", "s", "t", "u"];

fn words(pool: &'static [&'static str], least: usize) -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(select(pool), least..3)
}

fn rule() -> impl Strategy<Value = Value> {
    let resources = (words(VERBS, 1), words(GROUPS, 1), words(RESOURCES, 1), words(NAMES, 0));
    prop_oneof![
        3 => resources.prop_map(|(verbs, groups, resources, names)| {
            json!({"verbs": verbs, "apiGroups": groups, "resources": resources, "resourceNames": names})
        }),
        1 => (words(VERBS, 1), words(URLS, 1)).prop_map(|(verbs, urls)| json!({"verbs": verbs, "nonResourceURLs": urls})),
    ]
}

fn object(kind: &'static str, name: String, namespace: Option<&str>, fields: Value) -> Value {
    let mut object = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": {"name": name, "namespace": namespace}
    });
    object.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    object
}

fn subject() -> impl Strategy<Value = Value> {
    prop_oneof![
        select(PEOPLE).prop_map(|name| json!({"kind": "User", "name": name})),
        select(TEAMS).prop_map(|name| json!({"kind": "Group", "name": name})),
        (select(&["one", "two", "one:web"]), select(&["web", "x"])).prop_map(
            |(namespace, name)| json!({"kind": "ServiceAccount", "namespace": namespace, "name": name})
        ),
    ]
}

/// Roles of all names, and some bindings.
fn world() -> impl Strategy<Value = Vec<Value>> {
    let rules = || prop::collection::vec(rule(), 0..3);
    let cluster = prop::collection::vec(rules(), ROLES.len());
    let local = prop::collection::vec(
        rules().prop_filter("no paths", |rules| rules.iter().all(|rule| rule["resources"].is_array())),
        ROLES.len() * 2,
    );
    let bindings = prop::collection::vec(binding(), 0..8);
    (cluster, local, bindings).prop_map(|(cluster, local, bindings)| {
        let cluster = cluster
            .into_iter()
            .zip(ROLES)
            .map(|(rules, name)| object("ClusterRole", (*name).to_owned(), None, json!({"rules": rules})));
        let places =
            NAMESPACES.iter().flat_map(|namespace| ROLES.iter().map(move |name| (*namespace, *name)));
        let local = local.into_iter().zip(places).map(|(rules, (namespace, name))| {
            object("Role", name.to_owned(), Some(namespace), json!({"rules": rules}))
        });
        let bindings = bindings.into_iter().enumerate().map(|(number, mut binding)| {
            binding["metadata"]["name"] = json!(format!("b{number}"));
            binding
        });
        cluster.chain(local).chain(bindings).collect()
    })
}

fn binding() -> impl Strategy<Value = Value> {
    let place = prop_oneof![Just(None), select(NAMESPACES).prop_map(Some)];
    let subjects = prop::collection::vec(subject(), 0..3);
    (place, select(ROLES), any::<bool>(), subjects).prop_map(|(namespace, role, is_local, subjects)| {
        let kind = if is_local && namespace.is_some() { "Role" } else { "ClusterRole" };
        let of = if namespace.is_some() { "RoleBinding" } else { "ClusterRoleBinding" };
        let role_ref = json!({"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": role});
        object(of, "new".to_owned(), namespace, json!({"roleRef": role_ref, "subjects": subjects}))
    })
}

/// Which binding it is: there may be several of a name.
fn named(binding: &Object) -> String {
    format!("{:?}", binding.origin)
}

fn who() -> impl Strategy<Value = User> {
    (select(PEOPLE), words(TEAMS, 0)).prop_map(|(name, groups)| User::with_groups(name, groups))
}

fn request() -> impl Strategy<Value = Attributes<'static>> {
    let resource = (
        select(VERBS),
        select(GROUPS),
        select(&["pods", "a", "*"]),
        select(&["", "log", "*", "b/c"]),
        select(&["", "one", "two", "three"]),
        select(NAMES),
    );
    prop_oneof![
        4 => resource.prop_map(|(verb, group, resource, subresource, namespace, name)| {
            Attributes::resource(verb, Resource { group, resource, subresource, namespace, name, ..Resource::default() })
        }),
        1 => (select(VERBS), select(&["/a", "/a/b", "/b*c", "", "/bc"])).prop_map(|(verb, path)| Attributes::path(verb, path)),
    ]
}

fn read(objects: &[Value]) -> Snapshot {
    let documents: Vec<String> = objects.iter().map(Value::to_string).collect();
    let snapshot = files(&documents.join("\n---\n"));
    assert!(snapshot.problems.is_empty(), "{:?}", snapshot.problems);
    snapshot
}

/// The decision as Kubernetes writes it: every binding, every subject, every rule.
fn plainly(snapshot: &Snapshot, user: &User, attributes: &Attributes<'_>) -> bool {
    let all = || snapshot.objects.iter();
    let namespace = attributes.namespace();
    let rules = |role: &Object| {
        let cluster = role.body.cluster_role().map(|role| role.rules.to_vec());
        cluster.or(role.body.role().map(|role| role.rules.to_vec())).unwrap()
    };
    all().any(|binding| {
        let Some(body) = binding.body.role_binding() else { return false };
        let own = binding.metadata.namespace.as_str();
        let is_here = own.is_empty() || own == namespace;
        is_here
            && body
                .subjects
                .iter()
                .filter_map(|subject| Subject::of(subject, own))
                .any(|subject| subject.is(user))
            && all().any(|role| {
                let is_role = role.kind == body.role_ref.kind
                    && role.metadata.name == body.role_ref.name
                    && (role.kind == "ClusterRole" || role.metadata.namespace == own);
                is_role && rules(role).iter().any(|rule| rule_allows(rule, attributes))
            })
    })
}

/// Labels of a role, the labels that it selects, and its own rules.
type Gathering = (Vec<&'static str>, Option<Vec<&'static str>>, Vec<Value>);

/// ClusterRoles that gather each other's rules, in circles too.
fn gathering() -> impl Strategy<Value = Vec<Value>> {
    let labels = words(&["a", "b", "c", "d"], 0);
    let selectors = prop::option::weighted(0.5, words(&["a", "b", "c", "d"], 1));
    let role = (labels, selectors, prop::collection::vec(rule(), 0..3));
    prop::collection::vec(role, 1..7).prop_map(|roles| {
        let object = |(number, (labels, selectors, rules)): (usize, Gathering)| {
            let mut fields = json!({"rules": rules});
            if let Some(selectors) = selectors {
                let selectors: Vec<Value> =
                    selectors.iter().map(|label| json!({"matchLabels": {*label: "x"}})).collect();
                fields["aggregationRule"] = json!({"clusterRoleSelectors": selectors});
            }
            let mut role = object("ClusterRole", format!("r{number}"), None, fields);
            role["metadata"]["labels"] =
                labels.iter().map(|label| ((*label).to_owned(), json!("x"))).collect();
            role
        };
        roles.into_iter().enumerate().map(object).collect()
    })
}

/// What each role has for certain, and what it may have.
fn filled(snapshot: &Snapshot) -> Vec<(Vec<String>, Vec<String>)> {
    let policy = Policy::new(snapshot);
    let filled = (0..snapshot.objects.len()).map(|number| {
        let rules = policy.rules_of_role(number).unwrap();
        let told = |rule: &seawall_rbac::RuleAt<'_>| format!("{:?}", rule.rule);
        (rules.rules.iter().map(told).collect(), rules.doubtful.iter().map(|(rule, _)| told(rule)).collect())
    });
    filled.collect()
}

/// Writes into roles that gather what they have gathered.
fn fill(objects: &[Value]) -> Vec<Value> {
    let snapshot = read(objects);
    let policy = Policy::new(&snapshot);
    let mut objects = objects.to_vec();
    for (number, object) in objects.iter_mut().enumerate() {
        let rules = policy.rules_of_role(number).unwrap().rules;
        let written = rules.iter().map(|at| {
            let role: usize = at.role.metadata.name[1..].parse().unwrap();
            let source = snapshot.objects.iter().position(|one| one.metadata.name == at.role.metadata.name).unwrap();
            assert_eq!(role, source);
            json!({
                "verbs": list(&at.rule.verbs), "apiGroups": list(&at.rule.api_groups), "resources": list(&at.rule.resources),
                "resourceNames": list(&at.rule.resource_names), "nonResourceURLs": list(&at.rule.non_resource_urls),
            })
        });
        if object["aggregationRule"].is_object() {
            object["rules"] = written.collect();
        }
    }
    objects
}

fn list<T: ToString>(texts: &[T]) -> Vec<String> {
    texts.iter().map(T::to_string).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn compiled_is_as_written(world in world(), asked in prop::collection::vec((who(), request()), 20)) {
        let snapshot = read(&world);
        let policy = Policy::new(&snapshot);
        for (user, attributes) in &asked {
            let expected = plainly(&snapshot, user, attributes);
            prop_assert_eq!(policy.decide(user, attributes).is_allowed(), expected, "{:?} {}", user, attributes);
            prop_assert_eq!(policy.grants(user, attributes).next().is_some(), expected);
            let found = policy.who_can(attributes);
            prop_assert_eq!(found.holders.iter().any(|holder| holder.subject.is(user)), expected);
            let listed = policy.rules_for(user, attributes.namespace());
            let by_list = listed.grants.iter().any(|grant| rule_allows(grant.rule.rule, attributes));
            prop_assert_eq!(by_list, expected, "{:?} {}", user, attributes);
            for grant in policy.grants(user, attributes) {
                prop_assert!(rule_allows(grant.rule.rule, attributes));
                let namespace = &grant.binding.metadata.namespace;
                prop_assert!(Subject::of(grant.subject().unwrap(), namespace).unwrap().is(user));
            }
        }
    }

    #[test]
    fn powers_are_those_of_who_can_in_every_namespace(world in world(), asked in prop::collection::vec(request(), 12)) {
        // Some bindings are of roles that nobody has read, some objects are defined twice.
        let world: Vec<Value> = world.iter().filter(|object| object["metadata"]["name"] != "u").cloned().collect();
        let twice = world.iter().rev().step_by(5).cloned().map(|mut object| {
            object["subjects"] = json!([{"kind": "User", "name": "jane"}]);
            object
        });
        let snapshot = read(&world.iter().cloned().chain(twice).collect::<Vec<_>>());
        let policy = Policy::new(&snapshot);
        let powers = policy.survey(&asked);
        for (number, attributes) in asked.iter().enumerate() {
            let mut doubts = BTreeSet::new();
            for place in ["", "one", "two"] {
                let mut attributes = *attributes;
                match &mut attributes.target {
                    Target::Resource(asked) => asked.namespace = place,
                    Target::Path(_) => {}
                }
                let found = policy.who_can(&attributes);
                let holders: BTreeSet<(Subject, String)> = found
                    .holders
                    .iter()
                    .filter_map(|holder| Some((holder.subject.clone(), named(holder.grant.as_ref()?.binding))))
                    .collect();
                let counts = |held: &&Held<'_>| {
                    held.powers.contains(&number) && (held.namespace.is_empty() || held.namespace == attributes.namespace())
                };
                let held: BTreeSet<(Subject, String)> =
                    powers.held.iter().filter(counts).map(|held| (held.subject.clone(), named(held.binding))).collect();
                prop_assert_eq!(held, holders, "{}", attributes);
                doubts.extend(found.doubts);
            }
            prop_assert_eq!(&powers.doubts[number], &doubts.into_iter().collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_binding_more_takes_no_right_away(world in world(), new in binding(), asked in prop::collection::vec((who(), request()), 20)) {
        let before = read(&world);
        let mut world = world;
        world.push(new);
        let after = read(&world);
        let (before, after) = (Policy::new(&before), Policy::new(&after));
        for (user, attributes) in &asked {
            if before.decide(user, attributes).is_allowed() {
                prop_assert!(after.decide(user, attributes).is_allowed(), "{:?} {}", user, attributes);
            }
        }
    }

    #[test]
    fn order_does_not_matter(
        worlds in world().prop_flat_map(|world| (Just(world.clone()), Just(world).prop_shuffle())),
        asked in prop::collection::vec((who(), request()), 20),
    ) {
        let (one, other) = (read(&worlds.0), read(&worlds.1));
        let (one, other) = (Policy::new(&one), Policy::new(&other));
        for (user, attributes) in &asked {
            let [a, b] = [&one, &other].map(|policy| {
                let mut grants: Vec<String> = policy.grants(user, attributes).map(|grant| format!("{grant} {:?}", grant.rule.rule)).collect();
                grants.sort();
                let decision = policy.decide(user, attributes);
                (decision.is_allowed(), matches!(decision, Decision::Unknown(_)), grants)
            });
            prop_assert_eq!(a, b, "{:?} {}", user, attributes);
        }
    }

    #[test]
    fn what_is_gathered_is_a_fixed_point_in_any_order(
        roles in gathering().prop_flat_map(|roles| (Just(roles.clone()), Just(roles).prop_shuffle())),
    ) {
        let once = filled(&read(&roles.0));
        // What may survive in a circle is not certain, and so it is not written.
        let again = filled(&read(&fill(&roles.0)));
        for ((once, _), (again, _)) in once.iter().zip(&again) {
            prop_assert_eq!(once, again);
        }
        let other = filled(&read(&roles.1));
        for (role, once) in roles.0.iter().zip(once) {
            let at = roles.1.iter().position(|other| other == role).unwrap();
            prop_assert_eq!(&other[at].0, &once.0);
            let sorted = |mut rules: Vec<String>| { rules.sort(); rules };
            prop_assert_eq!(sorted(other[at].1.clone()), sorted(once.1));
        }
    }
}
