//! A long-lived program that is asked many times, by frames.

use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result, anyhow};
use serde::de::DeserializeOwned;

/// A program that answers each frame on its standard input, in order, with a frame on its standard output: a 4-byte
/// big-endian length, and that many bytes; the answers are JSON.
pub(crate) struct Process {
    child: Child,
    /// `None` once its end was told.
    sink: Option<BufWriter<ChildStdin>>,
    source: BufReader<ChildStdout>,
    /// Gives the start of what the process wrote on standard error, once it has ended.
    words: Option<JoinHandle<io::Result<Vec<u8>>>>,
}

impl Process {
    /// Starts the program.
    pub(crate) fn start(program: &Path) -> Result<Process> {
        let mut child = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot run {}", program.display()))?;
        let sink = child.stdin.take().context("no standard input")?;
        let source = child.stdout.take().context("no standard output")?;
        let mut stderr = child.stderr.take().context("no standard error")?;
        // Read all the time: a full pipe would stop the process.
        let words = thread::spawn(move || {
            let mut words = Vec::new();
            stderr.by_ref().take(2_000).read_to_end(&mut words)?;
            io::copy(&mut stderr, &mut io::sink())?;
            Ok(words)
        });
        Ok(Process {
            child,
            sink: Some(BufWriter::new(sink)),
            source: BufReader::new(source),
            words: Some(words),
        })
    }

    /// Asks all inputs, and adds the answers. False: the process died before the next answer.
    pub(crate) fn ask<Input: AsRef<[u8]> + Sync, Answer: DeserializeOwned>(
        &mut self,
        inputs: &[Input],
        answers: &mut Vec<Answer>,
    ) -> Result<bool> {
        let Process { sink, source, .. } = self;
        let sink = sink.as_mut().context("the process is at its end")?;
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
    pub(crate) fn last_words(mut self) -> Result<String> {
        drop(self.sink.take());
        let status = self.child.wait()?;
        let words = self.words.take().context("asked twice")?;
        let words = words.join().map_err(|_| anyhow!("reading standard error failed"))??;
        Ok(format!("{status}: {}", String::from_utf8_lossy(&words).trim()))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The end of its input ends the process; it is waited for so that no zombie stays.
        drop(self.sink.take());
        let _ = self.child.wait();
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
