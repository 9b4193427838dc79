//! Probes and lifecycle hooks.

use seawall_credential::Judged;
use seawall_yaml::{Node, Value};
use smol_str::SmolStr;

use super::container::judged_as;
use crate::decode::{Decode, Decoding, IntOrString, Present, record};
use crate::encode::Encode;
use crate::tree::{Tree, give};

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
        /// The signal that stops the container (KEP-4960).
        stop_signal: Option<Present> = "stopSignal",
    }

    /// `LifecycleHandler`.
    Handler {
        /// Runs a command in the container.
        exec: Option<ExecAction> = "exec",
        /// Sends an HTTP request.
        http_get: Option<Box<HttpGetAction>> = "httpGet",
        /// Opens a connection (deprecated, still accepted).
        tcp_socket: Option<Box<TcpSocketAction>> = "tcpSocket",
        /// Waits (KEP-3960).
        sleep: Option<Present> = "sleep",
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
        port: Option<IntOrString> = "port";
        /// What few requests say.
        rare: RareHttpGetFields
    }

    /// Fields of `HTTPGetAction` that few give.
    RareHttpGetFields {
        /// Host to ask; the pod's address when empty.
        host: SmolStr = "host",
        /// `HTTP` or `HTTPS`.
        scheme: SmolStr = "scheme",
        /// Headers of the request.
        http_headers: Box<[HttpHeader]> = "httpHeaders",
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

impl Probe {
    /// The probe as the API server fills it in: one that writes a default is equal to one that leaves it out, and that of a file to
    /// that of the live object. `SetDefaults_Probe`, `SetDefaults_HTTPGetAction` and that of `GRPCAction` in k8s.io/kubernetes v1.36.3
    /// pkg/apis/core/v1/defaults.go and zz_generated.defaults.go. A zero counts as nothing there, and so it does without a default.
    #[must_use]
    pub fn filled_in(&self) -> Self {
        let or = |given: Option<i64>, default: i64| given.filter(|given| *given != 0).or(Some(default));
        let mut probe = self.clone();
        probe.initial_delay_seconds = or(probe.initial_delay_seconds, 0);
        probe.period_seconds = or(probe.period_seconds, 10);
        probe.timeout_seconds = or(probe.timeout_seconds, 1);
        probe.failure_threshold = or(probe.failure_threshold, 3);
        if let Some(get) = &mut probe.http_get {
            if get.path.is_empty() {
                get.path = SmolStr::new_static("/");
            }
            let rare = get.rare.get_or_insert_default();
            if rare.scheme.is_empty() {
                rare.scheme = SmolStr::new_static("HTTP");
            }
        }
        if let Some(grpc) = &mut probe.grpc {
            grpc.service.get_or_insert_default();
        }
        probe
    }
}

/// `HTTPHeader`. The value is not kept: it may be a credential.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HttpHeader {
    /// Name.
    pub name: SmolStr,
    /// What its value looks like.
    pub value: Option<Judged>,
}

impl Decode for HttpHeader {
    fn decode(node: Node<'_>, cx: &mut Decoding) -> Self {
        let mut header = Self::default();
        let mut literal = None;
        match node.value() {
            Value::Null => {}
            Value::Map(entries) => {
                for (key, _, value) in entries {
                    match key {
                        "name" => header.name = Decode::decode(value, cx),
                        "value" => literal = Some(value),
                        _ => {}
                    }
                }
            }
            _ => cx.wrong_type(node, "object"),
        }
        header.value = literal.and_then(|literal| judged_as(literal, &header.name, cx));
        header
    }
}

impl Encode for HttpHeader {
    fn encode(&self) -> Tree {
        let Self { name, value } = self;
        let mut fields = Vec::new();
        give(&mut fields, "name", name.field());
        give(&mut fields, "value", value.field());
        Tree::Map(fields)
    }
}

#[cfg(test)]
mod tests {
    use seawall_yaml::{Limits, parse};

    use super::Probe;
    use crate::decode::{Decode, Decoding};

    #[test]
    fn a_default_that_is_written_says_nothing() {
        let probe = |text: &str| {
            let stream = parse(text.as_bytes(), &Limits::default());
            Probe::decode(stream.documents[0].root(), &mut Decoding::default()).filled_in()
        };
        for (one, other, is_equal) in [
            ("{httpGet: {port: 80}}", "{httpGet: {port: 80, path: /, scheme: HTTP}}", true),
            ("{httpGet: {port: 80}}", "{httpGet: {port: 80, scheme: HTTPS}}", false),
            ("{httpGet: {port: 80}}", "{httpGet: {port: 80}, initialDelaySeconds: 0}", true),
            ("{httpGet: {port: 80}}", "{httpGet: {port: 80}, initialDelaySeconds: 1}", false),
            (
                "{tcpSocket: {port: 80}}",
                "{tcpSocket: {port: 80}, periodSeconds: 10, timeoutSeconds: 1, failureThreshold: 3}",
                true,
            ),
            ("{tcpSocket: {port: 80}}", "{tcpSocket: {port: 80}, failureThreshold: 6}", false),
            ("{tcpSocket: {port: 80}, timeoutSeconds: 0}", "{tcpSocket: {port: 80}}", true),
            ("{grpc: {port: 80}}", "{grpc: {port: 80, service: ''}}", true),
            ("{grpc: {port: 80}}", "{grpc: {port: 80, service: a}}", false),
            ("{exec: {command: [a]}}", "{exec: {command: [b]}}", false),
        ] {
            assert_eq!(probe(one) == probe(other), is_equal, "{one} {other}");
        }
    }
}
