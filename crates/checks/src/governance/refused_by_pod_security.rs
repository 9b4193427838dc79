use seawall_inventory::decode::StringMap;

use super::pod_security_configuration;
use super::pod_security_labels::{self as labels, ENFORCE, ENFORCE_VERSION};
use crate::pss::Standard;

crate::check::check! {
    /// Workload that its namespace refuses
    ///
    /// ## What it finds
    /// Pods and workloads that violate the level of the Pod Security Standards which the Namespace they are in enforces, in the version
    /// that it names. The Namespace must have been read, and the object must name it.
    ///
    /// Defaults and exemptions of a PodSecurityConfiguration count when it was read; exempt users, and webhooks that change pods, are
    /// not seen. Violations are judged as Pod Security
    /// admission does, control by control; each is also told by its own check, as the risk that it is.
    ///
    /// ## Why it matters
    /// The API server refuses the pods. A Deployment is accepted with a warning, and nothing of it runs.
    ///
    /// ## Bad
    /// ```yaml bad
    /// apiVersion: v1
    /// kind: Namespace
    /// metadata:
    ///   name: shop
    ///   labels:
    ///     pod-security.kubernetes.io/enforce: baseline
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   namespace: shop
    /// spec:
    ///   hostNetwork: true   # <- finding
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ```yaml bad
    /// apiVersion: pod-security.admission.config.k8s.io/v1
    /// kind: PodSecurityConfiguration
    /// defaults:
    ///   enforce: restricted
    ///   enforce-version: v1.18
    /// exemptions:
    ///   namespaces: [system]
    /// ---
    /// apiVersion: v1
    /// kind: Namespace
    /// metadata:
    ///   name: shop
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   namespace: shop
    /// spec:   # <- finding
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    ///     securityContext:
    ///       allowPrivilegeEscalation: false
    /// ```
    /// ## Good
    /// ```yaml good
    /// apiVersion: v1
    /// kind: Namespace
    /// metadata:
    ///   name: shop
    ///   labels:
    ///     pod-security.kubernetes.io/enforce: baseline
    /// ---
    /// apiVersion: v1
    /// kind: Pod
    /// metadata:
    ///   name: web
    ///   namespace: shop
    /// spec:
    ///   containers:
    ///   - name: app
    ///     image: registry.example/app:1.0
    /// ```
    /// ## How to fix
    /// Mend the workload: `seawall scan --pss` with the level shows each violation with its fix. What must be privileged belongs in a
    /// namespace of its own.
    ///
    /// ## References
    /// - k8s.io/pod-security-admission v0.37.2 admission/admission.go: ValidatePod, EvaluatePod; policy/registry.go
    /// - Kubernetes documentation, Pod Security Admission
    id: "SW9006",
    name: "refused-by-pod-security",
    severity: Medium,
    scope: Workload,
    reads: [
        "Namespace",
        "AdmissionConfiguration.apiserver.config.k8s.io",
        "PodSecurityConfiguration.pod-security.admission.config.k8s.io",
    ],
    since: "0.1.0",
    profile: Default,
    peers: [
        kubescape("C-0193", Narrower, "the other side: a pod that the label refuses"),
        kubescape("C-0194", Narrower, "the other side: a pod that the label refuses"),
        kubescape("C-0195", Narrower, "the other side: a pod that the label refuses"),
        kubescape("C-0196", Narrower, "the other side: a pod that the label refuses"),
        kubescape("C-0197", Narrower, "the other side: a pod that the label refuses"),
        kubescape("C-0198", Narrower, "the other side: a pod that the label refuses"),
        kubescape("C-0199", Narrower, "the other side: a pod that the label refuses"),
        kubescape("C-0200", Narrower, "the other side: a pod that the label refuses"),
        kubescape("C-0201", Narrower, "the other side: a pod that the label refuses"),
        kubescape("C-0202", Narrower, "the other side: a pod that the label refuses"),
        kubescape("C-0203", Narrower, "the other side: a pod that the label refuses"),
        kubescape("C-0204", Narrower, "the other side: a pod that the label refuses"),
    ],
    fn run(pod, out) {
        let namespace = &pod.object.metadata.namespace;
        if namespace.is_empty() {
            return out.not_applicable();
        }
        let mut read = out.snapshot().namespace_of(pod.object).map(|read| &read.metadata.labels);
        let Some(first) = read.next() else { return out.not_applicable() };
        let policy = [ENFORCE, ENFORCE_VERSION].map(|name| first.get(name));
        let is_same = |other: &StringMap| [ENFORCE, ENFORCE_VERSION].map(|name| other.get(name)) == policy;
        if !read.by_ref().take(DEFINITIONS).all(is_same) || read.next().is_some() {
            return out.unknown(format!("namespace `{namespace}` was read several times, with other labels"));
        }
        let [level, version] = policy;
        let configuration = pod_security_configuration::of(out.snapshot());
        if configuration.exempts(namespace, pod.spec().rare().runtime_class_name.as_deref()) {
            return out.not_applicable();
        }
        let latest = out.version();
        let level = match level.map(labels::level) {
            None => configuration.level(),
            Some(Some(level)) => level,
            // What is no level is told by another check.
            Some(None) => None,
        };
        let version = match version {
            None => Some(configuration.version(latest)),
            Some(text) => labels::version(text, latest),
        };
        let (Some(level), Some(version)) = (level, version) else { return out.not_applicable() };
        let standard = Standard::new(level, version, crate::workload::LIST);
        let judgement = standard.judge(pod, out);
        let mut violations = judgement.violations.into_iter();
        let Some((first, path)) = violations.next() else {
            if let Some(why) = judgement.unknown {
                out.unknown(why);
            }
            return;
        };
        let others: Vec<_> = violations.collect();
        let controls: Vec<&str> = [first].into_iter().chain(others.iter().map(|(control, _)| *control)).collect();
        let is_pod = pod.object.kind == "Pod" && pod.object.group().is_empty();
        let what = if is_pod { "the pod is" } else { "the pods are" };
        let message = format!(
            "{what} refused: namespace `{namespace}` enforces `{level}` of {version}, which forbids {}",
            controls.join(", ")
        );
        let mut finding = out.fail(path, message).derived("Pod Security admission decides it by the namespace");
        for (control, path) in others {
            finding = finding.related(path, control);
        }
    }
}

/// Definitions of one namespace that are compared; in overlays there are a few.
const DEFINITIONS: usize = 64;
