//! The least roles allow what was seen, nothing else, and nothing in them can be left out.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop at the first surprise")]

mod support;

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::select;
use seawall_inventory::kinds::PolicyRule;
use seawall_rbac::{
    Attributes, Decision, LeastRoles, Manifest, Need, Policy, Resource, Subject, User, Wider, least_roles,
};
use smol_str::SmolStr;
use support::files;

const VERBS: &[&str] = &["get", "list", "watch", "create", "patch", "update", "*"];
const GROUPS: &[&str] = &["", "apps", "*"];
const RESOURCES: &[&str] = &["pods", "deployments", "*"];
const SUBRESOURCES: &[&str] = &["", "", "log", "*"];
/// Names as the API server takes them in paths, which are any but for `/` and `%`.
const NAMES: &[&str] = &["", "", "web", "db", "true", "*", "a: b # c", "\"\\\n\u{2028}é"];
const NAMESPACES: &[&str] = &["", "one", "two", "no"];
const PATHS: &[&str] = &["/healthz", "/metrics", "/metrics/a", "/metrics/*", "*"];

/// A request, as it stands in a log.
type Request = (&'static str, Option<&'static str>, [&'static str; 5]);

fn request() -> impl Strategy<Value = Request> {
    let resource =
        (select(VERBS), select(GROUPS), select(RESOURCES), select(SUBRESOURCES), select(NAMESPACES));
    prop_oneof![
        8 => (resource, select(NAMES)).prop_map(|((verb, group, resource, sub, namespace), name)| {
            (verb, None, [group, resource, sub, namespace, name])
        }),
        1 => (select(VERBS), select(PATHS)).prop_map(|(verb, path)| (verb, Some(path), [""; 5])),
    ]
}

fn attributes(request: &Request) -> Attributes<'static> {
    let (verb, path, [group, resource, subresource, namespace, name]) = *request;
    match path {
        Some(path) => Attributes::path(verb, path),
        None => Attributes::resource(
            verb,
            Resource { group, resource, subresource, namespace, name, ..Resource::default() },
        ),
    }
}

fn yaml(roles: &LeastRoles) -> String {
    let subjects = [Subject::User("jane".into())];
    let texts = roles
        .iter()
        .map(|(namespace, rules)| Manifest { name: "least", namespace, rules, subjects: &subjects }.yaml());
    texts.collect::<Vec<_>>().join("---\n")
}

/// Which of the requests roles allow, as they are applied.
fn allowed<'r>(roles: &LeastRoles, asked: impl IntoIterator<Item = &'r Attributes<'r>>) -> Vec<bool> {
    let snapshot = files(&yaml(roles));
    assert!(snapshot.problems.is_empty(), "{:?}\n{}", snapshot.problems, yaml(roles));
    let policy = Policy::new(&snapshot);
    let jane = User::named("jane");
    asked
        .into_iter()
        .map(|attributes| matches!(policy.decide(&jane, attributes), Decision::Allowed(_)))
        .collect()
}

/// A list of a rule.
type List = fn(&mut PolicyRule) -> &mut Box<[SmolStr]>;

/// The same roles without one element, in every way.
fn without_one(roles: &LeastRoles) -> Vec<LeastRoles> {
    let mut all = Vec::new();
    for (namespace, rules) in roles {
        let mut with = |changed: Vec<PolicyRule>| {
            let mut other = roles.clone();
            other.insert(namespace.clone(), changed);
            all.push(other);
        };
        for (number, rule) in rules.iter().enumerate() {
            let mut less = rules.clone();
            less.remove(number);
            with(less);
            let lists: [List; 5] = [
                |rule| &mut rule.verbs,
                |rule| &mut rule.api_groups,
                |rule| &mut rule.resources,
                |rule| &mut rule.resource_names,
                |rule| &mut rule.non_resource_urls,
            ];
            for list in lists {
                let words = list(&mut rule.clone()).to_vec();
                // A rule without any names is about all of them; and one without the last word of another list is none.
                for word in (0..words.len()).filter(|_| words.len() > 1) {
                    let mut rules = rules.clone();
                    let mut words = words.clone();
                    words.remove(word);
                    *list(&mut rules[number]) = words.into();
                    with(rules);
                }
            }
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn they_allow_what_was_seen_and_nothing_else(
        seen in prop::collection::vec(request(), 0..24),
        others in prop::collection::vec(request(), 60),
    ) {
        let seen: Vec<_> = seen.iter().map(attributes).collect();
        let needs: BTreeSet<Need> = seen.iter().filter_map(Need::of).collect();
        let roles = least_roles(&needs);
        let all: Vec<_> = needs.iter().map(Need::attributes).collect();
        prop_assert!(allowed(&roles, &all).iter().all(|allowed| *allowed), "{}", yaml(&roles));

        // Allowed is what was seen, what was seen for all names, and what was seen for all namespaces.
        let others: Vec<_> = others.iter().map(attributes).collect();
        let is_seen = |asked: &Attributes<'_>| needs.iter().any(|need| {
            let mut forms = vec![*asked];
            if let seawall_rbac::Target::Resource(resource) = asked.target {
                for namespace in [resource.namespace, ""] {
                    for name in [resource.name, ""] {
                        forms.push(Attributes::resource(asked.verb, Resource { namespace, name, ..resource }));
                    }
                }
            }
            forms.contains(&need.attributes())
        });
        for (other, allowed) in others.iter().zip(allowed(&roles, &others)) {
            prop_assert_eq!(allowed, is_seen(other), "{}\n{}", other, yaml(&roles));
        }
    }

    #[test]
    fn nothing_can_be_left_out(seen in prop::collection::vec(request(), 0..24)) {
        let needs: BTreeSet<Need> = seen.iter().map(attributes).filter_map(|asked| Need::of(&asked)).collect();
        let roles = least_roles(&needs);
        let all: Vec<_> = needs.iter().map(Need::attributes).collect();
        for less in without_one(&roles) {
            prop_assert!(allowed(&less, &all).contains(&false), "{}\nof\n{}", yaml(&less), yaml(&roles));
        }
    }

    #[test]
    fn wider_roles_allow_what_was_seen(
        seen in prop::collection::vec(request(), 0..24),
        names: bool, namespaces: bool, verbs: bool,
    ) {
        let needs: BTreeSet<Need> = seen.iter().map(attributes).filter_map(|asked| Need::of(&asked)).collect();
        let wide: BTreeSet<Need> =
            needs.iter().flat_map(|need| need.wider(Wider { names, namespaces, verbs })).collect();
        let roles = least_roles(&wide);
        let all: Vec<_> = needs.iter().map(Need::attributes).collect();
        prop_assert!(allowed(&roles, &all).iter().all(|allowed| *allowed), "{}", yaml(&roles));
        if names {
            prop_assert!(roles.values().flatten().all(|rule| rule.resource_names.is_empty()));
        }
        if namespaces {
            prop_assert!(roles.keys().all(|namespace| namespace.is_empty()));
        }
    }
}

#[test]
fn what_only_a_wildcard_would_allow_is_no_need() {
    for (wild, resource) in [("*", "pods"), ("", "*")] {
        let asked = Resource { group: wild, resource, ..Resource::default() };
        assert_eq!(Need::of(&Attributes::resource("get", asked)), None);
    }
    assert_eq!(Need::of(&Attributes::path("get", "/a/*")), None);
    assert!(Need::of(&Attributes::path("get", "/a/*/b")).is_some());
}
