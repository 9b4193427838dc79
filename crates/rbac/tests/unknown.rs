//! What cannot be told is unknown, with the reason, and what is certain stays certain.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop at the first surprise")]

mod support;

use seawall_rbac::{Decision, Escalation, Policy};
use support::{answer, files, objects, request, user};

struct Row {
    name: &'static str,
    /// In short lines, as `support::objects` has it.
    lines: &'static str,
    /// Documents besides.
    documents: &'static str,
    asked: &'static [(&'static str, &'static str, &'static str)],
    /// Why the answers that are unknown are.
    reason: &'static str,
}

const READER: &str = "
    ClusterRole reader [{verbs: [get], apiGroups: [''], resources: [pods]}]
    ClusterRoleBinding known ClusterRole:reader [{kind: User, name: joan}]";

const ROWS: &[Row] = &[
    Row {
        name: "a role that no file has",
        lines: "
            RoleBinding shop/b ClusterRole:view [{kind: User, name: jane}]",
        documents: "",
        asked: &[
            ("jane", "get pods in shop", "unknown"),
            ("jane", "frob widgets.example.com in shop", "unknown"),
            ("jane", "get pods in pay", "no"),
            ("jane", "get pods", "no"),
            ("john", "get pods in shop", "no"),
            ("joan", "get pods in shop", "yes"),
            ("root of system:masters", "get pods in shop", "yes"),
        ],
        reason: "ClusterRole view, which RoleBinding shop/b binds, was not read",
    },
    Row {
        name: "a binding of subjects of a wrong type",
        lines: "",
        documents: "
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: b, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects: {kind: User, name: jane}",
        asked: &[
            ("anybody", "get pods in shop", "unknown"),
            // Whoever they are, they get no more than the role.
            ("anybody", "list pods in shop", "no"),
            ("anybody", "get pods in pay", "no"),
            ("joan", "get pods in shop", "yes"),
        ],
        reason: "RoleBinding shop/b has a field of a wrong type",
    },
    Row {
        name: "a binding with a label of a wrong type",
        lines: "",
        documents: "
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: b, labels: {release: 1}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects: [{kind: User, name: jane}]",
        asked: &[
            ("jane", "get pods in shop", "unknown"),
            ("jane", "list pods in shop", "no"),
            ("john", "get pods in shop", "no"),
        ],
        reason: "ClusterRoleBinding b has a field of a wrong type",
    },
    Row {
        name: "a role of a wrong type",
        lines: "
            ClusterRoleBinding b ClusterRole:broken [{kind: User, name: jane}]",
        documents: "
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: broken}
rules: [{verbs: [get, 5], apiGroups: [''], resources: [pods]}]",
        asked: &[
            ("jane", "get pods in shop", "unknown"),
            ("jane", "list secrets in shop", "unknown"),
            ("john", "list secrets in shop", "no"),
        ],
        reason: "ClusterRole broken has a field of a wrong type",
    },
    Row {
        name: "a binding that the API server refuses",
        lines: "
            ClusterRoleBinding b ClusterRole:reader [{kind: user, name: jane}]",
        documents: "",
        asked: &[("jane", "get pods in shop", "unknown"), ("jane", "list pods in shop", "no")],
        reason: "ClusterRoleBinding b is refused by the API server: a subject is no User, Group or ServiceAccount",
    },
    Row {
        name: "a role that the API server refuses",
        lines: "
            Role shop/paths [{verbs: [get], nonResourceURLs: [/healthz]}]
            RoleBinding shop/b Role:paths [{kind: User, name: jane}]",
        documents: "",
        asked: &[("jane", "get pods in shop", "unknown"), ("jane", "get pods in pay", "no")],
        reason: "Role shop/paths is refused by the API server: a rule of a Role has `nonResourceURLs`",
    },
    Row {
        name: "a role that is defined twice",
        lines: "
            ClusterRole twice [{verbs: [get], apiGroups: [''], resources: [secrets, pods]}]
            ClusterRole twice [{verbs: [get, list], apiGroups: [''], resources: [pods]}]
            ClusterRoleBinding b ClusterRole:twice [{kind: User, name: jane}]",
        documents: "",
        asked: &[
            ("jane", "get pods in shop", "yes"),
            ("jane", "get secrets in shop", "unknown"),
            ("jane", "watch pods in shop", "no"),
        ],
        reason: "ClusterRole twice is defined several times, differently",
    },
    Row {
        name: "a binding that is defined twice",
        lines: "
            RoleBinding shop/b ClusterRole:reader [{kind: User, name: jane}, {kind: User, name: jack}]
            RoleBinding shop/b ClusterRole:reader [{kind: User, name: jane}, {kind: User, name: john}]
            RoleBinding shop/c ClusterRole:reader [{kind: User, name: jeff}]
            RoleBinding shop/c ClusterRole:reader [{kind: User, name: jeff}]",
        documents: "",
        asked: &[
            ("jane", "get pods in shop", "yes"),
            ("jeff", "get pods in shop", "yes"),
            ("john", "get pods in shop", "unknown"),
            ("jack", "list pods in shop", "no"),
        ],
        reason: "RoleBinding shop/b is defined several times, differently",
    },
    Row {
        name: "roles that gather each other's rules",
        lines: "
            ClusterRoleBinding b ClusterRole:one [{kind: User, name: jane}]",
        documents: "
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: one, labels: {to-two: x}}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {to-one: x}}]}
rules: [{verbs: [get], apiGroups: [''], resources: [secrets]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: two, labels: {to-one: x}}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {to-two: x}}]}
rules: []
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: three, labels: {to-two: x}}
rules: [{verbs: [get], apiGroups: [''], resources: [nodes]}]",
        asked: &[
            ("jane", "get nodes", "yes"),
            ("jane", "get secrets in shop", "unknown"),
            ("jane", "list nodes", "no"),
        ],
        reason: "ClusterRole one gathers the rules of ClusterRoles that gather its own",
    },
    Row {
        name: "roles that gather what another role had until it was filled",
        lines: "
            ClusterRoleBinding b ClusterRole:one [{kind: User, name: jane}]
            ClusterRoleBinding c ClusterRole:early [{kind: User, name: john}]",
        documents: "
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: one, labels: {to-two: x}}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {to-one: x}}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: two, labels: {to-one: x}}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {to-two: x}}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: early, labels: {to-two: x}}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {to-early: x}}]}
rules: [{verbs: [get], apiGroups: [''], resources: [secrets]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: late, labels: {to-early: x}}
rules: [{verbs: [get], apiGroups: [''], resources: [nodes]}]",
        asked: &[
            ("jane", "get nodes", "yes"),
            ("jane", "get secrets in shop", "unknown"),
            // It is in no circle: what it gave itself is gone.
            ("john", "get nodes", "yes"),
            ("john", "get secrets in shop", "no"),
        ],
        reason: "ClusterRole one gathers the rules of ClusterRoles that gather its own",
    },
    Row {
        name: "a role that gathers what nobody can read",
        lines: "
            ClusterRoleBinding b ClusterRole:all [{kind: User, name: jane}]",
        documents: "
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: all}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {to-all: x}}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: whole, labels: {to-all: x}}
rules: [{verbs: [get], apiGroups: [''], resources: [nodes]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: broken, labels: {to-all: x}}
rules: many",
        asked: &[("jane", "get nodes", "yes"), ("jane", "get secrets in shop", "unknown")],
        reason: "ClusterRole broken has a field of a wrong type",
    },
];

#[test]
fn what_cannot_be_told_is_unknown_with_its_reason() {
    for Row { name, lines, documents, asked, reason } in ROWS {
        let snapshot = files(&format!("{}---{documents}\n---\n{}", objects(lines), objects(READER)));
        let policy = Policy::new(&snapshot);
        for (who, what, expected) in *asked {
            assert_eq!(answer(&policy, who, what), *expected, "{name}: {who}: {what}");
            let decision = policy.decide(&user(who), &request(what));
            let found = policy.who_can(&request(what));
            let told = |doubts: &[seawall_rbac::Doubt]| -> Vec<String> {
                doubts.iter().map(|doubt| doubt.describe(&snapshot)).collect()
            };
            if let Decision::Unknown(doubts) = decision {
                assert_eq!(told(&doubts), [*reason], "{name}: {who}: {what}");
                assert!(
                    told(&found.doubts).contains(&(*reason).to_owned()),
                    "{name}: {what}: {:?}",
                    found.doubts
                );
            }
            let is_holder = found.holders.iter().any(|holder| holder.subject.is(&user(who)));
            assert_eq!(is_holder, *expected == "yes", "{name}: who can {what}");
        }
    }
}

/// What a role of a file gives itself counts only where it gathers nothing: the controller then applies no rules.
#[test]
fn a_role_that_gathers_nothing_keeps_its_own_rules() {
    let role = |selector: &str| {
        format!(
            "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {{name: all}}\n\
             aggregationRule: {{clusterRoleSelectors: [{{matchLabels: {{{selector}}}}}]}}\n\
             rules: [{{verbs: [get], apiGroups: [''], resources: [secrets]}}]\n---\n\
             apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {{name: part, labels: {{a: b}}}}\n\
             rules: [{{verbs: [get], apiGroups: [''], resources: [nodes]}}]\n"
        )
    };
    let binding = objects("ClusterRoleBinding b ClusterRole:all [{kind: User, name: jane}]");
    for (selector, secrets, nodes) in [("a: b", "no", "yes"), ("a: c", "yes", "no")] {
        let snapshot = files(&format!("{binding}{}", role(selector)));
        let policy = Policy::new(&snapshot);
        assert_eq!(answer(&policy, "jane", "get secrets in shop"), secrets, "{selector}");
        assert_eq!(answer(&policy, "jane", "get nodes"), nodes, "{selector}");
    }
}

#[test]
fn whether_somebody_may_bind_what_was_not_read_is_unknown() {
    let snapshot = files(&objects(
        "
        ClusterRole binder [{verbs: [bind], apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], resourceNames: [view]}]
        ClusterRole reader [{verbs: [get], apiGroups: [''], resources: [pods]}]
        RoleBinding shop/b ClusterRole:binder [{kind: User, name: jane}]
        RoleBinding shop/c ClusterRole:reader [{kind: User, name: jane}]",
    ));
    let policy = Policy::new(&snapshot);
    let reference = |name: &str| seawall_inventory::kinds::RoleRef {
        kind: "ClusterRole".into(),
        name: name.into(),
        ..Default::default()
    };
    let may = |namespace: &str, name: &str| policy.may_bind(&user("jane"), namespace, &reference(name));
    assert!(matches!(may("shop", "view"), Escalation::Allowed(_)));
    assert!(matches!(may("shop", "reader"), Escalation::Allowed(_)));
    assert!(matches!(may("", "view"), Escalation::RoleNotRead));
    assert!(matches!(may("pay", "reader"), Escalation::Forbidden(atom) if atom.to_string() == "get pods"));
}
