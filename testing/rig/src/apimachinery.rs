//! What Kubernetes makes of quantities, label selectors and image references.

use std::io::Write;
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::Value;

use crate::tool::{Tool, tool};

/// The answers of Kubernetes' own packages to `questions`, in their order. The forms of questions and answers are those of
/// `testing/go/apimachinery/cmd/apimachinery-oracle`.
///
/// # Errors
/// As [`tool()`]; or the oracle does not answer every question.
pub fn apimachinery(questions: &[Value]) -> Result<Vec<Value>> {
    let program = tool(Tool::ApimachineryOracle)?;
    let mut child = Command::new(&program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot run {}", program.display()))?;
    let mut stdin = child.stdin.take().context("no standard input")?;
    let lines: String = questions.iter().map(|question| format!("{question}\n")).collect();
    // Answers come while questions are still being written: a full pipe on either side must not stop the other.
    let writer = thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "the oracle ended with {}", output.status);
    writer.join().map_err(|_| anyhow!("writing the questions failed"))??;
    let answers: Vec<Value> = serde_json::Deserializer::from_slice(&output.stdout)
        .into_iter()
        .collect::<Result<_, _>>()
        .context("not an answer")?;
    ensure!(answers.len() == questions.len(), "{} answers to {} questions", answers.len(), questions.len());
    Ok(answers)
}
