//! Probes and lifecycle hooks.

use smol_str::SmolStr;

use crate::decode::{IntOrString, record};

record! {
    /// `Probe`: how the kubelet asks whether a container works.
    Probe {
        /// Runs a command in the container.
        exec: Option<ExecAction> = "exec",
        /// Asks over HTTP.
        http_get: Option<Box<HttpGetAction>> = "httpGet",
        /// Opens a connection.
        tcp_socket: Option<Box<TcpSocketAction>> = "tcpSocket",
        /// Asks over gRPC.
        grpc: Option<Box<GrpcAction>> = "grpc",
        /// Seconds before the first probe.
        initial_delay_seconds: Option<i64> = "initialDelaySeconds",
        /// Seconds between probes; 10 when not given.
        period_seconds: Option<i64> = "periodSeconds",
        /// Seconds until a probe counts as failed; 1 when not given.
        timeout_seconds: Option<i64> = "timeoutSeconds",
        /// Failures in a row that count; 3 when not given.
        failure_threshold: Option<i64> = "failureThreshold",
    }

    /// `Lifecycle`: hooks after start and before stop.
    Lifecycle {
        /// Runs right after start.
        post_start: Option<Handler> = "postStart",
        /// Runs before the container is stopped.
        pre_stop: Option<Handler> = "preStop",
    }

    /// `LifecycleHandler`.
    Handler {
        /// Runs a command in the container.
        exec: Option<ExecAction> = "exec",
        /// Sends an HTTP request.
        http_get: Option<Box<HttpGetAction>> = "httpGet",
        /// Opens a connection (deprecated, still accepted).
        tcp_socket: Option<Box<TcpSocketAction>> = "tcpSocket",
    }

    /// `ExecAction`.
    ExecAction {
        /// Program and arguments; no shell.
        command: Box<[SmolStr]> = "command",
    }

    /// `HTTPGetAction`.
    HttpGetAction {
        /// Path of the request.
        path: SmolStr = "path",
        /// Number or name of the port.
        port: Option<IntOrString> = "port",
        /// Host to ask; the pod's address when empty.
        host: SmolStr = "host",
        /// `HTTP` or `HTTPS`.
        scheme: SmolStr = "scheme",
    }

    /// `TCPSocketAction`.
    TcpSocketAction {
        /// Number or name of the port.
        port: Option<IntOrString> = "port",
        /// Host to ask; the pod's address when empty.
        host: SmolStr = "host",
    }

    /// `GRPCAction`.
    GrpcAction {
        /// Number of the port.
        port: Option<i64> = "port",
        /// Service to ask for.
        service: Option<SmolStr> = "service",
    }
}
