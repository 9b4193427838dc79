//! What has become of the roles and bindings that the API server makes at its start.

use seawall_inventory::{KubernetesVersion, Object, Snapshot};
use seawall_rbac::{Bootstrap, BootstrapPart};

/// The roles and bindings that API servers make, and the version of this one.
pub(super) struct AtStart {
    bootstrap: Bootstrap,
    /// `None` where none of them could be read.
    version: Option<KubernetesVersion>,
}

impl AtStart {
    /// Of a cluster: no list says its version, but what its API server has made does.
    pub(super) fn of(live: &Snapshot) -> Self {
        let bootstrap = Bootstrap::new();
        let version = bootstrap.version_of(&live.objects);
        Self { bootstrap, version }
    }

    /// What is other than the API server has made it, a phrase for each; `None` for what it has not made.
    pub(super) fn how(&self, object: &Object) -> Option<Vec<String>> {
        let version = self.version?;
        let made = self.bootstrap.of(object).filter(|made| made.may_be_left_in(version))?;
        let difference = made.difference(object, version);
        let phrase = |verb: &str, part: &BootstrapPart| format!("{verb} {part}");
        let extra = difference.extra.iter().map(|part| phrase("has besides:", part));
        let mut how: Vec<String> =
            extra.chain(difference.missing.iter().map(|part| phrase("lacks:", part))).collect();
        if difference.is_cut {
            how.push("and more".to_owned());
        }
        if difference.is_protected && !how.is_empty() {
            how.push("is not put right when the API server starts: autoupdate is `false`".to_owned());
        }
        Some(how)
    }
}
