//! What another evaluator says NetworkPolicies let pass.

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::process::Process;
use crate::tool::{Tool, tool};

/// Starts the evaluator, which is built first when the cache folder does not hold it yet.
///
/// # Errors
/// As [`tool()`].
pub fn cyclonus() -> Result<Cyclonus> {
    Ok(Cyclonus { process: Process::start(&tool(Tool::Cyclonus)?)? })
}

/// The policy matcher of cyclonus in one long-lived process (`testing/go/cyclonus/cmd/network-policy-oracle`).
///
/// It knows no nodes, and no pods on their network.
pub struct Cyclonus {
    process: Process,
}

/// What is sent under some policies.
#[derive(Clone, Debug, Serialize)]
pub struct CyclonusQuestion {
    /// All NetworkPolicies, with the defaults that the API server gives them.
    pub policies: Vec<Value>,
    /// What is sent.
    pub packets: Vec<CyclonusPacket>,
}

/// A packet.
#[derive(Clone, Debug, Serialize)]
pub struct CyclonusPacket {
    /// Where it comes from.
    pub from: CyclonusEnd,
    /// Where it goes to.
    pub to: CyclonusEnd,
    /// `TCP`, `UDP` or `SCTP`.
    pub protocol: String,
    /// Port of where it goes to.
    pub port: u16,
    /// The names that the pod there has for it.
    pub names: Vec<String>,
}

/// A pod, or with no namespace an address outside of the cluster.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CyclonusEnd {
    /// Address.
    pub ip: String,
    /// Namespace.
    pub namespace: String,
    /// Labels of the namespace.
    pub namespace_labels: Value,
    /// Labels of the pod.
    pub labels: Value,
}

/// Whether packets pass, in their order.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CyclonusAnswer {
    /// By the policies of the sender.
    pub egress: Vec<bool>,
    /// By those of the receiver.
    pub ingress: Vec<bool>,
}

impl Cyclonus {
    /// What it says of each packet.
    ///
    /// # Errors
    /// The evaluator has died, or does not keep to its protocol.
    pub fn ask(&mut self, question: &CyclonusQuestion) -> Result<CyclonusAnswer> {
        let mut answers: Vec<CyclonusAnswer> = Vec::new();
        let alive = self.process.ask(&[serde_json::to_vec(question)?], &mut answers)?;
        let answer = answers.pop().filter(|_| alive);
        let answer = answer.with_context(|| format!("the evaluator died of {question:?}"))?;
        let counts = [answer.egress.len(), answer.ingress.len()];
        ensure!(counts == [question.packets.len(); 2], "{counts:?} answers to {}", question.packets.len());
        Ok(answer)
    }
}
