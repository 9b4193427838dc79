use seawall_finding::{Fix, Safety};
use seawall_inventory::Object;
use seawall_inventory::judged::Parameters;
use seawall_yaml::Path;

use super::volume_drivers::{Encryption, encryption};
use crate::Out;

crate::check::check! {
    /// Volume encryption that is switched off
    ///
    /// ## What it finds
    /// StorageClasses and PersistentVolumes whose parameters switch encryption off, each read as its driver reads it: EBS takes `true` and nothing
    /// else for yes, Ceph and Longhorn take what Go does; a driver that always encrypts may call something else `encrypted`.
    /// Also volumes of EFS with `encryptInTransit: "false"`, whose data travels in clear text. Known are the drivers of EBS, EFS, Ceph, Longhorn, Portworx,
    /// Linode, Scaleway, Alibaba Cloud and OpenEBS ZFS. What is not written is the matter of `unrequested-volume-encryption`.
    ///
    /// ## Why it matters
    /// Whoever gets at the storage without the cluster reads everything: a snapshot that was shared, a disk that was replaced, another
    /// tenant of the storage network.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: storage.k8s.io/v1
    /// kind: StorageClass
    /// metadata:
    ///   name: fast
    /// provisioner: ebs.csi.aws.com
    /// parameters:
    ///   type: gp3
    ///   encrypted: "false"   # <- finding
    /// ```
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: PersistentVolume
    /// metadata:
    ///   name: shared
    /// spec:
    ///   accessModes: [ReadWriteMany]
    ///   capacity:
    ///     storage: 5Gi
    ///   csi:
    ///     driver: efs.csi.aws.com
    ///     volumeHandle: fs-1234567890
    ///     volumeAttributes:
    ///       encryptInTransit: "false"   # <- finding
    /// ```
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: PersistentVolume
    /// metadata:
    ///   name: data
    /// spec:
    ///   accessModes: [ReadWriteOnce]
    ///   capacity:
    ///     storage: 5Gi
    ///   csi:
    ///     driver: rook-ceph.rbd.csi.ceph.com
    ///     volumeHandle: data
    ///     volumeAttributes:
    ///       pool: replicas
    ///       encrypted: "false"   # <- finding
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: storage.k8s.io/v1
    /// kind: StorageClass
    /// metadata:
    ///   name: fast
    /// provisioner: ebs.csi.aws.com
    /// parameters:
    ///   type: gp3
    ///   encrypted: "true"
    /// ---
    /// apiVersion: storage.k8s.io/v1
    /// kind: StorageClass
    /// metadata:
    ///   name: block
    /// provisioner: vpc.block.csi.ibm.io
    /// parameters:
    ///   encrypted: "false"
    /// ```
    /// ## How to fix
    /// Switch it on in a new class, and move the data to new volumes: the parameters of a class cannot be changed, nor can a volume be
    /// encrypted in place. Ceph, Longhorn, Portworx and Linode need a key besides, which their parameters name.
    ///
    /// ## References
    /// - The pages of parameters of the drivers; k8s.io/legacy-cloud-providers v0.20.15 aws/aws.go: CreateDisk
    /// - k8s.io/csi-translation-lib v0.37.2 plugins/aws_ebs.go: TranslateInTreeStorageClassToCSI
    /// - libopenstorage/openstorage v1.0.0 api/spec/spec_handler.go
    id: "SW4011",
    name: "unencrypted-volume",
    severity: Medium,
    scope: Object,
    subjects: ["PersistentVolume", "StorageClass.storage.k8s.io"],
    reads: ["StorageClass.storage.k8s.io"],
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0264", Wider, "parameters of more drivers, and each driver’s default"),
    ],
    fn run(object, out) {
        if let Some(class) = object.body.storage_class() {
            let path = || Path::root().field("parameters");
            return judge(&class.provisioner, &class.parameters, &path, out);
        }
        let volume = object.body.persistent_volume().and_then(|volume| volume.settings.csi.as_deref());
        match volume {
            // Its class is judged.
            Some(_) if is_of_a_class(object, out) => out.not_applicable(),
            Some(volume) => {
                let path = || Path::root().field("spec").field("csi").field("volumeAttributes");
                if volume.driver == EFS {
                    return in_transit(&volume.volume_attributes, &path, out);
                }
                judge(&volume.driver, &volume.volume_attributes, &path, out);
            }
            None => out.not_applicable(),
        }
    }
}

const EFS: &str = "efs.csi.aws.com";

/// Whether a driver made the volume for a class that was read (k8s.io/component-helpers v0.36.3 storage/volume/pv_helpers.go:
/// AnnDynamicallyProvisioned).
fn is_of_a_class(object: &Object, out: &Out<'_>) -> bool {
    let class = object.body.persistent_volume().map_or("", |volume| &volume.settings.storage_class_name);
    object.metadata.annotations.get("pv.kubernetes.io/provisioned-by").is_some()
        && out.snapshot().find("storage.k8s.io", "StorageClass", "", class).next().is_some()
}

fn judge(driver: &str, parameters: &Parameters, path: &dyn Fn() -> Path, out: &mut Out<'_>) {
    match encryption(driver, parameters) {
        Some(Encryption::On) => {}
        Some(Encryption::Off { parameter, on }) => {
            let path = path().key(parameter);
            let fix = Fix::set(path.clone(), on, Safety::Review);
            let message = format!("`{parameter}` switches the encryption of volumes off");
            out.fail(path, message).value(parameters.text(parameter).unwrap_or_default()).fix(fix);
        }
        Some(Encryption::Refused) => out.unknown("the driver refuses the value that is to switch encryption"),
        // What is not written is another check's.
        Some(Encryption::Unrequested { .. } | Encryption::Elsewhere(_)) | None => out.not_applicable(),
    }
}

/// `encryptInTransit` of EFS is on when it is not written.
fn in_transit(attributes: &Parameters, path: &dyn Fn() -> Path, out: &mut Out<'_>) {
    const NAME: &str = "encryptInTransit";
    let Some(value) = attributes.text(NAME) else { return };
    if matches!(value, "0" | "f" | "F" | "FALSE" | "false" | "False") {
        let path = path().field(NAME);
        let fix = Fix::set(path.clone(), "true", Safety::Review);
        out.fail(path, "what is read and written travels in clear text").value(value).fix(fix);
    }
}
