use seawall_inventory::kinds::{ImagePolicy, PodSecurityExemptions};
use seawall_yaml::Path;

use crate::out::Out;

crate::check::check! {
    /// Admission configuration that exempts nearly everyone
    ///
    /// ## What it finds
    /// Exemptions of Pod Security admission for controllers of Kubernetes, and for the namespace `default`; and an
    /// ImagePolicyWebhook with `defaultAllow: true`. What another file says that `path` names is not seen, nor whether the API server
    /// is started with the file.
    ///
    /// ## Why it matters
    /// Pods of a Deployment are created by the controller of ReplicaSets: when it is exempt, so is everybody who may write a
    /// Deployment. A webhook that allows by default admits every image while its backend is down.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: apiserver.config.k8s.io/v1
    /// kind: AdmissionConfiguration
    /// plugins:
    /// - name: PodSecurity
    ///   configuration:
    ///     apiVersion: pod-security.admission.config.k8s.io/v1
    ///     kind: PodSecurityConfiguration
    ///     defaults: {enforce: baseline, enforce-version: latest}
    ///     exemptions:
    ///       usernames:
    ///       - system:serviceaccount:kube-system:replicaset-controller   # <- finding
    ///       namespaces: [kube-system]
    /// ```
    /// ```yaml bad
    /// apiVersion: apiserver.config.k8s.io/v1
    /// kind: AdmissionConfiguration
    /// plugins:
    /// - name: ImagePolicyWebhook
    ///   configuration:
    ///     imagePolicy:
    ///       kubeConfigFile: /etc/kubernetes/images.conf
    ///       defaultAllow: true   # <- finding
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: apiserver.config.k8s.io/v1
    /// kind: AdmissionConfiguration
    /// plugins:
    /// - name: PodSecurity
    ///   configuration:
    ///     apiVersion: pod-security.admission.config.k8s.io/v1
    ///     kind: PodSecurityConfiguration
    ///     defaults: {enforce: baseline, enforce-version: latest}
    ///     exemptions:
    ///       namespaces: [kube-system]
    /// ```
    /// ## How to fix
    /// Exempt namespaces that only administrators may write to, and nobody by name. Set `defaultAllow: false`.
    ///
    /// ## References
    /// - Kubernetes documentation, Pod Security Admission: exemptions
    /// - k8s.io/pod-security-admission v0.37.2 admission/admission.go: ValidatePod
    /// - k8s.io/kubernetes v1.36.3 plugin/pkg/admission/imagepolicy/admission.go: webhookError
    /// - CIS Kubernetes Benchmark 5.5.1 (image provenance)
    id: "SW9008",
    name: "broad-pod-security-exemption",
    severity: Medium,
    scope: Object,
    subjects: [
        "AdmissionConfiguration.apiserver.config.k8s.io",
        "PodSecurityConfiguration.pod-security.admission.config.k8s.io",
    ],
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0289", Narrower, "what the admission configuration file says, when it is read"),
    ],
    fn run(object, out) {
        if let Some(configuration) = object.body.pod_security() {
            return exemptions(&configuration.exemptions, &Path::root(), out);
        }
        let Some(admission) = object.body.admission() else { return out.not_applicable() };
        for (index, plugin) in admission.plugins.iter().enumerate() {
            let place = Path::root().field("plugins").index(index);
            let Some(configuration) = &plugin.configuration else {
                if !plugin.path.is_empty() {
                    out.unknown(format!("the settings of plugin `{}` stand in another file", plugin.name));
                }
                continue;
            };
            let place = place.field("configuration");
            match plugin.name.as_str() {
                "PodSecurity" => {
                    if let Some(exempt) = &configuration.exemptions {
                        exemptions(exempt, &place, out);
                    }
                }
                "ImagePolicyWebhook" => {
                    if let Some(policy) = &configuration.image_policy {
                        image_policy(policy, &place, out);
                    }
                }
                _ => {}
            }
        }
    }
}

/// Service accounts of `kube-system` that create the pods of workloads.
const CONTROLLERS: [&str; 6] = [
    "system:serviceaccount:kube-system:daemon-set-controller",
    "system:serviceaccount:kube-system:job-controller",
    "system:serviceaccount:kube-system:replicaset-controller",
    "system:serviceaccount:kube-system:replication-controller",
    "system:serviceaccount:kube-system:statefulset-controller",
    // All of them, when they are run with one account.
    "system:kube-controller-manager",
];

fn exemptions(exempt: &PodSecurityExemptions, place: &Path, out: &mut Out<'_>) {
    let place = place.field("exemptions");
    for (index, user) in exempt.usernames.iter().enumerate() {
        if CONTROLLERS.contains(&user.as_str()) {
            let path = place.field("usernames").index(index);
            let message = format!("`{user}` creates the pods of workloads, whoever writes these: all of them are exempt");
            out.fail(path, message).value(user).keyed(user);
        }
    }
    for (index, namespace) in exempt.namespaces.iter().enumerate() {
        if namespace == "default" {
            let path = place.field("namespaces").index(index);
            let message = "the namespace `default`, where everything goes that names none, is exempt";
            out.fail(path, message).value(namespace).keyed(namespace);
        }
    }
}

fn image_policy(policy: &ImagePolicy, place: &Path, out: &mut Out<'_>) {
    if policy.default_allow == Some(true) {
        let path = place.field("imagePolicy").field("defaultAllow");
        out.fail(path, "every image is admitted while the backend cannot be asked").value("true");
    }
}
