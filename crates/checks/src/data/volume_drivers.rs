//! Which parameters of which storage drivers say whether volumes are encrypted, and what it means when they say nothing.
//!
//! Names and meanings are those of the drivers' own pages of parameters. Where code was at hand it is cited.

use seawall_inventory::judged::Parameters;

/// What a driver's parameters say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encryption<'p> {
    /// Volumes are encrypted.
    On,
    /// They are not, because this parameter says so.
    Off { parameter: &'p str, on: &'static str },
    /// They are not, because nothing asks for it; this parameter would.
    Unrequested { parameter: &'static str },
    /// Something else decides.
    Elsewhere(&'static str),
    /// A value that the driver does not take.
    Refused,
}

/// A driver, by the name that classes and volumes give.
struct Driver {
    /// Its names; one that starts with a dot is the end of a name, before which stands an instance.
    names: &'static [&'static str],
    kind: Kind,
}

enum Kind {
    /// All volumes are encrypted, whatever is written. What a parameter `encrypted` of some of them chooses is whose key it is.
    Always,
    /// The classes say nothing about it.
    Elsewhere(&'static str),
    /// Parameters switch it.
    Switch(Switch),
}

struct Switch {
    /// The parameters, any of which encrypts.
    parameters: &'static [&'static str],
    /// How their values are read.
    read: Read,
    /// A parameter that encrypts when it is not empty: a key.
    key: Option<&'static str>,
    /// Who decides when nothing is written; `None`: then nothing is encrypted.
    otherwise: Option<&'static str>,
}

/// How a driver reads a switch.
enum Read {
    /// `strconv.ParseBool` of Go.
    Bool,
    /// `true`, and all else is off. Names of parameters do not depend on case.
    True,
    /// `true`, `yes` or `1` in any case, and all else is off.
    Yes,
    /// An algorithm, `on` or `off`.
    Algorithm,
    /// The name of a Secret: there is no off.
    Secret,
}

const DRIVERS: &[Driver] = &[
    Driver {
        // The old name goes to the driver with the same parameters (k8s.io/csi-translation-lib v0.37.2 plugins/aws_ebs.go). A key
        // alone encrypts (k8s.io/legacy-cloud-providers v0.20.15 aws/aws.go: CreateDisk).
        names: &["ebs.csi.aws.com", "kubernetes.io/aws-ebs", "ebs.csi.eks.amazonaws.com"],
        kind: Kind::Switch(Switch {
            parameters: &["encrypted"],
            read: Read::True,
            key: Some("kmsKeyId"),
            otherwise: Some("whether the account encrypts EBS volumes by default is not known"),
        }),
    },
    Driver {
        names: &["rbd.csi.ceph.com", ".rbd.csi.ceph.com", "cephfs.csi.ceph.com", ".cephfs.csi.ceph.com"],
        kind: Kind::Switch(Switch {
            parameters: &["encrypted"],
            read: Read::Bool,
            key: None,
            otherwise: None,
        }),
    },
    Driver {
        names: &["driver.longhorn.io"],
        kind: Kind::Switch(Switch {
            parameters: &["encrypted"],
            read: Read::Bool,
            key: None,
            otherwise: None,
        }),
    },
    Driver {
        // libopenstorage/openstorage v1.0.0 api/spec/spec_handler.go.
        names: &["pxd.portworx.com", "kubernetes.io/portworx-volume"],
        kind: Kind::Switch(Switch {
            parameters: &["secure"],
            read: Read::Bool,
            key: Some("secret_key"),
            otherwise: None,
        }),
    },
    Driver {
        names: &["linodebs.csi.linode.com"],
        kind: Kind::Switch(Switch {
            parameters: &["linodebs.csi.linode.com/luks-encrypted", "linodebs.csi.linode.com/encrypted"],
            read: Read::True,
            key: None,
            otherwise: None,
        }),
    },
    Driver {
        names: &["csi.scaleway.com"],
        kind: Kind::Switch(Switch {
            parameters: &["encrypted"],
            read: Read::Bool,
            key: None,
            otherwise: None,
        }),
    },
    Driver {
        names: &["csi.hetzner.cloud"],
        kind: Kind::Switch(Switch {
            parameters: &["csi.storage.k8s.io/node-publish-secret-name"],
            read: Read::Secret,
            key: None,
            otherwise: None,
        }),
    },
    Driver {
        names: &["diskplugin.csi.alibabacloud.com"],
        kind: Kind::Switch(Switch {
            parameters: &["encrypted"],
            read: Read::Yes,
            key: None,
            otherwise: Some("whether the account encrypts disks by default is not known"),
        }),
    },
    Driver {
        names: &["zfs.csi.openebs.io"],
        kind: Kind::Switch(Switch {
            parameters: &["encryption"],
            read: Read::Algorithm,
            key: None,
            otherwise: Some("whether the pool of ZFS is encrypted is not known"),
        }),
    },
    Driver {
        names: &[
            "pd.csi.storage.gke.io",
            "kubernetes.io/gce-pd",
            "filestore.csi.storage.gke.io",
            "disk.csi.azure.com",
            "kubernetes.io/azure-disk",
            "file.csi.azure.com",
            "kubernetes.io/azure-file",
            "blob.csi.azure.com",
            "dobs.csi.digitalocean.com",
            "blockvolume.csi.oraclecloud.com",
            "fss.csi.oraclecloud.com",
            "vpc.block.csi.ibm.io",
            "fsx.csi.aws.com",
        ],
        kind: Kind::Always,
    },
    Driver {
        names: &["efs.csi.aws.com"],
        kind: Kind::Elsewhere("whether a file system of EFS is encrypted is decided when it is made"),
    },
    Driver {
        names: &["csi.vsphere.vmware.com", "kubernetes.io/vsphere-volume"],
        kind: Kind::Elsewhere("whether volumes are encrypted is decided by the storage policy of vSphere"),
    },
    Driver {
        names: &["cinder.csi.openstack.org", "kubernetes.io/cinder"],
        kind: Kind::Elsewhere("whether volumes are encrypted is decided by the volume type of Cinder"),
    },
];

/// What `parameters` say to the driver `name`; `None` for a driver that is not in the table.
pub(super) fn encryption<'p>(name: &str, parameters: &'p Parameters) -> Option<Encryption<'p>> {
    let driver = DRIVERS.iter().find(|driver| driver.names.iter().any(|known| is_named(name, known)))?;
    Some(match &driver.kind {
        Kind::Always => Encryption::On,
        Kind::Elsewhere(why) => Encryption::Elsewhere(why),
        Kind::Switch(switch) => switch.position(parameters),
    })
}

/// `rook-ceph.rbd.csi.ceph.com` is an instance of `.rbd.csi.ceph.com`.
fn is_named(name: &str, known: &str) -> bool {
    if known.starts_with('.') { name.ends_with(known) && name.len() > known.len() } else { name == known }
}

impl Switch {
    fn position<'p>(&self, parameters: &'p Parameters) -> Encryption<'p> {
        if self.key.is_some_and(|key| self.value(parameters, key).is_some_and(|(_, value)| value != Some("")))
        {
            return Encryption::On;
        }
        let mut off = None;
        for parameter in self.parameters {
            let Some((parameter, value)) = self.value(parameters, parameter) else { continue };
            // A value that is not kept is no switch.
            match value.map_or(Position::Refused, |value| self.read.position(value)) {
                Position::On => return Encryption::On,
                Position::Off => off = off.or(Some(Encryption::Off { parameter, on: self.read.on() })),
                Position::Refused => return Encryption::Refused,
            }
        }
        let nothing = || match (self.otherwise, self.parameters.first()) {
            (Some(why), _) => Encryption::Elsewhere(why),
            (None, first) => Encryption::Unrequested { parameter: first.copied().unwrap_or_default() },
        };
        off.unwrap_or_else(nothing)
    }

    /// A parameter as it is written and its value, if it is there; without the value when that is not kept.
    fn value<'p>(&self, parameters: &'p Parameters, name: &str) -> Option<(&'p str, Option<&'p str>)> {
        let same = |key: &str| match self.read {
            Read::True => key.eq_ignore_ascii_case(name),
            _ => key == name,
        };
        let (key, parameter) = parameters.iter().find(|(key, _)| same(key))?;
        Some((key, parameter.text.as_deref()))
    }
}

enum Position {
    On,
    Off,
    Refused,
}

impl Read {
    fn position(&self, value: &str) -> Position {
        let is = |on: bool| if on { Position::On } else { Position::Off };
        match self {
            Self::Bool => match value {
                "1" | "t" | "T" | "TRUE" | "true" | "True" => Position::On,
                "0" | "f" | "F" | "FALSE" | "false" | "False" => Position::Off,
                _ => Position::Refused,
            },
            Self::True => is(value == "true"),
            Self::Yes => is(["true", "yes", "1"].iter().any(|yes| value.eq_ignore_ascii_case(yes))),
            Self::Algorithm => is(!value.is_empty() && value != "off"),
            Self::Secret if value.is_empty() => Position::Refused,
            Self::Secret => Position::On,
        }
    }

    /// The value that switches it on.
    fn on(&self) -> &'static str {
        match self {
            Self::Algorithm => "on",
            Self::Bool | Self::True | Self::Yes | Self::Secret => "true",
        }
    }
}

#[cfg(test)]
mod tests {
    use seawall_inventory::{Provenance, Snapshot};

    use super::{Encryption, encryption};

    #[test]
    fn parameters_are_read_as_the_drivers_read_them() {
        for (driver, parameters, expected) in [
            ("ebs.csi.aws.com", "encrypted: 'true'", "on"),
            ("ebs.csi.aws.com", "Encrypted: 'true'", "on"),
            ("ebs.csi.aws.com", "encrypted: 'True'", "off"),
            ("ebs.csi.aws.com", "encrypted: 'false'", "off"),
            ("ebs.csi.aws.com", "encrypted: 'false', kmsKeyId: 'arn:aws:kms:eu-west-1:1:key/2'", "on"),
            ("ebs.csi.aws.com", "encrypted: 'false', kmsKeyId: ''", "off"),
            ("ebs.csi.aws.com", "type: gp3", "elsewhere"),
            ("kubernetes.io/aws-ebs", "encrypted: 'false'", "off"),
            ("rbd.csi.ceph.com", "encrypted: T", "on"),
            ("rook-ceph.rbd.csi.ceph.com", "encrypted: '0'", "off"),
            ("rook-ceph.cephfs.csi.ceph.com", "pool: a", "unrequested"),
            ("rbd.csi.ceph.com", "Encrypted: 'true'", "unrequested"),
            ("rbd.csi.ceph.com", "encrypted: 'yes'", "refused"),
            (".rbd.csi.ceph.com", "pool: a", "none"),
            ("xrbd.csi.ceph.com", "pool: a", "none"),
            ("driver.longhorn.io", "encrypted: 'true'", "on"),
            ("driver.longhorn.io", "{}", "unrequested"),
            ("pxd.portworx.com", "secure: 'false', secret_key: px-vol", "on"),
            ("pxd.portworx.com", "secure: 'false'", "off"),
            ("linodebs.csi.linode.com", "linodebs.csi.linode.com/encrypted: 'true'", "on"),
            (
                "linodebs.csi.linode.com",
                "linodebs.csi.linode.com/luks-encrypted: 'false', linodebs.csi.linode.com/encrypted: 'true'",
                "on",
            ),
            ("linodebs.csi.linode.com", "linodebs.csi.linode.com/luks-encrypted: 'false'", "off"),
            ("csi.hetzner.cloud", "csi.storage.k8s.io/node-publish-secret-name: luks", "on"),
            ("csi.hetzner.cloud", "csi.storage.k8s.io/node-publish-secret-name: ''", "refused"),
            ("csi.hetzner.cloud", "{}", "unrequested"),
            ("diskplugin.csi.alibabacloud.com", "encrypted: 'YES'", "on"),
            ("diskplugin.csi.alibabacloud.com", "encrypted: 'no'", "off"),
            ("diskplugin.csi.alibabacloud.com", "{}", "elsewhere"),
            ("zfs.csi.openebs.io", "encryption: aes-256-gcm", "on"),
            ("zfs.csi.openebs.io", "encryption: 'off'", "off"),
            ("vpc.block.csi.ibm.io", "encrypted: 'false'", "on"),
            ("csi.vsphere.vmware.com", "{}", "elsewhere"),
            ("example.org/disk", "encrypted: 'false'", "none"),
        ] {
            let inner = parameters.trim_matches(['{', '}']);
            let text = format!(
                "{{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {{name: a}}, provisioner: {driver}, parameters: {{{inner}}}}}"
            );
            let limits = seawall_yaml::Limits::default();
            let reading =
                seawall_inventory::read("a.yaml".into(), text.as_bytes(), Provenance::Verbatim, &limits);
            let snapshot = Snapshot::assemble(vec![reading], Vec::new(), Vec::new(), Vec::new());
            assert!(snapshot.problems.is_empty(), "{:?}", snapshot.problems);
            let class = snapshot.objects[0].body.storage_class().unwrap();
            let said = match encryption(&class.provisioner, &class.parameters) {
                Some(Encryption::On) => "on",
                Some(Encryption::Off { .. }) => "off",
                Some(Encryption::Unrequested { .. }) => "unrequested",
                Some(Encryption::Elsewhere(_)) => "elsewhere",
                Some(Encryption::Refused) => "refused",
                None => "none",
            };
            assert_eq!(said, expected, "{driver} {parameters}");
        }
    }
}
