use seawall_finding::{Fix, Safety};

use super::pod_security_configuration;
use super::pod_security_labels::{ENFORCE, is_namespace, label_path, level};

crate::check::check! {
    /// Namespace that admits every pod
    ///
    /// ## What it finds
    /// Namespaces without the label `pod-security.kubernetes.io/enforce`, or with the level `privileged`. `kube-system`,
    /// `kube-public` and `kube-node-lease` are not meant.
    ///
    /// The API server can be configured with another default, which counts when its PodSecurityConfiguration was read, and other
    /// admission controllers can refuse pods. That is why the check belongs to the strict profile.
    ///
    /// ## Why it matters
    /// Who may create pods there may create privileged ones, and with one of these owns the node. Pod Security admission is
    /// built in and costs a label.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Namespace
    /// metadata:
    ///   name: shop
    ///   labels:   # <- finding
    ///     team: shop
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Namespace
    /// metadata:
    ///   name: shop
    ///   labels:
    ///     team: shop
    ///     pod-security.kubernetes.io/enforce: baseline
    /// ```
    /// ## How to fix
    /// Label the namespace with the strictest level that its pods meet: `seawall scan --pss restricted` tells. Pods that run already
    /// stay; new ones are held to it.
    ///
    /// ## References
    /// - Kubernetes documentation, Pod Security Admission
    /// - k8s.io/pod-security-admission v0.37.2 api/helpers.go: PolicyToEvaluate
    /// - CIS Kubernetes Benchmark 5.2.1 (at least one active policy control mechanism)
    id: "SW9004",
    name: "unenforced-pod-security",
    severity: Medium,
    scope: Object,
    subjects: ["Namespace"],
    reads: [
        "AdmissionConfiguration.apiserver.config.k8s.io",
        "PodSecurityConfiguration.pod-security.admission.config.k8s.io",
    ],
    since: "0.1.0",
    profile: Strict,
    peers: [
        kubescape("C-0192", Narrower, "the labels of namespaces that are read; other engines are not recognised"),
        kubescape("C-0193", Wider, "one finding per namespace; Kubescape repeats it for each control"),
        kubescape("C-0194", Wider, "one finding per namespace; Kubescape repeats it for each control"),
        kubescape("C-0195", Wider, "one finding per namespace; Kubescape repeats it for each control"),
        kubescape("C-0196", Wider, "one finding per namespace; Kubescape repeats it for each control"),
        kubescape("C-0197", Wider, "one finding per namespace; Kubescape repeats it for each control"),
        kubescape("C-0198", Wider, "one finding per namespace; Kubescape repeats it for each control"),
        kubescape("C-0199", Wider, "one finding per namespace; Kubescape repeats it for each control"),
        kubescape("C-0200", Wider, "one finding per namespace; Kubescape repeats it for each control"),
        kubescape("C-0201", Wider, "one finding per namespace; Kubescape repeats it for each control"),
        kubescape("C-0202", Wider, "one finding per namespace; Kubescape repeats it for each control"),
        kubescape("C-0203", Wider, "one finding per namespace; Kubescape repeats it for each control"),
        kubescape("C-0204", Wider, "one finding per namespace; Kubescape repeats it for each control"),
        kubescape("C-0209", Narrower, "the labels of namespaces that are read; other engines are not recognised"),
    ],
    fn run(object, out) {
        if !is_namespace(object) || EXEMPT.contains(&object.metadata.name.as_str()) {
            return out.not_applicable();
        }
        let label = object.metadata.labels.get(ENFORCE);
        let fix = || Fix::set(label_path(ENFORCE), "baseline", Safety::Review);
        match label.map(level) {
            None if pod_security_configuration::of(out.snapshot()).level().is_some() => {}
            None => {
                out.fail(label_path(ENFORCE), "the namespace enforces no level of the Pod Security Standards")
                    .missing("admits every pod, unless the API server is configured with another default")
                    .fix(fix());
            }
            Some(Some(None)) => {
                out.fail(label_path(ENFORCE), "the namespace enforces the level `privileged`, which admits every pod")
                    .value("privileged")
                    .fix(fix());
            }
            Some(Some(Some(_))) => {}
            // Not a level: that is told by another check.
            Some(None) => out.not_applicable(),
        }
    }
}

/// What the control plane itself needs; its components are privileged by design.
const EXEMPT: [&str; 3] = ["kube-system", "kube-public", "kube-node-lease"];
