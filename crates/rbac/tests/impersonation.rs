//! Who may act as whom, where not everything is known, and told so that a person sees it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop at the first surprise")]

mod support;

use seawall_inventory::KubernetesVersion;
use seawall_rbac::{Acting, Impersonation, ImpersonationMode, Policy, User};
use support::{files, objects, request, user};

const WORLD: &str = "
    ClusterRole legacy [{verbs: [impersonate], apiGroups: [''], resources: [users, groups, serviceaccounts]}]
    ClusterRole node [{verbs: ['impersonate:arbitrary-node'], apiGroups: [authentication.k8s.io], resources: [nodes], resourceNames: [n1]}]
    ClusterRole doing [{verbs: ['impersonate-on:arbitrary-node:get'], apiGroups: [''], resources: [secrets, pods]}]
    ClusterRole robot [{verbs: [impersonate], apiGroups: [''], resources: [serviceaccounts], resourceNames: [web]}]
    ClusterRole reader [{verbs: [get], apiGroups: [''], resources: [secrets]}]
    ClusterRole groups [{verbs: ['impersonate:user-info'], apiGroups: [authentication.k8s.io], resources: [users, groups]}]
    ClusterRole anything [{verbs: ['impersonate-on:user-info:*', 'impersonate-on:user-info:get'], apiGroups: ['*'], resources: ['*']}]
    ClusterRoleBinding a ClusterRole:legacy [{kind: User, name: root}, {kind: User, name: torn}]
    ClusterRoleBinding b ClusterRole:node [{kind: User, name: agent}]
    ClusterRoleBinding c ClusterRole:doing [{kind: User, name: agent}]
    RoleBinding shop/d ClusterRole:robot [{kind: User, name: jane}]
    ClusterRoleBinding e ClusterRole:reader [{kind: Group, name: 'system:nodes'}, {kind: ServiceAccount, namespace: shop, name: web}]
    ClusterRoleBinding f ClusterRole:groups [{kind: User, name: help}]
    ClusterRoleBinding g ClusterRole:anything [{kind: User, name: help}]
    ClusterRoleBinding h ClusterRole:missing [{kind: User, name: who}, {kind: User, name: torn}]";

/// Who acts as whom, in which minor version, what he asks for, and what becomes of it: by which mode he does it (`may: MODE`), that he
/// may act and not do it (`no: MODE`), what he lacks first, or that it is unknown.
const ROWS: &[(&str, &str, u16, &str, &str)] = &[
    ("root", "shop/web", 36, "get secrets in shop named db", "may: legacy"),
    ("root", "shop/web", 36, "list secrets in shop", "no: legacy"),
    // In legacy mode a node is a name, of which nothing follows.
    ("root", "system:node:n1", 36, "get secrets in shop named db", "no: legacy"),
    ("agent", "system:node:n1", 36, "get secrets in shop named db", "may: arbitrary-node"),
    ("agent", "system:node:n1", 36, "get pods in shop named web", "no: arbitrary-node"),
    (
        "agent",
        "system:node:n1",
        36,
        "list secrets in shop",
        "lacks impersonate-on:arbitrary-node:list secrets in shop",
    ),
    (
        "agent",
        "system:node:n2",
        36,
        "get secrets in shop named db",
        "lacks impersonate:arbitrary-node nodes.authentication.k8s.io, named n2",
    ),
    (
        "agent",
        "system:node:n1",
        35,
        "get secrets in shop named db",
        "lacks impersonate users, named system:node:n1",
    ),
    // A RoleBinding lets one be the accounts of its namespace.
    ("jane", "shop/web", 36, "get secrets in pay named db", "may: legacy"),
    ("jane", "shop/web", 30, "get secrets in pay named db", "may: legacy"),
    (
        "jane",
        "pay/web",
        30,
        "get secrets in pay named db",
        "lacks impersonate serviceaccounts in pay, named web",
    ),
    ("help", "jim of system:nodes", 36, "get secrets in shop named db", "may: user-info"),
    (
        "help",
        "jim of system:masters",
        36,
        "get secrets in shop named db",
        "lacks impersonate:user-info groups.authentication.k8s.io, named system:masters (the group `system:masters` is never given)",
    ),
    ("root", "jim of system:masters", 36, "delete nodes named n1", "may: legacy"),
    ("who", "jim", 36, "get secrets in shop named db", "unknown"),
    (
        "john",
        "jim",
        36,
        "get secrets in shop named db",
        "lacks impersonate-on:user-info:get secrets in shop, named db",
    ),
    // He may be a name for certain, and perhaps a node, which has more.
    ("torn", "system:node:n1", 36, "get secrets in shop named db", "unknown"),
    ("torn", "system:node:n1", 35, "get secrets in shop named db", "no: legacy"),
    ("torn", "jim", 36, "get secrets in shop named db", "no: legacy"),
    ("root", " of dev", 36, "get secrets in shop named db", "no name"),
];

#[test]
fn what_becomes_of_a_request_of_somebody_else() {
    let snapshot = files(&objects(WORLD));
    let policy = Policy::new(&snapshot);
    for (who, wanted, minor, what, expected) in ROWS {
        let told = match policy.may_act(
            &user(who),
            &wanted_user(wanted),
            &request(what),
            KubernetesVersion::minor(*minor),
        ) {
            Acting::Allowed(impersonated, _) => format!("may: {}", impersonated.mode),
            Acting::NoOpinion(impersonated, _) => format!("no: {}", impersonated.mode),
            Acting::Refused(lacks) => {
                let lack = lacks.first().unwrap();
                let never = lack.never.as_ref().map(|never| format!(" ({never})")).unwrap_or_default();
                format!("lacks {}{never}", lack.required)
            }
            Acting::NoName => "no name".to_owned(),
            Acting::Unknown(doubts) => {
                let told: Vec<String> = doubts.iter().map(|doubt| doubt.describe(&snapshot)).collect();
                assert_eq!(told, ["ClusterRole missing, which ClusterRoleBinding h binds, was not read"]);
                "unknown".to_owned()
            }
        };
        assert_eq!(told, *expected, "{who} as {wanted} in 1.{minor}: {what}");
    }
}

/// Every part is told with what gives it.
#[test]
fn what_lets_somebody_be_somebody_is_told() {
    let snapshot = files(&objects(WORLD));
    let policy = Policy::new(&snapshot);
    let asked = request("get secrets in shop named db");
    let wanted = wanted_user("jim of dev,ops");
    let version = KubernetesVersion::minor(36);
    let Impersonation::Allowed(impersonated) =
        policy.may_impersonate(&user("help"), &wanted, &asked, version)
    else {
        panic!("he may");
    };
    let told: Vec<String> = impersonated
        .by
        .iter()
        .map(|(required, allowed)| match allowed {
            seawall_rbac::Allowed::Granted(grant) => format!("{required}: {}", grant.binding.metadata.name),
            seawall_rbac::Allowed::Privileged => format!("{required}: privileged"),
        })
        .collect();
    assert_eq!(
        told,
        [
            "impersonate-on:user-info:get secrets in shop, named db: g",
            "impersonate:user-info users.authentication.k8s.io, named jim: f",
            "impersonate:user-info groups.authentication.k8s.io, named dev: f",
            "impersonate:user-info groups.authentication.k8s.io, named ops: f",
        ]
    );
    assert_eq!(impersonated.user, User::with_groups("jim", ["dev", "ops", "system:authenticated"]));
    let by = |mode| policy.may_impersonate_by(mode, &user("help"), &wanted, &asked, version);
    assert!(by(ImpersonationMode::ArbitraryNode).is_none());
    assert!(matches!(by(ImpersonationMode::Legacy), Some(Impersonation::Refused(_))));
}

/// What headers say: groups that nobody told are none.
fn wanted_user(text: &str) -> User {
    let (name, groups) = text.split_once(" of ").unwrap_or((text, ""));
    let name = match name.split_once('/') {
        Some((namespace, account)) => format!("system:serviceaccount:{namespace}:{account}"),
        None => name.to_owned(),
    };
    User::with_groups(&name, groups.split(',').filter(|group| !group.is_empty()))
}
