//! kubectl's own reading of manifests, as a process that is asked many times.

use std::path::PathBuf;

use anyhow::Result;
use serde::Deserialize;

use crate::process::Process;
use crate::tool::{Tool, tool};

/// Starts the oracle, which is built first when the cache folder does not hold it yet.
///
/// # Errors
/// As [`tool()`].
pub fn kubectl_oracle() -> Result<Oracle> {
    Ok(Oracle { program: tool(Tool::KubectlYamlOracle)?, process: None })
}

/// kubectl's own code, asked in one long-lived process (`testing/go/kubectl/cmd/kubectl-yaml-oracle`).
pub struct Oracle {
    program: PathBuf,
    process: Option<Process>,
}

/// What kubectl makes of the content of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Answer {
    /// The documents that kubectl's decoder yielded, in order, whatever they hold (also lists and scalars); empty and
    /// `null` documents are left out, as kubectl does.
    pub documents: Vec<Document>,
    /// The error at which the decoder stopped; what follows in the file was not read. `None`: it was read to its end.
    pub error: Option<String>,
    /// The Kubernetes objects with which `kubectl apply`, `annotate --local` and the like go on, as [`canonical`]
    /// JSON, Lists flattened into their items.
    ///
    /// [`canonical`]: crate::canonical()
    pub objects: Vec<String>,
    /// The errors of that whole way: [`Answer::error`], and those of single documents (no kind, metadata of a wrong
    /// type).
    pub object_errors: Option<String>,
    /// kubectl crashes on this input (a panic, or the process died), with its last words.
    pub crash: Option<String>,
}

/// One document of a file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Document {
    /// The value, as [`crate::canonical()`] JSON.
    Json(String),
    /// The document was cut out of the file but its value cannot be held (a number beyond float64); kubectl goes on
    /// with the next.
    Error(String),
}

impl Oracle {
    /// What kubectl makes of each input, taken as the content of a file. Thousands of inputs are answered in a second.
    ///
    /// # Errors
    /// The oracle cannot be started or does not keep to its protocol. That kubectl crashes is an answer, not an error.
    pub fn ask<Input: AsRef<[u8]> + Sync>(&mut self, inputs: &[Input]) -> Result<Vec<Answer>> {
        let mut answers = Vec::with_capacity(inputs.len());
        while let Some(rest) = inputs.get(answers.len()..)
            && !rest.is_empty()
        {
            let mut process = match self.process.take() {
                Some(process) => process,
                None => Process::start(&self.program)?,
            };
            if process.ask(rest, &mut answers)? {
                self.process = Some(process);
            } else {
                let crash = Some(process.last_words()?);
                answers.push(Answer { crash, ..Answer::default() });
            }
        }
        Ok(answers)
    }
}

#[cfg(test)]
mod tests {
    use super::Oracle;

    #[test]
    fn a_process_that_dies_is_an_answer_for_each_input() {
        let mut oracle = Oracle { program: "false".into(), process: None };
        let answers = oracle.ask(&["a: 1", "b: 2"]).unwrap();
        let crashes: Vec<_> = answers.into_iter().map(|answer| answer.crash.unwrap()).collect();
        assert_eq!(crashes, ["exit status: 1: ", "exit status: 1: "]);
    }
}
