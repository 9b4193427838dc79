//! What Prometheus is told to read metrics of.
//!
//! Source: prometheus-operator/prometheus-operator pkg/apis/monitoring/v1 v0.86.

use smol_str::SmolStr;

use crate::decode::{IntOrString, record};
use crate::selector::LabelSelector;

record! {
    /// The specs of `ServiceMonitor` and `PodMonitor`.
    MonitorSpec {
        /// Labels of the Services, or of the pods.
        selector: Option<LabelSelector> = "selector",
        /// Namespaces that they are in; the monitor's own when empty.
        namespace_selector: MonitoredNamespaces = "namespaceSelector",
        /// Ports of the Services.
        endpoints: Box<[MonitorEndpoint]> = "endpoints",
        /// Ports of the pods.
        pod_endpoints: Box<[MonitorEndpoint]> = "podMetricsEndpoints",
    }

    /// `NamespaceSelector`.
    MonitoredNamespaces {
        /// Whether it is all of them.
        any: Option<bool> = "any",
        /// Names.
        match_names: Box<[SmolStr]> = "matchNames",
    }

    /// `Endpoint`, `PodMetricsEndpoint`.
    MonitorEndpoint {
        /// The name of a port.
        port: SmolStr = "port",
        /// The port of the pods, by number or name.
        target_port: Option<IntOrString> = "targetPort",
    }
}
