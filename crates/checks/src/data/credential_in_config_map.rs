use seawall_finding::Severity;
use seawall_yaml::Path;

crate::check::check! {
    /// Credential in a ConfigMap
    ///
    /// ## What it finds
    /// Keys of ConfigMaps, in `data` and `binaryData`, whose value is a credential or a file with one in it: by its own form, or assigned to
    /// a name like `password` in a line, in JSON, in XML or in a connection string. Certificates, public keys, user names and mail
    /// addresses are none. The values are judged while they are read, and neither kept nor shown.
    ///
    /// ## Why it matters
    /// ConfigMaps are for what is not secret: most roles may read them, they are not encrypted at rest unless they are named for it,
    /// and tools print them.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: ConfigMap
    /// metadata:
    ///   name: web
    /// data:
    ///   log.level: debug
    ///   db.password: Xk39vQ2nL   # <- finding: medium
    ///   app.yaml: |   # <- finding: medium
    ///     database:
    ///       user: shop
    ///       password: Xk39vQ2nL
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: ConfigMap
    /// metadata:
    ///   name: web
    /// data:
    ///   log.level: debug
    ///   app.yaml: |
    ///     database:
    ///       user: shop
    ///       password: ${DB_PASSWORD}
    ///       passwordFile: /run/secrets/db/password
    /// ```
    /// ## How to fix
    /// Replace the credential first: it is known. Move the key to a Secret, or keep the file here and let the program take the credential
    /// from a mounted Secret.
    ///
    /// ## References
    /// - Kubernetes documentation, ConfigMaps: "ConfigMap does not provide secrecy or encryption"
    id: "SW4003",
    name: "credential-in-config-map",
    severity: High,
    scope: Object,
    subjects: ["ConfigMap"],
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0012", Narrower, "a name alone makes no credential: placeholders, paths and references are not; values are judged by format and entropy"),
        trivy("KSV-01010", Narrower, "user names, mail addresses and the word MD5 are no credentials"),
        trivy("KSV-0109", Narrower, "a name alone makes no credential: placeholders, paths and references are not; values are judged by format and entropy"),
        polaris("sensitiveConfigmapContent", Narrower, "a name alone makes no credential: placeholders, paths and references are not; values are judged by format and entropy"),
    ],
    fn run(object, out) {
        let Some(config) = object.body.config_map() else { return out.not_applicable() };
        for (field, map) in [("data", &config.data), ("binaryData", &config.binary_data)] {
            for (key, judged) in map.iter() {
                let Some(kind) = judged.credential() else { continue };
                let severity = if kind.by_format() { Severity::High } else { Severity::Medium };
                let path = Path::root().field(field).key(key);
                let message = format!("key `{key}` of a ConfigMap holds {}", kind.name());
                out.fail(path, message).derived("the value is not shown").severity(severity);
            }
        }
    }
}
