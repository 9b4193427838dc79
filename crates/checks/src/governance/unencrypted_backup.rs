use seawall_finding::Severity;
use seawall_yaml::Path;

crate::check::check! {
    /// Backup that travels or lies in the clear
    ///
    /// ## What it finds
    /// Storage locations of Velero with an `s3Url` of `http`, or with `insecureSkipTLSVerify`; and those at an own `s3Url` without
    /// encryption on the server, which is milder. Amazon S3, Google Cloud Storage and Azure encrypt by themselves.
    ///
    /// ## Why it matters
    /// A backup holds every Secret of the cluster. Who reads the bucket, or the traffic to it, has them all; who can change it decides
    /// what is restored.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: velero.io/v1
    /// kind: BackupStorageLocation
    /// metadata:
    ///   name: default
    ///   namespace: velero
    /// spec:
    ///   provider: aws
    ///   objectStorage: {bucket: backups}
    ///   config:
    ///     region: minio
    ///     s3ForcePathStyle: "true"
    ///     s3Url: http://minio.backup:9000   # <- finding
    ///     serverSideEncryption: AES256
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: velero.io/v1
    /// kind: BackupStorageLocation
    /// metadata:
    ///   name: default
    ///   namespace: velero
    /// spec:
    ///   provider: aws
    ///   objectStorage: {bucket: backups}
    ///   config:
    ///     region: minio
    ///     s3ForcePathStyle: "true"
    ///     s3Url: https://minio.backup:9000
    ///     serverSideEncryption: AES256
    /// ```
    /// ## How to fix
    /// Use `https`, give the certificate authority in `objectStorage.caCert`, and set `serverSideEncryption` or `kmsKeyId`.
    ///
    /// ## References
    /// - vmware-tanzu/velero-plugin-for-aws backupstoragelocation.md
    /// - vmware-tanzu/velero v1.18.3 pkg/apis/velero/v1/backupstoragelocation_types.go
    id: "SW9023",
    name: "unencrypted-backup",
    severity: Medium,
    scope: Object,
    subjects: ["BackupStorageLocation.velero.io"],
    since: "0.1.0",
    profile: Default,
    fn run(object, out) {
        let Some(location) = object.body.backup_storage_location() else { return out.not_applicable() };
        let config = Path::root().field("spec").field("config");
        let text = |name: &str| location.config.text(name).unwrap_or_default();
        let url = text("s3Url");
        let is_clear = url.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://"));
        if is_clear {
            out.fail(config.field("s3Url"), "backups travel unencrypted").value(url);
        }
        // The plugin reads it with `strconv.ParseBool`.
        if matches!(text("insecureSkipTLSVerify"), "1" | "t" | "T" | "true" | "TRUE" | "True") {
            let message = "backups go to whoever answers: the server's certificate is not verified";
            out.fail(config.field("insecureSkipTLSVerify"), message).value(text("insecureSkipTLSVerify"));
        }
        let encrypts = ["serverSideEncryption", "kmsKeyId", "customerKeyEncryptionFile", "customerKeyEncryptionSecret"]
            .iter()
            .any(|name| location.config.get(name).is_some());
        let is_aws = matches!(location.provider.as_str(), "aws" | "velero.io/aws");
        let is_own = !url.is_empty() && !url.contains("amazonaws.com");
        if is_aws && is_own && !encrypts {
            let message = "the server is not asked to encrypt the backups";
            out.fail(config.field("serverSideEncryption"), message)
                .severity(Severity::Low)
                .missing("only Amazon's own storage encrypts without being asked");
        }
    }
}
