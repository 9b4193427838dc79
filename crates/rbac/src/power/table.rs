//! The powers.
//!
//! Sources: Kubernetes documentation, RBAC Good Practices: privilege escalation risks; and k8s.io/kubernetes v1.36.3 where a row says so.

use seawall_inventory::VersionRange;

use super::{Ask, Power};

const BEFORE_35: VersionRange = VersionRange::between(0, 35);

const fn ask(verb: &'static str, target: &'static str) -> Ask {
    Ask::new(verb, target)
}

/// A power over objects in namespaces.
const fn namespaced(name: &'static str, can: &'static str, needs: &'static [&'static [Ask]]) -> Power {
    Power { name, can, needs, namespaced: true, only: None }
}

/// A power over objects in no namespace.
const fn of_cluster(name: &'static str, can: &'static str, needs: &'static [&'static [Ask]]) -> Power {
    Power { name, can, needs, namespaced: false, only: None }
}

/// Everything.
pub const EVERYTHING: Power = namespaced("everything", "do everything", &[&[ask("*", "*.*")]]);

/// Values of Secrets: `list` and `watch` give them like `get`.
pub const READ_SECRETS: Power = namespaced(
    "read-secrets",
    "read every Secret",
    &[&[ask("get", "secrets"), ask("list", "secrets"), ask("watch", "secrets")]],
);

/// Pods, and what makes them: with any Secret, ConfigMap and service account of the namespace.
pub const RUN_PODS: Power = namespaced(
    "run-pods",
    "run pods as any service account",
    &[&[
        ask("create", "pods"),
        ask("create", "deployments.apps"),
        ask("update", "deployments.apps"),
        ask("patch", "deployments.apps"),
        ask("create", "daemonsets.apps"),
        ask("update", "daemonsets.apps"),
        ask("patch", "daemonsets.apps"),
        ask("create", "statefulsets.apps"),
        ask("update", "statefulsets.apps"),
        ask("patch", "statefulsets.apps"),
        ask("create", "replicasets.apps"),
        ask("update", "replicasets.apps"),
        ask("patch", "replicasets.apps"),
        ask("create", "replicationcontrollers"),
        ask("update", "replicationcontrollers"),
        ask("patch", "replicationcontrollers"),
        ask("create", "jobs.batch"),
        ask("create", "cronjobs.batch"),
        ask("update", "cronjobs.batch"),
        ask("patch", "cronjobs.batch"),
    ]],
);

/// Commands in containers that run. A connection by WebSocket begins with GET; since 1.35 it asks for `create` besides
/// (`AuthorizePodWebsocketUpgradeCreatePermission` of pkg/features/kube_features.go, on by default).
pub const EXECUTE: Power = namespaced(
    "execute",
    "run commands in every pod",
    &[&[
        ask("create", "pods/exec"),
        ask("create", "pods/attach"),
        ask("get", "pods/exec").within(BEFORE_35),
        ask("get", "pods/attach").within(BEFORE_35),
        ask("update", "pods/ephemeralcontainers"),
        ask("patch", "pods/ephemeralcontainers"),
    ]],
);

/// Ports of pods that no NetworkPolicy guards on this way.
pub const FORWARD: Power = namespaced(
    "forward",
    "reach every port of every pod past NetworkPolicies",
    &[&[
        ask("create", "pods/portforward"),
        ask("get", "pods/portforward").within(BEFORE_35),
        ask("create", "pods/proxy"),
        ask("get", "pods/proxy"),
        ask("create", "services/proxy"),
        ask("get", "services/proxy"),
    ]],
);

/// Tokens of service accounts.
pub const REQUEST_TOKENS: Power = namespaced(
    "request-tokens",
    "get a token of every service account",
    &[&[ask("create", "serviceaccounts/token")]],
);

/// Tokens of service accounts without an end: a controller writes one into each Secret that names an account
/// (pkg/controller/serviceaccount/tokens_controller.go), in all versions.
pub const MINT_TOKENS: Power = namespaced(
    "mint-tokens",
    "make tokens of every service account that never end",
    &[&[ask("create", "secrets")], &[ask("get", "secrets"), ask("list", "secrets"), ask("watch", "secrets")]],
);

/// The images of pods that run: nearly the only field of them that can be changed (`ValidatePodUpdate` of
/// pkg/apis/core/validation/validation.go).
pub const CHANGE_PODS: Power = namespaced(
    "change-pods",
    "run a program of its choice in every pod that runs",
    &[&[ask("update", "pods"), ask("patch", "pods")]],
);

/// Labels and addresses of pods: those of the object are changed with its status too (`podStatusStrategy` of
/// pkg/registry/core/pod/strategy.go).
pub const EDIT_POD_STATUS: Power = namespaced(
    "edit-pod-status",
    "draw traffic of Services to pods of its choice",
    &[&[ask("update", "pods/status"), ask("patch", "pods/status")]],
);

/// The names of others. A group or a uid alone is no name: an impersonation without a user is refused (k8s.io/apiserver v0.36.3
/// pkg/endpoints/filters/impersonation).
pub const IMPERSONATE: Power =
    namespaced("impersonate", "act as any service account", &[&[ask("impersonate", "serviceaccounts")]]);

/// The names of users, and with them of groups.
pub const IMPERSONATE_USERS: Power =
    of_cluster("impersonate-users", "act as any user", &[&[ask("impersonate", "users")]]);

/// Rules that one has not oneself (pkg/registry/rbac/escalation_check.go).
pub const ESCALATE: Power = namespaced(
    "escalate",
    "write Roles with rights beyond its own",
    &[
        &[ask("escalate", "roles.rbac.authorization.k8s.io")],
        &[
            ask("create", "roles.rbac.authorization.k8s.io"),
            ask("update", "roles.rbac.authorization.k8s.io"),
            ask("patch", "roles.rbac.authorization.k8s.io"),
        ],
    ],
);

/// The same of the whole cluster.
pub const ESCALATE_CLUSTER: Power = of_cluster(
    "escalate-cluster",
    "write ClusterRoles with rights beyond its own",
    &[
        &[ask("escalate", "clusterroles.rbac.authorization.k8s.io")],
        &[
            ask("create", "clusterroles.rbac.authorization.k8s.io"),
            ask("update", "clusterroles.rbac.authorization.k8s.io"),
            ask("patch", "clusterroles.rbac.authorization.k8s.io"),
        ],
    ],
);

/// Roles whose rules one has not oneself, `cluster-admin` too: in a namespace `bind` on ClusterRoles is of use for its RoleBindings
/// (pkg/registry/rbac/rolebinding/policybased/storage.go).
pub const BIND: Power = namespaced(
    "bind",
    "give itself any role in a namespace",
    &[
        &[
            ask("bind", "roles.rbac.authorization.k8s.io"),
            ask("bind", "clusterroles.rbac.authorization.k8s.io"),
        ],
        &[
            ask("create", "rolebindings.rbac.authorization.k8s.io"),
            ask("update", "rolebindings.rbac.authorization.k8s.io"),
            ask("patch", "rolebindings.rbac.authorization.k8s.io"),
        ],
    ],
);

/// The same in the whole cluster.
pub const BIND_CLUSTER: Power = of_cluster(
    "bind-cluster",
    "give itself any ClusterRole",
    &[
        &[ask("bind", "clusterroles.rbac.authorization.k8s.io")],
        &[
            ask("create", "clusterrolebindings.rbac.authorization.k8s.io"),
            ask("update", "clusterrolebindings.rbac.authorization.k8s.io"),
            ask("patch", "clusterrolebindings.rbac.authorization.k8s.io"),
        ],
    ],
);

/// The API of kubelets: commands in every container, past admission and audit of the API server. A connection by WebSocket begins
/// with GET there in all versions (pkg/kubelet/server/auth.go).
pub const NODES_PROXY: Power = of_cluster(
    "nodes-proxy",
    "run commands in every container of every node, past the audit log",
    &[&[ask("get", "nodes/proxy"), ask("create", "nodes/proxy")]],
);

/// Client certificates under any name. Who approves is asked for the signer by its name, and by that of all signers of its domain
/// (plugin/pkg/admission/certificates/approval/admission.go, pkg/certificates/authorization.go).
pub const APPROVE_CERTIFICATES: Power = of_cluster(
    "approve-certificates",
    "get a client certificate under any name",
    &[
        &[ask("create", "certificatesigningrequests.certificates.k8s.io")],
        &[
            ask("update", "certificatesigningrequests/approval.certificates.k8s.io"),
            ask("patch", "certificatesigningrequests/approval.certificates.k8s.io"),
        ],
        &[
            ask("approve", "signers.certificates.k8s.io").named("kubernetes.io/kube-apiserver-client"),
            ask("approve", "signers.certificates.k8s.io").named("kubernetes.io/*"),
        ],
    ],
);

/// What every object becomes before it is stored.
pub const EDIT_WEBHOOKS: Power = of_cluster(
    "edit-webhooks",
    "read and change whatever is written to the API server",
    &[&[
        ask("create", "mutatingwebhookconfigurations.admissionregistration.k8s.io"),
        ask("update", "mutatingwebhookconfigurations.admissionregistration.k8s.io"),
        ask("patch", "mutatingwebhookconfigurations.admissionregistration.k8s.io"),
    ]],
);

/// What every object is, while it is written: a webhook that validates is sent all of it, and changes nothing.
pub const EDIT_VALIDATING_WEBHOOKS: Power = of_cluster(
    "edit-validating-webhooks",
    "read, and refuse, whatever is written to the API server",
    &[&[
        ask("create", "validatingwebhookconfigurations.admissionregistration.k8s.io"),
        ask("update", "validatingwebhookconfigurations.admissionregistration.k8s.io"),
        ask("patch", "validatingwebhookconfigurations.admissionregistration.k8s.io"),
    ]],
);

/// Paths of nodes, as volumes that Pod Security admission does not look into.
pub const CREATE_VOLUMES: Power = of_cluster(
    "create-volumes",
    "make volumes of any path of a node",
    &[&[ask("create", "persistentvolumes")]],
);

/// Where the names of the cluster point.
pub const EDIT_DNS: Power = Power {
    name: "edit-dns",
    can: "turn the names of all services elsewhere",
    needs: &[&[ask("update", "configmaps").named("coredns"), ask("patch", "configmaps").named("coredns")]],
    namespaced: true,
    only: Some("kube-system"),
};

/// Whom of a cloud EKS lets in, and as whom.
pub const EDIT_AWS_AUTH: Power = Power {
    name: "edit-aws-auth",
    can: "make anybody of the cloud account an administrator of the cluster",
    needs: &[&[ask("update", "configmaps").named("aws-auth"), ask("patch", "configmaps").named("aws-auth")]],
    namespaced: true,
    only: Some("kube-system"),
};

/// The addresses that traffic of the cluster goes to (CVE-2020-8554).
pub const EDIT_SERVICE_STATUS: Power = namespaced(
    "edit-service-status",
    "draw traffic of the cluster to itself",
    &[&[ask("update", "services/status"), ask("patch", "services/status")]],
);

/// What keeps pods apart.
pub const EDIT_NETWORK_POLICIES: Power = namespaced(
    "edit-network-policies",
    "open what NetworkPolicies close",
    &[&[
        ask("update", "networkpolicies.networking.k8s.io"),
        ask("patch", "networkpolicies.networking.k8s.io"),
        ask("delete", "networkpolicies.networking.k8s.io"),
        ask("deletecollection", "networkpolicies.networking.k8s.io"),
    ]],
);

/// What happened.
pub const DELETE_EVENTS: Power = namespaced(
    "delete-events",
    "remove traces of what happened",
    &[&[
        ask("delete", "events"),
        ask("deletecollection", "events"),
        ask("delete", "events.events.k8s.io"),
        ask("deletecollection", "events.events.k8s.io"),
    ]],
);

/// Labels by which Pod Security admission and NetworkPolicies go. A RoleBinding in a Namespace reaches the Namespace itself.
pub const LABEL_NAMESPACES: Power = namespaced(
    "label-namespaces",
    "take the labels off namespaces that Pod Security and policies go by",
    &[&[ask("update", "namespaces"), ask("patch", "namespaces")]],
);

/// Where pods go, and whether nodes are trusted.
pub const EDIT_NODES: Power = of_cluster(
    "edit-nodes",
    "draw pods with their tokens to a node of its choice",
    &[&[
        ask("update", "nodes"),
        ask("patch", "nodes"),
        ask("update", "nodes/status"),
        ask("patch", "nodes/status"),
    ]],
);

/// All of them.
pub const POWERS: &[Power] = &[
    EVERYTHING,
    READ_SECRETS,
    RUN_PODS,
    EXECUTE,
    CHANGE_PODS,
    FORWARD,
    REQUEST_TOKENS,
    MINT_TOKENS,
    IMPERSONATE,
    IMPERSONATE_USERS,
    ESCALATE,
    ESCALATE_CLUSTER,
    BIND,
    BIND_CLUSTER,
    NODES_PROXY,
    APPROVE_CERTIFICATES,
    EDIT_WEBHOOKS,
    EDIT_VALIDATING_WEBHOOKS,
    CREATE_VOLUMES,
    EDIT_DNS,
    EDIT_AWS_AUTH,
    EDIT_SERVICE_STATUS,
    EDIT_POD_STATUS,
    EDIT_NETWORK_POLICIES,
    DELETE_EVENTS,
    LABEL_NAMESPACES,
    EDIT_NODES,
];
