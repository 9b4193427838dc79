//! What Kubernetes itself warns of: fields, annotations and labels whose time is over.
//!
//! Source: k8s.io/kubernetes v1.36.3 pkg/api/{pod,node,persistentvolume,persistentvolumeclaim,service}, warnings.go and
//! util.go.

use seawall_inventory::KubernetesVersion;

/// Something that Kubernetes no longer wants to be used.
#[derive(Debug)]
pub(super) struct Deprecation {
    /// The name of the field, the annotation or the label.
    pub name: &'static str,
    /// Since when it is deprecated.
    pub since: KubernetesVersion,
    /// Since when it does not work any more, unless it still does.
    pub ended: Option<KubernetesVersion>,
    /// What to use.
    pub instead: Option<&'static str>,
}

const fn deprecation(name: &'static str, since: u16) -> Deprecation {
    Deprecation { name, since: KubernetesVersion::minor(since), ended: None, instead: None }
}

impl Deprecation {
    const fn ended(self, minor: u16) -> Self {
        Self { ended: Some(KubernetesVersion::minor(minor)), ..self }
    }

    const fn instead(self, name: &'static str) -> Self {
        Self { instead: Some(name), ..self }
    }

    /// Whether it no longer works in `version`.
    pub(super) fn is_over(&self, version: KubernetesVersion) -> bool {
        self.ended.is_some_and(|end| end <= version)
    }

    /// In words, for `version`.
    pub(super) fn story(&self, version: KubernetesVersion) -> String {
        let state = match self.ended {
            Some(end) if end <= version => format!("no longer works since {end}"),
            Some(end) => format!("is deprecated since {}, and no longer works from {end} on", self.since),
            None => format!("is deprecated since {}", self.since),
        };
        match self.instead {
            Some(instead) => format!("`{}` {state}; use `{instead}`", self.name),
            None => format!("`{}` {state}", self.name),
        }
    }
}

/// The row of `name`, if it is deprecated in `version`.
pub(super) fn find(
    table: &'static [Deprecation],
    name: &str,
    version: KubernetesVersion,
) -> Option<&'static Deprecation> {
    table.iter().find(|row| row.name == name && row.since <= version)
}

/// Types of volumes, of pods and of PersistentVolumes.
pub(super) const VOLUMES: &[Deprecation] = &[
    deprecation("photonPersistentDisk", 11).ended(16),
    // Disabled by default.
    deprecation("gitRepo", 11).ended(33),
    deprecation("scaleIO", 16).ended(22),
    deprecation("flocker", 22).ended(25),
    deprecation("storageos", 22).ended(25),
    deprecation("quobyte", 22).ended(25),
    deprecation("glusterfs", 25).ended(26),
    deprecation("cephfs", 28).ended(31),
    deprecation("rbd", 28).ended(31),
];

/// Annotations of pods. Those of seccomp are left out: what they leave missing is told by the checks of seccomp.
pub(super) const POD_ANNOTATIONS: &[Deprecation] = &[
    deprecation("scheduler.alpha.kubernetes.io/critical-pod", 11).ended(16).instead("priorityClassName"),
    deprecation("security.alpha.kubernetes.io/sysctls", 11).ended(11).instead("securityContext.sysctls"),
    deprecation("security.alpha.kubernetes.io/unsafe-sysctls", 11)
        .ended(11)
        .instead("securityContext.sysctls"),
];

/// What AppArmor annotations of pods begin with; the name of a container follows.
pub(super) const APPARMOR_ANNOTATION: Deprecation =
    deprecation("container.apparmor.security.beta.kubernetes.io/", 30).instead("appArmorProfile");

/// Annotations of PersistentVolumes and their claims.
pub(super) const STORAGE_ANNOTATIONS: &[Deprecation] = &[
    deprecation("volume.beta.kubernetes.io/storage-class", 8).instead("spec.storageClassName"),
    deprecation("volume.beta.kubernetes.io/mount-options", 31).instead("spec.mountOptions"),
];

/// Annotations of Services.
pub(super) const SERVICE_ANNOTATIONS: &[Deprecation] =
    &[deprecation("service.kubernetes.io/topology-aware-hints", 27)
        .instead("service.kubernetes.io/topology-mode")];

/// Labels of nodes.
pub(super) const NODE_LABELS: &[Deprecation] = &[
    deprecation("beta.kubernetes.io/arch", 14).instead("kubernetes.io/arch"),
    deprecation("beta.kubernetes.io/os", 14).instead("kubernetes.io/os"),
    deprecation("failure-domain.beta.kubernetes.io/region", 17).instead("topology.kubernetes.io/region"),
    deprecation("failure-domain.beta.kubernetes.io/zone", 17).instead("topology.kubernetes.io/zone"),
    deprecation("beta.kubernetes.io/instance-type", 17).instead("node.kubernetes.io/instance-type"),
    deprecation("app.kubernetes.io/created-by", 9),
    deprecation("scheduler.alpha.kubernetes.io/preferAvoidPods", 22),
    // KEP-2067: deprecated in v1.20, no longer set by kubeadm in v1.24.
    deprecation("node-role.kubernetes.io/master", 20).instead("node-role.kubernetes.io/control-plane"),
];

#[cfg(test)]
mod tests {
    use seawall_inventory::KubernetesVersion;

    use super::{NODE_LABELS, POD_ANNOTATIONS, SERVICE_ANNOTATIONS, VOLUMES, find};

    /// As warnings.go of k8s.io/kubernetes v1.36.3 pkg/api/pod and pkg/api/node say it.
    #[test]
    fn each_has_its_time_and_what_takes_its_place() {
        for (table, name, minor, expected) in [
            (VOLUMES, "cephfs", 27, None),
            (VOLUMES, "cephfs", 28, Some((false, None))),
            (VOLUMES, "cephfs", 30, Some((false, None))),
            (VOLUMES, "cephfs", 31, Some((true, None))),
            (NODE_LABELS, "beta.kubernetes.io/os", 14, Some((false, Some("kubernetes.io/os")))),
            (NODE_LABELS, "app.kubernetes.io/created-by", 36, Some((false, None))),
            (
                POD_ANNOTATIONS,
                "scheduler.alpha.kubernetes.io/critical-pod",
                16,
                Some((true, Some("priorityClassName"))),
            ),
            (
                SERVICE_ANNOTATIONS,
                "service.kubernetes.io/topology-aware-hints",
                27,
                Some((false, Some("service.kubernetes.io/topology-mode"))),
            ),
            (SERVICE_ANNOTATIONS, "beta.kubernetes.io/os", 36, None),
        ] {
            let version = KubernetesVersion::minor(minor);
            let found = find(table, name, version).map(|row| (row.is_over(version), row.instead));
            assert_eq!(found, expected, "{name} in {version}");
        }
    }
}
