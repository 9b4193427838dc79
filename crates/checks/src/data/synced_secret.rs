use seawall_yaml::Path;

crate::check::check! {
    /// Mounted secret that becomes a Secret
    ///
    /// ## What it finds
    /// SecretProviderClasses of the Secrets Store CSI driver whose `secretObjects` make Secrets of what is mounted, as long as a pod mounts it.
    ///
    /// ## Why it matters
    /// What the store gives to one pod then stands in etcd and its backups, and whoever may read Secrets of the namespace reads it. It
    /// is in *all*: programs that read their environment need it.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: secrets-store.csi.x-k8s.io/v1
    /// kind: SecretProviderClass
    /// metadata:
    ///   name: shop
    /// spec:
    ///   provider: vault
    ///   secretObjects:
    ///   - secretName: db   # <- finding
    ///     type: Opaque
    ///     data:
    ///     - objectName: password
    ///       key: password
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: secrets-store.csi.x-k8s.io/v1
    /// kind: SecretProviderClass
    /// metadata:
    ///   name: shop
    /// spec:
    ///   provider: vault
    ///   parameters:
    ///     roleName: shop
    /// ```
    /// ## How to fix
    /// Let the program read the mounted file, and remove `secretObjects`. Where that cannot be, encrypt Secrets at rest and see who may read them.
    ///
    /// ## References
    /// - sigs.k8s.io/secrets-store-csi-driver v1.5.3 apis/v1/secretproviderclass_types.go: SecretObject
    /// - sigs.k8s.io/secrets-store-csi-driver v1.5.3 docs/book/src/topics/sync-as-kubernetes-secret.md
    id: "SW4020",
    name: "synced-secret",
    severity: Info,
    scope: Object,
    subjects: ["SecretProviderClass.secrets-store.csi.x-k8s.io"],
    since: "0.1.0",
    profile: All,
    fn run(object, out) {
        let Some(class) = object.body.secret_provider_class() else { return out.not_applicable() };
        for (index, synced) in class.secret_objects.iter().enumerate() {
            let path = Path::root().field("spec").field("secretObjects").index(index).field("secretName");
            let name = &synced.secret_name;
            out.fail(path, format!("what is mounted is copied to the Secret `{name}`")).value(name).keyed(name);
        }
    }
}
