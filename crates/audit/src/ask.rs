//! What authorizers were asked for a request.

use seawall_inventory::{KubernetesVersion, VersionRange};
use seawall_rbac::{Attributes, ImpersonationMode, Need, Resource, User, group};

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
            asks.extend(self.impersonating(&Attributes::path(&self.verb, path)));
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
        asks.extend(self.impersonating(&Attributes::resource(&self.verb, target)));
        asks
    }

    /// What it takes to be somebody else for a request.
    fn impersonating(&self, request: &Attributes<'_>) -> Vec<Ask> {
        let Some(Impersonation { user, constraint }) = &self.impersonation else { return Vec::new() };
        let of = |need| Ask { asker: Asker::User, need };
        // One that came after this program may ask for anything.
        let Some(mode) = ImpersonationMode::of_constraint(constraint) else { return vec![of(None)] };
        let required = mode.required(&asked_for(user, mode), request);
        required.iter().map(|required| of(Need::of(&required.attributes()))).collect()
    }
}

/// Who was asked for, of whom he became: groups that are added for nothing were not.
fn asked_for(user: &User, mode: ImpersonationMode) -> User {
    let mut asked = User { groups: Vec::new(), ..user.clone() };
    let added = mode.becomes(&asked).groups;
    if !user.groups.iter().all(|group| added.contains(group) || group == group::AUTHENTICATED) {
        asked.groups = user.groups.iter().filter(|group| *group != group::AUTHENTICATED).cloned().collect();
    }
    asked
}

impl Object {
    fn target(&self) -> Resource<'_> {
        let Self { resource, namespace, name, api_group, subresource } = self;
        Resource { group: api_group, resource, subresource, namespace, name, fields: &[] }
    }
}
