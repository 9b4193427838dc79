//! What changes the number of pods: autoscalers.

use smol_str::SmolStr;

use crate::decode::record;

record! {
    /// `HorizontalPodAutoscalerSpec` of k8s.io/api autoscaling v1, v2, v2beta1 and v2beta2.
    HorizontalPodAutoscalerSpec {
        /// What it scales.
        target: ScaleTarget = "scaleTargetRef",
        /// At least; 1 when not given.
        min_replicas: Option<i64> = "minReplicas",
        /// At most.
        max_replicas: Option<i64> = "maxReplicas",
        /// The one metric of v1: percent of the requested CPU.
        target_cpu_utilization_percentage: Option<i64> = "targetCPUUtilizationPercentage",
        /// Metrics of v2; when there are none, 80 percent of the requested CPU.
        metrics: Box<[Metric]> = "metrics",
    }

    /// `CrossVersionObjectReference`, and `ScaleTarget` of KEDA.
    ScaleTarget {
        /// `apps/v1`. KEDA takes `apps/v1` when empty.
        api_version: SmolStr = "apiVersion",
        /// `Deployment`. KEDA takes `Deployment` when empty.
        kind: SmolStr = "kind",
        /// Name, in the same namespace.
        name: SmolStr = "name",
    }

    /// `MetricSpec`.
    Metric {
        /// `Resource`, `ContainerResource`, `Pods`, `Object`, `External`.
        type_: SmolStr = "type",
        /// A resource of all containers.
        resource: Option<Box<ResourceMetric>> = "resource",
        /// A resource of one container.
        container_resource: Option<Box<ResourceMetric>> = "containerResource",
    }

    /// `ResourceMetricSource`, `ContainerResourceMetricSource`.
    ResourceMetric {
        /// `cpu`, `memory`.
        name: SmolStr = "name",
        /// The container, when it is of one.
        container: SmolStr = "container",
        /// What is aimed at (v2, v2beta2).
        target: Option<MetricTarget> = "target",
        /// Percent of the request that is aimed at (v2beta1).
        target_average_utilization: Option<i64> = "targetAverageUtilization",
    }

    /// `MetricTarget`.
    MetricTarget {
        /// `Utilization` (of the request), `Value` or `AverageValue`.
        type_: SmolStr = "type",
        /// Percent of the request.
        average_utilization: Option<i64> = "averageUtilization",
    }

    /// `ScaledObjectSpec` of kedacore/keda v2.21 apis/keda/v1alpha1.
    ScaledObjectSpec {
        /// What it scales.
        target: ScaleTarget = "scaleTargetRef",
        /// At least; 0 when not given.
        min_replica_count: Option<i64> = "minReplicaCount",
        /// At most; 100 when not given.
        max_replica_count: Option<i64> = "maxReplicaCount",
        /// How many when nothing is to do.
        idle_replica_count: Option<i64> = "idleReplicaCount",
    }
}
