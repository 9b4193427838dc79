//! For whom a node requests a token.
//!
//! Source: `validateNodeServiceAccountAudience` of admission.go v1.36.3.

use seawall_inventory::{Object, View};
use seawall_yaml::Node;

use super::{Admission, NodeRestriction, NodeWrite, Verdict, at, ensure, forbid, versions};
use crate::attributes::{Attributes, Resource};
use crate::user::User;

impl NodeRestriction<'_> {
    /// A token is for whom a volume of the pod is, or for whom the authorizers let the node have one.
    pub(super) fn audience(&self, user: &User, pod: &Object, write: &NodeWrite<'_>) -> Verdict {
        let mut audiences = at(write.object, &["spec", "audiences"]).into_iter().flat_map(Node::items);
        let audience = audiences.next().and_then(Node::as_str).unwrap_or_default();
        ensure(audiences.next().is_none(), || "a node requests tokens for one audience")?;
        let view = View::from(self.snapshot);
        let Some(pod_view) = view.pods_of(pod).next() else { return forbid("the pod has no volumes") };
        let volumes = &pod_view.template.spec.volumes;
        let projected = volumes.iter().filter_map(|volume| volume.projected.as_ref());
        let sources = projected.flat_map(|projected| &projected.sources);
        let mut tokens = sources.filter_map(|source| source.service_account_token.as_ref());
        if tokens.any(|token| token.audience == audience) {
            return Ok(());
        }
        // A driver may request tokens for whom it likes (`csiDriverHasAudience`), and one that is not there refuses the request before any
        // rule is asked: what drivers say is not read.
        let drives = ["csi", "persistentVolumeClaim", "ephemeral"];
        let is_driven = |source: &str| drives.contains(&source) || MIGRATED.contains(&source);
        if volumes.iter().flat_map(|volume| &volume.sources).any(|source| is_driven(source)) {
            return Err(Admission::DriversNotRead);
        }
        if versions::AUDIENCES_BY_RULE.contains(self.version) {
            let asked = Resource {
                resource: audience,
                namespace: write.namespace,
                name: write.name,
                ..Resource::default()
            };
            let asked = Attributes::resource("request-serviceaccounts-token-audience", asked);
            match self.is_granted(user, &asked) {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(doubts) => return Err(Admission::Unknown(doubts)),
            }
        }
        forbid("no volume of the pod is for this audience")
    }
}

/// Volumes that a CSI driver takes over from what is part of Kubernetes (k8s.io/csi-translation-lib v0.36.3).
const MIGRATED: &[&str] = &[
    "awsElasticBlockStore",
    "azureDisk",
    "azureFile",
    "cinder",
    "gcePersistentDisk",
    "portworxVolume",
    "vsphereVolume",
];
