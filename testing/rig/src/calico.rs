//! Whom selectors of Calico mean, by Calico's own code.

use anyhow::{Result, bail};
use serde_json::Value;

use crate::process::Process;
use crate::tool::{Tool, tool};

/// The answers of Calico's own package to `questions`, in their order. The forms of questions and answers are those of
/// `testing/go/calico/cmd/calico-selectors`.
///
/// # Errors
/// As [`tool()`]; or the oracle does not answer every question.
pub fn calico_selectors(questions: &[Value]) -> Result<Vec<Value>> {
    let mut process = Process::start(&tool(Tool::CalicoSelectors)?)?;
    let inputs: Vec<Vec<u8>> = questions.iter().map(serde_json::to_vec).collect::<Result<_, _>>()?;
    let mut answers = Vec::with_capacity(inputs.len());
    if !process.ask(&inputs, &mut answers)? {
        let asked = questions.get(answers.len());
        bail!("the oracle died at question {}, {asked:?}: {}", answers.len(), process.last_words()?);
    }
    Ok(answers)
}
