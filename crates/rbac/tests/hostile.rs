//! Roles and bindings that somebody wrote to hurt who reads them: bounded, and decided right.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop at the first surprise")]

mod support;

use std::fmt::Write;

use seawall_rbac::{Policy, User};
use support::{answer, files, objects, request};

const HEAD: &str = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: ";

/// A role with the labels and selectors that link it to others.
fn link(text: &mut String, number: usize, gathers: impl std::fmt::Display) {
    write!(
        text,
        "---\n{HEAD}{{name: r{number}, labels: {{of: l{number}}}}}\n\
         aggregationRule: {{clusterRoleSelectors: [{{matchLabels: {{of: {gathers}}}}}]}}\n"
    )
    .unwrap();
}

fn root(text: &mut String, label: &str) {
    write!(
        text,
        "---\n{HEAD}{{name: root, labels: {{of: {label}}}}}\nrules: [{{verbs: [get], apiGroups: [''], resources: [pods]}}]\n"
    )
    .unwrap();
}

#[test]
fn a_chain_of_thousands_of_roles_is_followed_to_its_end() {
    const LENGTH: usize = 5000;
    let mut text =
        objects(&format!("ClusterRoleBinding b ClusterRole:r{} [{{kind: User, name: jane}}]", LENGTH - 1));
    root(&mut text, "root");
    link(&mut text, 0, "root");
    (1..LENGTH).for_each(|number| link(&mut text, number, format_args!("l{}", number - 1)));
    let snapshot = files(&text);
    let policy = Policy::new(&snapshot);
    assert_eq!(answer(&policy, "jane", "get pods in shop"), "yes");
    assert_eq!(answer(&policy, "jane", "list pods in shop"), "no");
}

#[test]
fn a_circle_of_thousands_of_roles_holds_what_it_gathers() {
    const LENGTH: usize = 5000;
    let mut text = objects("ClusterRoleBinding b ClusterRole:r77 [{kind: User, name: jane}]");
    root(&mut text, "l4000");
    (0..LENGTH).for_each(|number| link(&mut text, number, format_args!("l{}", (number + 1) % LENGTH)));
    let snapshot = files(&text);
    let policy = Policy::new(&snapshot);
    assert_eq!(answer(&policy, "jane", "get pods in shop"), "yes");
    assert_eq!(answer(&policy, "jane", "list pods in shop"), "no");
}

#[test]
fn roles_that_gather_more_than_can_be_followed_are_unknown() {
    // Each of three thousand roles gathers ten rules, and all that the one before gathers: 45 millions in all.
    const LENGTH: usize = 3000;
    let mut text = objects(&format!(
        "ClusterRoleBinding a ClusterRole:r1 [{{kind: User, name: jane}}]\n\
         ClusterRoleBinding b ClusterRole:r{} [{{kind: User, name: john}}]",
        LENGTH - 1
    ));
    root(&mut text, "l9999");
    for number in 0..LENGTH {
        let rule = |verb| format!("{{verbs: [v{verb}], apiGroups: [g{number}], resources: [pods]}}");
        let rules: Vec<String> = (0..10).map(rule).collect();
        write!(
            text,
            "---\n{HEAD}{{name: s{number}, labels: {{of: s{number}}}}}\nrules: [{}]\n---\n{HEAD}{{name: r{number}, labels: \
             {{of: l{number}}}}}\naggregationRule: {{clusterRoleSelectors: [{{matchExpressions: [{{key: of, operator: In, values: \
             [s{number}, l{}]}}]}}]}}\n",
            rules.join(", "),
            (number + 9999) % 10_000
        )
        .unwrap();
    }
    let snapshot = files(&text);
    let policy = Policy::new(&snapshot);
    assert_eq!(answer(&policy, "jane", "v3 pods.g1 in shop"), "yes");
    assert_eq!(answer(&policy, "jane", "v3 pods.g2 in shop"), "no");
    assert_eq!(answer(&policy, "john", "v3 pods.g1 in shop"), "unknown");
    assert_eq!(answer(&policy, "jack", "v3 pods.g1 in shop"), "no");
}

#[test]
fn very_many_rules_names_and_groups_are_decided() {
    let long = "n".repeat(1 << 20);
    let rules: Vec<String> = (0..100_000)
        .map(|number| format!("{{verbs: [get], apiGroups: [''], resources: [r{number}]}}"))
        .collect();
    let text = objects(&format!(
        "ClusterRole many [{}]\n\
         ClusterRole long [{{verbs: [get], apiGroups: [''], resources: [pods], resourceNames: [{long}]}}]\n\
         ClusterRoleBinding a ClusterRole:many [{{kind: Group, name: g9999}}]\n\
         RoleBinding shop/b ClusterRole:long [{{kind: User, name: {long}}}]",
        rules.join(", ")
    ));
    let snapshot = files(&text);
    assert!(snapshot.problems.is_empty(), "{:?}", snapshot.problems);
    let policy = Policy::new(&snapshot);
    let groups: Vec<String> = (0..10_000).map(|number| format!("g{number}")).collect();
    let jane = User::with_groups("jane", groups);
    assert!(policy.decide(&jane, &request("get r99999 in shop")).is_allowed());
    assert!(!policy.decide(&jane, &request("get r100000 in shop")).is_allowed());
    assert_eq!(answer(&policy, &long, &format!("get pods in shop named {long}")), "yes");
    assert_eq!(answer(&policy, &long, &format!("get pods in shop named {}", &long[1..])), "no");
}

/// Names that look alike are not: subjects are compared byte by byte.
#[test]
fn names_that_look_alike_are_others() {
    let snapshot = files(&objects(
        "
        ClusterRole r [{verbs: [get], apiGroups: [''], resources: [pods]}]
        ClusterRoleBinding a ClusterRole:r [{kind: User, name: 'j\u{430}ne'}, {kind: Group, name: 'caf\u{65}\u{301}'}]",
    ));
    let policy = Policy::new(&snapshot);
    for (who, expected) in [
        ("j\u{430}ne", "yes"),
        ("jane", "no"),
        ("x of caf\u{65}\u{301}", "yes"),
        ("x of caf\u{e9}", "no"),
        ("J\u{430}ne", "no"),
    ] {
        assert_eq!(answer(&policy, who, "get pods in shop"), expected, "{who}");
    }
}
