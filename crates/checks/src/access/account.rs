//! The account that a pod runs as, and whether its containers get a token of it.

use seawall_inventory::{ContainerClass, PodView};
use seawall_rbac::HeldRights;
use seawall_yaml::Path;
use smol_str::SmolStr;

use crate::data::projected_tokens::projected_tokens;
use crate::needs::KindWord;
use crate::out::Out;

/// What is asked for where rights of accounts decide.
pub(super) const ACCOUNTS_AND_ROLES: [KindWord; 5] = [
    "ServiceAccount",
    "ClusterRole.rbac.authorization.k8s.io",
    "ClusterRoleBinding.rbac.authorization.k8s.io",
    "Role.rbac.authorization.k8s.io",
    "RoleBinding.rbac.authorization.k8s.io",
];

/// The account of every pod that names none; a controller of Kubernetes makes it in each namespace.
pub(super) const DEFAULT: &str = "default";

/// Where clients of the API server look for a token, and what the names of the volumes begin with that admission adds
/// (k8s.io/kubernetes v1.36.3 plugin/pkg/admission/serviceaccount/admission.go).
const MOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";
const VOLUME: &str = "kube-api-access-";

/// What the kubelet shows of a static pod, which has no account.
const MIRROR: &str = "kubernetes.io/config.mirror";

/// Definitions of one account that are compared; beyond, somebody wants to keep the scanner busy.
const MOST: usize = 64;

/// Whether containers of a pod get a token for the API server.
pub(super) enum Token {
    /// None does.
    Missing,
    /// Because it says so there.
    Asked(Path),
    /// Because the account says so.
    OfAccount,
    /// Though nobody says so.
    Unasked,
    /// What was read does not tell.
    Unknown(&'static str),
}

/// Whether containers of a pod get a token for the API server. The pod's own word stands over the account's (`shouldAutomount`).
pub(super) fn token(pod: &PodView<'_>, out: &Out<'_>) -> Token {
    if pod.template.annotations.get(MIRROR).is_some() {
        return Token::Missing;
    }
    let mut by_hand = projected_tokens(pod)
        .filter(|token| token.source.audience.is_empty() && !token.volume.name.starts_with(VOLUME));
    if let Some(token) = by_hand.next() {
        return Token::Asked(token.path());
    }
    match pod.spec().automount_service_account_token {
        Some(true) => return Token::Asked(pod.path("automountServiceAccountToken")),
        Some(false) => return Token::Missing,
        None => {}
    }
    if let Some(reason) = pod.template.partial {
        return Token::Unknown(reason);
    }
    if is_taken_everywhere(pod) {
        return Token::Missing;
    }
    match account(pod, out) {
        Account::Says(Some(true)) => Token::OfAccount,
        Account::Says(Some(false)) => Token::Missing,
        Account::Says(None) => Token::Unasked,
        // Its pods are not made.
        Account::Missing => Token::Missing,
        Account::Unknown(reason) => Token::Unknown(reason),
    }
}

/// Whether each container has something of its own at the place of the token, so that admission adds none.
fn is_taken_everywhere(pod: &PodView<'_>) -> bool {
    let mut containers =
        pod.containers().filter(|container| container.class != ContainerClass::Ephemeral).peekable();
    containers.peek().is_some()
        && containers.all(|container| {
            let mut mounts = container.container.volume_mounts.iter();
            mounts.any(|mount| mount.mount_path == MOUNT && !mount.name.starts_with(VOLUME))
        })
}

/// What is known of a pod's account.
pub(super) enum Account {
    /// What it says about tokens.
    Says(Option<bool>),
    /// There is none.
    Missing,
    /// What was read does not tell.
    Unknown(&'static str),
}

/// What is known of a pod's account.
pub(super) fn account(pod: &PodView<'_>, out: &Out<'_>) -> Account {
    let name = pod.service_account();
    let snapshot = out.snapshot();
    let mut said = None;
    for (number, found) in snapshot.named(pod.object, "", "ServiceAccount", name).enumerate() {
        let Some(account) = found.body.service_account() else { continue };
        let says = account.automount_service_account_token;
        if number == MOST || said.is_some_and(|before| before != says) {
            return Account::Unknown("the service account is defined several times, differently");
        }
        said = Some(says);
    }
    match said {
        Some(says) => Account::Says(says),
        None if name == DEFAULT => Account::Says(None),
        None if snapshot.has_all_beside(pod.object, "", "ServiceAccount") => Account::Missing,
        None => {
            Account::Unknown("the service account is not among the objects read, and may be in the cluster")
        }
    }
}

/// Where a pod names its account, or would.
pub(super) fn account_path(pod: &PodView<'_>) -> Path {
    let spec = pod.spec();
    let is_old = spec.service_account_name.is_empty() && !spec.rare().service_account.is_empty();
    pod.path(if is_old { "serviceAccount" } else { "serviceAccountName" })
}

/// The namespace that a pod's account stands in.
pub(super) fn namespace(pod: &PodView<'_>, out: &Out<'_>) -> SmolStr {
    out.snapshot().identity(pod.object).namespace
}

/// What the account of a pod holds; `None` where nobody has made it known.
pub(super) fn held<'a>(pod: &PodView<'_>, out: &Out<'a>) -> Option<HeldRights<'a>> {
    Some(out.rights()?.of_account(&namespace(pod, out), pod.service_account()))
}
