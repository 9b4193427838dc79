use std::collections::BTreeSet;

use super::configuration::{Presence, presence};
use super::references::each_reference;

crate::check::check! {
    /// Key that a Secret or ConfigMap does not have
    ///
    /// ## What it finds
    /// Keys of Secrets and ConfigMaps that a pod takes as variables (`secretKeyRef`, `configMapKeyRef`) or as files (`items`) and that the object,
    /// which was read, does not have; and variables from `binaryData`, which gives none. For Secrets that a SealedSecret or ExternalSecret makes,
    /// its keys count. An object that was not read may be in the cluster and is unknown; one that is empty may be filled
    /// later, and is unknown too. What is `optional` may be missing, and so may what only a volume holds that no container mounts.
    ///
    /// ## Why it matters
    /// The container does not start: it stays in `CreateContainerConfigError`, or the pod in `ContainerCreating`, until somebody adds the key.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: ConfigMap
    /// metadata:
    ///   name: web
    /// data:
    ///   level: debug
    /// binaryData:
    ///   logo: iVBORw0KGgo=
    /// ---
    /// apiVersion: v1
    /// kind: Secret
    /// metadata:
    ///   name: db
    /// stringData:
    ///   password: ${DB_PASSWORD}
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: web
    ///     image: registry.example/web:1
    ///     env:
    ///     - name: LOG_LEVEL
    ///       valueFrom:
    ///         configMapKeyRef:
    ///           name: web
    ///           key: log.level   # <- finding
    ///     - name: LOGO
    ///       valueFrom:
    ///         configMapKeyRef:
    ///           name: web
    ///           key: logo   # <- finding
    ///     volumeMounts:
    ///     - name: db
    ///       mountPath: /run/secrets/db
    ///     - name: all
    ///       mountPath: /run/all
    ///   volumes:
    ///   - name: db
    ///     secret:
    ///       secretName: db
    ///       items:
    ///       - key: user   # <- finding
    ///         path: user
    ///   - name: all
    ///     projected:
    ///       sources:
    ///       - configMap:
    ///           name: web
    ///           items:
    ///           - key: motd   # <- finding
    ///             path: motd
    /// ```
    /// ```yaml bad
    /// apiVersion: bitnami.com/v1alpha1
    /// kind: SealedSecret
    /// metadata:
    ///   name: db
    /// spec:
    ///   encryptedData:
    ///     password: AgBy3i4OJSWK
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: web
    ///     image: registry.example/web:1
    ///     env:
    ///     - name: DB_PASSWORD
    ///       valueFrom:
    ///         secretKeyRef:
    ///           name: db
    ///           key: pasword   # <- finding
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: ConfigMap
    /// metadata:
    ///   name: web
    /// data:
    ///   level: debug
    /// binaryData:
    ///   logo: iVBORw0KGgo=
    /// ---
    /// apiVersion: v1
    /// kind: Secret
    /// metadata:
    ///   name: token
    ///   annotations:
    ///     kubernetes.io/service-account.name: web
    /// type: kubernetes.io/service-account-token
    /// ---
    /// apiVersion: external-secrets.io/v1
    /// kind: ExternalSecret
    /// metadata:
    ///   name: db
    /// spec:
    ///   data:
    ///   - secretKey: password
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    /// spec:
    ///   containers:
    ///   - name: web
    ///     image: registry.example/web:1
    ///     env:
    ///     - name: LOG_LEVEL
    ///       valueFrom:
    ///         configMapKeyRef: {name: web, key: level}
    ///     - name: COLOUR
    ///       valueFrom:
    ///         configMapKeyRef: {name: web, key: colour, optional: true}
    ///     - name: DB_PASSWORD
    ///       valueFrom:
    ///         secretKeyRef: {name: db, key: password}
    ///     - name: API_TOKEN
    ///       valueFrom:
    ///         secretKeyRef: {name: token, key: token}
    ///     envFrom:
    ///     - configMapRef: {name: web}
    ///     volumeMounts:
    ///     - name: files
    ///       mountPath: /run/files
    ///     - name: ca
    ///       mountPath: /run/ca
    ///   volumes:
    ///   - name: files
    ///     configMap:
    ///       name: web
    ///       items:
    ///       - {key: logo, path: logo.png}
    ///   - name: ca
    ///     projected:
    ///       sources:
    ///       - configMap:
    ///           name: kube-root-ca.crt
    ///           items: [{key: ca.crt, path: ca.crt}]
    ///       - configMap:
    ///           name: web
    ///           optional: true
    ///           items: [{key: motd, path: motd}]
    ///   - name: unused
    ///     configMap:
    ///       name: web
    ///       items: [{key: gone, path: gone}]
    /// ```
    /// ## How to fix
    /// Add the key to the object, correct its name, or set `optional: true` where the program does without.
    ///
    /// ## References
    /// - k8s.io/kubernetes v1.36.3 pkg/kubelet/kubelet_pods.go: makeEnvironmentVariables
    /// - k8s.io/kubernetes v1.36.3 pkg/volume/configmap/configmap.go, pkg/volume/secret/secret.go: MakePayload
    id: "SW4007",
    name: "missing-configuration-key",
    severity: Medium,
    scope: Workload,
    reads: ["ConfigMap", "Secret", "SealedSecret.bitnami.com", "ExternalSecret.external-secrets.io"],
    since: "0.1.0",
    profile: Default,
    peers: [
        kube_linter("env-value-from", Narrower, "an object that is not read may exist in the cluster: unknown, not failed"),
        popeye("POP-304", Narrower, "an object that is not read may exist in the cluster: unknown, not failed"),
        popeye("POP-407", Narrower, "an object that is not read may exist in the cluster: unknown, not failed"),
    ],
    fn run(pod, out) {
        let mut any = false;
        // What several containers take is missing once.
        let mut told = BTreeSet::new();
        each_reference(pod, &mut |reference, path| {
            any = true;
            let (kind, name) = (reference.kind, reference.name);
            let here = presence(pod.object, &reference, out.snapshot());
            let what = match here {
                Presence::Present => return,
                Presence::Unknown(why) => return out.unknown(why),
                Presence::NoKey => format!("{kind} `{name}` has no key `{}`", reference.key.unwrap_or_default()),
                Presence::NoText => format!(
                    "key `{}` of {kind} `{name}` is in `binaryData`, of which no variable is made",
                    reference.key.unwrap_or_default()
                ),
                Presence::NoObject => format!("{kind} `{name}` does not exist"),
            };
            let key = reference.key.filter(|_| here != Presence::NoObject);
            if told.insert((kind, name, key)) {
                let message = format!("{what}: {}", if reference.variable { "the container does not start" } else { "the volume is not mounted" });
                out.fail(path(), message).value(key.unwrap_or(name));
            }
        });
        if !any {
            out.not_applicable();
        }
    }
}
