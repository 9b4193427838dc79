//! What authorizers were asked for a request.

use seawall_inventory::{KubernetesVersion, VersionRange};
use seawall_rbac::{ANONYMOUS, Attributes, Need, Resource, User, group};

use crate::event::{Event, Impersonation, Object};

/// Something that authorizers were asked, and allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Of whom.
    pub asker: Asker,
    /// What; `None` for what a rule can allow only by allowing everything ([`Need::of`]).
    pub need: Option<Need>,
}

/// Of whom authorizers were asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// Of whoever sent the request.
    User,
    /// Of whom he impersonated.
    Impersonated,
}

/// Versions that ask for `create` where a connection to a pod begins with GET (`AuthorizePodWebsocketUpgradeCreatePermission` of
/// k8s.io/kubernetes pkg/features/kube_features.go v1.36.3: on by default since 1.35).
const UPGRADES_NEED_CREATE: VersionRange = VersionRange::since(35);
/// What is asked so.
const UPGRADES: [&str; 3] = ["pods/exec", "pods/attach", "pods/portforward"];

/// The API group of identities.
const AUTHENTICATION: &str = "authentication.k8s.io";

impl Event {
    /// What authorizers were asked for this request, as an API server of this version asks them: for the request itself; for
    /// `create`, where it made an object that was not there to be changed, or connected to a pod; and for whom he impersonated.
    ///
    /// What else a request needs, its log does not say: rights that are bound by a binding, signers of certificates, owners that block a
    /// deletion.
    pub fn asks(&self, version: KubernetesVersion) -> Vec<Ask> {
        let asker = if self.impersonation.is_some() { Asker::Impersonated } else { Asker::User };
        let of = |asker, attributes: &Attributes<'_>| Ask { asker, need: Need::of(attributes) };
        let Some(object) = &self.object else {
            let path = self.uri.split('?').next().unwrap_or_default();
            let mut asks = vec![of(asker, &Attributes::path(&self.verb, path))];
            asks.extend(self.impersonating(&|verb| Attributes::path(verb, path)));
            return asks;
        };
        // The name of what is made comes from what was sent, which authorizers do not see (`LogRequestObject`); in the path of a
        // subresource it stands.
        let is_new = self.verb == "create" && object.subresource.is_empty();
        let target = Resource { name: if is_new { "" } else { &object.name }, ..object.target() };
        let mut asks = vec![of(asker, &Attributes::resource(&self.verb, target))];
        // `withAuthorization` of pkg/endpoints/handlers/{update,patch}.go.
        let was_created = self.code == Some(201) && matches!(self.verb.as_str(), "update" | "patch");
        let upgraded = [object.resource.as_str(), object.subresource.as_str()].join("/");
        let is_upgrade = self.verb == "get"
            && object.api_group.is_empty()
            && UPGRADES.contains(&upgraded.as_str())
            && UPGRADES_NEED_CREATE.contains(version);
        if was_created || is_upgrade {
            asks.push(of(asker, &Attributes::resource("create", target)));
        }
        asks.extend(self.impersonating(&|verb| Attributes::resource(verb, target)));
        asks
    }

    /// What it takes to be somebody else for a request (pkg/endpoints/filters/impersonation/mode.go).
    fn impersonating<'a>(&'a self, request: &dyn Fn(&'a str) -> Attributes<'a>) -> Vec<Ask> {
        let Some(Impersonation { user, constraint }) = &self.impersonation else { return Vec::new() };
        let mode = constraint.strip_prefix("impersonate:");
        let (verb, group) = match mode {
            Some(_) => (constraint.as_str(), AUTHENTICATION),
            None => ("impersonate", ""),
        };
        let mut all: Vec<Option<Need>> = Vec::new();
        let mut ask = |group: &str, resource: &str, subresource: &str, namespace: &str, name: &str| {
            let target = Resource { group, resource, subresource, namespace, name, fields: &[] };
            all.push(Need::of(&Attributes::resource(verb, target)));
        };
        match (user.as_service_account(), user.name.strip_prefix("system:node:")) {
            (Some((namespace, name)), _) => ask(group, "serviceaccounts", "", namespace, name),
            // A kubelet's own agents ask for all nodes: each gets its own.
            (None, Some(_)) if mode == Some("associated-node") => ask(group, "nodes", "", "", "*"),
            (None, Some(node)) if mode.is_some() => ask(group, "nodes", "", "", node),
            (None, _) => ask(group, "users", "", "", &user.name),
        }
        if !user.uid.is_empty() {
            ask(AUTHENTICATION, "uids", "", "", &user.uid);
        }
        for name in asked_groups(user, mode) {
            ask(group, "groups", "", "", name);
        }
        for (key, values) in &user.extra {
            values.iter().for_each(|value| ask(AUTHENTICATION, "userextras", key, "", value));
        }
        if let Some(mode) = mode {
            let own = request(&self.verb);
            let on = format!("impersonate-on:{mode}:{}", self.verb);
            all.push(Need::of(&Attributes { verb: &on, target: own.target }));
        }
        all.into_iter().map(|need| Ask { asker: Asker::User, need }).collect()
    }
}

/// Groups that were asked for, among those that he has: what is added for nothing needs no right.
fn asked_groups<'u>(user: &'u User, mode: Option<&str>) -> Vec<&'u str> {
    let mut groups: Vec<&str> = user.groups.iter().map(|group| group.as_str()).collect();
    groups.retain(|name| *name != group::AUTHENTICATED);
    let fixed = match user.as_service_account() {
        Some((namespace, name)) => User::service_account(namespace, name).groups,
        None if user.name == ANONYMOUS => User::anonymous().groups,
        None if mode.is_some_and(|mode| mode.ends_with("-node")) => vec![group::NODES.into()],
        None => Vec::new(),
    };
    let is_fixed = |name: &&str| fixed.iter().any(|fixed| fixed == name);
    if groups.iter().all(is_fixed) { Vec::new() } else { groups }
}

impl Object {
    fn target(&self) -> Resource<'_> {
        let Self { resource, namespace, name, api_group, subresource } = self;
        Resource { group: api_group, resource, subresource, namespace, name, fields: &[] }
    }
}
