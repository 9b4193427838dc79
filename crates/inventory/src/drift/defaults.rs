//! What the API server adds to what is applied: taken out on both sides, what is left can be compared.
//!
//! Sources: `SetDefaults_…` of k8s.io/kubernetes v1.36.3 pkg/apis/GROUP/VERSION/defaults.go, where GROUP is that of the kind and `core`
//! for pods; admission plugins where a row says so. Objects of other groups have the defaults of their definitions, which are not
//! known here.

use crate::tree::Tree;

/// A value that is filled in: kind (empty: any), the key of the map or list that the field stands in, the field.
pub(super) type Row = (&'static str, &'static str, &'static str, Value);

/// What is filled in.
#[derive(Clone, Copy)]
pub(super) enum Value {
    Text(&'static str),
    Int(i64),
    Bool(bool),
    /// `{}`
    Map,
}

use Value::{Bool, Int, Map, Text};

/// What is filled in where nothing is said.
pub(super) const DEFAULTS: &[Row] = &[
    // core: SetDefaults_PodSpec, SetDefaults_Pod, SetDefaults_Container, SetDefaults_Probe, SetDefaults_HTTPGetAction
    ("", "spec", "schedulerName", Text("default-scheduler")),
    ("", "spec", "restartPolicy", Text("Always")),
    ("", "spec", "dnsPolicy", Text("ClusterFirst")),
    ("", "spec", "enableServiceLinks", Bool(true)),
    ("", "ports", "protocol", Text("TCP")),
    ("", "livenessProbe", "timeoutSeconds", Int(1)),
    ("", "livenessProbe", "periodSeconds", Int(10)),
    ("", "livenessProbe", "failureThreshold", Int(3)),
    ("", "readinessProbe", "timeoutSeconds", Int(1)),
    ("", "readinessProbe", "periodSeconds", Int(10)),
    ("", "readinessProbe", "failureThreshold", Int(3)),
    ("", "startupProbe", "timeoutSeconds", Int(1)),
    ("", "startupProbe", "periodSeconds", Int(10)),
    ("", "startupProbe", "failureThreshold", Int(3)),
    ("", "httpGet", "path", Text("/")),
    ("", "httpGet", "scheme", Text("HTTP")),
    ("", "grpc", "service", Text("")),
    ("", "securityContext", "procMount", Text("Default")),
    // core: SetDefaults_SecretVolumeSource and its like
    ("", "secret", "defaultMode", Int(0o644)),
    ("", "configMap", "defaultMode", Int(0o644)),
    ("", "projected", "defaultMode", Int(0o644)),
    ("", "serviceAccountToken", "expirationSeconds", Int(3600)),
    ("", "hostPath", "type", Text("")),
    // plugin/pkg/admission/serviceaccount, plugin/pkg/admission/priority
    ("", "spec", "serviceAccountName", Text("default")),
    ("Pod", "spec", "preemptionPolicy", Text("PreemptLowerPriority")),
    // core: SetDefaults_PersistentVolumeClaimSpec, SetDefaults_PersistentVolume
    ("", "spec", "volumeMode", Text("Filesystem")),
    ("PersistentVolume", "spec", "persistentVolumeReclaimPolicy", Text("Retain")),
    // core: SetDefaults_Service, SetDefaults_Secret
    ("Service", "spec", "type", Text("ClusterIP")),
    ("Service", "spec", "allocateLoadBalancerNodePorts", Bool(true)),
    ("Service", "spec", "externalTrafficPolicy", Text("Cluster")),
    ("Secret", "", "type", Text("Opaque")),
    // core: SetDefaults_ReplicationController; apps: SetDefaults_Deployment and its like
    ("ReplicationController", "spec", "replicas", Int(1)),
    ("Deployment", "spec", "replicas", Int(1)),
    ("ReplicaSet", "spec", "replicas", Int(1)),
    ("StatefulSet", "spec", "replicas", Int(1)),
    ("Deployment", "strategy", "type", Text("RollingUpdate")),
    ("Deployment", "rollingUpdate", "maxUnavailable", Text("25%")),
    ("Deployment", "rollingUpdate", "maxSurge", Text("25%")),
    ("StatefulSet", "updateStrategy", "type", Text("RollingUpdate")),
    ("StatefulSet", "rollingUpdate", "partition", Int(0)),
    ("StatefulSet", "rollingUpdate", "maxUnavailable", Int(1)),
    ("DaemonSet", "updateStrategy", "type", Text("RollingUpdate")),
    ("DaemonSet", "rollingUpdate", "maxUnavailable", Int(1)),
    ("DaemonSet", "rollingUpdate", "maxSurge", Int(0)),
    // batch: SetDefaults_Job, SetDefaults_CronJob
    ("Job", "spec", "parallelism", Int(1)),
    ("Job", "spec", "completions", Int(1)),
    ("Job", "spec", "backoffLimit", Int(6)),
    ("CronJob", "spec", "parallelism", Int(1)),
    ("CronJob", "spec", "completions", Int(1)),
    ("CronJob", "spec", "backoffLimit", Int(6)),
    ("CronJob", "spec", "concurrencyPolicy", Text("Allow")),
    ("CronJob", "spec", "successfulJobsHistoryLimit", Int(3)),
    ("CronJob", "spec", "failedJobsHistoryLimit", Int(1)),
    // autoscaling: SetDefaults_HorizontalPodAutoscaler
    ("HorizontalPodAutoscaler", "spec", "minReplicas", Int(1)),
    // admissionregistration
    ("", "webhooks", "failurePolicy", Text("Fail")),
    ("", "webhooks", "matchPolicy", Text("Equivalent")),
    ("", "webhooks", "timeoutSeconds", Int(10)),
    ("", "webhooks", "reinvocationPolicy", Text("Never")),
    ("", "webhooks", "namespaceSelector", Map),
    ("", "webhooks", "objectSelector", Map),
    ("", "service", "port", Int(443)),
    ("", "rules", "scope", Text("*")),
    ("", "resourceRules", "scope", Text("*")),
    ("", "excludeResourceRules", "scope", Text("*")),
    ("", "matchConstraints", "matchPolicy", Text("Equivalent")),
    ("", "matchConstraints", "namespaceSelector", Map),
    ("", "matchConstraints", "objectSelector", Map),
    ("", "matchResources", "matchPolicy", Text("Equivalent")),
    ("", "matchResources", "namespaceSelector", Map),
    ("", "matchResources", "objectSelector", Map),
    ("ValidatingAdmissionPolicy", "spec", "failurePolicy", Text("Fail")),
    ("MutatingAdmissionPolicy", "spec", "failurePolicy", Text("Fail")),
    // sigs.k8s.io/gateway-api config/crd/standard v1.4
    ("", "parentRefs", "group", Text("gateway.networking.k8s.io")),
    ("", "parentRefs", "kind", Text("Gateway")),
    ("", "backendRefs", "kind", Text("Service")),
    // scheduling: SetDefaults_PriorityClass; storage: SetDefaults_StorageClass
    ("PriorityClass", "", "preemptionPolicy", Text("PreemptLowerPriority")),
    ("StorageClass", "", "reclaimPolicy", Text("Delete")),
    ("StorageClass", "", "volumeBindingMode", Text("Immediate")),
];

/// Labels that controllers and the API server set: pkg/registry/core/namespace/strategy.go, pkg/registry/batch/job/strategy.go.
pub(super) const LABELS: &[&str] = &[
    "kubernetes.io/metadata.name",
    "controller-uid",
    "job-name",
    "batch.kubernetes.io/controller-uid",
    "batch.kubernetes.io/job-name",
];

/// Fields that a cluster fills in where a file leaves them open: kind (empty: any), the key around them, the field.
pub(super) const LIVE_ALONE: &[(&str, &str, &str)] = &[
    // Allocated: pkg/registry/core/service/storage/alloc.go.
    ("Service", "spec", "clusterIP"),
    ("Service", "ports", "nodePort"),
    // Bound: pkg/controller/volume/persistentvolume; the class: plugin/pkg/admission/storage/storageclass/setdefault.
    ("PersistentVolumeClaim", "spec", "volumeName"),
    ("PersistentVolumeClaim", "spec", "storageClassName"),
    ("PersistentVolume", "spec", "claimRef"),
    // Scheduled; plugin/pkg/admission/priority.
    ("Pod", "spec", "nodeName"),
    ("Pod", "spec", "priority"),
    // pkg/controller/serviceaccount/tokens_controller.go, until v1.23.
    ("ServiceAccount", "", "secrets"),
    // Written by who makes the certificate: cert-manager's cainjector and others.
    ("", "clientConfig", "caBundle"),
    // pkg/registry/batch/job/strategy.go, generateSelector.
    ("Job", "spec", "selector"),
];

/// Fields of which a zero is not the same as nothing: pointers in the API, with another default than zero or none.
pub(super) const TELLING: &[&str] = &[
    "activeDeadlineSeconds",
    "allocateLoadBalancerNodePorts",
    "allowPrivilegeEscalation",
    "automountServiceAccountToken",
    "backoffLimit",
    "completions",
    "enableServiceLinks",
    "failedJobsHistoryLimit",
    "fsGroup",
    "hostUsers",
    "maxSurge",
    "maxUnavailable",
    "minAvailable",
    "minReplicas",
    "parallelism",
    "replicas",
    "runAsGroup",
    "runAsUser",
    "storageClassName",
    "successfulJobsHistoryLimit",
    "tolerationSeconds",
    "ttlSecondsAfterFinished",
];

impl Value {
    /// Whether this stands there.
    pub(super) fn is(self, tree: &Tree) -> bool {
        match (self, tree) {
            (Text(text), Tree::Text(value)) => text == value,
            (Int(number), Tree::Int(value)) => number == *value,
            (Bool(one), Tree::Bool(other)) => one == *other,
            (Map, Tree::Map(entries)) => entries.is_empty(),
            _ => false,
        }
    }
}
