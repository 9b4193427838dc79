//! Kubernetes' own judgement by the Pod Security Standards.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::go;
use crate::process::Process;
use crate::recipe::POD_SECURITY;
use crate::tool::{Tool, tool};

/// Starts the oracle, which is built first when the cache folder does not hold it yet.
///
/// # Errors
/// As [`tool()`].
pub fn pod_security_oracle() -> Result<PodSecurityOracle> {
    Ok(PodSecurityOracle { process: Process::start(&tool(Tool::PodSecurityOracle)?)? })
}

/// The fixtures of k8s.io/pod-security-admission: `{baseline,restricted}/v1.N/{pass,fail}/CONTROLn.yaml`, one pod each.
///
/// # Errors
/// There is no Go toolchain, or the module is not in its cache and the Go module proxy cannot be reached.
pub fn pod_security_fixtures() -> Result<PathBuf> {
    let folder = go::source_of("k8s.io/pod-security-admission", &POD_SECURITY)?.join("test/testdata");
    ensure!(folder.is_dir(), "k8s.io/pod-security-admission has no fixtures at {}", folder.display());
    Ok(folder)
}

/// The source of k8s.io/api, at the version that the Pod Security Standards are judged with: the types of Kubernetes' own API.
///
/// # Errors
/// As [`pod_security_fixtures`].
pub fn kubernetes_api_source() -> Result<PathBuf> {
    go::source_of("k8s.io/api", &POD_SECURITY)
}

/// The evaluator and checks of k8s.io/pod-security-admission in one long-lived process
/// (`testing/go/psa/cmd/pod-security-oracle`).
pub struct PodSecurityOracle {
    process: Process,
}

/// A pod and what to hold it to.
#[derive(Clone, Debug, Serialize)]
pub struct PodSecurityQuestion {
    /// `baseline` or `restricted`.
    pub level: &'static str,
    /// `v1.N` or `latest`.
    pub version: String,
    /// The pod, as the API server would be sent it: an object, or a string of YAML.
    pub pod: serde_json::Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    controls: Option<Vec<String>>,
    error: Option<String>,
}

impl PodSecurityOracle {
    /// The ids of the controls that each pod violates, in the order of Kubernetes' evaluator; an error for a pod that
    /// Kubernetes cannot decode. Thousands of questions are answered in a second.
    ///
    /// # Errors
    /// The oracle has died, or does not keep to its protocol.
    pub fn ask(&mut self, questions: &[PodSecurityQuestion]) -> Result<Vec<Result<Vec<String>, String>>> {
        let inputs: Vec<Vec<u8>> = questions.iter().map(serde_json::to_vec).collect::<Result<_, _>>()?;
        let mut answers: Vec<Answer> = Vec::with_capacity(inputs.len());
        let alive = self.process.ask(&inputs, &mut answers)?;
        ensure!(alive, "the oracle died at question {}: {:?}", answers.len(), questions.get(answers.len()));
        answers
            .into_iter()
            .map(|answer| match answer.error {
                Some(error) => Ok(Err(error)),
                None => Ok(Ok(answer.controls.context("an answer with neither controls nor error")?)),
            })
            .collect()
    }
}
