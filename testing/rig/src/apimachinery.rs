//! What Kubernetes makes of quantities, label selectors and image references.

use anyhow::{Result, bail};
use serde_json::Value;

use crate::process::Process;
use crate::tool::{Tool, tool};

/// The answers of Kubernetes' own packages to `questions`, in their order. The forms of questions and answers are those of
/// `testing/go/apimachinery/cmd/apimachinery-oracle`.
///
/// # Errors
/// As [`tool()`]; or the oracle does not answer every question.
pub fn apimachinery(questions: &[Value]) -> Result<Vec<Value>> {
    let mut process = Process::start(&tool(Tool::ApimachineryOracle)?)?;
    let inputs: Vec<Vec<u8>> = questions.iter().map(serde_json::to_vec).collect::<Result<_, _>>()?;
    let mut answers = Vec::with_capacity(inputs.len());
    if !process.ask(&inputs, &mut answers)? {
        let asked = questions.get(answers.len());
        bail!("the oracle died at question {}, {asked:?}: {}", answers.len(), process.last_words()?);
    }
    Ok(answers)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::apimachinery;

    #[test]
    fn what_is_no_question_is_an_error_and_not_an_answer() {
        let good = json!({"quantities": ["1", "2"]});
        let error = apimachinery(&[good, json!({"quantities": 1})]).unwrap_err().to_string();
        assert!(error.contains("died at question 1") && error.contains("not a question"), "{error}");
    }
}
