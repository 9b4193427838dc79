use seawall_yaml::Path;

use super::volume_drivers::{Encryption, encryption};

crate::check::check! {
    /// Volume encryption that is not asked for
    ///
    /// ## What it finds
    /// StorageClasses without the parameter by which their driver encrypts, when it does not by itself: Ceph, Longhorn, Portworx, Linode, Scaleway, Hetzner.
    /// For EBS the account may encrypt everything, for vSphere a policy, for Cinder a type of volumes: unknown. It is in `strict`: the
    /// disks of the nodes, or of the storage, may be encrypted themselves.
    ///
    /// ## Why it matters
    /// Whoever gets at the storage without the cluster reads everything: a snapshot that was shared, a disk that was replaced.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: storage.k8s.io/v1
    /// kind: StorageClass
    /// metadata:
    ///   name: block
    /// provisioner: rook-ceph.rbd.csi.ceph.com
    /// parameters:   # <- finding
    ///   clusterID: rook-ceph
    ///   pool: replicas
    /// ```
    /// ```yaml bad
    /// apiVersion: storage.k8s.io/v1   # <- finding
    /// kind: StorageClass
    /// metadata:
    ///   name: hcloud
    /// provisioner: csi.hetzner.cloud
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: storage.k8s.io/v1
    /// kind: StorageClass
    /// metadata:
    ///   name: block
    /// provisioner: rook-ceph.rbd.csi.ceph.com
    /// parameters:
    ///   clusterID: rook-ceph
    ///   pool: replicas
    ///   encrypted: "true"
    ///   encryptionKMSID: vault
    /// ---
    /// apiVersion: storage.k8s.io/v1
    /// kind: StorageClass
    /// metadata:
    ///   name: cloud
    /// provisioner: pd.csi.storage.gke.io
    /// ```
    /// ## How to fix
    /// Make a new class with the parameter, and with the key that the driver wants: the parameters of a class cannot be changed. Where the
    /// disks below are encrypted, suppress the finding and say so.
    ///
    /// ## References
    /// - The pages of parameters of the drivers
    /// - libopenstorage/openstorage v1.0.0 api/spec/spec_handler.go
    id: "SW4012",
    name: "unrequested-volume-encryption",
    severity: Low,
    scope: Object,
    subjects: ["StorageClass.storage.k8s.io"],
    since: "0.1.0",
    profile: Strict,
    peers: [
        kubescape("C-0264", Wider, "what is not asked for where the driver can"),
    ],
    fn run(object, out) {
        let Some(class) = object.body.storage_class() else { return out.not_applicable() };
        match encryption(&class.provisioner, &class.parameters) {
            Some(Encryption::On) => {}
            Some(Encryption::Unrequested { parameter }) => {
                let path = Path::root().field("parameters").key(parameter);
                out.fail(path, format!("the class does not ask `{}` to encrypt volumes", class.provisioner))
                    .missing("the driver encrypts what asks for it only");
            }
            Some(Encryption::Elsewhere(why)) => out.unknown(why),
            // `unencrypted-volume` judges what is written.
            Some(Encryption::Off { .. } | Encryption::Refused) | None => out.not_applicable(),
        }
    }
}
