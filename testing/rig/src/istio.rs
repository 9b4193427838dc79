//! What Istio makes of connections to a sidecar.

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::process::Process;
use crate::tool::{Tool, tool};

/// Starts Istio's code, which is built first when the cache folder does not hold it yet.
///
/// # Errors
/// As [`tool()`].
pub fn istio() -> Result<Istio> {
    Ok(Istio { process: Process::start(&tool(Tool::IstioOracle)?)? })
}

/// The code of istiod that finds the mode of mutual TLS and writes rules of authorization for Envoy, in one long-lived process
/// (`testing/go/istio/cmd/istio-oracle`). Connections are taken for TCP, of which no request is read.
pub struct Istio {
    process: Process,
}

/// What is sent to one workload.
#[derive(Clone, Debug, Serialize)]
pub struct IstioQuestion {
    /// The root namespace.
    pub root: String,
    /// The workload's namespace.
    pub namespace: String,
    /// Labels of its pods.
    pub labels: Value,
    /// PeerAuthentications, the oldest first.
    pub peers: Vec<Value>,
    /// AuthorizationPolicies.
    pub policies: Vec<Value>,
    /// What is sent.
    pub connections: Vec<IstioConnection>,
}

/// A connection.
#[derive(Clone, Debug, Serialize)]
pub struct IstioConnection {
    /// Who sends it: `spiffe://cluster.local/ns/shop/sa/web`; empty for whoever is not in the mesh.
    pub identity: String,
    /// The address that it comes from.
    pub from: String,
    /// The address that it goes to.
    pub to: String,
    /// The port.
    pub port: u16,
}

/// What is made of connections, in their order.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IstioAnswer {
    /// The modes of their ports.
    pub modes: Vec<String>,
    /// Whether they are let in.
    pub passes: Vec<bool>,
}

impl Istio {
    /// What it makes of each connection.
    ///
    /// # Errors
    /// The program has died, or does not keep to its protocol.
    pub fn ask(&mut self, question: &IstioQuestion) -> Result<IstioAnswer> {
        let mut answers: Vec<IstioAnswer> = Vec::new();
        let alive = self.process.ask(&[serde_json::to_vec(question)?], &mut answers)?;
        let answer = answers.pop().filter(|_| alive);
        let answer = answer.with_context(|| format!("Istio's code died of {question:?}"))?;
        let counts = [answer.modes.len(), answer.passes.len()];
        ensure!(
            counts == [question.connections.len(); 2],
            "{counts:?} answers to {}",
            question.connections.len()
        );
        Ok(answer)
    }
}
