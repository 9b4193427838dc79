//! Where other tools decide otherwise than the API server.
//!
//! Each row is an error that one of them makes, or made, about the meaning of roles and bindings; the semantics are those of
//! k8s.io/kubernetes v1.36.3, the data is our own. What these tools make of pods, tokens and nodes is no matter of RBAC.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop at the first surprise")]

mod support;

use seawall_inventory::Coverage;
use seawall_rbac::Policy;
use support::{answer, files, objects, user};

struct Row {
    peer: &'static str,
    /// What it has wrong.
    error: &'static str,
    objects: &'static str,
    /// Who, what, and whether he may.
    asked: &'static [(&'static str, &'static str, &'static str)],
}

const ROWS: &[Row] = &[
    Row {
        peer: "KubeHound",
        error: "rules with resourceNames are skipped",
        objects: "
            Role shop/r [{verbs: [get, list], apiGroups: [''], resources: [secrets], resourceNames: [db]}]
            RoleBinding shop/b Role:r [{kind: User, name: jane}]",
        asked: &[
            ("jane", "get secrets in shop named db", "yes"),
            ("jane", "get secrets in shop named web", "no"),
            ("jane", "list secrets in shop", "no"),
            // What a field selector on metadata.name makes of a list.
            ("jane", "list secrets in shop named db", "yes"),
        ],
    },
    Row {
        peer: "KubeHound",
        error: "workloads are looked for in the core group",
        objects: "
            ClusterRole apps [{verbs: [create], apiGroups: [apps], resources: [deployments]}]
            ClusterRole core [{verbs: [create], apiGroups: [''], resources: [deployments]}]
            ClusterRoleBinding a ClusterRole:apps [{kind: User, name: jane}]
            ClusterRoleBinding b ClusterRole:core [{kind: User, name: john}]",
        asked: &[
            ("jane", "create deployments.apps in shop", "yes"),
            ("john", "create deployments.apps in shop", "no"),
            ("jane", "create deployments in shop", "no"),
        ],
    },
    Row {
        peer: "KubeHound",
        error: "pods/* is taken for all subresources, */exec for none",
        objects: "
            ClusterRole literal [{verbs: [create], apiGroups: [''], resources: ['pods/*']}]
            ClusterRole any [{verbs: [create], apiGroups: [''], resources: ['*/exec']}]
            ClusterRoleBinding a ClusterRole:literal [{kind: User, name: jane}]
            ClusterRoleBinding b ClusterRole:any [{kind: User, name: john}]",
        asked: &[
            ("jane", "create pods/exec in shop named web", "no"),
            ("jane", "create pods/* in shop named web", "yes"),
            ("john", "create pods/exec in shop named web", "yes"),
            ("john", "create pods in shop", "no"),
        ],
    },
    Row {
        peer: "KubeHound",
        error: "exec is looked for with create alone",
        objects: "
            ClusterRole r [{verbs: [get], apiGroups: [''], resources: [pods/exec]}]
            ClusterRoleBinding b ClusterRole:r [{kind: User, name: jane}]",
        asked: &[
            ("jane", "get pods/exec in shop named web", "yes"),
            ("jane", "create pods/exec in shop named web", "no"),
        ],
    },
    Row {
        peer: "KubeHound",
        error: "a RoleBinding to a service account of another namespace is lost",
        objects: "
            Role shop/r [{verbs: [get], apiGroups: [''], resources: [pods]}]
            RoleBinding shop/b Role:r [{kind: ServiceAccount, namespace: ci, name: robot}]",
        asked: &[
            ("ci/robot", "get pods in shop", "yes"),
            ("ci/robot", "get pods in ci", "no"),
            ("shop/robot", "get pods in shop", "no"),
        ],
    },
    Row {
        peer: "KubeHound",
        error: "verb, group and resource are put together from several rules",
        objects: "
            ClusterRole r [{verbs: [bind], apiGroups: [apps], resources: [deployments]}, {verbs: [create], apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles]}]
            ClusterRoleBinding b ClusterRole:r [{kind: User, name: jane}]",
        asked: &[
            ("jane", "bind clusterroles.rbac.authorization.k8s.io named admin", "no"),
            ("jane", "bind deployments.apps in shop", "yes"),
        ],
    },
    Row {
        peer: "KubeHound",
        error: "impersonation, nodes/proxy, tokens, escalate and ephemeral containers are no rights",
        objects: "
            ClusterRole r [{verbs: [get], apiGroups: [''], resources: [nodes/proxy]}, {verbs: [create], apiGroups: [''], resources: [serviceaccounts/token]}, {verbs: [impersonate], apiGroups: [''], resources: [groups], resourceNames: ['system:masters']}, {verbs: [escalate], apiGroups: [rbac.authorization.k8s.io], resources: [roles]}, {verbs: [patch], apiGroups: [''], resources: [pods/ephemeralcontainers]}]
            ClusterRoleBinding b ClusterRole:r [{kind: User, name: jane}]",
        asked: &[
            ("jane", "get nodes/proxy named n1", "yes"),
            ("jane", "create serviceaccounts/token in shop named web", "yes"),
            ("jane", "impersonate groups named system:masters", "yes"),
            ("jane", "impersonate groups named dev", "no"),
            ("jane", "impersonate users named john", "no"),
            ("jane", "escalate roles.rbac.authorization.k8s.io in shop", "yes"),
            ("jane", "patch pods/ephemeralcontainers in shop named web", "yes"),
        ],
    },
    Row {
        peer: "KubeHound, IceKube",
        error: "service accounts are in no groups",
        objects: "
            ClusterRole r [{verbs: [get], apiGroups: [''], resources: [secrets]}]
            RoleBinding shop/all ClusterRole:r [{kind: Group, name: 'system:serviceaccounts'}]
            RoleBinding pay/own ClusterRole:r [{kind: Group, name: 'system:serviceaccounts:pay'}]
            RoleBinding web/known ClusterRole:r [{kind: Group, name: 'system:authenticated'}]
            RoleBinding www/unknown ClusterRole:r [{kind: Group, name: 'system:unauthenticated'}]",
        asked: &[
            ("ci/robot", "get secrets in shop", "yes"),
            ("jane", "get secrets in shop", "no"),
            ("pay/later", "get secrets in pay", "yes"),
            ("ci/robot", "get secrets in pay", "no"),
            ("ci/robot", "get secrets in web", "yes"),
            ("jane", "get secrets in web", "yes"),
            ("nobody at all", "get secrets in web", "no"),
            ("nobody at all", "get secrets in www", "yes"),
            ("jane", "get secrets in www", "no"),
        ],
    },
    Row {
        peer: "IceKube",
        error: "names are patterns, and restrict what has no name",
        objects: "
            Role shop/r [{verbs: ['*'], apiGroups: [''], resources: [secrets], resourceNames: ['*', 'a.b']}]
            RoleBinding shop/b Role:r [{kind: User, name: jane}]",
        asked: &[
            ("jane", "get secrets in shop named db", "no"),
            ("jane", "get secrets in shop named *", "yes"),
            ("jane", "get secrets in shop named a.b", "yes"),
            ("jane", "get secrets in shop named axb", "no"),
            ("jane", "create secrets in shop", "no"),
            ("jane", "list secrets in shop", "no"),
            ("jane", "deletecollection secrets in shop", "no"),
        ],
    },
    Row {
        peer: "IceKube",
        error: "what discovery does not list is no right",
        objects: "
            ClusterRole r [{verbs: [frob, 'impersonate-on:user-info:get'], apiGroups: [example.com], resources: [widgets/spin]}]
            ClusterRoleBinding b ClusterRole:r [{kind: User, name: jane}]",
        asked: &[
            ("jane", "frob widgets.example.com/spin in shop named a", "yes"),
            ("jane", "impersonate-on:user-info:get widgets.example.com/spin in shop", "yes"),
            ("jane", "get widgets.example.com/spin in shop", "no"),
        ],
    },
    Row {
        peer: "rbac-police",
        error: "a group among the subjects hides the service accounts behind it",
        objects: "
            ClusterRole r [{verbs: [get], apiGroups: [''], resources: [pods]}]
            ClusterRoleBinding b ClusterRole:r [{kind: Group, name: ops}, {kind: ServiceAccount, namespace: ci, name: robot}]",
        asked: &[
            ("ci/robot", "get pods in shop", "yes"),
            ("jane of ops", "get pods in shop", "yes"),
            ("ci/other", "get pods in shop", "no"),
        ],
    },
    Row {
        peer: "rbac-police",
        error: "names are not asked for",
        objects: "
            ClusterRole r [{verbs: [create], apiGroups: [''], resources: [serviceaccounts/token], resourceNames: [web]}]
            ClusterRoleBinding b ClusterRole:r [{kind: User, name: jane}]",
        asked: &[
            ("jane", "create serviceaccounts/token in kube-system named web", "yes"),
            ("jane", "create serviceaccounts/token in kube-system named admin", "no"),
        ],
    },
    Row {
        peer: "KubiScan",
        error: "verbs and resources are compared as lists, groups are not, and a role is whatever has its name",
        objects: "
            ClusterRole proxy [{verbs: [get], apiGroups: ['*'], resources: [nodes/proxy]}]
            ClusterRole same [{verbs: ['*'], apiGroups: ['*'], resources: ['*']}]
            Role shop/same [{verbs: [get], apiGroups: [''], resources: [pods]}]
            Role pay/same [{verbs: [list], apiGroups: [''], resources: [pods]}]
            ClusterRole foreign [{verbs: ['*'], apiGroups: [example.com], resources: [secrets]}]
            ClusterRoleBinding a ClusterRole:proxy [{kind: User, name: jane}]
            RoleBinding shop/b Role:same [{kind: User, name: john}]
            ClusterRoleBinding c ClusterRole:foreign [{kind: User, name: jack}]",
        asked: &[
            ("jane", "get nodes/proxy named n1", "yes"),
            ("john", "get pods in shop", "yes"),
            ("john", "list pods in shop", "no"),
            ("john", "get secrets in shop", "no"),
            ("john", "list pods in pay", "no"),
            ("jack", "get secrets in shop", "no"),
            ("jack", "get secrets.example.com in shop", "yes"),
        ],
    },
    Row {
        peer: "krane",
        error: "wildcards of verbs and resources match nothing, groups are not asked for",
        objects: "
            ClusterRole r [{verbs: ['*'], apiGroups: [apps], resources: ['*']}]
            ClusterRoleBinding b ClusterRole:r [{kind: User, name: jane}]",
        asked: &[
            ("jane", "escalate deployments.apps/scale in shop", "yes"),
            ("jane", "get pods in shop", "no"),
        ],
    },
    Row {
        peer: "kubectl-who-can",
        error: "no */sub, paths without stars, system:masters and ClusterRoles in namespaces are forgotten",
        objects: "
            ClusterRole scale [{verbs: [update], apiGroups: [apps], resources: ['*/scale']}]
            ClusterRole paths [{verbs: [get], nonResourceURLs: ['/logs/*', '/metrics', '/a*b', '/x**']}]
            ClusterRole all-paths [{verbs: [get], nonResourceURLs: ['*']}]
            RoleBinding shop/b ClusterRole:scale [{kind: Group, name: dev}]
            ClusterRoleBinding c ClusterRole:paths [{kind: User, name: john}]
            ClusterRoleBinding d ClusterRole:all-paths [{kind: User, name: jack}]
            RoleBinding shop/e ClusterRole:all-paths [{kind: User, name: joan}]",
        asked: &[
            ("jane of dev", "update deployments.apps/scale in shop named web", "yes"),
            ("jane of dev", "update deployments.apps/status in shop named web", "no"),
            ("jane of dev", "update deployments.apps/scale in pay named web", "no"),
            ("john", "get /logs/a/b", "yes"),
            ("john", "get /logs/", "yes"),
            ("john", "get /logs", "no"),
            ("john", "get /metrics", "yes"),
            ("john", "get /metrics/", "no"),
            ("john", "get /axb", "no"),
            ("john", "get /a*b", "yes"),
            ("john", "get /xy", "yes"),
            ("john", "post /metrics", "no"),
            ("jack", "get /anything", "yes"),
            ("joan", "get /anything", "no"),
            ("root of system:masters", "delete nodes named n1", "yes"),
        ],
    },
    Row {
        peer: "rbac-tool, rakkess",
        error: "subresources cannot be asked for",
        objects: "
            ClusterRole r [{verbs: [get], apiGroups: [''], resources: [pods/log]}]
            ClusterRoleBinding b ClusterRole:r [{kind: User, name: jane}]",
        asked: &[
            ("jane", "get pods/log in shop named web", "yes"),
            ("jane", "get pods in shop named log", "no"),
            ("jane", "get pods in shop", "no"),
        ],
    },
    Row {
        peer: "kubectl auth can-i",
        error: "pods/exec is a pod named exec, and a subresource that nobody serves is granted",
        objects: "
            Role shop/r [{verbs: [create], apiGroups: [''], resources: [pods]}]
            RoleBinding shop/b Role:r [{kind: User, name: jane}]",
        asked: &[
            ("jane", "create pods in shop", "yes"),
            ("jane", "create pods/exec in shop named web", "no"),
            ("jane", "create pods/frob in shop named web", "no"),
        ],
    },
    Row {
        peer: "kubesplaining",
        error: "what is granted in a namespace is granted in the cluster, and bind in a namespace is void",
        objects: "
            ClusterRole all [{verbs: ['*'], apiGroups: ['*'], resources: ['*']}]
            ClusterRole binder [{verbs: [bind], apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], resourceNames: [view]}]
            RoleBinding shop/a ClusterRole:all [{kind: User, name: jane}]
            RoleBinding shop/b ClusterRole:binder [{kind: User, name: john}]",
        asked: &[
            ("jane", "delete secrets in shop named db", "yes"),
            ("jane", "get secrets in pay", "no"),
            ("jane", "list secrets", "no"),
            ("jane", "list nodes", "no"),
            // A Namespace is asked for in the namespace that it is: its labels of pod security can be changed.
            ("jane", "patch namespaces in shop named shop", "yes"),
            ("john", "bind clusterroles.rbac.authorization.k8s.io in shop named view", "yes"),
            ("john", "bind clusterroles.rbac.authorization.k8s.io named view", "no"),
            ("john", "bind clusterroles.rbac.authorization.k8s.io in shop named admin", "no"),
        ],
    },
    Row {
        peer: "all that look at the kind of a subject",
        error: "a user with the name of a service account is not it",
        objects: "
            ClusterRole r [{verbs: [get], apiGroups: [''], resources: [pods]}]
            ClusterRoleBinding a ClusterRole:r [{kind: User, name: 'system:serviceaccount:shop:web'}]
            RoleBinding pay/b ClusterRole:r [{kind: ServiceAccount, name: robot}]",
        asked: &[
            ("shop/web", "get pods in shop", "yes"),
            ("shop/api", "get pods in shop", "no"),
            ("pay/robot", "get pods in pay", "yes"),
            ("shop/robot", "get pods in pay", "no"),
        ],
    },
];

#[test]
fn where_other_tools_decide_otherwise() {
    for Row { peer, error, objects: lines, asked } in ROWS {
        let snapshot = files(&objects(lines));
        assert!(snapshot.problems.is_empty(), "{:?}", snapshot.problems);
        let policy = Policy::new(&snapshot);
        for (who, what, expected) in *asked {
            assert_eq!(answer(&policy, who, what), *expected, "{peer}: {error}: {who}: {what}");
            let holders = policy.who_can(&support::request(what)).holders;
            let is_holder = holders.iter().any(|holder| holder.subject.is(&user(who)));
            assert_eq!(is_holder, *expected == "yes", "{peer}: {error}: who can {what}: {holders:?}");
        }
    }
}

/// kubescape takes bindings that it may not list for none.
#[test]
fn what_was_not_listed_is_not_absent() {
    use seawall_inventory::{Gap, Missing};
    let mut snapshot = files(&objects(
        "
        ClusterRole r [{verbs: [get], apiGroups: [''], resources: [pods]}]
        RoleBinding shop/b ClusterRole:r [{kind: User, name: jane}]
        RoleBinding shop/c ClusterRole:gone [{kind: User, name: john}]
        RoleBinding shop/d Role:gone [{kind: User, name: jack}]",
    ));
    let gap = |kind: &str, missing| Gap {
        group: Some("rbac.authorization.k8s.io".into()),
        kind: Some(kind.into()),
        missing,
        reason: format!("{kind} may not be listed").into(),
        problem: None,
    };
    let within = |name: &str| Missing::Within(vec![name.into()]);
    let nothing = [("jane", "get pods in shop", "yes"), ("jane", "list pods in shop", "no")];
    for (gaps, asked) in [
        (
            vec![],
            vec![
                ("john", "get pods in shop", "no"),
                ("jack", "get pods in shop", "no"),
                ("jane", "get pods", "no"),
            ],
        ),
        (
            vec![gap("RoleBinding", within("pay"))],
            vec![
                ("jane", "get pods in pay", "unknown"),
                ("jane", "get pods", "no"),
                ("jane", "get /healthz", "no"),
            ],
        ),
        (
            vec![gap("ClusterRole", Missing::Everywhere)],
            vec![
                ("john", "get pods in shop", "unknown"),
                ("jack", "get pods in shop", "no"),
                ("joan", "get pods in shop", "no"),
            ],
        ),
        (
            vec![gap("Role", within("shop"))],
            vec![
                ("john", "get pods in shop", "no"),
                ("jack", "get pods in shop", "unknown"),
                ("jack", "get pods in pay", "no"),
            ],
        ),
    ] {
        snapshot.coverage = Coverage::live(gaps);
        let policy = Policy::new(&snapshot);
        for (who, what, expected) in nothing.iter().chain(&asked) {
            assert_eq!(answer(&policy, who, what), *expected, "{:?}: {who}: {what}", snapshot.coverage);
        }
    }
    snapshot.coverage = Coverage::live(vec![gap("ClusterRoleBinding", Missing::Everywhere)]);
    let policy = Policy::new(&snapshot);
    for (who, what, expected) in [
        ("jane", "get pods in shop", "yes"),
        ("jane", "get pods in pay", "unknown"),
        ("joan", "get /healthz", "unknown"),
        ("root of system:masters", "get /healthz", "yes"),
    ] {
        assert_eq!(answer(&policy, who, what), expected, "{who}: {what}");
    }
    let found = policy.who_can(&support::request("get pods in shop"));
    let doubts: Vec<String> = found.doubts.iter().map(|doubt| doubt.describe(&snapshot)).collect();
    assert_eq!(doubts, ["ClusterRoleBinding may not be listed"]);
    let dangling: Vec<&str> =
        found.dangling.iter().map(|dangling| dangling.binding.metadata.name.as_str()).collect();
    assert_eq!(dangling, ["c", "d"]);
}
