//! kubectl's own reading of manifests, as a process that is asked many times.

use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result, anyhow};
use serde::Deserialize;

use crate::tool::{Tool, tool};

/// Starts the oracle, which is built first when the cache folder does not hold it yet.
///
/// # Errors
/// As [`tool`].
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
    /// [`canonical`]: crate::canonical
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
    /// The value, as [`crate::canonical`] JSON.
    Json(String),
    /// The document was cut out of the file but its value cannot be held (a number beyond float64); kubectl goes on
    /// with the next.
    Error(String),
}

struct Process {
    child: Child,
    inputs: BufWriter<ChildStdin>,
    answers: BufReader<ChildStdout>,
    /// Gives the start of what the process wrote on standard error, once it has ended.
    words: JoinHandle<io::Result<Vec<u8>>>,
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

impl Process {
    fn start(program: &PathBuf) -> Result<Process> {
        let mut child = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot run {}", program.display()))?;
        let inputs = child.stdin.take().context("no standard input")?;
        let answers = child.stdout.take().context("no standard output")?;
        let mut stderr = child.stderr.take().context("no standard error")?;
        // Read all the time: a full pipe would stop the process.
        let words = thread::spawn(move || {
            let mut words = Vec::new();
            stderr.by_ref().take(2_000).read_to_end(&mut words)?;
            io::copy(&mut stderr, &mut io::sink())?;
            Ok(words)
        });
        Ok(Process { child, inputs: BufWriter::new(inputs), answers: BufReader::new(answers), words })
    }

    /// Asks all inputs, and adds the answers. False: the process died before the next answer.
    fn ask<Input: AsRef<[u8]> + Sync>(
        &mut self,
        inputs: &[Input],
        answers: &mut Vec<Answer>,
    ) -> Result<bool> {
        let Process { inputs: sink, answers: source, .. } = self;
        thread::scope(|scope| {
            // Writing goes on while answers come, else both sides could wait for the other to read. When the process
            // dies, the reading side sees it; this side's error (a broken pipe) adds nothing.
            scope.spawn(move || write_frames(sink, inputs));
            for _ in inputs {
                match read_frame(source)? {
                    Some(frame) => answers.push(serde_json::from_slice(&frame).context("not an answer")?),
                    None => return Ok(false),
                }
            }
            Ok(true)
        })
    }

    /// How the process ended, and the start of what it wrote on standard error.
    fn last_words(mut self) -> Result<String> {
        drop(self.inputs);
        let status = self.child.wait()?;
        let words = self.words.join().map_err(|_| anyhow!("reading standard error failed"))??;
        Ok(format!("{status}: {}", String::from_utf8_lossy(&words).trim()))
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            // The end of its input ends the process; it is waited for so that no zombie stays.
            drop(process.inputs);
            let _ = process.child.wait();
        }
    }
}

fn write_frames<Input: AsRef<[u8]>>(sink: &mut impl Write, inputs: &[Input]) -> io::Result<()> {
    for input in inputs {
        let input = input.as_ref();
        let length = u32::try_from(input.len()).map_err(io::Error::other)?;
        sink.write_all(&length.to_be_bytes())?;
        sink.write_all(input)?;
    }
    sink.flush()
}

/// The next frame; `None` at the end of the stream.
fn read_frame(source: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    match source.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let mut frame = vec![0; usize::try_from(u32::from_be_bytes(length)).map_err(io::Error::other)?];
    match source.read_exact(&mut frame) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        other => other.map(|()| Some(frame)),
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
